"""The bare address: on to the first page of whoever is here, so that every page has an address of its own."""

import streamlit as st

from app_pages import parts

st.switch_page(parts.PAGES[st.session_state["first_page"]], query_params=parts.carried())
