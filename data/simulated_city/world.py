"""The simulated city as a whole: what the store is given, and the truth that it is not given."""

from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.simulated_city import districts as areas
from data.simulated_city import hazards, network, places, reaches
from data.simulated_city import outfalls as mouths
from data.simulated_city.frames import layer_frame
from data.simulated_city.names import Namer
from data.simulated_city.shapes import CITY_CRS, km, stored

DEMO_DATE = pd.Timestamp("2026-06-30")
FIRST_DATE = pd.Timestamp("2025-12-30")
TIMEZONE = "Asia/Shanghai"


@dataclass
class Truth:
    """What really is, kept apart from the store; tests compare the product's answers with it."""

    walked: pd.DataFrame = field(default_factory=pd.DataFrame)
    patrol_kind: dict[str, str] = field(default_factory=dict)
    outfalls: pd.DataFrame = field(default_factory=pd.DataFrame)
    discharging: set[str] = field(default_factory=set)
    unresolved: dict[str, set[str]] = field(default_factory=dict)
    frequency: pd.DataFrame = field(default_factory=pd.DataFrame)
    defects: pd.DataFrame = field(default_factory=pd.DataFrame)
    head_pond: set[str] = field(default_factory=set)
    ledger_wrong: set[str] = field(default_factory=set)
    recut: gpd.GeoDataFrame = field(default_factory=gpd.GeoDataFrame)
    scenario: dict[str, str] = field(default_factory=dict)


@dataclass
class World:
    """Layers and records as the store takes them, tracks and people by patrol code, and the truth."""

    seed: int
    name: str
    crs: str
    boundary: shapely.Polygon
    built_up: shapely.Polygon
    layers: dict[str, gpd.GeoDataFrame]
    records: dict[str, pd.DataFrame] = field(default_factory=dict)
    tracks: dict[str, pd.DataFrame] = field(default_factory=dict)
    people: pd.DataFrame = field(default_factory=pd.DataFrame)
    events: pd.DataFrame = field(default_factory=pd.DataFrame)
    truth: Truth = field(default_factory=Truth)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees."""
        return self.boundary.bounds


@dataclass
class Ground:
    """What the later builders stand on: the plane's reaches, the places, the outfall plan and one random stream each."""

    seed: int
    namer: Namer
    border: shapely.Polygon
    built_up: shapely.Polygon
    districts: pd.DataFrame
    rivers: dict[str, network.River]
    reaches: reaches.Reaches
    places: places.Villages

    def rng(self, word: str) -> np.random.Generator:
        """A random stream of its own, so that changing one builder leaves the others' results alone."""
        return np.random.default_rng([self.seed, *word.encode()])


def lay_ground(seed: int) -> Ground:
    """Draw network, districts, reaches, townships and villages."""

    def stream(word: str) -> np.random.Generator:
        return np.random.default_rng([seed, *word.encode()])

    namer = Namer(stream("names"))
    rng = stream("network")
    border = network.city_border(rng)
    rivers = network.draw(rng, namer, border)
    districts = areas.tile(border, rivers, stream("districts"))
    cut = reaches.cut(rivers, districts)
    built_up = shapely.Polygon(
        km(
            [
                (-14, -3),
                (-8, -7),
                (2, -8),
                (12, -6),
                (19, -4),
                (20, 3),
                (19, 12),
                (12, 17),
                (2, 18),
                (-8, 16),
                (-14, 14),
            ]
        )
    )
    built_up = built_up.buffer(1500).buffer(-1500)
    villages = places.settle(cut, stream("villages"), namer)
    return Ground(seed, namer, border, built_up, districts, rivers, cut, villages)


def build_layers(ground: Ground) -> tuple[dict[str, gpd.GeoDataFrame], Truth]:
    """All layers of the map and the truth about them."""
    g, truth = ground, Truth()
    houses = places.settlements(g.places, g.rng("settlements"))
    dams, about = hazards.tailings(g.reaches, g.places, houses, g.rng("tailings"), g.namer)
    truth.head_pond, truth.ledger_wrong = about["head_pond"], about["ledger_wrong"]
    mouth_rows, truth.outfalls = mouths.outfalls(g.reaches, g.places, g.rng("outfalls"), DEMO_DATE)
    truth.discharging = set(truth.outfalls.loc[truth.outfalls["discharging"], "outfall_code"])
    marks = places.landmarks(g.reaches, g.rng("landmarks"), g.namer)
    lakes, reservoirs = places.standing_waters(g.reaches, g.rng("waters"), g.namer, g.districts)
    rows = {
        "district": [
            r | {"valid_from": "2021-03-18", "remark": places.REMARK, "geometry": stored(r["geometry"])}
            for r in g.districts.to_dict("records")
        ],
        "river": _river_rows(g),
        "reach": _reach_rows(g, marks),
        "lake": lakes,
        "reservoir": reservoirs,
        "wetland": places.wetlands(g.reaches, g.rng("wetlands"), g.namer),
        "landmark": marks,
        "settlement": houses,
        "section": places.sections(g.reaches),
        "tailings_dam": dams,
        "outfall": mouth_rows,
        "black_odorous": hazards.black_odorous(g.reaches, g.rng("black"), g.built_up),
    }
    return {name: layer_frame(name, table) for name, table in rows.items()}, truth


def _river_rows(g: Ground) -> list[dict]:
    rows = []
    for river in g.rivers.values():
        own = g.reaches.table[g.reaches.table["river_code"] == river.code]
        coords = list(own["geometry"].iloc[0].coords)
        for line in own["geometry"].iloc[1:]:
            coords.extend(line.coords[1:])
        length_km = float(own["plane"].map(lambda line: line.length).sum() / 1000)
        rows.append(
            {
                "code": river.code,
                "name": river.name,
                "kind": river.kind,
                "highest_level": river.level,
                "basin": "D",
                "length_km": round(length_km, 1),
                "catchment_km2": round(length_km**1.6),
                "flows_into": river.host,
                "district_code": str(own["district_code"].iloc[0]),
                "remark": places.REMARK,
                "geometry": shapely.LineString(coords),
            }
        )
    return rows


def _reach_rows(g: Ground, marks: list[dict]) -> list[dict]:
    """Reach rows: ends named by landmarks, one dry-season reach, the recut one marked."""
    names: dict[str, list[str]] = {}
    for mark in marks:
        if mark["kind"] in ("bridge", "confluence"):
            names.setdefault(mark["reach_code"], []).append(mark["name"])
    dry = dry_reach(g.reaches)
    rows = []
    for r in g.reaches.table.to_dict("records"):
        own = {
            k: r[k]
            for k in (
                "code",
                "name",
                "river_code",
                "to_reach",
                "kind",
                "width_m",
                "flow",
                "direction",
                "highest_level",
                "bank_names",
                "district_code",
                "geometry",
            )
        }
        ends = names.get(r["code"], [])
        rows.append(
            own
            | {
                "length_m": round(r["plane"].length),
                "start_name": ends[0] if ends else None,
                "end_name": ends[-1] if ends else None,
                "is_dry_from": "12-01" if r["code"] == dry else None,
                "is_dry_to": "02-15" if r["code"] == dry else None,
                "remark": places.REMARK,
            }
        )
    return rows


def dry_reach(cut: reaches.Reaches) -> str:
    """The reach without water in winter: the head of the last tributary."""
    return str(cut.table.loc[cut.table["river_code"].str.startswith("MN-Z"), "code"].iloc[-1])


def new_world(ground: Ground) -> World:
    """The world with its layers; records follow."""
    layers, truth = build_layers(ground)
    return World(ground.seed, "模拟市", CITY_CRS, stored(ground.border), stored(ground.built_up), layers, truth=truth)
