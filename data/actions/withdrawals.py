"""Taking back and putting right: a row, or a whole import by its receipt. Nothing is deleted."""

from typing import Any

import sqlalchemy as sa
from pydantic import Field

import layers
from data import records
from data.actions.base import Input, action
from data.store import Store, Tx, schema
from data.store.read import live
from geo.faults import Fault


class Withdraw(Input):
    """The receipt to take back, and why."""

    receipt: str
    reason: str = Field(min_length=1)


class Correct(Input):
    """One record put right: what it is, the version it was read at, and the fields that change."""

    kind: str
    id: str
    version: int
    changes: dict[str, Any]
    reason: str = Field(min_length=1)


class KeepReport(Input):
    """A report's rows, kept under a number so that a reprint is the same."""

    kind: str
    filters: dict[str, Any] = Field(default_factory=dict)
    rows: list[dict[str, Any]]


def rows_of_receipt(tx: Tx, receipt_id: str) -> list[tuple[str, dict]]:
    """Return (kind, row) of everything live that a receipt brought."""
    found = []
    table = schema.FEATURE
    for row in tx.connection.execute(sa.select(table).where(table.c.import_id == receipt_id, live(table))).all():
        found.append((row.layer, row._asdict()))
    for kind, table in schema.RECORD.items():
        for row in tx.connection.execute(sa.select(table).where(table.c.import_id == receipt_id, live(table))).all():
            found.append((kind, row._asdict()))
    return found


def built_on(tx: Tx, rows: list[tuple[str, dict]]) -> list[dict]:
    """Return the live records of other receipts that rest on ``rows``: what has to be asked about."""
    own = {row["id"] for _, row in rows}
    keys: dict[str, set[str]] = {"outfall_code": set(), "finding_number": set(), "inspection_number": set(),
                                 "patrol_number": set(), "case_number": set(), "relapse_of": set(), "post_code": set(),
                                 "unit_code": set(), "section_code": set(), "object_code": set()}
    for kind, row in rows:
        name = {"outfall": "outfall_code", "post": "post_code", "unit": "unit_code", "section": "section_code",
                "reach": "object_code"}.get(kind)
        if name:
            keys[name].add(row["code"])
        if kind in ("finding", "inspection", "patrol", "case"):
            keys[f"{kind}_number"].add(row["number"])
        if kind == "case":
            keys["relapse_of"].add(row["number"])
    built = []
    for kind, table in schema.RECORD.items():
        tests = [table.c[name].in_(codes) for name, codes in keys.items() if codes and name in table.c]
        if not tests:
            continue
        for found in tx.connection.execute(sa.select(table).where(live(table), sa.or_(*tests))).all():
            fields = found._asdict()
            if fields["id"] not in own:
                named = fields["number"] or fields.get("code") or fields["id"]
                built.append({"kind": kind, "id": fields["id"], "number": named})
    built += _standing_in(tx, rows, own)
    order = {"case": 0, "finding": 1, "inspection": 2}
    return sorted(built, key=lambda one: (order.get(one["kind"], 9), one["number"]))


def _standing_in(tx: Tx, rows: list[tuple[str, dict]], own: set[str]) -> list[dict]:
    """Return the features that say they lie in a withdrawn district or belong to a withdrawn river, or are placed on a
    withdrawn reach.
    """
    codes = {kind: {row["code"] for of, row in rows if of == kind} for kind in ("district", "reach", "river")}
    table = schema.FEATURE
    tests = [table.c[name].in_(codes[kind]) for kind, name in (("district", "district_code"), ("reach", "reach_code"))
             if codes[kind]]
    found: list[Any] = []
    if tests:
        found += tx.connection.execute(sa.select(table).where(live(table), sa.or_(*tests))).all()
    if codes["river"]:
        reaches = tx.connection.execute(sa.select(table).where(live(table), table.c.layer == "reach")).all()
        found += [row for row in reaches if row.attributes.get("river_code") in codes["river"]]
    return [{"kind": row.layer, "id": row.id, "number": row.number or row.code} for row in found if row.id not in own]


@action(Withdraw)
def withdraw(store: Store, tx: Tx, given: Withdraw) -> dict:
    """Take back what a receipt brought; what others built on it stays and is named, to be decided by a person."""
    table = schema.RECEIPT
    row = tx.connection.execute(sa.select(table).where(table.c.receipt == given.receipt)).first()
    office = bool(tx.actor.roles & {"operator", "planner", "admin"})
    if row is None or not (office or row.actor == tx.actor.name):
        raise Fault("receipt_unknown", receipt=given.receipt)
    if row.withdrawn_at is not None:
        raise Fault("receipt_withdrawn", receipt=given.receipt)
    rows = rows_of_receipt(tx, row.id)
    built = built_on(tx, rows)
    if built and not office:
        raise Fault("withdraw_acted_upon", receipt=given.receipt, built=", ".join(one["number"] for one in built[:9]))
    for kind, one in rows:
        tx.withdraw(kind, one["id"], given.reason)
    tx.connection.execute(table.update().where(table.c.id == row.id)
                          .values(withdrawn_at=tx.utc, withdrawn_reason=given.reason))
    tx.note("receipt", row.id, {"withdrawn_at": None}, {"withdrawn_at": tx.utc}, given.reason)
    counts: dict[str, int] = {}
    for one in built:
        counts[one["kind"]] = counts.get(one["kind"], 0) + 1
    return {"withdrawn": len(rows), "of": given.receipt, "built_on_it": built, "built_on_it_counts": counts}


@action(Correct)
def correct(store: Store, tx: Tx, given: Correct) -> dict:
    """Put fields of one record right; a version somebody has changed since is a conflict, not an overwrite."""
    if given.kind not in records.ALL and given.kind not in layers.ALL:
        raise Fault("layer_unknown", layer=given.kind)
    unknown = [name for name in given.changes if not (records.ALL | layers.ALL)[given.kind].has(name)]
    if unknown:
        raise Fault("field_unknown", field=", ".join(unknown), layer=given.kind)
    version = tx.update(given.kind, given.id, given.version, given.changes, reason=given.reason)
    return {"id": given.id, "version": version}


@action(KeepReport)
def keep_report(store: Store, tx: Tx, given: KeepReport) -> dict:
    """Keep a report's row set under a number."""
    number = tx.next_number(f"BG-{tx.now.astimezone(store.city.zone):%Y}")
    tx.connection.execute(schema.REPORT.insert().values(number=number, kind=given.kind, at=tx.utc, actor=tx.actor.name,
                                                        filters=given.filters, rows=given.rows))
    tx.note("report", number, None, {"kind": given.kind, "rows": len(given.rows)})
    return {"number": number}
