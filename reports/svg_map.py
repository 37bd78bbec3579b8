"""A small map as SVG text for sheets that are forwarded: water, one's own reaches, gaps by colour, numbered problems."""

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from geo.crs import metric_crs
from layers import colours
from layers.map import escape
from layers.marks import mark
from reports.labels import longest, place_numbers, spread, text_mm
from reports.map_symbols import shape_of
from reports.sheet import missing, text

WIDTH_PX = 760.0
_SHAPES = {"industrial": "square", "town_plant": "diamond", "agricultural": "triangle"}
_PT = 12 / 0.3528  # labels are placed in "millimetres"; here one stands for one pixel, so that letters are 12 px


class _Paper:
    """Lon/lat to pixels of the drawing."""

    def __init__(self, frames: list[gpd.GeoDataFrame]) -> None:
        bounds = np.array([frame.to_crs(4490).total_bounds for frame in frames if len(frame)])
        self.crs: pyproj.CRS = metric_crs([*bounds[:, :2].min(axis=0), *bounds[:, 2:].max(axis=0)])
        found = np.array([frame.to_crs(self.crs).total_bounds for frame in frames if len(frame)])
        (west, south), (east, north) = found[:, :2].min(axis=0), found[:, 2:].max(axis=0)
        pad = max(east - west, north - south, 1000) * 0.06
        wide, high = east - west + 2 * pad, north - south + 2 * pad
        self.per_px = max(wide / WIDTH_PX, high / 560)
        self.height = float(np.clip(high / self.per_px, 240, 560))
        self.west = (west + east) / 2 - WIDTH_PX / 2 * self.per_px
        self.north = (south + north) / 2 + self.height / 2 * self.per_px

    def place(self, frame: gpd.GeoDataFrame) -> np.ndarray:
        """Geometries in pixels, y downwards, cut at the drawing."""
        flat = shapely.transform(frame.to_crs(self.crs).geometry.to_numpy(), lambda xy: np.column_stack(
            [(xy[:, 0] - self.west) / self.per_px, (self.north - xy[:, 1]) / self.per_px]))
        kept = shapely.intersection(shapely.make_valid(flat), shapely.box(-5, -5, WIDTH_PX + 5, self.height + 5))
        return shapely.simplify(kept, 0.4)


def _path(shape: shapely.Geometry | None, close: bool = False) -> str:
    """The d of an SVG path."""
    if shape is None or shape.is_empty:
        return ""
    parts = shapely.get_parts(shape).tolist()
    lines = [line for part in parts for line in ([part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part])
             if line.geom_type in ("LineString", "LinearRing")]
    return "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in shapely.get_coordinates(line)) + ("Z" if close else "")
                   for line in lines)


def _line(shape: shapely.Geometry, colour: str, width: float, dash: str = "") -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{_path(shape)}" fill="none" stroke="{colour}" stroke-width="{width}"{dashed} stroke-linejoin="round"/>'


def _gaps(gaps: gpd.GeoDataFrame, paper: _Paper) -> list[str]:
    out, order = [], list(colours.GAP)
    rows = gaps[gaps["state"].isin(order)]
    for shape, state, bank in zip(paper.place(rows), rows["state"], rows["bank"], strict=True):
        line = longest(shape)
        if line is None:
            continue
        # y runs downwards, so the bank to the left of the flow lies on offset_curve's right.
        aside = {"left": -4.0, "right": 4.0}.get(bank, 0.0)
        line = shapely.offset_curve(line, aside) if aside else line
        paint = colours.GAP[state]
        out.append((order.index(state), _line(line, str(paint["color"]), 5, str(paint.get("dash", "")))))
        if paint.get("hollow"):
            out.append((order.index(state), _line(line, "#FFFFFF", 2)))
    return [drawn for _, drawn in sorted(out, key=lambda pair: pair[0])]


def _spots(problems: gpd.GeoDataFrame, paper: _Paper) -> tuple[gpd.GeoDataFrame, np.ndarray, np.ndarray]:
    """The problems within the drawing, where they are, and where their signs go so that none hides another."""
    rows = problems.sort_values("seq", kind="stable")
    shapes = paper.place(rows)
    keep = ~(shapely.is_empty(shapes) | shapely.is_missing(shapes))
    true = shapely.get_coordinates(shapely.point_on_surface(shapes[keep]))
    return rows[keep], true, spread(true, 17, (WIDTH_PX, paper.height))


def _problems(spots: tuple[gpd.GeoDataFrame, np.ndarray, np.ndarray], paper: _Paper) -> list[str]:
    rows, true, at = spots
    words = [text(seq) for seq in rows["seq"]]
    labels = place_numbers(at, words, _PT, (WIDTH_PX, paper.height), 16)
    out = []
    for row, (x0, y0), (x, y), label, word in zip(rows.to_dict("records"), true, at, labels, words, strict=True):
        if np.hypot(x - x0, y - y0) > 3:
            out.append(f'<path d="M{x0:.1f} {y0:.1f}L{x:.1f} {y:.1f}" stroke="{colours.TEXT}" stroke-width=".8"/>'
                       f'<circle cx="{x0:.1f}" cy="{y0:.1f}" r="1.6" fill="{colours.TEXT}"/>')
        look = row.get("look") if row.get("look") in colours.OUTFALL else "in_work"
        paint = colours.OUTFALL[look]
        times = text(int(row["relapses"])) if look == "relapsed" and not missing(row.get("relapses")) else ""
        sign = mark(_SHAPES.get(shape_of(row), "circle"), fill=str(paint["fill"]), stroke=str(paint["stroke"]), size=15,
                    dash=str(paint.get("dash", "")), text="?" if look == "suspected" else times, ink=str(paint["ink"]))
        if label.led:
            out.append(f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{label.x:.1f}" y2="{label.y:.1f}" stroke="{colours.TEXT}" '
                       'stroke-width=".6"/>')
        out.append(f'<g transform="translate({x - 7.5:.1f} {y - 7.5:.1f})">{sign}</g>')
        out.append(f'<text class="n" x="{label.x:.1f}" y="{label.y:.1f}" dy=".36em">{escape(word)}</text>')
    return out


def _names(reaches: gpd.GeoDataFrame, paper: _Paper, signs: np.ndarray) -> list[str]:
    out, taken, named = [], np.array(signs, float).reshape(-1, 2), set()
    for name, shape in zip(reaches["name"], paper.place(reaches), strict=True):
        line = longest(shape)
        if line is None or missing(name) or line.length < 30 or name in named:
            continue
        half = text_mm(text(name), _PT) / 2 + 6
        spots = [(float(np.clip(point.x, half, WIDTH_PX - half)), float(np.clip(point.y + side, 16, paper.height - 6)))
                 for at in (0.5, 0.3, 0.7, 0.15, 0.85) for point in [line.interpolate(at, normalized=True)] for side in (-14, 24)]
        free = [spot for spot in spots if not (np.abs(taken - spot) < (half + 36, 18)).all(axis=1).any()]
        if not free:
            continue
        x, y = free[0]
        named.add(name)
        taken = np.vstack([taken, (x, y)])
        out.append(f'<text class="r" x="{x:.1f}" y="{y:.1f}">{escape(name)}</text>')
    return out


def svg(own: gpd.GeoDataFrame, gaps: gpd.GeoDataFrame, problems: gpd.GeoDataFrame, water: gpd.GeoDataFrame,
        areas: gpd.GeoDataFrame, label: str) -> str:
    """The drawing as SVG text; empty where there is nothing to frame. `own` needs name; `water` and `areas` are ground."""
    problems = problems[~(problems.geometry.isna() | problems.geometry.is_empty)]
    framed = [frame for frame in (own, problems) if len(frame) and not frame.geometry.is_empty.all()]
    if not framed:
        return ""
    paper = _Paper(framed)
    ground = [f'<path d="{_path(shape, True)}" fill="{colours.WATER_AREA}" stroke="{colours.WATER_LINE}"/>'
              for shape in (paper.place(areas) if len(areas) else [])]
    lines = [_line(shape, colours.LINE, 2) for shape in (paper.place(water) if len(water) else [])]
    mine = [_line(shape, colours.WATER_LINE, 6) for shape in paper.place(own)] if len(own) else []
    seen = _gaps(gaps, paper) if len(gaps) else []
    spots = _spots(problems, paper) if len(problems) else None
    numbers = _problems(spots, paper) if spots else []
    names = _names(own, paper, spots[2] if spots else np.zeros((0, 2))) if len(own) else []
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH_PX:.0f} {paper.height:.0f}" role="img" '
            f'aria-label="{escape(label)}"><rect width="100%" height="100%" fill="#FFFFFF"/>'
            f'{"".join([*ground, *lines, *mine, *seen, *names, *numbers, _bar(paper)])}</svg>')


def _bar(paper: _Paper) -> str:
    most = 160 * paper.per_px
    power = 10 ** np.floor(np.log10(most))
    length = max(step * power for step in (1, 2, 5) if step * power <= most)
    px, y = length / paper.per_px, paper.height - 10
    words = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    return (f'<path d="M12 {y - 5:.1f}V{y:.1f}H{12 + px:.1f}V{y - 5:.1f}" fill="none" stroke="{colours.TEXT}"/>'
            f'<text class="n" style="text-anchor:start" x="{18 + px:.1f}" y="{y:.1f}">{words}</text>'
            f'<path d="M{WIDTH_PX - 18:.0f} 12l6 18-6-5-6 5z" fill="{colours.TEXT}"/>'
            f'<text class="n" x="{WIDTH_PX - 18:.0f}" y="42">N</text>')
