"""Give rows their place: shapes from GIS files, points from coordinate columns, checked against the city's area."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pyproj
import shapely

from data.intake.coords import is_none, parse_angle
from data.intake.position import Ground, Placement, place_points
from data.intake.reading import Reading
from data.intake.report import Notes, Position
from data.intake.rows import Row
from data.intake.understand import Fields, datum_in
from geo import crs as geocrs
from geo import datum as datums
from layers.base import Layer

FAMILY = {"Point": ("Point", "MultiPoint"), "LineString": ("LineString", "MultiLineString", "LinearRing"),
          "Polygon": ("Polygon", "MultiPolygon")}  # fmt: skip


def place_rows(reading: Reading, shape: Layer, fields: Fields, rows: list[Row], ground: Ground, notes: Notes,
               options: dict[str, Any]) -> None:
    """Put `geometry` (layers) or lon/lat (records) into each row; refuse, repair or ask by DESIGN §4."""
    if shape.geometry is None:
        return
    has_columns = (fields.has("lon") and fields.has("lat")) or fields.has("lonlat")
    if not reading.spatial and fields.has("wkt") and not has_columns:
        _shapes_from_text(reading, fields, rows, notes)
        reading.spatial, reading.crs = True, reading.crs or "EPSG:4326"
    if reading.spatial and not (has_columns and not any(row.wkb for row in rows)):
        if _system_known(reading, notes, ground, options):
            _shapes(reading, shape, rows, ground, notes, options)
    elif shape.geometry == "Point" and has_columns:
        _points_from_columns(reading, shape, fields, rows, ground, notes, options)
    else:
        for row in rows:
            if _must_have_place(shape):
                notes.refuse(row.row, "position_missing", "geometry", line=row.line or row.row)


def _shapes_from_text(reading: Reading, fields: Fields, rows: list[Row], notes: Notes) -> None:
    """Shapes written as WKT in a cell."""
    at = fields.index.get("wkt")
    by_number = dict(zip(reading.row, reading.cells, strict=True))
    for row in rows:
        text = by_number[row.row][at] if at is not None else None
        if is_none(text):
            continue
        geometry = shapely.from_wkt(text, on_invalid="ignore")
        if geometry is None or geometry.is_empty:
            notes.refuse(row.row, "coordinates_broken", "wkt")
        else:
            row.wkb = shapely.to_wkb(shapely.force_2d(geometry))


def _must_have_place(shape: Layer) -> bool:
    return not shape.has("lon")


def _system_known(reading: Reading, notes: Notes, ground: Ground, options: dict[str, Any]) -> bool:
    if options.get("crs") or reading.crs:
        return True
    if not any(reading.wkb):
        return True
    notes.ask("crs", ["EPSG:4490", "EPSG:4326", *_metric_guess(reading, ground)])
    return False


def _metric_guess(reading: Reading, ground: Ground) -> list[str]:
    from data.intake.position import _metric_choices
    return _metric_choices(ground)


def system_of(text: str) -> pyproj.CRS:
    """A CRS as it was given; Fault where nothing is called that."""
    from geo.faults import Fault
    try:
        return pyproj.CRS.from_user_input(text)
    except pyproj.exceptions.CRSError:
        raise Fault("crs_unknown", crs=text[:60]) from None


def _shapes(reading: Reading, shape: Layer, rows: list[Row], ground: Ground, notes: Notes,
            options: dict[str, Any]) -> None:
    geometry = shapely.from_wkb(np.array([row.wkb for row in rows], dtype=object))
    wanted = FAMILY[shape.geometry or "Point"]
    for row, one in zip(rows, geometry, strict=True):
        if one is None:
            if row.row not in notes.bad and _must_have_place(shape):
                notes.refuse(row.row, "geometry_missing", "geometry")
        elif one.geom_type not in wanted:
            notes.refuse(row.row, "geometry_type", "geometry", kind=one.geom_type, wanted=shape.geometry)
    if shape.geometry == "Point":
        _shape_points(reading, shape, rows, geometry, ground, notes, options)
        return
    system = system_of(options.get("crs") or reading.crs or "EPSG:4326")
    datum = options.get("datum")
    how = "decided" if options.get("crs") or datum else "declared"
    live = np.array([row.row not in notes.bad and one is not None for row, one in zip(rows, geometry, strict=True)], bool)
    if live.any():
        if not system.is_projected and float(np.nanmax(np.abs(shapely.bounds(geometry[live])))) > 400:
            notes.ask("crs", _metric_guess(reading, ground))
            return
        geometry[live] = _to_lonlat(geometry[live], system, datum)
    name = system.to_authority(min_confidence=25)
    notes.report.position = Position(datum=datum or _datum_of(system), crs=":".join(name) if name else system.name, how=how)
    _keep_shapes(rows, geometry, live, ground, notes)


def _to_lonlat(geometry: np.ndarray, system: pyproj.CRS, datum: str | None) -> np.ndarray:
    if system.to_epsg(min_confidence=25) not in (4326, 4490):
        move = geocrs.transformer(system, "EPSG:4490")
        geometry = shapely.transform(geometry, lambda x, y: move.transform(x, y), interleaved=False)
    if datum in ("gcj02", "bd09"):
        geometry = shapely.transform(geometry, lambda x, y: datums.to_wgs84(x, y, datum), interleaved=False)
    return geometry


def _datum_of(system: pyproj.CRS) -> str:
    name = (system.geodetic_crs.name if system.geodetic_crs else system.name).lower()
    return "cgcs2000" if "2000" in name and "china" in name else "wgs84" if "wgs" in name else system.name


def _keep_shapes(rows: list[Row], geometry: np.ndarray, live: np.ndarray, ground: Ground, notes: Notes) -> None:
    finite = np.zeros(len(rows), dtype=bool)
    finite[live] = np.isfinite(shapely.bounds(geometry[live])).all(axis=1)
    for i in np.flatnonzero(live & ~finite):
        notes.refuse(rows[i].row, "coordinates_broken", "geometry")
    bounds = shapely.bounds(geometry)
    outside = live & finite & ((bounds[:, 0] < -180) | (bounds[:, 2] > 180) | (bounds[:, 1] < -90) | (bounds[:, 3] > 90))
    for i in np.flatnonzero(outside):
        notes.refuse(rows[i].row, "coordinates_range", "geometry")
    live = live & finite & ~outside
    invalid = live & ~shapely.is_valid(geometry)
    for i in np.flatnonzero(invalid):
        mended = _mend(geometry[i])
        if mended is None:
            notes.refuse(rows[i].row, "geometry_invalid", "geometry")
            live[i] = False
        else:
            geometry[i] = mended
            notes.repair("geometry_mended", [rows[i].row])
    flat = live & (shapely.get_type_id(geometry) <= 2) & (shapely.length(geometry) == 0)
    for i in np.flatnonzero(flat):
        notes.flag(rows[i].row, "line_without_length")
    if ground.area is not None:
        away = live & ~shapely.intersects(geometry, ground.area)
        for i in np.flatnonzero(away):
            notes.refuse(rows[i].row, "out_of_area", "geometry")
    for at, row in enumerate(rows):
        if live[at]:
            row.values["geometry"] = geometry[at]


def _mend(geometry: shapely.Geometry) -> shapely.Geometry | None:
    """A valid shape of the same family, None where nothing of it is left."""
    polygons = [p for p in getattr(shapely.make_valid(geometry), "geoms", [shapely.make_valid(geometry)])
                if p.geom_type in ("Polygon", "MultiPolygon")]
    whole = shapely.union_all(polygons) if polygons else None
    return None if whole is None or whole.is_empty else whole


def _shape_points(reading: Reading, shape: Layer, rows: list[Row], geometry: np.ndarray, ground: Ground, notes: Notes,
                  options: dict[str, Any]) -> None:
    x, y = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    for i, one in enumerate(geometry):
        if one is None or rows[i].row in notes.bad:
            continue
        if one.geom_type == "MultiPoint":
            if len(one.geoms) > 1:
                notes.repair("first_point_taken", [rows[i].row])
            one = one.geoms[0]
        if one.geom_type == "Point" and not one.is_empty:
            x[i], y[i] = one.x, one.y
    if options.get("crs"):
        system_of(options["crs"])
    elif reading.crs:
        system_of(reading.crs)
    placed = place_points(x, y, ground, declared=[None] * len(rows), decided=options.get("datum"),
                          crs=options.get("crs"), file_crs=None if options.get("crs") else reading.crs)
    _keep_points(shape, rows, placed, notes)


def _points_from_columns(reading: Reading, shape: Layer, fields: Fields, rows: list[Row], ground: Ground, notes: Notes,
                         options: dict[str, Any]) -> None:
    by_number = dict(zip(reading.row, reading.cells, strict=True))
    used = [name for name in ("lon", "lat", "lonlat") if name in fields.index]
    stated = next((d for name in used if (d := datum_in(reading.columns[fields.index[name]]))), None)
    x, y = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    turned: list[int] = []
    for i, row in enumerate(rows):
        if row.row in notes.bad:
            continue
        texts = _pair_of(by_number[row.row], fields)
        pair = _read_pair(row, texts, shape, notes, turned)
        if pair is not None:
            x[i], y[i] = pair
    if turned:
        notes.repair("axes_swapped", turned, "letters")
    if options.get("crs"):
        system_of(options["crs"])
    declared = [row.values.get("datum") or stated for row in rows]
    placed = place_points(x, y, ground, declared=declared, decided=options.get("datum"), crs=options.get("crs"))
    _keep_points(shape, rows, placed, notes)


def _pair_of(cells: list[str | None], fields: Fields) -> tuple[str | None, str | None]:
    """The two coordinate texts of a row, from two columns or one."""
    texts = [cells[fields.index[n]] if n in fields.index else fields.constant.get(n) for n in ("lon", "lat")]
    if is_none(texts[0]) and is_none(texts[1]) and "lonlat" in fields.index:
        parts = [part for part in re.split(r"[,，;；、\s]+", (cells[fields.index["lonlat"]] or "").strip()) if part]
        return (parts[0], parts[1]) if len(parts) == 2 else (" ".join(parts) or None, None)
    return texts[0], texts[1]


def _read_pair(row: Row, texts: tuple[str | None, str | None], shape: Layer, notes: Notes,
               turned: list[int]) -> tuple[float, float] | None:
    """(lon, lat) as numbers; a row that has none, half or nonsense is refused unless it needs no place."""
    none = [is_none(text) for text in texts]
    if any(none):
        if _must_have_place(shape) or none[0] != none[1]:
            notes.refuse(row.row, "position_missing", "lon" if none[0] else "lat", line=row.line or row.row)
        return None
    first, second = parse_angle(texts[0] or ""), parse_angle(texts[1] or "")
    for name, text, angle in (("lon", texts[0], first), ("lat", texts[1], second)):
        if angle is None:
            notes.refuse(row.row, "coordinates_unreadable", name, line=row.line or row.row, value=text)
    if first is None or second is None:
        return None
    if first.axis == "lat" and second.axis == "lon":
        first, second = second, first
        turned.append(row.row)
    elif first.axis == "lat" or second.axis == "lon":
        notes.refuse(row.row, "coordinates_unreadable", "lon", line=row.line or row.row, value=texts[0])
        return None
    return first.value, second.value


def _keep_points(shape: Layer, rows: list[Row], placed: Placement, notes: Notes) -> None:
    if placed.question:
        code, choices, fields = placed.question
        notes.ask(code, choices, **fields)
        return
    for code, fields in placed.repairs:
        touched = [row.row for row, x in zip(rows, placed.lon, strict=True) if np.isfinite(x)]
        notes.repair(code, touched, **fields)
    stated = {d for d, x in zip(placed.datum, placed.lon, strict=True) if d and np.isfinite(x)}
    notes.report.position = Position(datum="/".join(sorted(stated)) or None, crs=placed.crs, how=placed.how)
    for i, row in enumerate(rows):
        if i in placed.why:
            notes.refuse(row.row, placed.why[i], "lon", line=row.line or row.row,
                         lon=placed.orig_x[i], lat=placed.orig_y[i])
        elif np.isfinite(placed.lon[i]) and np.isfinite(placed.lat[i]):
            lon, lat = round(float(placed.lon[i]), 9), round(float(placed.lat[i]), 9)
            row.values |= {"lon": lon, "lat": lat, "orig_x": float(placed.orig_x[i]), "orig_y": float(placed.orig_y[i]),
                           "datum": placed.datum[i]}
            if not shape.has("lon"):
                row.values["geometry"] = shapely.Point(lon, lat)
                del row.values["lon"], row.values["lat"]
        else:
            row.values.pop("datum", None)
