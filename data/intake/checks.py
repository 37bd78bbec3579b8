"""Questions to a whole file before its rows are judged: is it this layer's, which column is the code, does it lie on others."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely

import layers
from data import records
from data.intake.fields import readable_columns
from data.intake.rows import EXAMPLE_HEADINGS, Row
from data.intake.understand import Fields, map_columns, wide
from data.store.values import missing
from geo.faults import Fault
from layers.base import Layer

if TYPE_CHECKING:
    from data.intake.importing import Job
    from data.intake.reading import Reading

REFERRED = ("district", "post", "unit", "section")
"""Layers whose codes other ledgers carry: a code made by us would never be found again. Base maps of rivers seldom have
one, so theirs are made and the report says so.
"""
AUTO = "auto"
KEEP = "keep_both"
ANSWERS = ("stated_length", "district_overlap")
"""Questions answered by `--map QUESTION==CHOICE`, because no option of their own says it."""
OVERLAP_SHARE = 0.2
ENDINGS = {".gpx": "GPX", ".kml": "KML", ".kmz": "KMZ", ".geojson": "GeoJSON", ".gpkg": "GeoPackage", ".shp": "Shapefile",
           ".xlsx": "XLSX", ".zip": "ZIP", ".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG"}  # fmt: skip
FAMILY_OF = {"Point": "Point", "MultiPoint": "Point", "LineString": "LineString", "MultiLineString": "LineString",
             "LinearRing": "LineString", "Polygon": "Polygon", "MultiPolygon": "Polygon"}  # fmt: skip
_CODE_LIKE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_\-./:]{0,39}", re.ASCII)
_DECIMAL = re.compile(r"-?\d+\.\d+")


def take_answers(field_map: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """(answers to questions, the mapping without them)."""
    answers = {name: text.removeprefix("=") for name, text in field_map.items() if name in ANSWERS}
    return answers, {name: text for name, text in field_map.items() if name not in ANSWERS}


def not_as_named(title: str, kind: str) -> Fault | None:
    """A Fault where a file's name promises what its plain text is not."""
    ending = "." + title.rsplit(".", 1)[-1].lower() if "." in title else ""
    return Fault("file_not_as_named", file=title, kind=ENDINGS[ending]) if kind == "csv" and ending in ENDINGS else None


def _families(reading: Reading) -> set[str]:
    """Kinds of shape a file holds."""
    shapes = [wkb for wkb in reading.wkb if wkb is not None][:2000]
    return {FAMILY_OF.get(one.geom_type, "") for one in shapely.from_wkb(shapes)} if shapes else set()


def best_layer(reading: Reading, families: set[str]) -> Layer | None:
    """The layer or record whose headings a file carries best; None where they say too little."""
    best, most = None, 2
    for shape in (*layers.ALL.values(), *records.ALL.values()):
        fields = map_columns(reading.columns, readable_columns(shape))
        have = set(fields.index)
        placed = ("lon" in have and "lat" in have) or bool({"lonlat", "wkt"} & have)
        if shape.geometry in ("LineString", "Polygon") and shape.geometry not in families and "wkt" not in have:
            continue
        if shape.name in layers.ALL and shape.geometry == "Point" and "Point" not in families and not placed:
            continue
        if families and shape.geometry not in families:
            continue
        need = {column.name for column in shape.columns if column.required}
        fit = 2 * len(have & need) - 3 * len(need - have) + len(have)
        if fit > most:
            best, most = shape, fit
    return best


def check_layer(job: Job, fields: Fields) -> None:
    """Refuse the file once, not row by row, where it cannot be this layer's: no shapes of its kind, no needed headings."""
    reading, shape, lang = job.reading, job.shape, job.notes.lang
    if not reading.row:
        return
    families = _families(reading)
    lacks = [c for c in shape.columns if c.required and c.name != "code" and not fields.has(c.name)]
    code = _shape_trouble(shape, fields, reading, families)
    if code is None and not lacks:
        return
    title = job.report.file.name
    named = not_as_named(title, reading.kind)
    if named is not None:
        raise named
    best = best_layer(reading, families)
    headings = job.notes.joined(h for h in reading.columns if h) or "-"
    said: dict[str, Any] = {"layer": shape.label(lang), "name": shape.name, "headings": headings,
                            "missing": job.notes.joined(f"“{c.label(lang)}”" for c in lacks), "file": title,
                            "field": lacks[0].name if lacks else "wkt"}
    said["need"] = job.notes.words(f"need_{code}" if code else "need_columns", **said)
    if best is not None and best.name != shape.name and (code or _carried(best, reading) > _carried(shape, reading)):
        raise Fault("wrong_layer", **said, best=best.label(lang), best_name=best.name)
    raise Fault("columns_missing" if code is None else f"no_{code}", **said)


def _carried(shape: Layer, reading: Reading) -> int:
    """How many of a layer's fields the headings carry."""
    return len(map_columns(reading.columns, readable_columns(shape)).index)


def _shape_trouble(shape: Layer, fields: Fields, reading: Reading, families: set[str]) -> str | None:
    """What of its place a layer lacks in the whole file: `points`, `lines` or `polygons`; None where some is there."""
    if shape.geometry is None or shape.has("lon"):
        return None
    by_columns = fields.has("wkt") or (shape.geometry == "Point" and (
        (fields.has("lon") and fields.has("lat")) or fields.has("lonlat")))
    if by_columns or shape.geometry in families or (reading.spatial and not families):
        return None
    return {"Point": "points", "LineString": "lines", "Polygon": "polygons"}[shape.geometry]


def ask_code(job: Job, fields: Fields) -> None:
    """Ask which column is the code where others will refer to it and some column could be it."""
    shape = job.shape
    if shape.name not in REFERRED or fields.has("code") or job.answers.get("code") == AUTO:
        return
    found = code_like(job.reading, fields)
    if not found:
        return
    around = "“{}”（{}）" if job.notes.lang == "zh" else "“{}” ({})"
    shown = job.notes.joined(around.format(name, values) for name, values in found)
    job.notes.ask("code", [*(name for name, _ in found), AUTO], layer=shape.label(job.notes.lang), columns=shown,
                  first=found[0][0])


def code_like(reading: Reading, fields: Fields) -> list[tuple[str, str]]:
    """(heading, its first values) of unused columns that are filled, never repeat and look like identifiers."""
    found = []
    used = set(fields.index.values())
    for at, heading in enumerate(reading.columns):
        if at in used or not heading or wide(heading).casefold() in (*EXAMPLE_HEADINGS, "fid", "objectid"):
            continue
        cells = [wide(cells[at] or "") for cells in reading.cells]
        if not cells or len(set(cells)) < len(cells) or not all(_CODE_LIKE.fullmatch(cell) for cell in cells):
            continue
        if any(_DECIMAL.fullmatch(cell) for cell in cells):
            continue
        found.append((heading, "、".join(cells[:3]) + ("…" if len(cells) > 3 else "")))
    return found


def check_districts(job: Job) -> None:
    """Ask where a district lies on top of one with another code; zones (管理区) lie within counties and are left alone."""
    held = job.known.view.store.as_seen_by("operator").layer("district")
    held = held[[kind != "zone" for kind in held["kind"]]]
    live = [row for row in job.rows if row.row not in job.notes.bad and row.values.get("geometry") is not None
            and row.values.get("kind") != "zone"]
    if not live or not len(held):
        return
    tree = shapely.STRtree(held.geometry.to_numpy())
    found: list[str] = []
    rows: list[int] = []
    for row in live:
        shape = row.values["geometry"]
        for at in tree.query(shape, predicate="intersects"):
            other = held.iloc[int(at)]
            if str(other["code"]) == str(row.values.get("code")) or not _together(row, other):
                continue
            common = shapely.area(shapely.intersection(shape, other.geometry))
            share = common / max(min(shape.area, other.geometry.area), 1e-18)
            if share > OVERLAP_SHARE:
                rows.append(row.row)
                found.append(job.notes.words("on_district", row=row.row, own=row.values.get("code"),
                                             name=row.values.get("name") or "", other=other["code"],
                                             other_name=other["name"], percent=round(100 * share)))
    if not found:
        return
    shown = job.notes.joined(found[:5], "；") + ("……" if len(found) > 5 else "")
    if job.answers.get("district_overlap") == KEEP:
        job.notes.repair("districts_overlap", sorted(set(rows)), districts=shown)
        for number in rows:
            job.notes.flag(number, "district_overlap")
    else:
        job.notes.ask("district_overlap", [KEEP, "correct_file"], count=len(set(rows)), districts=shown)


def _together(row: Row, other: pd.Series) -> bool:
    """Whether two districts exist on a same day."""
    def day(value: Any, default: date) -> date:
        return default if missing(value) else pd.Timestamp(value).date()

    first, last = date.min, date.max
    return (day(row.values.get("valid_from"), first) <= day(other["valid_to"], last)
            and day(other["valid_from"], first) <= day(row.values.get("valid_to"), last))
