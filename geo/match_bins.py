"""Tracks thinned to bins, and the places on reaches each bin could be at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from geo.cells import Cells
from geo.lines import Segments
from geo.locate import feet
from geo.prepared import Reaches

WALK_MPS = 1.3  # pace that stands in for a clock where a track has no times
MOST_CANDIDATES = 10


@dataclass(frozen=True)
class Bins:
    """One track in bins: mean place and time, seconds of its first and last point, speed, whether times are real."""

    code: int
    x: np.ndarray
    y: np.ndarray
    t: np.ndarray
    first: np.ndarray
    last: np.ndarray
    weight_s: np.ndarray
    speed_mps: np.ndarray
    timed: bool

    def weight(self, tau_s: float) -> np.ndarray:
        """What each bin tells on its own: bins closer in time than `tau_s` share their noise."""
        return np.minimum(1.0, self.weight_s / tau_s)


@dataclass(frozen=True)
class Found:
    """Candidates of one track's bins: those of bin i are ptr[i] to ptr[i + 1]. Offsets are signed, left positive;
    `heading` is unwrapped along the reach, so that differences are turns.
    """

    ptr: np.ndarray
    reach: np.ndarray
    chainage: np.ndarray
    offset: np.ndarray
    heading: np.ndarray


def bin_track(code: int, x: np.ndarray, y: np.ndarray, seconds: np.ndarray, bin_s: float) -> Bins:
    """Mean places per `bin_s` seconds; without times, as if walked at an even pace."""
    known = np.isfinite(seconds)
    timed = bool(known.sum() > 1)
    if timed:
        x, y, t = x[known], y[known], seconds[known]
    else:
        t = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))]) / WALK_MPS
    number = np.floor((t - t[0]) / bin_s).astype(np.int64)
    starts = np.flatnonzero(np.concatenate([[True], number[1:] != number[:-1]]))
    count = np.diff(np.append(starts, len(t)))
    bx, by, bt = (np.add.reduceat(v, starts) / count for v in (x, y, t - t[0]))
    bt = bt + t[0]
    gap = np.diff(bt)
    weight = np.minimum(np.append(gap, np.inf), np.concatenate([[np.inf], gap]))
    weight = np.where(np.isfinite(weight), weight, bin_s)
    return Bins(code, bx, by, bt, t[starts], t[starts + count - 1], weight, _speed(bx, by, bt), timed)


def _speed(x: np.ndarray, y: np.ndarray, t: np.ndarray, over_s: float = 14.0) -> np.ndarray:
    """Smaller of backward and forward displacement speed over about 15 s: one bad point is not a drive."""
    n = len(t)
    here = np.arange(n)
    back = np.clip(np.searchsorted(t, t - over_s, "right") - 1, 0, n - 1)
    ahead = np.clip(np.searchsorted(t, t + over_s, "left"), 0, n - 1)
    speeds = []
    for other in (back, ahead):
        span = np.abs(t[other] - t)
        moved = np.hypot(x[other] - x, y[other] - y)
        speeds.append(np.where((other != here) & (span > 0), moved / np.where(span > 0, span, 1), np.inf))
    slower = np.minimum(*speeds)
    return np.where(np.isfinite(slower), slower, 0.0)


def headings(seg: Segments) -> np.ndarray:
    """Heading of each segment in radians, unwrapped along its line."""
    angle = np.arctan2(seg.y1 - seg.y0, seg.x1 - seg.x0)
    if not len(angle):
        return angle
    turn = np.concatenate([[0.0], np.diff(angle)])
    turn = (turn + np.pi) % (2 * np.pi) - np.pi
    fresh = ~seg.after
    total = np.cumsum(np.where(fresh, 0.0, turn))
    start = np.maximum.accumulate(np.where(fresh, np.arange(len(angle)), 0))
    return angle[start] + total - total[start]


def candidates(ready: Reaches, zone: int, bins: list[Bins], half_m: np.ndarray, params: Any) -> list[Found]:
    """Every local minimum of distance to a reach within half its width + `beside_m`, per bin of each track."""
    seg = ready.frame(zone)
    key = ("match", zone, params.beside_m, float(half_m.max()))
    if key not in ready.cache:
        ready.cache[key] = Cells(seg, float(half_m.max()) + params.beside_m), headings(seg)
    cells, heading = ready.cache[key]
    x, y = np.concatenate([b.x for b in bins]), np.concatenate([b.y for b in bins])
    parts = [_minima(seg, heading, point, number, x, y, half_m, params.beside_m) for point, number in cells.pairs(x, y)]
    point, *columns = (np.concatenate([part[i] for part in parts]) for i in range(5)) if parts else [np.zeros(0)] * 5
    reach, chainage, offset, turned = columns
    reach = reach.astype(np.int64)
    ptr = np.searchsorted(point, np.arange(len(x) + 1))
    ends = np.cumsum([len(b.x) for b in bins])
    return [
        Found(ptr[a : b + 1] - ptr[a], *(v[ptr[a] : ptr[b]] for v in (reach, chainage, offset, turned)))
        for a, b in zip(np.concatenate([[0], ends[:-1]]), ends, strict=True)
    ]


def _minima(seg: Segments, heading: np.ndarray, point: np.ndarray, number: np.ndarray, x: np.ndarray, y: np.ndarray,
            half_m: np.ndarray, beside_m: float) -> tuple[np.ndarray, ...]:  # fmt: skip
    t, vx, vy = feet(seg, number, x[point], y[point])
    distance = np.hypot(vx, vy)
    reach = seg.reach[number]
    keep = distance <= half_m[reach] + beside_m
    before = np.maximum(number - 1, 0)
    reached_end = feet(seg, before, x[point], y[point])[0] >= 1
    nexts = np.append(seg.after[1:], False)[number]
    keep &= ((t > 0) & (t < 1)) | ((t <= 0) & (~seg.after[number] | reached_end)) | ((t >= 1) & ~nexts)
    point, number, t, vx, vy = point[keep], number[keep], t[keep], vx[keep], vy[keep]
    distance, reach = distance[keep], reach[keep]
    along = heading[number]
    side = np.where(np.cos(along) * vy - np.sin(along) * vx >= 0, 1.0, -1.0)
    vertex = (t <= 0) & seg.after[number] & (distance > 1e-6)
    turn = heading[number] - heading[np.maximum(number - 1, 0)]
    side = np.where(vertex & (turn != 0), -np.sign(turn), side)
    facing = np.arctan2(vy, vx) - side * np.pi / 2
    along = np.where(vertex, along + (facing - along + np.pi) % (2 * np.pi) - np.pi, along)
    chainage = seg.from_m[number] + t * seg.size_m[number]
    edge = np.abs(distance - half_m[reach])
    order = np.lexsort((edge, point))
    starts = np.searchsorted(point[order], point[order], "left")
    order = order[np.arange(len(order)) - starts < MOST_CANDIDATES]
    return tuple(v[order] for v in (point, reach, chainage, side * distance, along))
