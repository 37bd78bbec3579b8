"""Which places can be drawn: a row whose coordinates are no place on earth, or far off the map, must not break a sheet."""

from typing import Any

import geopandas as gpd
import numpy as np
import shapely

FAR_DEG = 3.0
"""A point so far from the waters and districts of the map is a slip of the pen; drawn, it would shrink the city to a dot."""


def on_earth(lon: Any, lat: Any) -> np.ndarray:
    """Whether longitudes and latitudes in degrees are numbers within their ranges."""
    x, y = np.asarray(lon, float), np.asarray(lat, float)
    with np.errstate(invalid="ignore"):
        return np.isfinite(x) & np.isfinite(y) & (np.abs(x) <= 180) & (np.abs(y) <= 90)


def _inside(shapes: np.ndarray, west: float, south: float, east: float, north: float) -> np.ndarray:
    """Whether every corner of each shape lies within the bounds; a shape without corners does not."""
    found = shapely.bounds(shapes)
    low, high = found[:, :2], found[:, 2:]
    with np.errstate(invalid="ignore"):
        return (np.isfinite(found).all(axis=1) & (low >= (west, south)).all(axis=1) & (high <= (east, north)).all(axis=1))


def drawable(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The rows in lon/lat, without a geometry where theirs is no place on earth."""
    shapes = frame.geometry.to_numpy()
    kept = _inside(np.asarray(shapes, object), -180.0, -90.0, 180.0, 90.0)
    return frame.set_geometry(gpd.GeoSeries(_only(shapes, kept), index=frame.index, crs=frame.crs))


def settled(frame: gpd.GeoDataFrame, base: dict[str, gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """`drawable` rows, without a geometry also where it lies far off the ground the map shows; columns stay as they are."""
    frame = drawable(frame)
    ground = [drawable(base[name]).total_bounds for name in ("reach", "district") if len(base.get(name, []))]
    shapes = np.asarray(frame.geometry.to_numpy(), object)
    found = np.array([bounds for bounds in ground if np.isfinite(bounds).all()])
    if not len(found):
        corners = shapely.get_coordinates(shapes)
        found = np.median(corners, axis=0)[[0, 1, 0, 1]][None, :] if len(corners) else np.zeros((1, 4))
    low, high = found[:, :2].min(axis=0) - FAR_DEG, found[:, 2:].max(axis=0) + FAR_DEG
    kept = _inside(shapes, *low, *high)
    return frame.set_geometry(gpd.GeoSeries(_only(shapes, kept), index=frame.index, crs=frame.crs))


def _only(shapes: np.ndarray, kept: np.ndarray) -> list[object]:
    return [shape if keep else None for shape, keep in zip(shapes, kept, strict=True)]


def unplaced(problems: gpd.GeoDataFrame) -> int:
    """How many rows have no place that is drawn."""
    return int((problems.geometry.isna() | problems.geometry.is_empty).sum()) if len(problems) else 0
