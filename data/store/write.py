"""One transaction: every row gets a number, a place, a version and an audit row, or none of it happens."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import sqlalchemy as sa
from sqlalchemy.engine import Connection

import layers
from data import place, records
from data.city import City
from data.people import Actor
from data.standards import rule
from data.store import read, schema
from data.store.scope import Scope, scope_of
from data.store.values import keep, missing, new_id, plain, to_utc
from geo.faults import Fault
from layers.base import Layer

PLACED_LAYERS = ("outfall", "section", "landmark")
_CHUNK = 500


def described(kind: str) -> Layer:
    """Return the description of ``kind``, layer or record; a Fault where there is no such kind."""
    if kind in records.ALL:
        return records.ALL[kind]
    if kind in layers.ALL:
        return layers.ALL[kind]
    raise Fault("layer_unknown", layer=kind)


def chain_hash(previous: str, row: dict) -> str:
    """Return the hash of an audit row chained to the one before."""
    text = json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256((previous + text).encode()).hexdigest()


@dataclass
class Tx:
    """An open write: use it inside ``store.writing(...)`` only."""

    connection: Connection
    actor: Actor
    action: str
    city: City
    now: datetime                                  # aware
    key: str
    content_hash: str
    replayed: dict | None = None                   # the first result, where the same key came before
    receipt_id: str = field(default_factory=new_id)
    receipt: str = ""
    result: dict | None = None
    layer: str | None = None
    file_name: str | None = None
    sha256: str | None = None
    ground_changed: bool = False                   # reaches or districts came in: rows without a place are looked at again
    _scope: Scope | None = None
    _audit: list[dict] = field(default_factory=list)
    _ground: dict[str, gpd.GeoDataFrame] = field(default_factory=dict)

    @property
    def utc(self) -> datetime:
        """The time of this write as the store keeps it: naive UTC."""
        return to_utc(self.now, self.city.zone)

    # -- writing ---------------------------------------------------------------------------------------------------
    def insert(self, kind: str, rows: Iterable[dict], *, import_id: str | None = None) -> list[str]:
        """Insert ``rows`` of ``kind`` (a layer or record); returns their ids in order."""
        rows = [dict(row) for row in rows]
        if not rows:
            return []
        shape = described(kind)
        is_layer = kind in layers.ALL
        kept = [self._kept(row, import_id) for row in rows]
        values = [self._own(shape, row) for row in rows]
        if is_layer and shape.geometry != "Point" or kind in PLACED_LAYERS or (not is_layer and shape.geometry):
            places = self._places(kind, shape, rows, values)
        else:
            places = self._districts_only(rows) if is_layer else [{} for _ in rows]
        numbers = self._numbers(kind, rows, values, places)
        table = schema.table_of(kind)
        full = []
        for row, identity, own, where, number in zip(rows, kept, values, places, numbers, strict=True):
            record = identity | {"number": number}
            record |= self._feature(kind, row, own) if is_layer else own
            record |= {name: value for name, value in where.items() if name in table.c and record.get(name) is None}
            full.append({column.name: record.get(column.name) for column in table.c})
        for start in range(0, len(full), _CHUNK):
            self.connection.execute(table.insert(), full[start:start + _CHUNK])
        for record in full:
            self.note(kind, record["id"], None, record)
        if kind in ("reach", "district"):
            self._ground.clear()
            self.ground_changed = True
        return [str(record["id"]) for record in full]

    def update(self, kind: str, object_id: str, version: int | None, changes: dict, *, reason: str | None = None) -> int:
        """Change a row read at ``version``; a stale version is a Fault, never an overwrite. Returns the new version."""
        table, shape = schema.table_of(kind), described(kind)
        before = self._row(table, object_id)
        if before is None or before["withdrawn_at"] is not None or before.get("layer", kind) != kind:
            raise Fault("not_found", kind=kind, id=object_id)
        if version is not None and before["version"] != version:
            raise Fault("conflict", kind=kind, id=before.get("number") or before.get("code") or object_id,
                        read=version, now=before["version"])
        if table is schema.FEATURE:
            new = self._changed_feature(shape, before, changes)
        else:
            new = {name: keep(shape.column(name), value, self.city.zone) if shape.has(name) else value
                   for name, value in changes.items()}
        new["version"] = before["version"] + 1
        done = self.connection.execute(table.update().where(table.c.id == object_id,
                                                            table.c.version == before["version"]).values(**new))
        if done.rowcount != 1:
            raise Fault("conflict", kind=kind, id=object_id, read=version, now=before["version"])
        self.note(kind, object_id, {name: before[name] for name in new}, new, reason)
        if kind in ("reach", "district"):
            self._ground.clear()
        return new["version"]

    def supersede(self, kind: str, object_id: str, changes: dict, *, reason: str | None = None) -> str:
        """Replace a row by a later knowledge of it: the old stays readable as known before. Returns the new id."""
        table = schema.table_of(kind)
        before = self._row(table, object_id)
        if before is None:
            raise Fault("not_found", kind=kind, id=object_id)
        self.connection.execute(table.update().where(table.c.id == object_id)
                                .values(superseded_at=self.utc, version=before["version"] + 1))
        self.note(kind, object_id, {"superseded_at": None}, {"superseded_at": self.utc}, reason)
        new = before | {"id": new_id(), "number": None, "version": 1, "recorded_at": self.utc,
                        "created_at": self.utc, "created_by": self.actor.name, "superseded_at": None}
        shape = described(kind)
        new |= {name: keep(shape.column(name), value, self.city.zone) if shape.has(name) else value
                for name, value in changes.items()}
        self.connection.execute(table.insert().values(**new))
        self.note(kind, new["id"], None, new, reason)
        return new["id"]

    def withdraw(self, kind: str, object_id: str, reason: str) -> None:
        """Take a row out of live counts and maps; it stays in the audit."""
        table = schema.table_of(kind)
        change = {"withdrawn_at": self.utc, "withdrawn_by": self.actor.name, "withdrawn_reason": reason}
        done = self.connection.execute(table.update().where(table.c.id == object_id, table.c.withdrawn_at.is_(None))
                                       .values(**change, version=table.c.version + 1))
        if done.rowcount != 1:
            raise Fault("not_found", kind=kind, id=object_id)
        self.note(kind, object_id, {"withdrawn_at": None}, change, reason)

    def insert_track(self, patrol_id: str, track: pd.DataFrame, file_name: str | None = None) -> None:
        """Keep a patrol's track (time UTC, lon, lat) as it came."""
        points = read.pack_track(track)
        digest = hashlib.sha256(points).hexdigest()
        self.connection.execute(schema.TRACK.insert().values(patrol_id=patrol_id, points=points, sha256=digest,
                                                             file_name=file_name))
        self.note("patrol_track", patrol_id, None, {"sha256": digest, "points": len(track)})

    def insert_intervals(self, patrol_id: str, intervals: pd.DataFrame) -> None:
        """Keep the stretches a track covered (reach_id, from_m, to_m, bank, entered_at, left_at)."""
        rows = [{"patrol_id": patrol_id, "reach_id": row.reach_id, "from_m": float(row.from_m), "to_m": float(row.to_m),
                 "bank": row.bank, "entered_at": self._time(row.entered_at), "left_at": self._time(row.left_at),
                 "network_version": self.network_version()} for row in intervals.itertuples()]
        if rows:
            self.connection.execute(schema.INTERVAL.insert(), rows)
            self.note("patrol_interval", patrol_id, None, {"intervals": len(rows)})

    def insert_people(self, patrol_id: str, people: Iterable[dict]) -> None:
        """Keep who was on a patrol: person, post_code, kind."""
        rows = [{"patrol_id": patrol_id, "person": plain(p.get("person")), "post_code": plain(p.get("post_code")),
                 "kind": plain(p.get("kind"))} for p in people]
        if rows:
            self.connection.execute(schema.PERSON.insert(), rows)
            self.note("patrol_person", patrol_id, None, {"people": [row["person"] for row in rows]})

    def insert_event(self, case_id: str, move: str, note: str = "", at: object = None, actor: str | None = None) -> None:
        """Add a line to a case's story."""
        when = to_utc(at, self.city.zone) if at is not None else self.utc
        self.connection.execute(schema.EVENT.insert().values(case_id=case_id, at=when, move=move, note=note,
                                                             actor=actor or self.actor.name))
        self.note("case_event", case_id, None, {"move": move, "note": note})

    def insert_photo(self, kind: str, object_id: str, photo: dict) -> str:
        """Keep a photo's record; its files are in the store's folder under its sha256 before this is called."""
        photo_id = new_id()
        taken = photo.get("taken_at")
        self.connection.execute(schema.PHOTO.insert().values(
            id=photo_id, object_kind=kind, object_id=object_id, sha256=photo["sha256"], name=photo.get("name"),
            taken_at=None if missing(taken) else to_utc(taken, self.city.zone), lon=photo.get("lon"),
            lat=photo.get("lat"), source=photo.get("source"), created_at=self.utc))
        self.note("photo", photo_id, None, {"of": object_id, "sha256": photo["sha256"]})
        return photo_id

    # -- reading what this write needs --------------------------------------------------------------------------------
    def ground(self, layer: str) -> gpd.GeoDataFrame:
        """Return a layer as this transaction sees it, unscoped: for placing, never for showing."""
        if layer not in self._ground:
            self._ground[layer] = read.features(self.connection, layer, sa.true())
        return self._ground[layer]

    def rows(self, kind: str, **equals: object) -> pd.DataFrame:
        """Return live records of ``kind`` as this transaction sees them, unscoped: for checks, never for showing."""
        table = schema.RECORD[kind]
        conditions = [table.c[name] == value for name, value in equals.items()]
        return read.rows_of(self.connection, kind, sa.and_(read.live(table), *conditions))

    def one(self, kind: str, **equals: object) -> dict | None:
        """Return one live row as a dict (features with their attributes merged), None where there is none."""
        table = schema.table_of(kind)
        conditions = [table.c[name] == value for name, value in equals.items()]
        if table is schema.FEATURE:
            conditions.append(table.c.layer == kind)
        row = self.connection.execute(sa.select(table).where(read.live(table), *conditions)).first()
        if row is None:
            return None
        found = row._asdict()
        return found | (found.pop("attributes") or {}) if table is schema.FEATURE else found

    def stamp_point(self, lon: float, lat: float) -> dict:
        """Return where a lon/lat lies on the network and in which district."""
        within_m = float(rule("limits", self.now.date(), id="place_within")["value"])
        frame = place.stamp(np.array([lon]), np.array([lat]), self.ground("reach").rename(columns={"code": "reach_id"}),
                            self.ground("district"), within_m)
        return {name: plain(value) for name, value in frame.iloc[0].items()}

    def sees(self, kind: str, object_id: str) -> bool:
        """Whether the acting person may see this row; an action on what they may not see finds nothing."""
        if self._scope is None:
            self._scope = scope_of(self.connection, self.actor)
        table = schema.table_of(kind)
        return self.connection.execute(sa.select(table.c.id).where(table.c.id == object_id, read.live(table),
                                                                   self._scope.condition(kind))).first() is not None

    def network_version(self) -> int:
        """Return the number of the network's present cut."""
        row = self.connection.execute(sa.select(schema.META.c.value).where(schema.META.c.key == "network_version")).first()
        return int(row.value) if row else 1

    # -- inside --------------------------------------------------------------------------------------------------------
    def _row(self, table: sa.Table, object_id: str) -> dict | None:
        row = self.connection.execute(sa.select(table).where(table.c.id == object_id)).first()
        return row._asdict() if row else None

    def _time(self, value: object) -> datetime | None:
        return None if missing(value) else to_utc(value, self.city.zone)

    def _kept(self, row: dict, import_id: str | None) -> dict:
        recorded = row.get("recorded_at")
        return {"id": row.get("id") or new_id(), "version": 1, "import_id": import_id or self.receipt_id,
                "created_at": self.utc, "created_by": row.get("created_by") or self.actor.name,
                "recorded_at": self.utc if missing(recorded) else to_utc(recorded, self.city.zone)}

    def _own(self, shape: Layer, row: dict) -> dict:
        own = {column.name: keep(column, row.get(column.name), self.city.zone) for column in shape.columns}
        absent = [column.name for column in shape.columns if column.required and own[column.name] is None]
        if absent:
            raise Fault("field_required", field=", ".join(absent), layer=shape.name)
        return own

    def _feature(self, kind: str, row: dict, own: dict) -> dict:
        geometry = row.get("geometry")
        west, south, east, north = shapely.bounds(geometry).tolist() if geometry is not None else [None] * 4
        return {"layer": kind, "code": own["code"], "name": own.get("name"), "district_code": own.get("district_code"),
                "attributes": {name: plain(value) for name, value in own.items()
                               if name not in ("code", "name", "district_code") and value is not None},
                "geometry": None if geometry is None else shapely.to_wkb(geometry),
                "west": west, "south": south, "east": east, "north": north,
                "orig_x": row.get("orig_x"), "orig_y": row.get("orig_y"), "datum": row.get("datum")}

    def _changed_feature(self, shape: Layer, before: dict, changes: dict) -> dict:
        direct = {"code", "name", "district_code", "geometry", *read.PLACED} | {"valid_from", "superseded_at"}
        new: dict[str, Any] = {}
        attributes = dict(before["attributes"])
        for name, value in changes.items():
            if shape.has(name) and name not in ("code", "name", "district_code"):
                kept = keep(shape.column(name), value, self.city.zone)
                attributes[name] = plain(kept)
            elif name in direct and name in schema.FEATURE.c:
                new[name] = shapely.to_wkb(value) if name == "geometry" else value
            else:
                raise Fault("field_unknown", field=name, layer=shape.name)
        return new | {"attributes": {k: v for k, v in attributes.items() if v is not None}}

    def _districts_only(self, rows: list[dict]) -> list[dict]:
        points = gpd.GeoDataFrame(geometry=[row.get("geometry") for row in rows], crs=read.CRS)
        codes = place.districts_at(points, self.ground("district"))
        return [{"district_code": code} for code in codes]

    def _places(self, kind: str, shape: Layer, rows: list[dict], values: list[dict]) -> list[dict]:
        """Stamp rows that have a point; a record without one takes the place of its outfall."""
        points: list[tuple[float, float] | None] = []
        for row, own in zip(rows, values, strict=True):
            geometry = row.get("geometry")
            if geometry is not None and not shapely.is_empty(geometry):
                centre = geometry if geometry.geom_type == "Point" else shapely.point_on_surface(geometry)
                points.append((centre.x, centre.y))
            elif own.get("lon") is not None and own.get("lat") is not None:
                points.append((own["lon"], own["lat"]))
            else:
                points.append(None)
        result: list[dict] = [{} for _ in rows]
        at = [i for i, point in enumerate(points) if point is not None]
        if at:
            reaches = self.ground("reach") if shape.geometry == "Point" else self.ground("reach").iloc[:0]
            within_m = rule("limits", self.now.date(), id="place_within")["value"]
            lonlat = np.array([points[i] for i in at], float)
            frame = place.stamp(lonlat[:, 0], lonlat[:, 1],
                                reaches.rename(columns={"code": "reach_id"}), self.ground("district"), within_m)
            for i, row in zip(at, frame.to_dict("records"), strict=True):
                result[i] = {name: plain(value) for name, value in row.items()}
                if result[i].get("reach_code") is not None:
                    result[i]["network_version"] = self.network_version()
        for i, own in enumerate(values):
            if points[i] is None and own.get("outfall_code"):
                outfall = self.one("outfall", code=own["outfall_code"])
                if outfall:
                    result[i] = {name: outfall.get(name) for name in (*place.COLUMNS, "network_version")}
            for name in ("orig_x", "orig_y", "datum"):
                if rows[i].get(name) is not None:
                    result[i][name] = rows[i][name]
        return result

    def _numbers(self, kind: str, rows: list[dict], values: list[dict], places: list[dict]) -> list[str | None]:
        if kind not in records.NUMBERED:
            return [row.get("number") for row in rows]
        letters = records.NUMBERED[kind]
        names = self._district_names()
        posts = self._post_districts() if kind == "patrol" else {}
        series = []
        for own, where in zip(values, places, strict=True):
            code = posts.get(own.get("post_code")) or own.get("district_code") or where.get("district_code")
            when = next((own[n] for n in ("opened_at", "found_at", "inspected_at", "started_at")
                         if own.get(n) is not None), self.utc)
            when = when.replace(tzinfo=self.now.tzinfo) if isinstance(when, datetime) else when
            parts = [letters, str(when.year), names.get(code, self.city.name or "本市")]
            series.append("-".join(part for part in parts if part))
        given = [row.get("number") for row in rows]
        fresh = self._take([name for name, number in zip(series, given, strict=True) if not number])
        return [number or next(fresh) for number in given]

    def _district_names(self) -> dict[str | None, str]:
        table = schema.FEATURE
        return {row.code: row.name or row.code for row in self.connection.execute(
            sa.select(table.c.code, table.c.name).where(table.c.layer == "district", read.live(table)))}

    def _post_districts(self) -> dict[str | None, str]:
        table = schema.RECORD["post"]
        return {row.code: row.district_code for row in self.connection.execute(
            sa.select(table.c.code, table.c.district_code).where(read.live(table)))}

    def _take(self, series: list[str]) -> Iterator[str]:
        """Yield the next number of each series, in order; a number given out is never given again."""
        counts = pd.Series(series, dtype=object).value_counts()
        last: dict[str, int] = {}
        table = schema.SERIES
        for name, count in counts.items():
            row = self.connection.execute(sa.select(table.c.last).where(table.c.name == name)).first()
            last[name] = row.last if row else 0
            if row:
                self.connection.execute(table.update().where(table.c.name == name).values(last=last[name] + int(count)))
            else:
                self.connection.execute(table.insert().values(name=name, last=int(count)))
        for name in series:
            last[name] += 1
            yield f"{name}-{last[name]:04d}"

    def next_number(self, series: str) -> str:
        """Return the next number of a series such as a receipt's or a report's."""
        return next(self._take([series]))

    def note(self, kind: str, object_id: str, before: dict | None, after: dict | None, reason: str | None = None) -> None:
        """Add an audit row to this write."""
        self._audit.append({"kind": kind, "object_id": object_id, "reason": reason,
                            "before": _plain_row(before), "after": _plain_row(after)})

    def close_audit(self) -> None:
        """Write the audit rows, chained to the last one; called once, just before COMMIT."""
        table = schema.AUDIT
        last = self.connection.execute(sa.select(table.c.hash).order_by(table.c.seq.desc()).limit(1)).first()
        previous, rows = (last.hash if last else ""), []
        for note in self._audit:
            said = {"at": self.utc.isoformat(), "actor": self.actor.name, "action": self.action, **note}
            digest = chain_hash(previous, said)
            rows.append(said | {"at": self.utc, "previous_hash": previous, "hash": digest})
            previous = digest
        for start in range(0, len(rows), _CHUNK):
            self.connection.execute(table.insert(), rows[start:start + _CHUNK])
        self._audit.clear()


def _plain_row(row: dict | None) -> dict | None:
    return None if row is None else {name: plain(value) for name, value in row.items() if value is not None}
