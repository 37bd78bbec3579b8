"""Taking back and putting right: a row, or a whole import by its receipt. Nothing is deleted."""

from typing import Any

import sqlalchemy as sa
from pydantic import Field

import layers
from data import records
from data.actions.base import Input, action
from data.actions.checks import in_sight, place_ok, references_ok
from data.permissions import check
from data.store import Store, Tx, schema
from data.store.read import live
from data.store.values import missing
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


BRINGING = ("import_file", "submit_patrol", "submit_inspection", "submit_finding", "add_outfall", "open_case",
            "assign_responsibility", "add_account", "seed")
"""Actions that bring rows of their own; the others changed rows that were there and are put right by an action."""


def _let_findings_go(tx: Tx, rows: list[tuple[str, dict]]) -> None:
    """A finding whose case is taken back is open again."""
    for kind, row in rows:
        if kind == "case" and row["finding_number"]:
            finding = tx.one("finding", number=row["finding_number"])
            if finding is not None and finding["case_number"] == row["number"]:
                tx.update("finding", finding["id"], None, {"state": "open", "case_number": None})


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
    if row.action not in BRINGING:
        raise Fault("withdraw_not_this", action=row.action)
    rows = rows_of_receipt(tx, row.id)
    if any(kind == "account" for kind, _ in rows):
        check(tx.actor, "add_account")
    built = built_on(tx, rows)
    if built and not office:
        raise Fault("withdraw_acted_upon", receipt=given.receipt, built=", ".join(one["number"] for one in built[:9]))
    for kind, one in rows:
        tx.withdraw(kind, one["id"], given.reason)
    _let_findings_go(tx, rows)
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
    row = in_sight(tx, given.kind, id=given.id)
    if row["version"] != given.version:
        raise Fault("conflict", kind=given.kind, id=row.get("number") or row.get("code") or given.id, read=given.version,
                    now=row["version"])
    changes = _changes_ok(tx, given)
    if given.kind in KNOWN_BEFORE:      # what was believed before stays readable
        return {"id": tx.supersede(given.kind, given.id, changes, reason=given.reason), "version": 1}
    version = tx.update(given.kind, given.id, given.version, changes, reason=given.reason)
    return {"id": given.id, "version": version}


OWN_ACTION = {"case": ("state", "closed_at", "verified_by", "relapse_of", "relapse_count", "finding_number", "deferred_until",
                       "deferred_by", "handler", "unit_code"),
              "finding": ("state", "case_number"), "patrol": ("has_track",), "outfall": ("code", "confirmed")}
"""Fields that an action of their own changes, with what it asks for; a plain correction would go round it."""
KNOWN_BEFORE = ("holder", "responsibility")


def _changes_ok(tx: Tx, given: Correct) -> dict[str, Any]:
    """Return the changes of a correction, with a moved place stamped anew; a Fault names what may not be so changed."""
    if given.kind == "account":
        check(tx.actor, "add_account")
    guarded = [name for name in given.changes if name in OWN_ACTION.get(given.kind, ())]
    if guarded:
        raise Fault("correct_protected", kind=given.kind, fields=", ".join(guarded))
    shape = (records.ALL | layers.ALL)[given.kind]
    emptied = [name for name, value in given.changes.items() if shape.column(name).required and missing(value)]
    if emptied:
        raise Fault("field_required", field=", ".join(emptied), layer=given.kind)
    references_ok(tx, given.kind, given.changes)
    changes = dict(given.changes)
    if "lon" in changes or "lat" in changes:
        row = tx.one(given.kind, id=given.id) or {}
        lon, lat = (float(changes.get(name, row.get(name)) or "nan") for name in ("lon", "lat"))
        place_ok(tx, lon, lat)
        changes |= tx.stamp_point(lon, lat)
    return changes


@action(KeepReport)
def keep_report(store: Store, tx: Tx, given: KeepReport) -> dict:
    """Keep a report's row set under a number."""
    number = tx.next_number(f"BG-{tx.now.astimezone(store.city.zone):%Y}")
    tx.connection.execute(schema.REPORT.insert().values(number=number, kind=given.kind, at=tx.utc, actor=tx.actor.name,
                                                        filters=given.filters, rows=given.rows))
    tx.note("report", number, None, {"kind": given.kind, "rows": len(given.rows)})
    return {"number": number}
