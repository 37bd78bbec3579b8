"""From cells to rows: every value as its column means it, every row that cannot be is refused by name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from data.intake.reading import Reading
from data.intake.report import Notes
from data.intake.understand import Fields, wide
from data.intake.values import TO_METRES, Unreadable, parse
from layers.base import Column, Layer

TOTAL_WORDS = ("合计", "总计", "小计", "共计", "总数", "total", "subtotal", "grand total")
TOTAL_LETTERS = frozenset("合总小共TtSsGg Ｔｔ")      # a quick look first: most cells are no total
EXAMPLE_WORDS = ("示例", "example")
EXAMPLE_HEADINGS = ("序号", "no", "no.")
OUTLET_WORDS = ("0", "-1", "-9999")
_UNIT = re.compile(r"[(（\[]\s*([a-z一-鿿]+)\s*[)）\]]\s*$")
PLACES = ("lon", "lat", "lonlat", "wkt")
PRIVILEGED = ("id", "number", "version", "import_id", "created_at", "created_by", "withdrawn_at")


@dataclass
class Row:
    """One understood record."""

    row: int
    values: dict[str, Any]
    line: int | None = None
    wkb: bytes | None = None
    extra: dict[str, Any] = field(default_factory=dict)


def understand_rows(reading: Reading, shape: Layer, fields: Fields, columns: list[Column], notes: Notes,
                    zone: ZoneInfo) -> list[Row]:
    """The rows that can be used; total rows and template examples are skipped and listed."""
    for bad in reading.bad:
        notes.refuse(bad["row"], bad["code"], None, **bad["fields"])
    own = {column.name: column for column in columns}
    wanted = [(own[name], index) for name, index in fields.index.items() if name not in PLACES]
    units = {column.name: heading_unit(reading.columns[index], column) for column, index in wanted}
    constants = [(own[name], text) for name, text in fields.constant.items() if name not in PLACES]
    example_at = next((i for i, h in enumerate(reading.columns) if wide(h).casefold() in EXAMPLE_HEADINGS), None)
    totals, examples, rows = [], [], []
    for cells, wkb, number, line in zip(reading.cells, reading.wkb, reading.row, reading.line, strict=True):
        if example_at is not None and wide(cells[example_at] or "").casefold() in EXAMPLE_WORDS:
            examples.append(number)
            continue
        if not reading.spatial and _is_total(cells):
            totals.append(number)
            continue
        row = Row(number, {}, line, wkb)
        for column, text in [*((c, with_unit(cells[i], units[c.name])) for c, i in wanted), *constants]:
            _take(row, column, text, notes, zone)
        rows.append(row)
    if totals:
        notes.skip("total_row", totals, count=len(totals))
    if examples:
        notes.skip("example_row", examples, count=len(examples))
    _required(rows, shape, fields, notes)
    return rows


def heading_unit(heading: str, column: Column) -> str:
    """The length unit a heading states in brackets where it is not the column's own, '' elsewhere: 河段长度(km)."""
    match = _UNIT.search(wide(heading).casefold())
    if column.kind not in ("float", "int") or match is None:
        return ""
    unit = match.group(1).strip()
    return unit if unit in TO_METRES and column.unit in TO_METRES and TO_METRES[unit] != TO_METRES[column.unit] else ""


def with_unit(text: str | None, unit: str) -> str | None:
    """A bare number with the unit its heading states."""
    return f"{text}{unit}" if unit and text and text.strip()[-1:].isdigit() else text


def _take(row: Row, column: Column, text: str | None, notes: Notes, zone: ZoneInfo) -> None:
    if column.name == "to_reach" and text is not None and text.strip() in OUTLET_WORDS:
        row.values[column.name] = None
        return
    try:
        value, repair = parse(column, text, zone)
    except Unreadable as error:
        code, said = error.args
        line = row.line if row.line is not None else row.row
        notes.refuse(row.row, code, column.name, line=line, column=column.label(notes.lang), **said)
        return
    row.values[column.name] = value
    if repair:
        notes.repair(repair, [row.row], column.name, column=column.label(notes.lang))


def _is_total(cells: list[str | None]) -> bool:
    return any(wide(cell).casefold().replace(" ", "").rstrip(":：") in TOTAL_WORDS
               for cell in cells[:3] if cell and len(cell) < 16 and cell[0] in TOTAL_LETTERS)


def _required(rows: list[Row], shape: Layer, fields: Fields, notes: Notes) -> None:
    """Refuse rows without what the layer must have; a code nobody wrote is made later, a place is asked for later."""
    needed = [c for c in shape.columns if c.required and not (c.name == "code" and not fields.has("code"))]
    for row in rows:
        for column in needed:
            if row.values.get(column.name) is None:
                line = row.line if row.line is not None else row.row
                notes.refuse(row.row, "required_missing", column.name, line=line, column=column.label(notes.lang))


def list_ignored(reading: Reading, fields: Fields, notes: Notes) -> None:
    """Name every column that is not used."""
    from data.intake.report import Ignored

    for heading in fields.ignored:
        if wide(heading).casefold() in EXAMPLE_HEADINGS:      # row numbers, as our own templates have them
            continue
        code = "column_privileged" if heading.casefold() in PRIVILEGED else "column_unknown"
        notes.report.ignored.append(Ignored(column=heading, message=notes.words(code, column=heading)))
