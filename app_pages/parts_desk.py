"""The pieces of the map page: filters, what was picked, the table beside the map."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app_pages import map_rows, parts, parts_map, parts_table
from app_pages.map_rows import Choice, Rows
from app_pages.parts import Here

COLUMNS = {"gaps": parts_table.GAPS, "outfalls": parts_table.OUTFALLS}
SHAPE = {"gaps": "gap", "outfalls": "outfall"}
CARD = {"gap": ("bank", "from_m", "to_m", "state", "days", "post_name"),
        "outfall": ("look", "age_days", "overdue_days", "place", "case_number", "unit_name")}


def filters(here: Here) -> Choice:
    """Show the filters and the search; return what is chosen. On a phone they fold away behind one button."""
    found = parts_map.offered(here.key, here.view)
    bar = st.container(horizontal=True, key="searchline")
    with bar:
        st.selectbox(here.say("map.search"), list(found["things"]), format_func=found["things"].__getitem__, index=None,
                     key="map_search", placeholder=here.say("map.search"), label_visibility="collapsed",
                     on_change=_searched)
        with st.container(key="fold", width="content"):
            count = sum(bool(st.session_state.get(f"f_{name}")) for name in ("districts", "rivers", "posts"))
            st.button(here.say("map.filters", count=count), key="fold_button", on_click=_fold)
        day, shown = _filters(here, found)
    picked = {name: tuple(st.session_state[f"f_{name}"]) for name in ("districts", "rivers", "posts")}
    return Choice(on=day or here.today, shown=tuple(shown), **picked)


def _filters(here: Here, found: dict[str, dict[str, str]]) -> tuple[Any, list[str]]:
    state = "open" if st.session_state.get("filters_open") else "shut"
    with st.container(horizontal=True, key=f"filters_{state}"):
        for name in ("districts", "rivers", "posts"):
            st.multiselect(here.say(f"map.filter.{name}"), list(found[name]), format_func=found[name].__getitem__,
                           key=f"f_{name}", placeholder=here.say(f"map.filter.{name}"), label_visibility="collapsed")
        day = st.date_input(here.say("map.filter.on"), value=here.today, max_value=here.today, key="f_on",
                            format="YYYY-MM-DD", label_visibility="collapsed")
        shown = st.pills(here.say("map.show"), ["gaps", "outfalls"], selection_mode="multi", default=["gaps", "outfalls"],
                         format_func=lambda name: here.say(f"map.layer.{name}"), key="f_shown",
                         label_visibility="collapsed")
    return day, shown


def _fold() -> None:
    st.session_state["filters_open"] = not st.session_state.get("filters_open")


def _searched() -> None:
    """A thing found by name: go there and show it."""
    wanted = st.session_state.get("map_search")
    if wanted:
        kind, ident = wanted.split("|", 1)
        pick(kind, ident, fly=True)


def pick(kind: str, ident: str, fly: bool = False) -> None:
    """Remember what a person is looking at; ``fly`` moves the map there."""
    st.session_state["map_pick"] = (kind, ident)
    if fly:
        st.session_state["map_fly"] = (kind, ident)


def from_address() -> None:
    """Take what another page's link asks to be shown, once."""
    asked = (st.query_params.get("kind"), st.query_params.get("id"))
    if all(asked) and st.session_state.get("map_asked") != asked:
        st.session_state["map_asked"] = asked
        pick(str(asked[0]), str(asked[1]), fly=True)


def the_map(here: Here, choice: Choice) -> None:
    """Show the map; a click picks what was clicked."""
    day = choice.on.isoformat()
    base = parts_map.ground(here.key, day, here.view)
    fly = st.session_state.get("map_fly")
    look_at = map_rows.spot(here.view, *fly) if fly else None
    with st.container(key="mapbox"):
        clicked = parts_map.show(base, parts_map.on_top(here.key, choice, here.view), "map", look_at)
    if clicked and st.session_state.get("map_clicked") != clicked["id"]:
        st.session_state["map_clicked"] = clicked["id"]
        pick(clicked["layer"], clicked["id"])


def table(here: Here, rows: Rows, choice: Choice) -> None:
    """Show the counts as links to their rows, what is picked, the rows, and the files of these rows."""
    frames = {"gaps": rows.gaps, "outfalls": rows.unresolved}
    counts = {"gaps": here.say("map.count.gaps", count=len(rows.gaps), km=f"{rows.gaps['length_m'].sum() / 1000:,.1f}"),
              "outfalls": here.say("map.count.outfalls", count=len(rows.unresolved))}
    tab = st.segmented_control(here.say("map.rows"), list(frames), format_func=counts.__getitem__, default="gaps",
                               required=True, key="map_tab", label_visibility="collapsed")
    card(here, rows)
    frame = frames[tab]
    if not len(frame):
        st.markdown(here.say(f"map.none.{tab}"))
        return
    said = parts_table.worded(here, SHAPE[tab], frame, COLUMNS[tab])
    st.dataframe(said, hide_index=True, key=f"rows_{tab}", height=420, row_height=36, placeholder="–",
                 selection_mode="single-row", on_select=lambda: _row_picked(tab, frame))
    note = here.say("table.note", title=here.say(f"map.layer.{tab}"), day=choice.on, city=here.store.city.name,
                    simulated=here.say("page.simulated") if here.store.simulated else "")
    parts_table.downloads(here, said, tab, here.say(f"map.layer.{tab}"), note)


def _row_picked(tab: str, frame: Any) -> None:
    chosen = parts.chosen_row(st.session_state.get(f"rows_{tab}"), frame)
    if chosen is not None:
        pick(SHAPE[tab], str(chosen["id"]), fly=True)


def card(here: Here, rows: Rows) -> None:
    """Show the thing picked on the map, in the table or by search, with the way to its record."""
    kind, ident = st.session_state.get("map_pick", ("", ""))
    if not kind:
        st.caption(here.say("map.pick_hint"))
        return
    found = map_rows.picked(here.view, rows, kind, ident)
    if found is None:
        st.caption(here.say("map.pick_gone"))
        return
    with st.container(border=True, key="card"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"**{parts.plain(found['title'])}**", width="stretch")
            if st.button(here.say("map.open_record"), key="card_open", type="primary"):
                parts.open_record(found["kind"], found["id"])
        told = ((parts_table.heading(here, kind, name), parts_table.cell(here, kind, name, found["row"].get(name)))
                for name in CARD.get(kind, ()))
        st.markdown(" · ".join(f"{head} {parts.plain(value)}" for head, value in told if value not in (None, "", "0")))
