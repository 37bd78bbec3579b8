"""Layers and records out of the store as files a person opens: GeoPackage, GeoJSON, CSV, XLSX.

Sheets (CSV, XLSX) carry the headings and words of the import template, so that what was exported can be imported again
as it is; GIS files carry the short field names. Columns the store keeps for itself stay inside.
"""

import math
from datetime import tzinfo
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

import layers
from data import records
from data.intake.fields import WKT, columns_of
from data.store import View
from data.words import say
from geo.faults import Fault
from layers.base import Column, Layer

SUFFIXES = (".gpkg", ".geojson", ".csv", ".xlsx", ".parquet")
EXTRA = (Column("number", "text", "编号", "Number"), Column("measured_m", "float", "量算长度", "Measured length", "m"),
         Column("id", "text", "id", "id"), Column("version", "int", "version", "version"))
"""What a file shows besides a layer's own columns: the spoken number, a reach's length, and what a correction names."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_YES_NO = {"zh": {True: "是", False: "否"}, "en": {True: "Yes", False: "No"}}


def harmless(value: object) -> object:
    """Return text so that a spreadsheet never runs it: a leading sign gets an apostrophe; numbers stay."""
    return "'" + value if isinstance(value, str) and value.startswith(_FORMULA) else value


def shape_of(kind: str) -> Layer:
    """Return the layer or record called ``kind``."""
    if kind in records.ALL:
        return records.ALL[kind]
    return layers.layer(kind)


def rows(view: View, kind: str) -> gpd.GeoDataFrame | pd.DataFrame:
    """Return what ``view`` shows of a layer or record; reaches with their length by geometry as ``measured_m``."""
    if kind in layers.ALL:
        frame = view.layer(kind)
        return frame.assign(measured_m=view.reaches()["length_m"]) if kind == "reach" else frame
    frame = view.records(kind)
    if "lon" in frame and "lat" in frame and records.ALL[kind].geometry:
        return gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(frame["lon"], frame["lat"]), crs="EPSG:4490")
    return frame


def filtered(frame: pd.DataFrame, *, district: str | None = None, river: str | None = None, post: str | None = None,
             reaches: pd.DataFrame | None = None, kind: str = "") -> pd.DataFrame:
    """Keep the rows of a district, a river (by its reaches) or a post; a filter the rows cannot answer keeps none."""
    for name, value, own in (("district_code", district, "district"), ("post_code", post, "post")):
        column = "code" if kind == own else name
        if value is not None:
            frame = frame[frame[column] == value] if column in frame else frame.iloc[:0]
    if river is not None and reaches is not None:
        codes = set(reaches.loc[reaches["river_code"] == river, "code"])
        if kind == "river":
            frame = frame[frame["code"] == river]
        elif "river_code" in frame:
            frame = frame[frame["river_code"] == river]
        else:
            frame = frame[frame["reach_code"].isin(codes)] if "reach_code" in frame else frame.iloc[:0]
    return frame


def write(frame: pd.DataFrame, out: Path, kind: str, simulated: bool, lang: str = "zh", zone: tzinfo | None = None) -> int:
    """Write rows of a layer or record to ``out`` by its suffix; a simulated store says so in every row.

    Returns the number of rows. Moments in sheets are written on the clock of ``zone``.
    """
    if out.suffix not in SUFFIXES:
        raise Fault("export_kind", what=kind, suffix=out.suffix or "?", choices=" ".join(SUFFIXES))
    shape = shape_of(kind)
    columns = [column for column in (*EXTRA[:1], *shape.columns, *EXTRA[1:]) if column.name in frame]
    if out.suffix in (".csv", ".xlsx"):
        write_sheet(_sheet(frame, shape, columns, lang, zone, simulated), out, shape.label(lang))
        return len(frame)
    is_map = isinstance(frame, gpd.GeoDataFrame)
    if out.suffix != ".parquet" and not is_map:
        raise Fault("export_kind", what=kind, suffix=out.suffix, choices=".csv .xlsx .parquet")
    table = frame[[column.name for column in columns] + (["geometry"] if is_map else [])].copy()
    flags = [column.name for column in columns if column.kind == "bool"]
    table[flags] = table[flags].astype("boolean")
    write_gis(table, out, kind, simulated)
    return len(frame)


def write_gis(table: pd.DataFrame, out: Path, name: str, simulated: bool) -> None:
    """Write a frame as GeoPackage, GeoJSON or Parquet under its own column names."""
    table = table.assign(simulated="模拟") if simulated else table
    if isinstance(table, gpd.GeoDataFrame) and len(table):
        at = table.bounds.to_numpy()
        there = np.isfinite(at).all(axis=1) & (np.abs(at) <= (180, 90, 180, 90)).all(axis=1)
        table = table.set_geometry(table.geometry.where(there))     # no file format has a word for a place off the earth
    if out.suffix == ".parquet":
        table.to_parquet(out, index=False)
    else:
        table.to_file(out, engine="pyogrio", **({"layer": name} if out.suffix == ".gpkg" else {}))


def write_sheet(table: pd.DataFrame, out: Path, title: str, note: str = "") -> None:
    """Write a table as CSV (UTF-8 with the mark Excel wants) or XLSX, there with a note above; no cell is a formula."""
    if out.suffix == ".csv":
        table.map(harmless).to_csv(out, index=False, encoding="utf-8-sig")
    else:
        _xlsx(table, out, title, note)


def worded(frame: pd.DataFrame, columns: list[Column], lang: str, zone: tzinfo | None) -> pd.DataFrame:
    """Return columns under their headings with units, codes and yes/no in words."""
    return pd.DataFrame({column.label(lang): _said(frame[column.name], column, lang, zone) for column in columns})


def _sheet(frame: pd.DataFrame, shape: Layer, columns: list[Column], lang: str, zone: tzinfo | None, simulated: bool
           ) -> pd.DataFrame:
    """Rows under the template's headings; points as lon, lat, other shapes as WKT."""
    cells = {name: values.to_numpy() for name, values in worded(frame, columns, lang, zone).items()}
    if isinstance(frame, gpd.GeoDataFrame):
        place = {column.name: column for column in columns_of(shape)}
        if shape.geometry == "Point":
            for name, values in (("lon", frame.geometry.x), ("lat", frame.geometry.y)):
                cells[place[name].label(lang)] = values.to_numpy()
            datum = place.get("datum")
            if datum is not None:
                here = ~(frame.geometry.isna() | frame.geometry.is_empty)
                cells[datum.label(lang)] = [datum.code_label("cgcs2000", lang) if there else None for there in here]
        else:
            cells[WKT.label(lang)] = frame.geometry.to_wkt(rounding_precision=-1).to_numpy()
    if simulated:
        cells[say("report.export.simulated", lang)] = [say("page.simulated", lang)] * len(frame)
    return pd.DataFrame(cells)


def _said(values: pd.Series, column: Column, lang: str, zone: tzinfo | None) -> Any:
    """A column's cells as an import reads them again: words of codes, days as ISO, moments on the city's clock."""
    if column.kind == "float":
        return values.to_numpy(float)
    if column.kind == "int":
        return pd.array(values.to_numpy(float), dtype="Int64")
    empty = values.isna()
    if column.kind == "code":
        said = values.map(lambda value: column.code_label(value, lang))
    elif column.kind == "bool":
        said = values.map(lambda value: None if pd.isna(value) else _YES_NO[lang][bool(value)])
    elif column.kind == "date":
        said = pd.to_datetime(values).dt.strftime("%Y-%m-%d")
    elif column.kind == "datetime":
        moments = pd.to_datetime(values, utc=True)
        said = (moments.dt.tz_convert(zone) if zone else moments).dt.strftime("%Y-%m-%d %H:%M:%S")
    else:
        said = values
    return said.astype(object).where(~empty, None).to_numpy()


def _xlsx(table: pd.DataFrame, out: Path, title: str, note: str) -> None:
    """Write a sheet whose text can never become a formula."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(out), {"strings_to_formulas": False, "strings_to_urls": False,
                                        "remove_timezone": True, "nan_inf_to_errors": False}) as book:
        sheet = book.add_worksheet(title[:31])
        top = 1 if note else 0
        sheet.write_row(top, 0, list(table.columns), book.add_format({"bold": True}))
        for number, row in enumerate(table.itertuples(index=False), start=top + 1):
            for place, value in enumerate(row):
                if not pd.isna(value):
                    number_like = hasattr(value, "item") or (isinstance(value, int | float) and not isinstance(value, bool))
                    if number_like and math.isfinite(value):
                        sheet.write_number(number, place, float(value))
                    else:
                        sheet.write_string(number, place, str(value))
        sheet.freeze_panes(top + 1, 0)
        sheet.autofit(400)
        if note:
            sheet.write_string(0, 0, note)
