"""The few words a map says itself; they live in ``data/words/map.csv``, in two languages."""

import csv
from functools import cache
from pathlib import Path

WORDS = Path(__file__).resolve().parent.parent / "data" / "words" / "map.csv"


@cache
def _table() -> dict[str, tuple[str, str]]:
    with WORDS.open(encoding="utf-8", newline="") as rows:
        return {row["key"]: (row["zh"], row["en"]) for row in csv.DictReader(rows)}


def say(key: str, lang: str, **fields: object) -> str:
    """Return the word ``map.key`` in ``lang`` with its fields filled in; KeyError where there is none."""
    zh, en = _table()[f"map.{key}"]
    return (zh if lang == "zh" else en).format(**fields)


def known(key: str) -> bool:
    """Whether there is a word ``map.key``."""
    return f"map.{key}" in _table()
