"""Handing in a patrol: who walked for which post, with or without a track; the verdict is shown before it is kept."""


import streamlit as st

from app_pages import reach_rows, track_parts, work_parts
from app_pages.parts import Here


def start(post: str, water: str = "") -> None:
    """Open the form for a post and a water."""
    work_parts.renew("patrol")
    st.session_state.update({"handing_open": True, "handing_for": post, "handing_at": water})
    st.rerun()


def close() -> None:
    """Leave the form."""
    work_parts.renew("patrol")
    st.session_state["handing_open"] = False


def without_track(here: Here, post: str) -> dict:
    """When and where a patrol without a track was."""
    waters = reach_rows.water_choices(here.view, [post])
    at = str(st.session_state.get("handing_at") or "")
    water = st.selectbox(here.say("patrol.water"), list(waters), format_func=waters.__getitem__, key="patrol_water",
                         placeholder="–",
                         index=list(waters).index(at) if at in waters else 0 if len(waters) == 1 else None)
    return track_parts.times(here) | {"water_code": water}


def form(here: Here) -> None:
    """The form, its preview and its receipt."""
    if "patrol_done" in st.session_state:
        done = st.session_state["patrol_done"]
        st.title(here.say("patrol.title"))
        work_parts.receipt(here, "patrol", [here.say("patrol.saved", number=done["number"]),
                                            track_parts.covers(here, done)],
                           ("patrol", done["number"]), ("reach", next(iter(done["reaches"]), done["at"])))
        st.button(here.say("work.back"), key="patrol_leave", on_click=close)
        return
    st.button(here.say("work.back"), key="patrol_leave", on_click=close)
    st.title(here.say("patrol.title"))
    posts = reach_rows.post_choices(here.view)
    wanted = str(st.session_state.get("handing_for") or "")
    post = st.selectbox(here.say("patrol.post"), list(posts), format_func=posts.__getitem__, key="patrol_post",
                        index=list(posts).index(wanted) if wanted in posts else 0)
    kind = work_parts.choose(here, "patrol", "kind", "patrol_kind")
    people = track_parts.people(here, post, posts)
    how = st.segmented_control(here.say("patrol.evidence"), ["track", "none"], default="track", required=True,
                               format_func=lambda one: here.say(f"patrol.evidence.{one}"), key="patrol_how")
    payload = {"post_code": post, "kind": kind, "people": people}
    payload |= track_parts.with_track(here) if how == "track" else without_track(here, post)
    payload["result"] = st.text_area(here.say("patrol.result"), key="patrol_result",
                                     help=here.say("patrol.result_help"), height=68) or None
    st.subheader(here.say("patrol.before"))
    if how == "track" and not payload["track"]:
        st.markdown(here.say("patrol.wait_file"))
        return
    seen = track_parts.preview(here, payload)
    if seen and st.button(here.say("patrol.save"), key="patrol_save", type="primary") and work_parts.hand_in(
            here, "patrol", "submit_patrol", payload):
        st.session_state["patrol_done"] |= {name: seen[name] for name in ("km", "points", "credited")}
        st.session_state["patrol_done"]["at"] = payload.get("water_code") or ""
        st.rerun()
