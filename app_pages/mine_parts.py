"""My submissions: what one handed in, each with its receipt and the way to take it back."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app_pages import parts, work_parts
from app_pages.parts import Here

BROUGHT = ("submit_patrol", "submit_inspection", "submit_finding", "add_outfall", "import_file")
"""Actions whose receipt brought rows that can be withdrawn."""


def mine(here: Here) -> None:
    """What this person handed in (the office: what anyone did), newest first; a row leads to its withdrawal."""
    rows = here.view.imports()
    office = here.can("correct")
    keep = rows["action"].isin(BROUGHT) & (office | (rows["actor"] == here.actor.name))
    rows = rows[keep].reset_index(drop=True)
    if not len(rows):
        st.markdown(here.say("mine.none"))
        return
    st.caption(here.say("mine.note"))
    shown = pd.DataFrame({
        here.say("mine.col.receipt"): rows["receipt"], here.say("mine.col.at"): [parts.date_text(at) for at in rows["at"]],
        here.say("mine.col.what"): [what(here, row) for row in rows.to_dict("records")],
        here.say("mine.col.file_name"): rows["file_name"].astype(object).where(rows["file_name"].notna(), "–"),
        **({here.say("mine.col.actor"): rows["actor"]} if office else {}),
        here.say("mine.col.state"): [here.say("mine.live") if pd.isna(at) else here.say("mine.withdrawn", reason=why)
                                     for at, why in zip(rows["withdrawn_at"], rows["withdrawn_reason"], strict=True)]})
    event = st.dataframe(shown, hide_index=True, width="stretch", key="mine_rows", on_select="rerun",
                         selection_mode="single-row")
    chosen = parts.chosen_row(event, rows)
    told = st.session_state.get("mine_undone")
    if chosen is not None and pd.isna(chosen["withdrawn_at"]):
        work_parts.undo(here, str(chosen["receipt"]), "mine")
    elif told:
        work_parts.say_undone(here, told)


def what(here: Here, row: dict[str, Any]) -> str:
    """What a receipt was for: the action, the layer of an import, the number it gave."""
    words = here.say(f"act.{row['action']}")
    if row["action"] == "import_file" and isinstance(row["layer"], str):
        words = f"{words} · {work_parts.shape(row['layer']).label(here.lang)}"
    number = (row["result"] or {}).get("number")
    return f"{words} · {number}" if number else words
