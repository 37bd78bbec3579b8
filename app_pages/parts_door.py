"""Who is here. Three doors, each with its reason.

* A simulated store on loopback: anyone at this machine chooses a demo person; everything is invented.
* A real store through ``serve.py`` on loopback: the person at this machine chooses among its accounts, because the
  terminal's ``--as`` asks no password of them either (whoever sits here can open the file itself).
* Anything else: closed, with one sentence and no data.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from app_pages import parts
from data.people import OPERATOR
from data.records import ROLES
from data.store import Store

LOOPBACK = ("127.0.0.1", "localhost", "::1")
ROLE_ORDER = ("planner", "chief", "inspector", "handler", "supervisor", "admin", "operator")
_served = {"by_serve": False}


def served() -> None:
    """Say that this process was started through ``serve.py``."""
    _served["by_serve"] = True


@dataclass(frozen=True)
class Door:
    """Whether one may come in, why not, and among which people one chooses."""

    open: bool
    reason: str
    people: pd.DataFrame


def on_loopback() -> bool:
    """Whether this server listens on this machine only, and the browser is on it."""
    asked_from = st.context.ip_address          # None from this machine; may be spoofed, so the listening address decides
    elsewhere = isinstance(asked_from, str) and asked_from not in LOOPBACK
    return st.get_option("server.address") in LOOPBACK and not elsewhere


def door(store: Store) -> Door:
    """Decide who may come in; the reasons are at the head of this file."""
    nobody = pd.DataFrame(columns=["name", "person", "role"])
    if not on_loopback():
        return Door(False, "door.not_loopback", nobody)
    if store.simulated:
        return Door(True, "door.demo", people(store))
    if not _served["by_serve"]:
        return Door(False, "door.real_needs_serve", nobody)
    return Door(True, "door.machine", people(store))


def people(store: Store) -> pd.DataFrame:
    """Return the accounts one may choose, one row each with its first role, grouped by role; operator where none."""
    accounts = store.as_seen_by(OPERATOR).records("account")
    accounts = accounts[accounts["role"].isin(ROLE_ORDER)]
    if not len(accounts):
        return pd.DataFrame({"name": ["operator"], "person": ["operator"], "role": ["operator"]})
    accounts = accounts.assign(person=accounts["display_name"].fillna(accounts["name"]),
                               rank=accounts["role"].map(ROLE_ORDER.index))
    accounts = accounts.sort_values(["rank", "name"], kind="stable").drop_duplicates("name")
    return accounts[["name", "person", "role"]].reset_index(drop=True)


def choose(found: Door) -> str:
    """Settle on a person: the session's, else the address's, else the first (a planner where there is one)."""
    names = list(found.people["name"])
    for wish in (st.session_state.get("actor"), st.query_params.get("as")):
        if wish in names:
            return str(wish)
    return str(names[0])


def role_label(role: str) -> str:
    """Return a role in the language of this session."""
    for code in ROLES:
        if code.value == role:
            return code.label(parts.lang())
    return parts.say(f"door.role.{role}")
