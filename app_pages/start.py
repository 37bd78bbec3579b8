"""Getting started: the six steps from an empty store to a map of gaps, what is done, and the next step."""

import streamlit as st

from analysis.checklist import golive, next_step
from app_pages import parts

TEMPLATES = {"boundary": "district", "reaches": "reach", "posts": "post", "responsibilities": "responsibility",
             "outfalls": "outfall", "accounts": "account"}

here = parts.here()
with parts.faults():
    st.title(here.say("start.title"), anchor=False)
    steps, following = golive(here.view), next_step(here.view)
    done = sum(step.done for step in steps)
    st.markdown(here.say("start.done" if following is None else "start.progress", done=done, count=len(steps)))
    for number, step in enumerate(steps, start=1):
        now = following is not None and step.name == following.name
        with st.container(border=now, key=f"step_{step.name}"):
            mark = here.say("start.mark_done" if step.done else "start.mark_next" if now else "start.mark_open")
            st.markdown(f"**{number}. {step.title(here.lang)}** · {mark}")
            st.markdown(step.said(here.lang))
            if not step.done or step.more:
                st.code(step.command(), language=None)
            if step.name == "responsibilities" and step.done:
                st.page_link(parts.PAGES["export"], label=here.say("start.defects"), query_params=parts.carried())
            if now and step.name != "accounts" and st.button(here.say("start.upload"), key="start_upload", type="primary"):
                st.switch_page(parts.PAGES["upload"], query_params={"layer": TEMPLATES[step.name], **parts.carried()})
    if following is None and st.button(here.say("page.map"), key="start_map", type="primary"):
        st.switch_page(parts.PAGES["map"])
