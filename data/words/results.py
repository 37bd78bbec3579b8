"""What an action or command answers, as lines a person reads; the machine's form of the same is JSON."""

from typing import Any

import layers
from data import records
from data.words import say, words

_SILENT = ("id", "receipt_id", "built_on_it_counts")
_NAMED = 8


def result_lines(result: dict[str, Any], lang: str) -> list[str]:
    """Return one line a fact; ids and empty facts are left out, what was built on something is told kind by kind."""
    lines = []
    for name, value in result.items():
        if name in _SILENT or value is None or value == [] or value == "":
            continue
        if name == "built_on_it":
            lines += [f"{say('result.built', lang)}: {line}" for line in built_lines(value, lang)]
            continue
        label = say(f"result.{name}", lang) if f"result.{name}" in words(lang) else name
        lines.append(f"{label}: {_plain(value, lang)}")
    return lines


def built_lines(built: list[dict[str, Any]], lang: str) -> list[str]:
    """Return one line a kind of record: its name, how many, and the first numbers."""
    kinds: dict[str, list[str]] = {}
    for one in built:
        kinds.setdefault(one["kind"], []).append(str(one["number"]))
    lines = []
    for kind, numbers in kinds.items():
        described = layers.ALL.get(kind) or records.ALL[kind]
        more = " …" if len(numbers) > _NAMED else ""
        shown = "、".join(numbers[:_NAMED]) if any(len(n) < 32 for n in numbers) else ""
        lines.append(f"{described.label(lang)} {len(numbers)}" + (f" ({shown}{more})" if shown else ""))
    return lines


def _plain(value: Any, lang: str) -> str:
    if isinstance(value, bool):
        return say(f"words.{str(value).lower()}", lang)
    if isinstance(value, float):
        return f"{value:,.1f}"
    if isinstance(value, list):
        return "、".join(str(one) for one in value)
    return str(value)
