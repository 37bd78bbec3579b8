"""Inspections, findings, cases and their story: mostly normal visits, and every way in which an outfall is unresolved.

References between rows use the external ``code``; ``seed`` turns them into the spoken numbers the store gives.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from data.simulated_city.posts import Posts
from data.simulated_city.shapes import lonlat_to_plane, plane_to_lonlat
from data.simulated_city.world import DEMO_DATE, FIRST_DATE, TIMEZONE, Ground

UNFINISHED = {
    "suspected": "not_confirmed",
    "surveyed": "not_monitored",
    "monitored": "not_traced",
    "traced": "not_rectified",
    "deferred": "not_rectified",
}
CLOCK_DAYS = {"general": 15, "serious": 30, "major": 180}
WORDS = {
    "outfall_discharge": "排口晴天排水，水色发黑有异味(模拟)",
    "new_outfall": "发现疑似排口，未见标志牌(模拟)",
    "black_odour": "水体发黑有异味(模拟)",
    "occupation": "河滩种植高秆作物(模拟)",
    "mining": "河滩有取土痕迹(模拟)",
    "dumping": "岸边堆放建筑垃圾(模拟)",
    "building": "河道管理范围内搭建棚房(模拟)",
    "floating": "水面有漂浮物(模拟)",
    "facility": "公示牌损坏(模拟)",
}
ACTIVE = ("registered", "assigned", "returned", "rectifying", "review")
PATH = {
    "registered": (),
    "assigned": ("assign_case",),
    "returned": ("assign_case", "return_case"),
    "rectifying": ("assign_case", "accept_case"),
    "review": ("assign_case", "accept_case", "submit_case_for_review"),
    "deferred": ("assign_case", "accept_case", "defer_case"),
    "closed": ("assign_case", "accept_case", "submit_case_for_review", "close_case"),
}


@dataclass
class Casework:
    """Rows of inspection, finding, case and case events, and why an outfall is unresolved."""

    inspection: list[dict] = field(default_factory=list)
    finding: list[dict] = field(default_factory=list)
    case: list[dict] = field(default_factory=list)
    events: list[dict] = field(default_factory=list)
    unresolved: dict[str, set[str]] = field(default_factory=dict)


class Office:
    """Writes the books of the office, outfall by outfall."""

    def __init__(self, g: Ground, made: Posts, outfalls: pd.DataFrame, plan: pd.DataFrame, rain: list[dict]) -> None:
        """Take the outfall rows, what they are in truth, and the rain that inspectors note."""
        self.g, self.made, self.rng = g, made, g.rng("casework")
        self.books = Casework()
        self.outfalls = outfalls.merge(
            plan[["outfall_code", "plan", "reach_id", "chainage_m"]].assign(place_bank=plan["bank"]),
            left_on="code",
            right_on="outfall_code",
        )
        self.wet = {(r["day"], r["district_code"]) for r in rain if r["rain_mm"] > 0.5}
        self.duty = [d for d in made.duty if d["object_layer"] == "reach" and d["role"] == "lead"]
        self.level = {p["code"]: p["level"] for p in made.post}
        self.unit_of = {p["code"]: p["district_code"] for p in made.post}

    # -- small things --------------------------------------------------------------------------------------------------
    def day(self, first: pd.Timestamp, last: pd.Timestamp) -> pd.Timestamp:
        """A day between two, both included."""
        return first + pd.Timedelta(days=int(self.rng.integers(0, max(0, (last - first).days) + 1)))

    def at(self, day: pd.Timestamp) -> pd.Timestamp:
        """An hour of office time on a day."""
        return (day + pd.Timedelta(minutes=int(self.rng.integers(510, 1020)))).tz_localize(TIMEZONE).tz_convert("UTC")

    def rained(self, day: pd.Timestamp, district: str) -> bool:
        """Whether it rained in the district in the 72 hours before."""
        return any((day - pd.Timedelta(days=k), district) in self.wet for k in range(3))

    def post_at(self, reach: str, chainage_m: float, bank: str, day: pd.Timestamp) -> str | None:
        """The lead post of the lowest level at a place; county where the township has none."""
        found = {
            self.level[d["post_code"]]: d["post_code"]
            for d in self.duty
            if d["object_code"] == reach
            and d["bank"] in (bank, "both")
            and d["from_m"] <= chainage_m <= d["to_m"]
            and d["valid_from"] <= day
            and (d["valid_to"] is None or d["valid_to"] >= day)
        }
        return found.get("township") or found.get("county") or next(iter(found.values()), None)

    # -- rows ----------------------------------------------------------------------------------------------------------
    def inspect(self, o: Any, day: pd.Timestamp, discharging: str, result: str) -> str:
        """One visit; returns its code."""
        bad = result == "abnormal"
        code = f"MNJC-{len(self.books.inspection) + 1:04d}"
        tested = discharging == "yes"
        place = plane_to_lonlat(lonlat_to_plane(np.array(o.geometry.coords[0])) + self.rng.normal(0, 2, 2))
        self.books.inspection.append(
            {
                "code": code,
                "outfall_code": o.code,
                "inspected_at": self.at(day),
                "inspector": f"模拟检查员{int(self.rng.integers(1, 9))}",
                "discharging": discharging,
                "rain_72h": "yes" if self.rained(day, o.district_code) else "no",
                "colour_odour": "发黑有异味" if bad else "无异常" if tested else None,
                "ph": round(float(self.rng.normal(7.4, 0.3)), 1) if tested else None,
                "nh3n_mg_l": round(float(self.rng.uniform(6, 28) if bad else self.rng.uniform(0.2, 3)), 2) if tested else None,
                "cod_mg_l": round(float(self.rng.uniform(70, 260) if bad else self.rng.uniform(8, 42)), 1) if tested else None,
                "conductivity_us_cm": float(round(self.rng.uniform(900, 2400) if bad else self.rng.uniform(300, 900)))
                if tested
                else None,
                "result": result,
                "lon": float(place[0]),
                "lat": float(place[1]),
                "remark": "模拟数据",
            }
        )
        return code

    def find(self, kind: str, day: pd.Timestamp, state: str, lonlat: Any, **more: Any) -> dict:
        """One finding; returns its row."""
        row = {
            "code": f"MNXS-{len(self.books.finding) + 1:04d}",
            "kind": kind,
            "severity": "general",
            "source": "inspection",
            "found_at": self.at(day),
            "found_by": f"模拟检查员{int(self.rng.integers(1, 9))}",
            "description": WORDS[kind],
            "state": state,
            "remark": "模拟数据",
        } | more
        if lonlat is not None:
            row |= {"lon": float(lonlat[0]), "lat": float(lonlat[1])}
        self.books.finding.append(row)
        return row

    def open(
        self,
        finding: dict,
        day: pd.Timestamp,
        state: str,
        place: tuple[str, float, str],
        *,
        closed: pd.Timestamp | None = None,
        relapse_of: dict | None = None,
        deferred: pd.Timestamp | None = None,
        severity: str | None = None,
    ) -> dict:
        """One case on a finding with its story so far."""
        rng = self.rng
        severity = severity or str(rng.choice(["general", "serious", "major"], p=[0.55, 0.35, 0.1]))
        post = self.post_at(*place, day)
        district = self.g.reaches.district(place[0], place[2])
        unit = str(rng.choice([f"U-{district}", "U-07", "U-03"], p=[0.7, 0.15, 0.15]))
        handler = {"U-07": "模拟承办人1", "U-990103": "模拟承办人2"}.get(unit, f"模拟承办人{int(rng.integers(3, 15))}")
        new = state == "registered"
        row = {
            "code": f"MNWT-{len(self.books.case) + 1:04d}",
            "finding_number": finding["code"],
            "kind": finding["kind"],
            "severity": severity,
            "source": finding["source"],
            "description": finding["description"],
            "outfall_code": finding.get("outfall_code"),
            "state": state,
            "unit_code": None if new else unit,
            "handler": None if new else handler,
            "post_code": post,
            "opened_at": self.at(day),
            "due_on": None if new else day + pd.Timedelta(days=CLOCK_DAYS[severity]),
            "measure": "封堵混接点，清淤保洁(模拟)" if state in ("review", "closed") else None,
            "root_cause": str(rng.choice(["misconnection", "overflow", "missing_sewer", "illegal_discharge", "other"]))
            if state in ("review", "closed")
            else None,
            "deferred_until": deferred,
            "deferred_by": "模拟市河长制办公室" if deferred is not None else None,
            "closed_at": None if closed is None else self.at(closed),
            "verified_by": "模拟督查员1" if closed is not None else None,
            "relapse_of": relapse_of["code"] if relapse_of else None,
            "relapse_count": (relapse_of["relapse_count"] + 1) if relapse_of else 0,
            "lon": finding.get("lon"),
            "lat": finding.get("lat"),
            "remark": "模拟数据",
        }
        if closed is not None:
            row["closed_at"] = max(row["closed_at"], row["opened_at"] + pd.Timedelta(hours=1))
        finding |= {"state": "case_opened", "case_number": row["code"]}
        self.books.case.append(row)
        self._story(row, handler)
        return row

    def _story(self, row: dict, handler: str) -> None:
        last = row["closed_at"] or min(row["opened_at"] + pd.Timedelta(days=20), self.at(DEMO_DATE - pd.Timedelta(days=1)))
        moves = PATH[row["state"]]
        span = max(last - row["opened_at"], pd.Timedelta(0))
        for k, move in enumerate(("open_case", *moves)):
            at = row["closed_at"] if move == "close_case" else row["opened_at"] + span * (k / (len(moves) + 1))
            actor = {
                "open_case": "模拟调度员1",
                "assign_case": "模拟调度员1",
                "defer_case": "模拟调度员1",
                "close_case": "模拟督查员1",
            }.get(move, handler)
            self.books.events.append({"case_code": row["code"], "at": at, "move": move, "actor": actor, "note": "模拟数据"})

    # -- outfalls ------------------------------------------------------------------------------------------------------
    def run(self) -> None:
        """All outfalls: routine visits and what went wrong."""
        for o in self.outfalls.itertuples():
            place = (o.reach_id, o.chainage_m, o.place_bank)
            if o.plan in UNFINISHED:
                self.note(o, UNFINISHED[o.plan])
            getattr(self, f"_{o.plan}")(o, place)

    def note(self, o: Any, reason: str) -> None:
        """Put down why an outfall is unresolved."""
        self.books.unresolved.setdefault(o.code, set()).add(reason)

    def visits(self, o: Any, count: int, *, quiet: bool = False) -> None:
        """Routine visits without consequences; `quiet` where water must not run, as after closing."""
        for _ in range(count):
            day = self.day(max(FIRST_DATE, o.surveyed_on), DEMO_DATE - pd.Timedelta(days=1))
            draw = self.rng.random()
            if draw < 0.02:
                self.inspect(o, day, "unknown", "no_access")
                continue
            wet = self.rained(day, o.district_code)
            runs = not quiet and (wet and self.rng.random() < 0.6 if o.rain_outlet else o.status == "discharging")
            self.inspect(o, day, "yes" if runs else "no", "normal")

    def wrong(self, o: Any, day: pd.Timestamp, state: str) -> dict:
        """An abnormal visit and its finding."""
        seen = self.inspect(o, day, "yes", "abnormal")
        kind = "outfall_discharge" if o.plan != "suspected" else "new_outfall"
        return self.find(
            kind,
            day,
            state,
            o.geometry.coords[0],
            outfall_code=o.code,
            inspection_number=seen,
            pollutant=str(self.rng.choice(["氨氮", "化学需氧量", "总磷", "悬浮物"])),
        )

    def _compliant(self, o: Any, place: tuple[str, float, str]) -> None:
        draw = self.rng.random()
        earliest = max(FIRST_DATE, o.rectified_on + pd.Timedelta(days=1))
        latest = DEMO_DATE - pd.Timedelta(days=2)
        if o.status == "dry" and draw < 0.14 and o.rectified_on < DEMO_DATE - pd.Timedelta(days=70):
            day = self.day(earliest, DEMO_DATE - pd.Timedelta(days=45))
            self.open(
                self.wrong(o, day, "open"),
                day + pd.Timedelta(days=2),
                "closed",
                place,
                closed=self.day(day + pd.Timedelta(days=8), day + pd.Timedelta(days=40)),
            )
            self.visits(o, int(self.rng.integers(1, 4)), quiet=True)
            return
        self.visits(o, int(self.rng.integers(2, 5)))
        if draw > 0.93 and earliest < latest:
            day = self.day(earliest, latest)
            self.open(self.wrong(o, day, "open"), day + pd.Timedelta(days=1), str(self.rng.choice(ACTIVE)), place)
            self.note(o, "open_case")
        elif draw > 0.905 and earliest < latest:
            self.wrong(o, self.day(max(earliest, latest - pd.Timedelta(days=20)), latest), "open")
            self.note(o, "open_finding")
        elif draw > 0.87 and earliest < latest:
            self.wrong(o, self.day(earliest, latest), "dismissed")

    def _sealed(self, o: Any, place: tuple[str, float, str]) -> None:
        if self.rng.random() < 0.28:
            day = o.rectified_on - pd.Timedelta(days=20)
            found = self.wrong(o, day, "open")
            self.open(found, day + pd.Timedelta(days=1), "closed", place, closed=o.rectified_on)
        self.visits(o, int(self.rng.integers(1, 4)), quiet=True)

    def _suspected(self, o: Any, place: tuple[str, float, str]) -> None:
        if self.rng.random() < 0.35:
            self.wrong(o, self.day(max(FIRST_DATE, o.surveyed_on), DEMO_DATE - pd.Timedelta(days=3)), "open")
            self.note(o, "open_finding")
        self.visits(o, int(self.rng.integers(0, 3)), quiet=o.status != "discharging")

    def _surveyed(self, o: Any, place: tuple[str, float, str]) -> None:
        self.visits(o, int(self.rng.integers(2, 5)))

    _monitored = _surveyed

    def _traced(self, o: Any, place: tuple[str, float, str]) -> None:
        self.visits(o, int(self.rng.integers(1, 4)))
        if self.rng.random() < 0.62:
            day = self.day(max(FIRST_DATE, o.surveyed_on), DEMO_DATE - pd.Timedelta(days=4))
            self.open(
                self.wrong(o, day, "open"),
                day + pd.Timedelta(days=1),
                str(self.rng.choice(ACTIVE, p=[0.06, 0.2, 0.08, 0.46, 0.2])),
                place,
            )
            self.note(o, "open_case")

    def _deferred(self, o: Any, place: tuple[str, float, str]) -> None:
        self.visits(o, int(self.rng.integers(1, 3)))
        day = self.day(FIRST_DATE, DEMO_DATE - pd.Timedelta(days=60))
        self.open(self.wrong(o, day, "open"), day + pd.Timedelta(days=1), "deferred", place, deferred=o.deferral_until)
        self.note(o, "open_case")

    def _relapsed(self, o: Any, place: tuple[str, float, str]) -> None:
        """Closed, and running again: with a new case, with a finding nobody took up, or seen and left at that."""
        day = pd.Timedelta(days=1)
        closed = max(o.rectified_on, self.day(DEMO_DATE - 150 * day, DEMO_DATE - 60 * day))
        first = self.open(self.wrong(o, closed - 30 * day, "open"), closed - 28 * day, "closed", place, closed=closed)
        draw = self.rng.random()
        last = DEMO_DATE - 2 * day
        if draw < 0.3 and (last - closed).days > 45:
            again = closed + int(self.rng.integers(4, 12)) * day
            second = self.open(
                self.wrong(o, again, "open"), again + day, "closed", place, closed=again + 15 * day, relapse_of=first
            )
            first, closed = second, again + 15 * day
        seen = self.day(closed + 2 * day, last)
        self.note(o, "relapsed")
        if draw < 0.6:
            self.open(
                self.wrong(o, seen, "open"),
                min(seen + day, DEMO_DATE - day),
                str(self.rng.choice(["assigned", "rectifying", "review"])),
                place,
                relapse_of=first,
                severity="serious",
            )
            self.note(o, "open_case")
        elif draw < 0.8:
            self.wrong(o, seen, "open")
            self.note(o, "open_finding")
        else:
            self.inspect(o, seen, "yes", "abnormal")
