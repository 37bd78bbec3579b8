"""A GeoPackage for QGIS: the filtered layers with styles, Chinese aliases, UTC times, EPSG:4490."""

import tempfile
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from layers import colours
from layers.base import Column
from layers.words import say as map_word
from reports.gis_columns import CASES, DISTRICTS, GAPS, OUTFALLS, REACHES
from reports.sheet import Sheet

_TYPES = {"Point": "Point", "LineString": "MultiLineString", "Polygon": "MultiPolygon"}
_SCALE = 0.2646  # millimetres a screen pixel, which is what the layers' widths are given in


@dataclass(frozen=True)
class Part:
    """One layer of the package: its name, geometry, columns with headings, and how its rows are told apart in colour."""

    name: str
    geometry: str
    columns: tuple[Column, ...]
    style_by: str = ""


def _frame(part: Part, rows: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The rows in the package's columns and types; multi geometries, valid, EPSG:4490; rows without a place stay."""
    data: dict[str, Any] = {}
    for column in part.columns:
        values = rows[column.name] if column.name in rows else pd.Series([None] * len(rows), index=rows.index)
        if column.kind in ("float", "int"):
            values = pd.to_numeric(values, errors="coerce").astype("Int64" if column.kind == "int" else float)
        elif column.kind == "date":
            days = pd.to_datetime(values, errors="coerce")
            values = pd.Series(days, index=rows.index, dtype="date32[day][pyarrow]")
        elif column.kind == "datetime":
            values = pd.to_datetime(values, errors="coerce", utc=True)
        elif column.kind == "bool":
            values = values.astype("boolean")
        else:
            values = values.map(lambda value: None if pd.isna(value) else str(value)).astype("object")
        data[column.name] = values
    shapes = shapely.make_valid(shapely.force_2d(rows.to_crs(4490).geometry.to_numpy()))
    shapes = [_as_kind(shape, part.geometry) for shape in shapes]
    return gpd.GeoDataFrame(data, geometry=gpd.GeoSeries(shapes, index=rows.index, crs=4490), crs=4490)


def _as_kind(shape: Any, kind: str) -> Any:
    """A geometry as the one type its layer has; parts of another type (from mending) are dropped."""
    if shape is None or shape.is_empty:
        return None
    if kind == "Point":
        return shape if shape.geom_type == "Point" else shape.representative_point()
    wanted, many = ("Polygon", shapely.MultiPolygon) if kind == "Polygon" else ("LineString", shapely.MultiLineString)
    parts = shapely.get_parts(shapely.get_parts(shape)).tolist()
    parts = [inner for inner in parts if inner.geom_type == wanted]
    return many(parts) if parts else None


def _symbol(kind: str, name: str, fill: str, stroke: str, width_px: float, dashed: bool, shape: str = "circle") -> str:
    """One QML symbol; sizes in millimetres."""
    width = f"{width_px * _SCALE:.2f}"
    options = {"outline_color": stroke, "outline_width": width, "outline_style": "dash" if dashed else "solid",
               "color": fill, "style": "no" if fill == "none" else "solid"}
    if kind == "LineString":
        cls, outer = "SimpleLine", "line"
        options = {"line_color": stroke, "line_width": width, "line_style": "dash" if dashed else "solid"}
    elif kind == "Polygon":
        cls, outer = "SimpleFill", "fill"
    else:
        cls, outer = "SimpleMarker", "marker"
        options |= {"name": shape, "size": "3.2", "outline_width": "0.4"}
    map_options = "".join(f"<Option type=\"QString\" name={quoteattr(key)} value={quoteattr(_colour(value))}/>"
                          for key, value in options.items())
    return (f'<symbol type="{outer}" name={quoteattr(name)} alpha="1"><layer class="{cls}" enabled="1">'
            f'<Option type="Map">{map_options}</Option></layer></symbol>')


def _colour(value: str) -> str:
    """#RRGGBB as QGIS writes it; anything else unchanged."""
    if value.startswith("#") and len(value) == 7:
        return f"{int(value[1:3], 16)},{int(value[3:5], 16)},{int(value[5:7], 16)},255"
    return "255,255,255,0" if value == "none" else value


def _classes(part: Part, lang: str) -> list[tuple[str, str, dict[str, Any]]]:
    """(value, words, paint) of each class a part's rows are drawn in."""
    dark = "#1B2A33"
    if part.name == "outfalls":
        return [(look, map_word(f"look.{look}", lang), {"fill": paint["fill"], "width": 1.5, "stroke": dark,
                 "dashed": "dash" in paint}) for look, paint in colours.OUTFALL.items()]
    if part.name == "cases":
        fills = {"closed": "#9AA7AE"}
        states = next(column for column in part.columns if column.name == "state").codes
        return [(code.value, code.label(lang), {"fill": fills.get(code.value, "#FFFFFF"), "width": 1.5, "stroke": dark,
                 "dashed": code.value == "deferred"}) for code in states]
    return [(state, map_word(f"gap.{state}", lang), {"fill": "none", "stroke": paint["color"], "width": 5.0,
             "dashed": "dash" in paint}) for state, paint in colours.GAP.items()]


_PLAIN = {"reaches": ("none", colours.WATER_LINE, 3.0, False), "districts": ("none", "#8E9AA2", 1.5, True)}


def qml(part: Part, lang: str) -> str:
    """A QGIS style for one part: symbols, aliases of the fields, words of their codes."""
    if part.style_by:
        classes = _classes(part, lang)
        cats = "".join(f'<category symbol="{n}" value={quoteattr(value)} label={quoteattr(words)} render="true"/>'
                       for n, (value, words, _) in enumerate(classes))
        shape = "square" if part.name == "cases" else "circle"
        symbols = "".join(_symbol(part.geometry, str(n), paint["fill"], paint["stroke"], paint["width"],
                                  paint["dashed"], shape) for n, (_, _, paint) in enumerate(classes))
        renderer = (f'<renderer-v2 type="categorizedSymbol" attr="{part.style_by}" symbollevels="0">'
                    f"<categories>{cats}</categories><symbols>{symbols}</symbols></renderer-v2>")
    else:
        symbol = _symbol(part.geometry, "0", *_PLAIN.get(part.name, ("#FFFFFF", "#1B2A33", 1.5, False)))
        renderer = f'<renderer-v2 type="singleSymbol" symbollevels="0"><symbols>{symbol}</symbols></renderer-v2>'
    aliases = "".join(f"<alias index=\"{n}\" field={quoteattr(column.name)} name={quoteattr(column.label(lang))}/>"
                      for n, column in enumerate(part.columns, start=1))
    widgets = "".join(_widget(column, lang) for column in part.columns if column.codes)
    return ('<!DOCTYPE qgis PUBLIC "http://mrcc.com/qgis.dtd" "SYSTEM">'
            f'<qgis version="3.28" styleCategories="Symbology|Fields|Forms">{renderer}'
            f"<fieldConfiguration>{widgets}</fieldConfiguration><aliases>{aliases}</aliases></qgis>")


def _widget(column: Column, lang: str) -> str:
    """A value map, so that QGIS shows a code's words."""
    values = "".join(f'<Option type="Map"><Option type="QString" name={quoteattr(code.label(lang))} '
                     f"value={quoteattr(code.value)}/></Option>" for code in column.codes)
    return (f'<field name={quoteattr(column.name)}><editWidget type="ValueMap"><config><Option type="Map">'
            f'<Option type="List" name="map">{values}</Option></Option></config></editWidget></field>')


PARTS = {part.name: part for part in (
    Part("districts", "Polygon", DISTRICTS), Part("reaches", "LineString", REACHES),
    Part("gaps", "LineString", GAPS, "state"), Part("outfalls", "Point", OUTFALLS, "look"),
    Part("cases", "Point", CASES, "state"))}
"""The package's layers by name, in drawing order."""


def package(frames: dict[str, gpd.GeoDataFrame], sheet: Sheet) -> bytes:
    """The GeoPackage as bytes; `frames` holds any of reaches, outfalls, gaps, cases, districts."""
    made = sheet.as_of.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    chosen = {name: part for name, part in PARTS.items() if name in frames}
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": made})
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "package.gpkg"
            for name, part in chosen.items():
                rows = _frame(part, frames[name])
                pyogrio.write_dataframe(rows, path, layer=name, driver="GPKG", geometry_type=_TYPES[part.geometry],
                                        append=path.exists(), use_arrow=True,
                                        layer_options={"FID": "fid", "GEOMETRY_NAME": "geom"})
            pyogrio.write_dataframe(_styles(chosen, sheet, made), path, layer="layer_styles", driver="GPKG",
                                    append=path.exists())
            return path.read_bytes()
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _styles(chosen: dict[str, Part], sheet: Sheet, made: str) -> pd.DataFrame:
    """QGIS's table of styles: one default style a layer."""
    return pd.DataFrame([{
        "f_table_catalog": "", "f_table_schema": "", "f_table_name": name, "f_geometry_column": "geom",
        "styleName": name, "styleQML": qml(part, sheet.lang), "styleSLD": "", "useAsDefault": True,
        "description": sheet.title, "owner": "", "ui": None, "update_time": pd.Timestamp(made)}
        for name, part in chosen.items()])

