"""One A3 sheet of the problems: every number on it is the 序号 of the ledger with the same print number."""

from typing import Any

import geopandas as gpd
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from geo.faults import Fault
from layers import colours
from reports import map_panel
from reports.drawing import HALO, page, part, rectangle, saved, style, write
from reports.frame import Box, Frame, frame_for
from reports.labels import place_numbers, spread, text_mm
from reports.map_base import district_names, draw_ground, edge_labels, on_paper, river_names
from reports.map_symbols import SYMBOL_MM, symbol
from reports.places import settled
from reports.sheet import Sheet, say

NUMBER_PT = 6.4


def draw(problems: gpd.GeoDataFrame, base: dict[str, gpd.GeoDataFrame], sheet: Sheet) -> Figure:
    """The sheet as a figure.

    `base` holds frames by name: reach (river_name, width_m, kind), district (name), lake, built_up; any may lack.
    The frame shows the problems, and where there are none the reaches or districts.
    """
    with style():
        problems = settled(problems, base)
        rows = problems.sort_values("seq", kind="stable").to_dict("records") if len(problems) else []
        problems = problems[~(problems.geometry.isna() | problems.geometry.is_empty)]
        placed = problems.sort_values("seq", kind="stable").to_dict("records") if len(problems) else []
        fallback = [base[name] for name in ("reach", "district") if len(base.get(name, []))][:1]
        if not len(problems) and not fallback:
            raise Fault("map_of_nothing")
        frame = frame_for([problems] if len(problems) else fallback, sheet.crs or None,
                          panel_mm=map_panel.height_below(len(rows)), long_list=len(rows) > 34)
        figure, whole = page()
        ground = {name: on_paper(layer, frame) for name, layer in base.items() if len(layer)}
        ground = {name: layer for name, layer in ground.items() if len(layer)}
        _map(part(figure, frame.box), placed, problems, ground, frame, sheet)
        box = frame.box
        rectangle(whole, box, fill=False, edgecolor=colours.TEXT, linewidth=1.0, zorder=30)
        edge_labels(whole, frame)
        map_panel.title(whole, sheet)
        _panel(whole, rows, placed, ground, frame, sheet)
        map_panel.foot(whole, frame, sheet)
        return figure


def _map(axes: Axes, rows: list[dict[str, Any]], problems: gpd.GeoDataFrame, ground: dict[str, gpd.GeoDataFrame],
         frame: Frame, sheet: Sheet) -> None:
    draw_ground(axes, ground, frame)
    if sheet.simulated:
        words = say("map.watermark", sheet.lang)
        for share in (0.2, 0.5, 0.8):
            write(axes, frame.box.w * share, frame.box.h * share, words, 40, ha="center", va="center", rotation=30,
                  color=colours.SECONDARY, alpha=0.13, zorder=1.2)
    points = np.zeros((0, 2))
    if rows:
        at = problems.sort_values("seq", kind="stable").to_crs(frame.crs).geometry.representative_point()
        points = frame.to_mm(np.column_stack([at.x, at.y]))
    drawn = spread(points, SYMBOL_MM + 1.0, (frame.box.w, frame.box.h))
    signs = np.column_stack([drawn, np.full((len(drawn), 2), SYMBOL_MM + 2.5)])
    corner = np.array([[frame.box.w - 9, frame.box.h - 12, 14, 20]])
    written = _numbers(axes, rows, points, drawn, frame, corner)   # numbers first: names find a place beside them
    avoid = np.vstack([signs, corner, written])
    taken = river_names(axes, ground["reach"], frame, avoid) if "reach" in ground else []
    if "district" in ground:
        district_names(axes, ground["district"], frame, np.vstack([avoid, *([np.array(taken)] if taken else [])]))
    map_panel.north(axes, frame)


def _numbers(axes: Axes, rows: list[dict[str, Any]], points: np.ndarray, drawn: np.ndarray, frame: Frame,
             others: np.ndarray) -> np.ndarray:
    """Write every number; returns the boxes they take (middle and size)."""
    words = [str(row["seq"]) for row in rows]
    labels = place_numbers(drawn, words, NUMBER_PT, (frame.box.w, frame.box.h), SYMBOL_MM, others)
    for row, true, point, label, word in zip(rows, points, drawn, labels, words, strict=True):
        if np.hypot(*(true - point)) > 0.6:
            axes.plot([true[0], point[0]], [true[1], point[1]], color=colours.TEXT, linewidth=0.5, zorder=8)
            axes.plot(*true, "o", color=colours.TEXT, markersize=1.3, markeredgewidth=0, zorder=8)
        if label.led:
            axes.plot([point[0], label.x], [point[1], label.y], color=colours.TEXT, linewidth=0.35, zorder=9)
        symbol(axes, point[0], point[1], row)
        write(axes, label.x, label.y, word, NUMBER_PT, ha="center", va="center_baseline", zorder=15, path_effects=HALO)
    return np.array([[label.x, label.y, text_mm(word, NUMBER_PT) + 1, NUMBER_PT * 0.37]
                     for label, word in zip(labels, words, strict=True)]).reshape(-1, 4)


def _panel(whole: Axes, rows: list[dict[str, Any]], placed: list[dict[str, Any]], ground: dict[str, gpd.GeoDataFrame],
           frame: Frame, sheet: Sheet) -> None:
    panel = frame.panel
    top = panel.y + panel.h
    if frame.panel_below:
        map_panel.legend(whole, placed, ground, sheet, panel.x, top - 4, 2, 44)
        map_panel.number_list(whole, rows, sheet, Box(panel.x + 96, panel.y, panel.w - 96, panel.h - 4))
        return
    columns = 2 if panel.w > 100 else 1
    used = map_panel.legend(whole, placed, ground, sheet, panel.x + 3, top, columns, (panel.w - 3) / columns)
    map_panel.number_list(whole, rows, sheet, Box(panel.x + 3, panel.y, panel.w - 3, panel.h - used - 4))


def render(problems: gpd.GeoDataFrame, base: dict[str, gpd.GeoDataFrame], sheet: Sheet,
           kinds: tuple[str, ...] = ("pdf", "png")) -> dict[str, bytes]:
    """The sheet as ``pdf`` (fonts embedded as TrueType) and ``png`` bytes, the same for the same rows and sheet."""
    figure = draw(problems, base, sheet)
    with style():
        return {kind: saved(figure, sheet, kind) for kind in kinds}
