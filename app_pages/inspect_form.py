"""One visit to one outfall: where, which outfall, what was seen; a known outfall nearby is offered before a new one."""

import streamlit as st

from app_pages import place_parts, work_parts
from app_pages.parts import Here
from data.actions.field_work import outfalls_near
from data.standards import rule

NEW = ""


def which(here: Here, place: dict) -> str | None:
    """Step 2: the known outfall, or NEW for a suspected one; None until it is said."""
    near = outfalls_near(here.view, place["wgs_lon"], place["wgs_lat"])
    if not len(near):
        st.markdown(here.say("form.none_near"))
        return NEW
    st.caption(here.say("form.which_note", metres=rule("limits", here.today, id="same_outfall")["value"]))
    words = {row["code"]: here.say("form.near", called=row["name"], distance=round(row["distance_m"]), number=row["number"])
             for row in near.to_dict("records")}
    words[NEW] = here.say("form.none_of_them")
    return st.radio(here.say("form.which"), list(words), format_func=words.__getitem__, key="form_which", index=None,
                    label_visibility="collapsed")


def seen(here: Here, outfall: str) -> tuple[str, dict]:
    """Step 3: what was seen; the action and its input without place and photos."""
    left, right = st.columns(2)
    day = left.date_input(here.say("form.day"), value=here.today, max_value=here.today, key="form_day")
    at = right.time_input(here.say("form.time"), value=here.store.now().astimezone(here.store.city.zone).time().replace(
        second=0, microsecond=0), key="form_time", step=300)
    when = work_parts.moment(here, day, at)
    if outfall == NEW:
        name = st.text_input(here.say("form.name"), key="form_name", placeholder=here.say("form.name_help"))
        class1 = work_parts.choose(here, "outfall", "class1", "form_class1", optional=True)
        discharging = work_parts.choose(here, "inspection", "discharging", "form_discharging", optional=True)
        remark = st.text_area(work_parts.label("finding", "description", here.lang), key="form_remark", height=68)
        return "add_outfall", {"name": name, "class1": class1, "discharging": discharging, "description": remark,
                               "found_at": when, "near_known": "none"}
    result = work_parts.choose(here, "inspection", "result", "form_result")
    entered: dict = {"discharging": work_parts.choose(here, "inspection", "discharging", "form_discharging", optional=True),
               "rain_72h": work_parts.choose(here, "inspection", "rain_72h", "form_rain", optional=True)}
    smell = st.text_input(work_parts.label("inspection", "colour_odour", here.lang), key="form_colour") or None
    for column, name in zip(st.columns(4), ("ph", "nh3n_mg_l", "cod_mg_l", "conductivity_us_cm"), strict=True):
        entered[name] = column.number_input(work_parts.label("inspection", name, here.lang), value=None, min_value=0.0,
                                            key=f"form_{name}")
    remark = st.text_area(work_parts.label("inspection", "remark", here.lang), key="form_remark", height=68)
    return "submit_inspection", {"outfall_code": outfall, "inspected_at": when, "result": result, "remark": remark or None,
                                 "colour_odour": smell, **entered}


def form(here: Here) -> None:
    """The three steps, and the receipt."""
    if "form_done" in st.session_state:
        done = st.session_state["form_done"]
        new = done["action"] == "add_outfall"
        lines = [here.say("form.saved_outfall" if new else "form.saved_inspection", **done)]
        if done["finding"] and not new:
            lines.append(here.say("form.saved_finding", number=done["finding"]))
        work_parts.receipt(here, "form", lines, ("outfall" if new else "inspection", done["number"]),
                           ("outfall", done["number"] if new else done["outfall"]))
        return
    st.subheader(here.say("form.where"))
    place, photos = place_parts.where(here)
    st.subheader(here.say("form.which"))
    if not place:
        st.markdown(here.say("form.need_place"))
        return
    if (outfall := which(here, place)) is None:
        return
    st.subheader(here.say("form.what"))
    action, payload = seen(here, outfall)
    payload |= {"lon": place["lon"], "lat": place["lat"], "datum": place["datum"], "photos": [p.row for p in photos]}
    button = "form.save_outfall" if outfall == NEW else "form.save_inspection"
    if st.button(here.say(button), key="form_save", type="primary", disabled=payload.get("name") == ""):
        place_parts.lay(here, photos)
        if work_parts.hand_in(here, "form", action, payload):
            st.session_state["form_done"]["outfall"] = outfall
            st.rerun()
