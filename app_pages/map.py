"""The map."""

import streamlit as st

from app_pages import parts

here = parts.here()
with parts.faults():
    st.markdown(here.say("page.map"))
