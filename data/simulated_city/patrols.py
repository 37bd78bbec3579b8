"""Twenty-six weeks of patrols: the diligent, the lazy, the hurried and the fakers, and what each of them really walked."""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from data.simulated_city.posts import Posts
from data.simulated_city.walks import Walker
from data.simulated_city.world import DEMO_DATE, FIRST_DATE, TIMEZONE, Ground

PERIOD = {"province": "2QS", "city": "2QS", "county": "QS", "township": "MS", "village": "W-MON"}
DILIGENCE = {"province": (1, 1), "city": (0.7, 1), "county": (0.35, 0.95), "township": (0.25, 0.95), "village": (0.2, 0.95)}
KINDS = {
    "village": (("self", 0.74), ("keeper", 0.16), ("delegate", 0.07), ("drone", 0.03)),
    "township": (("self", 0.66), ("delegate", 0.1), ("drone", 0.08), ("meeting", 0.06), ("boat", 0.1)),
    "county": (("self", 0.62), ("delegate", 0.1), ("meeting", 0.14), ("drone", 0.07), ("boat", 0.07)),
}
TRACKS = (([0.2, 0.7, 0.95], [0.2, 0.25, 0.55]), ([0.05, 0.4, 0.8], [0.35, 0.35, 0.3]))  # other levels, village
MID_CHANNEL_FROM_M = 20.0  # boats sail and drones fly along the middle of water this wide, else along a bank
NEAR_NODE_M = 150.0  # honest walks keep this far from junctions, so that the truth is not a matter of taste there
SEEN = (
    "水面岸坡清洁，未见异常",
    "有少量漂浮物，已通知清理",
    "未见新增排口",
    "公示牌完好",
    "水色正常，无异味",
    "岸边有零星垃圾，已清理",
)
FAKERS = {"motorway": 3, "replay": 3, "spot": 3, "driver": 4}


@dataclass
class Patrols:
    """Patrol rows with working fields, people, tracks and the truth about each."""

    rows: list[dict] = field(default_factory=list)
    frame: pd.DataFrame = field(default_factory=pd.DataFrame)
    people: pd.DataFrame = field(default_factory=pd.DataFrame)
    tracks: dict[str, pd.DataFrame] = field(default_factory=dict)
    walked: pd.DataFrame = field(default_factory=pd.DataFrame)


class Planner:
    """Plans who patrols what and when, and walks it."""

    def __init__(self, g: Ground, made: Posts, rivers: dict[str, str]) -> None:
        """Work out which stretches each post walks on each water, and what sort of person it is."""
        self.g, self.made, self.rng = g, made, g.rng("patrols")
        self.walker = Walker(g.reaches, g.rng("walks"))
        self.level = {p["code"]: p["level"] for p in made.post if p["kind"] == "lead"}
        self.stretches: dict[tuple[str, str], list[dict]] = {}
        for d in made.duty:
            if d["role"] != "co" and d["post_code"] in self.level:
                water = rivers.get(d["object_code"], d["object_code"])
                self.stretches.setdefault((d["post_code"], water), []).append(d)
        posts = sorted(self.level)
        self.keen = {
            p: float(self.rng.uniform(*DILIGENCE[self.level[p]])) * (0.15 if self.rng.random() < 0.14 else 1) for p in posts
        }
        self.tracks_share = {
            p: float(self.rng.choice(TRACKS[self.level[p] == "village"][0], p=TRACKS[self.level[p] == "village"][1]))
            for p in posts
        }
        self.turn: dict[str, int] = {}
        self.reached: dict[tuple[str, str], float] = {}
        self.side = {p: str(self.rng.choice(["left", "right"])) for p in posts}
        self.faker = self._choose_fakers()
        self.rows: list[dict] = []

    def _choose_fakers(self) -> dict[str, str]:
        villages = [p for p in sorted(self.level) if self.level[p] == "village" and self._vacant_from(p) is None]
        out: dict[str, str] = {}
        for kind, count in FAKERS.items():
            for _ in range(count):
                post = villages.pop(int(self.rng.integers(0, len(villages))))
                out[post] = kind
                self.keen[post], self.tracks_share[post] = 0.75, 0.85
        return out

    def _vacant_from(self, post: str) -> Any:
        return next((h["valid_from"] for h in self.made.holder if h["post_code"] == post and h["state"] == "vacant"), None)

    def person(self, post: str, day: pd.Timestamp) -> str | None:
        """Who held a post on a day."""
        rows = [h for h in self.made.holder if h["post_code"] == post and h["valid_from"] <= day]
        rows = [h for h in rows if h["valid_to"] is None or pd.isna(h["valid_to"]) or h["valid_to"] >= day]
        return max(rows, key=lambda h: h["valid_from"])["person"] if rows else None

    def run(self) -> list[dict]:
        """All patrols, in no order yet."""
        for post, water in sorted(self.stretches):
            level = self.level[post]
            starts = pd.date_range(FIRST_DATE - pd.DateOffset(months=6), DEMO_DATE, freq=PERIOD[level])
            for k, first in enumerate(starts):
                last = starts[k + 1] - pd.Timedelta(days=1) if k + 1 < len(starts) else DEMO_DATE
                first, last = max(first, FIRST_DATE), min(last, DEMO_DATE)
                if first > last or self.rng.random() > self.keen[post] * min(1.0, ((last - first).days + 1) / 5):
                    continue
                self._one(post, water, first + pd.Timedelta(days=int(self.rng.integers(0, (last - first).days + 1))))
        return self.rows

    def _one(self, post: str, water: str, day: pd.Timestamp) -> None:
        rng, level = self.rng, self.level[post]
        if post == self.made.scenario["post_code"] and day.month == 5:
            return
        person = self.person(post, day)
        kinds = KINDS.get(level, KINDS["county"])
        kind = str(rng.choice([k for k, _ in kinds], p=[w for _, w in kinds]))
        if person is None:
            if rng.random() < 0.7:
                return
            kind = "delegate"
        start = (day + pd.Timedelta(minutes=int(rng.integers(480, 960)))).tz_localize(TIMEZONE).tz_convert("UTC")
        row = {
            "post_code": post,
            "water_code": water,
            "kind": kind,
            "started_at": start,
            "day": day,
            "truth": "trackless",
            "walked": [],
            "track": None,
            "people": [(person or "模拟代巡人员", post, kind)],
        }
        current = [
            d for d in self.stretches[(post, water)] if d["valid_from"] <= day and (d["valid_to"] is None or d["valid_to"] >= day)
        ]
        if not current:
            return
        afloat = current[0]["object_layer"] != "reach"
        if kind == "meeting":
            row["truth"] = "meeting"
        elif not afloat and rng.random() < self.tracks_share[post]:
            self._track(row, post, current)
        if row["track"] is None and kind in ("drone", "boat"):
            row["kind"] = "self"
            row["people"] = [(row["people"][0][0], post, "self")]
        self._company(row, post)
        self.rows.append(row)

    def _track(self, row: dict, post: str, current: list[dict]) -> None:
        """Give a patrol its track; fakers fake most of theirs."""
        fake = self.faker.get(post)
        if fake and self.rng.random() < 0.75:
            self._fake(row, post, fake, current)
            if row["track"] is not None:
                return
        usable = [d for d in current[: max(1, int(len(current) * 0.85 + 0.5))] if d["to_m"] - d["from_m"] > 420]
        if not usable:
            return
        d = usable[self.turn.get(post, 0) % len(usable)]
        code = d["object_code"]
        low = max(d["from_m"], NEAR_NODE_M)
        high = min(d["to_m"], self.g.reaches.length(code) - NEAR_NODE_M)
        a, b = self._on_from_last_time(post, code, low, high)
        if high - low < 150:
            return
        bank = (
            d["bank"]
            if d["bank"] != "both"
            else self.side[post]
            if self.rng.random() < 0.6
            else str(self.rng.choice(["left", "right"]))
        )
        self._walk(row, d, a, b, bank)

    def _on_from_last_time(self, post: str, code: str, low: float, high: float) -> tuple[float, float]:
        """Go on where the last walk ended; at the end of a stretch the next walk begins the next one."""
        a = max(low, self.reached.get((post, code), low))
        b = min(high, a + self.rng.uniform(2600, 7800))
        if high - b < 400:
            b = high
            self.turn[post] = self.turn.get(post, 0) + 1
            self.reached.pop((post, code), None)
        else:
            self.reached[post, code] = b
        return a, b

    def _walk(self, row: dict, d: dict, a: float, b: float, bank: str) -> None:
        code, wide = d["object_code"], self.g.reaches.row[d["object_code"]]["width_m"]
        gait = {"drone": "drone", "boat": "boat"}.get(row["kind"], "ebike" if self.rng.random() < 0.12 else "walk")
        if gait == "boat" and wide < MID_CHANNEL_FROM_M:
            gait, row["kind"] = "walk", "self"
            row["people"] = [(row["people"][0][0], row["people"][0][1], "self")]
        mid = gait == "boat" or gait == "drone" and wide >= MID_CHANNEL_FROM_M
        legs = [(a, b, "both" if mid else bank)]
        if self.rng.random() < 0.3:
            legs = [(b, a, legs[0][2])]
        if gait == "walk" and (b - a) < 1300:
            across = "right" if bank == "left" else "left"
            back = across if d["bank"] == "both" and self.rng.random() < 0.35 else bank
            legs.append((legs[0][1], legs[0][0], back))
        row["track"] = self.walker.along(code, legs, gait, row["started_at"])
        row["truth"] = {"walk": "honest", "ebike": "ebike"}.get(gait, gait)
        row["walked"] = sorted({(code, round(min(x, y), 1), round(max(x, y), 1), bank_of) for x, y, bank_of in legs})

    def _fake(self, row: dict, post: str, fake: str, current: list[dict]) -> None:
        d = current[0]
        code = d["object_code"]
        middle = self.g.reaches.at(code, (d["from_m"] + d["to_m"]) / 2)
        if fake == "motorway":
            row["track"] = self.walker.away(middle, "motorway", row["started_at"], 24_000, 700)
        elif fake == "driver":
            row["track"] = self.walker.away(middle, "car", row["started_at"], 4200, 260)
        elif fake == "spot":
            row["track"] = self.walker.spot(
                code, (d["from_m"] + d["to_m"]) / 2, self.side[post] if d["bank"] == "both" else d["bank"], 35, row["started_at"]
            )
        else:
            before = [
                r for r in self.rows if r["post_code"] == post and r["truth"] == "honest" and r["water_code"] == row["water_code"]
            ]
            if not before:
                return
            old = before[0]
            row["replays"] = old
            row["track"] = old["track"].assign(time=old["track"]["time"] + (row["started_at"] - old["started_at"]))
        if row["track"] is not None:
            row["truth"] = fake
            row["kind"], row["people"] = "self", [(row["people"][0][0], post, "self")]

    def _company(self, row: dict, post: str) -> None:
        """Some townships take the village along; higher chiefs come with a team."""
        level, rng = self.level[post], self.rng
        if level == "village" or row["truth"] in FAKERS or rng.random() > 0.4:
            return
        row["people"].append((f"模拟随行人员{int(rng.integers(1, 30))}", None, "accompany"))
        if not row["walked"]:
            return
        code, a, b, bank = row["walked"][0]
        for d in self.made.rows("village"):
            bank_fits = d["bank"] == "both" or d["bank"] == bank
            if d["object_code"] == code and bank_fits and min(b, d["to_m"]) - max(a, d["from_m"]) > 300:
                person = self.person(d["post_code"], row["day"])
                if person:
                    row["people"].append((person, d["post_code"], "accompany"))
                    break


def build_patrols(g: Ground, made: Posts, rivers: dict[str, str]) -> Patrols:
    """All patrols, numbered in the order of their start."""
    planner = Planner(g, made, rivers)
    rows = sorted(planner.run(), key=lambda r: (r["started_at"], r["post_code"], r["water_code"]))
    out = Patrols(rows)
    walked, people, records = [], [], []
    for k, row in enumerate(rows, start=1):
        code = row["code"] = f"MNXH-{k:05d}"
        track = row["track"]
        minutes = float(planner.rng.integers(25, 110))
        end = row["started_at"] + pd.Timedelta(minutes=minutes) if track is None else track["time"].iloc[-1]
        if track is not None:
            out.tracks[code] = track
        walked += [
            {"patrol_code": code, "reach_id": r, "from_m": a, "to_m": b, "bank": bank, "kind": row["truth"]}
            for r, a, b, bank in row["walked"]
        ]
        people += [{"patrol_code": code, "person": p, "post_code": post, "kind": kind} for p, post, kind in row["people"]]
        said_m = sum(b - a for _, a, b, _ in row["walked"]) if row["walked"] else float(planner.rng.integers(8, 45)) * 100
        records.append(
            {
                "code": code,
                "post_code": row["post_code"],
                "kind": row["kind"],
                "people": "、".join(p for p, *_ in row["people"]),
                "started_at": row["started_at"],
                "ended_at": end,
                "water_code": row["water_code"],
                "length_m": None if row["truth"] == "meeting" else round(said_m, -2),
                "has_track": track is not None,
                "result": str(planner.rng.choice(SEEN)),
                "remark": "模拟数据",
            }
        )
    out.frame, out.people = pd.DataFrame(records), pd.DataFrame(people)
    out.walked = pd.DataFrame(walked)
    return out


def frequency(patrols: Patrols, made: Posts, rivers: dict[str, str]) -> pd.DataFrame:
    """What counts to 频次 by construction: post × water × natural period, evidenced and recorded apart.

    A replayed track counts until somebody doubts it; a track nowhere near the water counts for nothing.
    """
    level = {p["code"]: p["level"] for p in made.post if p["kind"] == "lead"}
    own: dict[str, list[dict]] = {}
    for d in made.duty:
        if d["role"] != "co" and d["post_code"] in level:
            own.setdefault(d["post_code"], []).append(d)
    rows = []
    for row in patrols.rows:
        if row["truth"] in ("motorway", "spot", "driver"):
            continue
        seen = row["walked"] or row.get("replays", {}).get("walked", [])
        for post in {p for _, p, _ in row["people"] if p in level}:
            valid = [
                d for d in own[post] if d["valid_from"] <= row["day"] and (d["valid_to"] is None or d["valid_to"] >= row["day"])
            ]
            if seen:
                waters = {
                    rivers[d["object_code"]]
                    for d in valid
                    for r, a, b, _ in seen
                    if d["object_code"] == r and min(b, d["to_m"]) - max(a, d["from_m"]) >= 50
                }
            else:
                waters = {row["water_code"]} & {rivers.get(d["object_code"], d["object_code"]) for d in valid}
            for water in waters:
                start, end = natural_period(row["day"], level[post])
                rows.append(
                    {
                        "post_code": post,
                        "level": level[post],
                        "water_code": water,
                        "period_start": start,
                        "period_end": end,
                        "evidenced": int(bool(seen)),
                        "recorded_only": int(not seen),
                    }
                )
    keys = ["post_code", "level", "water_code", "period_start", "period_end"]
    table = pd.DataFrame(rows).groupby(keys, as_index=False)[["evidenced", "recorded_only"]].sum()
    return table.assign(counted=table["evidenced"] + table["recorded_only"])


def natural_period(day: pd.Timestamp, level: str) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last day of the natural period of a level that holds a day."""
    if level == "village":
        monday = day - pd.Timedelta(days=day.weekday())
        return monday, monday + pd.Timedelta(days=6)
    months = {"township": 1, "county": 3, "city": 6, "province": 12}[level]
    first = pd.Timestamp(day.year, (day.month - 1) // months * months + 1, 1)
    return first, first + pd.DateOffset(months=months) - pd.Timedelta(days=1)
