"""The ASGI door: the browser pages plus HTTP routes in one process, on this machine only until accounts have passwords.

Start it with ``hezhang run`` or ``streamlit run serve.py``.
"""

from __future__ import annotations

import os
from contextlib import suppress
from functools import lru_cache
from importlib import import_module
from threading import Thread

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from analysis.coverage import gaps
from app_pages import map_rows, parts_door  # noqa: F401 - the heavy libraries are there before the first visitor
from data.settings import settings
from data.store import Store, exists, open_store
from geo.faults import Fault
from layers import map as drawing


@lru_cache(maxsize=1)
def _store(url: str) -> Store:
    return open_store(url)


WORD = {"X-Hezhang-Word": os.environ.get("HEZHANG_SERVER_WORD", "")}
"""Whoever started this process may give it a word, to be sure later that the answer comes from it."""


def healthz(request: Request) -> JSONResponse:
    """Say whether the store can be opened and read; no names, no counts, as anyone may ask."""
    if not exists(settings().store):
        return JSONResponse({"ok": False, "store": "missing"}, status_code=503, headers=WORD)
    try:
        store = _store(settings().store)
        store.stamp()
        return JSONResponse({"ok": True, "store": store.kind}, headers=WORD)
    except Fault as fault:
        return JSONResponse({"ok": False, "store": fault.code}, status_code=503, headers=WORD)


def _warm() -> None:
    """Load what maps, documents and uploads need, and work it once, while nobody is waiting for it yet."""
    for name in ("app_pages.upload_parts", "app_pages.export_parts", "app_pages.track_parts", "reports.pack", "geo.match"):
        import_module(name)
    if exists(settings().store):
        with suppress(Fault):            # what is wrong with the store is said to the first visitor, not to nobody
            view = _store(settings().store).as_seen_by("operator")
            gaps(view, view.today)
            drawing.standalone(drawing.base_map((112.0, 34.0, 113.0, 35.0)))


parts_door.served()
Thread(target=_warm, name="warm", daemon=True).start()
app = st.App("streamlit_app.py", routes=[Route("/healthz", healthz)])
