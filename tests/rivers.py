"""Named miniature rivers with answers that can be worked out by hand. Metric ones lie in EPSG:4547 near its origin."""

from __future__ import annotations

import geopandas as gpd
from shapely.geometry import LineString, MultiLineString

CRS = "EPSG:4547"
E0, N0 = 500_000.0, 3_800_000.0


def _frame(lines: dict[str, list[tuple[float, float]]], **columns: list[object]) -> gpd.GeoDataFrame:
    shapes = [LineString([(E0 + x, N0 + y) for x, y in line]) for line in lines.values()]
    return gpd.GeoDataFrame({"reach_id": list(lines), **columns}, geometry=shapes, crs=CRS)


def straight() -> gpd.GeoDataFrame:
    """1,000 m due east: the left bank lies north."""
    return _frame({"S": [(0, 0), (400, 0), (1000, 0)]}, width_m=[20.0])


def bend() -> gpd.GeoDataFrame:
    """500 m east, then 500 m north: a left turn at chainage 500."""
    return _frame({"B": [(0, 0), (500, 0), (500, 500)]}, width_m=[20.0])


def confluence() -> gpd.GeoDataFrame:
    """A (1,000 m) and T (500 m, from the north) meet at (1000, 0) and become C (800 m)."""
    return _frame(
        {"A": [(0, 0), (1000, 0)], "T": [(1000, 500), (1000, 0)], "C": [(1000, 0), (1800, 0)]},
        to_reach=["C", "C", None], width_m=[30.0, 10.0, 40.0],
    )  # fmt: skip


def two_zones() -> gpd.GeoDataFrame:
    """Lon/lat along 34.6 N from 112.4 to 112.6 E, over the boundary of zones 37 and 38 at 112.5 E."""
    return gpd.GeoDataFrame(
        {"reach_id": ["Z"]}, geometry=[LineString([(112.4, 34.6), (112.5, 34.6), (112.6, 34.6)])], crs="EPSG:4490")  # fmt: skip


def broken() -> gpd.GeoDataFrame:
    """K: parts that touch, listed in the wrong order (one line of 300 m). H: parts with a hole of 50 m (200 m of line)."""
    def part(*points: tuple[float, float]) -> LineString:
        return LineString([(E0 + x, N0 + y) for x, y in points])

    kept = MultiLineString([part((100, 0), (300, 0)), part((0, 0), (100, 0))])
    hole = MultiLineString([part((0, 500), (100, 500)), part((150, 500), (250, 500))])
    return gpd.GeoDataFrame({"reach_id": ["K", "H"]}, geometry=[kept, hole], crs=CRS)


def loop() -> gpd.GeoDataFrame:
    """In -> L1 -> L2 -> L1 again (a pumped ring); L1 also -> Out."""
    return _frame(
        {"In": [(-500, 0), (0, 0)], "L1": [(0, 0), (300, 300), (600, 0)], "L2": [(600, 0), (300, -300), (0, 0)],
         "Out": [(600, 0), (1000, 0)]},
        to_reach=["L1", "L2;Out", "L1", None],
    )  # fmt: skip


def braid() -> gpd.GeoDataFrame:
    """U splits into N (longer) and M, which join again in D: found by touching ends."""
    return _frame(
        {"U": [(0, 0), (500, 0)], "N": [(500, 0), (800, 400), (1100, 0)], "M": [(500, 0), (1100, 0)],
         "D": [(1100, 0), (1500, 0)]}
    )  # fmt: skip


ALL = {river.__name__: river for river in (straight, bend, confluence, two_zones, broken, loop, braid)}
