"""Points to reaches: the exact nearest place on any line, its chainage, offset and bank."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.cells import Cells
from geo.crs import known_crs
from geo.faults import Fault
from geo.lines import Segments, tangents
from geo.prepared import Reaches, prepare

ON_LINE_M = 0.5
TIE_M = 1e-6
FIRST_CELL_M = 64.0


def locate(points: Any, reaches: Any, within_m: float = 100.0) -> pd.DataFrame:
    """Nearest place on the reaches for every point.

    Parameters
    ----------
    points : GeoDataFrame of n points, any CRS; empty or missing geometry is unmatched
    reaches : GeoDataFrame[reach_id, geometry] in any CRS, or `geo.prepared.prepare(reaches)`
        Lon/lat is measured in each point's own CGCS2000 3-degree zone (UTM outside China); chainage along lon/lat
        lines is geodesic.
    within_m : float
        Farther points are unmatched.

    Returns
    -------
    DataFrame[reach_id, chainage_m, offset_m, bank, tied] on points.index, one row per point
        `offset_m` is unsigned; `bank` is left or right facing downstream, on within 0.5 m of the line. A point equally
        near to two places is `tied` and goes to the lowest reach_id, then the lowest chainage. Unmatched: null
        reach_id, NaN, null bank, tied False.

    Raises
    ------
    Fault
        ``crs_missing``, ``geometry_not_point``, ``column_missing``, ``reach_id_repeated``,
        ``datum_parameters_needed``, ``distance_not_positive``.
    """
    if not within_m > 0:
        raise Fault("distance_not_positive", name="within_m", value=within_m)
    ready = prepare(reaches)
    geometry = points.geometry.to_numpy()
    kinds = shapely.get_type_id(geometry)
    if np.any(kinds > 0):
        raise Fault("geometry_not_point", row=int(np.flatnonzero(kinds > 0)[0]) + 1)
    x, y = shapely.get_x(geometry), shapely.get_y(geometry)
    return located_frame(ready, locate_xy(ready, x, y, known_crs(points), within_m), points.index)


def locate_xy(ready: Reaches, x: np.ndarray, y: np.ndarray, crs: Any, within_m: float) -> dict[str, np.ndarray]:
    """`locate` on plain arrays: reach number (-1 unmatched), chainage_m, signed offset_m (left positive), tied."""
    n = len(x)
    found = {
        "reach": np.full(n, -1, dtype=np.int64),
        "chainage_m": np.full(n, np.nan),
        "offset_m": np.full(n, np.nan),
        "tied": np.zeros(n, dtype=bool),
    }
    if not n:
        return found
    for zone, at, px, py in ready.points_by_zone(x, y, crs):
        seg = ready.frame(zone)
        if len(seg):
            _locate_in_frame(ready, zone, seg, px, py, at, within_m, found)
    return found


def _locate_in_frame(ready: Reaches, zone: int, seg: Segments, px: np.ndarray, py: np.ndarray, at: np.ndarray,
                     within_m: float, found: dict[str, np.ndarray]) -> None:  # fmt: skip
    """Ask a fine grid first and coarser ones only for what it did not settle; each answer is exact within its cell."""
    key = ("tangents", zone)
    if key not in ready.cache:
        ready.cache[key] = tangents(seg)
    left, cell_m = np.arange(len(px)), min(FIRST_CELL_M, within_m)
    while len(left):
        radius = min(cell_m, within_m)
        grid_key = ("cells", zone, radius)
        if grid_key not in ready.cache:
            ready.cache[grid_key] = Cells(seg, radius)
        settled = [
            _nearest(ready, zone, seg, px[left], py[left], point, number, radius, at[left], found)
            for point, number in ready.cache[grid_key].pairs(px[left], py[left], once=False)
        ]
        if radius >= within_m:
            return
        open_ = np.ones(len(left), dtype=bool)
        for done in settled:
            open_[done] = False
        left, cell_m = left[open_], cell_m * 4


def feet(seg: Segments, number: np.ndarray, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, ...]:
    """Foot parameter (0..1), and vector from foot to point, for pairs of points and segments."""
    dx, dy = seg.x1[number] - seg.x0[number], seg.y1[number] - seg.y0[number]
    ax, ay = x - seg.x0[number], y - seg.y0[number]
    square = dx * dx + dy * dy
    t = np.clip((ax * dx + ay * dy) / np.where(square > 0, square, 1.0), 0.0, 1.0)
    return t, ax - t * dx, ay - t * dy


def _nearest(ready: Reaches, zone: int, seg: Segments, px: np.ndarray, py: np.ndarray, point: np.ndarray,
             number: np.ndarray, radius: float, at: np.ndarray, found: dict[str, np.ndarray]) -> np.ndarray:  # fmt: skip
    """Settle the points whose nearest segment lies within radius; returns their numbers."""
    if not len(point):
        return point
    t, vx, vy = feet(seg, number, px[point], py[point])
    distance = np.hypot(vx, vy)
    starts = np.flatnonzero(np.concatenate([[True], point[1:] != point[:-1]]))
    sizes = np.diff(np.append(starts, len(point)))
    best = np.repeat(np.minimum.reduceat(distance, starts), sizes)
    winners = np.flatnonzero((distance <= best + TIE_M) & (best <= radius))
    reach = seg.reach[number[winners]]
    chainage = seg.from_m[number[winners]] + t[winners] * seg.size_m[number[winners]]
    order = np.lexsort((chainage, ready.rank[reach], point[winners]))
    winners, reach, chainage = winners[order], reach[order], chainage[order]
    who = point[winners]
    first = np.concatenate([[True], who[1:] != who[:-1]]) if len(who) else np.zeros(0, dtype=bool)
    fx, fy = px[who] - vx[winners], py[who] - vy[winners]
    chosen = np.maximum.accumulate(np.where(first, np.arange(len(who)), 0)) if len(who) else first.astype(int)
    apart = np.hypot(fx - fx[chosen], fy - fy[chosen]) > 2e-3
    other = (reach != reach[chosen]) | apart
    pick = np.flatnonzero(first)
    tied = np.add.reduceat(other.astype(int), pick) > 0 if len(pick) else np.zeros(0, dtype=bool)
    side = _side(ready, zone, number[winners[pick]], t[winners[pick]], vx[winners[pick]], vy[winners[pick]])
    rows = at[who[pick]]
    found["reach"][rows] = reach[pick]
    found["chainage_m"][rows] = np.minimum(chainage[pick], seg.length_m[reach[pick]])
    found["offset_m"][rows] = np.where(side >= 0, 1.0, -1.0) * distance[winners[pick]]
    found["tied"][rows] = tied
    return who[pick]


def _side(ready: Reaches, zone: int, number: np.ndarray, t: np.ndarray, vx: np.ndarray, vy: np.ndarray) -> np.ndarray:
    """Positive left, negative right. At a vertex the mean direction decides: one segment alone errs at sharp bends."""
    direction, at_start, at_end = ready.cache[("tangents", zone)]
    d = np.where((t <= 0)[:, None], at_start[number], np.where((t >= 1)[:, None], at_end[number], direction[number]))
    return d[:, 0] * vy - d[:, 1] * vx


def located_frame(ready: Reaches, found: dict[str, np.ndarray], index: Any) -> pd.DataFrame:
    """The answer of `locate_xy` as the public table."""
    hit = found["reach"] >= 0
    ids = pd.Series(ready.ids)
    if pd.api.types.is_integer_dtype(ids.dtype):
        ids = ids.astype("Int64")
    reach_id = ids.reindex(np.where(hit, found["reach"], -1)) if len(ids) else pd.Series([None] * len(hit), dtype=object)
    offset_m = np.abs(found["offset_m"])
    bank = np.where(found["offset_m"] > 0, "left", "right").astype(object)
    bank[offset_m <= ON_LINE_M] = "on"
    bank[~hit] = None
    return pd.DataFrame(
        {"reach_id": reach_id.array, "chainage_m": found["chainage_m"], "offset_m": offset_m,
         "bank": pd.array(bank, dtype="str"), "tied": found["tied"]},
        index=index,
    )  # fmt: skip
