"""Headings: which column of a file carries which field of a layer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from layers.base import Column

DATUM_WORDS = (
    ("gcj02", ("gcj02", "gcj-02", "gcj", "高德", "腾讯", "火星")),
    ("bd09", ("bd09", "bd-09", "bd09ll", "百度", "baidu")),
    ("wgs84", ("wgs84", "wgs-84", "wgs", "gps")),
    ("cgcs2000", ("cgcs2000", "cgcs", "国家2000", "2000国家大地", "国家大地2000")),
)  # fmt: skip
OLD_DATUMS = (("xian80", ("西安80", "xian80", "xi'an80")), ("beijing54", ("北京54", "beijing54")))
_BRACKETS = re.compile(r"[(\[【〔{][^)\]】〕}]*[)\]】〕}]")
_NOISE = re.compile(r"[\s_*＊:·.、/\\-]+")


def wide(text: str) -> str:
    """Full-width letters and digits as ordinary ones, no space at the ends."""
    return unicodedata.normalize("NFKC", text).strip()


def header_key(text: str) -> str:
    """A heading as it is compared: no case, width, spaces, marks; brackets (units, hints) kept without their signs."""
    return _NOISE.sub("", wide(text).casefold()).translate(str.maketrans("", "", "()[]【】〔〕{}"))


def bare_key(text: str) -> str:
    """A heading without what stands in brackets."""
    return _NOISE.sub("", _BRACKETS.sub("", wide(text).casefold()))


def datum_in(heading: str) -> str | None:
    """The datum a heading declares (`lon_gcj02`, 百度经度), None where it says nothing."""
    text = wide(heading).casefold()
    for datum, words in (*OLD_DATUMS, *DATUM_WORDS):
        if any(word in text for word in words):
            return datum
    return None


def without_datum(heading: str) -> str:
    """A heading without the words that declare its datum."""
    text = wide(heading).casefold()
    for _, words in (*OLD_DATUMS, *DATUM_WORDS):
        for word in words:
            text = text.replace(word, "")
    return text.replace("坐标", "") if text != wide(heading).casefold() else text


@dataclass
class Fields:
    """The outcome: column index or constant of each field, and the columns nobody asked for."""

    index: dict[str, int] = field(default_factory=dict)
    constant: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)

    def has(self, name: str) -> bool:
        """Whether the file or the caller gives this field."""
        return name in self.index or name in self.constant


def names_of(column: Column) -> list[str]:
    """Everything a column may be called, best first."""
    return [column.name, column.zh, column.en, *column.aliases]


def known_keys(columns: Iterable[Column]) -> set[str]:
    """Keys of all headings a layer knows, for finding the header row."""
    keys = {key for column in columns for name in names_of(column) for key in (header_key(name), bare_key(name))}
    return {key for key in keys if key}


def map_columns(headings: list[str], columns: Iterable[Column]) -> Fields:
    """Match headings to columns: the field's own names first, aliases second, place headings with a datum last."""
    columns = list(columns)
    found, used = Fields(), set()
    keys = [(header_key(h), bare_key(h), bare_key(without_datum(h)), header_key(without_datum(h))) for h in headings]
    for rank in range(3):
        for column in columns:
            if column.name in found.index:
                continue
            labels = names_of(column)[:3] if rank == 0 else names_of(column)
            wanted = {k for label in labels for k in (header_key(label), bare_key(label)) if k}
            for i, (full, bare, plain, plain_full) in enumerate(keys):
                have = (full, bare) if rank < 2 else (plain, plain_full)
                if i not in used and headings[i] and any(k in wanted for k in have if k):
                    found.index[column.name] = i
                    used.add(i)
                    break
    found.ignored = [h for i, h in enumerate(headings) if i not in used and h]
    return found


def field_named(name: str, columns: Iterable[Column]) -> str | None:
    """The field a caller means by `name` (its name, label or alias), None where no column is called that."""
    key = header_key(name)
    for take in (1, 3, None):
        for column in columns:
            if key in {header_key(label) for label in names_of(column)[:take]}:
                return column.name
    return None


def apply_map(found: Fields, headings: list[str], given: dict[str, str], columns: list[Column]) -> list[tuple[str, str]]:
    """Let the caller's `FIELD=COLUMN` win (`FIELD==TEXT` gives a constant); what names nothing is returned."""
    wrong: list[tuple[str, str]] = []
    for name, source in given.items():
        target = field_named(name, columns)
        if target is None:
            wrong.append(("map_field_unknown", name))
            continue
        if source.startswith("="):
            found.index.pop(target, None)
            found.constant[target] = source[1:]
            continue
        at = [i for i, h in enumerate(headings) if h == source] or [
            i for i, h in enumerate(headings) if header_key(h) == header_key(source)]
        if not at:
            wrong.append(("map_column_unknown", source))
            continue
        found.index[target] = at[0]
        found.constant.pop(target, None)
    taken = set(found.index.values())
    found.ignored = [h for i, h in enumerate(headings) if h and i not in taken]
    return wrong
