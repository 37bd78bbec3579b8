"""Pieces of reaches as lines to draw: cut by geodesic chainage, drawn a little to the side of their bank."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.chainage import cut
from geo.lines import Segments, measured_reaches

M_PER_DEG = 111_195.0


def _cut_simple(seg: Segments, first: int, last: int, from_m: float, to_m: float) -> np.ndarray:
    """Vertices of a one-part line between two chainages; `first:last` are its segments."""
    starts = seg.from_m[first:last]
    i, j = first + np.searchsorted(starts, [from_m, to_m], "right") - 1
    i, j = max(i, first), max(j, first)

    def at(k: int, m: float) -> tuple[float, float]:
        t = min(max((m - seg.from_m[k]) / seg.size_m[k], 0.0), 1.0) if seg.size_m[k] > 0 else 0.0
        return seg.x0[k] + t * (seg.x1[k] - seg.x0[k]), seg.y0[k] + t * (seg.y1[k] - seg.y0[k])

    inner = np.column_stack([seg.x0[i + 1:j + 1], seg.y0[i + 1:j + 1]])
    return np.vstack([at(i, from_m), inner, at(j, to_m)])


def _aside(lines: np.ndarray, banks: np.ndarray, offset_m: float) -> np.ndarray:
    """The lines moved to their bank; a bend too tight for it keeps the line itself."""
    y = shapely.bounds(lines)[:, 1]
    squeeze = float(np.cos(np.radians(np.nanmean(y)))) if len(y) else 1.0
    flat = shapely.transform(lines, lambda xy: xy * [squeeze * M_PER_DEG, M_PER_DEG])
    moved = shapely.offset_curve(flat, np.where(banks == "left", offset_m, -offset_m), join_style="round")
    back = shapely.transform(moved, lambda xy: xy / [squeeze * M_PER_DEG, M_PER_DEG])
    return np.where(shapely.is_empty(back) | shapely.is_missing(back), lines, back)


def piece_lines(reaches: gpd.GeoDataFrame, pieces: pd.DataFrame, offset_m: float = 0.0) -> gpd.GeoSeries:
    """Lines (CRS of the reaches) of pieces [reach_id, bank, from_m, to_m], moved `offset_m` to their bank.

    Left is drawn left of the direction of flow; a bank of both, or an offset of 0, stays on the line.
    """
    if not len(pieces):
        return gpd.GeoSeries([], index=pieces.index, crs=reaches.crs)
    ids, seg = measured_reaches(reaches)
    place = {reach: number for number, reach in enumerate(ids)}
    first = np.searchsorted(seg.reach, np.arange(len(ids)), "left")
    last = np.searchsorted(seg.reach, np.arange(len(ids)), "right")
    whole = reaches.geometry.to_numpy()
    lines: list[Any] = []
    for reach, from_m, to_m in zip(pieces["reach_id"], pieces["from_m"], pieces["to_m"], strict=True):
        k = place[reach]
        if last[k] - first[k] == 0:
            lines.append(shapely.LineString())
        elif seg.after[first[k] + 1:last[k]].all():
            lines.append(shapely.LineString(_cut_simple(seg, first[k], last[k], from_m, to_m)))
        else:
            lines.append(cut(whole[k], from_m, to_m, reaches.crs))
    made = np.array(lines, dtype=object)
    banks = pieces["bank"].to_numpy(object)
    sided = np.isin(banks, ["left", "right"]) & ~shapely.is_empty(made)
    if offset_m and sided.any():
        made[sided] = _aside(made[sided], banks[sided], offset_m)
    return gpd.GeoSeries(made, index=pieces.index, crs=reaches.crs)
