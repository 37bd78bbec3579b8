"""未销号排口: which outfalls are unresolved on a day, why, since when, and by how much they are late.

An outfall is unresolved when it has an open finding or case, its file is unfinished (rows of `outfall_stages`: not
confirmed, not monitored, not traced, not rectified), or it discharged again after closing. An approved deferral (with
its authority and an end that has not passed) is drawn apart and stays in the count.
"""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd

from analysis.context import Context, context
from analysis.recurrence import chain_counts, closings, seen_again
from analysis.waters import local_day, timestamp
from data.responsibility import RANK, resolve
from data.standards import rules

LOOKS = ("compliant", "in_work", "overdue", "deferred", "relapsed", "suspected")
JUDGED = ("look", "unresolved", "reasons", "since", "age_days", "overdue_days", "relapses", "case_number", "due_on",
          "deferred", "unit_code", "unit_name", "handler", "post_code", "open_cases", "open_findings")
ORDER = ("suspected", "surveyed", "monitored", "traced", "rectified", "closed")
STEP_DATE = {"monitored": "monitored_on", "traced": "traced_on", "rectified": "rectified_on"}


def stage_on(row: Any, on: date) -> str:
    """The stage an outfall's file had reached by the end of a day; without a stage, what its dates show."""
    day = timestamp(on)
    stage = row.stage if row.stage in ORDER else None
    if stage is None:
        reached = [name for name, column in STEP_DATE.items() if not pd.isna(getattr(row, column))]
        stage = reached[-1] if reached else "surveyed"
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
    later = rows["case_number"].map(opened)
    waits = (state == "open") | ((state == "case_opened") & (pd.to_datetime(later) > timestamp(on)))
    return rows[waits & (rows["day"] <= timestamp(on))]


def _answering(known: Context, outfall: pd.DataFrame, on: date) -> list[str | None]:
    """The lead post of the lowest level at each outfall."""
    if not len(known.reaches):
        return [None] * len(outfall)
    answers = resolve(known.reaches, known.responsibility, known.holder, known.post, on)
    answers = answers[answers["post_code"].notna()]
    answers = answers.assign(rank=answers["level"].map(RANK)).sort_values("rank", ascending=False, kind="stable")
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
    unfinished = {row["stage"]: row["reason"] for row in rules("outfall_stages", on) if row["value"]}
    answers = []
    for row in outfall.itertuples():
        stage = "suspected" if row.confirmed is False and row.stage in ("suspected", None) else stage_on(row, on)
        answers.append((stage, unfinished.get(stage, "")))
    return answers


def judge(outfall: pd.DataFrame, cases: pd.DataFrame, findings: pd.DataFrame, counts: dict[str, int],
          ever: dict[str, int], again: dict[str, pd.Timestamp], on: date) -> pd.DataFrame:
    """One row per outfall, same index: `JUDGED` without names and post. `ever` is the most relapses any case of it had."""
    today, rows = timestamp(on), []
    by_outfall = dict(iter(cases.sort_values(["due", "day"], kind="stable").groupby("outfall_code")))
    found_at = dict(iter(findings.sort_values("day", kind="stable").groupby("outfall_code")))
    none_cases, none_findings = cases.iloc[:0], findings.iloc[:0]
    for row, (stage, unfinished) in zip(outfall.itertuples(), _file_reasons(outfall, on), strict=True):
        mine, leads = by_outfall.get(row.code, none_cases), found_at.get(row.code, none_findings)
        came_back = row.code in again or any(counts[number] > 0 for number in mine["number"])
        reasons = [name for name, holds in (("open_case", len(mine)), ("open_finding", len(leads)), (unfinished, True),
                                            ("relapsed", came_back)) if name and holds]
        starts = [*mine["day"], *leads["day"], *([again[row.code]] if row.code in again else []),
                  *([row.surveyed_on] if unfinished and not pd.isna(row.surveyed_on) else [])]
        late, due, deferred = _lateness(row, mine, unfinished, today)
        since = min(starts) if starts else pd.NaT
        # an inspection after closing that has no case of its own yet is one relapse more
        new = 1 if row.code in again and not any(mine["day"] >= again[row.code]) else 0
        first = mine.iloc[0] if len(mine) else None
        look = ("compliant" if not reasons else "suspected" if stage == "suspected" else "relapsed" if came_back
                else "overdue" if late else "deferred" if deferred else "in_work")
        rows.append((look, bool(reasons), ";".join(reasons), since,
                     float((today - since).days) if since is not pd.NaT else float("nan"), late,
                     ever.get(row.code, 0) + new, None if first is None else first["number"], due, deferred,
                     None if first is None else first["unit_code"], None,
                     None if first is None else first["handler"],
                     None if first is None else first["post_code"], ";".join(mine["number"].astype("str")),
                     ";".join(leads["number"].astype("str"))))
    return pd.DataFrame(rows, columns=list(JUDGED), index=outfall.index).astype({"unresolved": bool})


def _lateness(row: Any, mine: pd.DataFrame, unfinished: str, today: pd.Timestamp) -> tuple[int, Any, bool]:
    """(days overdue, next due day, approved deferral in force) over the file's deadline and the open cases."""
    late, due, deferred = [0, *mine["late_days"]], list(mine["due"].dropna()), bool(mine["deferred"].any())
    if unfinished:
        allowed = not pd.isna(row.deferral_until) and bool(row.deferral_authority) and not pd.isna(row.deferral_authority)
        limit = row.deferral_until if allowed else row.deadline_on
        if not pd.isna(limit):
            due.append(limit)
            late.append(max((today - limit).days, 0))
            deferred |= allowed and limit >= today
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
    judged["unit_name"] = judged["unit_code"].map(units).astype(object)
    own = judged["post_code"].astype(object)
    judged["post_code"] = own.where(own.notna(), pd.Series(_answering(known, outfall, on), outfall.index, dtype=object))
    for name in ("since", "due_on"):
        judged[name] = pd.to_datetime(judged[name])
    answer = gpd.GeoDataFrame(pd.concat([outfall.drop(columns=[c for c in JUDGED if c in outfall]), judged], axis=1),
                              geometry="geometry", crs=outfall.crs)
    answer.attrs["rules"] = rules("outfall_stages", on)
    return answer
