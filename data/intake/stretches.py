"""Where a responsibility begins and ends: chainage, lon/lat, a landmark, or the reach inside a district."""

from __future__ import annotations

import re
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.intake.coords import parse_angle
from data.intake.report import Notes
from data.intake.rows import Row
from data.intake.understand import header_key, wide
from data.store import View
from data.store.values import missing
from geo.locate import locate

LENGTH_TOLERANCE = 0.10
_STAKE = re.compile(r"^(?:k|桩号)?\s*(\d+)\s*\+\s*(\d+(?:\.\d+)?)$")
_METRES = re.compile(r"^(\d+(?:\.\d+)?)\s*(m|米|km|公里|千米)?$")


def stake_m(text: str) -> float | None:
    """Metres of `K12+350`, `12350`, `12.35km`; None where the text is no chainage."""
    raw = wide(text).casefold().strip()
    match = _STAKE.match(raw)
    if match:
        return float(match.group(1)) * 1000 + float(match.group(2))
    match = _METRES.match(raw)
    if match:
        return float(match.group(1)) * (1000 if match.group(2) in ("km", "公里", "千米") else 1)
    return None


def lonlat_of(text: str) -> tuple[float, float] | None:
    """(lon, lat) of `112.45,34.62` or two degree-minute-second values; the larger-than-latitude or E one is the longitude."""
    parts = [part for part in re.split(r"[,，;；\s]+", wide(text).strip()) if part]
    if len(parts) != 2:
        return None
    first, second = parse_angle(parts[0]), parse_angle(parts[1])
    if first is None or second is None:
        return None
    if first.axis == "lat" or second.axis == "lon" or (abs(second.value) > 90 and abs(first.value) <= 90):
        first, second = second, first
    return (first.value, second.value) if abs(first.value) <= 180 and abs(second.value) <= 90 else None


def resolve_stretches(rows: list[Row], view: View, notes: Notes, keep_drawn: bool = False) -> None:
    """Fill from_m and to_m; a stated length that differs from the drawn one by more than a tenth is asked."""
    live = [row for row in rows if row.row not in notes.bad
            and (row.values.get("object_layer") or "reach") == "reach"]
    reaches = view.reaches()
    if not live or not len(reaches):
        return
    by_id = reaches.set_index("reach_id", drop=False)
    landmarks, districts = view.layer("landmark"), view.layer("district").set_index("code", drop=False)
    odd: list[int] = []
    for row in live:
        code = row.values.get("object_code")
        if code not in by_id.index:
            continue
        reach = by_id.loc[[code]]
        length_m = float(reach["length_m"].iloc[0])
        if not missing(row.values.get("inside_district")):
            _inside(row, reach, districts, notes)
        for name, field, default in (("start_at", "from_m", 0.0), ("end_at", "to_m", length_m)):
            if row.values.get(field) is None and row.values.get(name):
                row.values[field] = _chainage(row, name, reach, landmarks, notes)
            if row.values.get(field) is None:
                row.values[field] = default
        _check(row, length_m, notes, odd)
    if odd and keep_drawn:
        notes.repair("drawn_length_kept", odd)
    elif odd:
        notes.ask("stated_length", ["drawn", "correct_file"], rows="、".join(str(n) for n in odd))


def _chainage(row: Row, name: str, reach: gpd.GeoDataFrame, landmarks: gpd.GeoDataFrame, notes: Notes) -> float | None:
    text = str(row.values[name])
    metres = stake_m(text)
    if metres is not None:
        return metres
    pair = lonlat_of(text)
    if pair is None and len(landmarks):
        found = landmarks[[header_key(str(n)) == header_key(text) for n in landmarks["name"]]]
        if len(found) == 1:
            pair = (found.geometry.iloc[0].x, found.geometry.iloc[0].y)
    if pair is None:
        notes.refuse(row.row, "start_unknown", name, line=row.line or row.row, value=text)
        return None
    point = gpd.GeoDataFrame(geometry=[shapely.Point(pair)], crs="EPSG:4490")
    place = locate(point, reach[["reach_id", "geometry"]])
    value = place["chainage_m"].iloc[0]
    if pd.isna(value):
        notes.refuse(row.row, "start_off_reach", name, line=row.line or row.row, value=text)
        return None
    return float(value)


def _inside(row: Row, reach: gpd.GeoDataFrame, districts: gpd.GeoDataFrame, notes: Notes) -> None:
    code = row.values["inside_district"]
    if code not in districts.index:
        notes.refuse(row.row, "reference_unknown", "inside_district", line=row.line or row.row, value=code, column="")
        return
    part = shapely.intersection(reach.geometry.iloc[0], districts.geometry.loc[code])
    ends = shapely.get_coordinates(part)
    if not len(ends):
        notes.refuse(row.row, "not_inside_district", "inside_district", line=row.line or row.row, value=code)
        return
    points = gpd.GeoDataFrame(geometry=shapely.points(ends), crs="EPSG:4490")
    chainage = locate(points, reach[["reach_id", "geometry"]])["chainage_m"].to_numpy(float)
    row.values["from_m"], row.values["to_m"] = float(np.nanmin(chainage)), float(np.nanmax(chainage))


def _check(row: Row, length_m: float, notes: Notes, odd: list[int]) -> None:
    values: dict[str, Any] = row.values
    if row.row in notes.bad:
        return
    if values["from_m"] > values["to_m"]:
        values["from_m"], values["to_m"] = values["to_m"], values["from_m"]
        notes.repair("ends_swapped", [row.row])
    if values["to_m"] > length_m * 1.02 + 50:
        notes.refuse(row.row, "beyond_reach", "to_m", line=row.line or row.row, value=round(values["to_m"]),
                     length=round(length_m))
        return
    values["to_m"] = min(values["to_m"], length_m)
    stated, drawn = values.get("stated_length_m"), values["to_m"] - values["from_m"]
    if stated and drawn and abs(stated - drawn) > LENGTH_TOLERANCE * max(stated, drawn):
        odd.append(row.row)
