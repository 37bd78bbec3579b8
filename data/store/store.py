"""The store: opened once per process, read through ``as_seen_by``, written through ``writing``."""

import contextlib
import hashlib
import json
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from data.city import City
from data.people import ANONYMOUS, OPERATOR, Actor, Grant
from data.permissions import check
from data.settings import settings
from data.store import migrations, read, schema
from data.store.engine import WRITE, connect, path_of
from data.store.restamp import restamp
from data.store.scope import scope_of
from data.store.view import View
from data.store.write import Tx
from geo.faults import Fault


class Store:
    """One office's books; a store is simulated or real from birth."""

    def __init__(self, url: str, engine: Engine) -> None:
        self.url = url
        self.engine = engine
        self.path = path_of(url)
        meta = self._meta()
        self.kind: str = meta["kind"]
        city = meta["city"]
        self.city = City(**{**city, "bounds": tuple(city["bounds"]) if city.get("bounds") else None})
        self._demo_now = meta.get("demo_now")
        self.seed: int | None = meta.get("seed")

    # -- time and identity ---------------------------------------------------------------------------------------------
    @property
    def simulated(self) -> bool:
        """Whether everything in it is invented."""
        return self.kind == "simulated"

    @property
    def folder(self) -> Path:
        """The folder for photos and originals, beside the database."""
        base = self.path.parent if self.path else Path("hezhang-store")
        folder = base / ((self.path.stem if self.path else "store") + "-files")
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def now(self) -> datetime:
        """Return the time the office works at: HEZHANG_NOW, else a simulated store's date, else the clock."""
        frozen = settings().now
        if frozen:
            return frozen
        return datetime.fromisoformat(self._demo_now) if self._demo_now else datetime.now(UTC)

    def today(self) -> date:
        """Return the date in the city's time zone."""
        return self.now().astimezone(self.city.zone).date()

    def stamp(self) -> int:
        """Return a number that grows with every write; caches are keyed by it."""
        with self.engine.connect() as connection:
            return connection.execute(sa.select(sa.func.coalesce(sa.func.max(schema.AUDIT.c.seq), 0))).scalar_one()

    # -- people --------------------------------------------------------------------------------------------------------
    def actor(self, name: str | Actor) -> Actor:
        """Return the person called ``name``; an unknown or disabled account sees and does nothing."""
        if isinstance(name, Actor):
            return name
        if name == "operator":
            return OPERATOR
        if not name or name == "anonymous":
            return ANONYMOUS
        table = schema.RECORD["account"]
        with self.engine.connect() as connection:
            rows = connection.execute(sa.select(table).where(table.c.name == name, read.live(table))).all()
        if not rows:
            raise Fault("account_unknown", name=name)
        if any(row.role == "disabled" for row in rows):
            return Actor(name, rows[0].display_name or name, (Grant("disabled"),))
        grants = tuple(Grant(row.role, _split(row.districts), _split(row.posts), _split(row.reaches),
                             row.unit_code or "") for row in rows)
        return Actor(name, rows[0].display_name or name, grants)

    def as_seen_by(self, actor: str | Actor) -> View:
        """Return what ``actor`` may read; the only way up."""
        person = self.actor(actor)
        with self.engine.connect() as connection:
            scope = scope_of(connection, person)
        return View(self, person, scope)

    # -- writing -------------------------------------------------------------------------------------------------------
    @contextlib.contextmanager
    def writing(self, actor: str | Actor, action: str, *, key: str | None = None,
                content_hash: str | None = None) -> Iterator[Tx]:
        """Open one transaction for ``action``; COMMIT at the end, nothing at all on any error.

        The same ``key`` with the same ``content_hash`` yields a Tx whose ``replayed`` is the first result; with other
        content it is a Fault.
        """
        person = self.actor(actor)
        check(person, action)
        key = key or uuid.uuid4().hex
        content_hash = content_hash or hashlib.sha256(key.encode()).hexdigest()
        with (_taken_codes(), self.engine.connect().execution_options(**{WRITE: True}) as connection,
              connection.begin()):
            tx = Tx(connection, person, action, self.city, self.now(), key, content_hash)
            row = connection.execute(sa.select(schema.RECEIPT).where(schema.RECEIPT.c.key == key)).first()
            if row:
                if row.content_hash != content_hash:
                    raise Fault("key_reused", key=key, receipt=row.receipt)
                if row.withdrawn_at is not None:
                    raise Fault("key_withdrawn", receipt=row.receipt)
                tx.replayed, tx.receipt, tx.receipt_id = row.result or {}, row.receipt, row.id
                yield tx
                return
            tx.receipt = tx.next_number(f"HZ{tx.now.astimezone(self.city.zone):%y%m%d}")
            yield tx
            if tx.ground_changed:
                restamp(tx)
            connection.execute(schema.RECEIPT.insert().values(
                id=tx.receipt_id, receipt=tx.receipt, key=key, content_hash=content_hash, action=action,
                actor=person.name, at=tx.utc, layer=tx.layer, file_name=tx.file_name, sha256=tx.sha256,
                result=tx.result))
            tx.note("receipt", tx.receipt_id, None, {"receipt": tx.receipt, "action": action})
            tx.close_audit()

    def set_city(self, actor: str | Actor, city: City) -> None:
        """Change the configuration of the city."""
        with self.writing(actor, "set_city") as tx:
            tx.connection.execute(schema.META.update().where(schema.META.c.key == "city").values(value=city.as_dict()))
            tx.note("city", "city", self.city.as_dict(), city.as_dict())
        self.city = city

    def _meta(self) -> dict:
        with self.engine.connect() as connection:
            return {row.key: row.value for row in connection.execute(sa.select(schema.META))}


@contextlib.contextmanager
def _taken_codes() -> Iterator[None]:
    """Say in words what a unique index refuses."""
    try:
        yield
    except sa.exc.IntegrityError as error:
        raise Fault("code_taken", reason=str(error.orig)) from error


def _split(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").replace("；", ";").replace(",", ";").split(";") if part.strip())


def exists(url: str | None = None) -> bool:
    """Whether a store is there to open."""
    url = url or settings().store
    path = path_of(str(url))
    if path is not None:
        return path.exists() and path.stat().st_size > 0
    return bool(migrations.applied(connect(str(url))))


def create_store(url: str | Path | None = None, *, kind: str = "real", city: City | None = None,
                 demo_now: datetime | None = None, seed: int | None = None) -> Store:
    """Make a new store; one that exists is a Fault, never overwritten."""
    url = str(url or settings().store)
    if exists(url):
        raise Fault("store_exists", store=url)
    engine = connect(url)
    migrations.migrate(engine)
    meta = {"kind": kind, "city": (city or City()).as_dict(), "network_version": 1, "store_id": uuid.uuid4().hex}
    if demo_now:
        meta["demo_now"] = demo_now.isoformat()
    if seed is not None:
        meta["seed"] = seed
    with engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
        connection.execute(schema.META.insert(), [{"key": k, "value": json.loads(json.dumps(v))} for k, v in meta.items()])
    return Store(url, engine)


def open_store(url: str | Path | None = None) -> Store:
    """Open the store at ``url`` (default: the settings'); a missing or unmigrated one is a Fault that says what to do."""
    url = str(url or settings().store)
    if not exists(url):
        raise Fault("store_missing", store=url)
    engine = connect(url)
    try:
        if migrations.pending(engine):
            raise Fault("store_old", store=url)
        return Store(url, engine)
    except sa.exc.DatabaseError as error:
        raise Fault("store_unreadable", store=url) from error
