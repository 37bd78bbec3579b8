"""Chainage: metres along a reach from its upstream end, in the direction it is drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyproj
from shapely.geometry import LineString, MultiLineString, Point
from shapely.geometry.base import BaseGeometry

from geo.faults import Fault
from geo.lines import GEOD, Segments, measure, measured_reaches


def lengths(reaches: Any) -> pd.Series:
    """Length in metres by reach_id.

    Parameters
    ----------
    reaches : GeoDataFrame[reach_id, geometry] in any CRS; lon/lat is measured on the ellipsoid

    Returns
    -------
    Series of float, index reach_id in file order; 0 for missing geometry

    Raises
    ------
    Fault
        ``crs_missing``, ``column_missing``, ``reach_id_repeated``, ``geometry_not_line``.
    """
    ids, seg = measured_reaches(reaches)
    return pd.Series(seg.length_m, index=pd.Index(ids, name="reach_id"), name="length_m")


def length(line: BaseGeometry, crs: Any = None) -> float:
    """Length of one line in metres (geodesic for a lon/lat `crs`; parts added, holes not)."""
    return float(measure([line], crs).length_m[0])


def _at(seg: Segments, chainage_m: float) -> tuple[int, float]:
    i = int(np.clip(np.searchsorted(seg.from_m, chainage_m, "right") - 1, 0, len(seg) - 1))
    size = seg.size_m[i]
    return i, float(np.clip((chainage_m - seg.from_m[i]) / size, 0, 1)) if size > 0 else 0.0


def place_at(line: BaseGeometry, chainage_m: float, offset_m: float = 0.0, bank: str = "on", crs: Any = None) -> Point:
    """The point at a chainage, moved `offset_m` at right angles to a bank.

    Parameters
    ----------
    line : LineString or MultiLineString
    chainage_m : float
        Outside the line: its nearer end.
    offset_m : float, unsigned
    bank : {"on", "left", "right"}
        With "on" (or "both") the offset is ignored.
    crs : CRS, optional
        CRS of the line; lon/lat is measured on the ellipsoid. None: metres in a plane.

    Raises
    ------
    Fault
        ``empty_layer`` for a line without points, ``bank_unknown``.
    """
    seg = measure([line], crs)
    if not len(seg):
        raise Fault("empty_layer")
    if bank not in ("on", "both", "left", "right"):
        raise Fault("bank_unknown", bank=bank)
    i, t = _at(seg, chainage_m)
    dx, dy = seg.x1[i] - seg.x0[i], seg.y1[i] - seg.y0[i]
    x, y = seg.x0[i] + t * dx, seg.y0[i] + t * dy
    if bank in ("on", "both") or offset_m == 0:
        return Point(x, y)
    turn = 1.0 if bank == "left" else -1.0
    if seg.crs is not None and pyproj.CRS.from_user_input(seg.crs).is_geographic:
        azimuth = GEOD.inv(seg.x0[i], seg.y0[i], seg.x1[i], seg.y1[i])[0]
        lon, lat, _ = GEOD.fwd(x, y, azimuth - 90 * turn, offset_m)
        return Point(lon, lat)
    norm = float(np.hypot(dx, dy)) or 1.0
    return Point(x - turn * offset_m * dy / norm, y + turn * offset_m * dx / norm)


def cut(line: BaseGeometry, from_m: float, to_m: float, crs: Any = None) -> LineString | MultiLineString:
    """The piece of a line between two chainages, in its direction.

    Parameters
    ----------
    line : LineString or MultiLineString (a piece over a hole between parts is a MultiLineString)
    from_m, to_m : float
        Clipped to the line; where nothing is left between them the answer is an empty LineString.
    crs : CRS, optional
        As in `place_at`.
    """
    seg = measure([line], crs)
    from_m, to_m = max(0.0, from_m), min(float(seg.length_m[0]), to_m)
    if not len(seg) or not from_m < to_m:
        return LineString()
    last = int(np.searchsorted(seg.from_m, to_m, "left") - 1)
    first = _at(seg, from_m)[0]
    start, end = place_at(line, from_m, crs=crs), place_at(line, to_m, crs=crs)
    parts: list[list[tuple[float, float]]] = [[(start.x, start.y)]]
    for i in range(first + 1, last + 1):
        if not seg.after[i]:
            parts[-1].append((float(seg.x1[i - 1]), float(seg.y1[i - 1])))
            parts.append([])
        parts[-1].append((float(seg.x0[i]), float(seg.y0[i])))
    parts[-1].append((end.x, end.y))
    lines = [LineString(part) for part in parts if len(part) > 1]
    return lines[0] if len(lines) == 1 else MultiLineString(lines)
