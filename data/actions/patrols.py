"""Handing in a patrol: with a track the stretches seen are matched and kept; without one it is recorded, not evidenced."""

from datetime import datetime
from typing import Any

import geopandas as gpd
import pandas as pd
from pydantic import Field

from data.actions.base import Input, action
from data.records import PATROL_KINDS
from data.store import Store, Tx
from data.store.values import to_utc
from geo import datum as datums
from geo.faults import Fault
from geo.match import match

WATERS = ("reach", "river", "lake", "reservoir", "wetland", "black_odorous", "tailings_dam")


class Person(Input):
    """One person on a patrol, the post they walked for and how."""

    person: str = Field(min_length=1)
    post_code: str | None = None
    kind: str | None = None


class TrackPoint(Input):
    """One position: when (may be missing), where."""

    time: datetime | None = None
    lon: float
    lat: float


class PatrolInput(Input):
    """A patrol as handed in."""

    post_code: str
    kind: str = "self"
    people: list[Person] = Field(default_factory=list)
    started_at: datetime | None = None
    ended_at: datetime | None = None
    water_code: str | None = None
    track: list[TrackPoint] = Field(default_factory=list)
    datum: str = "wgs84"
    file_name: str | None = None
    result: str | None = None
    remark: str | None = None


def track_frame(given: PatrolInput) -> pd.DataFrame:
    """Return the track as time (UTC), lon, lat in WGS84, in the order it came."""
    frame = pd.DataFrame([point.model_dump() for point in given.track], columns=["time", "lon", "lat"])
    outside = ~(frame["lon"].astype(float).between(-180, 180) & frame["lat"].astype(float).between(-90, 90))
    if outside.any():
        raise Fault("track_invalid", row=int(outside.to_numpy().argmax()) + 1)
    frame["time"] = pd.to_datetime(frame["time"], utc=True).astype("datetime64[us, UTC]")
    if len(frame):
        lon, lat = datums.to_wgs84(frame["lon"].to_numpy(float), frame["lat"].to_numpy(float), given.datum)
        frame["lon"], frame["lat"] = lon, lat
    return frame


def covered(track: pd.DataFrame, reaches: gpd.GeoDataFrame, track_id: str = "track") -> pd.DataFrame:
    """Return the stretches of ``reaches`` a track saw (reach_id, from_m, to_m, bank, entered_at, left_at)."""
    if not len(track) or not len(reaches):
        return pd.DataFrame(columns=["track_id", "reach_id", "from_m", "to_m", "bank", "entered_at", "left_at"])
    points = gpd.GeoDataFrame({"track_id": track_id, "time": track["time"]},
                              geometry=gpd.points_from_xy(track["lon"], track["lat"]), crs="EPSG:4490")
    return match(points, reaches)


def network(reaches: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the reach layer as ``geo`` wants it: ``reach_id`` beside ``code``."""
    return reaches if "reach_id" in reaches else reaches.assign(reach_id=reaches["code"])


def preview(store: Store, actor: str, payload: dict) -> dict:
    """Say what a patrol would be kept as, before it is: the stretch seen, minutes, and whether it is evidenced."""
    given = PatrolInput.model_validate(payload)
    track = track_frame(given)
    stretches = covered(track, network(store.as_seen_by(actor).reaches()))
    return {"intervals": stretches, "points": len(track), **_times(store, given, track),
            "evidenced": bool(len(stretches)), "covered_m": float((stretches["to_m"] - stretches["from_m"]).sum())}


def _times(store: Store, given: PatrolInput, track: pd.DataFrame) -> dict[str, datetime | None]:
    """Return when the patrol began and ended: as stated, else as the track says."""
    seen = track["time"].dropna()
    started: Any = given.started_at or (seen.min() if len(seen) else None)
    ended: Any = given.ended_at or (seen.max() if len(seen) else None)
    zone = store.city.zone
    return {"started_at": to_utc(started, zone) if started is not None else None,
            "ended_at": to_utc(ended, zone) if ended is not None else None}


@action(PatrolInput)
def submit_patrol(store: Store, tx: Tx, given: PatrolInput) -> dict:
    """Keep a patrol with its people, its track and the stretches it saw."""
    for code in (given.post_code, *(member.post_code for member in given.people)):
        if code and tx.one("post", code=code) is None:
            raise Fault("post_unknown", post=code)
    kinds = tuple(code.value for code in PATROL_KINDS)
    for member in given.people:
        if member.kind and member.kind not in kinds:
            raise Fault("code_unknown", field="kind", value=member.kind, choices=", ".join(kinds))
    if given.water_code and all(tx.one(layer, code=given.water_code) is None for layer in WATERS):
        raise Fault("water_unknown", water=given.water_code)
    _check_own_post(tx, given)
    track = track_frame(given)
    times = _times(store, given, track)
    if times["started_at"] is None:
        raise Fault("patrol_no_time")
    if times["ended_at"] is not None and times["ended_at"] < times["started_at"]:
        raise Fault("patrol_ends_first")
    if times["started_at"] > tx.utc:
        raise Fault("patrol_in_future", started=times["started_at"].isoformat())
    stretches = covered(track, network(tx.ground("reach")))
    people = [p.model_dump() for p in given.people] or [{"person": tx.actor.display_name}]
    for person in people:
        person["post_code"] = person.get("post_code") or given.post_code
        person["kind"] = person.get("kind") or given.kind
    row = {"post_code": given.post_code, "kind": given.kind, "people": "、".join(p["person"] for p in people), **times,
           "water_code": given.water_code, "has_track": bool(len(track)), "result": given.result,
           "remark": given.remark}
    patrol_id, = tx.insert("patrol", [{name: _aware(value) for name, value in row.items()}])
    tx.insert_people(patrol_id, people)
    if len(track):
        tx.insert_track(patrol_id, track, given.file_name)
        tx.insert_intervals(patrol_id, stretches)
    return {"id": patrol_id, "number": tx.one("patrol", id=patrol_id)["number"],       # type: ignore[index]
            "evidenced": bool(len(stretches)), "covered_m": float((stretches["to_m"] - stretches["from_m"]).sum()),
            "stretches": len(stretches), "reaches": sorted(set(stretches["reach_id"]))}


def _aware(value: object) -> object:
    from datetime import UTC
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value


def _check_own_post(tx: Tx, given: PatrolInput) -> None:
    """A chief hands in for a post of their own; the office may hand in for anyone."""
    if tx.actor.roles & {"operator", "planner", "admin", "inspector"}:
        return
    mine = set(tx.actor.posts)
    if given.post_code not in mine:
        raise Fault("not_allowed", action="submit_patrol", actor=tx.actor.name)
