"""What an inspector hands in: inspections, findings, suspected outfalls, each with photos."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pydantic import Field

from data.actions.base import Input, action
from data.actions.checks import in_sight, not_in_future, place_ok
from data.standards import rule
from data.store import Store, Tx, View
from geo import datum as datums
from geo.crs import to_metric
from geo.faults import Fault


class PhotoInput(Input):
    """A photo already laid in the store's folder: its hash, and what it says of time and place."""

    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    name: str | None = None
    taken_at: datetime | None = None
    lon: float | None = None
    lat: float | None = None
    source: str | None = None


class Placed(Input):
    """A place as given: lon/lat, the datum they are in and where they come from."""

    lon: float | None = None
    lat: float | None = None
    datum: str = "wgs84"


class InspectionInput(Placed):
    """One visit to one outfall."""

    outfall_code: str
    inspected_at: datetime
    inspector: str | None = None
    discharging: str | None = None
    rain_72h: str | None = None
    colour_odour: str | None = None
    ph: float | None = None
    nh3n_mg_l: float | None = None
    cod_mg_l: float | None = None
    conductivity_us_cm: float | None = None
    result: str
    remark: str | None = None
    photos: list[PhotoInput] = Field(default_factory=list)


class FindingInput(Placed):
    """Something that is wrong, and where."""

    kind: str
    description: str
    found_at: datetime
    severity: str = "general"
    source: str = "inspection"
    found_by: str | None = None
    pollutant: str | None = None
    outfall_code: str | None = None
    patrol_number: str | None = None
    remark: str | None = None
    photos: list[PhotoInput] = Field(default_factory=list)


class OutfallInput(Placed):
    """A point that may be an outfall; it stays 疑似 until the office confirms it."""

    name: str
    found_at: datetime
    class1: str | None = None
    discharging: str | None = None
    entry_mode: str | None = None
    description: str = ""
    near_known: str | None = None      # what the person said of known outfalls nearby: none, or the code looked at
    photos: list[PhotoInput] = Field(default_factory=list)


class CompleteInput(Placed):
    """What a draft finding still lacked."""

    number: str
    kind: str | None = None
    description: str | None = None
    severity: str | None = None


class DismissInput(Input):
    """A finding on which no case is opened, and why."""

    number: str
    reason: str = Field(min_length=1)


class ConfirmInput(Input):
    """A suspected outfall the office has looked at."""

    code: str
    name: str | None = None
    class1: str | None = None
    new_code: str | None = None


def wgs84(given: Placed) -> dict[str, Any]:
    """Return lon, lat in WGS84 with the original numbers beside them; empty where no place was given."""
    if given.lon is None or given.lat is None:
        return {"lon": None, "lat": None}
    if not (-180 <= given.lon <= 180 and -90 <= given.lat <= 90):
        raise Fault("place_invalid", lon=given.lon, lat=given.lat)
    lon, lat = datums.to_wgs84(np.array([given.lon]), np.array([given.lat]), given.datum)
    return {"lon": float(lon[0]), "lat": float(lat[0]), "orig_x": given.lon, "orig_y": given.lat, "datum": given.datum}


def placed_ok(tx: Tx, given: Placed) -> dict[str, Any]:
    """Return the place as `wgs84` does; one outside the city is a Fault."""
    place = wgs84(given)
    if place["lon"] is not None:
        place_ok(tx, place["lon"], place["lat"])
    return place


def outfalls_near(view: View, lon: float, lat: float) -> pd.DataFrame:
    """Return the known outfalls close to a place on its bank, nearest first: code, name, distance_m, bank."""
    outfalls = view.layer("outfall")
    within_m = float(rule("limits", view.today, id="same_outfall")["value"])
    if not len(outfalls):
        return pd.DataFrame(columns=["code", "name", "number", "distance_m", "bank"])
    here = gpd.GeoDataFrame(geometry=[shapely.Point(lon, lat)], crs="EPSG:4490")
    metric = to_metric(here)
    distance_m = outfalls.to_crs(metric.crs).distance(metric.geometry.iloc[0])
    near = outfalls.assign(distance_m=distance_m)[distance_m <= within_m].sort_values("distance_m")
    here_bank = _bank_at(view, here)
    if here_bank in ("left", "right"):
        near = near[~near["bank"].isin({"left", "right"} - {here_bank})]
    return pd.DataFrame(near[["code", "name", "number", "distance_m", "bank"]]).reset_index(drop=True)


def _bank_at(view: View, here: gpd.GeoDataFrame) -> str | None:
    from geo.locate import locate

    reaches = view.reaches()
    return locate(here, reaches)["bank"].iloc[0] if len(reaches) else None


def _keep_photos(folder: Path, tx: Tx, kind: str, object_id: str, photos: list[PhotoInput]) -> None:
    for photo in photos:
        if not (folder / "photos" / f"{photo.sha256}.jpg").exists():
            raise Fault("photo_missing", id=photo.sha256[:12])
        tx.insert_photo(kind, object_id, photo.model_dump())


def _number(tx: Tx, kind: str, object_id: str) -> str:
    row = tx.one(kind, id=object_id)
    return row["number"] if row else ""


def _follow_code(tx: Tx, old: str, new: str) -> None:
    """Let every record that names an outfall by its old code name it by the new one; a code in use is refused."""
    if tx.one("outfall", code=new) is not None:
        raise Fault("code_taken", reason=new)
    for kind in ("inspection", "finding", "case", "sample"):
        for row in tx.rows(kind, outfall_code=old).itertuples():
            tx.update(kind, row.id, None, {"outfall_code": new}, reason=f"{old} → {new}")


@action(InspectionInput)
def submit_inspection(store: Store, tx: Tx, given: InspectionInput) -> dict:
    """Keep a visit; an abnormal one becomes a finding at once, so that nobody has to remember it."""
    in_sight(tx, "outfall", code=given.outfall_code)
    not_in_future(tx, given.inspected_at)
    row = given.model_dump(exclude={"photos", "lon", "lat", "datum"}) | placed_ok(tx, given)
    row["inspector"] = given.inspector or tx.actor.display_name
    inspection_id, = tx.insert("inspection", [row])
    _keep_photos(store.folder, tx, "inspection", inspection_id, given.photos)
    number = _number(tx, "inspection", inspection_id)
    done = {"id": inspection_id, "number": number, "finding": None}
    if given.result == "abnormal":
        finding_id, = tx.insert("finding", [{
            "kind": "outfall_discharge", "severity": "general", "source": "inspection", "found_at": given.inspected_at,
            "found_by": row["inspector"], "description": given.remark or given.colour_odour or "检查异常",
            "outfall_code": given.outfall_code, "inspection_number": number, "state": "open", **placed_ok(tx, given)}])
        done["finding"] = _number(tx, "finding", finding_id)
    return done


@action(FindingInput)
def submit_finding(store: Store, tx: Tx, given: FindingInput) -> dict:
    """Keep something that is wrong; without a place it waits as a draft."""
    not_in_future(tx, given.found_at)
    placed = placed_ok(tx, given)
    if given.outfall_code:
        in_sight(tx, "outfall", code=given.outfall_code)
    has_place = placed["lon"] is not None or given.outfall_code is not None
    row = given.model_dump(exclude={"photos", "lon", "lat", "datum"}) | placed
    row |= {"found_by": given.found_by or tx.actor.display_name, "state": "open" if has_place else "draft"}
    finding_id, = tx.insert("finding", [row])
    _keep_photos(store.folder, tx, "finding", finding_id, given.photos)
    return {"id": finding_id, "number": _number(tx, "finding", finding_id), "state": row["state"]}


@action(CompleteInput)
def complete_finding(store: Store, tx: Tx, given: CompleteInput) -> dict:
    """Give a draft finding what it lacked; with a place it is open."""
    row = in_sight(tx, "finding", number=given.number)
    if row["state"] != "draft":
        raise Fault("finding_not_draft", number=given.number)
    place = {name: value for name, value in placed_ok(tx, given).items() if value is not None}
    changes = place | {name: value for name, value in given.model_dump(
        include={"kind", "description", "severity"}).items() if value}
    if place and row["state"] == "draft":
        changes["state"] = "open"
    if place:
        changes |= tx.stamp_point(place["lon"], place["lat"])
    tx.update("finding", row["id"], row["version"], changes)
    return {"id": row["id"], "number": given.number, "state": changes.get("state", row["state"])}


@action(DismissInput)
def dismiss_finding(store: Store, tx: Tx, given: DismissInput) -> dict:
    """Set a finding aside without a case; the reason stays with it."""
    row = in_sight(tx, "finding", number=given.number)
    if row["state"] not in ("draft", "open"):
        raise Fault("not_found", kind="finding", id=given.number)
    tx.update("finding", row["id"], row["version"], {"state": "dismissed", "remark": given.reason}, reason=given.reason)
    return {"id": row["id"], "number": given.number}


@action(OutfallInput)
def add_outfall(store: Store, tx: Tx, given: OutfallInput) -> dict:
    """Enter a suspected outfall and the finding that reports it."""
    not_in_future(tx, given.found_at)
    placed = placed_ok(tx, given)
    if placed["lon"] is None:
        raise Fault("place_needed")
    code = "YS-" + hashlib.sha256(tx.key.encode()).hexdigest()[:8].upper()
    outfall_id, = tx.insert("outfall", [{
        "code": code, "name": given.name, "class1": given.class1, "stage": "suspected", "confirmed": False,
        "status": {"yes": "discharging", "no": "dry"}.get(given.discharging or "", "unknown"),
        "entry_mode": given.entry_mode, "geometry": shapely.Point(placed["lon"], placed["lat"]),
        "orig_x": given.lon, "orig_y": given.lat, "datum": given.datum}])
    finding_id, = tx.insert("finding", [{
        "kind": "new_outfall", "severity": "general", "source": "inspection", "found_at": given.found_at,
        "found_by": tx.actor.display_name, "description": given.description or given.name, "outfall_code": code,
        "state": "open", **placed}])
    _keep_photos(store.folder, tx, "outfall", outfall_id, given.photos)
    return {"id": outfall_id, "code": code, "number": _number(tx, "outfall", outfall_id),
            "finding": _number(tx, "finding", finding_id)}


@action(ConfirmInput)
def confirm_outfall(store: Store, tx: Tx, given: ConfirmInput) -> dict:
    """Confirm a suspected outfall; it keeps its number and may get its official code."""
    row = in_sight(tx, "outfall", code=given.code)
    changes: dict[str, Any] = {"confirmed": True}
    if row.get("stage") in (None, "suspected"):
        changes |= {"stage": "surveyed", "surveyed_on": row.get("surveyed_on") or tx.now.astimezone(tx.city.zone).date()}
    if given.new_code and given.new_code != given.code:
        _follow_code(tx, given.code, given.new_code)
    changes |= {name: value for name, value in (("name", given.name), ("class1", given.class1),
                                                ("code", given.new_code)) if value}
    tx.update("outfall", row["id"], row["version"], changes)
    return {"id": row["id"], "number": row["number"], "code": given.new_code or given.code}
