"""Which rows a filter by district, water or post keeps; the map and the files of it choose alike."""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from analysis.context import Context
from analysis.waters import stretches, timestamp


def kept(frame: pd.DataFrame, districts: Sequence[str] | None, rivers: Sequence[str] | None) -> pd.Series:
    """Which rows lie in one of the districts and on one of the waters; empty means all."""
    keep = pd.Series(True, index=frame.index)
    for name, wanted in (("district_code", districts), ("water_code", rivers)):
        if wanted:
            keep &= frame[name].isin(list(wanted))
    return keep


def windows(known: Context, posts: Sequence[str] | None, on: date) -> pd.DataFrame | None:
    """The stretches the chosen posts answer for on the day; None where no post is chosen."""
    if not posts:
        return None
    rows, day = stretches(known.reaches, known.responsibility, known.post), timestamp(on)
    return rows[rows["post_code"].isin(list(posts)) & (rows["valid_from"] <= day) & (day <= rows["valid_to"])]


def inside(frame: pd.DataFrame, wanted: pd.DataFrame | None, reach: str, start: str, end: str) -> pd.Series:
    """Which rows touch one of the stretches, on its bank."""
    if wanted is None:
        return pd.Series(True, index=frame.index)
    keep = pd.Series(False, index=frame.index)
    for row in wanted.dropna(subset=["reach_id"]).itertuples():
        touches = (frame[reach] == row.reach_id) & (frame[start] <= row.to_m) & (frame[end] >= row.from_m)
        if row.bank in ("left", "right"):
            touches &= frame["bank"].isin((row.bank, "both", "on")) | frame["bank"].isna()
        keep |= touches
    return keep
