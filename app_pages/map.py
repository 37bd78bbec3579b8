"""The map: where nobody has looked, which outfalls are open; every count opens its rows."""

import streamlit as st

from app_pages import parts, parts_desk, parts_map

here = parts.here()
with parts.faults():
    parts_desk.from_address()
    choice = parts_desk.filters(here)
    rows = parts_map.rows(here.key, choice, here.view)

    @st.fragment
    def desk() -> None:
        """Map and table; what is picked in one shows in the other without drawing the page anew."""
        with parts.faults():
            left, right = st.columns([5, 3], gap="small")
            with left:
                parts_desk.the_map(here, choice)
            with right, st.container(key="beside"):
                parts_desk.table(here, rows, choice)

    desk()
