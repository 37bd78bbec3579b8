"""Reaches prepared once for many questions: measured segments, and the metric frames points are measured in."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyproj
import shapely

from geo.crs import CHINA_LON_LAT, ZONE_RANGE, is_metric, known_crs, transformer, zone3, zone_crs
from geo.faults import Fault
from geo.lines import Segments, measured_reaches

MARGIN_DEG = 0.75  # reaches this far outside a zone still serve the points inside it


class Reaches:
    """Prepared reaches; build with `prepare` and hand to `locate` or `match` instead of the GeoDataFrame.

    Attributes
    ----------
    ids : array of the reach ids, in file order
    rank : array, place of each id in sorted order (ties go to the lowest)
    segments : Segments as measured, in lon/lat or in the reaches' own metric CRS
    width_m : array of bank-to-bank widths, NaN where unknown
    crs : CRS the reaches came in
    """

    def __init__(self, reaches: Any) -> None:
        self.ids, self.segments = measured_reaches(reaches)
        self.crs = known_crs(reaches)
        self.rank = np.empty(len(self.ids), dtype=np.int64)
        try:
            self.rank[np.argsort(self.ids, kind="stable")] = np.arange(len(self.ids))
        except TypeError:
            self.rank[np.argsort(self.ids.astype(str), kind="stable")] = np.arange(len(self.ids))
        width = reaches["width_m"].to_numpy(dtype=float, na_value=np.nan) if "width_m" in reaches else np.nan
        self.width_m = np.broadcast_to(np.asarray(width, float), len(self.ids)).copy()
        self.flat = is_metric(self.segments.crs)
        self.cache: dict[Any, Any] = {}

    def frame(self, zone: int) -> Segments:
        """Segments in metres around a zone key of `zones_of` (0: the reaches' own metric CRS)."""
        if self.flat:
            return self.segments
        key = ("frame", zone)
        if key not in self.cache:
            seg = self.segments
            west, east, crs = zone_extent(zone)
            x_low, x_high = np.minimum(seg.x0, seg.x1), np.maximum(seg.x0, seg.x1)
            keep = (x_high >= west - MARGIN_DEG) & (x_low <= east + MARGIN_DEG)
            self.cache[key] = seg.moved(transformer(seg.crs, crs), crs, keep)
        return self.cache[key]

    def points_by_zone(self, x: np.ndarray, y: np.ndarray, crs: Any) -> Any:
        """Yield (zone key, indexes of points, x, y in that zone's metres); points without a place are left out."""
        usable = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        x, y = transformer(crs, self.segments.crs).transform(x[usable], y[usable])
        if self.flat:
            yield 0, usable, x, y
            return
        zones = np.asarray(zones_of(x, y))
        for zone in np.unique(zones):
            at = np.flatnonzero(zones == zone)
            move = transformer(self.segments.crs, zone_extent(int(zone))[2])
            px, py = move.transform(x[at], y[at])
            yield int(zone), usable[at], px, py

    def move(self, x: np.ndarray, y: np.ndarray, crs: Any, zone: int) -> tuple[np.ndarray, np.ndarray]:
        """Points of any CRS in the metres of a frame."""
        x, y = transformer(crs, self.segments.crs).transform(x, y)
        return (x, y) if self.flat else transformer(self.segments.crs, zone_extent(zone)[2]).transform(x, y)

    def nodes(self, zone: int, touch_m: float) -> np.ndarray:
        """Node number of each reach's start and end, (reaches, 2): ends within `touch_m` of each other share one.

        Reaches outside the frame get nodes of their own.
        """
        key = ("nodes", zone, touch_m)
        if key not in self.cache:
            seg, n = self.frame(zone), len(self.ids)
            first = np.flatnonzero(np.concatenate([[True], seg.reach[1:] != seg.reach[:-1]]))
            last = np.append(first[1:], len(seg)) - 1
            tips = np.concatenate([seg.reach[first], seg.reach[last] + n])
            xy = np.concatenate([np.column_stack([seg.x0[first], seg.y0[first]]),
                                 np.column_stack([seg.x1[last], seg.y1[last]])])  # fmt: skip
            points = shapely.points(xy)
            a, b = shapely.STRtree(points).query(points, predicate="dwithin", distance=touch_m)
            parent = np.arange(2 * n)
            for i, j in zip(tips[a].tolist(), tips[b].tolist(), strict=True):
                low, high = sorted((_root(parent, i), _root(parent, j)))
                parent[high] = low
            roots = np.array([_root(parent, i) for i in range(2 * n)])
            self.cache[key] = np.column_stack([roots[:n], roots[n:]])
        return self.cache[key]


def _root(parent: np.ndarray, i: int) -> int:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = int(parent[i])
    return i


def zones_of(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Zone key of places: 3-degree zone number in China, else 1000 + UTM zone north, 2000 + UTM zone south."""
    west, south, east, north = CHINA_LON_LAT
    zone = np.asarray(zone3(lon))
    china = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    china &= (zone >= ZONE_RANGE[3][0]) & (zone <= ZONE_RANGE[3][1])
    utm = np.clip(np.floor((lon + 180) / 6) + 1, 1, 60).astype(int) + np.where(lat >= 0, 1000, 2000)
    return np.where(china, zone, utm)


def zone_extent(zone: int) -> tuple[float, float, pyproj.CRS]:
    """(west, east, metric CRS) of a zone key."""
    if zone < 1000:
        return 3 * zone - 1.5, 3 * zone + 1.5, zone_crs(3 * zone, 30)
    utm = zone % 1000
    return 6 * utm - 186, 6 * utm - 180, zone_crs(6 * utm - 183, -1 if zone >= 2000 else 60)


def prepare(reaches: Any) -> Reaches:
    """Prepare reaches once for `locate` and `match`.

    Parameters
    ----------
    reaches : GeoDataFrame[reach_id, geometry, optional width_m] in any CRS, or Reaches (returned as they are)

    Raises
    ------
    Fault
        ``crs_missing``, ``lines_missing``, ``column_missing``, ``reach_id_empty``, ``reach_id_repeated``,
        ``geometry_not_line``.
    """
    if isinstance(reaches, Reaches):
        return reaches
    if not hasattr(reaches, "geometry"):
        raise Fault("lines_missing", file="")
    return Reaches(reaches)
