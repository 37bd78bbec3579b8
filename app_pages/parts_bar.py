"""The line above every page: the day, 模拟, who is acting, the language; and which pages a person sees."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app_pages import parts, parts_door
from app_pages.parts import Here
from data.settings import settings

LANGUAGE = {"zh": "中", "en": "EN"}

ROLE_PAGES = {
    "chief": ("reaches", "map", "export"),
    "inspector": ("upload", "map", "export"),
    "planner": ("map", "upload", "export", "start"),
    "handler": ("map", "export"),
    "supervisor": ("map", "export"),
    "admin": ("map", "upload", "export", "start"),
    "operator": ("map", "reaches", "upload", "export", "start"),
}
"""The pages of a role, the first one first."""


def settle_language() -> None:
    """Take the language from the session, else the address, else the settings."""
    if st.session_state.get("lang") not in LANGUAGE:
        asked = st.query_params.get("lang")
        st.session_state["lang"] = asked if asked in LANGUAGE else settings().lang


def page_names(here: Here) -> list[str]:
    """Return the names of this person's pages in their order."""
    roles = [role for role in parts_door.ROLE_ORDER if role in here.actor.roles]
    names = list(dict.fromkeys(name for role in roles for name in ROLE_PAGES[role])) or ["map"]
    if not here.store.simulated and "start" in names and not len(here.view.reaches()):
        names = ["start", *(name for name in names if name != "start")]
    if here.store.simulated and "start" in names:
        names.remove("start")
    return names


def pages(here: Here) -> list[Any]:
    """Return this person's pages in their order; the bare address leads to the first of them."""
    names = page_names(here)
    shown = [_page(here, name, "visible") for name in names]
    rest = [_page(here, name, "hidden") for name in parts.PAGES if name not in names]
    home = st.Page("app_pages/home.py", title=here.say("page.title"), default=True, visibility="hidden")
    st.session_state["first_page"] = names[0]
    return [home, *shown, *rest]


def _page(here: Here, name: str, visibility: Any) -> Any:
    """One page; pages a role does not list stay reachable by link and show what that person may see."""
    return st.Page(parts.PAGES[name], title=here.say(f"page.{name}"), url_path=name, visibility=visibility)


def bar(here: Here, door: parts_door.Door) -> None:
    """Show the line above the page, and on a phone the pages above it."""
    phone_menu(here)
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center", key="bar"):
        day = "page.demo_date" if here.store.simulated else "page.today"
        note = here.say(day, date=here.today.isoformat())
        if here.store.simulated:
            note = f"**{here.say('page.simulated')}** · {here.store.city.name} · {note}"
        st.markdown(note, width="stretch")
        _person(here, door)
        st.segmented_control(here.say("page.language"), list(LANGUAGE), format_func=LANGUAGE.__getitem__,
                             default=here.lang, key="lang_pick", on_change=_take_language, required=True,
                             label_visibility="collapsed")


def phone_menu(here: Here) -> None:
    """Show this person's pages as a row of links; only a phone shows it, where the menu above is folded away."""
    with st.container(horizontal=True, gap="small", key="phone_pages"):
        for name in page_names(here):
            st.page_link(parts.PAGES[name], label=here.say(f"page.{name}"), query_params=parts.carried(), width="content")


def _take_language() -> None:
    st.session_state["lang"] = st.session_state["lang_pick"]


def _take_person() -> None:
    st.session_state["actor"] = st.session_state["actor_pick"]


def _person(here: Here, door: parts_door.Door) -> None:
    """Show who is acting; a click lets one choose another, grouped by role."""
    names = list(door.people["name"])
    labels = {row.name: f"{parts_door.role_label(row.role)} · {row.person}"
              for row in door.people.itertuples(index=False)}
    with st.popover(labels[here.actor.name], key="who"):
        st.markdown(here.say(door.reason))
        st.selectbox(here.say("door.who"), names, index=names.index(here.actor.name), key="actor_pick",
                     format_func=labels.__getitem__, on_change=_take_person)


def no_store() -> None:
    """Say that there is no store, and the two commands that make one."""
    st.title(parts.say("store.none_title"))
    st.markdown(parts.say("store.none_body"))
    for name, command in (("demo", "python hezhang.py demo"), ("init", "python hezhang.py init")):
        st.markdown(parts.say(f"store.none_{name}"))
        st.code(command, language=None)
