"""Put the simulated city into a store: layers, books, patrols with matched tracks, and the office's work."""

import os
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from data.city import City
from data.settings import settings
from data.simulated_city.build import build
from data.simulated_city.photos import add_photos
from data.simulated_city.world import DEMO_DATE, TIMEZONE, World
from data.store import Store, create_store, exists, open_store
from data.store.engine import path_of
from data.store.health import nightly
from data.store.write import Tx
from geo.faults import Fault
from geo.match import match

SEED = 20260630
IMPORTED_BY = "jiancha01"
DEMO_NOW = datetime.fromisoformat(f"{DEMO_DATE:%Y-%m-%d}T18:00:00+08:00")
LAYER_ORDER = (
    "district",
    "river",
    "reach",
    "lake",
    "reservoir",
    "wetland",
    "settlement",
    "landmark",
    "section",
    "black_odorous",
    "tailings_dam",
    "outfall",
)
BOOKS = ("unit", "post", "holder", "responsibility", "account", "calendar", "rain", "no_access", "sample")
Progress = Callable[[float, str], None]


def make(url: str | Path | None = None, *, seed: int | None = None, progress: Progress | None = None) -> Store:
    """Make a new simulated store and fill it; progress is reported as (share, what is being done).

    A file is filled under another name and gets its own at the end, so that an interrupted run leaves no half city.
    """
    say, url = progress or _quiet, str(url or settings().store)
    if exists(url):
        raise Fault("store_exists", store=url)
    say(0.0, "画模拟市")
    world = build(SEED if seed is None else seed)
    final = path_of(url)
    half = final.with_name(f"{final.name}.{os.getpid()}.half") if final else None
    store = create_store(half or url, kind="simulated", city=city_of(world), demo_now=DEMO_NOW, seed=world.seed)
    seed_store(store, world, say)
    if final is None or half is None:
        return store
    nightly(store)                      # folds the write-ahead log in, so that the file alone is the store
    store.engine.dispose()
    files = store.folder
    half.rename(final)
    made = open_store(url)
    for path in sorted(files.rglob("*")):
        if path.is_file():
            target = made.folder / path.relative_to(files)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)
    shutil.rmtree(files)
    return made


def city_of(world: World) -> City:
    """The configuration of a store for a world."""
    return City(world.name, world.bounds, shapely.to_wkt(world.boundary, rounding_precision=7), world.crs, TIMEZONE)


def seed(store: Store, seed: int = SEED, progress: Progress | None = None) -> World:
    """Fill an empty simulated store with the city of a seed; returns the world with its truth."""
    world = build(seed)
    seed_store(store, world, progress or _quiet)
    return world


def _quiet(share: float, word: str) -> None:
    """Tell nobody."""


def seed_store(store: Store, world: World, say: Progress) -> None:
    """Write a world: the ground and the patrols, one imported file with a receipt of its own, the office's work."""
    say(0.2, "比对轨迹")
    covered = matched(world)
    with store.writing("operator", "seed") as tx:
        for k, name in enumerate(LAYER_ORDER):
            say(0.3 + 0.02 * k, f"写入图层 {name}")
            if name == "reach":
                _reaches(tx, world)
            else:
                tx.insert(name, world.layers[name].to_dict("records"))
        for k, name in enumerate(BOOKS):
            say(0.55 + 0.02 * k, f"写入 {name}")
            tx.insert(name, world.records[name].to_dict("records"))
        say(0.75, "写入巡河与轨迹")
        patrols = _patrols(tx, world, covered)
    say(0.9, "写入检查、线索与问题")
    finding = world.records["finding"].assign(case_number=None)
    came_as_file = finding["source"] == "import"
    with store.writing(IMPORTED_BY, "import_file") as tx:
        tx.layer, tx.file_name = "finding", "问题线索台账(模拟).csv"
        ids = dict(
            zip(finding.loc[came_as_file, "code"], tx.insert("finding", finding[came_as_file].to_dict("records")), strict=True)
        )
        tx.result = {"outcome": "accepted", "receipt": tx.receipt, "layer": "finding", "stored": list(ids.values())}
    with store.writing("operator", "seed") as tx:
        _office(tx, world, patrols, finding[~came_as_file].copy(), ids)
        say(0.96, "画照片")
        add_photos(store, tx)
    say(1.0, "完成")


def matched(world: World) -> dict[str, pd.DataFrame]:
    """Covered intervals by patrol code, of all tracks at once."""
    points = pd.concat([track.assign(track_id=code) for code, track in world.tracks.items()], ignore_index=True)
    tracks = gpd.GeoDataFrame(points[["track_id", "time"]], geometry=gpd.points_from_xy(points["lon"], points["lat"]), crs=4490)
    covered = match(tracks, world.layers["reach"].rename(columns={"code": "reach_id"}))
    return dict(iter(covered.groupby("track_id")))


def _reaches(tx: Tx, world: World) -> None:
    """Insert reaches; the one that was drawn anew first as it was, then replaced, so that the old line stays readable."""
    recut = world.truth.recut.iloc[0]
    rows = world.layers["reach"].to_dict("records")
    new = next(row for row in rows if row["code"] == recut["reach_code"])
    surveyed = new["geometry"]
    new["geometry"] = recut["geometry"]
    ids = tx.insert("reach", rows)
    west, south, east, north = surveyed.bounds
    tx.supersede(
        "reach",
        ids[rows.index(new)],
        {"geometry": shapely.to_wkb(surveyed), "west": west, "south": south, "east": east, "north": north},
        reason="2026-04-01 测绘重画(模拟)",
    )


def _patrols(tx: Tx, world: World, covered: dict[str, pd.DataFrame]) -> dict[str, str]:
    """Insert patrols with people, tracks and intervals; returns their numbers by code."""
    ids = tx.insert("patrol", world.records["patrol"].to_dict("records"))
    people = {code: rows.to_dict("records") for code, rows in world.people.groupby("patrol_code")}
    for patrol_id, code in zip(ids, world.records["patrol"]["code"], strict=True):
        tx.insert_people(patrol_id, people.get(code, []))
        if code in world.tracks:
            tx.insert_track(patrol_id, world.tracks[code], file_name=f"{code}.gpx")
        if code in covered:
            tx.insert_intervals(patrol_id, covered[code])
    return _numbers(tx, "patrol")


def _numbers(tx: Tx, kind: str) -> dict[str, str]:
    rows = tx.rows(kind)
    return dict(zip(rows["code"], rows["number"], strict=True))


def _office(tx: Tx, world: World, patrols: dict[str, str], finding: pd.DataFrame, ids: dict[str, str]) -> None:
    """Insert inspections, findings and cases; external codes in references become the store's numbers."""
    tx.insert("inspection", world.records["inspection"].to_dict("records"))
    finding["inspection_number"] = finding["inspection_number"].map(_numbers(tx, "inspection"))
    finding["patrol_number"] = finding["patrol_number"].map(patrols)
    ids = ids | dict(zip(finding["code"], tx.insert("finding", finding.to_dict("records")), strict=True))
    cases = _cases(tx, world, _numbers(tx, "finding"))
    for code, case in zip(world.records["finding"]["code"], world.records["finding"]["case_number"], strict=True):
        if isinstance(case, str):
            tx.update("finding", ids[code], 1, {"case_number": cases[case]})


def _cases(tx: Tx, world: World, found: dict[str, str]) -> dict[str, str]:
    """Insert cases, originals before their relapses, with their stories; returns numbers by code."""
    case = world.records["case"].copy()
    case["finding_number"] = case["finding_number"].map(found)
    numbers: dict[str, str] = {}
    ids: dict[str, str] = {}
    for count in sorted(case["relapse_count"].unique()):
        rows = case[case["relapse_count"] == count].copy()
        rows["relapse_of"] = rows["relapse_of"].map(numbers)
        ids |= dict(zip(rows["code"], tx.insert("case", rows.to_dict("records")), strict=True))
        numbers = _numbers(tx, "case")
    for event in world.events.itertuples():
        tx.insert_event(ids[event.case_code], event.move, event.note, event.at, event.actor)
    return numbers
