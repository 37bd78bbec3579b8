"""The ASGI door: the browser pages plus HTTP routes in one process, on this machine only until accounts have passwords.

Start it with ``hezhang run`` or ``streamlit run serve.py``.
"""

from __future__ import annotations

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from app_pages import parts_door
from data.settings import settings
from data.store import exists, open_store
from geo.faults import Fault


def healthz(request: Request) -> JSONResponse:
    """Say whether the store can be opened and read; no names, no counts, as anyone may ask."""
    if not exists(settings().store):
        return JSONResponse({"ok": False, "store": "missing"}, status_code=503)
    try:
        store = open_store(settings().store)
        return JSONResponse({"ok": True, "store": store.kind, "stamp": store.stamp()})
    except Fault as fault:
        return JSONResponse({"ok": False, "store": fault.code}, status_code=503)


parts_door.served()
app = st.App("streamlit_app.py", routes=[Route("/healthz", healthz)])
