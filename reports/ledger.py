"""The problem ledger (问题台账) as an Excel workbook and as CSV; its 序号 are the numbers on the problem map."""

import csv
import io
from datetime import date, datetime
from typing import Any

import pandas as pd
import xlsxwriter

from reports.ledger_columns import COLUMNS, cells, coded, lon_lat, look_words
from reports.sheet import Sheet, missing, say, text

HEAD_ROWS = 4
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
_LOOK_FILL = {"overdue": "#F7DCDC", "relapsed": "#F7DCDC", "deferred": "#EEF1F3", "suspected": "#FFFFFF"}


def rows_of(problems: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a problems frame in the order of their 序号."""
    return problems.sort_values("seq", kind="stable").to_dict("records")


def head_lines(sheet: Sheet) -> list[str]:
    """Title, who and from what, as of when: the three lines above the headings."""
    lang = sheet.lang
    title = say("simulated.title", lang, title=sheet.title) if sheet.simulated else sheet.title
    by = say("head.by", lang, unit=sheet.unit, source=sheet.source)
    when = say("head.when", lang, as_of=sheet.as_of_text(), number=sheet.number or "—")
    return [title, by, f"{when}    {sheet.filters}".rstrip()]


def workbook(problems: pd.DataFrame, sheet: Sheet, rules: list[dict[str, Any]] | None = None) -> bytes:
    """The ledger as .xlsx bytes, the same for the same rows and sheet.

    `rules` are the rows that decided something in it; they stand on the second page with source and status.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "remove_timezone": True})
    made = sheet.as_of_local().replace(tzinfo=None)
    book.set_properties({"title": sheet.title, "author": sheet.unit, "created": made})
    rows = rows_of(problems)
    _ledger_page(book, rows, sheet)
    _note_page(book, rows, sheet, rules or [])
    book.close()
    return buffer.getvalue()


def _formats(book: xlsxwriter.Workbook) -> dict[str, Any]:
    face = {"font_name": "Microsoft YaHei", "font_size": 9, "valign": "vcenter"}
    cell = {**face, "text_wrap": True, "border": 1, "border_color": "#B8C2C8"}
    made = {
        "title": book.add_format({**face, "font_size": 16, "bold": True, "align": "center"}),
        "line": book.add_format({**face, "font_color": "#3A4A54"}),
        "head": book.add_format({**cell, "bold": True, "align": "center", "bg_color": "#E6ECEF"}),
        "wrap": book.add_format({**face, "text_wrap": True, "valign": "top"}),
        "bold": book.add_format({**face, "bold": True, "font_size": 11}),
    }
    for look in ("", *_LOOK_FILL):
        fill = {"bg_color": _LOOK_FILL[look]} if look else {}
        made[f"text:{look}"] = book.add_format({**cell, **fill})
        made[f"number:{look}"] = book.add_format({**cell, **fill, "align": "center", "num_format": "0"})
        made[f"date:{look}"] = book.add_format({**cell, **fill, "align": "center", "num_format": "yyyy-mm-dd"})
        due = {"bold": True, "font_color": "#A51B1B"} if look in ("overdue", "relapsed") else {}
        made[f"due:{look}"] = book.add_format({**cell, **fill, **due, "align": "center", "num_format": "yyyy-mm-dd"})
    return made


def _put(page: Any, row: int, column: int, value: Any, formats: dict[str, Any], look: str, key: str) -> None:
    """Write one cell by its type; text always as text, whatever it starts with (T18)."""
    if isinstance(value, (datetime, date)) and not missing(value):
        moment = datetime(value.year, value.month, value.day)
        page.write_datetime(row, column, moment, formats[f"{'due' if key == 'due_on' else 'date'}:{look}"])
    elif isinstance(value, (int, float)) and not isinstance(value, bool) or hasattr(value, "item"):
        page.write_number(row, column, float(value), formats[f"number:{look}"])
    elif text(value):
        page.write_string(row, column, text(value), formats[f"text:{look}"])
    else:
        page.write_blank(row, column, None, formats[f"text:{look}"])


def _height(values: list[Any]) -> float:
    """Row height that shows every wrapped line, as viewers do not fit rows themselves when a file sets them."""
    lines = 1.0
    for column, value in zip(COLUMNS, values, strict=True):
        width = sum(2 if ord(sign) > 0x2E80 else 1 for sign in text(value))
        lines = max(lines, -(-width // max(column.width - 1, 1)))
    return min(max(lines, 2) * 13.5 + 3, 300)


def _ledger_page(book: xlsxwriter.Workbook, rows: list[dict[str, Any]], sheet: Sheet) -> None:
    lang, last = sheet.lang, len(COLUMNS) - 1
    page, formats = book.add_worksheet(say("ledger.page", lang)), _formats(book)
    lines = head_lines(sheet)
    page.merge_range(0, 0, 0, last, "", formats["title"])
    page.write_string(0, 0, lines[0], formats["title"])
    page.set_row(0, 28)
    for number, line in enumerate(lines[1:], start=1):
        page.write_string(number, 0, line, formats["line"])
    top = HEAD_ROWS - 1
    for index, column in enumerate(COLUMNS):
        page.set_column(index, index, column.width)
        page.write_string(top, index, column.heading(lang), formats["head"])
    page.set_row(top, 30)
    for offset, row in enumerate(rows, start=1):
        values = cells(row, sheet)
        look = str(row["look"]) if row.get("look") in _LOOK_FILL else ""
        page.set_row(top + offset, _height(values))
        for index, value in enumerate(values):
            _put(page, top + offset, index, value, formats, look, COLUMNS[index].key)
    page.autofilter(top, 0, top + max(len(rows), 1), last)
    page.freeze_panes(HEAD_ROWS, 2)
    page.repeat_rows(0, top)
    page.set_landscape()
    page.set_paper(8)  # A3
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    page.set_footer("&C&P / &N")
    page.print_area(0, 0, top + max(len(rows), 1), last)


def note_lines(rows: list[dict[str, Any]], sheet: Sheet) -> list[tuple[str, str]]:
    """What the second page says of the rows: counts, filters, data as of, how to read the colours."""
    lang = sheet.lang
    looks = pd.Series([row.get("look") for row in rows], dtype="object").value_counts()
    kinds = pd.Series([row.get("kind") for row in rows], dtype="object").value_counts()
    joined = "；" if lang == "zh" else "; "
    return [
        (say("note.rows", lang), str(len(rows))),
        (say("note.looks", lang), joined.join(f"{look_words(look, lang)} {n}" for look, n in looks.items())),
        (say("note.unplaced", lang), str(sum(lon_lat(row) is None for row in rows))),
        (say("note.kinds", lang), joined.join(f"{coded('kind', kind, lang)} {n}" for kind, n in kinds.items())),
        (say("note.filters", lang), sheet.filters or say("note.no_filters", lang)),
        (say("note.as_of", lang), f"{sheet.as_of_text()} ({sheet.timezone})"),
        (say("note.unit", lang), sheet.unit),
        (say("note.source", lang), sheet.source),
        (say("note.number", lang), sheet.number or "—"),
        (say("note.map", lang), say("note.map_text", lang)),
        (say("note.colours", lang), say("note.colours_text", lang)),
        *([(say("note.simulated", lang), say("note.simulated_text", lang))] if sheet.simulated else []),
    ]


RULE_FIELDS = ("rule", "value", "unit", "clause", "source", "status", "valid_from", "valid_to", "checked_on")


def _note_page(book: xlsxwriter.Workbook, rows: list[dict[str, Any]], sheet: Sheet,
               rules: list[dict[str, Any]]) -> None:
    lang = sheet.lang
    page, formats = book.add_worksheet(say("note.page", lang)), _formats(book)
    page.set_column(0, 0, 24)
    page.set_column(1, len(RULE_FIELDS) - 1, 18)
    page.write_string(0, 0, say("note.page", lang), formats["bold"])
    at = 2
    for label, words in note_lines(rows, sheet):
        page.write_string(at, 0, label, formats["wrap"])
        page.write_string(at, 1, words, formats["line"])
        at += 1
    at += 1
    page.write_string(at, 0, say("note.rules", lang), formats["bold"])
    at += 1
    if not rules:
        page.write_string(at, 0, say("note.no_rules", lang), formats["line"])
        return
    for index, name in enumerate(RULE_FIELDS):
        page.write_string(at, index, say(f"rule.{name}", lang), formats["head"])
    for offset, rule in enumerate(rules, start=1):
        for index, name in enumerate(RULE_FIELDS):
            value = rule.get(name)
            shown = say(f"rule.{value}", lang) if name == "status" and value in ("verified", "unverified") else value
            page.write_string(at + offset, index, text(shown), formats["text:"])
    page.set_landscape()
    page.set_paper(8)
    page.fit_to_pages(1, 0)


def safe_cell(value: Any) -> str:
    """A CSV cell that no spreadsheet takes for a formula: such starts get an apostrophe before them (T18)."""
    words = value.isoformat() if isinstance(value, (date, datetime)) else text(value)
    return f"'{words}" if words.lstrip(" ").startswith(_FORMULA_STARTS) else words


def csv_file(problems: pd.DataFrame, sheet: Sheet) -> bytes:
    """The ledger as CSV in UTF-8 with a mark that Excel recognises; headings in the first row, nothing above."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.heading(sheet.lang) for column in COLUMNS])
    for row in rows_of(problems):
        writer.writerow([safe_cell(value) for value in cells(row, sheet)])
    return out.getvalue().encode("utf-8-sig")
