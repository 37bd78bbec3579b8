"""Lines as arrays: many reaches laid out as measured segments, chainage running from the upstream end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import known_crs
from geo.faults import Fault

GEOD = pyproj.Geod(ellps="WGS84")
PIECE_M = 1500.0  # over this, up to 65 degrees, a straight line in lon/lat stays within 0.1 m of the straight line in metres
MOST_PIECES = 1000


def ordered_parts(line: BaseGeometry | None) -> list[np.ndarray]:
    """Coordinate arrays of a line's parts in the order chainage runs over them.

    Parts of a MultiLineString that touch become one line, in the direction they are drawn (the direction most of them
    are drawn in, where they disagree); otherwise they stay in their order and chainage steps over the holes.
    """
    if line is None or line.is_empty:
        return []
    if line.geom_type not in ("LineString", "MultiLineString", "LinearRing"):
        raise Fault("geometry_not_line", kind=line.geom_type)
    if line.geom_type == "MultiLineString":
        merged = shapely.line_merge(line, directed=True)
        if merged.geom_type != "LineString":
            merged = shapely.line_merge(line)
        line = merged if merged.geom_type == "LineString" else line
    return [shapely.get_coordinates(part) for part in getattr(line, "geoms", [line])]


@dataclass(frozen=True)
class Segments:
    """Segments of many lines. Arrays of n segments; `reach` numbers the lines, of which there are len(length_m).

    x0, y0, x1, y1 are in `crs` units, from_m and size_m in metres along the line (geodesic where `crs` is lon/lat).
    Lon/lat segments longer than `PIECE_M` come in pieces, so that each may be taken for straight in a metric frame.
    `after` is True where a segment continues the one before it in the arrays; `ring` is True for closed lines.
    """

    crs: pyproj.CRS | None
    reach: np.ndarray
    x0: np.ndarray
    y0: np.ndarray
    x1: np.ndarray
    y1: np.ndarray
    from_m: np.ndarray
    size_m: np.ndarray
    after: np.ndarray
    length_m: np.ndarray

    def __len__(self) -> int:
        return len(self.reach)

    def moved(self, transformer: pyproj.Transformer, crs: pyproj.CRS, keep: np.ndarray | None = None) -> Segments:
        """The same segments in another CRS; chainages stay. `keep` masks segments to take along."""
        part = self if keep is None else self.taken(keep)
        xs, ys = transformer.transform(np.concatenate([part.x0, part.x1]), np.concatenate([part.y0, part.y1]))
        n = len(part)
        return replace(part, crs=crs, x0=xs[:n], y0=ys[:n], x1=xs[n:], y1=ys[n:])

    def taken(self, keep: np.ndarray) -> Segments:
        """Only the segments under a mask; a segment whose predecessor is dropped no longer continues it."""
        after = self.after & np.concatenate([[False], keep[:-1]])
        names = ("reach", "x0", "y0", "x1", "y1", "from_m", "size_m")
        return replace(self, after=after[keep], **{name: getattr(self, name)[keep] for name in names})


def _only(geometry: np.ndarray, keep: np.ndarray) -> np.ndarray:
    kept = geometry.copy()
    kept[~keep] = None
    return kept


def _coordinates(geometry: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(xy, line number, part number) of all vertices, parts in chainage order."""
    kinds = shapely.get_type_id(geometry)
    simple = (kinds == 1) | (kinds == 2) | (kinds == -1)
    xy, line = shapely.get_coordinates(_only(geometry, simple), return_index=True)
    part = np.zeros(len(line), dtype=np.int64)
    if simple.all():
        return xy, line, part
    more_xy, more_line, more_part = [xy], [line], [part]
    for number in np.flatnonzero(~simple):
        for part_number, coordinates in enumerate(ordered_parts(geometry[number])):
            more_xy.append(coordinates)
            more_line.append(np.full(len(coordinates), number, dtype=line.dtype))
            more_part.append(np.full(len(coordinates), part_number))
    xy, line, part = np.concatenate(more_xy), np.concatenate(more_line), np.concatenate(more_part)
    order = np.lexsort((np.arange(len(line)), part, line))
    return xy[order], line[order], part[order]


def measure(geometry: Any, crs: Any = None) -> Segments:
    """Lay lines out as segments with chainage.

    Parameters
    ----------
    geometry : array of n LineString or MultiLineString (None and empty allowed: no segments, length 0)
    crs : CRS or None
        Lon/lat lines are measured on the ellipsoid, others (and None) in their plane.

    Raises
    ------
    Fault
        ``geometry_not_line`` for any other geometry.
    """
    geometry = np.asarray(geometry, dtype=object)
    crs = None if crs is None else pyproj.CRS.from_user_input(crs)
    xy, line, part = _coordinates(geometry)
    inside = (line[1:] == line[:-1]) & (part[1:] == part[:-1])
    a, b, reach, part = xy[:-1][inside], xy[1:][inside], line[1:][inside], part[1:][inside]
    moves = np.any(a != b, axis=1)
    lengthy = np.zeros(len(geometry), dtype=bool)
    lengthy[reach[moves]] = True
    first = np.concatenate([[True], reach[1:] != reach[:-1]]) if len(reach) else np.zeros(0, dtype=bool)
    keep = moves | (~lengthy[reach] & first)  # a line without length stays as one point-like segment
    a, b, reach, part = a[keep], b[keep], reach[keep], part[keep]
    size_m = _sizes(a, b, crs)
    if crs is not None and crs.is_geographic and (size_m > PIECE_M).any():
        a, b, size_m, of = _in_pieces(a, b, size_m, crs)
        reach, part = reach[of], part[of]
    running = np.cumsum(size_m) - size_m
    starts = np.concatenate([[True], reach[1:] != reach[:-1]]) if len(reach) else np.zeros(0, dtype=bool)
    base = running[starts][np.cumsum(starts) - 1] if len(reach) else running
    same_part = np.concatenate([[False], part[1:] == part[:-1]]) if len(reach) else starts
    length_m = np.bincount(reach, weights=size_m, minlength=len(geometry)).astype(float)
    return Segments(crs, reach.astype(np.int64), a[:, 0], a[:, 1], b[:, 0], b[:, 1], running - base, size_m,
                    ~starts & same_part, length_m)  # fmt: skip


def _in_pieces(a: np.ndarray, b: np.ndarray, size_m: np.ndarray, crs: pyproj.CRS) -> tuple[np.ndarray, ...]:
    """Long lon/lat segments in pieces along the drawn (lon/lat) line: starts, ends, sizes, numbers of the segments.

    The sizes of a segment's pieces add up to its own. A segment over the date line stays whole.
    """
    here = (size_m > PIECE_M) & (np.abs(b[:, 0] - a[:, 0]) <= 180)
    count = np.where(here, np.clip(np.ceil(np.where(here, size_m, 0) / PIECE_M), 1, MOST_PIECES), 1).astype(np.int64)
    of = np.repeat(np.arange(len(a)), count)
    step = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
    start = a[of] + (b - a)[of] * (step / count[of])[:, None]
    end = np.where((step + 1 == count[of])[:, None], b[of], np.roll(start, -1, axis=0))
    sizes, split = size_m[of], np.flatnonzero(count[of] > 1)
    sizes[split] = _sizes(start[split], end[split], crs)
    whole = np.bincount(of, weights=sizes, minlength=len(a))
    return start, end, sizes * np.where(count > 1, size_m / np.where(whole > 0, whole, 1), 1.0)[of], of


def _sizes(a: np.ndarray, b: np.ndarray, crs: pyproj.CRS | None) -> np.ndarray:
    if not len(a):
        return np.zeros(0)
    if crs is not None and crs.is_geographic:
        return np.asarray(GEOD.inv(a[:, 0], a[:, 1], b[:, 0], b[:, 1])[2], float)
    return np.hypot(*(b - a).T)


def tangents(seg: Segments) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Unit directions (n, 2) of each segment, and of the line at its start and end vertex (mean of both sides)."""
    d = np.column_stack([seg.x1 - seg.x0, seg.y1 - seg.y0])
    norm = np.hypot(d[:, 0], d[:, 1])
    d = d / np.where(norm > 0, norm, 1)[:, None]
    at_start, at_end = d.copy(), d.copy()
    joined = np.flatnonzero(seg.after)
    mean = d[joined] + d[joined - 1]
    usable = np.hypot(mean[:, 0], mean[:, 1]) > 1e-9
    at_start[joined[usable]] = mean[usable]
    at_end[joined[usable] - 1] = mean[usable]
    return d, at_start, at_end


def checked_ids(reaches: Any) -> np.ndarray:
    """The `reach_id` column as an array; Fault where it is missing, has empty cells or repeats."""
    if "reach_id" not in reaches.columns:
        raise Fault("column_missing", column="reach_id")
    ids = reaches["reach_id"]
    if ids.isna().any():
        raise Fault("reach_id_empty", row=int(np.flatnonzero(ids.isna())[0]) + 1)
    if ids.duplicated().any():
        raise Fault("reach_id_repeated", reach_id=ids[ids.duplicated()].iloc[0])
    return ids.to_numpy()


def measured_reaches(reaches: Any) -> tuple[np.ndarray, Segments]:
    """(reach ids, segments) of a GeoDataFrame of reaches, lengths true in any CRS.

    Where the CRS distorts lengths (Web Mercator, feet) lines are taken to lon/lat first and measured there.
    """
    from geo.crs import is_metric, transform

    ids = checked_ids(reaches)
    crs = known_crs(reaches)
    lines = reaches.geometry
    if not crs.is_geographic and not is_metric(crs):
        lines = transform(lines.segmentize(PIECE_M / crs.axis_info[0].unit_conversion_factor), 4326)
    return ids, measure(lines.to_numpy(), lines.crs)
