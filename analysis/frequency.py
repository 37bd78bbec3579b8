"""频次: what each post owes each water in each natural period, and which patrols count to it.

How it is judged (rules: `patrol_profiles`, `patrol_kinds`, `settings`):

- A post with a lead or joint stretch on a water owes the water its level's number of patrols in each natural period
  (city time zone, weeks from Monday). A period is owed where the responsibility covers at least half of its days.
- The duty is the post's: it stays when the post is vacant or changes hands.
- A patrol with a track counts, *evidenced*, for each water on whose stretch of that post its matched intervals lie for
  at least 50 m (or half of a shorter stretch). Without a track, or on a lake, which has no chainage, it counts for the
  water it states, *recorded, not evidenced*; where none is stated, for the post's only water. Everybody on a team
  patrol is credited for the own post.
- A period that is not over by `until` is running: it can be met but not missed.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from analysis.context import Context, context
from analysis.periods import period_of, periods
from analysis.waters import local_day, stretches, timestamp, water_of
from data.responsibility import RANK, looked_up, tenures
from data.standards import Rule, rules, setting

CREDITS = ("patrol_id", "patrol_number", "post_code", "water_code", "day", "evidenced", "kind", "reason")
FREQUENCY = ("post_code", "post_name", "level", "person", "water_code", "water_name", "period_start", "period_end",
             "required", "counted", "evidenced", "recorded_only", "missing", "to_do", "state", "rule", "patrols")


def profile_rules(profile: str, on: date) -> dict[str, Rule]:
    """Level -> the row that sets its frequency."""
    return {row["level"]: row for row in reversed(rules("patrol_profiles", on, profile=profile))}


def valid_patrol_rules(profile: str, on: date) -> list[Rule]:
    """Rows that say what a valid patrol needs; empty for Henan 2018, which sets frequency only."""
    return [row for row in rules("valid_patrol", on, profile=profile) if row["profile"] == profile]


def owed(duty: pd.DataFrame, profile: str, since: date, until: date) -> pd.DataFrame:
    """One row per post × water × natural period that is owed: [post..., period_start, period_end, required, rule]."""
    by_level = profile_rules(profile, until)
    share = float(setting("duty_from_share_of_period", until)["value"])
    calendar = {level: [(start, end) for start, end in periods(since, until, rule["period"]) if _in_season(rule, start)]
                for level, rule in by_level.items() if level in set(duty["level"])}
    held: dict[tuple[str, str, str, str], list[tuple[date, date]]] = {}
    for *key, first, last in zip(duty["post_code"], duty["post_name"], duty["level"], duty["water_code"],
                                 duty["valid_from"].dt.date, duty["valid_to"].dt.date, strict=True):
        held.setdefault(tuple(key), []).append((first, last))
    found: list[tuple[Any, ...]] = []
    for (post, name, level, water), dates in sorted(held.items(), key=lambda item: (item[0][0], item[0][3])):
        rule = by_level.get(level)
        for start, end in calendar.get(level, ()):
            if rule and _days_covered(dates, start, end) >= share * _days(start, end):
                found.append((post, name, level, water, start, end, int(rule["value"]), rule["id"]))
    due = pd.DataFrame(found, columns=["post_code", "post_name", "level", "water_code", "period_start", "period_end",
                                       "required", "rule"])
    return due.astype({"period_start": "datetime64[us]", "period_end": "datetime64[us]", "required": int})


def _days(start: date, end: date) -> int:
    return (end - start).days + 1


def _in_season(rule: Rule, start: date) -> bool:
    return not rule["first_month"] or int(rule["first_month"]) <= start.month <= int(rule["last_month"])


def _days_covered(dates: list[tuple[date, date]], start: date, end: date) -> int:
    """Days of [start, end] inside at least one of the validity intervals."""
    if any(first <= start and end <= last for first, last in dates):
        return _days(start, end)
    return len({day for first, last in dates if first <= end and start <= last
                for day in range(max(first, start).toordinal(), min(last, end).toordinal() + 1)})


def credited(patrol: pd.DataFrame, people: pd.DataFrame, intervals: pd.DataFrame, duty: pd.DataFrame,
            waters: dict[Any, str], profile: str, on: date, zone: ZoneInfo) -> pd.DataFrame:
    """Which patrol counts for which post and water, evidenced or recorded; `reason` and no water where none."""
    main = patrol.rename(columns={"id": "patrol_id", "number": "patrol_number"})
    main = main.assign(day=local_day(main["started_at"], zone))
    team = pd.concat([main[["patrol_id", "post_code"]], people[["patrol_id", "post_code"]]]).dropna().drop_duplicates()
    rows = team.merge(main.drop(columns="post_code"), on="patrol_id")
    rows["kind"] = rows["kind"].astype(object).where(rows["kind"].notna(), "self")
    counts = {kind: str(rules("patrol_kinds", on, profile=profile, kind=kind)[0]["value"]) for kind in set(rows["kind"])}
    rows["counts"] = [counts[kind] for kind in rows["kind"]]
    on_water = _walked(rows, intervals, duty, on)
    stated = _stated(rows, duty, waters)
    tracked = set(on_water["patrol_id"] + "|" + on_water["post_code"])
    rest = stated[~(stated["patrol_id"] + "|" + stated["post_code"]).isin(tracked)]
    found = pd.concat([on_water.assign(evidenced=True, reason=None), rest.assign(evidenced=False)], ignore_index=True)
    found["evidenced"] = found["evidenced"].astype(bool) & (found["counts"] == "yes")
    barred = found["counts"] == "no"
    found["reason"] = found["reason"].astype(object).where(~barred, "kind_not_counted")
    found["water_code"] = found["water_code"].astype(object).where(~barred, None)
    return found[list(CREDITS)].sort_values(["day", "patrol_id", "post_code"], kind="stable").reset_index(drop=True)


def _walked(rows: pd.DataFrame, intervals: pd.DataFrame, duty: pd.DataFrame, on: date) -> pd.DataFrame:
    """Credited posts × waters on whose stretches the track lies far enough."""
    least_m = float(setting("water_counts_from", on)["value"])
    parts = intervals[["patrol_id", "reach_id", "from_m", "to_m"]].reset_index(names="part")
    own = duty[duty["reach_id"].notna()]
    whole = own.assign(m=own["to_m"] - own["from_m"]).groupby(["post_code", "water_code"])["m"].max()
    met = rows.merge(parts, on="patrol_id").merge(own, on=["post_code", "reach_id"], suffixes=("", "_duty"))
    met = met[(met["day"] >= met["valid_from"]) & (met["day"] <= met["valid_to"])]
    met["m"] = np.minimum(met["to_m"], met["to_m_duty"]) - np.maximum(met["from_m"], met["from_m_duty"])
    met = met[met["m"] > 0]
    keys = ["patrol_id", "patrol_number", "post_code", "day", "kind", "counts"]
    # a post may answer for both banks in two rows: one walked part is counted once
    once = met.groupby([*keys, "water_code_duty" if "water_code_duty" in met else "water_code", "part"],
                       dropna=False)["m"].max().reset_index()
    once = once.rename(columns={"water_code_duty": "water_code"})
    total = once.groupby([*keys, "water_code"], dropna=False)["m"].sum().reset_index()
    need = [min(least_m, whole[(post, water)] / 2)
            for post, water in zip(total["post_code"], total["water_code"], strict=True)]
    return total[total["m"] >= np.asarray(need, float)].drop(columns="m")


def _stated(rows: pd.DataFrame, duty: pd.DataFrame, waters: dict[Any, str]) -> pd.DataFrame:
    """Credited posts × the water their patrol states, or the reason why it counts for none."""
    own: dict[str, dict[str, tuple[bool, list[tuple[Any, Any]]]]] = {}
    for post, water, reach, first, last in zip(duty["post_code"], duty["water_code"], duty["reach_id"],
                                               duty["valid_from"], duty["valid_to"], strict=True):
        afloat, days = own.setdefault(post, {}).setdefault(water, (pd.isna(reach), []))
        days.append((first, last))
    answers = [_stated_one(post, code, day, bool(track) if track is not None and not pd.isna(track) else False,
                           own.get(post, {}), waters)
               for post, code, day, track in zip(rows["post_code"], rows["water_code"], rows["day"],
                                                 rows["has_track"], strict=True)]
    return rows.assign(water_code=pd.Series([a[0] for a in answers], rows.index, dtype=object),
                       reason=pd.Series([a[1] for a in answers], rows.index, dtype=object))


def _stated_one(post: str, code: Any, day: Any, tracked: bool, own: dict[str, tuple[bool, list[tuple[Any, Any]]]],
                waters: dict[Any, str]) -> tuple[str | None, str | None]:
    there = {water for water, (_, days) in own.items() if any(first <= day <= last for first, last in days)}
    if not there:
        return None, "no_duty"
    stated = None if code is None or pd.isna(code) else waters.get(code, code)
    if stated is None and len(there) == 1:
        stated = next(iter(there))
    if stated is None:
        return None, "track_off_water" if tracked else "no_water_stated"
    if stated not in there:
        return None, "not_own_water"
    if tracked and not own[stated][0]:
        return None, "track_off_water"
    return stated, None


def judge(due: pd.DataFrame, credit: pd.DataFrame, holder: pd.DataFrame, names: dict[str, str],
          by_level: dict[str, Rule], until: date) -> pd.DataFrame:
    """Put credits against what is owed; one row per post × water × period."""
    level = dict(zip(due["post_code"], due["level"], strict=True))
    used = credit[credit["water_code"].notna() & credit["post_code"].isin(level)
                  & (credit["day"] <= timestamp(until))]
    starts = {}
    for post, day in set(zip(used["post_code"], used["day"], strict=True)):
        starts[(post, day)] = pd.Timestamp(period_of(day.date(), by_level[level[post]]["period"])[0])
    begun = [starts[key] for key in zip(used["post_code"], used["day"], strict=True)]
    used = used.assign(period_start=pd.Series(begun, used.index, dtype="datetime64[us]"))
    keys = ["post_code", "water_code", "period_start"]
    totals = used.groupby(keys).agg(counted=("patrol_id", "nunique"), evidenced=("evidenced", "sum"),
                                    patrols=("patrol_number", lambda s: ";".join(sorted(map(str, s))))).reset_index()
    table = due.merge(totals, on=keys, how="left")
    for name in ("counted", "evidenced"):
        table[name] = table[name].fillna(0).astype(int)
    table["patrols"] = table["patrols"].astype(object).where(table["patrols"].notna(), "")
    table["recorded_only"] = table["counted"] - table["evidenced"]
    short = (table["required"] - table["counted"]).clip(lower=0)
    running = table["period_end"] > timestamp(until)
    table["missing"], table["to_do"] = short.where(~running, 0), short.where(running, 0)
    table["state"] = np.where(short == 0, "met", np.where(running, "running", "missing"))
    table["person"] = _persons(table, holder)
    table["water_name"] = [names.get(code, code) for code in table["water_code"]]
    order = table.assign(rank=looked_up(table["level"], RANK)).sort_values(["rank", *keys], kind="stable")
    return order[list(FREQUENCY)].reset_index(drop=True)


def _persons(table: pd.DataFrame, holder: pd.DataFrame) -> list[str | None]:
    """Who held the post during each period, in order, joined by 、; None where nobody did."""
    terms: dict[str, list[tuple[Any, Any, str]]] = {}
    rows = tenures(holder)
    for post, person, state, first, last in zip(rows["post_code"], rows["person"], rows["state"], rows["valid_from"],
                                                rows["until"], strict=True):
        if state != "vacant":
            terms.setdefault(post, []).append((first, last, person))
    answer: list[str | None] = []
    for post, start, end in zip(table["post_code"], table["period_start"], table["period_end"], strict=True):
        names = [person for first, last, person in terms.get(post, ())
                 if first <= end and (pd.isna(last) or last >= start) and (pd.isna(last) or last >= first)]
        answer.append("、".join(dict.fromkeys(names)) or None)
    return answer


def from_context(known: Context, since: date, until: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(duty stretches, credits) of everything in [since's periods, until]."""
    duty = stretches(known.reaches, known.responsibility, known.post)
    sight = known.view.posts_in_sight()
    if sight is not None:          # of other posts not every patrol is seen, so nothing is said of their duty
        duty = duty[duty["post_code"].isin(sight)]
    credit = credited(known.patrol, known.people, known.intervals, duty, water_of(known.reaches), known.profile, until,
                     known.zone)
    return duty, credit


def frequency(view: Any, since: date, until: date, level: str | None = None, post: str | None = None) -> pd.DataFrame:
    """频次 of every post and water over the periods that touch [since, until]; the rules are in ``attrs['rules']``."""
    known = context(view)
    duty, credit = from_context(known, since, until)
    if level is not None:
        duty = duty[duty["level"] == level]
    if post is not None:
        duty = duty[duty["post_code"] == post]
    by_level = profile_rules(known.profile, until)
    table = judge(owed(duty, known.profile, since, until), credit, known.holder, known.water_names, by_level, until)
    table.attrs["rules"] = [by_level[name] for name in by_level]
    table.attrs["valid_patrol_rules"] = valid_patrol_rules(known.profile, until)
    return table


def uncounted(view: Any, since: date, until: date, posts: Sequence[str] | None = None) -> pd.DataFrame:
    """Patrols that count for no water, each with its reason (不计入): DataFrame[patrol..., post_code, day, reason]."""
    known = context(view)
    credit = from_context(known, since, until)[1]
    credit = credit[(credit["day"] >= timestamp(since)) & (credit["day"] < timestamp(until + timedelta(days=1)))]
    rows = credit[credit["water_code"].isna()]
    if posts is not None:
        rows = rows[rows["post_code"].isin(list(posts))]
    return rows.drop(columns=["water_code", "evidenced"]).reset_index(drop=True)
