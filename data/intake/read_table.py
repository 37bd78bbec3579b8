"""Ledgers: CSV and its kin, and XLSX. The header is looked for under titles; cells stay text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from data.intake.archive import checked
from data.intake.limits import limit
from data.intake.reading import Reading, cell_text
from data.intake.text import guess, strict
from data.intake.understand import header_key
from geo.faults import Fault

TEMPLATE_SHEETS = ("选项", "Choices")
SEPARATORS = ",\t;|，"


def _ask_encoding(reading: Reading, choices: list[str], sample: bytes) -> None:
    previews = {}
    for name in choices:
        text = sample[:4000].decode(name, errors="ignore")
        foreign = "".join(c for c in text if ord(c) > 127 and c.isprintable())
        previews[name] = foreign[:20]
    shown = [f"{name}" for name in choices]
    detail = "；".join(f"{name}: {text}" for name, text in previews.items())
    reading.questions.append({"code": "encoding", "choices": shown, "fields": {"preview": detail}})


def read_csv(path: Path, options: dict[str, Any]) -> Reading:
    """A text table; asks for the encoding where the bytes do not tell."""
    data = path.read_bytes()
    reading = Reading(kind="csv")
    encoding = options.get("encoding")
    if not encoding:
        encoding, choices = guess(data)
        if encoding is None:
            _ask_encoding(reading, choices, data)
            return reading
    text = strict(data, encoding)
    reading.encoding = "utf-8" if encoding == "utf-8-sig" else encoding
    separator, text, dropped = _separator(text)
    csv.field_size_limit(10 * limit("cell_characters"))
    try:
        lines = list(_lines(text, separator))
    except csv.Error as error:
        raise Fault("table_broken", reason=str(error)) from None
    _fill(reading, iter([(n + dropped, cells) for n, cells in lines]), options)
    return reading


def _lines(text: str, separator: str) -> Iterator[tuple[int, list[Any]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True)
    start = 1
    for cells in reader:
        yield start, cells
        start = reader.line_num + 1


def _separator(text: str) -> tuple[str, str, int]:
    """(separator, text without a `sep=` line, lines dropped); the one that cuts the first lines most evenly."""
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        return first.strip()[4], rest, 1
    sample = [line for line in text.splitlines()[:60] if line.strip()]
    best, score = ",", 0.0
    for separator in SEPARATORS:
        try:
            widths = [len(row) for row in csv.reader(sample, delimiter=separator)]
        except csv.Error:
            continue
        common = max(set(widths), key=lambda w: (widths.count(w), w)) if widths else 1
        value = widths.count(common) * (common - 1) if common > 1 else 0
        if value > score:
            best, score = separator, value
    return best, text, 0


def read_xlsx(path: Path, options: dict[str, Any]) -> Reading:
    """The sheet asked for, else the first visible sheet with data; cached values, never formulas."""
    import openpyxl

    checked(path).close()
    try:
        book = openpyxl.load_workbook(path.open("rb"), read_only=True, data_only=True, keep_links=False)
    except Exception as error:      # openpyxl raises anything its XML meets; whatever it is, the workbook is unusable
        raise Fault("table_broken", reason=type(error).__name__) from None
    reading = Reading(kind="xlsx")
    sheets = [s for s in book.worksheets if hasattr(s, "iter_rows") and s.title not in TEMPLATE_SHEETS]
    hidden = [sheet.title for sheet in sheets if sheet.sheet_state != "visible"]
    wanted = options.get("sheet")
    if wanted:
        chosen = [sheet for sheet in sheets if sheet.title == wanted]
        if not chosen:
            raise Fault("sheet_unknown", sheet=wanted, choices="、".join(sheet.title for sheet in sheets))
    else:
        chosen = [sheet for sheet in sheets if sheet.sheet_state == "visible"] or sheets
    seen = 0
    for sheet in chosen:
        candidate = Reading(kind="xlsx", sheet=sheet.title)
        try:
            _fill(candidate, _sheet_rows(sheet), options)
        except Fault as fault:
            if fault.code != "no_header" or len(chosen) == 1:
                raise
            continue
        if candidate.row and not reading.columns:
            reading = candidate
        elif candidate.row:
            seen += 1
            reading.skipped.append({"rows": [], "code": "other_sheet", "fields": {"sheet": sheet.title}})
        elif not reading.columns and not reading.row:
            reading.sheet = sheet.title
    for title in hidden:
        if title != reading.sheet:
            reading.skipped.append({"rows": [], "code": "hidden_sheet", "fields": {"sheet": title}})
    if not reading.columns:
        raise Fault("no_rows")
    return reading


def _sheet_rows(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    sheet.reset_dimensions()
    top = limit("rows") + 10_000
    for number, cells in enumerate(sheet.iter_rows(values_only=True, max_col=limit("columns") + 1), start=1):
        if number > top:
            raise Fault("too_many_rows", limit=limit("rows"))
        yield number, list(cells)


def _fill(reading: Reading, lines: Iterator[tuple[int, list[Any]]], options: dict[str, Any]) -> None:
    """Find the header among the first rows and take everything below it."""
    head: list[tuple[int, list[str | None]]] = []
    for number, cells in lines:
        texts = [cell_text(value) for value in cells]
        if any(texts):
            head.append((number, texts))
        if len(head) >= limit("header_rows"):
            break
    if not head:
        raise Fault("no_rows")
    at = _header_at(head, set(options.get("known", ())))
    header = head[at][1]
    while header and header[-1] is None:
        header.pop()
    if len(header) > limit("columns"):
        raise Fault("too_many_columns", limit=limit("columns"))
    reading.columns = [text or "" for text in header]
    if at:
        rows = "、".join(str(number) for number, _ in head[:at])
        reading.skipped.append({"rows": [], "code": "title_rows", "fields": {"lines": rows}})
    for number, texts in head[at + 1:]:
        _add(reading, number, texts)
    for number, cells in lines:
        texts = [cell_text(value) for value in cells]
        if any(texts):
            _add(reading, number, texts)


def _add(reading: Reading, number: int, texts: list[str | None]) -> None:
    width = len(reading.columns)
    if len(reading.row) >= limit("rows"):
        raise Fault("too_many_rows", limit=limit("rows"))
    if any(text is not None and len(text) > limit("cell_characters") for text in texts):
        raise Fault("cell_too_long", line=number, limit=limit("cell_characters"))
    if any(texts[width:]):
        row = len(reading.row) + 1
        reading.bad.append({"row": row, "code": "too_many_cells", "fields": {"line": number}})
    reading.add((texts[:width] + [None] * width)[:width], None, number)


def _header_at(head: list[tuple[int, list[str | None]]], known: set[str]) -> int:
    """Index of the header: the first row with the most known headings, else the first wide row of words."""
    hits = [sum(1 for cell in cells if cell and header_key(cell) in known) for _, cells in head]
    if max(hits) >= 1:
        return hits.index(max(hits))
    widths = [sum(1 for cell in cells if cell) for _, cells in head]
    for index, (_, cells) in enumerate(head):
        if widths[index] >= max(2, 0.6 * max(widths)) and not any(_is_number(cell) for cell in cells):
            return index
    if max(widths) == 1 and not any(_is_number(cell) for cell in head[0][1]):
        return 0
    raise Fault("no_header")


def _is_number(cell: str | None) -> bool:
    try:
        float(cell or "x")
    except ValueError:
        return False
    return True
