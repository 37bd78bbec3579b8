"""Numbers for the first screen of each person, every one with the ids of the rows it counts and the rules it follows."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from analysis.context import context
from analysis.coverage import gaps
from analysis.frequency import frequency
from analysis.gap_list import UNSEEN, bank_km, gap_id
from analysis.outfalls import open_cases, unresolved
from analysis.periods import period_of
from analysis.responsibility import audit
from analysis.waters import on_stretches, stretches


@dataclass(frozen=True)
class Figure:
    """A number on a screen, its unit, and what it counts."""

    name: str
    value: float
    unit: str
    kind: str
    ids: tuple[str, ...] = ()
    rules: tuple[str, ...] = field(default=())


def _gap_figures(table: pd.DataFrame) -> list[Figure]:
    rules = tuple(row["id"] for row in table.attrs.get("rules", ()))
    figures = []
    for name, states in (("gap", UNSEEN), ("due_soon", ("due_soon",)), ("recorded_only", ("recorded_only",)),
                         ("never", ("never",))):
        rows = table[table["state"].isin(states)]
        ids = tuple(gap_id(row) for row in rows.itertuples())
        figures.append(Figure(f"{name}_km", round(bank_km(rows), 1), "bank_km", "gap", ids, rules))
    return figures


def _outfall_figures(table: pd.DataFrame) -> list[Figure]:
    rules = tuple(row["id"] for row in table.attrs.get("rules", ()))
    parts = {"outfalls": table.index == table.index, "unresolved": table["unresolved"],
             "outfalls_overdue": table["unresolved"] & (table["overdue_days"] > 0), "deferred": table["deferred"],
             "relapsed": table["look"] == "relapsed", "suspected": table["look"] == "suspected"}
    return [Figure(name, int(chosen.sum()), "count", "outfall", tuple(table.loc[chosen, "code"]), rules)
            for name, chosen in parts.items()]


def _case_figures(rows: pd.DataFrame) -> list[Figure]:
    late = rows[rows["late_days"] > 0]
    return [Figure("open_cases", len(rows), "count", "case", tuple(rows["number"])),
            Figure("overdue_cases", len(late), "count", "case", tuple(late["number"]))]


def _duty_figures(table: pd.DataFrame) -> list[Figure]:
    ids = [f"{row.post_code}|{row.water_code}|{row.period_start:%Y-%m-%d}" for row in table.itertuples()]
    missing, to_do = table["missing"] > 0, table["to_do"] > 0
    used = tuple(sorted(set(table["rule"])))
    return [Figure("patrols_missing", int(table["missing"].sum()), "times", "duty",
                   tuple(i for i, m in zip(ids, missing, strict=True) if m), used),
            Figure("patrols_to_do", int(table["to_do"].sum()), "times", "duty",
                   tuple(i for i, m in zip(ids, to_do, strict=True) if m), used)]


def office(view: Any, on: date) -> list[Figure]:
    """The office's numbers on a day; duty of the natural months that hold the day and the one before."""
    known = context(view)
    since = period_of((period_of(on, "month")[0] - pd.Timedelta(days=1)), "month")[0]
    defects = audit(known, on)
    figures = [*_gap_figures(gaps(known, on, offset_m=0)), *_outfall_figures(unresolved(known, on)),
               *_case_figures(open_cases(known.case, on, known.zone)), *_duty_figures(frequency(known, since, on))]
    for state in ("hole", "overlap", "unsigned", "vacant"):
        rows = defects[defects["state"] == state]
        ids = tuple(f"{row.object_code}|{row.level}|{row.bank}" for row in rows.itertuples())
        figures.append(Figure(f"duty_{state}", len(rows), "count", "responsibility", ids))
    return figures


def of_posts(view: Any, on: date, posts: tuple[str, ...]) -> list[Figure]:
    """A chief's numbers: gaps, outfalls and cases on the own stretches (or watched by the post), patrols still to do."""
    known = context(view)
    since = period_of(on, "year")[0]
    own = {post: level for post, level in zip(known.post["code"], known.post["level"], strict=True) if post in posts}
    parts = []
    for level in sorted(set(own.values())):
        table = gaps(known, on, level=level, offset_m=0)
        parts.append(table[table["post_code"].isin(posts)])
    figures = _gap_figures(pd.concat(parts, ignore_index=True)) if parts else []
    outfalls = unresolved(known, on)
    cases = open_cases(known.case, on, known.zone)
    duty = frequency(known, since, on)
    ground = stretches(known.reaches, known.responsibility, known.post)
    there = outfalls["post_code"].isin(posts) | on_stretches(outfalls, ground, posts, on)
    watched = cases["post_code"].isin(posts) | on_stretches(cases, ground, posts, on)
    return [*figures, *_outfall_figures(outfalls[there]), *_case_figures(cases[watched]),
            *_duty_figures(duty[duty["post_code"].isin(posts)])]
