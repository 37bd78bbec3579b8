"""What every document carries at its head and foot, and the words, dates and names all of them share."""

import re
import uuid
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from data import words


@dataclass(frozen=True)
class Sheet:
    """Head and foot of a document: who made it, of what, as of when, under which number."""

    title: str
    unit: str
    source: str
    as_of: datetime
    lang: str = "zh"
    simulated: bool = False
    number: str = ""
    filters: str = ""
    timezone: str = "Asia/Shanghai"
    crs: str = ""
    review_no: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The sheet as JSON-able values."""
        return {**asdict(self), "as_of": self.as_of.isoformat()}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Sheet":
        """The sheet that `as_dict` wrote."""
        return cls(**{**values, "as_of": datetime.fromisoformat(values["as_of"])})

    @property
    def zone(self) -> ZoneInfo:
        """The city's time zone."""
        return ZoneInfo(self.timezone)

    def as_of_local(self) -> datetime:
        """Data-as-of on the wall clock of the city."""
        return self.as_of.astimezone(self.zone)

    def as_of_text(self) -> str:
        """Data-as-of as people read it."""
        return self.as_of_local().strftime("%Y-%m-%d %H:%M")


def say(key: str, lang: str, **fields: object) -> str:
    """The reports' words of a key in a language."""
    return words.say(f"report.{key}", lang, **fields)


def missing(value: Any) -> bool:
    """Whether a cell holds nothing (None, NaN, NaT, empty text)."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return True
    return not isinstance(value, (str, list, tuple, dict)) and bool(pd.isna(value))


def text(value: Any) -> str:
    """A cell as plain text, empty where it holds nothing; control signs that no document may carry are taken out."""
    return "" if missing(value) else re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]", "", str(value))


def day(value: Any, zone: str) -> date | None:
    """The day of a date or an instant in a time zone; None where there is none."""
    if missing(value):
        return None
    moment = pd.Timestamp(value)
    return (moment.tz_convert(zone) if moment.tzinfo else moment).date()


def dms(lon: float, lat: float, lang: str) -> str:
    """Longitude and latitude in degrees, minutes and seconds, longitude first as Chinese papers have it."""
    def part(value: float) -> str:
        tenths = round(abs(value) * 36000)
        return f"{tenths // 36000}°{tenths // 600 % 60:02d}′{tenths % 600 / 10:04.1f}″"
    if lang == "zh":
        return f"{'东' if lon >= 0 else '西'}经{part(lon)} {'北' if lat >= 0 else '南'}纬{part(lat)}"
    return f"{part(lon)}{'E' if lon >= 0 else 'W'} {part(lat)}{'N' if lat >= 0 else 'S'}"


def file_name(stem: str, extension: str) -> str:
    """A file name of our own making: a short slug without anything a file system minds, and a unique tail."""
    slug = re.sub(r"[^\w一-鿿-]+", "-", text(stem)).strip("-_")[:40] or "hezhang"
    return f"{slug}-{uuid.uuid4().hex[:8]}.{extension}"
