"""Banks: left and right facing downstream, and their names by compass where water has no fixed direction."""

from __future__ import annotations

from typing import Any

import numpy as np
from shapely.geometry.base import BaseGeometry

from geo.lines import measure, tangents
from geo.locate import ON_LINE_M, feet

_MIRROR = {"left": "right", "right": "left"}
COMPASS = ("north", "east", "south", "west")


def mirror(bank: Any) -> Any:
    """The bank's name after the line is reversed: left and right change places, on, both and null stay."""
    if hasattr(bank, "map"):
        return bank.map(mirror)
    return _MIRROR.get(bank, bank)


def side(line: BaseGeometry, x: Any, y: Any) -> np.ndarray:
    """Side of points facing downstream along a line in metres.

    Parameters
    ----------
    line : LineString or MultiLineString
    x, y : float or array (n,), same plane as the line

    Returns
    -------
    array (n,) of "left", "right", "on" (within 0.5 m of the line)
    """
    x, y = np.atleast_1d(np.asarray(x, float)), np.atleast_1d(np.asarray(y, float))
    seg = measure([line])
    direction, at_start, at_end = tangents(seg)
    point = np.repeat(np.arange(len(x)), len(seg))
    number = np.tile(np.arange(len(seg)), len(x))
    t, vx, vy = feet(seg, number, x[point], y[point])
    pick = np.argmin(np.hypot(vx, vy).reshape(len(x), -1), axis=1) + np.arange(len(x)) * len(seg)
    t, vx, vy, number = t[pick], vx[pick], vy[pick], number[pick]
    d = np.where((t <= 0)[:, None], at_start[number], np.where((t >= 1)[:, None], at_end[number], direction[number]))
    left = d[:, 0] * vy - d[:, 1] * vx >= 0
    return np.where(np.hypot(vx, vy) <= ON_LINE_M, "on", np.where(left, "left", "right"))


def bearing_deg(line: BaseGeometry, chainage_m: float | None = None) -> float:
    """Compass bearing (0 north, 90 east) of a metric line: overall, or at a chainage."""
    seg = measure([line])
    if chainage_m is None:
        dx, dy = seg.x1[-1] - seg.x0[0], seg.y1[-1] - seg.y0[0]
    else:
        i = int(np.clip(np.searchsorted(seg.from_m, chainage_m, "right") - 1, 0, len(seg) - 1))
        dx, dy = seg.x1[i] - seg.x0[i], seg.y1[i] - seg.y0[i]
    return float(np.degrees(np.arctan2(dx, dy)) % 360)


def compass(bank: str, flow_bearing_deg: float) -> str:
    """Compass name of a bank of a line with this bearing: north, east, south or west; on and both stay.

    The words (北岸 ...) are in data/words under ``bank.<name>``.
    """
    if bank not in _MIRROR:
        return bank
    normal = flow_bearing_deg + (-90 if bank == "left" else 90)
    return COMPASS[int(((normal % 360) + 45) // 90) % 4]
