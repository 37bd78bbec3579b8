"""Tables as people read them, and the same rows as files."""

from __future__ import annotations

import io
from typing import Any

import pandas as pd
import streamlit as st

import layers
from app_pages.parts import Here
from data import records
from layers.payload import shown
from reports.ledger import safe_cell

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
GAPS = ("reach_name", "state", "days", "length_m", "bank", "from_m", "to_m", "post_name")
OUTFALLS = ("name", "look", "age_days", "overdue_days", "relapses", "place", "class1", "case_number", "unit_name", "code")
WORDED = {"state": "map.gap", "bank": "map.bank", "look": "map.look"}


def layer_of(kind: str) -> Any:
    """Return the layer or record called ``kind``."""
    return layers.ALL.get(kind) or records.ALL[kind]


def heading(here: Here, kind: str, name: str) -> str:
    """Return the heading of a column: the layer's own, else a word of ours."""
    described = layer_of(kind) if kind in (*layers.ALL, *records.ALL) else None
    if described is not None and described.has(name):
        return str(described.column(name).label(here.lang))
    return here.say(f"col.{name}")


def cell(here: Here, kind: str, name: str, value: Any) -> str | None:
    """Return a value as people read it, None where there is none."""
    described = layer_of(kind) if kind in (*layers.ALL, *records.ALL) else None
    if described is not None and described.has(name):
        return shown(value, described.column(name), here.lang)
    if name in WORDED and isinstance(value, str):
        return here.say(f"{WORDED[name]}.{value}")
    return shown(value, None, here.lang)


def worded(here: Here, kind: str, frame: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """Return the rows with headings and codes in words; whole metres and days stay numbers, so that they sort."""
    found = {}
    for name in columns:
        values = frame[name]
        if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
            found[heading(here, kind, name)] = pd.to_numeric(values).round(0).astype("Int64")
        else:
            found[heading(here, kind, name)] = [cell(here, kind, name, value) for value in values]
    return pd.DataFrame(found)


def csv_bytes(table: pd.DataFrame) -> bytes:
    """Return a table as CSV that Excel opens with its Chinese whole; no cell can become a formula."""
    return table.map(safe_cell).to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def xlsx_bytes(table: pd.DataFrame, title: str, note: str) -> bytes:
    """Return a table as a workbook with one page, what it shows in the first line; text stays text."""
    out = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with pd.ExcelWriter(out, engine="xlsxwriter", engine_kwargs={"options": options}) as book:
        table.to_excel(book, sheet_name=title[:31], index=False, startrow=1)
        page = book.sheets[title[:31]]
        page.write_string(0, 0, note)
        page.freeze_panes(2, 1)
        page.autofilter(1, 0, 1 + len(table), max(len(table.columns) - 1, 0))
        page.autofit(400)
    return out.getvalue()


def downloads(here: Here, table: pd.DataFrame, stem: str, title: str, note: str) -> None:
    """Offer exactly these rows as files; they are written when somebody asks."""
    with st.container(horizontal=True, key=f"{stem}_files"):
        st.download_button(here.say("table.xlsx", count=len(table)), lambda: xlsx_bytes(table, title, note),
                           f"{stem}-{here.today}.xlsx", XLSX, key=f"{stem}_xlsx", on_click="ignore")
        st.download_button(here.say("table.csv"), lambda: csv_bytes(table), f"{stem}-{here.today}.csv", "text/csv",
                           key=f"{stem}_csv", on_click="ignore")
