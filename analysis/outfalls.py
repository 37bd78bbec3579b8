"""未销号排口: which outfalls are unresolved on a day, why, since when, and by how much they are late.

An outfall is unresolved when it has an open finding or case, its file is unfinished (rows of `outfall_stages`: not
confirmed, not monitored, not traced, not rectified), or it discharged again after closing. A registry that names no
stage says nothing of monitoring: such an outfall is suspected until it is confirmed, and `stage_unknown` after that.
An approved deferral (with its authority and an end that has not passed) is drawn apart and stays in the count.
"""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd

from analysis.context import Context, context
from analysis.recurrence import chain_counts, closings, seen_again
from analysis.waters import local_day, timestamp
from data.responsibility import RANK, looked_up, resolve
from data.standards import rules

LOOKS = ("compliant", "in_work", "overdue", "deferred", "relapsed", "suspected")
JUDGED = ("look", "unresolved", "reasons", "since", "age_days", "overdue_days", "relapses", "case_number", "due_on",
          "deferred", "unit_code", "unit_name", "handler", "post_code", "open_cases", "open_findings")
ORDER = ("suspected", "surveyed", "monitored", "traced", "rectified", "closed")
UNKNOWN = "stage_unknown"
"""Reason of a confirmed outfall of whose stage the file says nothing, neither in words nor by a date."""
STEP_DATE = {"monitored": "monitored_on", "traced": "traced_on", "rectified": "rectified_on"}


def stage_on(row: Any, on: date) -> str:
    """The stage an outfall's file had reached by the end of a day; without a stage, what its dates show, else `UNKNOWN`."""
    day = timestamp(on)
    stage = row.stage if row.stage in ORDER else None
    if stage is None:
        reached = [name for name, column in STEP_DATE.items() if not pd.isna(getattr(row, column))]
        if row.confirmed is False or not reached:
            return UNKNOWN if row.confirmed is True else "suspected"
        stage = reached[-1]
    for name, column in STEP_DATE.items():
        when = getattr(row, column)
        if not pd.isna(when) and when > day and ORDER.index(stage) >= ORDER.index(name):
            return ORDER[ORDER.index(name) - 1]
    return stage


def open_cases(case: pd.DataFrame, on: date, zone: ZoneInfo) -> pd.DataFrame:
    """Cases opened by the end of a day and not closed by then, with `day` (opened), `due`, `deferred`, `late_days`."""
    rows = case.assign(day=local_day(case["opened_at"], zone), closed=local_day(case["closed_at"], zone))
    today = timestamp(on)
    still = rows["closed"].isna() & (rows["state"].astype(object) != "closed") | (rows["closed"] > today)
    rows = rows[(rows["day"] <= today) & still]
    allowed = (rows["state"].astype(object) == "deferred") & rows["deferred_until"].notna() & rows["deferred_by"].notna()
    due = rows["due_on"].where(~allowed, rows["deferred_until"])
    rows = rows.assign(due=due, deferred=allowed & (due >= today))
    return rows.assign(late_days=(today - rows["due"]).dt.days.clip(lower=0).fillna(0).astype(int))


def open_findings(finding: pd.DataFrame, case: pd.DataFrame, on: date, zone: ZoneInfo) -> pd.DataFrame:
    """Findings that waited for a decision at the end of a day: open, or turned into a case only later."""
    rows = finding.assign(day=local_day(finding["found_at"], zone))
    state = rows["state"].astype(object).where(rows["state"].notna(), "open")
    opened = dict(zip(case["number"], local_day(case["opened_at"], zone), strict=True))
    later = looked_up(rows["case_number"], opened)
    waits = (state == "open") | ((state == "case_opened") & (pd.to_datetime(later) > timestamp(on)))
    return rows[waits & (rows["day"] <= timestamp(on))]


def _answering(known: Context, outfall: pd.DataFrame, on: date) -> list[str | None]:
    """The lead post of the lowest level at each outfall."""
    if not len(known.reaches):
        return [None] * len(outfall)
    answers = resolve(known.reaches, known.responsibility, known.holder, known.post, on)
    answers = answers[answers["post_code"].notna()]
    answers = answers.assign(rank=looked_up(answers["level"], RANK)).sort_values("rank", ascending=False, kind="stable")
    places: dict[tuple[Any, str], list[tuple[float, float, str]]] = {}
    for reach, bank, start, end, post in zip(answers["reach_id"], answers["bank"], answers["from_m"], answers["to_m"],
                                             answers["post_code"], strict=True):
        places.setdefault((reach, bank), []).append((start, end, post))
    found = []
    for reach, metre, bank in zip(outfall["reach_code"], outfall["chainage_m"], outfall["bank"], strict=True):
        here = places.get((reach, bank if bank in ("left", "right") else "left"), [])
        found.append(next((post for start, end, post in here if start <= metre <= end), None))
    return found


def _file_reasons(outfall: pd.DataFrame, on: date) -> list[tuple[str, str]]:
    """(stage on the day, reason why the file is unfinished or empty) per outfall."""
    unfinished = {row["stage"]: row["reason"] for row in rules("outfall_stages", on) if row["value"]} | {UNKNOWN: UNKNOWN}
    stages = [stage_on(row, on) for row in outfall.itertuples()]
    return [(stage, unfinished.get(stage, "")) for stage in stages]


def judge(outfall: pd.DataFrame, cases: pd.DataFrame, findings: pd.DataFrame, counts: dict[str, int],
          ever: dict[str, int], again: dict[str, pd.Timestamp], on: date) -> pd.DataFrame:
    """One row per outfall, same index: `JUDGED` without names and post. `ever` is the most relapses any case of it had."""
    today, rows = timestamp(on), []
    mine_of, leads_of = _by_outfall(cases.sort_values(["due", "day"], kind="stable")), _by_outfall(findings)
    for row, (stage, unfinished) in zip(outfall.itertuples(), _file_reasons(outfall, on), strict=True):
        mine, leads, seen = mine_of.get(row.code, []), leads_of.get(row.code, []), again.get(row.code)
        came_back = seen is not None or any(counts[case["number"]] > 0 for case in mine)
        reasons = [name for name, holds in (("open_case", mine), ("open_finding", leads), (unfinished, unfinished),
                                            ("relapsed", came_back)) if holds]
        starts = [thing["day"] for thing in (*mine, *leads)] + ([seen] if seen is not None else [])
        if unfinished and not pd.isna(row.surveyed_on):
            starts.append(row.surveyed_on)
        late, due, deferred = _lateness(row, mine, unfinished, today)
        since = min(starts, default=pd.NaT)
        # an inspection after closing that has no case of its own yet is one relapse more
        new = int(seen is not None and not any(case["day"] >= seen for case in mine))
        look = ("compliant" if not reasons else "suspected" if stage == "suspected" else "relapsed" if came_back
                else "overdue" if late else "deferred" if deferred else "in_work")
        first = mine[0] if mine else {}
        rows.append((look, bool(reasons), ";".join(reasons), since,
                     float((today - since).days) if since is not pd.NaT else float("nan"), late,
                     ever.get(row.code, 0) + new, first.get("number"), due, deferred, first.get("unit_code"), None,
                     first.get("handler"), first.get("post_code"), ";".join(str(case["number"]) for case in mine),
                     ";".join(str(lead["number"]) for lead in leads)))
    return pd.DataFrame(rows, columns=list(JUDGED), index=outfall.index).astype({"unresolved": bool, "deferred": bool})


def _by_outfall(rows: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Outfall -> its rows, in the order given; rows at no outfall are left out."""
    found: dict[str, list[dict[str, Any]]] = {}
    names = [name for name in ("number", "day", "due", "late_days", "deferred", "unit_code", "handler", "post_code")
             if name in rows]
    for code, *values in zip(rows["outfall_code"], *(rows[name] for name in names), strict=True):
        if isinstance(code, str):
            found.setdefault(code, []).append(dict(zip(names, values, strict=True)))
    return found


def _lateness(row: Any, mine: list[dict[str, Any]], unfinished: str, today: pd.Timestamp) -> tuple[int, Any, bool]:
    """(days overdue, next due day, approved deferral in force) over the file's deadline and the open cases."""
    late, due = [0, *(case["late_days"] for case in mine)], [case["due"] for case in mine if not pd.isna(case["due"])]
    deferred = any(case["deferred"] for case in mine)
    if unfinished:
        allowed = not pd.isna(row.deferral_until) and isinstance(row.deferral_authority, str) and row.deferral_authority != ""
        limit = row.deferral_until if allowed else row.deadline_on
        if not pd.isna(limit):
            due.append(limit)
            late.append(max((today - limit).days, 0))
            deferred = deferred or bool(allowed and limit >= today)
    return int(max(late)), min(due) if due else pd.NaT, deferred


def unresolved(view: Any, on: date) -> gpd.GeoDataFrame:
    """All outfalls known on a day with `JUDGED`; grey are those with look compliant."""
    known = context(view)
    zone = known.zone
    outfall = known.outfall
    outfall = outfall[~(outfall["surveyed_on"] > timestamp(on))].reset_index(drop=True)
    cases, findings = open_cases(known.case, on, zone), open_findings(known.finding, known.case, on, zone)
    counts = chain_counts(known.case)
    opened = known.case[local_day(known.case["opened_at"], zone) <= timestamp(on)]
    most = opened.assign(n=[counts[number] for number in opened["number"]]).groupby("outfall_code")["n"].max()
    closed = closings(outfall, known.case, on, zone)
    again = seen_again(known.inspection, known.finding, closed, on, zone)
    judged = judge(outfall, cases, findings, counts, most.to_dict(), again, on)
    units = known.unit.drop_duplicates("code").set_index("code")["name"]
    judged["unit_name"] = looked_up(judged["unit_code"], units)
    own = judged["post_code"].astype(object)
    judged["post_code"] = own.where(own.notna(), pd.Series(_answering(known, outfall, on), outfall.index, dtype=object))
    for name in ("since", "due_on"):
        judged[name] = pd.to_datetime(judged[name])
    answer = gpd.GeoDataFrame(pd.concat([outfall.drop(columns=[c for c in JUDGED if c in outfall]), judged], axis=1),
                              geometry="geometry", crs=outfall.crs)
    answer.attrs["rules"] = rules("outfall_stages", on)
    return answer
