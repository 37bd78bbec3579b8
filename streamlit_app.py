"""The browser door: who is here, in which language, which pages they see; then the page itself."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from app_pages import parts, parts_bar, parts_door
from data.settings import settings
from data.store import exists
from geo.faults import Fault

HERE = Path(__file__).parent

st.set_page_config(page_title=parts.say("page.title"), page_icon=None, layout="wide", initial_sidebar_state="collapsed")
st.html(HERE / "app_pages" / "desk.css")
parts_bar.settle_language()


def enter() -> None:
    """Open the store, settle who is here, and run the page they asked for."""
    if not exists(settings().store):
        parts_bar.no_store()
        return
    store = parts.the_store(settings().store)
    door = parts_door.door(store)
    if not door.open:
        st.info(parts.say(door.reason))
        return
    st.session_state["demo"] = store.simulated
    st.session_state["actor"] = parts_door.choose(door)
    here = parts.here()
    page = st.navigation(parts_bar.pages(here), position="top")
    parts_bar.bar(here, door)
    page.run()


with parts.faults():
    try:
        enter()
    except Fault as fault:
        if fault.code != "store_missing":
            raise
        parts_bar.no_store()
