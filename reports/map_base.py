"""The ground under a printed map: built-up area, water, districts, graticule and names, in frame millimetres."""

from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from shapely.geometry import box as rectangle_of

from layers import colours
from reports.drawing import HALO, MM_PT, write
from reports.frame import Frame, degrees, graticule
from reports.labels import along, longest, text_mm
from reports.sheet import missing, text

BUILT_UP, DISTRICT_LINE, DISTRICT_NAME, GRATICULE = "#F1EEE6", "#8E9AA2", "#7C8890", "#DDE4E8"


def on_paper(frame_gdf: gpd.GeoDataFrame, frame: Frame) -> gpd.GeoDataFrame:
    """A layer in frame millimetres, cut at the frame with a little to spare; rows outside are gone."""
    if not len(frame_gdf):
        return frame_gdf
    moved = frame_gdf.to_crs(frame.crs)
    flat = shapely.transform(moved.geometry.to_numpy(), frame.to_mm)
    cut = shapely.intersection(shapely.make_valid(flat), rectangle_of(-2, -2, frame.box.w + 2, frame.box.h + 2))
    kept = ~(shapely.is_empty(cut) | shapely.is_missing(cut))
    plain = frame_gdf.drop(columns=frame_gdf.geometry.name)[kept]
    return gpd.GeoDataFrame(plain, geometry=shapely.simplify(cut[kept], 0.05), crs=None)


def _areas(axes: Axes, layer: gpd.GeoDataFrame, **options: Any) -> None:
    rings = [np.asarray(part.exterior.coords) for shape in layer.geometry for part in getattr(shape, "geoms", [shape])
             if part.geom_type == "Polygon"]
    if rings:
        axes.add_collection(PolyCollection(rings, **options))


def _lines(shapes: Any) -> list[np.ndarray]:
    return [np.asarray(part.coords) for shape in shapes for part in getattr(shape, "geoms", [shape])
            if part.geom_type in ("LineString", "LinearRing")]


def width_mm(width_m: Any) -> float:
    """How wide a reach is drawn: 0.3 mm for a ditch to 1.7 mm for a great river."""
    return 0.45 if missing(width_m) else float(np.clip(0.12 + 0.3 * np.log2(max(float(width_m), 4) / 2.5), 0.3, 1.7))


def draw_ground(axes: Axes, base: dict[str, gpd.GeoDataFrame], frame: Frame) -> None:
    """Areas, graticule, district outlines and water lines, in that order."""
    if "built_up" in base:
        _areas(axes, base["built_up"], facecolors=BUILT_UP, edgecolors="none", zorder=1)
    meridians, parallels = graticule(frame)
    axes.add_collection(LineCollection([frame.to_mm(line) for _, line in [*meridians, *parallels]], colors=GRATICULE,
                                       linewidths=0.35, zorder=1.5))
    if "lake" in base:
        _areas(axes, base["lake"], facecolors=colours.WATER_AREA, edgecolors=colours.WATER_LINE, linewidths=0.6,
               zorder=2)
    if "district" in base:
        outlines = _lines(shapely.boundary(base["district"].geometry.to_numpy()))
        axes.add_collection(LineCollection(outlines, colors="#FFFFFF", linewidths=1.8, zorder=2.4))
        axes.add_collection(LineCollection(outlines, colors=DISTRICT_LINE, linewidths=0.9, zorder=2.5,
                                           linestyles=[(0, (7, 2.5, 1.2, 2.5))]))
    finer = float(np.clip((150_000 / frame.scale) ** 0.5, 0.45, 1.0))
    for row in base["reach"].to_dict("records") if "reach" in base else []:
        dash = (0, (2.2, 1.2)) if row.get("kind") == "culvert" else "solid"
        axes.add_collection(LineCollection(_lines([row["geometry"]]), colors=colours.WATER_LINE, linestyles=[dash],
                                           linewidths=width_mm(row.get("width_m")) * finer * MM_PT, capstyle="round",
                                           joinstyle="round", zorder=3))


def edge_labels(page: Axes, frame: Frame) -> None:
    """Degrees of the graticule outside the map's border, and a tick at each."""
    box = frame.box
    meridians, parallels = graticule(frame)
    for value, line in meridians:
        mm = frame.to_mm(line)
        for edge, y, align in ((0.0, box.y - 0.8, "top"), (box.h, box.y + box.h + 0.8, "bottom")):
            x = float(np.interp(edge, mm[:, 1], mm[:, 0]))
            if 8 < x < box.w - 8:
                write(page, box.x + x, y, degrees(value, True), 5.8, ha="center", va=align, color=colours.SECONDARY)
    for value, line in parallels:
        mm = frame.to_mm(line)
        for edge, x, align in ((0.0, box.x - 0.8, "right"), (box.w, box.x + box.w + 0.8, "left")):
            y = float(np.interp(edge, mm[:, 0], mm[:, 1]))
            if 8 < y < box.h - 8:
                write(page, x, box.y + y, degrees(value, False), 5.8, ha=align, va="center", rotation=90,
                      rotation_mode="default", color=colours.SECONDARY)


def district_names(axes: Axes, districts: gpd.GeoDataFrame, frame: Frame, avoid: np.ndarray) -> list[list[float]]:
    """Names set wide in the roomiest quiet spot of each district; returns the boxes they take (middle and size)."""
    taken: list[list[float]] = []
    for row in districts.to_dict("records"):
        name = text(row.get("name"))
        shape = max(getattr(row["geometry"], "geoms", [row["geometry"]]), key=lambda part: part.area)
        shape = shape.intersection(rectangle_of(3, 3, frame.box.w - 3, frame.box.h - 3))
        if not name or shape.area < 20:
            continue
        size = 6.5 if shape.area < 250 else 9.0 if shape.area < 1500 else 11.0
        wide = size > 7 and any(ord(sign) > 0x2E80 for sign in name)
        spaced = "\u2009 ".join(name) if wide else name
        w, h = text_mm(spaced, size), size * 0.45
        x, y = _quiet_spot(shape, w, h, np.vstack([avoid, *([np.array(taken)] if taken else [])]))
        write(axes, x, y, spaced, size, ha="center", va="center", color=DISTRICT_NAME, zorder=4, path_effects=HALO)
        taken.append([x, y, w, h])
    return taken


def _quiet_spot(shape: Any, w: float, h: float, avoid: np.ndarray) -> tuple[float, float]:
    """Within a shape, the middle of a w by h box that keeps clear of boxes to avoid, well inside the outline."""
    west, south, east, north = shape.bounds
    xs, ys = np.meshgrid(np.linspace(west, east, 22)[1:-1], np.linspace(south, north, 22)[1:-1])
    spots = np.column_stack([xs.ravel(), ys.ravel()])
    inside = shapely.contains_xy(shape.buffer(-h / 2), spots)
    home = shape.representative_point() if not inside.any() else shape.centroid
    if not inside.any():
        return home.x, home.y
    spots = spots[inside]
    boxes = shapely.box(spots[:, 0] - w / 2, spots[:, 1] - h / 2, spots[:, 0] + w / 2, spots[:, 1] + h / 2)
    outside = shapely.area(shapely.difference(boxes, shape)) / (w * h)
    dx = np.clip((w + avoid[None, :, 2]) / 2 + 1 - np.abs(spots[:, None, 0] - avoid[None, :, 0]), 0, None)
    dy = np.clip((h + avoid[None, :, 3]) / 2 + 1 - np.abs(spots[:, None, 1] - avoid[None, :, 1]), 0, None)
    cost = 4 * outside + 0.15 * (dx * dy).sum(axis=1) + np.hypot(*(spots - (home.x, home.y)).T) / 60
    best = spots[np.argmin(cost)]
    return float(best[0]), float(best[1])


def river_names(axes: Axes, reaches: gpd.GeoDataFrame, frame: Frame, avoid: np.ndarray) -> list[list[float]]:
    """Each river's name along its longest line in the frame, where fewest symbols lie; again every 150 mm."""
    taken: list[list[float]] = []
    label = "river_name" if "river_name" in reaches else "name"
    for name, group in reaches[reaches[label].notna()].groupby(label, sort=True):
        line = longest(shapely.union_all(group.geometry.to_numpy()))
        size = 7.0 if group["width_m"].max() < 30 else 8.5
        if line is None or line.length < text_mm(str(name), size) * 1.9:
            continue
        line = shapely.simplify(line, 2.0)
        repeats = max(1, round(line.length / 150))
        for k in range(repeats):
            shares = (k + np.array([0.5, 0.35, 0.65, 0.25, 0.75])) / repeats
            options = [along(line, str(name), size, at) for at in shares]
            blocked = np.vstack([avoid, *([np.array(taken)] if taken else [])])
            options = [found for found in options if all(
                3 < one.x < frame.box.w - 3 and 3 < one.y < frame.box.h - 3 for one in found)]
            if not options:
                continue
            letters = min(options, key=lambda found: _touched(found, size, blocked))
            if size < 8 and _touched(letters, size, blocked) > len(letters):    # a brook's name nobody could read under signs
                continue
            for letter in letters:
                write(axes, letter.x, letter.y, letter.words, size, ha="center", va="center", rotation=letter.turn,
                      rotation_mode="anchor", color=colours.WATER_NAME, zorder=5, path_effects=HALO)
                taken.append([letter.x, letter.y, text_mm(letter.words, size), size * 0.36])
    return taken


def _touched(letters: list[Any], size: float, boxes: np.ndarray) -> int:
    em = size * 0.4
    return sum(int(((np.abs(boxes[:, 0] - one.x) < boxes[:, 2] / 2 + em)
                    & (np.abs(boxes[:, 1] - one.y) < boxes[:, 3] / 2 + em)).sum()) for one in letters)
