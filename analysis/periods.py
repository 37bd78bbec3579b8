"""Natural periods of the calendar: year, half-year, quarter, month, ten days (旬), ISO week from Monday, day."""

from calendar import monthrange
from datetime import date, timedelta

from geo.faults import Fault

MONTHS = {"year": 12, "half_year": 6, "quarter": 3, "two_months": 2, "month": 1}

Period = tuple[date, date]


def _months(day: date, size: int) -> Period:
    first = (day.month - 1) // size * size + 1
    last = first + size - 1
    return date(day.year, first, 1), date(day.year, last, monthrange(day.year, last)[1])


def _ten_days(day: date) -> Period:
    first = min((day.day - 1) // 10 * 10 + 1, 21)
    last = first + 9 if first < 21 else monthrange(day.year, day.month)[1]
    return day.replace(day=first), day.replace(day=last)


def period_of(day: date, period: str) -> Period:
    """First and last day of the natural period that holds a day."""
    if period in MONTHS:
        return _months(day, MONTHS[period])
    if period == "ten_days":
        return _ten_days(day)
    if period == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    if period in ("day", "workday"):
        return day, day
    raise Fault("period_unknown", period=period)


def periods(since: date, until: date, period: str) -> list[Period]:
    """All natural periods that touch [since, until], whole; workdays are Monday to Friday."""
    if since > until:
        raise Fault("period_backwards", since=since.isoformat(), until=until.isoformat())
    found = []
    day = since
    while day <= until:
        start, end = period_of(day, period)
        if period != "workday" or day.weekday() < 5:
            found.append((start, end))
        day = end + timedelta(days=1)
    return found
