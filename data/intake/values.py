"""One cell as its column means it: text, numbers with units, dates in every usual spelling, yes and no, codes."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from data.intake.coords import is_none
from data.intake.understand import header_key, wide
from layers.base import Column

YES = frozenset({"是", "有", "已", "对", "√", "✓", "y", "yes", "true", "t", "1", "已确认", "确认"})
NO = frozenset({"否", "无", "没有", "未", "×", "✗", "x", "n", "no", "false", "f", "0", "未确认"})
TO_METRES = {"km": 1000.0, "公里": 1000.0, "千米": 1000.0, "m": 1.0, "米": 1.0, "cm": 0.01, "厘米": 0.01, "mm": 0.001,
             "毫米": 0.001}  # fmt: skip
SAME_UNIT = {"吨/日": "t/d", "立方米/日": "m³/d", "m3/d": "m³/d", "吨/天": "t/d", "平方公里": "km²", "km2": "km²",
             "平方千米": "km²", "公顷": "ha", "℃": "°C", "毫克/升": "mg/l", "us/cm": "μs/cm", "人": "", "户": "",
             "个": "", "度": "°", "万立方米": "10⁴ m³", "万m³": "10⁴ m³", "万m3": "10⁴ m³"}  # fmt: skip
SAME_CODE = {"镇级": "乡级", "乡镇级": "乡级", "街道级": "乡级", "乡(镇)级": "乡级", "区级": "县级", "区县级": "县级",
             "县区级": "县级", "县(区)级": "县级", "地市级": "市级", "社区级": "村级",
             "村(社区)级": "村级", "省": "省级", "市": "市级",
             "县": "县级", "区": "县级", "乡": "乡级", "镇": "乡级", "乡镇": "乡级", "村": "村级", "双岸": "两岸",
             "左右岸": "两岸", "左、右岸": "两岸", "双侧": "两岸", "左": "左岸", "右": "右岸"}  # fmt: skip
"""Other words for a label of ours, taken where the column has that label."""
_DATE = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?(?:[t\s]+|(?=\d)|$)(.*)$")
_MONTH = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?$")
_DAY_FIRST = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:\s+(.*))?$")
_TIME = re.compile(r"^(\d{1,2})\s*[:时点]\s*(?:(\d{1,2})\s*(?:[:分]\s*(?:(\d{1,2})(?:[.,](\d+))?\s*秒?)?)?)?\s*"
                   r"(z|[+-]\d{2}:?\d{2})?$")  # fmt: skip
_QUANTITY = re.compile(r"^([+-]?(?:\d[\d,]*\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(.*)$")
EXCEL_DAY_0 = date(1899, 12, 30)


class Unreadable(ValueError):
    """A cell that is not what its column wants; args are (code of the sentence, fields)."""


_GUARDED = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


@lru_cache(maxsize=65_536)
def parse(column: Column, text: str | None, zone: ZoneInfo) -> tuple[object, str | None]:
    """(value, code of a repair or None); raises Unreadable."""
    if text is None or not text.strip():
        return None, None
    if text[0] == "'" and text[1:2] in _GUARDED:      # our own CSV keeps a spreadsheet from running such a cell
        text = text[1:]
    if column.kind == "text" or (column.kind == "code" and not column.codes):
        return parse_text(column, text)
    if column.kind == "bool":
        return parse_bool(text), None
    if is_none(text):
        return None, None
    if column.kind == "code":
        return parse_code(column, text)
    if column.kind in ("float", "int"):
        return parse_number(column, text)
    if column.kind in ("date", "datetime"):
        return parse_date(column, text, zone)
    return text, None


def parse_text(column: Column, text: str) -> tuple[str | None, None]:
    """Text without spaces at its ends; words for nothing are nothing where the cell should hold a code."""
    text = text.strip()
    pointer = column.name == "code" or bool(column.refers_to)
    if pointer:
        text = wide(text)
    empty = is_none(text) and (pointer or text != "无")
    return (None if empty else text), None


def parse_bool(text: str) -> bool | None:
    """Yes or no in the usual words."""
    word = wide(text).casefold()
    if word in YES:
        return True
    if word in NO:
        return False
    if is_none(text) or word == "不清楚":
        return None
    raise Unreadable("not_yes_no", {"value": text})


@lru_cache(maxsize=512)
def _codes(column: Column) -> dict[str, str]:
    found: dict[str, str] = {}
    for code in column.codes:
        for word in (code.value, code.zh, code.en):
            found.setdefault(header_key(word), code.value)
    for code in column.codes:
        short = re.split(r"[(（]", code.zh)[0]
        found.setdefault(header_key(short), code.value)
    return found


def parse_code(column: Column, text: str) -> tuple[str, str | None]:
    """The coded value meant by its value or either label."""
    words = _codes(column)
    value = words.get(header_key(text)) or words.get(SAME_CODE.get(wide(text), ""))
    if value is None:
        shown = "、".join(code.zh for code in column.codes)
        raise Unreadable("code_unknown", {"value": text, "choices": shown})
    return value, None


def parse_number(column: Column, text: str) -> tuple[object, str | None]:
    """A number, its unit taken to the column's; censored values (<0.5) and ranges are never numbers."""
    raw = wide(text).casefold().replace("，", ",").replace("−", "-")
    if raw[:1] in "<>≤≥" or re.fullmatch(r"[\d.]+l|nd|未检出", raw):
        raise Unreadable("number_censored", {"value": text})
    match = _QUANTITY.match(raw)
    if not match:
        raise Unreadable("not_a_number", {"value": text})
    digits, unit = match.group(1), match.group(2).strip()
    if "," in digits and not re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", digits):
        raise Unreadable("not_a_number", {"value": text})
    value, repair = float(digits.replace(",", "")), None
    own = wide(column.unit).casefold()
    if unit:
        unit_plain = wide(SAME_UNIT.get(unit, unit)).casefold()
        if unit_plain in (own, ""):
            pass
        elif unit in TO_METRES and own in TO_METRES:
            value, repair = value * TO_METRES[unit] / TO_METRES[own], "unit_converted"
        elif unit == "万":
            value, repair = value * 10_000, "unit_converted"
        else:
            raise Unreadable("unit_unknown", {"value": text, "unit": column.unit or "-"})
    if column.kind == "int":
        if not value.is_integer():
            raise Unreadable("not_a_number", {"value": text})
        return int(value), repair
    return value, repair


def parse_date(column: Column, text: str, zone: ZoneInfo) -> tuple[object, str | None]:
    """A day, or a moment (in the city's time where no offset is written)."""
    raw = wide(text).casefold()
    match = _DATE.match(raw)
    if match:
        year, month, day, rest = match.groups()
        return _moment(column, text, int(year), int(month), int(day), rest, zone), None
    if re.fullmatch(r"\d{8}", raw):
        return _moment(column, text, int(raw[:4]), int(raw[4:6]), int(raw[6:]), "", zone), None
    match = _DAY_FIRST.match(raw)
    if match:
        first, second, year, rest = match.groups()
        if int(first) > 12 >= int(second):
            return _moment(column, text, int(year), int(second), int(first), rest or "", zone), None
        if int(second) > 12 >= int(first) or first == second:
            return _moment(column, text, int(year), int(first), int(second), rest or "", zone), None
        raise Unreadable("date_ambiguous", {"value": text})
    if re.fullmatch(r"\d{5}(\.\d+)?", raw) and 20_000 <= float(raw) < 80_000:
        whole = int(float(raw))
        seconds = round((float(raw) - whole) * 86_400)
        day = EXCEL_DAY_0 + timedelta(days=whole)
        if column.kind == "date":
            return day, "excel_date"
        moment = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(seconds=seconds)
        return moment, "excel_date"
    if _MONTH.match(raw):
        raise Unreadable("date_without_day", {"value": text})
    raise Unreadable("not_a_date", {"value": text})


def _moment(column: Column, text: str, year: int, month: int, day: int, rest: str, zone: ZoneInfo) -> object:
    try:
        when = date(year, month, day)
        match = _TIME.match(rest.strip()) if rest.strip() else None
        if rest.strip() and match is None:
            raise Unreadable("not_a_date", {"value": text})
        if column.kind == "date":
            return when
        if match is None:
            return datetime(year, month, day, tzinfo=zone)
        hour, minute, second, fraction, offset = match.groups()
        micro = int((fraction or "0")[:6].ljust(6, "0"))
        moment = datetime(year, month, day, int(hour), int(minute or 0), int(second or 0), micro)
        if offset:
            sign = offset.upper().replace("Z", "+00:00")
            sign = sign if ":" in sign else f"{sign[:3]}:{sign[3:]}"
            return datetime.fromisoformat(moment.isoformat() + sign)
        return moment.replace(tzinfo=zone)
    except ValueError as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("not_a_date", {"value": text}) from None
