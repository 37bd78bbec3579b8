"""The pieces of a record page: title line, fields, who answers, the story, photos, small map, moves."""

from __future__ import annotations

import uuid
from typing import Any

import pandas as pd
import streamlit as st

import layers.map as drawing
from app_pages import parts, parts_map, parts_table, record_rows
from app_pages.parts import Here
from app_pages.record_rows import Record
from data import actions
from data.flow import MOVES, Move
from data.records import ALL as RECORDS
from data.records import LEVELS

TITLE = {"case": ("kind", "state"), "outfall": ("class1", "stage"), "finding": ("kind", "state"),
         "inspection": ("result",), "patrol": ("kind",), "reach": ("kind",)}


def label(move: Move, lang: str) -> str:
    """Return a move in a language."""
    return move.zh if lang == "zh" else move.en


@st.cache_resource(show_spinner=False, max_entries=64)
def _record(key: tuple, kind: str, ident: str, _view: Any) -> Record:
    return record_rows.record_of(_view, kind, ident, key[-1])


def asked(here: Here) -> Record | None:
    """Return the record that the address asks for; None where it asks for none."""
    kind, ident = st.query_params.get("kind"), st.query_params.get("id")
    return _record(here.key, str(kind), str(ident), here.view) if kind and ident else None


def title(here: Here, record: Record) -> None:
    """Show what it is in one line: name or number, type, state, how late."""
    kind = parts_table.layer_of(record.kind).label(here.lang)
    said = [parts_table.cell(here, record.kind, name, record.row.get(name)) for name in TITLE.get(record.kind, ())]
    if record.judged.get("look"):
        said.append(here.say(f"map.look.{record.judged['look']}"))
    st.title(record.title, anchor=False)
    line = " · ".join([kind, *(word for word in said if word)])
    late = int(record.judged.get("overdue_days") or 0)
    if late:
        line += " · :red[**" + here.say("record.late", count=late) + "**]"
    st.markdown(line)
    if record.place:
        st.markdown(parts.plain(record.place))


def fields(here: Here, record: Record) -> None:
    """Show every field that holds something, with its label and its code in words."""
    names = record_rows.fields_of(record.kind, record.row)
    told = pd.DataFrame({"field": [parts_table.heading(here, record.kind, name) for name in names],
                         "value": [parts_table.cell(here, record.kind, name, record.row[name]) for name in names]})
    code = record.row.get("code")
    if record_rows.text(code) and code != record.title:
        told = pd.concat([pd.DataFrame({"field": [parts_table.heading(here, record.kind, "code")], "value": [code]}), told])
    if len(told):
        st.table(told.set_index("field").rename(columns={"value": " "}), border="horizontal", hide_header=True)


def chiefs(here: Here, record: Record) -> None:
    """Show who answers for the place today."""
    if not len(record.chiefs):
        return
    st.subheader(here.say("record.chiefs"), anchor=False)
    levels = {code.value: code.label(here.lang) for code in LEVELS}
    for row in record.chiefs.itertuples():
        person = row.person if record_rows.text(row.person) else here.say("record.vacant")
        acting = here.say("record.acting") if row.state == "acting" else ""
        role = here.say("record.joint") if row.role == "joint" else ""
        st.markdown(f"{levels.get(row.level, row.level)} · {parts.plain(row.post_name)} · **{parts.plain(person)}** "
                    f"{acting} {role}".rstrip())


def why(here: Here, record: Record) -> None:
    """Show why it stands as it does, and the rules that say so."""
    reasons = [name for name in str(record.judged.get("reasons") or "").split(";") if name]
    if not reasons:
        return
    st.subheader(here.say("record.why"), anchor=False)
    age = record.judged.get("age_days")
    days = "" if age is None or pd.isna(age) else " · " + here.say("record.age", count=int(age))
    st.markdown(" · ".join(here.say(f"reason.{name}") for name in reasons) + days)
    used = [rule for rule in record.rules if rule.get("reason") in reasons]
    for rule in used:
        status = "" if rule.get("status") == "verified" else here.say("record.unverified")
        st.caption(here.say("record.rule", clause=rule.get("clause") or rule.get("id"), source=rule.get("source") or "–",
                            status=status))


def story(here: Here, record: Record) -> None:
    """Show what happened, oldest first, each with who, when and the way to its own record."""
    st.subheader(here.say("record.story"), anchor=False)
    if not len(record.story):
        st.caption(here.say("record.no_story"))
        return
    for row in record.story.itertuples():
        with st.container(horizontal=True, gap="small", vertical_alignment="top", key=f"story_{row.Index}"):
            st.markdown(f":gray[{parts.date_text(row.at)}]", width="content")
            if row.kind == "event":
                word = label(MOVES[row.what], here.lang) if row.what in MOVES else here.say(f"record.move.{row.what}")
                st.markdown(f"**{word}**", width="content")
            else:
                st.page_link(parts.PAGES["record"], width="content",
                             label=f"{RECORDS[row.kind].label(here.lang)} {parts.plain(row.what)}",
                             query_params={"kind": row.kind, "id": row.id, **parts.carried()})
            column = "result" if row.kind == "inspection" else "state"
            result = parts_table.cell(here, row.kind, column, row.result) if row.kind in RECORDS else None
            said = [result, row.who, row.note if row.note != row.result else None]
            st.markdown(" · ".join(parts.plain(one) for one in said if record_rows.text(one)), width="stretch")


def photos(here: Here, record: Record) -> None:
    """Show its photos side by side, oldest first, each with its day."""
    if not record.photos:
        return
    st.subheader(here.say("record.photos"), anchor=False)
    with st.container(horizontal=True, key="photos"):
        for photo in record.photos:
            st.image(here.view.photo_bytes(photo.id), caption=parts.date_text(photo.taken_at), width=220)


@st.cache_data(show_spinner=False, max_entries=32)
def _small_map(key: tuple, kind: str, ident: str, _view: Any, _row: dict) -> dict[str, Any] | None:
    shown = record_rows.ground_of(_view, kind, _row)
    if not shown:
        return None
    lang, own = key[-1], shown.get("outfall", next(iter(shown.values())))
    west, south, east, north = own.total_bounds
    room = max(east - west, north - south) * 0.1 or 0.004
    made = drawing.base_map((west - room, south - room, east + room, north + room), lang=lang,
                            simulated=_view.store.simulated)
    for name, frame in shown.items():
        if name == "outfall":
            drawing.draw_outfalls(made, frame.assign(recurred=frame["relapses"]), lang=lang, columns=())
        else:
            drawing.draw(made, name, frame, lang=lang, columns=(), popups=False, labels="name")
    return parts_map.written(made)


def small_map(here: Here, record: Record) -> None:
    """Show where it lies."""
    made = _small_map(here.key, record.kind, str(record.row["id"]), here.view, record.row)
    if made is None:
        st.caption(here.say("record.no_place"))
        return
    with st.container(key="smallmap"):
        parts_map.show(made, "", "small", height=320)
    if record.kind in ("outfall", "reach") and st.button(here.say("record.on_map"), key="on_map"):
        st.switch_page(parts.PAGES["map"], query_params={"kind": record.kind, "id": str(record.row["id"]),
                                                         **parts.carried()})


def moves(here: Here, record: Record) -> None:
    """Show the moves this person may make, each with what it needs; the books decide."""
    if record.kind != "case":
        return
    st.subheader(here.say("record.moves"), anchor=False)
    if not record.moves:
        st.caption(here.say("record.no_moves"))
        return
    chosen = st.segmented_control(here.say("record.moves"), record.moves, format_func=lambda move: label(move, here.lang),
                                  key="move_pick", label_visibility="collapsed")
    if chosen:
        _move(here, record, chosen)


def _move(here: Here, record: Record, move: Move) -> None:
    case = RECORDS["case"]
    with st.form(f"move_{move.action}"):
        given: dict[str, Any] = {"number": record.row["number"], "version": int(record.row["version"])}
        for name in dict.fromkeys((*move.needs, "note")):
            key = f"move_{move.action}_{name}"
            head = case.column(name).label(here.lang) if case.has(name) else here.say("record.note")
            if name == "unit_code":
                units = here.view.records("unit").set_index("code")["name"].to_dict()
                given[name] = st.selectbox(head, list(units), format_func=units.get, index=None, key=key)
            elif case.has(name) and case.column(name).kind == "date":
                given[name] = st.date_input(head, value=None, min_value=here.today, key=key, format="YYYY-MM-DD")
            else:
                given[name] = st.text_input(head, key=key) or None
        if st.form_submit_button(label(move, here.lang), type="primary", key=f"move_{move.action}_do"):
            key = st.session_state.setdefault("move_key", uuid.uuid4().hex)
            done = actions.run(move.action, here.store, here.actor, given, key=key)
            del st.session_state["move_key"]
            st.session_state["move_done"] = done["receipt"]
            st.session_state.pop("move_pick", None)
            st.rerun()


def told(here: Here) -> None:
    """Say once that a move was kept, with its receipt."""
    receipt = st.session_state.pop("move_done", None)
    if receipt:
        st.success(here.say("record.moved", receipt=receipt))
