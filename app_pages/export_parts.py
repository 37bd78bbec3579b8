"""What an export is made of: the filter, the rows as they will be printed, each kind of file."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from analysis.problems import UNFINISHED, problems
from app_pages import reach_rows, work_parts
from app_pages.parts import Here
from data import actions
from data.words import say
from reports import gap_map, listing, pack
from reports.ledger_columns import COLUMNS, cells, coded
from reports.sheet import file_name, text

FILES = {
    "map": {"problem_map.pdf": "application/pdf", "problem_map.png": "image/png"},
    "ledger": {"ledger.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    "csv": {"ledger.csv": "text/csv"},
    "html": {"map.html": "text/html"},
    "gis": {"package.gpkg": "application/geopackage+sqlite3"},
    "chief": {"chief.html": "text/html"},
}
"""What may be made, the files of each and their types."""


@dataclass(frozen=True)
class Wish:
    """What is to be exported; empty means all."""

    districts: tuple[str, ...] = ()
    rivers: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    def filters(self) -> dict[str, Any]:
        """As the reports take it: only what is set."""
        return {name: list(value) if isinstance(value, tuple) else value.isoformat()
                for name, value in asdict(self).items() if value}


def _names(frame: pd.DataFrame) -> dict[str, str]:
    """Code -> name (the code where it has none)."""
    return {code: code if pd.isna(name) else str(name) for code, name in zip(frame["code"], frame["name"], strict=True)}


def filters(here: Here) -> Wish:
    """District, river, post, what and when; every one may stay open."""
    known = {"district": _names(here.view.layer("district")), "river": _names(here.view.layer("river")),
             "post": _names(here.view.records("post")),
             "what": {**work_parts.code_words("case", "kind", here.lang), UNFINISHED: coded("kind", UNFINISHED, here.lang)}}
    found = {}
    for columns in (("district", "river"), ("post", "what")):
        for column, name in zip(st.columns(2), columns, strict=True):
            found[name] = tuple(column.multiselect(here.say(f"export.{name}"), list(known[name]), key=f"export_{name}",
                                                   format_func=known[name].__getitem__, placeholder=here.say("export.all")))
    left, right = st.columns(2)
    since = left.date_input(here.say("export.since"), value=None, max_value=here.today, key="export_since")
    until = right.date_input(here.say("export.until"), value=None, max_value=here.today, key="export_until")
    return Wish(found["district"], found["river"], found["post"], found["what"], since, until)


@st.cache_data(show_spinner=False, max_entries=16)
def rows_of(key: tuple, wish: Wish, _view: Any) -> pd.DataFrame:
    """The ledger's rows of a wish, kept until something is written."""
    rows = problems(_view, date.fromisoformat(key[3]), wish.districts, wish.rivers, wish.posts, wish.kinds, wish.since,
                    wish.until, lang=key[4])
    return pd.DataFrame(rows).drop(columns="geometry")


def counts(rows: pd.DataFrame) -> tuple[int, int]:
    """How many are overdue, and how many have no place."""
    return int((rows["overdue_days"] > 0).sum()), int(rows["lon"].isna().sum())


def row_table(here: Here, wish: Wish, rows: pd.DataFrame) -> None:
    """The rows under the ledger's own headings."""
    sheet = pack.sheet_for(here.view, "title.problems", wish.filters(), here.lang)
    table = pd.DataFrame([[text(value) for value in cells(row, sheet)] for row in rows.to_dict("records")],
                         columns=[column.heading(here.lang) for column in COLUMNS])
    st.dataframe(table, hide_index=True, width="stretch", key="export_table")


def keep(here: Here, wish: Wish) -> tuple[str, tuple[list[dict], dict]]:
    """Keep the rows under a number, so that a reprint is the same: (number, what the documents are made from)."""
    rows, kept = pack.prepare(here.view, wish.filters(), here.lang)
    done = actions.run("keep_report", here.store, here.actor, {"kind": "problems", "filters": kept, "rows": rows})
    return str(done["number"]), (rows, kept)


def make(here: Here, wish: Wish, kind: str, number: str, kept: tuple[list[dict], dict], chief: str | None
         ) -> list[tuple[str, bytes, str]]:
    """One kind of file as (name, bytes, type); the map makes two."""
    called = here.say(f"export.file.{kind}")
    if kind == "gis":
        made = {"package.gpkg": pack.gis(here.view, wish.filters(), here.lang)}
    elif kind == "chief":
        called = _names(here.view.records("post"))[str(chief)]
        made = {"chief.html": pack.chief_page(here.view, str(chief), lang=here.lang)}
    else:
        made = pack.documents(*kept, number, only=tuple(FILES[kind]))
    return [(file_name(f"{called}-{number}", name.rpartition(".")[2]), made[name], mime)
            for name, mime in FILES[kind].items()]


def reprint(here: Here) -> None:
    """Make the files of a kept number again, exactly as they were."""
    with st.expander(here.say("export.reprint")):
        number = st.text_input(here.say("export.number"), key="reprint_number", placeholder="BG-2026-0001").strip()
        if number and st.button(here.say("export.reprint_go"), key="reprint_go"):
            wanted = ("map", "ledger", "html")
            made = pack.reprint(here.view, number, only=tuple(name for kind in wanted for name in FILES[kind]))
            files = [(file_name(f"{here.say(f'export.file.{kind}')}-{number}", name.rpartition(".")[2]), made[name], mime)
                     for kind in wanted for name, mime in FILES[kind].items()]
            st.session_state["export_made"] = {"wish": None, "number": number, "files": files,
                                               "count": len(here.view.report(number)["rows"])}


LISTS = {"gaps": (".html", ".xlsx", ".csv", ".gpkg"), "defects": (".xlsx", ".csv", ".gpkg")}
"""Lists that carry no print number, and the files of each."""
_MIME = {".html": "text/html", ".csv": "text/csv", ".gpkg": "application/geopackage+sqlite3",
         ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@st.cache_data(show_spinner=False, max_entries=16)
def listed(key: tuple, what: str, wish: Wish, _view: Any) -> tuple[str, dict[str, bytes]]:
    """How long a list is in words, and its files, kept until something is written."""
    made = listing.listing(_view, what, wish.filters(), key[4])
    km = made.rows["length_m"].sum() / 1000
    files = {suffix: gap_map.page(made, pack.ground(_view)) if suffix == ".html" else listing.file_of(made, what, suffix)
             for suffix in LISTS[what]}
    return say(f"export.count.{what}", key[4], count=len(made.rows), km=f"{km:,.1f}"), files


def lists(here: Here, wish: Wish) -> None:
    """The gaps and the defects of responsibility within the same filter, as files."""
    st.subheader(here.say("export.lists"))
    what = st.segmented_control(here.say("export.lists"), list(LISTS), key="export_list", label_visibility="collapsed",
                                format_func=lambda name: here.say(f"export.list.{name}"))
    if not what:
        st.caption(here.say("export.lists_note"))
        return
    said, files = listed(here.key, what, wish, here.view)
    st.markdown(said)
    called = here.say(f"export.list.{what}")
    with st.container(horizontal=True):
        for suffix, content in files.items():
            st.download_button(f"{suffix[1:].upper()} · {size_text(len(content))}", content, mime=_MIME[suffix],
                               file_name=f"{called}-{here.today}{suffix}", key=f"list_{what}{suffix}", on_click="ignore")


def choose_chief(here: Here) -> str | None:
    """The chief whose page is made, among those whose duty the person signed in may judge."""
    held, sight = reach_rows.holders(here.view), here.view.posts_in_sight()
    names = {code: f"{name} · {held.get(code) or '–'}" for code, name in _names(here.view.records("post")).items()
             if sight is None or code in sight}
    return st.selectbox(here.say("export.chief"), list(names), format_func=names.__getitem__, key="export_chief",
                        index=None, placeholder="–")


def size_text(size: int) -> str:
    """Bytes as people read them."""
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{max(size // 1000, 1)} KB"
