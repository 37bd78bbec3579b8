"""Posts and who holds them, responsibilities, accounts, and the direction of a reach."""

from datetime import date, timedelta
from typing import Any

import shapely
import sqlalchemy as sa

from data.actions.base import Input, action
from data.actions.checks import object_ok
from data.store import Store, Tx, read, schema
from data.store.values import as_date
from geo.bank import mirror
from geo.chainage import lengths
from geo.faults import Fault
from geo.network import mirror_chainage


class Appoint(Input):
    """A change of office: from this day the post is held by this person."""

    post_code: str
    person: str | None = None
    state: str = "holding"
    valid_from: date
    valid_to: date | None = None
    doc_no: str | None = None
    account: str | None = None


class Assign(Input):
    """A responsibility entered by hand."""

    post_code: str
    object_layer: str = "reach"
    object_code: str
    from_m: float | None = None
    to_m: float | None = None
    bank: str = "both"
    role: str = "lead"
    signed: bool | None = None
    valid_from: date
    valid_to: date | None = None
    doc_no: str | None = None


class AccountInput(Input):
    """A grant to a person."""

    name: str
    role: str
    display_name: str | None = None
    posts: list[str] = []
    districts: list[str] = []
    reaches: list[str] = []
    unit_code: str | None = None


class ReverseInput(Input):
    """The reach whose direction was wrong."""

    reach_code: str
    reason: str


@action(Appoint)
def appoint(store: Store, tx: Tx, given: Appoint) -> dict:
    """Enter who holds a post from a day on; the holder before ends the day before, what was known before stays."""
    if tx.one("post", code=given.post_code) is None:
        raise Fault("post_unknown", post=given.post_code)
    if given.state != "vacant" and not given.person:
        raise Fault("field_required", field="person", layer="holder")
    if given.valid_to and given.valid_to < given.valid_from:
        raise Fault("dates_reversed", first=given.valid_from.isoformat(), last=given.valid_to.isoformat())
    ended = []
    for row in tx.rows("holder", post_code=given.post_code).itertuples():
        begins, ends = as_date(row.valid_from), as_date(row.valid_to)
        if begins == given.valid_from:
            raise Fault("appoint_same_day", post=given.post_code, day=begins.isoformat(), person=row.person or "-")
        if begins and begins < given.valid_from and (ends is None or ends >= given.valid_from):
            tx.supersede("holder", row.id, {"valid_to": given.valid_from - timedelta(days=1)}, reason=given.doc_no)
            ended.append(row.person)
    holder_id, = tx.insert("holder", [given.model_dump()])
    return {"id": holder_id, "ended": ended}


@action(Assign)
def assign_responsibility(store: Store, tx: Tx, given: Assign) -> dict:
    """Enter a post's responsibility for a stretch of water."""
    if tx.one("post", code=given.post_code) is None:
        raise Fault("post_unknown", post=given.post_code)
    object_ok(given.object_layer)
    if tx.one(given.object_layer, code=given.object_code) is None:
        raise Fault("water_unknown", water=given.object_code)
    if given.from_m is not None and given.to_m is not None and given.to_m <= given.from_m:
        raise Fault("interval_reversed", first=given.from_m, last=given.to_m)
    if given.valid_to and given.valid_to < given.valid_from:
        raise Fault("dates_reversed", first=given.valid_from.isoformat(), last=given.valid_to.isoformat())
    if given.object_layer == "reach":
        _on_the_reach(tx, given)
    same = tx.rows("responsibility", post_code=given.post_code, object_code=given.object_code, bank=given.bank,
                   role=given.role, from_m=given.from_m, to_m=given.to_m, valid_from=given.valid_from)
    if len(same):
        raise Fault("responsibility_twice", post=given.post_code, water=given.object_code)
    responsibility_id, = tx.insert("responsibility", [given.model_dump()])
    return {"id": responsibility_id}


def _on_the_reach(tx: Tx, given: Assign) -> None:
    """Refuse a stretch that reaches beyond its reach by more than a metre."""
    ground = tx.ground("reach")
    length_m = float(lengths(ground[ground["code"] == given.object_code].assign(reach_id=given.object_code)).iloc[0])
    if (given.from_m or 0) < 0 or (given.from_m or 0) > length_m or (given.to_m or 0) > length_m + 1:
        raise Fault("responsibility_outside", from_m=given.from_m, to_m=given.to_m, water=given.object_code,
                    length_m=round(length_m, 1))


@action(AccountInput)
def add_account(store: Store, tx: Tx, given: AccountInput) -> dict:
    """Add a grant; a second role of the same person is a second grant."""
    if given.name in ("operator", "anonymous"):
        raise Fault("account_reserved", name=given.name)
    for row in tx.rows("account", name=given.name).itertuples():
        if row.role == given.role:
            raise Fault("account_exists", name=given.name, role=given.role)
    for kind, codes in (("post", given.posts), ("reach", given.reaches), ("district", given.districts)):
        for code in codes:
            if tx.one(kind, code=code) is None:
                raise Fault(f"{kind}_unknown", **{kind: code, f"{kind}_id": code})
    row = given.model_dump() | {"posts": ";".join(given.posts), "districts": ";".join(given.districts),
                                "reaches": ";".join(given.reaches)}
    account_id, = tx.insert("account", [row])
    return {"id": account_id, "name": given.name, "role": given.role}


@action(ReverseInput)
def reverse_reach(store: Store, tx: Tx, given: ReverseInput) -> dict:
    """Turn a reach round and mirror everything that hangs on it, as a new version of the network."""
    reach = tx.one("reach", code=given.reach_code)
    if reach is None:
        raise Fault("reach_unknown", reach_id=given.reach_code)
    ground = tx.ground("reach")
    length_m = float(lengths(ground[ground["code"] == given.reach_code].assign(reach_id=given.reach_code)).iloc[0])
    tx.update("reach", reach["id"], reach["version"],
              {"geometry": shapely.reverse(shapely.from_wkb(reach["geometry"])), "direction": "confirmed"},
              reason=given.reason)
    version = tx.network_version() + 1
    tx.connection.execute(schema.META.update().where(schema.META.c.key == "network_version").values(value=version))
    turned = _mirror_points(tx, given.reach_code, length_m, version) + _mirror_stretches(tx, given.reach_code, length_m)
    return {"reach": given.reach_code, "network_version": version, "mirrored": turned}


def _mirror_points(tx: Tx, reach_code: str, length_m: float, version: int) -> int:
    turned = 0
    for table in (schema.FEATURE, *(t for t in schema.RECORD.values() if "chainage_m" in t.c)):
        rows = tx.connection.execute(sa.select(table.c.id, table.c.chainage_m, table.c.bank).where(
            table.c.reach_code == reach_code, table.c.chainage_m.is_not(None))).all()
        for row in rows:
            new: dict[str, Any] = {"chainage_m": mirror_chainage(row.chainage_m, length_m), "bank": mirror(row.bank),
                                   "network_version": version}
            tx.connection.execute(table.update().where(table.c.id == row.id).values(**new, version=table.c.version + 1))
            tx.note(table.name, row.id, {"chainage_m": row.chainage_m, "bank": row.bank}, new)
        turned += len(rows)
    return turned


def _mirror_stretches(tx: Tx, reach_code: str, length_m: float) -> int:
    turned = 0
    responsibility, no_access = schema.RECORD["responsibility"], schema.RECORD["no_access"]
    for table, column in ((responsibility, responsibility.c.object_code), (no_access, no_access.c.reach_code),
                          (schema.INTERVAL, schema.INTERVAL.c.reach_id)):
        condition = (column == reach_code) if table is schema.INTERVAL else (column == reach_code) & read.live(table)
        for row in tx.connection.execute(sa.select(table).where(condition)).all():
            new = {"from_m": None if row.to_m is None else mirror_chainage(row.to_m, length_m),
                   "to_m": None if row.from_m is None else mirror_chainage(row.from_m, length_m),
                   "bank": mirror(row.bank)}
            tx.connection.execute(table.update().where(table.c.id == row.id).values(**new))
            tx.note(table.name, str(row.id), {"from_m": row.from_m, "to_m": row.to_m, "bank": row.bank}, new)
            turned += 1
    return turned
