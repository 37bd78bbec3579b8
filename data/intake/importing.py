"""The one way in: a file is read in the worker, understood, placed, compared with the store and kept in one transaction."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import shapely
import sqlalchemy as sa

import layers
from data import records
from data.intake import checks, matching
from data.intake.fields import readable_columns
from data.intake.places import place_rows
from data.intake.position import Ground
from data.intake.reading import Reading
from data.intake.report import FileInfo, ImportReport, Note, Notes, Problem, Stored
from data.intake.rows import Row, list_ignored, understand_rows
from data.intake.sandbox import read_upload
from data.intake.understand import Fields, apply_map, known_keys, map_columns
from data.intake.walks import people_of
from data.permissions import check_import
from data.store import Store, Tx, View
from data.store.schema import RECEIPT
from data.store.write import described
from data.words import fault_text, say
from geo.faults import Fault
from layers.base import Column, Layer

Progress = Callable[[str, float], None]
WANT = {"Point": "point", "LineString": "line", "Polygon": "polygon", None: "table"}


def import_file(store: Store, actor: Any, layer: str, path: Path | str | bytes, *, name: str | None = None,
                key: str | None = None, datum: str | None = None, crs: str | None = None, encoding: str | None = None,
                sheet: str | None = None, sublayer: str | None = None, field_map: dict[str, str] | None = None,
                dry_run: bool = False, lang: str = "zh", progress: Progress | None = None) -> ImportReport:
    """Import one file (a path, or its bytes) into `layer`; what became of every row is in the report.

    Only who may not, an unknown layer, a missing file and a key used for other content raise a Fault; everything about
    the file itself is the report's.
    """
    person = store.actor(actor)
    shape = _described(layer)
    check_import(person, layer)
    source = path if isinstance(path, bytes) else Path(path)
    if isinstance(source, Path) and source.is_dir():
        raise Fault("file_is_folder", file=str(source.resolve()))
    if isinstance(source, Path) and not source.is_file():
        raise Fault("file_missing", file=str(source.resolve()))
    options = {"datum": datum, "crs": crs, "encoding": encoding, "sheet": sheet, "sublayer": sublayer,
               "field_map": dict(sorted((field_map or {}).items()))}
    digest, size = _digest(source)
    title = name or (source.name if isinstance(source, Path) else "upload")
    report = ImportReport(layer=layer, file=FileInfo(name=title, sha256=digest, bytes=size))
    content_hash = _hash(person.name, layer, digest, options)
    first, key = _earlier(store, key, content_hash)
    if first is not None:
        return _again(ImportReport(**{**first, "outcome": "replayed"}), title, dry_run, lang)
    report.dry_run = dry_run
    job = Job(store, store.as_seen_by(person), shape, options, report, Notes(report, lang), progress or _silent)
    job.understand(source)
    report.settle()
    if not dry_run and report.outcome in ("accepted", "repaired", "partly"):
        try:
            job.keep(source, key, content_hash)
        except Fault as fault:
            job.fail(fault)
        except sa.exc.IntegrityError:      # somebody stored the same code between our look and our write
            job.fail(Fault("changed_meanwhile", file=title))
    return report


def _described(layer: str) -> Layer:
    """The description of a layer or record; the Fault about an unknown one lists those there are."""
    if layer not in records.ALL and layer not in layers.ALL:
        raise Fault("layer_not_known", layer=layer, choices=" ".join((*layers.ALL, *records.ALL)))
    return described(layer)


def _again(report: ImportReport, title: str, dry_run: bool, lang: str) -> ImportReport:
    """The first report, once more; a copy under another name is said to be one."""
    report.dry_run = dry_run
    if title != report.file.name:
        said = say("intake.same_content", lang, name=title, first=report.file.name)
        report.notes.insert(0, Note(code="same_content", message=said))
    return report


def _silent(step: str, share: float) -> None:
    """Progress nobody watches."""


def _digest(source: Path | bytes) -> tuple[str, int]:
    """Hash and size of an upload; of a shapefile, of all its parts."""
    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest(), len(source)
    digest, parts = hashlib.sha256(), [source]
    with source.open("rb") as file:
        if file.read(4) == b"\x00\x00\x27\x0a":
            parts = sorted(p for p in source.parent.iterdir() if p.stem == source.stem
                           and p.suffix.lower() in (".shp", ".dbf", ".shx", ".prj", ".cpg"))
    size = 0
    for part in parts:
        with part.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
                size += len(block)
    return digest.hexdigest(), size


def _hash(actor: str, layer: str, digest: str, options: dict[str, Any]) -> str:
    text = json.dumps([actor, layer, digest, options], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _earlier(store: Store, key: str | None, content_hash: str) -> tuple[dict | None, str]:
    """(the first report under this key, the key to write under); a withdrawn import may be sent again."""
    given, attempt = key is not None, 1
    key = key or content_hash
    base = key
    with store.engine.connect() as connection:
        while True:
            row = connection.execute(sa.select(RECEIPT).where(RECEIPT.c.key == key)).first()
            if row is None:
                return None, key
            if row.content_hash != content_hash:
                raise Fault("key_reused", key=key, receipt=row.receipt)
            if row.withdrawn_at is None or given:
                return row.result or {}, key
            attempt += 1
            key = f"{base}:{attempt}"


class Job:
    """One import on its way: reading, fields, rows; then the transaction."""

    def __init__(self, store: Store, view: View, shape: Layer, options: dict[str, Any], report: ImportReport,
                 notes: Notes, progress: Progress) -> None:
        self.answers, field_map = checks.take_answers(options["field_map"])
        self.store, self.view, self.shape, self.options = store, view, shape, options | {"field_map": field_map}
        self.report, self.notes, self.progress = report, notes, progress
        self.rows: list[Row] = []
        self.reading = Reading()
        self.known = matching.Known(view)
        self.patrol: Any = None

    def understand(self, source: Path | bytes) -> None:
        """Everything up to the transaction; a Fault about the file becomes the report's error."""
        try:
            self._read(source)
            if not self.report.questions:
                self._understand()
        except Fault as fault:
            plain = fault.code in ("no_header", "table_broken")
            self.fail(plain and checks.not_as_named(self.report.file.name, "csv") or fault)
        self.notes.close()
        if self.report.questions or self.report.error:
            self.report.stored = []

    def fail(self, fault: Fault) -> None:
        """The whole file is refused, for a reason a person can act on; nothing of it is kept."""
        self.rows, self.report.stored, self.report.questions, self.report.notes = [], [], [], []
        self.report.receipt = None
        self.report.error = Problem(code=fault.code, message=fault_text(fault, self.notes.lang))
        self.report.settle()

    def columns(self) -> list[Column]:
        """The fields this import understands."""
        return readable_columns(self.shape)

    def _read(self, source: Path | bytes) -> None:
        self.progress("read", 0.0)
        wanted = "track" if self.shape.name == "patrol" else WANT[self.shape.geometry]
        if self.options["datum"]:
            _check_datum(self.options["datum"])
        request = {"encoding": self.options["encoding"], "sheet": self.options["sheet"], "want": wanted,
                   "sublayer": self.options["sublayer"],
                   "known": sorted(known_keys(self.columns()) | _map_keys(self.options["field_map"]))}
        self.reading = reading = read_upload(source, request)
        about = self.report.file
        about.kind, about.encoding, about.sublayer = reading.kind, reading.encoding, reading.sublayer or reading.sheet
        for question in reading.questions:
            self.notes.ask(question["code"], question["choices"], **question["fields"])
        for note in reading.repairs:
            self.notes.repair(note["code"], note["rows"], **note["fields"])
        for note in reading.skipped:
            self.notes.skip(note["code"], note["rows"], **note["fields"])

    def _understand(self) -> None:
        reading = self.reading
        if reading.kind == "photo":
            from data.intake.from_photo import understand_photo
            understand_photo(self)
            return
        if self.shape.name == "patrol" and reading.kind in ("gpx", "kml", "kmz"):
            from data.intake.from_track import understand_tracks
            understand_tracks(self)
            return
        self.progress("understand", 0.3)
        if self.shape.name == "patrol" and (named := checks.not_as_named(self.report.file.name, reading.kind)) is not None:
            raise named
        fields = self._fields()
        checks.check_layer(self, fields)
        zone = self.view.city.zone
        self.rows = understand_rows(reading, self.shape, fields, self.columns(), self.notes, zone)
        if not self.rows and not reading.spatial and not self.report.skipped:
            raise Fault("no_rows")
        list_ignored(reading, fields, self.notes)
        place_rows(reading, self.shape, fields, self.rows, self.ground(), self.notes, self.options)
        checks.ask_code(self, fields)
        if self.report.questions:
            return
        self.progress("compare", 0.6)
        self._compare(fields)
        self._list_stored()

    def _fields(self) -> Fields:
        columns = self.columns()
        headings, given = self.reading.columns, dict(self.options["field_map"])
        fields = map_columns(headings, columns)
        if given.get("code", "").startswith("="):      # one code for every row is never meant: a column, or codes of our own
            said = given.pop("code")[1:]
            if said == checks.AUTO:
                self.answers["code"] = said
            else:
                given["code"] = said
        wrong = apply_map(fields, headings, given, columns)
        if wrong:
            code, what = wrong[0]
            choices = self.reading.columns if code == "map_column_unknown" else [c.name for c in columns]
            raise Fault(code, name=what, choices="、".join(choice for choice in choices if choice))
        self.report.columns = {name: headings[at] for name, at in fields.index.items()}
        return fields

    def ground(self) -> Ground:
        """What is known of the city's area and water."""
        city = self.view.city
        water = None
        if self.shape.geometry == "Point":
            water = self.view.layer("reach")
        return Ground(city.area, water if water is not None and len(water) else None, city.crs)

    def _compare(self, fields: Fields) -> None:
        matching.resolve_references(self.rows, self.shape, self.known, self.notes)
        if self.shape.has("code") and self.shape.column("code").required and not fields.has("code"):
            matching.make_codes(self.rows, self.shape, self.report.file.sha256, self.notes)
        if self.shape.name == "responsibility":
            from data.intake.stretches import resolve_stretches
            resolve_stretches(self.rows, self.view, self.notes, self.answers.get("stated_length") == "drawn")
        if self.shape.name == "district":
            checks.check_districts(self)
        if self.shape.name == "patrol":
            from data.intake.from_track import may_walk_for
            for row in self.rows:
                row.values["has_track"] = False
                may_walk_for(self, row.values.get("post_code"), row.row)
        matching.find_doubles(self.rows, self.shape, self.known, self.notes, self.receipt_of)
        matching.flag_twins(self.rows, self.shape, self.notes)

    def _list_stored(self) -> None:
        for row in self.rows:
            if row.row not in self.notes.bad:
                lon, lat = _lonlat(row)
                self.report.stored.append(Stored(row=row.row, lon=lon, lat=lat, flags=self.notes.flags.get(row.row, [])))

    def keep(self, source: Path | bytes, key: str, content_hash: str) -> None:
        """One transaction: rows, audit, receipt; the original file is laid beside the store first."""
        self.progress("store", 0.8)
        keep_original(self.store.folder, source, self.report.file.sha256)
        with self.store.writing(self.view.actor, "import_file", key=key, content_hash=content_hash) as tx:
            if tx.replayed is not None:
                first = ImportReport(**{**tx.replayed, "outcome": "replayed"})
                for field in ImportReport.model_fields:
                    setattr(self.report, field, getattr(first, field))
                return
            tx.layer, tx.file_name, tx.sha256 = self.shape.name, self.report.file.name, self.report.file.sha256
            ids = self._insert(tx)
            for stored, object_id in zip(self.report.stored, ids, strict=True):
                stored.id = object_id
            self.report.receipt = tx.receipt
            tx.result = self.report.model_dump(mode="json")
        self.progress("store", 1.0)

    def receipt_of(self, import_id: Any) -> str | None:
        """The receipt a stored row came with, None where the actor may not see it or it came otherwise."""
        mine = sa.true() if self.view.scope.everything else RECEIPT.c.actor == self.view.actor.name
        query = sa.select(RECEIPT.c.receipt).where(RECEIPT.c.id == str(import_id), RECEIPT.c.action == "import_file", mine)
        with self.store.engine.connect() as connection:
            return connection.execute(query).scalar()

    def _insert(self, tx: Tx) -> list[str]:
        if self.patrol is not None:
            return self.patrol.insert(tx, self.store)
        live = [row for row in self.rows if row.row not in self.notes.bad]
        ids = tx.insert(self.shape.name, [_named(row.values, self.shape) for row in live])
        if self.shape.name == "patrol":
            for row, patrol_id in zip(live, ids, strict=True):
                tx.insert_people(patrol_id, people_of(row.values.get("people"), row.values.get("post_code"),
                                                      row.values.get("kind"), self.known.codes("post")[0]))
        if self.reading.photo is not None:
            from data.intake.from_photo import attach_photo
            attach_photo(self, tx, ids[0])
        return ids


def _named(values: dict[str, Any], shape: Layer) -> dict[str, Any]:
    """Defaults that make a record whole: what most rows mean when a ledger says nothing."""
    if shape.name == "finding":
        place = values.get("lon") is not None or values.get("outfall_code") is not None
        return {"source": "import", **values, "state": values.get("state") or ("open" if place else "draft")}
    if shape.name == "responsibility":
        return values | {"object_layer": values.get("object_layer") or "reach", "bank": values.get("bank") or "both",
                         "role": values.get("role") or "lead"}
    if shape.name == "holder":
        return values | {"state": values.get("state") or ("holding" if values.get("person") else "vacant")}
    if shape.name == "patrol":
        return values | {"kind": values.get("kind") or "self"}
    return values


def _lonlat(row: Row) -> tuple[float | None, float | None]:
    geometry = row.values.get("geometry")
    if geometry is not None:
        centre = geometry if geometry.geom_type == "Point" else shapely.point_on_surface(geometry)
        return round(centre.x, 9), round(centre.y, 9)
    return row.values.get("lon"), row.values.get("lat")


def _map_keys(field_map: dict[str, str]) -> set[str]:
    from data.intake.understand import header_key
    return {header_key(source) for source in field_map.values() if not source.startswith("=")}


def _check_datum(datum: str) -> None:
    from data.intake.position import DEGREES
    if datum not in DEGREES:
        raise Fault("datum_unknown", datum=datum)


def keep_original(folder: Path, source: Path | bytes, sha256: str) -> None:
    """Lay the upload as it came under its hash: written, flushed, then renamed, so that a half file never counts."""
    target = folder / "originals" / sha256
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(f".{os.getpid()}.part")
    with fresh.open("wb") as file:
        if isinstance(source, bytes):
            file.write(source)
        else:
            with source.open("rb") as original:
                while block := original.read(1 << 20):
                    file.write(block)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(target)


__all__ = ["ImportReport", "import_file", "keep_original"]
