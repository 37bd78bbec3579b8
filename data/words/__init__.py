"""Words in two languages: every `*.csv` beside this file (`key,zh,en`), loaded once."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from geo.faults import Fault

LANGUAGES = ("zh", "en")


@cache
def words(lang: str = "zh") -> dict[str, str]:
    """Every key with its words in one language (zh where the language is not one of ours)."""
    lang = lang if lang in LANGUAGES else "zh"
    found: dict[str, str] = {}
    for path in sorted(Path(__file__).parent.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                if row["key"] in found:
                    raise ValueError(f"{path.name}: {row['key']} is defined twice")
                found[row["key"]] = row[lang]
    return found


class _Blanks(dict[str, object]):
    """A field nobody gave shows as its name, so that a sentence about an error never becomes another error."""

    def __missing__(self, name: str) -> str:
        return "{" + name + "}"


def say(key: str, lang: str = "zh", /, **fields: object) -> str:
    """The words of a key with fields filled in; the key itself where there are none."""
    return words(lang).get(key, key).format_map(_Blanks(fields))


def fault_text(fault: Fault, lang: str = "zh") -> str:
    """The sentence a person reads about a fault."""
    key = f"fault.{fault.code}"
    return say(key, lang, **fault.fields) if key in words(lang) else str(fault)
