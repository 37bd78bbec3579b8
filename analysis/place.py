"""Places as people say them: 柳湾桥下游320 m·左岸(北侧), with K12+350 for the small print."""

from bisect import bisect_right
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from analysis.context import context
from data.words import say
from geo.bank import compass
from geo.lines import measured_reaches

LANDMARKS = ("bridge", "sluice")
NEAR_M = 15.0
"""Closer than this to a landmark people say "at" it; wording, not a rule."""


def k_mark(chainage_m: float) -> str:
    """Chainage as engineers write it: K12+350."""
    whole = int(round(chainage_m))
    return f"K{whole // 1000}+{whole % 1000:03d}"


def metres(distance_m: float) -> str:
    """A distance as people say it: to 10 m below a kilometre, to 0.1 km above."""
    return f"{round(distance_m, -1):.0f} m" if distance_m < 995 else f"{distance_m / 1000:.1f} km"


class Places:
    """Landmarks and directions of all reaches of a view, laid out once for many places."""

    def __init__(self, view: Any, lang: str = "zh") -> None:
        known = context(view)
        self.lang = lang
        self.about: dict[Any, Any] = {row.reach_id: row for row in known.reaches.itertuples()}
        ids, self.seg = measured_reaches(known.reaches)
        self.number: dict[Any, int] = {reach: i for i, reach in enumerate(ids)}
        self.marks: dict[Any, list[tuple[float, str]]] = {}
        marks = known.landmark
        marks = marks[marks["kind"].isin(LANDMARKS) & marks["reach_code"].notna() & marks["chainage_m"].notna()]
        for reach, metre, name in zip(marks["reach_code"], marks["chainage_m"], marks["name"], strict=True):
            self.marks.setdefault(reach, []).append((float(metre), name))
        for found in self.marks.values():
            found.sort()

    def bearing_deg(self, reach_id: Any, chainage_m: float) -> float:
        """Compass bearing of the flow at a chainage."""
        first, last = np.searchsorted(self.seg.reach, [self.number[reach_id], self.number[reach_id] + 1])
        i = max(first, first + int(np.searchsorted(self.seg.from_m[first:last], chainage_m, "right")) - 1)
        squeeze = np.cos(np.radians(self.seg.y0[i]))
        east, north = (self.seg.x1[i] - self.seg.x0[i]) * squeeze, self.seg.y1[i] - self.seg.y0[i]
        return float(np.degrees(np.arctan2(east, north)) % 360)

    def along(self, reach_id: Any, chainage_m: float) -> str:
        """Where along the water: below its nearest upstream bridge or sluice, else below the reach's start."""
        about = self.about[reach_id]
        marks = self.marks.get(reach_id, [])
        at = bisect_right([m for m, _ in marks], chainage_m + NEAR_M) - 1
        start = about.start_name if isinstance(about.start_name, str) and about.start_name else None
        metre, name = marks[at] if at >= 0 else (0.0, start)
        if name is None:
            reach = about.name if isinstance(about.name, str) and about.name else str(reach_id)
            return say("place.on_reach", self.lang, reach=reach, mark=k_mark(chainage_m))
        if abs(chainage_m - metre) <= NEAR_M:
            return say("place.at", self.lang, name=name)
        key = "place.below" if about.flow not in ("reversible", "none") else "place.from"
        return say(key, self.lang, name=name, distance=metres(chainage_m - metre))

    def side(self, reach_id: Any, chainage_m: float, bank: Any) -> str:
        """Which bank, with its compass side; only the compass side where the water has no fixed direction."""
        if bank not in ("left", "right"):
            return say("bank.both", self.lang) if bank == "both" else ""
        about = self.about[reach_id]
        wind = compass(bank, self.bearing_deg(reach_id, chainage_m))
        if about.direction == "unconfirmed":
            return say("place.bank_unconfirmed", self.lang, side=say(f"place.side.{wind}", self.lang))
        if about.flow in ("reversible", "none") or about.bank_names in ("east_west", "south_north"):
            return say(f"bank.{wind}", self.lang)
        return say("place.bank", self.lang, bank=say(f"bank.{bank}", self.lang),
                   side=say(f"place.side.{wind}", self.lang))

    def describe(self, reach_id: Any, chainage_m: Any, bank: Any) -> str:
        """The whole sentence; empty where the reach is not known."""
        if reach_id not in self.about or chainage_m is None or pd.isna(chainage_m):
            return ""
        parts = (self.along(reach_id, float(chainage_m)), self.side(reach_id, float(chainage_m), bank))
        return "·".join(part for part in parts if part)


def describe(view: Any, reach_id: Any, chainage_m: float, bank: str | None, lang: str = "zh") -> str:
    """One place in words; many at once are cheaper by `describe_all`."""
    return Places(view, lang).describe(reach_id, chainage_m, bank)


def describe_all(view: Any, reach_ids: Iterable[Any], chainages_m: Iterable[Any], banks: Iterable[Any],
                 lang: str = "zh") -> list[str]:
    """Many places in words, in order."""
    places = Places(view, lang)
    return [places.describe(*row) for row in zip(reach_ids, chainages_m, banks, strict=True)]
