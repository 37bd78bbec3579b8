"""Rules are rows: every limit, frequency and clock is a line of a CSV beside this file, with unit, source and dates.

`rules` answers what holds on a day and never hands out a row that is switched off; a caller keeps the rows it used and
shows them. A figure whose source is memory or our own choice is ``unverified`` and is shown as 依据待核实.
"""

import csv
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from geo.faults import Fault

FOLDER = Path(__file__).parent
TAIL = ("value", "unit", "clause", "source", "valid_from", "valid_to", "checked_on", "evidence", "status",
        "note_zh", "note_en")
"""Columns every table ends with; between `id` and these stand the table's own keys."""
UNITS = frozenset({"1", "bool", "cm", "count", "count/L", "days", "h", "level", "m", "mV", "mg/L", "min", "share",
                   "times", "word", "workdays", "years", "10⁴ m³"})
STATUSES = frozenset({"verified", "unverified", "off"})
EVIDENCE = {"2S": "verified", "1S": "verified", "C": "verified", "M": "unverified", "ML": "unverified",
            "ours": "unverified"}
"""How a figure is sourced (two copies, one, computed, memory, weak memory, our choice) -> its best status."""
ANY = "*"
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?")

Rule = dict[str, Any]


def tables() -> tuple[str, ...]:
    """Names of all tables."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.csv")))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _row(raw: dict[str, str]) -> Rule:
    row: Rule = dict(raw)
    value = raw["value"]
    row["value"] = float(value) if _NUMBER.fullmatch(value) else value
    for name in ("valid_from", "valid_to", "checked_on"):
        row[name] = _day(raw[name])
    return row


@cache
def _table(table: str) -> tuple[Rule, ...]:
    path = FOLDER / f"{table}.csv"
    if table not in tables():
        raise Fault("rule_table_unknown", table=table)
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(_row(raw) for raw in csv.DictReader(file))


def every(table: str) -> list[Rule]:
    """All rows of a table, those switched off and out of date included."""
    return [dict(row) for row in _table(table)]


def in_force(row: Rule, on: date) -> bool:
    """Whether a row may be applied on a day; both its days are inclusive."""
    begun = row["valid_from"] is None or row["valid_from"] <= on
    return row["status"] != "off" and begun and (row["valid_to"] is None or on <= row["valid_to"])


def rules(table: str, on: date, **equals: str) -> list[Rule]:
    """Rows in force on a day whose keys equal the given ones; ``*`` in a cell fits any, the most exact come first."""
    fits = [row for row in _table(table) if in_force(row, on)
            and all(row[key] in (value, ANY) for key, value in equals.items())]
    return [dict(row) for row in sorted(fits, key=lambda row: sum(row[key] == ANY for key in equals))]


def rule(table: str, on: date, **equals: str) -> Rule:
    """The most exact row in force on a day; Fault ``rule_missing`` where there is none."""
    found = rules(table, on, **equals)
    if not found:
        named = ", ".join(f"{key}={value}" for key, value in equals.items())
        raise Fault("rule_missing", table=table, named=named, on=on.isoformat())
    return found[0]


def setting(name: str, on: date) -> Rule:
    """One of our own settings (`settings.csv`) as a row."""
    return rule("settings", on, id=name)


def cite(row: Rule, lang: str = "zh") -> str:
    """One line naming a rule for a screen: id, value, unit, source, and 依据待核实 where it is unverified."""
    value = f"{row['value']:g}" if isinstance(row["value"], float) else row["value"]
    unit = "" if row["unit"] in ("1", "bool", "word", "share", "level") else f" {row['unit']}"
    doubt = {"zh": "（依据待核实）", "en": " (unverified)"}[lang] if row["status"] == "unverified" else ""
    return f"{row['id']} = {value}{unit} · {row['source']}{doubt}"
