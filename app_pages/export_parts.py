"""What an export is made of: the filter, the rows, the ground under them, each kind of file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from analysis.coverage import gaps
from analysis.outfalls import unresolved
from analysis.problems import UNFINISHED, problems
from app_pages import reach_rows, work_parts
from app_pages.parts import Here
from data import actions
from reports import chief_sheet, gis_package, html_map, ledger, problem_map
from reports.ledger_columns import COLUMNS, cells, coded
from reports.sheet import Sheet, file_name, text

KINDS = ("map", "ledger", "csv", "html", "gis", "chief")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Wish:
    """What is to be exported; empty means all."""

    districts: tuple[str, ...] = ()
    rivers: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None


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
    """The ledger's rows of a wish."""
    return problems(_view, date.fromisoformat(key[3]), wish.districts, wish.rivers, wish.posts, wish.kinds, wish.since,
                    wish.until, lang=key[4])


def counts(rows: pd.DataFrame) -> tuple[int, int]:
    """How many are overdue, and how many have no place."""
    return int((rows["overdue_days"] > 0).sum()), int(rows["lon"].isna().sum())


def words_of(here: Here, wish: Wish) -> str:
    """The filter as a sentence for the head of the papers."""
    named = {"districts": _names(here.view.layer("district")), "rivers": _names(here.view.layer("river")),
             "posts": _names(here.view.records("post")), "kinds": work_parts.code_words("case", "kind", here.lang)}
    parts_ = ["、".join(named[name].get(code, code) for code in getattr(wish, name)) for name in named]
    if wish.since or wish.until:
        parts_.append(f"{wish.since or '…'} – {wish.until or '…'}")
    return "；".join(part for part in parts_ if part) or here.say("export.filter_all")


def sheet_of(here: Here, wish: Wish, title: str, number: str) -> Sheet:
    """Head and foot of one paper."""
    city = here.store.city
    return Sheet(title=f"{city.name}{title}" if here.lang == "zh" else title, unit=here.say("export.office", city=city.name),
                 source=here.say("export.source"), as_of=here.store.now(), lang=here.lang, simulated=here.store.simulated,
                 number=number, filters=words_of(here, wish), timezone=city.timezone, crs=city.crs or "")


def row_table(here: Here, rows: pd.DataFrame) -> None:
    """The rows under the ledger's own headings."""
    sheet = sheet_of(here, Wish(), "", "")
    table = pd.DataFrame([[text(value) for value in cells(row, sheet)] for row in rows.to_dict("records")],
                         columns=[column.heading(here.lang) for column in COLUMNS])
    st.dataframe(table, hide_index=True, width="stretch", key="export_table")


def keep(here: Here, wish: Wish, rows: pd.DataFrame) -> str:
    """Keep the rows under a number, so that a reprint is the same."""
    plain = json.loads(pd.DataFrame(rows).drop(columns="geometry").to_json(orient="records", date_format="iso",
                                                                          force_ascii=False, default_handler=str))
    chosen = json.loads(json.dumps(asdict(wish), default=str))
    done = actions.run("keep_report", here.store, here.actor, {"kind": "problems", "filters": chosen, "rows": plain})
    return str(done["number"])


def ground(here: Here) -> dict[str, Any]:
    """The layers that lie under the problems on paper."""
    rivers = _names(here.view.layer("river"))
    reaches = here.view.reaches()
    reaches["river_name"] = reaches["river_code"].map(rivers).astype(object)
    return {"reach": reaches, "district": here.view.layer("district"), "lake": here.view.layer("lake")}


def make(here: Here, wish: Wish, rows: pd.DataFrame, kind: str, number: str, chief: str | None
         ) -> list[tuple[str, bytes, str]]:
    """One kind of file as (name, bytes, type); the map makes two."""
    sheet = sheet_of(here, wish, here.say("export.ledger_title" if kind in ("ledger", "csv") else "export.sheet_title"),
                     number)
    if kind == "map":
        drawn = problem_map.render(rows, ground(here), sheet)
        return [(file_name(f"{sheet.title}-{number}", end), drawn[end], mime)
                for end, mime in (("pdf", "application/pdf"), ("png", "image/png"))]
    if kind == "ledger":
        return [(file_name(f"{sheet.title}-{number}", "xlsx"), ledger.workbook(rows, sheet, rows.attrs.get("rules")), XLSX)]
    if kind == "csv":
        return [(file_name(f"{sheet.title}-{number}", "csv"), ledger.csv_file(rows, sheet), "text/csv")]
    if kind == "html":
        return [(file_name(f"{sheet.title}-{number}", "html"), html_map.page(rows, ground(here), sheet), "text/html")]
    if kind == "gis":
        return [(file_name(f"{sheet.title}-{number}", "gpkg"), gis_package.package(package_frames(here, rows), sheet),
                 "application/geopackage+sqlite3")]
    return [(file_name(f"{_names(here.view.records('post'))[str(chief)]}-{number}", "html"),
             chief_page(here, str(chief), rows, sheet), "text/html")]


def package_frames(here: Here, rows: pd.DataFrame) -> dict[str, Any]:
    """The layers of the GeoPackage: the filtered cases over the whole ground."""
    return {"reaches": ground(here)["reach"], "gaps": gaps(here.view, here.today),
            "outfalls": unresolved(here.view, here.today), "cases": rows[rows["case_id"].notna()],
            "districts": here.view.layer("district")}


def choose_chief(here: Here) -> str | None:
    """The chief whose page is made."""
    post = here.view.records("post")
    held = reach_rows.holders(here.view)
    names = {code: f"{name} · {held.get(code) or '–'}" for code, name in _names(post).items()}
    return st.selectbox(here.say("export.chief"), list(names), format_func=names.__getitem__, key="export_chief",
                        index=None, placeholder="–")


def chief_page(here: Here, post: str, rows: pd.DataFrame, sheet: Sheet) -> bytes:
    """A chief's own reaches, gaps, problems and walks on one page to forward."""
    duty = reach_rows.own_duties(here.view, [post])
    mine = set(duty.loc[duty["object_layer"] == "reach", "object_code"])
    reaches, judged = ground(here)["reach"], gaps(here.view, here.today)
    frames = {"reaches": reaches[reaches["reach_id"].isin(mine)], "gaps": judged[judged["reach_id"].isin(mine)],
              "problems": rows[(rows["post_code"] == post) | rows["reach_id"].isin(mine)],
              "patrols": here.view.records("patrol", post_code=post), "water": reaches,
              "areas": here.view.layer("lake")}
    about = {"name": _names(here.view.records("post"))[post], "person": reach_rows.holders(here.view).get(post)}
    return chief_sheet.page(about, frames, sheet)


def size_text(size: int) -> str:
    """Bytes as people read them."""
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{max(size // 1000, 1)} KB"
