"""Printed signs of problems: the look gives colour and ring, the class of outfall gives the shape."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, Polygon

from layers.colours import OUTFALL
from reports.drawing import write
from reports.sheet import missing

CLASSES = ("industrial", "town_plant", "agricultural", "other", "matter")
"""Classes of outfall, and `matter` for a problem that is none."""

SYMBOL_MM = 3.3
_CORNERS = {"industrial": (4, 45.0, 1.18), "town_plant": (4, 0.0, 1.22), "agricultural": (3, 90.0, 1.3),
            "matter": (6, 0.0, 1.08)}


def shape_of(row: dict[str, Any]) -> str:
    """Which of CLASSES a problem row is drawn as."""
    if row.get("class1") in CLASSES:
        return str(row["class1"])
    return "matter" if missing(row.get("outfall_code")) else "other"


def symbol(axes: Axes, x: float, y: float, row: dict[str, Any], zorder: float = 10) -> None:
    """One sign at x, y millimetres."""
    look = str(row["look"]) if row.get("look") in OUTFALL else "in_work"
    paint = OUTFALL[look]
    radius = SYMBOL_MM / 2 * (1.2 if look == "relapsed" else 1.0)
    options: dict[str, Any] = {"facecolor": paint["fill"], "zorder": zorder, "joinstyle": "miter",
                               "edgecolor": "#5A0F0F" if look in ("overdue", "relapsed") else paint["stroke"],
                               "linewidth": 0.5 if look in ("overdue", "relapsed") else 1.0}
    if look == "deferred":
        options["linestyle"] = (0, (1.6, 1.2))
    shape = shape_of(row)
    if shape in _CORNERS:
        corners, turn, grown = _CORNERS[shape]
        angles = np.deg2rad(turn + np.arange(corners) * 360 / corners)
        points = np.column_stack([x + radius * grown * np.cos(angles), y + radius * grown * np.sin(angles)])
        axes.add_patch(Polygon(points, closed=True, **options))
    else:
        options.pop("joinstyle")
        axes.add_patch(Circle((x, y), radius, **options))
    low = y - (0.35 if shape == "agricultural" else 0.1)
    if look == "suspected":
        write(axes, x, low, "?", 6.2, ha="center", va="center_baseline", zorder=zorder + 1)
    elif look == "relapsed" and not missing(row.get("relapses")):
        write(axes, x, low, str(int(row["relapses"])), 6.2, ha="center", va="center_baseline", color="#FFFFFF",
              zorder=zorder + 1)
