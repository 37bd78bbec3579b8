"""What the browser gets to draw: GeoJSON with title, popup values and style key per feature, as safe script text."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.faults import Fault
from layers.base import Column, Layer
from layers.words import known, say

DECIMALS = 6
"""Of a degree: 0.1 m, finer than any position here."""

THINNED_DEG = 1e-5
"""Lines and areas are drawn to 1 m: it halves a file, and the widest zoom shows 0.3 m a pixel."""

_SAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "'": "\\u0027", "`": "\\u0060", "$": "\\u0024"} | {
    "{{": "{\\u007b", "{%": "{\\u0025", "{#": "{\\u0023", "\u2028": "\\u2028",
    "\u2029": "\\u2029", "map_div": "map\\u005fdiv"
}  # fmt: skip


def script_text(value: object) -> str:
    """Return ``value`` as JSON that stays data wherever it is written: script element, template literal, Jinja.

    Parameters
    ----------
    value : object
        What ``json`` can write.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # Jinja reads it twice (branca makes a template of every rendered script), hence the braces.
    # Outside strings JSON has none of these, so replacing them can only touch strings.
    for raw, safe in _SAFE.items():
        text = text.replace(raw, safe)
    return text


@dataclass
class Payload:
    """One drawing, as ``static/map/map.js`` reads it."""

    kind: str
    heads: list[str]
    data: dict[str, Any]
    styles: dict[str, dict[str, Any]] = field(default_factory=dict)
    icons: dict[str, dict[str, Any]] = field(default_factory=dict)
    hollow: list[str] = field(default_factory=list)
    popups: bool = True
    sticky: bool = True

    def text(self) -> str:
        """Return the payload as script text."""
        return script_text(self.__dict__)


def lonlat(gdf: gpd.GeoDataFrame, layer: str) -> gpd.GeoDataFrame:
    """Return the frame in lon/lat without rows that have no place.

    Raises
    ------
    Fault
        ``map_crs_missing`` where the frame has no CRS.
    """
    if gdf.crs is None:
        raise Fault("map_crs_missing", layer=layer)
    kept = gdf[~(gdf.geometry.isna() | gdf.geometry.is_empty)]
    return kept if kept.crs.to_epsg() in (4326, 4490) else kept.to_crs(4326)


def geometries(gdf: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Return one GeoJSON geometry per row: flat, rounded to ``DECIMALS``, thinned by less than a screen can show."""
    flat = shapely.simplify(shapely.force_2d(gdf.geometry.to_numpy()), THINNED_DEG)
    return [json.loads(text) for text in shapely.to_geojson(shapely.transform(flat, lambda xy: np.round(xy, DECIMALS)))]


def is_missing(value: object) -> bool:
    """Whether a cell is empty (None, NaN, NaT, NA)."""
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def shown(value: object, column: Column | None, lang: str) -> str | None:
    """Return a cell as people read it: coded values by their label, yes/no, dates as ISO, thousands separated."""
    if is_missing(value):
        return None
    if column is not None and column.kind == "code":
        return column.code_label(value, lang)
    if isinstance(value, bool | np.bool_):
        return say("yes" if value else "no", lang)
    if isinstance(value, datetime | pd.Timestamp):
        return f"{value:%Y-%m-%d}" if not (value.hour or value.minute) else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float | np.number):
        return _number(float(value))
    return str(value)


def _number(value: float) -> str | None:
    """Return a number with thousands separated and no digits nobody measured."""
    if not math.isfinite(value):
        return None
    return f"{value:,.6g}" if abs(value) < 1000 else f"{value:,.1f}".removesuffix(".0")


def ids(gdf: gpd.GeoDataFrame) -> list[str]:
    """Return what a click answers with: the ``id`` column, else ``code``, else the index."""
    for name in ("id", "code"):
        if name in gdf.columns:
            return [str(value) for value in gdf[name]]
    return [str(value) for value in gdf.index]


def titles(gdf: gpd.GeoDataFrame, lang: str) -> list[str]:
    """Return the short name of each row: name, else code, else “no name”."""
    said = [say("no_name", lang)] * len(gdf)
    for name in ("code", "reach_id", "reach_name", "name"):
        if name in gdf.columns:
            said = [old if is_missing(new) or new == "" else str(new) for old, new in zip(said, gdf[name], strict=True)]
    return said


def table(
    gdf: gpd.GeoDataFrame, layer: Layer | None, lang: str, columns: Sequence[str] | None
) -> tuple[list[str], list[list[str | None]]]:
    """Return popup headings and, per row, the values under them.

    Parameters
    ----------
    gdf : GeoDataFrame
        The rows.
    layer : Layer or None
        Where headings and codes come from; other headings are the words ``map.field.NAME``.
    lang : str
        ``zh`` or ``en``.
    columns : sequence of str or None
        Which columns, in order; None means all that have a heading.
    """
    own = [column.name for column in layer.columns if column.name != "name"] if layer else []
    extra = [name for name in gdf.columns if name not in own and name != "name" and known(f"field.{name}")]
    wanted = [name for name in (columns if columns is not None else [*extra, *own]) if name in gdf.columns]
    heads, values = [], []
    for name in wanted:
        column = layer.column(name) if layer and layer.has(name) else None
        heads.append(column.label(lang) if column else say(f"field.{name}", lang) if known(f"field.{name}") else name)
        values.append([_cell(name, value, column, lang) for value in gdf[name]])
    return heads, [list(row) for row in zip(*values, strict=True)] if values else [[] for _ in range(len(gdf))]


_WORDED = {"state": "gap", "bank": "bank", "look": "look"}


def _cell(name: str, value: object, column: Column | None, lang: str) -> str | None:
    """Return a cell; the states, banks and looks of gaps and outfalls have words of their own."""
    key = f"{_WORDED.get(name)}.{value}"
    return say(key, lang) if column is None and known(key) else shown(value, column, lang)


def collection(
    gdf: gpd.GeoDataFrame,
    *,
    names: Sequence[str],
    values: Sequence[Sequence[str | None]],
    style: Sequence[str],
    layer: str,
) -> dict[str, Any]:
    """Return the FeatureCollection; each feature carries its ``id`` and, in properties, ``id`` and ``layer`` again."""
    rows = zip(ids(gdf), geometries(gdf), names, values, style, strict=True)
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": key,
                "geometry": geometry,
                "properties": {"id": key, "layer": layer, "title": title, "values": list(cells), "style": look},
            }
            for key, geometry, title, cells, look in rows
        ],
    }


_METRES_PER_DEGREE = 111_320.0


def _flat(line: shapely.LineString) -> shapely.LineString:
    """Return a lon/lat line in metres of a local Mercator: angles on it are angles on the screen."""
    stretch = math.cos(math.radians(line.centroid.y))
    return shapely.transform(line, lambda xy: xy * np.array([stretch, 1.0]) * _METRES_PER_DEGREE)


_SHARES = np.arange(0.05, 0.951, 0.03)
_REACH_OF_NAME = 0.03
"""Share of the line, to either side, along which a name's slope is taken."""


def _line_label(parts: list[shapely.LineString]) -> dict[str, Any]:
    """Return where and at what angle a name may stand along the longest part, straightest places near the middle first.

    ``spots`` holds (lon, lat, turn in degrees clockwise); the browser takes the first that is in view.
    """
    line = max(parts, key=lambda part: part.length)
    flat = _flat(line)
    ends = [flat.interpolate(np.clip(_SHARES + side, 0, 1), normalized=True) for side in (-_REACH_OF_NAME, _REACH_OF_NAME)]
    start, end = (shapely.get_coordinates(points) for points in ends)
    run, rise = (end - start).T
    straight = np.hypot(run, rise) / (2 * _REACH_OF_NAME * flat.length)
    turn = (-np.degrees(np.arctan2(rise, run)) + 90) % 180 - 90
    order = np.argsort(np.abs(_SHARES - 0.5) - 2 * np.minimum(straight, 0.97), kind="stable")
    spots = np.c_[shapely.get_coordinates(line.interpolate(_SHARES, normalized=True)), turn][order]
    return {"spots": np.round(spots, DECIMALS).tolist(), "metres": sum(_flat(part).length for part in parts)}


def _lines(geometry: shapely.Geometry) -> list[shapely.LineString]:
    return [part for part in shapely.get_parts(geometry) if part.length > 0]


def place_names(gdf: gpd.GeoDataFrame, column: str) -> list[dict[str, Any]]:
    """Return one name per distinct value of ``column``: along lines, in the middle of areas, beside points.

    Longest lines come first, so that a long river keeps its name where two would touch.
    """
    place: dict[str, Callable[[Any], Mapping[str, Any]]] = {
        "hz-line": lambda parts: _line_label(parts),
        "hz-area": lambda parts: _spot(max(parts, key=lambda part: part.area)),
        "hz-point": lambda parts: _spot(parts[0]),
    }
    found: dict[str, list[shapely.Geometry]] = {}
    for text, geometry in zip(gdf[column], gdf.geometry, strict=True):
        if not is_missing(text) and str(text):
            found.setdefault(str(text), []).extend(shapely.get_parts(geometry))
    names = []
    for text, parts in found.items():
        merged = _lines(shapely.line_merge(shapely.union_all(parts))) if parts[0].geom_type == "LineString" else parts
        cls = {"LineString": "hz-line", "Polygon": "hz-area"}.get(parts[0].geom_type, "hz-point")
        if merged:
            names.append({"text": text, "cls": cls, **place[cls](merged)})
    return sorted(names, key=lambda name: -name["metres"])


def _spot(geometry: shapely.Geometry) -> dict[str, Any]:
    point = geometry.representative_point()
    west, south, east, north = geometry.bounds
    metres = math.hypot(east - west, north - south) * _METRES_PER_DEGREE if geometry.area else 1e9
    return {"spots": [[point.x, point.y, 0.0]], "metres": metres}
