"""The record of one thing: what it is, where, who answers, its story, its photos, what may be done next."""

import streamlit as st

from app_pages import parts, parts_record, parts_table, record_rows

here = parts.here()
with parts.faults():
    record = parts_record.asked(here)
    if record is None:
        parts.empty(here.say("record.none"), here.say("page.map"), "map", key="record_none")
    else:
        parts_record.told(here)
        parts_record.title(here, record)
        left, right = st.columns([3, 2], gap="medium")
        with left:
            parts_record.why(here, record)
            parts_record.story(here, record)
            walked = record_rows.tracks_of(here.view, record.kind, record.row)
            if len(walked):
                st.subheader(here.say("record.walked"), anchor=False)
                st.dataframe(parts_table.worded(here, "gap", walked, tuple(walked.columns)), hide_index=True, key="walked")
            parts_record.photos(here, record)
        with right:
            parts_record.small_map(here, record)
            parts_record.chiefs(here, record)
            st.subheader(here.say("record.fields"), anchor=False)
            parts_record.fields(here, record)
        parts_record.moves(here, record)
