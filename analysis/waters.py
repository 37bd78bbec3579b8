"""Waters as people count them: a river is all its reaches, a lake is itself; and which posts answer there."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from data.responsibility import duties, looked_up

OBJECTS = ("lake", "reservoir", "wetland", "black_odorous", "tailings_dam")
"""Layers of objects of responsibility without chainage."""
EARLY, LATE = pd.Timestamp("1900-01-01"), pd.Timestamp("2999-12-31")


def water_of(reaches: pd.DataFrame) -> dict[Any, str]:
    """reach_id -> the code of its water: its river, or itself where no river is named."""
    return {reach: reach if river is None or pd.isna(river) else river
            for reach, river in zip(reaches["reach_id"], reaches["river_code"], strict=True)}


def stretches(reaches: pd.DataFrame, responsibility: pd.DataFrame, post: pd.DataFrame) -> pd.DataFrame:
    """Every stretch a post answers for as lead or joint, at any time, with its water and filled ends and dates."""
    rows = duties(responsibility, post)
    rows = rows[rows["role"] != "co"].copy()
    waters = water_of(reaches)
    length = dict(zip(reaches["reach_id"], reaches["length_m"].astype(float), strict=True))
    on_reach = rows["object_layer"] == "reach"
    rows = rows[~on_reach | rows["object_code"].isin(waters)].copy()
    on_reach = rows["object_layer"] == "reach"
    rows["reach_id"] = rows["object_code"].where(on_reach, None)
    rows["water_code"] = looked_up(rows["object_code"], waters).where(on_reach, rows["object_code"])
    rows["from_m"] = rows["from_m"].astype(float).fillna(0.0)
    rows["to_m"] = rows["to_m"].astype(float).fillna(looked_up(rows["object_code"], length).astype(float))
    rows["valid_from"] = pd.to_datetime(rows["valid_from"]).fillna(EARLY)
    rows["valid_to"] = pd.to_datetime(rows["valid_to"]).fillna(LATE)
    columns = ["post_code", "post_name", "level", "water_code", "reach_id", "from_m", "to_m", "bank", "role",
               "object_layer", "valid_from", "valid_to"]
    return rows[columns].reset_index(drop=True)


def on_stretches(places: pd.DataFrame, duty: pd.DataFrame, posts: tuple[str, ...], on: date) -> pd.Series:
    """Which placed rows (reach_code, chainage_m, bank) lie on a stretch that one of the posts answers for on a day."""
    day = timestamp(on)
    own = duty[duty["post_code"].isin(posts) & (duty["valid_from"] <= day) & (day <= duty["valid_to"])]
    mine: dict[Any, list[tuple[float, float, str]]] = {}
    for reach, start, end, bank in zip(own["reach_id"], own["from_m"], own["to_m"], own["bank"], strict=True):
        mine.setdefault(reach, []).append((start, end, bank))
    answers = [any(start <= metre <= end and (bank == "both" or side not in ("left", "right") or side == bank)
                   for start, end, bank in mine.get(reach, ()))
               for reach, metre, side in zip(places["reach_code"], places["chainage_m"], places["bank"], strict=True)]
    return pd.Series(answers, index=places.index, dtype=bool)


def local_day(moments: pd.Series, zone: ZoneInfo) -> pd.Series:
    """The calendar day of each moment in the city's time zone, as midnight without a zone; NaT stays NaT."""
    return pd.to_datetime(moments, utc=True).dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()


def timestamp(day: date) -> pd.Timestamp:
    """A day as frames hold it."""
    return pd.Timestamp(day)
