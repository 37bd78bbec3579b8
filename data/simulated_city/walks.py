"""Tracks as phones record them: along a bank, in a boat, by drone; and those that were never a patrol."""

import numpy as np
import pandas as pd
import shapely

from data.simulated_city.reaches import Reaches
from data.simulated_city.shapes import plane_to_lonlat

SPEED_MPS = {
    "walk": (1.1, 1.6),
    "ebike": (3.6, 5.0),
    "boat": (2.2, 3.2),
    "drone": (4.0, 6.0),
    "car": (10.5, 13.5),
    "motorway": (26, 31),
}
SAMPLE_S = {"walk": (10, 20), "ebike": (8, 12), "boat": (10, 16), "drone": (6, 10), "car": (6, 10), "motorway": (6, 10)}


class Walker:
    """Makes tracks on the network of one city."""

    def __init__(self, reaches: Reaches, rng: np.random.Generator) -> None:
        """Index the water for the tracks that must stay away from it."""
        self.reaches, self.rng = reaches, rng
        self._lines = shapely.STRtree(list(reaches.line.values()))

    def along(self, code: str, legs: list[tuple[float, float, str]], gait: str, start: pd.Timestamp) -> pd.DataFrame:
        """A track over legs (from_m, to_m, bank) of one reach, in their order and direction; bank ``both`` is mid-channel."""
        rng, half = self.rng, self.reaches.row[code]["width_m"] / 2
        chain, side, seconds = [], [], []
        clock = 0.0
        speed = rng.uniform(*SPEED_MPS[gait])
        for a, b, bank in legs:
            steps = rng.uniform(*SAMPLE_S[gait], max(2, int(abs(b - a) / speed / SAMPLE_S[gait][0]) + 1))
            gone = np.concatenate([[0], np.cumsum(steps * speed * rng.uniform(0.85, 1.15, len(steps)))])
            gone = np.append(gone[gone < abs(b - a)], abs(b - a))
            chain.append(a + np.sign(b - a) * gone)
            side.append(np.full(len(gone), {"left": 1.0, "right": -1.0, "both": 0.0}[bank]))
            seconds.append(clock + gone / speed)
            clock = seconds[-1][-1] + rng.uniform(40, 120)
        s, sign, t = np.concatenate(chain), np.concatenate(side), np.concatenate(seconds)
        off = half + np.clip(11 + 8 * _wander(rng, len(s), 0.97), 3, 20)
        xy = _beside(self.reaches.line[code], s, np.where(sign == 0, rng.uniform(-0.15, 0.15) * half, sign * off))
        return self._recorded(xy, t, start)

    def away(self, near: np.ndarray, gait: str, start: pd.Timestamp, length_m: float, clear_m: float) -> pd.DataFrame | None:
        """A fairly straight drive that keeps `clear_m` from every water, starting about `near`; None where none is found."""
        rng = self.rng
        for _ in range(60):
            heading = rng.uniform(0, 2 * np.pi)
            origin = near + rng.uniform(-6, 6, 2) * clear_m
            speed, step = rng.uniform(*SPEED_MPS[gait]), rng.uniform(*SAMPLE_S[gait])
            n = int(length_m / speed / step) + 2
            turn = heading + np.cumsum(rng.normal(0, 0.012, n))
            xy = origin + np.cumsum(np.stack([np.cos(turn), np.sin(turn)], 1) * speed * step, axis=0)
            if not len(self._lines.query(shapely.LineString(xy), predicate="dwithin", distance=clear_m)):
                return self._recorded(xy, np.arange(n) * step, start)
        return None

    def spot(self, code: str, at_m: float, bank: str, minutes: float, start: pd.Timestamp) -> pd.DataFrame:
        """Somebody who stands at one place for the length of a patrol."""
        n = int(minutes * 60 / 15)
        here = self.reaches.at(code, at_m, self.reaches.row[code]["width_m"] / 2 + 12, bank)
        return self._recorded(np.repeat(here[None], n, axis=0), np.arange(n) * 15.0, start)

    def _recorded(self, xy: np.ndarray, seconds: np.ndarray, start: pd.Timestamp) -> pd.DataFrame:
        sigma = self.rng.uniform(3, 8) / np.sqrt(2)
        noise = np.stack([_wander(self.rng, len(xy), 0.8), _wander(self.rng, len(xy), 0.8)], 1) * sigma
        lonlat = plane_to_lonlat(xy + noise)
        time = start + pd.to_timedelta(np.round(seconds), unit="s")
        return pd.DataFrame({"time": pd.Series(time).astype("datetime64[us, UTC]"), "lon": lonlat[:, 0], "lat": lonlat[:, 1]})


def _wander(rng: np.random.Generator, n: int, keep: float) -> np.ndarray:
    """Correlated noise of unit variance (first-order autoregression)."""
    shock = rng.normal(0, np.sqrt(1 - keep**2), n)
    out = np.empty(n)
    value = rng.normal()
    for i in range(n):
        value = keep * value + shock[i]
        out[i] = value
    return out


def _beside(line: shapely.LineString, s: np.ndarray, offset_m: np.ndarray) -> np.ndarray:
    """Points beside a line, positive offsets to the left."""
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(line, np.minimum(s + 12, line.length)))
    behind = shapely.get_coordinates(shapely.line_interpolate_point(line, np.maximum(s - 12, 0)))
    d = ahead - behind
    d /= np.maximum(np.hypot(*d.T), 1e-9)[:, None]
    here = shapely.get_coordinates(shapely.line_interpolate_point(line, s))
    return here + np.stack([-d[:, 1], d[:, 0]], 1) * offset_m[:, None]
