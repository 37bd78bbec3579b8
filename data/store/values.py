"""Between Python, pandas and the columns of the store: one place that knows how a value is kept."""

import itertools
import math
import secrets
import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from geo.faults import Fault
from layers.base import Column

_COUNT = itertools.count()
FIRST_YEAR, LAST_YEAR = 1900, 2199      # outside lies a slip of the pen or a broken clock, never an office's date


def new_id() -> str:
    """Return an id that nobody can guess and that sorts in the order of entry (time, then count, then chance)."""
    return f"{time.time_ns() // 1_000_000:012x}{next(_COUNT) % 16**8:08x}{secrets.token_hex(6)}"


def missing(value: object) -> bool:
    """Whether ``value`` says nothing: None, NaN, NaT or empty text."""
    if value is None or value is pd.NaT or value is pd.NA:
        return True
    if isinstance(value, float):
        return math.isnan(value)
    return isinstance(value, str) and not value.strip()


def to_utc(value: object, zone: ZoneInfo) -> datetime:
    """Return a naive UTC datetime; a value without offset is read in the city's ``zone``."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value.strip().replace("Z", "+00:00"))
    elif isinstance(value, pd.Timestamp | np.datetime64):
        value = pd.Timestamp(value).floor("us").to_pydatetime()
    elif isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    if not isinstance(value, datetime):
        raise ValueError(value)
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise Fault("time_invalid", value=value.isoformat())
    if value.tzinfo is None:
        value = value.replace(tzinfo=zone)
    return value.astimezone(UTC).replace(tzinfo=None)


def to_date(value: object) -> date:
    """Return a plain date."""
    if isinstance(value, str):
        return date.fromisoformat(value.strip()[:10])
    if isinstance(value, pd.Timestamp | datetime):
        return value.date()
    if isinstance(value, np.datetime64):
        return pd.Timestamp(value).date()
    if isinstance(value, date):
        return value
    raise ValueError(value)


def _in_years(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Fault("time_invalid", value=day.isoformat())
    return day


def _boolean(value: object) -> bool:
    if isinstance(value, str):
        word = value.strip().lower()
        if word in ("true", "1", "yes", "是", "y"):
            return True
        if word in ("false", "0", "no", "否", "n"):
            return False
        raise ValueError(value)
    return bool(value)


def _number(value: object) -> float:
    number = float(value)      # type: ignore[arg-type]
    if not math.isfinite(number):
        raise ValueError(value)
    return number


def _whole(value: object) -> int:
    number = round(_number(value))
    if abs(number) >= 2**53:
        raise ValueError(value)
    return number


def keep(column: Column, value: object, zone: ZoneInfo) -> object:
    """Return ``value`` as ``column`` is kept, None where it says nothing; a Fault names the field."""
    if missing(value):
        return None
    try:
        if column.kind == "datetime":
            return to_utc(value, zone)
        if column.kind == "date":
            return _in_years(to_date(value))
        if column.kind == "float":
            return _number(value)
        if column.kind == "int":
            return _whole(value)
        if column.kind == "bool":
            return _boolean(value)
        if column.kind == "json":
            return value
    except (ValueError, TypeError, OverflowError):
        raise Fault("value_invalid", field=column.name, value=str(value), expected=column.kind) from None
    if isinstance(value, list | dict | tuple | set):
        raise Fault("value_invalid", field=column.name, value=str(value), expected=column.kind)
    text = str(value).strip()
    if column.kind == "code" and column.codes and text not in {code.value for code in column.codes}:
        raise Fault("code_unknown", field=column.name, value=text,
                    choices=", ".join(code.value for code in column.codes))
    return text


def plain(value: object) -> object:
    """Return ``value`` in JSON's types, for audit rows and attributes."""
    if missing(value):
        return None
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, bytes):
        import hashlib
        return "sha256:" + hashlib.sha256(value).hexdigest()
    return value


def as_date(value: object) -> date | None:
    """Return a kept date column's value as a date, None where it says nothing."""
    return None if missing(value) else pd.Timestamp(value).date()      # type: ignore[arg-type]
