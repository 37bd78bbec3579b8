"""What a walk's track says beyond its points: what it saw, whose water that is, whether it was handed in before."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from data.records import LEVEL_ORDER, PATROL_KINDS
from data.store.values import missing

if TYPE_CHECKING:
    from data.intake.importing import Job

FEW_POSTS = 20
SAME_DEG = 2e-6
"""Positions that differ by less are the same point written with fewer digits (0.2 m)."""
_WITH_POST = re.compile(r"^(.+?)[(（]([^()（）]+)[)）]$")


def people_of(text: Any, post: str | None, kind: str | None, known: set[str]) -> list[dict[str, Any]]:
    """One line a person: `示例甲、示例乙(P-0102)`; who walked for another post has its code in brackets."""
    found = []
    for part in re.split(r"[、,，;；]", "" if missing(text) else str(text)):
        name, own = part.strip(), post
        match = _WITH_POST.match(name)
        if match and match.group(2).strip() in known:
            name, own = match.group(1).strip(), match.group(2).strip()
        if name:
            found.append({"person": name, "post_code": own, "kind": kind or "self"})
    return found


def default_people(job: Job, post: str, day: pd.Timestamp) -> str:
    """Who walked where nobody says: the acting person; for the terminal, who held the post on that day."""
    actor = job.view.actor
    if "operator" in actor.roles:
        from data.responsibility import held_on
        held = job.known.frame("holder")
        person = held_on(held[held["post_code"] == post], day.date()).get(post, (None, ""))[0] if len(held) else None
        if person:
            return str(person)
    return actor.display_name


def stretches_of(job: Job, track: pd.DataFrame) -> pd.DataFrame:
    """The stretches a track saw on all reaches of the store, as the transaction will keep them."""
    from data.actions.patrols import covered, network
    return covered(track, network(job.store.as_seen_by("operator").reaches()))


def likely_posts(job: Job, stretches: pd.DataFrame, day: pd.Timestamp) -> list[str]:
    """Posts responsible on that day for what the track saw, the most metres first, the lowest level first among equals."""
    duty, posts = job.known.frame("responsibility"), job.known.frame("post")
    if not len(stretches) or not len(duty):
        return []
    from data.responsibility import in_force
    level = {code: LEVEL_ORDER.index(rank) if rank in LEVEL_ORDER else -1
             for code, rank in zip(posts["code"], posts["level"], strict=True)}
    metres: dict[str, float] = {}
    duty = in_force(duty, day.date())
    for row in duty[duty["object_code"].isin(set(stretches["reach_id"]))].itertuples():
        mine = stretches[stretches["reach_id"] == row.object_code]
        start = 0.0 if missing(row.from_m) else float(row.from_m)
        end = np.inf if missing(row.to_m) else float(row.to_m)
        seen = (np.minimum(mine["to_m"], end) - np.maximum(mine["from_m"], start)).clip(lower=0).sum()
        if seen > 0 and row.post_code in level:
            metres[row.post_code] = metres.get(row.post_code, 0.0) + float(seen)
    return sorted(metres, key=lambda code: (-level[code], -round(metres[code]), code))


def ask_post(job: Job, stretches: pd.DataFrame | None, day: pd.Timestamp, own: list[str]) -> None:
    """Ask for which post a walk was: the likely ones first, all with names where they are few."""
    posts = job.known.frame("post").drop_duplicates("code")
    names = {code: "" if missing(name) else str(name) for code, name in zip(posts["code"], posts["name"], strict=True)}
    likely = [] if stretches is None else likely_posts(job, stretches, day)
    codes = own or sorted(names)
    likely = [code for code in likely if code in codes]
    order = [*likely, *(code for code in codes if code not in likely)]
    words = job.notes.words

    def shown(some: list[str]) -> str:
        return job.notes.joined(f"{code} {names.get(code, '')}".strip() for code in some)

    parts = [words("post_likely", posts=shown(likely[:FEW_POSTS]))] if likely else []
    rest = order[len(likely):]
    if len(order) <= FEW_POSTS:
        parts += [words("post_others" if likely else "post_all", posts=shown(rest))] if rest else []
    else:
        parts.append(words("post_many", count=len(order)))
    job.notes.ask("post_code", order, posts=" ".join(parts), first=order[0])


def same_walk(job: Job, track: pd.DataFrame, started: Any) -> bool:
    """Refuse a track whose points are those of an earlier patrol, whoever handed it in; True where it was."""
    office = job.store.as_seen_by("operator")
    patrols = office.records("patrol")
    begun = pd.to_datetime(patrols["started_at"], utc=True)
    apart = (begun - pd.Timestamp(started)).abs()
    near = patrols[(apart <= pd.Timedelta(seconds=1)) & patrols["has_track"].eq(True)]
    for earlier in near.to_dict("records"):
        kept = office.track(str(earlier["id"]))
        if len(kept) != len(track) or not len(kept):
            continue
        away = max(np.abs(kept[name].to_numpy(float) - track[name].to_numpy(float)).max() for name in ("lon", "lat"))
        if away <= SAME_DEG:
            posts = job.known.frame("post").drop_duplicates("code").set_index("code")["name"]
            if str(earlier["id"]) not in set(job.known.frame("patrol")["id"].astype(str)):     # not this person's to see
                job.notes.refuse(1, "same_track_unseen", "track", number=earlier["number"], file=job.report.file.name)
                job.notes.bad[1] = job.notes.bad[1].model_copy(update={"code": "duplicate"})
                return True
            post = str(earlier["post_code"])
            who = earlier.get("people")
            job.notes.refuse(1, "duplicate", "track", line=1, value=job.report.file.name, first=earlier["number"])
            receipt = job.receipt_of(earlier.get("import_id"))
            said = job.notes.words(
                "same_track", number=earlier["number"], post=post, name=posts.get(post, ""),
                people="" if missing(who) else who, file=job.report.file.name,
                withdraw=job.notes.words("way_withdraw", receipt=receipt) if receipt else "")
            job.notes.bad[1] = job.notes.bad[1].model_copy(update={"message": said})
            return True
    return False


def tell(job: Job, values: dict[str, Any], track: pd.DataFrame | None, stretches: pd.DataFrame | None) -> None:
    """A note of what was understood: day, hours, length, and the reaches seen with banks."""
    words, zone, lang = job.notes.words, job.view.city.zone, job.notes.lang
    begin = pd.Timestamp(values["started_at"]).tz_convert(zone)
    end = "?" if missing(values.get("ended_at")) else f"{pd.Timestamp(values['ended_at']).tz_convert(zone):%H:%M}"
    posts = job.known.frame("post").drop_duplicates("code")
    name = dict(zip(posts["code"], posts["name"], strict=True)).get(values["post_code"], "") if len(posts) else ""
    kind = next((code.label(lang) for code in PATROL_KINDS if code.value == values.get("kind")), "")
    said = words("walk", day=f"{begin:%Y-%m-%d}", start=f"{begin:%H:%M}", end=end, post=values["post_code"], name=name,
                 people=values.get("people") or "", kind=kind)
    if track is None:
        job.notes.tell("walk", [1], said)
        return
    said += words("walk_length", km=f"{_length_m(track) / 1000:.2f}", points=len(track))
    job.notes.tell("walk", [1], said)
    if stretches is None or not len(stretches):
        job.notes.tell("walk_saw_nothing", [1], words("walk_saw_nothing" if len(job.store.as_seen_by("operator").reaches())
                                                      else "walk_no_reaches"))
        return
    reaches = job.store.as_seen_by("operator").reaches().set_index("reach_id")["name"]
    seen: dict[tuple[str, str], float] = {}
    for row in stretches.itertuples():
        key = (str(row.reach_id), str(row.bank))
        seen[key] = seen.get(key, 0.0) + float(row.to_m) - float(row.from_m)
    parts = [words("walk_reach", reach=code if missing(reaches.get(code)) else f"{reaches[code]} {code}",
                   bank=words(f"bank_{bank}"), km=f"{metres / 1000:.2f}") for (code, bank), metres in seen.items()]
    job.notes.tell("walk_saw", [1], words("walk_saw", count=len({code for code, _ in seen}),
                                          parts=job.notes.joined(parts[:12], "；") + ("……" if len(parts) > 12 else "")))


def _length_m(track: pd.DataFrame) -> float:
    """Length of the line through the points, on the ellipsoid."""
    import pyproj
    return float(pyproj.Geod(ellps="WGS84").line_length(track["lon"].to_numpy(), track["lat"].to_numpy()))
