"""Opening a case on a finding and moving it along ``data.flow``'s table."""

from datetime import date, datetime, timedelta
from typing import Any

from data.actions.base import Input, action
from data.actions.checks import identities, in_sight, known_person, not_before
from data.flow import MOVES, check_move
from data.standards import rules
from data.store import Store, Tx
from geo.faults import Fault


class OpenCase(Input):
    """The finding a case is opened on, and to whom it may go at once."""

    finding_number: str
    unit_code: str | None = None
    handler: str | None = None
    due_on: date | None = None
    severity: str | None = None
    relapse_of: str | None = None


class MoveInput(Input):
    """A move of a case: what it needs is in ``data.flow``."""

    number: str
    version: int | None = None
    note: str | None = None
    unit_code: str | None = None
    handler: str | None = None
    due_on: date | None = None
    measure: str | None = None
    root_cause: str | None = None
    deferred_until: date | None = None
    deferred_by: str | None = None
    verified_by: str | None = None


def due_day(kind: str, severity: str, opened: datetime) -> tuple[date | None, list[dict]]:
    """Return the day a case is due by the clock rows of its type and severity, and the rows used."""
    rows = rules("case_clocks", opened.date(), step="rectify", kind=kind, severity=severity)
    return (opened.date() + timedelta(days=int(rows[0]["value"])) if rows else None), rows[:1]


@action(OpenCase)
def open_case(store: Store, tx: Tx, given: OpenCase) -> dict:
    """Open a case on a finding; it takes the finding's place, words and outfall."""
    finding = in_sight(tx, "finding", number=given.finding_number)
    _fields_ok(tx, {"unit_code": given.unit_code, "due_on": given.due_on})
    if finding["state"] != "open":
        raise Fault("finding_not_open", number=given.finding_number, state=finding["state"])
    severity = given.severity or finding["severity"] or "general"
    due_on = given.due_on or due_day(finding["kind"], severity, tx.now.astimezone(store.city.zone))[0]
    earlier = tx.one("case", number=given.relapse_of) if given.relapse_of else None
    if given.relapse_of and earlier is None:
        raise Fault("not_found", kind="case", id=given.relapse_of)
    assigned = bool(given.unit_code and given.handler and due_on)
    case_id, = tx.insert("case", [{
        "finding_number": given.finding_number, "kind": finding["kind"], "severity": severity,
        "source": finding["source"], "description": finding["description"], "outfall_code": finding["outfall_code"],
        "state": "assigned" if assigned else "registered", "unit_code": given.unit_code, "handler": given.handler,
        "post_code": _watching_post(tx, finding), "opened_at": tx.now, "due_on": due_on,
        "relapse_of": given.relapse_of, "relapse_count": (earlier["relapse_count"] or 0) + 1 if earlier else None,
        "lon": finding["lon"], "lat": finding["lat"], "district_code": finding["district_code"]}])
    number = tx.one("case", id=case_id)["number"]                                    # type: ignore[index]
    tx.update("finding", finding["id"], finding["version"], {"state": "case_opened", "case_number": number})
    tx.insert_event(case_id, "open_case", given.finding_number)
    if assigned:
        tx.insert_event(case_id, "assign_case", f"{given.unit_code} {given.handler}")
    return {"id": case_id, "number": number, "state": "assigned" if assigned else "registered",
            "due_on": due_on.isoformat() if due_on else None}


def _watching_post(tx: Tx, finding: dict) -> str | None:
    """Return the lowest lead post at the finding's place today, None where the place is on no reach."""
    from data.responsibility import who

    if not finding.get("reach_code"):
        return None
    found = who(tx.rows("responsibility"), tx.rows("holder"), tx.rows("post"), object_layer="reach",
                object_code=finding["reach_code"], chainage_m=finding["chainage_m"], bank=finding["bank"],
                on=tx.now.astimezone(tx.city.zone).date())
    leads = found[found["role"] == "lead"]
    return str(leads["post_code"].iloc[-1]) if len(leads) else None


def _move(tx: Tx, name: str, given: MoveInput, extra: dict[str, Any] | None = None) -> dict:
    """Make move ``name`` on a case: the table decides whether it may."""
    row = tx.one("case", number=given.number)
    if row is None or not tx.sees("case", row["id"]) or not _may_touch(tx, row):
        raise Fault("not_found", kind="case", id=given.number)
    fields = {key: value for key, value in given.model_dump(exclude={"number", "version", "note"}).items()
              if value is not None}
    move = check_move(name, row["state"], fields | {"note": given.note})
    _fields_ok(tx, fields)
    tx.update("case", row["id"], given.version, fields | {"state": move.reaches} | (extra or {}), reason=given.note)
    tx.insert_event(row["id"], name, given.note or "")
    return {"id": row["id"], "number": given.number, "state": move.reaches, "version": row["version"] + 1}


def _fields_ok(tx: Tx, fields: dict[str, Any]) -> None:
    """Refuse a unit nobody knows and a day that is over."""
    today = tx.now.astimezone(tx.city.zone).date()
    if fields.get("unit_code") and tx.one("unit", code=fields["unit_code"]) is None:
        raise Fault("unit_unknown", unit=fields["unit_code"])
    for name in ("due_on", "deferred_until"):
        not_before(name, fields.get(name), today)


def _may_touch(tx: Tx, row: dict) -> bool:
    """A handler moves cases of their own unit only; absent and forbidden look alike."""
    if tx.actor.roles & {"operator", "planner", "admin", "supervisor"}:
        return True
    return row["unit_code"] in {grant.unit_code for grant in tx.actor.grants if grant.unit_code}


@action(MoveInput)
def assign_case(store: Store, tx: Tx, given: MoveInput) -> dict:
    """Give a case to a unit and a named handler, due on a day."""
    return _move(tx, "assign_case", given)


@action(MoveInput)
def return_case(store: Store, tx: Tx, given: MoveInput) -> dict:
    """Hand a case back as not one's own, with the reason."""
    return _move(tx, "return_case", given)


@action(MoveInput)
def accept_case(store: Store, tx: Tx, given: MoveInput) -> dict:
    """Take a case on."""
    return _move(tx, "accept_case", given)


@action(MoveInput)
def submit_case_for_review(store: Store, tx: Tx, given: MoveInput) -> dict:
    """Say what was done and ask for the review."""
    return _move(tx, "submit_case_for_review", given)


@action(MoveInput)
def rework_case(store: Store, tx: Tx, given: MoveInput) -> dict:
    """Send a case back to be done properly."""
    return _move(tx, "rework_case", given)


@action(MoveInput)
def defer_case(store: Store, tx: Tx, given: MoveInput) -> dict:
    """Defer a case on an authority's approval until a day."""
    return _move(tx, "defer_case", given)


@action(MoveInput)
def close_case(store: Store, tx: Tx, given: MoveInput) -> dict:
    """Close a case that somebody other than its handler has verified."""
    row = tx.one("case", number=given.number)
    if row is not None and given.verified_by:
        fixers = identities(tx, row["handler"])
        if fixers & (identities(tx, given.verified_by) | identities(tx, tx.actor.name)):
            raise Fault("verifier_is_fixer", name=given.verified_by)
        if "operator" not in tx.actor.roles and not known_person(tx, given.verified_by):
            raise Fault("verifier_unknown", name=given.verified_by)
    return _move(tx, "close_case", given, {"closed_at": tx.now})


@action(MoveInput)
def reopen_case(store: Store, tx: Tx, given: MoveInput) -> dict:
    """Reopen a closed case that came back."""
    row = tx.one("case", number=given.number)
    count = ((row or {}).get("relapse_count") or 0) + 1
    return _move(tx, "reopen_case", given, {"closed_at": None, "relapse_count": count})


MOVING = tuple(MOVES)
"""The actions that move a case; each has its function above (a test holds the two together)."""
