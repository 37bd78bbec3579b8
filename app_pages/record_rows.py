"""What the record page shows of one thing, put together from the books: rows in, rows out, no widgets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

import layers
from analysis.gap_list import bank_metres
from analysis.outfalls import open_cases
from analysis.outfalls import unresolved as judged_outfalls
from analysis.place import describe
from analysis.responsibility import who_at
from data import records
from data.flow import Move, moves_from
from data.permissions import can
from data.responsibility import who
from data.store import View
from geo.faults import Fault

TIMED = {"inspection": "inspected_at", "finding": "found_at", "case": "opened_at", "patrol": "started_at",
         "sample": "sampled_at"}
"""Records with a moment of their own, which makes them part of a story."""


@dataclass(frozen=True)
class Record:
    """One thing: its kind, its row, what hangs on it."""

    kind: str
    row: dict[str, Any]
    title: str
    place: str = ""
    chiefs: pd.DataFrame = field(default_factory=pd.DataFrame)
    story: pd.DataFrame = field(default_factory=pd.DataFrame)
    judged: dict[str, Any] = field(default_factory=dict)
    rules: tuple[dict[str, Any], ...] = ()
    photos: tuple[Any, ...] = ()
    moves: tuple[Move, ...] = ()


def find(view: View, kind: str, ident: str) -> tuple[str, dict[str, Any]]:
    """Return kind and row of one thing by id, number or code; absent and forbidden give the same Fault."""
    if kind == "gap":
        kind, ident = "reach", ident.split("|")[0]
    if kind not in layers.ALL and kind not in TIMED:
        raise Fault("not_found", kind=kind, id=ident)
    frame = view.layer(kind) if kind in layers.ALL else view.records(kind)
    for name in ("id", "number", "code"):
        hit = frame[frame[name] == ident] if name in frame else frame.iloc[:0]
        if len(hit):
            return kind, hit.iloc[0].to_dict()
    raise Fault("not_found", kind=kind, id=ident)


def record_of(view: View, kind: str, ident: str, lang: str) -> Record:
    """Everything of one thing that this person may see."""
    kind, row = find(view, kind, ident)
    judged: dict[str, Any] = {}
    rules: tuple[dict[str, Any], ...] = ()
    if kind == "outfall":
        table = judged_outfalls(view, view.today)
        hit = table[table["id"] == row["id"]]
        judged, rules = (hit.iloc[0].to_dict() if len(hit) else {}), tuple(table.attrs.get("rules", ()))
    if kind == "case":
        late = open_cases(view.records("case"), view.today, view.city.zone)
        judged = {"overdue_days": int(late.loc[late["id"] == row["id"], "late_days"].sum())}
    reach = row["code"] if kind == "reach" else row.get("reach_code")
    metre = row.get("chainage_m")
    placed = text(reach) and metre is not None and not pd.isna(metre)
    return Record(
        kind, row, title_of(kind, row), place=describe(view, reach, float(metre or 0), row.get("bank"), lang) if placed else "",
        chiefs=chiefs_of(view, kind, row), story=story_of(view, kind, row), judged=judged, rules=rules,
        photos=tuple(photos_of(view, kind, row)), moves=moves_of(view, kind, row))


def text(value: Any) -> bool:
    """Whether a cell holds text."""
    return isinstance(value, str) and value != ""


def title_of(kind: str, row: dict[str, Any]) -> str:
    """What a thing is called: name, number or code."""
    return next((row[name] for name in ("name", "number", "code") if text(row.get(name))), str(row["id"]))


def chiefs_of(view: View, kind: str, row: dict[str, Any]) -> pd.DataFrame:
    """Who answers for its place today, highest level first."""
    if kind == "reach":
        found = who(view.records("responsibility"), view.records("holder"), view.records("post"), object_code=row["code"],
                    on=view.today)
    elif text(row.get("reach_code")):
        found = who_at(view, reach_id=row["reach_code"], chainage_m=row["chainage_m"], bank=row.get("bank"), on=view.today)
    elif kind in ("lake", "reservoir", "wetland", "tailings_dam", "black_odorous") and text(row.get("code")):
        found = who(view.records("responsibility"), view.records("holder"), view.records("post"), object_layer=kind,
                    object_code=row["code"], on=view.today)
    else:
        return pd.DataFrame()
    return found.drop_duplicates(["level", "post_code", "person"])


def story_of(view: View, kind: str, row: dict[str, Any]) -> pd.DataFrame:
    """What happened to it, oldest first: [at, kind, id, what, who, note]."""
    rows: list[dict[str, Any]] = []
    if kind == "case":
        rows = [{"at": event.at, "kind": "event", "id": None, "what": event.move, "who": event.actor, "note": event.note}
                for event in view.events(row["id"]).itertuples()]
    for name in TIMED:
        if name == kind and kind != "case":
            continue
        for other in _about(view, name, kind, row).to_dict("records"):
            note = next((other[part] for part in ("description", "remark", "result") if text(other.get(part))), "")
            by = next((other[part] for part in ("inspector", "found_by", "handler", "people") if text(other.get(part))), "")
            rows.append({"at": other[TIMED[name]], "kind": name, "id": other["id"], "what": other.get("number") or name,
                         "who": by, "note": note, "result": other.get("result") or other.get("state")})
    table = pd.DataFrame(rows, columns=["at", "kind", "id", "what", "who", "note", "result"])
    return table.assign(at=pd.to_datetime(table["at"], utc=True)).sort_values("at", kind="stable").reset_index(drop=True)


def _about(view: View, name: str, kind: str, row: dict[str, Any]) -> pd.DataFrame:
    """The records of one kind that speak of a thing."""
    frame = view.records(name)
    mine = pd.Series(False, index=frame.index)
    if kind == "outfall":
        mine = frame["outfall_code"] == row["code"] if "outfall_code" in frame else mine
    elif kind == "case":
        if name == "finding":
            mine = frame["case_number"] == row["number"]
        elif name == "inspection" and text(row.get("outfall_code")):
            mine = frame["outfall_code"] == row["outfall_code"]
    elif kind == "finding" and name in ("inspection", "patrol", "case"):
        mine = frame["number"] == row.get(f"{name}_number")
    elif kind == "reach" and name in ("finding", "case"):
        mine = frame["reach_code"] == row["code"]
    elif kind == "reach" and name == "patrol":
        walked = view.intervals()
        mine = frame["id"].isin(walked.loc[walked["reach_id"] == row["code"], "patrol_id"])
    return frame[mine.fillna(False).astype(bool)].tail(LAST)


LAST = 30
"""Of one kind, so many of the newest are told; the ledger has them all."""


def photos_of(view: View, kind: str, row: dict[str, Any]) -> list[Any]:
    """Its own photos and those of what was seen of it, oldest first."""
    found = list(view.photos(row["id"]))
    for name in ("inspection", "finding"):
        if kind in ("outfall", "case"):
            for ident in _about(view, name, kind, row)["id"]:
                found.extend(view.photos(ident))
    return sorted(found, key=lambda photo: (photo.taken_at is None, str(photo.taken_at)))


def moves_of(view: View, kind: str, row: dict[str, Any]) -> tuple[Move, ...]:
    """The moves of a case that this person may make from where it stands."""
    if kind != "case":
        return ()
    return tuple(move for move in moves_from(row["state"]) if can(view.actor, move.action))


def fields_of(kind: str, row: dict[str, Any]) -> list[str]:
    """The columns of its kind that hold something, in the order people read them."""
    described = layers.ALL.get(kind) or records.ALL[kind]
    return [column.name for column in described.columns
            if column.name in row and column.name not in ("name", "code") and _filled(row[column.name])]


def _filled(value: Any) -> bool:
    return value is not None and value != "" and not (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def tracks_of(view: View, kind: str, row: dict[str, Any]) -> pd.DataFrame:
    """The stretches a patrol covered, in words for a table."""
    if kind != "patrol":
        return pd.DataFrame()
    walked = view.intervals()
    walked = walked[walked["patrol_id"] == row["id"]]
    names = dict(zip(view.reaches()["reach_id"], view.reaches()["name"], strict=True))
    walked = walked.assign(reach_name=[names.get(code, code) for code in walked["reach_id"]], length_m=bank_metres(walked))
    return walked[["reach_name", "bank", "from_m", "to_m", "length_m"]].reset_index(drop=True)


def ground_of(view: View, kind: str, row: dict[str, Any]) -> dict[str, Any]:
    """What its small map shows: layer -> rows; the waters around it and itself."""
    reach = row["code"] if kind == "reach" else row.get("reach_code")
    reaches = view.reaches()
    shown: dict[str, Any] = {}
    codes = {reach}
    if kind == "patrol":
        walked = view.intervals()
        codes = set(walked.loc[walked["patrol_id"] == row["id"], "reach_id"])
    shown["reach"] = reaches[reaches["reach_id"].isin(codes)]
    if kind in layers.ALL and kind not in ("reach", "outfall"):
        frame = view.layer(kind)
        shown[kind] = frame[frame["id"] == row["id"]]
    code = row["code"] if kind == "outfall" else row.get("outfall_code")
    if text(code):
        points = judged_outfalls(view, view.today)
        shown["outfall"] = points[points["code"] == code]
    return {name: frame for name, frame in shown.items() if len(frame)}
