"""问题台账: open cases and unresolved outfalls without a case, one numbered row each, worst first."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd

from analysis.context import Context, context
from analysis.outfalls import open_cases, unresolved
from analysis.place import describe_all
from analysis.recurrence import chain_counts
from analysis.waters import local_day, timestamp
from data.responsibility import held_on, looked_up
from data.standards import rules
from data.words import say

LEDGER = ("seq", "number", "look", "kind", "state", "severity", "source", "water_code", "water_name", "reach_id",
          "chainage_m", "bank", "place", "lon", "lat", "district_code", "district_name", "township", "village",
          "description", "found_at", "opened_at", "unit_code", "unit_name", "handler", "post_code", "post_name", "person",
          "measure", "due_on", "deferred_until", "overdue_days", "age_days", "relapses", "closed_at", "verified_by",
          "verified_at", "rectified_at", "photos", "remark", "outfall_code", "class1", "case_id", "outfall_id", "reasons")
UNFINISHED = "outfall_unfinished"
"""Kind of a row for an outfall whose file is unfinished; cases keep their own kinds."""
WORST = ("overdue", "relapsed", "in_work", "suspected", "deferred")


def _case_rows(known: Context, outfalls: pd.DataFrame, on: date) -> pd.DataFrame:
    """Open cases as ledger rows; one at an outfall takes the outfall's place and class where it has none of its own."""
    rows = open_cases(known.case, on, known.zone)
    counts = chain_counts(known.case)
    at = outfalls.drop_duplicates("code").set_index("code")
    table = pd.DataFrame({name: rows[name] for name in (
        "number", "kind", "state", "severity", "source", "description", "opened_at", "unit_code", "handler", "post_code",
        "measure", "deferred_until", "verified_by", "outfall_code", "remark", "lon", "lat", "chainage_m", "bank",
        "district_code")})
    table["reach_id"], table["case_id"], table["due_on"] = rows["reach_code"], rows["id"], rows["due_on"]
    table["overdue_days"], table["age_days"] = rows["late_days"], (timestamp(on) - rows["day"]).dt.days
    table["relapses"] = [counts[number] for number in rows["number"]]
    found = known.finding.drop_duplicates("number").set_index("number")["found_at"]
    table["found_at"] = looked_up(rows["finding_number"], found).where(rows["finding_number"].notna(), rows["opened_at"])
    for name, source in (("lon", "lon"), ("lat", "lat"), ("chainage_m", "chainage_m"), ("bank", "bank"),
                         ("reach_id", "reach_code"), ("district_code", "district_code"), ("post_code", "post_code")):
        own = table[name].astype(object)
        table[name] = own.where(own.notna(), looked_up(table["outfall_code"], at[source]))
    for name in ("township", "village", "class1", "reasons"):
        table[name] = looked_up(table["outfall_code"], at[name])
    table["outfall_id"] = looked_up(table["outfall_code"], at["id"])
    table["look"] = ["relapsed" if n > 0 else "overdue" if late > 0 else "deferred" if off else "in_work"
                     for n, late, off in zip(table["relapses"], rows["late_days"], rows["deferred"], strict=True)]
    return table


def _sources(known: Context, outfalls: pd.DataFrame) -> list[str]:
    """Where each outfall's row comes from: its open finding, a visit to it, else the registry it was imported with."""
    told = known.finding.drop_duplicates("number").set_index("number")["source"].dropna().to_dict()
    visited = set(known.inspection["outfall_code"].dropna())
    registry = ["inspection" if code in visited else "import" for code in outfalls["code"]]
    firsts = [leads.split(";")[0] for leads in outfalls["open_findings"]]
    return [told.get(first, "inspection") if first else other for first, other in zip(firsts, registry, strict=True)]


def _outfall_rows(known: Context, outfalls: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Unresolved outfalls without an open case as ledger rows."""
    rows = outfalls[outfalls["unresolved"] & outfalls["case_number"].isna()]
    table = pd.DataFrame({name: rows[name] for name in (
        "look", "class1", "chainage_m", "bank", "lon", "lat", "district_code", "township", "village", "due_on",
        "overdue_days", "age_days", "relapses", "post_code", "measure", "remark", "reasons")})
    table["number"] = rows["number"].where(rows["number"].notna(), rows["code"])
    table["outfall_code"], table["outfall_id"], table["reach_id"] = rows["code"], rows["id"], rows["reach_code"]
    table["kind"] = ["new_outfall" if look == "suspected" else "outfall_discharge" if "relapsed" in why
                     or "open_finding" in why else UNFINISHED
                     for look, why in zip(rows["look"], rows["reasons"], strict=True)]
    table["source"], table["found_at"] = _sources(known, rows), rows["since"]
    table["unit_name"], table["deferred_until"] = rows["responsible_party"], rows["deferral_until"]
    table["description"] = [
        "；".join([*(say(f"reason.{name}", lang) for name in why.split(";") if name), *([text] if isinstance(text, str)
                                                                                      and text else [])])
        for why, text in zip(rows["reasons"], rows["problem"], strict=True)]
    return table


def _photos(known: Context, table: pd.DataFrame) -> list[int]:
    """How many photos the case, its finding or the outfall of each row has."""
    findings = known.finding.dropna(subset=["case_number"]).groupby("case_number")["id"].agg(list).to_dict()
    counts = []
    for number, case, outfall in zip(table["number"], table["case_id"], table["outfall_id"], strict=True):
        own = [case, *findings.get(number, [])] if isinstance(case, str) else [outfall]
        counts.append(sum(len(known.view.photos(ident)) for ident in own if isinstance(ident, str)))
    return counts


def _rectified(known: Context, table: pd.DataFrame) -> list[Any]:
    """When a case that is under review was handed in for it."""
    found: list[Any] = []
    for case, state in zip(table["case_id"], table["state"], strict=True):
        told = known.view.events(case) if state == "review" else pd.DataFrame()
        moves = told[told["move"] == "submit_case_for_review"] if len(told) else told
        found.append(moves["at"].max() if len(moves) else pd.NaT)
    return found


def _filled(table: pd.DataFrame, known: Context, on: date, lang: str) -> pd.DataFrame:
    """Names of water, district, unit, post and person, and the place in words."""
    reaches = known.reaches.drop_duplicates("reach_id").set_index("reach_id")
    river = looked_up(table["reach_id"], reaches["river_code"])
    table["water_code"] = river.where(river.notna(), table["reach_id"])
    table["water_name"] = [known.water_names.get(code, code) for code in table["water_code"]]
    districts = known.district.drop_duplicates("code").set_index("code")["name"]
    table["district_name"] = looked_up(table["district_code"], districts)
    units = known.unit.drop_duplicates("code").set_index("code")["name"]
    named = looked_up(table["unit_code"], units)
    table["unit_name"] = named.where(named.notna(), table["unit_name"])
    posts = known.post.drop_duplicates("code").set_index("code")["name"]
    table["post_name"] = looked_up(table["post_code"], posts)
    held = held_on(known.holder, on)
    table["person"] = [held.get(code, (None, ""))[0] for code in table["post_code"]]
    table["place"] = describe_all(known, table["reach_id"], table["chainage_m"], table["bank"], lang)
    return table


def _kept(table: pd.DataFrame, known: Context, on: date, since: date | None, until: date | None,
          **only: Sequence[str] | None) -> pd.DataFrame:
    for name, wanted in only.items():
        if wanted:
            table = table[table[name].isin(list(wanted))]
    day = local_day(table["found_at"], known.zone)
    if since is not None:
        table = table[day >= timestamp(since)]
    if until is not None:
        table = table[day[table.index] <= timestamp(until)]
    return table


def problems(view: Any, on: date, districts: Sequence[str] | None = None, rivers: Sequence[str] | None = None,
             posts: Sequence[str] | None = None, kinds: Sequence[str] | None = None, since: date | None = None,
             until: date | None = None, lang: str = "zh") -> gpd.GeoDataFrame:
    """The ledger's rows on a day (`LEDGER` + geometry), filtered; `since` and `until` are days of finding.

    `seq` runs 1..n in the printed order: overdue first by days, then relapsed, in work, suspected, deferred.
    """
    known = context(view)
    outfalls = unresolved(known, on)
    points = outfalls.geometry
    outfalls = pd.DataFrame(outfalls.drop(columns="geometry")).assign(lon=points.x, lat=points.y)
    parts = [_case_rows(known, outfalls, on), _outfall_rows(known, outfalls, lang)]
    for part in parts:
        part["found_at"] = _utc(part["found_at"], known)
    table = pd.concat([part.reindex(columns=list(LEDGER)).astype(object) for part in parts], ignore_index=True)
    table = _filled(table, known, on, lang)
    table = _kept(table, known, on, since, until, district_code=districts, water_code=rivers, post_code=posts,
                  kind=kinds)
    table = table.assign(rank=looked_up(table["look"], {look: i for i, look in enumerate(WORST)}),
                         late=-table["overdue_days"].astype(float).fillna(0))
    table = table.sort_values(["rank", "late", "number"], kind="stable")[list(LEDGER)].reset_index(drop=True)
    table["seq"] = range(1, len(table) + 1)
    table["photos"], table["rectified_at"] = _photos(known, table), _rectified(known, table)
    answer = _typed(table, outfalls, known)
    said = {reason for cell in answer["reasons"].dropna() for reason in cell.split(";")}
    answer.attrs["rules"] = [{**row, "rule": say(f"reason.{row['reason']}", lang)} for row in rules("outfall_stages", on)
                             if row["reason"] in said]
    return answer


def _utc(moments: pd.Series, known: Context) -> pd.Series:
    """Moments in UTC; a bare day is that day's midnight in the city."""
    moments = pd.to_datetime(moments)
    if moments.dt.tz is None:
        moments = moments.dt.tz_localize(known.zone)
    return moments.dt.tz_convert("UTC")


def _typed(table: pd.DataFrame, outfalls: pd.DataFrame, known: Context) -> gpd.GeoDataFrame:
    for name in ("lon", "lat", "chainage_m", "age_days"):
        table[name] = table[name].astype(float)
    for name in ("overdue_days", "relapses", "seq", "photos"):
        table[name] = table[name].fillna(0).astype(int)
    for name in ("due_on", "deferred_until"):
        table[name] = pd.to_datetime(table[name])
    for name in ("found_at", "opened_at", "closed_at", "verified_at", "rectified_at"):
        table[name] = pd.to_datetime(table[name], utc=True)
    text = [name for name in LEDGER if table[name].dtype == object]
    table[text] = table[text].where(table[text].notna(), None)
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table["lon"], table["lat"]), crs="EPSG:4490")
