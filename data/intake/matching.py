"""What a row refers to and whether it is already there: references by code or name, identity, content."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pandas as pd
import shapely

import layers
from data import records
from data.intake.report import Notes
from data.intake.rows import Row
from data.intake.understand import header_key
from data.store import View
from data.store.values import keep, missing
from layers.base import Layer

IDENTITY: dict[str, tuple[tuple[str, ...], ...]] = {
    "holder": (("post_code", "person", "valid_from"),),
    "responsibility": (("post_code", "object_layer", "object_code", "from_m", "to_m", "bank", "role", "valid_from",
                        "start_at", "end_at", "inside_district"),),
    "patrol": (("code",), ("post_code", "started_at", "people", "water_code", "has_track")),
    "inspection": (("code",), ("outfall_code", "inspected_at", "inspector")),
    "finding": (("code",), ("kind", "found_at", "lon", "lat", "description")),
    "case": (("code",), ("kind", "opened_at", "outfall_code", "lon", "lat", "description")),
    "sample": (("code",), ("section_code", "outfall_code", "black_odorous_code", "lon", "lat", "sampled_at")),
    "account": (("name", "role"),),
    "calendar": (("day",),),
    "rain": (("day", "district_code"),),
    "no_access": (("reach_code", "from_m", "to_m", "bank", "reason", "valid_from"),),
}
"""What makes two rows the same thing: the first set whose first column the row has; others have their `code`."""


class Known:
    """What the store already holds, read once per kind."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._frames: dict[str, pd.DataFrame] = {}
        self._names: dict[str, tuple[set[str], dict[str, str]]] = {}

    def frame(self, kind: str) -> pd.DataFrame:
        """Live rows of a layer or record."""
        if kind not in self._frames:
            self._frames[kind] = self.view.layer(kind) if kind in layers.ALL else self.view.records(kind)
        return self._frames[kind]

    def codes(self, kind: str) -> tuple[set[str], dict[str, str]]:
        """(identities, names that mean exactly one of them)."""
        if kind not in self._names:
            frame = self.frame(kind)
            key = "name" if kind == "account" else "number" if kind in ("finding", "case", "inspection", "patrol") else "code"
            codes = set(frame[key].dropna().astype(str)) if key in frame else set()
            names: dict[str, str] = {}
            if key == "code" and "name" in frame:
                count = Counter(header_key(str(n)) for n in frame["name"].dropna())
                for code, name in zip(frame["code"], frame["name"], strict=True):
                    if not missing(name) and count[header_key(str(name))] == 1:
                        names[header_key(str(name))] = str(code)
            self._names[kind] = (codes, names)
        return self._names[kind]


def resolve_references(rows: list[Row], shape: Layer, known: Known, notes: Notes) -> None:
    """Turn names into codes; what a required reference does not find is refused, other strangers are flagged.

    What stands in the same file counts as found. Each field is told once, with its first values and what to import.
    """
    for column in shape.columns:
        target = column.refers_to
        if not target or not any(row.values.get(column.name) for row in rows):
            continue
        codes, names = known.codes(target)
        if target == shape.name:
            codes, names = _with_own(rows, codes, names)
        lost = _Lost(column.name, column.label(notes.lang), target)
        for row in rows:
            value = row.values.get(column.name)
            if value is None or value in codes:
                continue
            code = names.get(header_key(str(value)))
            if code is not None:
                row.values[column.name] = code
                notes.repair("reference_by_name", [row.row], column.name, column=column.label(notes.lang))
            else:
                lost.add(row, value, bool(codes), column.required, notes)
        lost.tell(known, notes)
    if shape.name == "responsibility":
        _objects(rows, known, notes)


def _with_own(rows: list[Row], codes: set[str], names: dict[str, str]) -> tuple[set[str], dict[str, str]]:
    """Identities and names of a kind, with those that stand in the file itself."""
    own = {str(row.values["code"]): row.values.get("name") for row in rows if row.values.get("code") is not None}
    count = Counter(header_key(str(name)) for name in own.values() if name)
    mine = {header_key(str(name)): code for code, name in own.items() if name and count[header_key(str(name))] == 1}
    return codes | set(own), {**mine, **names}


class _Lost:
    """References of one field that lead nowhere: gathered, told once."""

    def __init__(self, field: str, label: str, target: str) -> None:
        self.field, self.label, self.target = field, label, target
        self.rows: dict[str, list[int]] = {}
        self.values: dict[str, list[str]] = {}

    def add(self, row: Row, value: Any, some: bool, required: bool, notes: Notes) -> None:
        """One row: refused where the field is needed and others of its kind are known, else flagged."""
        if row.row in notes.bad:
            return
        if some and required:
            code = "reference_unknown"
            notes.refuse(row.row, "reference_unknown", self.field, line=row.line or row.row, value=value, column=self.label)
        else:
            code = "reference_unknown" if some else "reference_unchecked"
            notes.flag(row.row, code)
        self.rows.setdefault(code, []).append(row.row)
        values = self.values.setdefault(code, [])
        if str(value) not in values:
            values.append(str(value))

    def tell(self, known: Known, notes: Notes) -> None:
        """One sentence: the field, its first values, what is missing and the next command."""
        from data.store.write import described

        for code, rows in self.rows.items():
            values = self.values[code]
            shown = notes.joined(values[:5]) + ("…" if len(values) > 5 else "")
            refused = any(row in notes.bad and notes.bad[row].code == code for row in rows)
            word = "lost_refused" if refused else "lost_unknown" if code == "reference_unknown" else "lost_unchecked"
            notes.tell(code, rows, notes.words(word, column=self.label, field=self.field, values=shown, count=len(values),
                                               rows=len(rows), target=self.target,
                                               layer=described(self.target).label(notes.lang)))


def _objects(rows: list[Row], known: Known, notes: Notes) -> None:
    """The water a responsibility is for."""
    label = records.RESPONSIBILITY.column("object_code").label(notes.lang)
    lost: dict[str, _Lost] = {}
    for row in rows:
        kind, value = row.values.get("object_layer") or "reach", row.values.get("object_code")
        codes, names = known.codes(kind)
        if value is None or value in codes:
            continue
        code = names.get(header_key(str(value)))
        if code is not None:
            row.values["object_code"] = code
            notes.repair("reference_by_name", [row.row], "object_code", column=label)
        else:
            lost.setdefault(kind, _Lost("object_code", label, kind)).add(row, value, bool(codes), True, notes)
    for one in lost.values():
        one.tell(known, notes)


def make_codes(rows: list[Row], shape: Layer, sha256: str, notes: Notes) -> None:
    """Rows of a layer whose file has no code column get one: the same file gives the same codes."""
    made, example = [], ""
    for row in rows:
        if row.values.get("code") is None and row.row not in notes.bad:
            row.values["code"] = f"{shape.name.upper()[:3]}-{sha256[:8]}-{row.row:05d}"
            notes.flag(row.row, "code_generated")
            made.append(row.row)
            example = example or row.values["code"]
    if made:
        notes.repair("code_generated", made, layer=shape.label(notes.lang), example=example)


def identity(values: dict[str, Any], shape: Layer) -> tuple[str, ...] | None:
    """What makes this row the thing it is, as text; None where nothing does."""
    sets = IDENTITY.get(shape.name, (("code",),))
    for names in sets:
        if values.get(names[0]) is not None and not missing(values.get(names[0])):
            return (names[0], *(_key(values.get(name), shape, name) for name in names))
    return None


def _key(value: Any, shape: Layer, name: str) -> str:
    if missing(value):
        return ""
    kind = shape.column(name).kind if shape.has(name) else "text"
    if kind == "date":
        return pd.Timestamp(value).date().isoformat()
    if kind == "datetime":
        moment = pd.Timestamp(value)
        return (moment.tz_localize("UTC") if moment.tzinfo is None else moment.tz_convert("UTC")).isoformat()
    if kind in ("float", "int"):
        return repr(round(float(value), 7))
    return str(value)


def says_nothing_new(row: dict[str, Any], stored: dict[str, Any], shape: Layer) -> bool:
    """Whether everything a row says is already kept: then it repeats, else it contradicts or adds."""
    for column in shape.columns:
        said = row.get(column.name)
        if not missing(said) and _key(said, shape, column.name) != _key(stored.get(column.name), shape, column.name):
            return False
    geometry, kept = row.get("geometry"), stored.get("geometry")
    if geometry is None or kept is None:
        return geometry is None
    return shapely.to_wkt(geometry, rounding_precision=7) == shapely.to_wkt(kept, rounding_precision=7)


def find_doubles(rows: list[Row], shape: Layer, known: Known, notes: Notes,
                 receipt_of: Callable[[Any], str | None] = lambda _: None) -> None:
    """Refuse rows that repeat the file (`duplicate`) or the store (`duplicate` with the same content, else `conflict`)."""
    seen: dict[tuple[str, ...], int] = {}
    stored = _stored(shape, Known(known.view.store.as_seen_by("operator")))      # identities are the store's, seen or not
    zone = known.view.city.zone
    for row in rows:
        if row.row in notes.bad:
            continue
        key = identity(row.values, shape)
        if key is None:
            continue
        what = "·".join(part for part in key[1:] if part)
        if key in seen:
            notes.refuse(row.row, "duplicate", key[0], line=row.line or row.row, value=what, first=seen[key])
            continue
        seen[key] = row.row
        if key in stored:
            kept = {c.name: keep(c, row.values.get(c.name), zone) for c in shape.columns}
            kept |= {"geometry": row.values.get("geometry")}
            if says_nothing_new(kept, stored[key], shape):
                notes.refuse(row.row, "duplicate", key[0], line=row.line or row.row, value=what, first=notes.words("the_store"))
            else:
                _conflict(row, what, key[0], kept, stored[key], shape, notes, receipt_of)


def differing(row: dict[str, Any], stored: dict[str, Any], shape: Layer) -> dict[str, Any]:
    """The fields a row says otherwise than the store, with what it says; `geometry` where its shape differs."""
    found = {c.name: row[c.name] for c in shape.columns if not missing(row.get(c.name))
             and _key(row.get(c.name), shape, c.name) != _key(stored.get(c.name), shape, c.name)}
    return found or {"geometry": None}


def _conflict(row: Row, what: str, field: str, said: dict[str, Any], stored: dict[str, Any], shape: Layer, notes: Notes,
              receipt_of: Callable[[Any], str | None]) -> None:
    """Refuse a row that contradicts the store, with what differs and the ways out that exist."""
    other = differing(said, stored, shape)
    fields = notes.joined(notes.words("field_shape") if name == "geometry" else shape.column(name).label(notes.lang)
                      for name in other)
    ways = []
    if "geometry" not in other:
        changes = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in other.items()}
        payload = {"kind": shape.name, "id": stored["id"], "version": int(stored["version"]), "changes": changes,
                   "reason": notes.words("way_reason")}
        ways.append(notes.words("way_correct", payload=json.dumps(payload, ensure_ascii=False)))
    receipt = receipt_of(stored.get("import_id"))
    if receipt:
        ways.append(notes.words("way_withdraw", receipt=receipt))
    if not ways:
        ways.append(notes.words("way_page"))
    notes.refuse(row.row, "conflict", field, line=row.line or row.row, value=what, fields=fields, ways=" ".join(ways))


def _stored(shape: Layer, known: Known) -> dict[tuple[str, ...], dict[str, Any]]:
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for values in known.frame(shape.name).to_dict("records"):
        values = {str(name): None if missing(value) else value for name, value in values.items()
                  if not isinstance(value, shapely.Geometry)} | {"geometry": values.get("geometry")}
        key = identity(values, shape)
        if key is not None:
            found[key] = values
    return found


def flag_twins(rows: list[Row], shape: Layer, notes: Notes) -> None:
    """Mark rows of a point layer that share a name or a place with another: worth a look, not wrong."""
    if shape.geometry != "Point" or shape.name in records.ALL:
        return
    live = [row for row in rows if row.row not in notes.bad]
    names = Counter(row.values.get("name") for row in live if row.values.get("name"))
    places = Counter(shapely.to_wkb(row.values["geometry"]) for row in live if row.values.get("geometry") is not None)
    for row in live:
        if names.get(row.values.get("name"), 0) > 1:
            notes.flag(row.row, "duplicate_name")
        geometry = row.values.get("geometry")
        if geometry is not None and places[shapely.to_wkb(geometry)] > 1:
            notes.flag(row.row, "duplicate_place")

