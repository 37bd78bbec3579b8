"""A patrol from a GPX or KML file: all its tracks are one walk; without times it cannot say when anyone looked."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from data.intake.report import Position, Stored
from data.intake.rows import Row
from data.intake.understand import field_named
from data.intake.values import Unreadable, parse
from data.intake.walks import ask_post, default_people, people_of, same_walk, stretches_of, tell
from geo import datum as datums
from geo.faults import Fault

if TYPE_CHECKING:
    from data.intake.importing import Job
    from data.store import Store, Tx

NO_POST = "-"
"""What a patrol's post is where the store has no posts yet: the office adds them and corrects the row."""


def understand_tracks(job: Job) -> None:
    """One file, one patrol: when, by whom, for which post, and the points of every track in order."""
    values = _stated(job)
    track = _frame(job)
    if not len(track):
        raise Fault("track_empty")
    timed = track["time"].notna()
    if timed.mean() < 0.5:      # a few stray times do not make a walk out of a drawn line
        timed[:] = False
    if not timed.any() and values.get("started_at") is None:
        job.notes.refuse(1, "track_without_times", "started_at", points=len(track))
        job.notes.report.position = Position(datum=job.options["datum"] or "wgs84", crs="EPSG:4326", how="declared")
        return
    if timed.any() and not timed.all():
        job.notes.repair("track_points_without_time", [1], count=int((~timed).sum()), total=len(track))
        track = track[timed].reset_index(drop=True)
    stretches = None
    if timed.any():
        _order(job, track)
        track = track.sort_values("time", kind="stable").reset_index(drop=True)
        values.setdefault("started_at", track["time"].iloc[0].to_pydatetime())
        values.setdefault("ended_at", track["time"].iloc[-1].to_pydatetime())
    else:
        job.notes.flag(1, "recorded_not_evidenced")
    if values["started_at"] > job.store.now():
        job.notes.refuse(1, "patrol_in_future", "started_at", value=values["started_at"].isoformat())
        return
    _place(job, track)
    day = pd.Timestamp(values["started_at"]).tz_convert(job.view.city.zone)
    stamp = job.store.stamp()
    if timed.any() and 1 not in job.notes.bad:
        if same_walk(job, track, values["started_at"]):
            return
        stretches = stretches_of(job, track)
    post = _post(job, values.get("post_code"), stretches, day)
    if post is None or job.report.questions or 1 in job.notes.bad:
        return
    values |= {"post_code": post, "kind": values.get("kind") or "self", "has_track": bool(timed.any())}
    values["people"] = values.get("people") or default_people(job, post, day)
    row = Row(1, values)
    from data.intake.matching import find_doubles
    find_doubles([row], job.shape, job.known, job.notes)
    if 1 in job.notes.bad:
        return
    job.rows = [row]
    job.patrol = TrackPatrol(values, track if timed.any() else None, job.report.file.name, stretches, stamp)
    tell(job, values, track if timed.any() else None, stretches)
    job.report.stored.append(Stored(row=1, lon=round(float(track["lon"].iloc[0]), 9),
                                    lat=round(float(track["lat"].iloc[0]), 9), flags=job.notes.flags.get(1, [])))


def _stated(job: Job) -> dict[str, Any]:
    """What the caller states as constants (`post_code==P-0101`, as `{"post_code": "=P-0101"}`)."""
    values: dict[str, Any] = {}
    for name, text in job.options["field_map"].items():
        target = field_named(name, job.shape.columns)
        if target is None:
            raise Fault("map_field_unknown", name=name, choices="、".join(c.name for c in job.shape.columns))
        if not text.startswith("="):
            raise Fault("map_needs_value", name=target, value=text)
        try:
            value, _ = parse(job.shape.column(target), text[1:], job.view.city.zone)
        except Unreadable as error:
            code, said = error.args
            job.notes.refuse(1, code, target, line=1, column=job.shape.column(target).label(job.notes.lang), **said)
            continue
        if value is not None:
            values[target] = value
    return values


def _frame(job: Job) -> pd.DataFrame:
    """Points of all tracks in the order of the file: time (UTC), lon, lat."""
    points = job.reading.points
    zone = job.view.city.zone
    times = []
    for *_, text in points:
        moment = datetime.fromisoformat(text) if text else None
        times.append(moment.replace(tzinfo=zone) if moment is not None and moment.tzinfo is None else moment)
    lon, lat = np.array([p[2] for p in points], float), np.array([p[3] for p in points], float)
    time = pd.to_datetime(pd.Series(times, dtype=object), utc=True).astype("datetime64[us, UTC]")
    return pd.DataFrame({"time": time, "lon": lon, "lat": lat})


def _order(job: Job, track: pd.DataFrame) -> None:
    if (track["time"].diff().dt.total_seconds() < 0).any():
        job.notes.repair("track_sorted", [1])


def _place(job: Job, track: pd.DataFrame) -> None:
    datum = job.options["datum"] or "wgs84"
    lon, lat = datums.to_wgs84(track["lon"].to_numpy(), track["lat"].to_numpy(), datum)
    track["lon"], track["lat"] = lon, lat
    how = "decided" if job.options["datum"] else "declared"
    job.report.position = Position(datum=datum, crs="EPSG:4326", how=how)
    area = job.view.city.area
    if area is not None:
        import shapely
        if not shapely.intersects_xy(area, lon, lat).any():
            job.notes.refuse(1, "out_of_area", "geometry", line=1, lon=lon[0], lat=lat[0])


def _post(job: Job, stated: str | None, stretches: pd.DataFrame | None, day: pd.Timestamp) -> str | None:
    """The post walked for: stated, else the actor's only one, else a question; a store without posts needs none."""
    codes, names = job.known.codes("post")
    if not codes:
        job.notes.flag(1, "post_unknown_yet")
        return stated or NO_POST
    if stated is not None:
        from data.intake.understand import header_key
        found = stated if stated in codes else names.get(header_key(stated))
        if found is None:
            job.notes.refuse(1, "post_unknown_here", "post_code", value=stated, count=len(codes))
        return found if may_walk_for(job, found, 1) else None
    own = [code for code in job.view.actor.posts if code in codes]
    if len(own) == 1:
        return own[0]
    ask_post(job, stretches, day, own)
    return None


def may_walk_for(job: Job, post: str | None, row: int) -> bool:
    """Whether the actor may hand in for this post: the office for anyone, a chief for posts of their own."""
    actor = job.view.actor
    if post is None or actor.roles & {"operator", "planner", "admin", "inspector"} or post in actor.posts:
        return True
    job.notes.refuse(row, "post_not_yours", "post_code", value=post)
    return False


class TrackPatrol:
    """A patrol with its track, ready for the transaction."""

    def __init__(self, values: dict[str, Any], track: pd.DataFrame | None, file_name: str,
                 stretches: pd.DataFrame | None, stamp: int) -> None:
        self.values, self.track, self.file_name = values, track, file_name
        self.stretches, self.stamp = stretches, stamp

    def insert(self, tx: Tx, store: Store) -> list[str]:
        """Keep the patrol, who walked, the track and the stretches it saw."""
        from data.actions.patrols import covered, network

        patrol_id, = tx.insert("patrol", [self.values])
        posts = set(tx.rows("post")["code"].astype(str))
        tx.insert_people(patrol_id, people_of(self.values["people"], self.values["post_code"], self.values["kind"], posts))
        if self.track is not None:
            tx.insert_track(patrol_id, self.track, self.file_name)
            fresh = self.stretches is None or store.stamp() != self.stamp      # the reaches may have changed since
            tx.insert_intervals(patrol_id, covered(self.track, network(tx.ground("reach"))) if fresh else self.stretches)
        return [patrol_id]
