"""What every page shares: who is here, in which language, what they may see, and how a fault is shown.

A page begins with ``here = parts.here()`` and does its work inside ``with parts.faults():``.
"""

from __future__ import annotations

import contextlib
import logging
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.runtime.scriptrunner_utils.exceptions import RerunException, StopException

from data import words
from data.people import Actor
from data.permissions import can
from data.settings import settings
from data.store import Store, View, open_store
from geo.faults import Fault

log = logging.getLogger(__name__)

PAGES = {
    "map": "app_pages/map.py",
    "reaches": "app_pages/reaches.py",
    "upload": "app_pages/upload.py",
    "export": "app_pages/export.py",
    "record": "app_pages/record.py",
    "start": "app_pages/start.py",
}
"""Every page once: its url and its file."""


@dataclass(frozen=True)
class Here:
    """One run of a page: the store, the person, their language, what they see, and the key for caches."""

    store: Store
    actor: Actor
    lang: str
    view: View
    today: date
    stamp: int

    @property
    def key(self) -> tuple[str, str, int, str, str]:
        """What every cached thing is keyed by: store, person, state of the books, day, language."""
        return (self.store.url, self.actor.name, self.stamp, self.today.isoformat(), self.lang)

    def say(self, name: str, **fields: object) -> str:
        """Return the words of ``name`` in this person's language."""
        return words.say(name, self.lang, **fields)

    def can(self, action: str) -> bool:
        """Whether this person may do ``action`` at all."""
        return can(self.actor, action)


def lang() -> str:
    """Return the language of this session: zh or en."""
    return str(st.session_state.get("lang") or settings().lang)


def say(name: str, **fields: object) -> str:
    """Return the words of ``name`` in the language of this session."""
    return words.say(name, lang(), **fields)


@st.cache_resource(show_spinner=False, max_entries=8)
def the_store(url: str) -> Store:
    """Open the store once for all sessions of this process."""
    return open_store(url)


@st.cache_resource(show_spinner=False, max_entries=24)
def _view(_store: Store, url: str, actor_name: str, stamp: int) -> View:
    """Keep what a person sees until something is written; the person is part of the key."""
    return _store.as_seen_by(actor_name)


def here() -> Here:
    """Return who is here and what they see; ``streamlit_app.py`` has put the person into the session before."""
    store = the_store(settings().store)
    name = str(st.session_state.get("actor") or "anonymous")
    stamp = store.stamp()
    view = _view(store, store.url, name, stamp)
    return Here(store, view.actor, lang(), view, store.today(), stamp)


@contextlib.contextmanager
def faults() -> Iterator[None]:
    """Show a fault as its sentence; anything else as a short apology with an id, the traceback in the log."""
    try:
        yield
    except Fault as fault:
        st.error(words.fault_text(fault, lang()))
    except (RerunException, StopException):
        raise
    except Exception:
        mark = uuid.uuid4().hex[:8]
        log.exception("error %s on a page", mark)
        st.error(say("page.apology", id=mark))


def date_text(value: Any) -> str:
    """Return a date or time as people read it, a dash where there is none."""
    if value is None or pd.isna(value):
        return "–"
    moment = pd.Timestamp(value)
    if moment.tzinfo is not None:
        moment = moment.tz_convert(the_store(settings().store).city.zone)
    return f"{moment:%Y-%m-%d}" if not (moment.hour or moment.minute) else f"{moment:%Y-%m-%d %H:%M}"


def plain(text: object) -> str:
    """Return data as text that Markdown leaves alone: no links, no pictures, no headings out of what people typed."""
    return "".join(f"\\{sign}" if sign in _MARKDOWN else sign for sign in str(text)).replace("\n", " ")


_MARKDOWN = frozenset("\\`*_{}[]()<>#+-.!|~$:&")


def empty(text: str, button: str = "", page: str = "", key: str = "empty") -> None:
    """Show an empty state: what there is not, and one button to what to do next."""
    st.markdown(text)
    if button and st.button(button, key=key, type="primary"):
        st.switch_page(PAGES[page])


def open_record(kind: str, ident: str) -> None:
    """Go to the page of one record (outfall, case, finding, patrol, inspection, reach, gap)."""
    st.switch_page(PAGES["record"], query_params={"kind": kind, "id": ident, **carried()})


def carried() -> dict[str, str]:
    """Return what an address carries so that a reload shows the same: the language, and the demo person."""
    found = {"lang": lang()}
    if st.session_state.get("demo"):
        found["as"] = str(st.session_state["actor"])
    return found


def chosen_row(event: Any, frame: pd.DataFrame) -> pd.Series | None:
    """Return the row selected in ``st.dataframe(..., on_select="rerun", selection_mode="single-row")``."""
    rows = event["selection"]["rows"] if event else []
    return frame.iloc[rows[0]] if rows and rows[0] < len(frame) else None
