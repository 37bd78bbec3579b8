"""What every action asks of its input: known people, places on the earth and in the city, dates that can be, rows in sight."""

import unicodedata
from datetime import date, datetime
from typing import Any

import shapely

import layers
from data import records
from data.store import Tx
from data.store.values import to_utc
from geo.faults import Fault

_OBJECTS = ("reach", "lake", "reservoir", "wetland", "tailings_dam", "black_odorous")


def place_ok(tx: Tx, lon: float, lat: float) -> None:
    """Refuse what is no longitude and latitude, or lies outside the city where the city has an area."""
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise Fault("place_invalid", lon=lon, lat=lat)
    area = tx.city.area
    if area is not None and not shapely.dwithin(area, shapely.Point(lon, lat), 0.05):
        raise Fault("place_outside", lon=lon, lat=lat)


def not_in_future(tx: Tx, when: datetime) -> None:
    """Refuse a time later than now."""
    if to_utc(when, tx.city.zone) > tx.utc:
        raise Fault("time_in_future", value=when.isoformat())


def in_sight(tx: Tx, kind: str, **equals: Any) -> dict:
    """Return a live row the acting person sees; absent and forbidden give the same Fault."""
    row = tx.one(kind, **equals)
    if row is None or not tx.sees(kind, row["id"]):
        if kind == "outfall":
            raise Fault("outfall_unknown", outfall=next(iter(equals.values())))
        raise Fault("not_found", kind=kind, id=next(iter(equals.values())))
    return row


def spoken(name: str | None) -> str:
    """Return a name as it is heard: no spaces, no invisible signs, one form of each letter."""
    folded = unicodedata.normalize("NFKC", name or "").casefold()
    return "".join(sign for sign in folded if unicodedata.category(sign)[0] not in ("C", "Z"))


def identities(tx: Tx, name: str | None) -> set[str]:
    """Return every spoken name of the person called ``name``: their account and how they are shown."""
    said = {spoken(name)} - {""}
    for row in tx.rows("account").itertuples():
        both = {spoken(row.name), spoken(row.display_name if isinstance(row.display_name, str) else "")} - {""}
        if both & said:
            said |= both
    return said


def known_person(tx: Tx, name: str) -> bool:
    """Whether somebody with an account is called ``name``; where there are no accounts anybody may be."""
    accounts = tx.rows("account")
    everybody = {spoken(text) for column in ("name", "display_name") for text in accounts[column] if isinstance(text, str)}
    return not len(accounts) or spoken(name) in everybody


def references_ok(tx: Tx, kind: str, values: dict[str, Any]) -> None:
    """Refuse a code or number that names nothing."""
    shape = records.ALL.get(kind) or layers.ALL[kind]
    for name, value in values.items():
        if value in (None, "") or not shape.has(name):
            continue
        to = shape.column(name).refers_to
        if not to or to == "account":
            continue
        identity = "number" if to in records.NUMBERED and to != "outfall" else "code"
        if tx.one(to, **{identity: value}) is None:
            raise Fault("reference_unknown", field=name, value=value)


def not_before(field: str, value: date | None, first: date) -> None:
    """Refuse a day before ``first``."""
    if value is not None and value < first:
        raise Fault("date_before", field=field, value=value.isoformat(), first=first.isoformat())


def object_ok(layer: str) -> None:
    """Refuse a responsibility for something that is no water."""
    if layer not in _OBJECTS:
        raise Fault("code_unknown", field="object_layer", value=layer, choices=", ".join(_OBJECTS))
