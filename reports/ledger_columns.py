"""The 22 columns of the problem ledger (问题台账): which column of the problems frame each one is read from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from data import records
from layers.base import Code
from reports.places import on_earth
from reports.sheet import Sheet, day, dms, missing, say, text

LOOKS = ("overdue", "relapsed", "suspected", "in_work", "deferred")
"""How an unresolved problem is drawn, worst first; the words are `look.<name>` in the reports' words."""

_CODES: dict[str, tuple[Code, ...]] = {
    "kind": records.FINDING_KINDS, "severity": records.SEVERITY, "source": records.SOURCES,
    "state": records.CASE_STATES}


def coded(column: str, value: Any, lang: str) -> str:
    """Words of a coded value of a problem row; the value itself where no list has it."""
    for code in _CODES[column]:
        if code.value == value:
            return code.label(lang)
    return say("kind.outfall_unfinished", lang) if value == "outfall_unfinished" else text(value)


def _read(*names: str) -> Callable[[dict[str, Any], Sheet], Any]:
    """A reader that takes the first named column which holds something."""
    return lambda row, sheet: next((row[name] for name in names if not missing(row.get(name))), None)


def _coded(name: str) -> Callable[[dict[str, Any], Sheet], str]:
    return lambda row, sheet: coded(name, row.get(name), sheet.lang)


def _day(*names: str) -> Callable[[dict[str, Any], Sheet], Any]:
    return lambda row, sheet: day(_read(*names)(row, sheet), sheet.timezone)


def _joined(*names: str, by: str = " ") -> Callable[[dict[str, Any], Sheet], str]:
    def read(row: dict[str, Any], sheet: Sheet) -> str:
        days = {name: day(row.get(name), sheet.timezone) for name in names if name.endswith("_at")}
        parts = [text(days[name] if name in days else row.get(name)) for name in names]
        return by.join(part for part in parts if part)
    return read


def lon_lat(row: dict[str, Any]) -> tuple[float, float] | None:
    """Longitude and latitude of a problem row, from its columns or else its geometry; None without a place."""
    if not missing(row.get("lon")) and not missing(row.get("lat")):
        at = float(row["lon"]), float(row["lat"])
        return at if on_earth(*at) else None
    point = row.get("geometry")
    if point is None or point.is_empty or not on_earth(*point.bounds[:2]) or not on_earth(*point.bounds[2:]):
        return None
    point = point if point.geom_type == "Point" else point.representative_point()
    return point.x, point.y


def _place(row: dict[str, Any], sheet: Sheet) -> str:
    at = lon_lat(row)
    return dms(*at, sheet.lang) if at else say("ledger.no_place", sheet.lang)


def progress(row: dict[str, Any], sheet: Sheet) -> str:
    """How far a problem has come, with days overdue and times recurred."""
    words = [coded("state", row.get("state"), sheet.lang) or look_words(row.get("look"), sheet.lang)]
    if not missing(row.get("overdue_days")) and int(row["overdue_days"]) > 0 and row.get("look") != "deferred":
        words.append(say("overdue_days", sheet.lang, days=int(row["overdue_days"])))
    if not missing(row.get("relapses")) and int(row["relapses"]) > 0:
        words.append(say("relapses", sheet.lang, times=int(row["relapses"])))
    if row.get("look") == "deferred" and not missing(row.get("deferred_until")):
        words.append(say("deferred_until", sheet.lang, day=day(row["deferred_until"], sheet.timezone)))
    return (" · " if sheet.lang == "en" else "，").join(word for word in words if word)


def look_words(look: Any, lang: str) -> str:
    """Words of how a problem is drawn."""
    return say(f"look.{look}", lang) if look in LOOKS else text(look)


def _closed(row: dict[str, Any], sheet: Sheet) -> str:
    closed = row.get("state") == "closed" or not missing(row.get("closed_at"))
    return say("yes" if closed else "no", sheet.lang)


def _photos(row: dict[str, Any], sheet: Sheet) -> str:
    photos = row.get("photos")
    if isinstance(photos, (list, tuple)):
        return say("photos", sheet.lang, count=len(photos)) if len(photos) else ""
    if isinstance(photos, (int, float)) and not missing(photos):
        return say("photos", sheet.lang, count=int(photos)) if photos else ""
    return text(photos)


@dataclass(frozen=True)
class LedgerColumn:
    """One column of the ledger: key of its heading, width in characters, and how a row answers it."""

    key: str
    width: float
    read: Callable[[dict[str, Any], Sheet], Any]

    def heading(self, lang: str) -> str:
        """The heading as printed."""
        return say(f"ledger.{self.key}", lang)


COLUMNS: tuple[LedgerColumn, ...] = (
    LedgerColumn("seq", 5, _read("seq")),
    LedgerColumn("number", 17, _read("number")),
    LedgerColumn("water", 11, _read("water_name", "river_name")),
    LedgerColumn("place", 22, _read("place", "reach_name", "address")),
    LedgerColumn("lon_lat", 17, _place),
    LedgerColumn("district", 13, _joined("district_name", "township", "village")),
    LedgerColumn("kind", 12, _coded("kind")),
    LedgerColumn("description", 28, _read("description")),
    LedgerColumn("severity", 8, _coded("severity")),
    LedgerColumn("found_at", 11, _day("found_at", "opened_at")),
    LedgerColumn("source", 10, _coded("source")),
    LedgerColumn("unit", 15, _read("unit_name")),
    LedgerColumn("handler", 10, _read("handler")),
    LedgerColumn("post", 17, _joined("post_name", "person")),
    LedgerColumn("measure", 20, _read("measure")),
    LedgerColumn("due_on", 11, _day("due_on")),
    LedgerColumn("progress", 15, progress),
    LedgerColumn("closed_at", 11, _day("rectified_at", "closed_at")),
    LedgerColumn("verified", 13, _joined("verified_by", "verified_at")),
    LedgerColumn("closed", 8, _closed),
    LedgerColumn("photos", 8, _photos),
    LedgerColumn("remark", 14, _read("remark")),
)
"""In the order of 问题台账 (reference: standards, report artefacts)."""


def cells(row: dict[str, Any], sheet: Sheet) -> list[Any]:
    """The cells of one ledger row: int for 序号, date for days, text for all else."""
    values = [column.read(row, sheet) for column in COLUMNS]
    return [value if not isinstance(value, str) and not missing(value) else text(value) for value in values]
