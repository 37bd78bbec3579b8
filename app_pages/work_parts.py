"""What the work pages share: the key of a form, the receipt and its undo, where one stands, words of codes and rules."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

import pandas as pd
import streamlit as st

import layers
from app_pages import parts
from app_pages.parts import Here
from app_pages.reach_rows import GAP_STATES, ReachCard
from data import actions, records
from data.words import fault_text
from geo.faults import Fault
from layers import colours
from reports.strip import kilometre_mark, strip_image, strip_svg

COLUMN_PX = 880
"""Forms are read top to bottom in one column no wider than this."""
DATUMS = ("wgs84", "gcj02", "bd09", "cgcs2000")


# -- one form, one key ------------------------------------------------------------------------------------------------
def form_key(form: str) -> str:
    """The key of what is being handed in: made when the form opens, so a second click finds the first receipt."""
    return str(st.session_state.setdefault(f"key_{form}", uuid.uuid4().hex))


def renew(form: str) -> None:
    """Forget a form and what it gave, so that the next one is another submission."""
    for name in [str(name) for name in st.session_state if str(name).startswith((f"{form}_", f"key_{form}"))]:
        del st.session_state[name]


def hand_in(here: Here, form: str, action: str, payload: dict[str, Any]) -> bool:
    """Do an action under the form's key and keep its result beside the form; a fault is shown and nothing is kept."""
    try:
        done = actions.run(action, here.store, here.actor, payload, key=form_key(form))
    except Fault as fault:
        st.error(fault_text(fault, here.lang))
        return False
    st.session_state[f"{form}_done"] = done | {"action": action}
    return True


def receipt(here: Here, form: str, lines: Iterable[str], record: tuple[str, str], place: tuple[str, str]) -> None:
    """What a person gets for what they handed in: the number, its record, the place on the map, and the way back."""
    done = st.session_state[f"{form}_done"]
    st.success(here.say("work.receipt", receipt=done["receipt"]))
    for line in lines:
        st.markdown(line)
    with st.container(horizontal=True):
        if st.button(here.say("work.on_map"), key=f"{form}_map"):
            to_map(*place)
        if record[1] and st.button(here.say("work.open_record"), key=f"{form}_open"):
            parts.open_record(*record)
        if st.button(here.say("work.again"), key=f"{form}_again", type="primary"):
            renew(form)
            st.rerun()
    st.caption(here.say("work.receipt_keep"))
    undo(here, done["receipt"], form)


def undo(here: Here, number: str, where: str) -> None:
    """Withdraw a receipt with a reason; what was built on it is named."""
    told = st.session_state.get(f"{where}_undone")
    if told and told["of"] == number:
        say_undone(here, told)
        return
    with st.expander(here.say("mine.withdraw", receipt=number)):
        reason = st.text_input(here.say("work.undo_reason"), key=f"{where}_reason")
        if st.button(here.say("work.undo_do"), key=f"{where}_undo", disabled=not reason.strip()):
            try:
                st.session_state[f"{where}_undone"] = actions.run(
                    "withdraw", here.store, here.actor, {"receipt": number, "reason": reason})
                st.rerun()
            except Fault as fault:
                st.error(fault_text(fault, here.lang))


def say_undone(here: Here, told: dict[str, Any]) -> None:
    """Name what a withdrawal took back, and what rested on it."""
    st.warning(here.say("work.undone", receipt=told["of"], count=told["withdrawn"]))
    if told["built_on_it"]:
        st.markdown(here.say("work.undone_built"))
        st.dataframe(pd.DataFrame([{here.say("mine.col.what"): shape(one["kind"]).label(here.lang),
                                    here.say("reach.col.number"): one["number"]} for one in told["built_on_it"]]),
                     hide_index=True, width="stretch", key=f"built_{told['of']}")


def to_map(kind: str, ident: str) -> None:
    """Go to the map, to one thing on it."""
    query = {"kind": kind, "id": ident} if ident else {}
    st.switch_page(parts.PAGES["map"], query_params={**query, **parts.carried()})


# -- words ------------------------------------------------------------------------------------------------------------
def shape(kind: str) -> Any:
    """The layer or record called ``kind``."""
    return layers.ALL[kind] if kind in layers.ALL else records.ALL[kind]


def label(kind: str, column: str, lang: str) -> str:
    """The heading of a field; its own name where the layer has no such field."""
    described = shape(kind)
    return described.column(column).label(lang) if described.has(column) else column


def code_words(kind: str, column: str, lang: str) -> dict[str, str]:
    """Value -> words of a coded field."""
    return {code.value: code.label(lang) for code in shape(kind).column(column).codes}


def choose(here: Here, kind: str, column: str, key: str, *, optional: bool = False, index: int = 0) -> str | None:
    """A coded field as a choice."""
    words = code_words(kind, column, here.lang)
    return st.selectbox(label(kind, column, here.lang), list(words), format_func=words.__getitem__, key=key,
                        index=None if optional else index, placeholder="–")


def choose_datum(here: Here, key: str, *, auto: bool = False) -> str | None:
    """Where coordinates come from; with ``auto`` the first choice leaves it to the file."""
    given = (["auto"] if auto else []) + list(DATUMS)
    found = st.selectbox(here.say("work.datum"), given, format_func=lambda one: here.say(f"work.datum.{one}"), key=key)
    return None if found == "auto" else found


def rule_words(here: Here, row: dict[str, Any]) -> str:
    """A rule as a person checks it: what it says, where it comes from, whether that was verified."""
    note = str(row.get(f"note_{here.lang}") or row.get("clause") or row.get("id"))
    status = here.say("work.unverified") if row.get("status") != "verified" else ""
    return here.say("work.rule", words=note, source=row.get("source") or "–", status=status)


def bank_words(here: Here, bank: str, sides: tuple[str, str]) -> str:
    """A bank by the name its water goes by."""
    if bank == "both":
        return here.say("strip.side.both")
    return here.say(f"strip.side.{sides[0] if bank == 'left' else sides[1]}")


def km(metres: float) -> str:
    """Metres as kilometres with one place."""
    return f"{metres / 1000:,.1f}"


def moment(here: Here, day: date, at: time) -> str:
    """A day and a time of the office's time zone, as actions take them."""
    return datetime.combine(day, at).replace(tzinfo=here.store.city.zone).isoformat()


# -- strips and rows --------------------------------------------------------------------------------------------------
def card_strip(here: Here, card: ReachCard) -> str:
    """The mini strip chart of a reach."""
    drawing = strip_svg(card.pieces, card.length_m, lang=here.lang, window_m=card.window_m, landmarks=card.landmarks,
                        points=card.outfalls, sides=card.sides, name=card.name)
    about = here.say("strip.about", called=card.name, length=km(card.length_m))
    return strip_image(drawing, f"{about} · {' · '.join(card_facts(here, card))}")


def legend(here: Here, states: Iterable[str]) -> str:
    """The colours of a strip, only those that are drawn."""
    out = []
    for state in states:
        style = colours.GAP[state]
        fill = f"background:{style['color']}"
        if style.get("hollow"):
            fill = f"background:#fff;border:2px solid {style['color']}"
        elif style.get("dash"):
            turn = "45deg" if state == "no_access" else "90deg"
            fill = f"background:repeating-linear-gradient({turn},{style['color']} 0 5px,#fff 5px 8px)"
        out.append('<span style="display:inline-flex;align-items:center;gap:6px;margin:0 14px 4px 0;white-space:nowrap">'
                   f'<span style="display:inline-block;box-sizing:border-box;width:20px;height:10px;{fill}"></span>'
                   f'{here.say(f"strip.state.{state}")}</span>')
    return f'<div style="font-size:14px">{"".join(out)}</div>'


def gap_table(here: Here, rows: pd.DataFrame, cards: list[ReachCard]) -> pd.DataFrame:
    """Stretches of bank as a person reads them."""
    sides = {card.code: card.sides for card in cards}
    shown = {"reach_name": rows["reach_name"],
             "bank": [bank_words(here, b, sides[r]) for b, r in zip(rows["bank"], rows["reach_code"], strict=True)],
             "place": [f"{kilometre_mark(a)}–{kilometre_mark(b)}" for a, b in zip(rows["from_m"], rows["to_m"], strict=True)],
             "length": rows["length_m"].round().astype(int),
             "days": [here.say("work.never") if d != d else here.say("work.days", days=int(d)) for d in rows["days"]],
             "state": [here.say(f"strip.state.{state}") for state in rows["state"]]}
    if "due_on" in rows:
        shown["due_on"] = [parts.date_text(day) for day in rows["due_on"]]
    return _headed(here, shown)


def case_table(here: Here, rows: pd.DataFrame) -> pd.DataFrame:
    """Cases as a person reads them."""
    states = code_words("case", "state", here.lang)
    return _headed(here, {"number": rows["number"], "description": rows["description"],
                          "state": [states.get(s, s) for s in rows["state"]],
                          "due_on": [parts.date_text(day) for day in rows["due_on"]]})


def owed_table(here: Here, rows: pd.DataFrame) -> pd.DataFrame:
    """Patrols owed as a person reads them."""
    return _headed(here, {"post_name": rows["post_name"], "water_name": rows["water_name"],
                          "period": [f"{parts.date_text(a)} – {parts.date_text(b)}"
                                     for a, b in zip(rows["period_start"], rows["period_end"], strict=True)],
                          "required": rows["required"], "counted": rows["counted"],
                          "missing": rows["to_do"] + rows["missing"]})


def week_table(here: Here, which: str, rows: pd.DataFrame, cards: list[ReachCard]) -> pd.DataFrame:
    """The rows behind one figure of the week."""
    if which == "cases":
        return case_table(here, rows)
    return owed_table(here, rows) if which == "owed" else gap_table(here, rows, cards)


def _headed(here: Here, columns: dict[str, Any]) -> pd.DataFrame:
    """A frame under the headings of this page, in their order."""
    return pd.DataFrame({here.say(f"reach.col.{name}"): list(values) for name, values in columns.items()})


def drawn_states(cards: Iterable[ReachCard]) -> list[str]:
    """The states that some strip shows, worst first."""
    have = {state for card in cards for state in card.pieces["state"].unique()}
    return [state for state in (*GAP_STATES, "due_soon", "within_duty", "no_access") if state in have]


def card_facts(here: Here, card: ReachCard) -> list[str]:
    """When it was last seen, what nobody has seen, what is open: the line below a strip."""
    facts = [here.say("reach.last", date=parts.date_text(card.last_seen)) if card.last_seen
             else here.say("reach.never_walked")]
    if card.last_recorded and (card.last_seen is None or card.last_recorded > card.last_seen):
        facts.append(here.say("reach.last_recorded", date=parts.date_text(card.last_recorded)))
    lengths = {bank: f"{length:,.1f}" for bank, length in sorted(card.gap_km.items())}
    if len(lengths) == 2 and len(set(lengths.values())) == 1:
        gaps = [here.say("reach.gap_both", km=lengths["left"])]
    else:
        gaps = [here.say("reach.gap", km=length, bank=bank_words(here, bank, card.sides))
                for bank, length in lengths.items()]
    facts += gaps or [here.say("reach.no_gap")]
    facts.append(here.say("reach.cases", count=len(card.cases)) if len(card.cases) else here.say("reach.no_case"))
    return facts


def pick_post(here: Here, posts: list[str]) -> list[str]:
    """The posts to show: one's own all together or one of them; the office chooses one."""
    if len(posts) == 1:
        return posts
    names = dict(zip(here.view.records("post")["code"], here.view.records("post")["name"], strict=True))
    own = bool(here.actor.posts)
    choices = ["", *posts] if own else posts
    words = {"": here.say("reach.all_own"), **{code: str(names.get(code, code)) for code in posts}}
    found = st.selectbox(here.say("reach.as_post"), choices, format_func=words.__getitem__, key="reach_post")
    return [found] if found else posts


def reach_list(here: Here, cards: list[ReachCard], first: int, block: Any) -> None:
    """The reaches, the worst first, a few at a time."""
    st.html(legend(here, drawn_states(cards)))
    st.caption(here.say("reach.count", count=len(cards)))
    shown = int(st.session_state.get("reach_shown", first))
    for first_of_two in range(0, min(shown, len(cards)), 2):
        for column, card in zip(st.columns(2), cards[first_of_two:min(first_of_two + 2, shown)], strict=False):
            with column:
                block(here, card)
    if len(cards) > shown and st.button(here.say("reach.more", count=min(first, len(cards) - shown)), key="reach_more"):
        st.session_state["reach_shown"] = shown + first
        st.rerun()
