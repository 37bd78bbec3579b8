"""A small river world with walks whose truth is known: meanders, confluence, anabranch, bridge, roads, drives."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

CRS = "EPSG:4547"
TRUTH = ["track_id", "reach_id", "from_m", "to_m", "bank"]
X0, Y0 = 500_000.0, 3_840_000.0


@dataclass(frozen=True)
class World:
    """Reaches, track points, and the true intervals (track_id, reach_id, from_m, to_m, bank)."""

    reaches: gpd.GeoDataFrame
    tracks: pd.DataFrame
    truth: pd.DataFrame


def meander(start: tuple[float, float], bearing: float, length_m: float, amplitude_m: float, wave_m: float) -> np.ndarray:
    """A sine-like river line with vertices about every 15 m."""
    s = np.arange(0.0, length_m, 12.0)
    along, across = s, amplitude_m * np.sin(2 * np.pi * s / wave_m) * np.minimum(1, np.minimum(s, length_m - s) / 400)
    c, d = np.cos(bearing), np.sin(bearing)
    return np.column_stack([start[0] + along * c - across * d, start[1] + along * d + across * c])


def rivers(seed: int, n: int = 12) -> gpd.GeoDataFrame:
    """`n` main reaches in chains of three with tributaries, plus an anabranch 60 m beside one in four."""
    rng = np.random.default_rng(seed)
    ids, lines, widths = [], [], []
    for chain in range(n // 3):
        at = np.array([X0 + 0.0, Y0 + 9_000.0 * chain])
        for part in range(3):
            xy = meander((at[0], at[1]), rng.uniform(-0.3, 0.3), rng.uniform(2500, 4500), rng.uniform(40, 160),
                         rng.uniform(700, 1400))  # fmt: skip
            width = rng.choice([8.0, 15.0, 30.0, 60.0, 120.0])
            name = f"C{chain}M{part}"
            ids.append(name), lines.append(shapely.LineString(xy)), widths.append(width)
            if part == 1:
                length = shapely.length(lines[-1])
                arm = shapely.ops.substring(lines[-1], 0.3 * length, 0.7 * length).offset_curve(60 + width / 2)
                ids.append(f"{name}A"), lines.append(arm), widths.append(10.0)
            if part < 2:
                end = xy[-1]
                side = meander((0, 0), rng.uniform(-2.0, -1.2), rng.uniform(1500, 2500), 60, 800)
                ids.append(f"{name}T"), lines.append(shapely.LineString((side - side[0] + end)[::-1]))
                widths.append(rng.choice([6.0, 10.0, 20.0]))
            at = xy[-1]
    return gpd.GeoDataFrame({"reach_id": ids, "width_m": widths}, geometry=lines, crs=CRS)


class Walker:
    """Collects a true path at one-second steps."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng, self.pieces = rng, []

    def along(self, xy: np.ndarray, speed: float) -> None:
        line = shapely.LineString(xy)
        s = np.arange(0, line.length, speed)
        self.pieces.append(shapely.get_coordinates(shapely.line_interpolate_point(line, s)))

    @property
    def here(self) -> np.ndarray:
        return self.pieces[-1][-1]


def beside(line: shapely.LineString, a: float, b: float, offset: np.ndarray | float) -> np.ndarray:
    """Places beside a line from chainage a to b (either way) at a signed offset (left positive)."""
    s = np.linspace(a, b, max(3, int(abs(b - a) / 10)))
    p = shapely.get_coordinates(shapely.line_interpolate_point(line, s))
    q = shapely.get_coordinates(shapely.line_interpolate_point(line, np.minimum(s + 5, line.length)))
    o = shapely.get_coordinates(shapely.line_interpolate_point(line, np.maximum(s - 5, 0)))
    d = q - o
    d /= np.hypot(d[:, 0], d[:, 1])[:, None]
    return p + np.column_stack([-d[:, 1], d[:, 0]]) * np.reshape(offset, (-1, 1))


def observe(xy: np.ndarray, rng: np.random.Generator, noise_m: float, every_s: float, tau_s: float) -> pd.DataFrame:
    """Sampled, with time-correlated noise and an occasional burst and dark gap."""
    n = len(xy)
    rho = np.exp(-1 / tau_s)
    shocks = rng.normal(0, noise_m / np.sqrt(2) * np.sqrt(1 - rho**2), (n, 2))
    error = np.zeros((n, 2))
    for i in range(1, n):
        error[i] = rho * error[i - 1] + shocks[i]
    seen = np.ones(n, dtype=bool)
    for _ in range(rng.poisson(0.7 * n / 3600)):
        at = int(rng.integers(0, n))
        seen[at : at + int(rng.uniform(30, 300))] = False
    for _ in range(rng.poisson(1.0 * n / 3600)):
        at, size = int(rng.integers(0, n)), int(rng.uniform(20, 90))
        error[at : at + size] += rng.normal(0, 1, 2) * rng.uniform(50, 200) / 1.4
    pick = np.arange(0, n, int(every_s))
    pick = pick[seen[pick]]
    return pd.DataFrame({"x": (xy + error)[pick, 0], "y": (xy + error)[pick, 1], "s": pick.astype(float)})


def build(seed: int, tracks: int = 24, off_edge: tuple[float, float] = (3, 30), noise: tuple[float, float] = (3, 15),
          every: tuple[int, ...] = (1, 2, 5, 10, 30), drive: tuple[float, float] = (8, 16), tau_s: float = 15.0,
          between_arms: bool = False) -> World:  # fmt: skip
    """A world of `tracks` walks; each visits one to three stretches and drives between them; `between_arms` lets people walk
    midway between a river and its anabranch, where nobody can tell which of the two they looked at."""
    rng = np.random.default_rng(seed + 1000)
    reaches = rivers(seed)
    lines = dict(zip(reaches["reach_id"], reaches.geometry, strict=True))
    width = dict(zip(reaches["reach_id"], reaches["width_m"], strict=True))
    points, truth = [], []
    for number in range(tracks):
        walker, track_id = Walker(rng), f"t{number:03d}"
        speed = rng.uniform(1.1, 1.6) if rng.random() < 0.75 else rng.uniform(3.0, 5.0)
        for _ in range(int(rng.integers(1, 4))):
            name = str(rng.choice(list(lines)))
            line = lines[name]
            a, b = np.sort(rng.uniform(0, line.length, 2))
            a, b = (a, min(line.length, a + 700)) if b - a < 700 else (a, b)
            if b - a < 300:
                a = max(0.0, b - 700)
            side = 1 if rng.random() < 0.5 else -1
            if not between_arms and name.endswith("M1"):
                side = -1
            if not between_arms and name.endswith("A"):
                side = 1
            offset = side * (width[name] / 2 + rng.uniform(*off_edge))
            way = [(name, a, b, side)]
            follow = f"{name[:3]}{int(name[3:4]) + 1}" if len(name) == 4 and b > line.length - 400 else None
            if follow in lines:
                way = [(name, a, line.length, side), (follow, 0.0, 900.0, side)]
            path = [beside(lines[r], p, q, offset if r == name else side * (width[r] / 2 + rng.uniform(*off_edge)))
                    for r, p, q, _ in way]  # fmt: skip
            xy = np.concatenate(path)
            if between_arms or not name.endswith(("M1", "A")):
                cross = rng.random() < 0.25 and len(way) == 1
            else:
                cross = False
            if cross:  # over a bridge and back on the other bank for a while
                c = max(a, b - 500)
                xy = np.concatenate([xy, beside(line, b, b, -offset), beside(line, b, c, -offset)])
                way.append((name, c, b, -side))
            if rng.random() < 0.4 and len(way) == 1:
                xy = xy[::-1]
            if walker.pieces:  # drive there by a road 300 m off the line, then straight
                road = beside(line, 0, line.length, -side * 300.0)
                walker.along(np.concatenate([[walker.here], road, xy[:1]]), rng.uniform(*drive))
            walker.along(xy, speed)
            truth += [(track_id, r, min(p, q), max(p, q), "left" if s > 0 else "right") for r, p, q, s in way]
        seen = observe(np.concatenate(walker.pieces), rng, rng.uniform(*noise), float(rng.choice(every)), tau_s)
        start = pd.Timestamp("2026-05-10T08:00:00+08:00") + pd.Timedelta(hours=number)
        points.append(seen.assign(track_id=track_id, time=start + pd.to_timedelta(seen.pop("s"), unit="s")))
    table = pd.concat(points, ignore_index=True)
    return World(reaches, table, pd.DataFrame(truth, columns=TRUTH))


def _stamped(rows: pd.DataFrame, track_id: str) -> pd.DataFrame:
    start = pd.Timestamp("2026-05-10T08:00:00+08:00")
    return rows.assign(track_id=track_id, time=start + pd.to_timedelta(rows["s"], unit="s")).drop(columns="s")


def afloat(seed: int, tracks: int = 20, speed: tuple[float, float] = (2.2, 10.0)) -> World:
    """Boats and drones along a channel of any width, anywhere in it up to 4 m from the edge: both banks are seen."""
    rng = np.random.default_rng(seed + 2000)
    reaches = rivers(seed)
    reaches = reaches[~reaches["reach_id"].str.contains("M1") & (reaches["width_m"] >= 15)].reset_index(drop=True)
    points, truth = [], []
    for number in range(tracks):
        row = reaches.iloc[int(rng.integers(len(reaches)))]
        a = float(rng.uniform(0, row.geometry.length - 1200))
        b = float(rng.uniform(a + 1000, row.geometry.length))
        walker = Walker(rng)
        xy = beside(row.geometry, a, b, float(rng.uniform(-1, 1)) * max(0.0, row["width_m"] / 2 - 4))
        walker.along(xy if rng.random() < 0.6 else xy[::-1], float(rng.uniform(*speed)))
        seen = observe(np.concatenate(walker.pieces), rng, rng.uniform(3, 10), float(rng.choice((2, 5, 10))), 15.0)
        points.append(_stamped(seen, f"b{number:03d}"))
        truth.append((f"b{number:03d}", row["reach_id"], a, b, "both"))
    return World(reaches, pd.concat(points, ignore_index=True), pd.DataFrame(truth, columns=TRUTH))


def crossers(seed: int, speed: float, every_s: int, half_m: float, tracks: int = 40) -> World:
    """Straight ways over the water at 35 to 90 degrees: nothing is walked along it."""
    rng = np.random.default_rng(seed + 3000)
    reaches = rivers(seed)
    points = []
    for number in range(tracks):
        line = reaches.geometry.iloc[int(rng.integers(len(reaches)))]
        at = float(rng.uniform(100, line.length - 100))
        p, q = shapely.get_coordinates(line.interpolate([at, at + 20]))
        bearing = np.arctan2(*(q - p)[::-1]) + rng.choice([-1, 1]) * rng.uniform(np.radians(35), np.pi / 2)
        s = np.arange(-half_m * rng.uniform(0.5, 1.5), half_m * rng.uniform(0.5, 1.5), speed)
        xy = p + s[:, None] * np.array([np.cos(bearing), np.sin(bearing)])
        points.append(_stamped(observe(xy, rng, rng.uniform(3, 15), every_s, 15.0), f"x{number:03d}"))
    return World(reaches, pd.concat(points, ignore_index=True), pd.DataFrame(columns=TRUTH))


def _cells(rows: pd.DataFrame, key: list[str], step_m: float = 1.0) -> set[tuple]:
    found = set()
    for row in rows.itertuples(index=False):
        name = tuple(getattr(row, column) for column in key)
        found.update((*name, i) for i in range(int(round(row.from_m / step_m)), int(round(row.to_m / step_m))))
    return found


def score(found: pd.DataFrame, truth: pd.DataFrame) -> dict[str, float]:
    """Length-weighted precision, recall and F1 per track and reach, and the share of true metres on the right bank."""
    a, b = _cells(found, ["track_id", "reach_id"]), _cells(truth, ["track_id", "reach_id"])
    hit = len(a & b)
    p, r = hit / max(len(a), 1), hit / max(len(b), 1)
    both = pd.concat([found[found.bank != "both"], *(found[found.bank == "both"].assign(bank=k) for k in ("left", "right"))])
    fb, tb = _cells(both, ["track_id", "reach_id", "bank"]), _cells(truth, ["track_id", "reach_id", "bank"])
    right = {cell for cell in fb if (cell[0], cell[1], cell[3]) in b}
    return {"precision": p, "recall": r, "f1": 2 * p * r / max(p + r, 1e-9), "bank": len(right & tb) / max(len(right), 1)}
