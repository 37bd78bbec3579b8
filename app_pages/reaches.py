"""My reaches: what is due this week, then each reach with its banks; a patrol is handed in from here."""

import pandas as pd
import streamlit as st

from app_pages import mine_parts, parts, reach_rows, submit_patrol, work_parts
from app_pages.reach_rows import ReachCard

FIRST = 8


@st.cache_data(show_spinner=False, max_entries=32)
def cards_of(key: tuple, posts: tuple[str, ...], lang: str, _view: object) -> tuple[list[ReachCard], pd.DataFrame]:
    """Cards and owed patrols of some posts, kept until something is written."""
    return reach_rows.reach_cards(_view, list(posts), lang), reach_rows.owed_now(_view, list(posts))


def this_week(here: parts.Here, cards: list[ReachCard], owed: pd.DataFrame) -> None:
    """What falls due: each figure opens its rows."""
    gaps, due = reach_rows.joined_gaps(cards), reach_rows.due_this_week(cards, here.today)
    cases = pd.concat([card.cases for card in cards]).drop_duplicates("number") if cards else pd.DataFrame()
    figures = {"gaps": here.say("reach.week_gaps", count=len(gaps), km=work_parts.km(gaps["length_m"].sum())),
               "due": here.say("reach.week_due", count=len(due)),
               "cases": here.say("reach.week_cases", count=len(cases)),
               "owed": here.say("reach.week_owed", count=int((owed["to_do"] + owed["missing"]).sum()) if len(owed) else 0)}
    rows = {"gaps": gaps, "due": due, "cases": cases, "owed": owed}
    there = [name for name in figures if len(rows[name])]
    st.subheader(here.say("reach.week"))
    if not there:
        st.markdown(here.say("reach.week_clear"))
        return
    pick = st.pills(here.say("reach.pick_rows"), there, format_func=figures.__getitem__, key="week_pick",
                    label_visibility="collapsed")
    if not pick:
        return
    table = work_parts.week_table(here, pick, rows[pick], cards)
    event = st.dataframe(table, hide_index=True, width="stretch", key=f"week_{pick}", on_select="rerun",
                         selection_mode="single-row")
    chosen = parts.chosen_row(event, rows[pick])
    if chosen is not None and pick == "owed":
        submit_patrol.start(chosen["post_code"])
    elif chosen is not None:
        parts.open_record("case" if pick == "cases" else "reach", chosen["number" if pick == "cases" else "reach_code"])


def block(here: parts.Here, card: ReachCard) -> None:
    """One reach: its name, its banks laid straight, how it stands, what to do."""
    with st.container(border=True, key=f"card_{card.code}"):
        named = card.name if card.water in card.name else f"{card.water} · {card.name}"
        st.markdown(f"**{parts.plain(named)}**  {here.say('reach.length', km=work_parts.km(card.length_m))}")
        st.html(work_parts.card_strip(here, card))
        st.markdown(" · ".join(work_parts.card_facts(here, card)))
        with st.container(horizontal=True):
            if st.button(here.say("reach.do_patrol"), key=f"walk_{card.code}"):
                submit_patrol.start(card.posts[0], card.code)
            if st.button(here.say("reach.do_map"), key=f"map_{card.code}"):
                work_parts.to_map("reach", card.code)
            if st.button(here.say("reach.do_record"), key=f"record_{card.code}"):
                parts.open_record("reach", card.code)


here = parts.here()
with parts.faults():
    posts = reach_rows.own_posts(here.view)
    if st.session_state.get("handing_open"):
        with st.container(width=work_parts.COLUMN_PX):
            submit_patrol.form(here)
    elif not posts:
        parts.empty(here.say("reach.none"))
    else:
        st.title(here.say("reach.title"))
        if st.button(here.say("patrol.title"), key="walk", type="primary"):
            submit_patrol.start(posts[0])
        chosen = work_parts.pick_post(here, posts)
        cards, owed = cards_of(here.key, tuple(chosen), here.lang, here.view)
        this_week(here, cards, owed)
        work_parts.reach_list(here, cards, FIRST, block)
        with st.expander(here.say("reach.mine")):
            mine_parts.mine(here)
