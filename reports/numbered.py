"""A report's row set as plain JSON, so that it can be kept under a number and printed again, the same to the byte."""

import base64
import json
import math
import zlib
from datetime import date, datetime
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from reports.places import on_earth, settled
from reports.sheet import Sheet, missing

BASE_COLUMNS = {"reach": ("river_name", "name", "width_m", "kind"), "district": ("name",), "lake": ("name",),
                "built_up": ("name",)}


def _plain(value: Any) -> Any:
    """A cell as JSON has it: days and instants as ISO text, nothing as null."""
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if missing(value):
        return None
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and not math.isfinite(value) else value


def kept(problems: gpd.GeoDataFrame, base: dict[str, gpd.GeoDataFrame], sheet: Sheet,
         rules: list[dict[str, Any]] | None = None) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """(rows, filters) to hand to the action ``keep_report``: the ledger's rows, and all else the documents need."""
    plain = pd.DataFrame(problems.drop(columns=problems.geometry.name)).sort_values("seq", kind="stable")
    rows = [{name: _plain(value) for name, value in row.items()} for row in plain.to_dict("records")]
    ground = {name: _packed(layer, BASE_COLUMNS[name]) for name, layer in base.items() if name in BASE_COLUMNS}
    told = [{name: _plain(value) for name, value in rule.items()} for rule in rules or []]
    return rows, {"sheet": sheet.as_dict(), "rules": told, "base": ground}


def _packed(layer: gpd.GeoDataFrame, columns: tuple[str, ...]) -> str:
    """A base layer as short text: the columns that are drawn, lines thinned to what a city map can show (about 5 m)."""
    shapes = shapely.set_precision(shapely.simplify(layer.to_crs(4490).geometry.to_numpy(), 5e-5), 1e-6)
    rows = [[shapely.to_wkb(shape, hex=True) if shape is not None else None,
             *(_plain(value) for value in values)] for shape, values in zip(
                 shapes, layer.reindex(columns=list(columns)).itertuples(index=False), strict=True)]
    raw = json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.b64encode(zlib.compress(raw, 9)).decode("ascii")


def _unpacked(packed: str, columns: tuple[str, ...]) -> gpd.GeoDataFrame:
    rows = json.loads(zlib.decompress(base64.b64decode(packed)))
    shapes = [None if row[0] is None else shapely.from_wkb(row[0]) for row in rows]
    plain = pd.DataFrame([row[1:] for row in rows], columns=list(columns))
    return gpd.GeoDataFrame(plain, geometry=shapes, crs=4490)


def reopened(rows: list[dict[str, Any]], filters: dict[str, Any], number: str = "",
             ) -> tuple[gpd.GeoDataFrame, dict[str, gpd.GeoDataFrame], Sheet, list[dict[str, Any]]]:
    """(problems, base, sheet, rules) of a kept report; `number` is the one it was kept under."""
    frame = pd.DataFrame(rows) if rows else pd.DataFrame({"seq": [], "look": [], "lon": [], "lat": []})
    lon, lat = (pd.to_numeric(frame[name]) for name in ("lon", "lat"))
    there = on_earth(lon, lat)
    frame = frame.assign(lon=lon.where(there), lat=lat.where(there))
    points = [shapely.Point(x, y) if ok else None for x, y, ok in zip(lon, lat, there, strict=True)]
    problems = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(points, index=frame.index, crs=4490), crs=4490)
    base = {name: _unpacked(packed, BASE_COLUMNS[name]) for name, packed in filters["base"].items()}
    problems = settled(problems, base)
    sheet = Sheet.from_dict({**filters["sheet"], **({"number": number} if number else {})})
    return problems, base, sheet, filters.get("rules", [])
