"""The parts of the patrol form: who walked, the track file, the times, and what the patrol would be kept as."""

from __future__ import annotations

import hashlib
import json
from datetime import time
from typing import Any

import pandas as pd
import streamlit as st

from app_pages import parts, reach_rows, work_parts
from app_pages.parts import Here
from data.actions.patrols import preview as would_be
from data.intake.sandbox import read_upload
from data.words import fault_text
from geo.faults import Fault
from reports.strip import strip_image, strip_svg


def people(here: Here, post: str, posts: dict[str, str]) -> list[dict]:
    """Who walked: those in office at one's posts, and companions by name."""
    known = reach_rows.people_choices(here.view, list(posts))
    first = [words for words, (_, code) in known.items() if code == post]
    chosen = st.multiselect(here.say("patrol.people"), list(known), default=first, key=f"patrol_people_{post}",
                            placeholder="–")
    others = st.text_input(here.say("patrol.people_other"), key="patrol_others", help=here.say("patrol.people_other_help"))
    names = [name.strip() for name in others.replace(",", "、").replace("，", "、").split("、") if name.strip()]
    found = [{"person": known[words][0], "post_code": known[words][1]} for words in chosen]
    return (found + [{"person": name} for name in names]) or [{"person": here.actor.display_name}]


def times(here: Here) -> dict[str, Any]:
    """Start and end as a person states them."""
    day = st.date_input(here.say("patrol.day"), value=here.today, max_value=here.today, key="patrol_day")
    left, right = st.columns(2)
    began = left.time_input(here.say("patrol.start"), value=time(8, 0), key="patrol_start")
    ended = right.time_input(here.say("patrol.end"), value=time(9, 0), key="patrol_end")
    return {"started_at": work_parts.moment(here, day, began), "ended_at": work_parts.moment(here, day, ended)}


@st.cache_data(show_spinner=False, max_entries=16)
def read_track(content: bytes) -> pd.DataFrame:
    """The points of a track file, read in the intake's worker: time, lon, lat."""
    reading = read_upload(content, {"want": "track"})
    return pd.DataFrame([point[2:] for point in reading.points], columns=["lon", "lat", "time"])


def with_track(here: Here) -> dict[str, Any]:
    """The track of a chosen file; where it holds no times, they are asked for."""
    file = st.file_uploader(here.say("patrol.file"), type=["gpx", "kml", "kmz"], key="patrol_file",
                            help=here.say("patrol.file_help"))
    if file is None:
        return {"track": []}
    try:
        points = read_track(file.getvalue())
    except Fault as fault:
        st.error(fault_text(fault, here.lang))
        return {"track": []}
    datum = work_parts.choose_datum(here, "patrol_datum")
    rows = points.astype(object).where(points.notna(), None).to_dict("records")
    found: dict[str, Any] = {"track": rows, "datum": datum, "file_name": file.name}
    if points["time"].isna().all():
        st.markdown(here.say("patrol.no_times"))
        found |= times(here)
    return found


def covers(here: Here, seen: dict[str, Any]) -> str:
    """The verdict on covering: how much, or why nothing."""
    if seen["evidenced"]:
        return here.say("patrol.verdict.covered", km=f"{seen['km']:,.1f}")
    if seen["points"]:
        return here.say("patrol.verdict.off_water")
    return here.say("patrol.verdict.recorded" if seen["credited"] else "patrol.verdict.noted")


def _judged(here: Here, payload: dict) -> dict[str, Any]:
    """What the patrol would be kept as, worked out once for the same entries."""
    text = json.dumps([payload, here.stamp], sort_keys=True, default=str, ensure_ascii=False)
    mark = hashlib.sha256(text.encode()).hexdigest()
    kept = st.session_state.get("patrol_seen")
    if kept is None or kept["mark"] != mark:
        seen = would_be(here.store, here.actor.name, payload)
        credit, rule = reach_rows.verdict(here.view, payload, seen, here.today)
        kept = {**seen, "mark": mark, "credit": credit, "rule": rule,
                "credited": bool(credit["water_code"].notna().any()), "km": reach_rows.river_km(seen["intervals"])}
        st.session_state["patrol_seen"] = kept
    return kept


def preview(here: Here, payload: dict) -> dict[str, Any] | None:
    """Show the stretches seen and both verdicts with their rule; None where the entries cannot be kept."""
    try:
        seen = _judged(here, payload)
    except Fault as fault:
        st.error(fault_text(fault, here.lang))
        return None
    if seen["points"]:
        st.caption(here.say("patrol.points", points=f"{seen['points']:,}", start=parts.date_text(seen["started_at"]),
                            end=parts.date_text(seen["ended_at"])))
    st.markdown(f"**{covers(here, seen)}**")
    for row in seen["credit"].to_dict("records"):
        st.markdown("- " + credit_words(here, row))
    st.caption(work_parts.rule_words(here, seen["rule"]))
    strips(here, seen["intervals"])
    return seen


def credit_words(here: Here, row: dict[str, Any]) -> str:
    """The verdict on frequency for one post."""
    post = parts.plain(row["post_name"])
    if pd.isna(row["water_code"]):
        return here.say("patrol.verdict.freq_none", post=post, reason=here.say(f"patrol.reason.{row['reason']}"))
    which = "freq_evidenced" if row["evidenced"] else "freq_recorded"
    return here.say(f"patrol.verdict.{which}", post=post, water=parts.plain(row["water_name"]))


def strips(here: Here, intervals: pd.DataFrame) -> None:
    """Each reach the track saw, laid straight, the stretches seen in dark."""
    reaches = here.view.reaches().drop_duplicates("reach_id").set_index("reach_id")
    for code, rows in intervals.groupby("reach_id"):
        reach = reaches.loc[code]
        name = str(code) if pd.isna(reach["name"]) else str(reach["name"])
        st.markdown(f"{parts.plain(name)}  {here.say('reach.length', km=work_parts.km(reach['length_m']))}")
        drawing = strip_svg(rows.assign(state="walked"), float(reach["length_m"]), lang=here.lang, name=name)
        st.html(strip_image(drawing, here.say("strip.about", called=name, length=work_parts.km(reach["length_m"]))))
