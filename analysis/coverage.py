"""巡河空白: which metres of which bank nobody has seen for how long, by anyone or per level.

How it is judged (rules: `settings`, `periods`, `patrol_profiles`):

- A metre is seen when a matched track interval covers it. On water narrower than `both_banks_from_width` either bank
  has seen both; a reach without a width is seen from the side walked only.
- Its duty is the shortest duty period among the levels that must answer for the reach, or that of the level asked for.
  Dry and frozen reaches keep their patrol duty.
- `no_access` stretches are neither covered nor gap. A gap on a stretch whose post recorded a patrol of that water
  without a track inside the duty period is *recorded only*: it is still not covered.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import geopandas as gpd
import pandas as pd

from analysis.context import Context, context
from analysis.frequency import profile_rules
from analysis.pieces import piece_lines
from analysis.waters import local_day, stretches, timestamp, water_of
from data.responsibility import BANKS, RANK, RESOLVED, in_force, looked_up, resolve
from data.standards import Rule, rule, setting
from geo.intervals import by_bank, last_seen

GAPS = ("reach_id", "reach_name", "river_code", "district_code", "bank", "from_m", "to_m", "length_m", "last_seen",
        "days", "duty_days", "state", "post_code", "post_name", "level", "bank_confirmed")
STATES = ("within_duty", "due_soon", "overdue", "twice_overdue", "never", "recorded_only", "no_access")
Pieces = list[tuple[float, float, Any]]


def duty_days(level: str, profile: dict[str, Rule], on: date) -> float:
    """Days within which a level must look at a water again; NaN where the profile asks nothing of it."""
    row = profile.get(level)
    return float(rule("periods", on, id=row["period"])["value"]) / float(row["value"]) if row else float("nan")


def walked(looks: pd.DataFrame, post: pd.DataFrame, on: date, zone: Any, level: str | None = None) -> pd.DataFrame:
    """Stretches walked by the end of a day, with their local day; by posts of `level` where given."""
    rows = looks.assign(day=local_day(looks["left_at"], zone))
    rows = rows[rows["day"] <= timestamp(on)]
    return rows if level is None else rows[rows["post_code"].isin(post.loc[post["level"] == level, "code"])]


def last_looks(reaches: pd.DataFrame, stretches_walked: pd.DataFrame, on: date) -> pd.DataFrame:
    """When each metre of each bank was last seen: [reach_id, bank, from_m, to_m, last_seen (a day, NaT for never)]."""
    width_m = reaches.set_index("reach_id")["width_m"].dropna().astype(float)
    across_m = float(setting("both_banks_from_width", on)["value"])
    rows = stretches_walked[["reach_id", "from_m", "to_m", "bank"]]
    rows = rows.assign(left_at=stretches_walked["day"].astype("datetime64[us]"))
    lengths = reaches.set_index("reach_id")["length_m"].astype(float)
    return last_seen(rows, lengths, across_m, width_m)


def _by_key(rows: pd.DataFrame, *values: str) -> dict[tuple[Any, str], Pieces]:
    """(reach_id, bank) -> [(from_m, to_m, value)]; several value columns become a tuple."""
    found: dict[tuple[Any, str], Pieces] = {}
    columns = [rows[name].tolist() for name in ("reach_id", "bank", "from_m", "to_m", *values)]
    for reach, bank, start, end, *value in zip(*columns, strict=True):
        found.setdefault((reach, bank), []).append((start, end, tuple(value)))
    return found


def _at(pieces: Pieces, metre: float) -> tuple[Any, ...] | None:
    for start, end, value in pieces:
        if start <= metre < end:
            return value
    return None


def _no_access(no_access: pd.DataFrame, lengths: dict[Any, float], on: date) -> pd.DataFrame:
    rows = in_force(no_access, on)
    rows = rows[rows["reach_code"].isin(lengths)]
    table = pd.DataFrame({"reach_id": rows["reach_code"], "bank": rows["bank"].astype(object),
                          "from_m": rows["from_m"].astype(float).fillna(0.0),
                          "to_m": rows["to_m"].astype(float).fillna(looked_up(rows["reach_code"], lengths).astype(float)),
                          "reason": rows["reason"]})
    return by_bank(table)


def recorded_stretches(duty: pd.DataFrame, bare_looks: pd.DataFrame, waters: dict[Any, str], on: date, zone: Any
                       ) -> pd.DataFrame:
    """Stretches of posts that recorded a patrol of the water without a track: [reach_id, bank, from_m, to_m, day]."""
    bare = pd.DataFrame({"post_code": bare_looks["post_code"], "stated": bare_looks["water_code"],
                         "day": local_day(bare_looks["started_at"], zone)})
    rows = bare[bare["day"] <= timestamp(on)].merge(duty, on="post_code")
    rows = rows[rows["reach_id"].notna() & (rows["valid_from"] <= rows["day"]) & (rows["day"] <= rows["valid_to"])]
    only = duty.groupby("post_code")["water_code"].nunique()
    stated, single = rows["stated"].astype(object), looked_up(rows["post_code"], only) == 1
    fits = (stated == rows["reach_id"]) | (stated == rows["water_code"]) | (stated.isna() & single)
    return by_bank(rows.loc[fits, ["reach_id", "bank", "from_m", "to_m", "day"]])


def _state(days: float, due: float, recorded: bool, shares: tuple[float, float, float]) -> str:
    soon, over, twice = shares
    if days != days:
        return "recorded_only" if recorded else "never"
    if due != due or days < soon * due:
        return "within_duty"
    if days <= over * due:
        return "due_soon"
    if recorded:
        return "recorded_only"
    return "overdue" if days <= twice * due else "twice_overdue"


def judge(reaches: pd.DataFrame, seen: pd.DataFrame, answers: pd.DataFrame, closed: pd.DataFrame,
          recorded: pd.DataFrame, due_of: Callable[[str], float], on: date) -> pd.DataFrame:
    """Cut every reach and bank where the answer changes; reaches for which no level in `answers` answers drop out."""
    shares = tuple(float(setting(name, on)["value"])
                   for name in ("due_soon_from_share", "overdue_from_share", "twice_overdue_from_share"))
    levels = answers.groupby("reach_id")["level"].agg(lambda s: sorted(set(s), key=RANK.__getitem__, reverse=True))
    last = {level: _by_key(answers[answers["level"] == level], "post_code") for level in RANK}
    looked, shut, book = _by_key(seen, "last_seen"), _by_key(closed, "reason"), _by_key(recorded, "day")
    today, rows = timestamp(on), []
    for reach in reaches["reach_id"]:
        if reach not in levels.index:
            continue
        due = min((x for x in map(due_of, levels[reach]) if x == x), default=float("nan"))
        for bank in BANKS:
            key = (reach, bank)
            tiers = [(level, last[level].get(key, [])) for level in levels[reach]]
            fresh = [p for p in book.get(key, []) if due == due and (today - p[2][0]).days <= due]
            parts = [looked.get(key, []), shut.get(key, []), fresh, *(t[1] for t in tiers)]
            rows += _pieces(key, parts, tiers, today, due, shares)
    return pd.DataFrame(rows, columns=["reach_id", "bank", "from_m", "to_m", "last_seen", "days", "duty_days", "state",
                                       "post_code", "level"])


def _pieces(key: tuple[Any, str], parts: list[Pieces], tiers: list[tuple[str, Pieces]], today: pd.Timestamp, due: float,
            shares: tuple[float, ...]) -> list[tuple[Any, ...]]:
    looked, shut, fresh = parts[:3]
    size = max((p[1] for p in looked), default=0.0)
    breaks = sorted({0.0, size, *(x for part in parts for p in part for x in p[:2] if 0 < x < size)})
    rows: list[tuple[Any, ...]] = []
    for start, end in zip(breaks[:-1], breaks[1:], strict=True):
        middle = (start + end) / 2
        seen = _at(looked, middle)
        when = seen[0] if seen else pd.NaT
        days = float((today - when).days) if when is not pd.NaT else float("nan")
        level, post = next(((name, found[0]) for name, part in tiers
                            if (found := _at(part, middle)) and found[0] is not None), (tiers[0][0], None))
        state = "no_access" if _at(shut, middle) else _state(days, due, _at(fresh, middle) is not None, shares)  # type: ignore[arg-type]
        answer = (when, days, due, state, post, level)
        if rows and _same(rows[-1][4:], answer):
            rows[-1] = (*rows[-1][:3], end, *answer)
        else:
            rows.append((*key, start, end, *answer))
    return rows


def _same(a: tuple[Any, ...], b: tuple[Any, ...]) -> bool:
    return all(x is y or x == y or (x != x and y != y) for x, y in zip(a, b, strict=True))


def seen(view: Any, on: date, level: str | None = None) -> pd.DataFrame:
    """When each metre of each bank was last seen by the end of a day, by anyone or by a level."""
    known = context(view)
    return last_looks(known.reaches_in_sight, walked(known.looks, known.post, on, known.zone, level), on)


def _answers(known: Context, on: date, level: str | None) -> pd.DataFrame:
    if not len(known.reaches_in_sight):
        return pd.DataFrame(columns=list(RESOLVED))
    answers = resolve(known.reaches_in_sight, known.responsibility, known.holder, known.post, on)
    return answers if level is None else answers[answers["level"] == level]


def gaps(view: Any, on: date, level: str | None = None, offset_m: float = 12.0) -> gpd.GeoDataFrame:
    """Every metre of both banks on a day with its state, or a level's; lines lie `offset_m` to the bank.

    The rules used are in ``attrs["rules"]``.
    """
    known = context(view)
    reaches = known.reaches_in_sight
    profile = profile_rules(known.profile, on)
    lengths = dict(zip(reaches["reach_id"], reaches["length_m"].astype(float), strict=True))
    duty = stretches(reaches, known.responsibility, known.post)
    if level is not None:
        duty = duty[duty["level"] == level]
    recent = known.bare_looks[known.bare_looks["started_at"] >= pd.Timestamp(on - timedelta(days=370), tz="UTC")]
    recorded = recorded_stretches(duty, recent, water_of(reaches), on, known.zone)
    table = judge(reaches, seen(known, on, level), _answers(known, on, level), _no_access(known.no_access, lengths, on),
                  recorded, lambda name: duty_days(name, profile, on), on)
    table["length_m"] = table["to_m"] - table["from_m"]
    named = known.post.drop_duplicates("code").set_index("code")["name"]
    table["post_name"] = looked_up(table["post_code"], named)
    about = reaches.set_index("reach_id")
    for name, source in (("reach_name", "name"), ("river_code", "river_code"), ("district_code", "district_code")):
        table[name] = looked_up(table["reach_id"], about[source])
    table["bank_confirmed"] = looked_up(table["reach_id"], about["direction"]) != "unconfirmed"
    answer = gpd.GeoDataFrame(table[list(GAPS)], geometry=piece_lines(reaches, table, offset_m), crs=reaches.crs)
    answer.attrs["rules"] = rules_used(profile, on)
    return answer


def rules_used(profile: dict[str, Rule], on: date) -> list[Rule]:
    """The rows a gap follows from."""
    names = ("both_banks_from_width", "due_soon_from_share", "overdue_from_share", "twice_overdue_from_share")
    return [*profile.values(), *(setting(name, on) for name in names)]
