"""What one person may read. Withdrawn rows are absent; counts, maps and exports are made from these frames only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import sqlalchemy as sa

from data import records
from data.people import Actor
from data.store import read, schema
from data.store.scope import Scope
from data.store.values import to_utc
from geo.chainage import lengths
from geo.faults import Fault

if TYPE_CHECKING:
    from data.store.store import Store


@dataclass(frozen=True)
class Photo:
    """A photo of a record; its bytes come from ``View.photo_bytes``."""

    id: str
    object_id: str
    taken_at: datetime | None
    lon: float | None
    lat: float | None
    source: str | None
    sha256: str
    name: str | None


class View:
    """The store as one person sees it at one moment; frames are read once and shared (pandas copies on write)."""

    def __init__(self, store: Store, actor: Actor, scope: Scope) -> None:
        self.store = store
        self.actor = actor
        self.scope = scope
        self.city = store.city
        self._frames: dict[tuple, pd.DataFrame] = {}

    @property
    def today(self) -> date:
        """The office's date."""
        return self.store.today()

    def layer(self, name: str) -> gpd.GeoDataFrame:
        """Return the live features of a layer, EPSG:4490."""
        return self._once(("layer", name), lambda c: read.features(c, name, self.scope.condition(name)))

    def reaches(self) -> gpd.GeoDataFrame:
        """Return the reaches with ``reach_id`` (their code) and ``length_m`` (geodesic)."""
        def make(connection: sa.Connection) -> gpd.GeoDataFrame:
            frame = read.features(connection, "reach", self.scope.condition("reach"))
            frame["reach_id"] = frame["code"]
            frame["length_m"] = lengths(frame).to_numpy() if len(frame) else 0.0
            return frame
        return self._once(("reaches",), make)

    def records(self, kind: str, known_on: date | None = None, **equals: object) -> pd.DataFrame:
        """Return records of ``kind``; ``known_on`` answers with what was known at the end of that day."""
        if kind not in records.ALL:
            raise Fault("layer_unknown", layer=kind)
        table = schema.RECORD[kind]
        if known_on is None:
            when = read.live(table)
        else:
            end = to_utc(datetime.combine(known_on, time.max), self.city.zone)
            when = ((table.c.recorded_at <= end) & (table.c.superseded_at.is_(None) | (table.c.superseded_at > end))
                    & (table.c.withdrawn_at.is_(None) | (table.c.withdrawn_at > end)))
        frame = self._once(("records", kind, known_on),
                           lambda c: read.rows_of(c, kind, when & self.scope.condition(kind)))
        for name, value in equals.items():
            frame = frame[frame[name] == value]
        return frame

    def intervals(self) -> pd.DataFrame:
        """Return the stretches covered by the patrols this person sees."""
        patrol, interval = schema.RECORD["patrol"], schema.INTERVAL
        query = (sa.select(interval.c.patrol_id, patrol.c.number.label("patrol_number"), patrol.c.post_code,
                           patrol.c.kind, interval.c.reach_id, interval.c.from_m, interval.c.to_m, interval.c.bank,
                           interval.c.entered_at, interval.c.left_at)
                 .join(patrol, patrol.c.id == interval.c.patrol_id)
                 .where(read.live(patrol), self.scope.condition("patrol")).order_by(interval.c.id))
        return self._once(("intervals",), lambda c: read.frame_of(c, query))

    def reaches_in_sight(self) -> frozenset[str] | None:
        """Return the reaches whose coverage this person may judge; None means all."""
        if self.scope.everything:
            return None
        if self.scope.nothing:
            return frozenset()
        reaches = self.layer("reach")
        return self.scope.reaches | set(reaches.loc[reaches["district_code"].isin(self.scope.districts), "code"])

    def posts_in_sight(self) -> frozenset[str] | None:
        """Return the posts whose duty this person may judge; None means all."""
        return None if self.scope.everything else self.scope.posts

    def looks(self) -> pd.DataFrame:
        """Return who-less stretches anybody walked on the reaches in sight, one row a post credited.

        A gap is what *nobody* saw, so a chief's map must count the walks of posts above and beside theirs; it learns
        the stretch, the day and the post, not the person, the track or what was noted.
        """
        patrol, interval, person = schema.RECORD["patrol"], schema.INTERVAL, schema.PERSON
        query = (sa.select(interval.c.patrol_id, sa.func.coalesce(person.c.post_code, patrol.c.post_code).label("post_code"),
                           interval.c.reach_id, interval.c.from_m, interval.c.to_m, interval.c.bank, interval.c.left_at)
                 .join(patrol, patrol.c.id == interval.c.patrol_id)
                 .join(person, person.c.patrol_id == patrol.c.id, isouter=True)
                 .where(read.live(patrol)).distinct())
        sight = self.reaches_in_sight()
        frame = self._once(("looks",), lambda c: read.frame_of(c, query))
        return frame if sight is None else frame[frame["reach_id"].isin(sight)]

    def bare_looks(self) -> pd.DataFrame:
        """Return the patrols anybody recorded without a track: post, water and day, nothing else."""
        patrol, person = schema.RECORD["patrol"], schema.PERSON
        query = (sa.select(patrol.c.id.label("patrol_id"),
                           sa.func.coalesce(person.c.post_code, patrol.c.post_code).label("post_code"),
                           patrol.c.water_code, patrol.c.started_at)
                 .join(person, person.c.patrol_id == patrol.c.id, isouter=True)
                 .where(read.live(patrol), sa.func.coalesce(patrol.c.has_track, sa.false()).is_(False)).distinct())
        if self.scope.nothing:
            query = query.where(sa.false())
        return self._once(("bare_looks",), lambda c: read.frame_of(c, query))

    def people(self) -> pd.DataFrame:
        """Return who was on each patrol this person sees."""
        patrol, person = schema.RECORD["patrol"], schema.PERSON
        query = (sa.select(person.c.patrol_id, person.c.person, person.c.post_code, person.c.kind)
                 .join(patrol, patrol.c.id == person.c.patrol_id)
                 .where(read.live(patrol), self.scope.condition("patrol")).order_by(person.c.id))
        return self._once(("people",), lambda c: read.frame_of(c, query))

    def track(self, patrol_id: str) -> pd.DataFrame:
        """Return a patrol's track (time, lon, lat); empty where it has none or is not this person's to see."""
        patrol, track = schema.RECORD["patrol"], schema.TRACK
        query = (sa.select(track.c.points).join(patrol, patrol.c.id == track.c.patrol_id)
                 .where(track.c.patrol_id == patrol_id, read.live(patrol), self.scope.condition("patrol")))
        with self.store.engine.connect() as connection:
            row = connection.execute(query).first()
        return read.unpack_track(row.points) if row else pd.DataFrame(columns=["time", "lon", "lat"])

    def photos(self, object_id: str) -> list[Photo]:
        """Return the photos of one record this person may see."""
        table = schema.PHOTO
        with self.store.engine.connect() as connection:
            rows = connection.execute(sa.select(table).where(table.c.object_id == object_id,
                                                             table.c.withdrawn_at.is_(None))).all()
            seen = [row for row in rows if self._sees(connection, row.object_kind, row.object_id)]
        return [Photo(r.id, r.object_id, r.taken_at and r.taken_at.replace(tzinfo=UTC), r.lon, r.lat, r.source, r.sha256,
                      r.name) for r in seen]

    def photo_bytes(self, photo_id: str) -> bytes:
        """Return the published copy of a photo (no EXIF); absent and forbidden give the same Fault."""
        table = schema.PHOTO
        with self.store.engine.connect() as connection:
            row = connection.execute(sa.select(table).where(table.c.id == photo_id,
                                                            table.c.withdrawn_at.is_(None))).first()
            if row is None or not self._sees(connection, row.object_kind, row.object_id):
                raise Fault("not_found", kind="photo", id=photo_id)
        path = self.store.folder / "photos" / f"{row.sha256}.jpg"
        if not path.exists():
            raise Fault("photo_missing", id=photo_id)
        return path.read_bytes()

    def events(self, case_id: str) -> pd.DataFrame:
        """Return a case's story, oldest first."""
        table = schema.EVENT
        with self.store.engine.connect() as connection:
            if not self._sees(connection, "case", case_id):
                return pd.DataFrame(columns=["at", "actor", "move", "note"])
            return read.frame_of(connection, sa.select(table.c.at, table.c.actor, table.c.move, table.c.note)
                                 .where(table.c.case_id == case_id).order_by(table.c.at, table.c.id))

    def imports(self) -> pd.DataFrame:
        """Return the receipts of submissions: one's own, or all for those who see everything."""
        table = schema.RECEIPT
        mine = sa.true() if self.scope.everything else table.c.actor == self.actor.name
        query = sa.select(table.c.id, table.c.receipt, table.c.action, table.c.actor, table.c.at, table.c.layer,
                          table.c.file_name, table.c.result, table.c.withdrawn_at, table.c.withdrawn_reason
                          ).where(mine).order_by(table.c.at.desc(), table.c.receipt.desc())
        return self._once(("imports",), lambda c: read.frame_of(c, query))

    def audit(self, object_id: str | None = None, limit: int = 500) -> pd.DataFrame:
        """Return audit rows, newest first: those who see everything see all, others what they did."""
        table = schema.AUDIT
        condition = sa.true() if self.scope.everything else table.c.actor == self.actor.name
        if object_id:
            condition &= table.c.object_id == object_id
        with self.store.engine.connect() as connection:
            return read.frame_of(connection, sa.select(table).where(condition).order_by(table.c.seq.desc()).limit(limit))

    def report(self, number: str) -> dict:
        """Return a kept report: its kind, filters and rows as they were."""
        table = schema.REPORT
        with self.store.engine.connect() as connection:
            row = connection.execute(sa.select(table).where(table.c.number == number)).first()
        if row is None or not (self.scope.everything or row.actor == self.actor.name):
            raise Fault("not_found", kind="report", id=number)
        return row._asdict()

    def _sees(self, connection: sa.Connection, kind: str, object_id: str) -> bool:
        table = schema.table_of(kind)
        return connection.execute(sa.select(table.c.id).where(table.c.id == object_id, table.c.withdrawn_at.is_(None),
                                                              self.scope.condition(kind))).first() is not None

    def _once(self, key: tuple, make: Callable[[sa.Connection], Any]) -> Any:
        """Read a frame once; every caller gets a copy of its own that shares memory until written."""
        if key not in self._frames:
            with self.store.engine.connect() as connection:
                self._frames[key] = make(connection)
        return self._frames[key].copy(deep=False)
