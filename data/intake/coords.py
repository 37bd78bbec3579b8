"""One coordinate as people write it: decimals, degrees-minutes-seconds in every spelling, metres."""

from __future__ import annotations

import re
from dataclasses import dataclass

from data.intake.understand import wide

NONE_WORDS = frozenset({"", "无", "-", "--", "—", "/", "\\", "null",
                        "none", "nan", "n/a", "na", "#n/a", "未知", "不详", "缺", "空"})
_AXIS = (("lon", -1, "西经"), ("lon", 1, "东经"), ("lat", 1, "北纬"), ("lat", -1, "南纬"),
         ("lon", 1, "e"), ("lon", -1, "w"), ("lat", 1, "n"), ("lat", -1, "s"))  # fmt: skip
_NUMBER = r"(\d+(?:\.\d+)?)"
_PLAIN = re.compile(r"^-?\d{1,8}(?:\.\d+)?$", re.ASCII)
_MARKED = re.compile(rf"^{_NUMBER}\s*[°º度˚]\s*(?:{_NUMBER}\s*[′'’‘`´分]\s*(?:{_NUMBER}\s*(?:[″\"”“秒]|''|′′|’’)?)?)?$")
_DOTTED = re.compile(r"^(\d{1,3})\.(\d{1,2})\.(\d{1,2}(?:\.\d+)?)$")
_SPACED = re.compile(rf"^(\d{{1,3}})[\s:]+(\d{{1,2}}(?:\.\d+)?)(?:[\s:]+{_NUMBER})?$")


@dataclass(frozen=True)
class Angle:
    """A coordinate: its number, the axis its letter names ('' where none) and whether it was sexagesimal."""

    value: float
    axis: str = ""
    sexagesimal: bool = False


def is_none(text: str | None) -> bool:
    """Whether a cell says that there is nothing."""
    return text is None or wide(text).casefold() in NONE_WORDS


def parse_angle(text: str) -> Angle | None:
    """The coordinate a cell states, None where it states none; minutes and seconds of 60 and more are no coordinate."""
    if _PLAIN.match(text):
        return Angle(float(text))
    raw = wide(text).replace("〞", "″").replace("ˊ", "′").casefold().strip()
    axis, sign = "", 1
    for name, direction, mark in _AXIS:
        if raw.startswith(mark) or (raw.endswith(mark) and len(mark) == 1):
            axis, sign = name, direction
            raw = (raw[len(mark):] if raw.startswith(mark) else raw[: -len(mark)]).strip(" :,")
            break
    if raw.startswith("-"):
        sign, raw = -sign, raw[1:].strip()
    elif raw.startswith("+"):
        raw = raw[1:].strip()
    for pattern in (_MARKED, _DOTTED, _SPACED):
        match = pattern.match(raw)
        if match:
            degrees, minutes, seconds = (float(part) if part else 0.0 for part in match.groups())
            if minutes >= 60 or seconds >= 60:
                return None
            bare = pattern is _MARKED and match.group(2) is None
            return Angle(sign * (degrees + minutes / 60 + seconds / 3600), axis, not bare)
    plain = raw.rstrip("°º度m米").replace(",", "") if raw.count(".") <= 1 else raw
    try:
        value = float(plain)
    except ValueError:
        return None
    return Angle(sign * value, axis) if value == value and abs(value) < 1e9 else None
