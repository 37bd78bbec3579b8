"""The steps of an upload: what was understood and can be changed, the report row by row, the receipt."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

import layers
from app_pages import parts, work_parts
from app_pages.parts import Here
from data import records
from data.intake.importing import import_file
from data.intake.report import ImportReport
from data.intake.sandbox import read_upload
from data.intake.templates import template
from data.intake.understand import apply_map, known_keys, map_columns
from data.permissions import can_import
from geo.faults import Fault
from layers.columns import PLACE
from reports.ledger import safe_cell

ENCODINGS = ("utf-8", "gb18030", "big5")
FEW = 12
"""Rows up to which a list is shown whole."""
SHAPE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


@dataclass(frozen=True)
class Given:
    """The file and everything chosen about it: what a dry run and the saving both get."""

    name: str
    content: bytes
    layer: str
    options: dict[str, Any]

    def run(self, here: Here, *, dry_run: bool, key: str | None = None) -> ImportReport:
        """Import, or say what importing would do."""
        return import_file(here.store, here.actor, self.layer, self.content, name=self.name, dry_run=dry_run, key=key,
                           lang=here.lang, **self.options)


def one_file(files: list[Any]) -> tuple[str, bytes] | None:
    """The chosen file; the parts of a shapefile become one zip, of several others the first counts."""
    if not files:
        return None
    shapes = [file for file in files if file.name.lower().endswith(".shp")]
    if not shapes:
        return files[0].name, files[0].getvalue()
    stem, packed = shapes[0].name[:-4], io.BytesIO()
    with zipfile.ZipFile(packed, "w") as box:
        for file in sorted(files, key=lambda one: one.name):
            if file.name[:-4] == stem and file.name[-4:].lower() in SHAPE_PARTS:
                box.writestr(zipfile.ZipInfo(file.name), file.getvalue())
    return f"{stem}.zip", packed.getvalue()


def importable(here: Here) -> list[str]:
    """What this person may import, the field's own first."""
    first = ["outfall", "inspection", "finding", "sample", "patrol"]
    names = [*first, *(name for name in (*layers.ALL, *records.ALL) if name not in first)]
    return [name for name in names if can_import(here.actor, name)]


def fields_of(layer: str) -> list[Any]:
    """The fields a table may carry for a layer, place columns included."""
    shape = work_parts.shape(layer)
    extra = [column for column in PLACE if not shape.has(column.name)] if shape.geometry == "Point" else []
    return [*shape.columns, *extra]


@st.cache_data(show_spinner=False, max_entries=8)
def look(content: bytes, layers_known: tuple[str, ...], options: tuple[tuple[str, Any], ...]) -> dict[str, Any]:
    """Headings and kind of a file, read in the worker; without headings where it cannot be read yet."""
    known = {key for layer in layers_known for key in known_keys(fields_of(layer))}
    try:
        reading = read_upload(content, {**dict(options), "known": sorted(known)})
    except Fault:
        return {"kind": "", "columns": [], "sublayers": []}
    return {"kind": reading.kind, "columns": [name for name in reading.columns if name], "sheet": reading.sheet,
            "sublayers": [one["name"] for one in reading.sublayers]}


def proposed(found: dict[str, Any], choices: list[str]) -> str | None:
    """The layer whose fields the headings fit best; None where they say too little."""
    if found["kind"] == "photo" and "finding" in choices:
        return "finding"
    if found["kind"] == "gpx" and "patrol" in choices:
        return "patrol"
    best, most = None, 1.0
    for layer in choices:
        columns = fields_of(layer)
        have = set(map_columns(found["columns"], columns).index)
        need = {column.name for column in columns if column.required}
        fit = len(have) + 2 * len(have & need) - 3 * len(need - have)
        if fit > most:
            best, most = layer, fit
    return best


def understood(here: Here, found: dict[str, Any], report: ImportReport, layer: str) -> None:
    """Step 2: what the file was taken for; every answer can be changed and is used at once."""
    facts = [f"{here.say('up.kind')} {report.file.kind or '–'}"]
    if report.file.encoding:
        facts.append(f"{here.say('up.encoding')} {report.file.encoding}")
    if report.file.sublayer:
        which = here.say("up.sheet" if report.file.kind == "xlsx" else "up.sublayer")
        facts.append(f"{which} {parts.plain(report.file.sublayer)}")
    if report.position.datum:
        how = here.say(f"up.how.{report.position.how or 'detected'}")
        facts.append(here.say("up.position", datum=here.say(f"work.datum.{report.position.datum}"), how=how))
    st.markdown(" · ".join(facts))
    left, middle, right = st.columns(3)
    with left:
        work_parts.choose_datum(here, "up_datum", auto=True)
    with middle:
        st.selectbox(here.say("up.encoding"), ["", *ENCODINGS], key="up_encoding",
                     format_func=lambda one: one or here.say("up.auto"))
    with right:
        st.text_input(here.say("up.crs"), key="up_crs", help=here.say("up.crs_help"))
    if report.file.kind == "xlsx":
        st.text_input(here.say("up.sheet"), key="up_sheet", placeholder=found.get("sheet") or "")
    elif len(found["sublayers"]) > 1:
        st.selectbox(here.say("up.sublayer"), ["", *found["sublayers"]], key="up_sublayer",
                     format_func=lambda one: one or here.say("up.auto"))
    if found["columns"]:
        mapping(here, found["columns"], layer, report)


def mapping(here: Here, headings: list[str], layer: str, report: ImportReport) -> None:
    """Which column carries which field: required and matched fields first, each with a choice."""
    columns = fields_of(layer)
    fields = map_columns(headings, columns)
    apply_map(fields, headings, st.session_state.get("up_map", {}), columns)
    order = sorted(columns, key=lambda one: (not one.required, one.name not in fields.index))
    table = pd.DataFrame({here.say("up.field"): [one.label(here.lang) for one in order],
                          here.say("up.required"): [one.required for one in order],
                          here.say("up.column"): [headings[fields.index[one.name]] if one.name in fields.index else ""
                                                  for one in order]})
    with st.expander(f"{here.say('up.columns')} · {len(fields.index)}/{len(headings)}"):
        st.caption(here.say("up.columns_note"))
        changed = st.data_editor(
            table, hide_index=True, width="stretch", key=f"up_columns_{layer}_{report.file.sha256[:8]}", num_rows="fixed",
            disabled=[here.say("up.field"), here.say("up.required")],
            column_config={here.say("up.column"): st.column_config.SelectboxColumn(options=["", *headings])})
        wanted = {one.name: str(now) for one, now, was in zip(order, changed[here.say("up.column")],
                                                              table[here.say("up.column")], strict=True)
                  if now and now != was}
        if wanted:
            st.session_state["up_map"] = {**st.session_state.get("up_map", {}), **wanted}
            st.rerun()
    if report.ignored:
        st.caption(here.say("up.not_used", columns="、".join(parts.plain(one.column) for one in report.ignored)))


def options_chosen() -> dict[str, Any]:
    """Everything chosen about the file so far; an answer to a question counts above a choice in step 2."""
    state = st.session_state
    datum, field_map = state.get("up_datum"), dict(state.get("up_map", {}))
    found: dict[str, Any] = {
        "datum": None if datum in (None, "auto") else datum, "crs": (state.get("up_crs") or "").strip() or None,
        "encoding": state.get("up_encoding") or None, "sheet": (state.get("up_sheet") or "").strip() or None,
        "sublayer": state.get("up_sublayer") or None, "field_map": field_map}
    for code, answer in state.get("up_answers", {}).items():
        if code in found:
            found[code] = answer
        else:
            field_map[code] = f"={answer}"
    return found


def questions(here: Here, report: ImportReport) -> None:
    """What a person has to decide, as choices; the answers lead to another look."""
    if not report.questions:
        return
    st.warning(here.say("up.ask"))
    answers = {}
    for question in report.questions:
        st.markdown(parts.plain(question.message))
        answers[question.code] = st.radio(question.message, question.choices, key=f"up_ask_{question.code}", index=None,
                                          label_visibility="collapsed",
                                          format_func=lambda one: choice_words(here, one))
    if st.button(here.say("up.apply"), key="up_apply", type="primary", disabled=None in answers.values()):
        st.session_state["up_answers"] = {**st.session_state.get("up_answers", {}), **answers}
        st.rerun()


def choice_words(here: Here, choice: str) -> str:
    """A choice in words where it is one of ours, and as it stands where it is the file's."""
    known = here.say(f"up.answer.{choice}")
    if known != f"up.answer.{choice}":
        return known
    posts = here.view.records("post")
    named = posts.loc[posts["code"] == choice, "name"]
    return f"{named.iloc[0]} ({choice})" if len(named) else choice


def rows_report(here: Here, report: ImportReport) -> None:
    """Step 3: what would become of every row."""
    if report.error:
        st.error(report.error.message)
        return
    repaired = sorted({row for note in report.repairs for row in note.rows})
    skipped = sum(len(note.rows) or 1 for note in report.skipped)
    counts = [("ready", len(report.stored)), ("repaired", len(repaired)), ("refused", len(report.refused)),
              ("skipped", skipped), ("asked", len(report.questions))]
    st.markdown(" · ".join(f"**{here.say(f'up.{name}', count=count)}**" if name in ("refused", "asked") else
                           here.say(f"up.{name}", count=count) for name, count in counts if count or name == "ready"))
    questions(here, report)
    if report.refused:
        refused(here, report)
    for name, notes in (("repaired", report.repairs), ("skipped", report.skipped)):
        if notes:
            st.markdown(f"**{here.say(f'up.show_{name}')}**")
            _table(here, [{"rows": row_text(note.rows), "message": note.message} for note in notes], f"up_{name}")
    if report.stored:
        with st.expander(here.say("up.show_ready")):
            _table(here, [{"row": one.row, "lon": one.lon, "lat": one.lat,
                           "flags": "、".join(flag_words(here, flag) for flag in one.flags)}
                          for one in report.stored], "up_ready")


def refused(here: Here, report: ImportReport) -> None:
    """Rows that cannot be kept: row, field, why; and as a file to mend."""
    names = {column.name: column.label(here.lang) for column in fields_of(report.layer)}
    rows = [{"row": one.row, "field": names.get(str(one.field), one.field or ""), "message": one.message}
            for one in report.refused]
    st.markdown(f"**{here.say('up.show_refused')}**")
    _table(here, rows, "up_refused")
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([here.say(f"up.col.{name}") for name in rows[0]])
    writer.writerows([safe_cell(value) for value in row.values()] for row in rows)
    st.download_button(here.say("up.download_refused"), out.getvalue().encode("utf-8-sig"), mime="text/csv",
                       file_name=f"refused-{report.file.sha256[:8]}.csv", key="up_refused_csv")


def flag_words(here: Here, flag: str) -> str:
    """What a flag of a stored row says; the code itself where it has no words."""
    words = here.say(f"intake.flag_{flag}")
    return flag if words == f"intake.flag_{flag}" else words


def row_text(rows: list[int]) -> str:
    """Row numbers, runs joined: 1-3, 7."""
    runs: list[list[int]] = []
    for row in sorted(rows):
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    return "、".join(str(a) if a == b else f"{a}–{b}" for a, b in runs) or "–"


def _table(here: Here, rows: list[dict[str, Any]], key: str) -> None:
    frame = pd.DataFrame(rows)
    if len(frame) <= FEW:      # a table wraps what it says, a grid cuts it
        named = frame.astype(object).where(frame.notna(), "").rename(columns={
            name: here.say(f"up.col.{name}") for name in frame.columns})
        st.table(named.set_index(named.columns[0]))
        return
    st.dataframe(frame.rename(columns={name: here.say(f"up.col.{name}") for name in frame.columns}), hide_index=True,
                 width="stretch", key=key, height=min(36 * (len(rows) + 1) + 4, 320), row_height=36,
                 column_config={here.say(f"up.col.{name}"): st.column_config.Column(width="small")
                                for name in ("row", "rows", "field")})


def fresh(content: bytes) -> None:
    """What was chosen about one file is forgotten when another comes."""
    mark = hashlib.sha256(content).hexdigest()
    if st.session_state.get("up_mark") != mark:
        for name in ("datum", "encoding", "crs", "sheet", "sublayer", "map", "answers"):
            st.session_state.pop(f"up_{name}", None)
        st.session_state["up_mark"] = mark


def layer_step(here: Here, chosen: tuple[str, bytes] | None) -> tuple[str | None, dict[str, Any]]:
    """Step 1, second half: what the rows are kept as, proposed by the headings."""
    choices = importable(here)
    found: dict[str, Any] = {"kind": "", "columns": [], "sublayers": []}
    guess = None
    if chosen is not None:
        fresh(chosen[1])
        asked = tuple(sorted((name, value) for name, value in options_chosen().items() if name != "field_map"))
        found = look(chosen[1], tuple(choices), asked)
        guess = proposed(found, choices)
    asked_for = st.query_params.get("layer")
    guess = asked_for if asked_for in choices else guess
    layer = st.selectbox(here.say("up.layer"), choices, index=choices.index(guess) if guess else None,
                         format_func=lambda one: work_parts.shape(one).label(here.lang), placeholder="–",
                         key=f"up_layer_{hashlib.sha256(chosen[1]).hexdigest()[:12] if chosen else ''}")
    if layer is not None and chosen is None:
        st.download_button(here.say("up.template"), template_of(layer, here.lang), file_name=f"{layer}.xlsx",
                           key="up_template", on_click="ignore")
    elif guess and layer == guess and guess != asked_for:
        st.caption(here.say("up.proposed", layer=work_parts.shape(guess).label(here.lang)))
    return layer, found


@st.cache_data(show_spinner=False, max_entries=32)
def template_of(layer: str, lang: str) -> bytes:
    """The empty workbook of a layer."""
    return template(layer, lang)
