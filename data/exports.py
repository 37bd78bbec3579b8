"""Layers and records out of the store as files a person opens: GeoPackage, GeoJSON, CSV, XLSX."""

from pathlib import Path

import geopandas as gpd
import pandas as pd

import layers
from data import records
from data.store import View
from geo.faults import Fault

SUFFIXES = (".gpkg", ".geojson", ".csv", ".xlsx", ".parquet")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def harmless(value: object) -> object:
    """Return text so that a spreadsheet never runs it: a leading sign gets an apostrophe; numbers stay."""
    return "'" + value if isinstance(value, str) and value.startswith(_FORMULA) else value


def rows(view: View, kind: str) -> gpd.GeoDataFrame | pd.DataFrame:
    """Return what ``view`` shows of a layer or record."""
    if kind in layers.ALL:
        return view.layer(kind)
    frame = view.records(kind)
    if "lon" in frame and "lat" in frame and records.ALL[kind].geometry:
        return gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(frame["lon"], frame["lat"]), crs="EPSG:4490")
    return frame


def filtered(frame: pd.DataFrame, *, district: str | None = None, river: str | None = None, post: str | None = None,
             reaches: pd.DataFrame | None = None) -> pd.DataFrame:
    """Keep the rows of a district, a river (by its reaches) or a post; a filter the rows cannot answer keeps none."""
    for name, value in (("district_code", district), ("post_code", post)):
        if value is not None:
            frame = frame[frame[name] == value] if name in frame else frame.iloc[:0]
    if river is not None and reaches is not None:
        codes = set(reaches.loc[reaches["river_code"] == river, "code"])
        if "river_code" in frame:
            frame = frame[frame["river_code"] == river]
        else:
            frame = frame[frame["reach_code"].isin(codes)] if "reach_code" in frame else frame.iloc[:0]
    return frame


def write(frame: pd.DataFrame, out: Path, what: str, simulated: bool) -> int:
    """Write rows to ``out`` by its suffix; a simulated store says so in every row. Returns the number of rows."""
    if out.suffix not in SUFFIXES:
        raise Fault("export_kind", what=what, suffix=out.suffix or "?", choices=" ".join(SUFFIXES))
    frame = frame.copy()
    if simulated:
        frame["simulated"] = "模拟"
    is_map = isinstance(frame, gpd.GeoDataFrame)
    if out.suffix in (".gpkg", ".geojson"):
        if not is_map:
            raise Fault("export_kind", what=what, suffix=out.suffix, choices=".csv .xlsx .parquet")
        options = {"layer": what} if out.suffix == ".gpkg" else {}
        frame.to_file(out, engine="pyogrio", **options)
        return len(frame)
    if out.suffix == ".parquet":
        frame.to_parquet(out, index=False)
        return len(frame)
    table = _table(frame, is_map)
    if out.suffix == ".csv":
        table.map(harmless).to_csv(out, index=False, encoding="utf-8-sig")
    else:
        _xlsx(table, out, what)
    return len(frame)


def _table(frame: pd.DataFrame, is_map: bool) -> pd.DataFrame:
    """Return rows without geometry: points as lon, lat; other shapes as WKT."""
    table = pd.DataFrame(frame.drop(columns="geometry") if is_map else frame)
    if is_map and len(frame):
        geometry = frame.geometry
        if (geometry.geom_type == "Point").all():
            table["lon"], table["lat"] = geometry.x.round(7), geometry.y.round(7)
        else:
            table["wkt"] = geometry.to_wkt(rounding_precision=7)
    return table


def _xlsx(table: pd.DataFrame, out: Path, what: str) -> None:
    """Write a sheet whose text can never become a formula."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(out), {"strings_to_formulas": False, "strings_to_urls": False,
                                        "remove_timezone": True, "nan_inf_to_errors": False}) as book:
        sheet = book.add_worksheet(what[:31])
        sheet.write_row(0, 0, list(table.columns), book.add_format({"bold": True}))
        for number, row in enumerate(table.itertuples(index=False), start=1):
            for place, value in enumerate(row):
                if not pd.isna(value):
                    number_like = isinstance(value, int | float) and not isinstance(value, bool)
                    if number_like:
                        sheet.write_number(number, place, value)
                    else:
                        sheet.write_string(number, place, str(value))
        sheet.freeze_panes(1, 0)
