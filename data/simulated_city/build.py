"""Put the city together, step by step."""

import pandas as pd

from data.simulated_city import books
from data.simulated_city.frames import record_frame
from data.simulated_city.leads import build_casework
from data.simulated_city.patrols import Patrols, build_patrols, frequency
from data.simulated_city.posts import Posts, build_posts, plant
from data.simulated_city.recut import old_line
from data.simulated_city.samples import samples
from data.simulated_city.world import Ground, World, lay_ground, new_world


def build(seed: int = 20260630) -> World:
    """Build the whole city from a seed; the same seed gives the same city to the last digit."""
    ground = lay_ground(seed)
    world = new_world(ground)
    made = build_posts(ground, world.layers)
    plant(made, ground)
    world.truth.defects = pd.DataFrame(made.defects)
    world.truth.scenario = made.scenario
    world.truth.recut = old_line(ground)
    _small_books(world, ground, made)
    patrols = _patrols(world, ground, made)
    _office(world, ground, made, patrols)
    return world


def _small_books(world: World, ground: Ground, made: Posts) -> None:
    world.records |= {
        "unit": record_frame("unit", books.units(ground)),
        "post": record_frame("post", made.post),
        "holder": record_frame("holder", made.holder, ["recorded_at"]),
        "responsibility": record_frame("responsibility", made.duty, ["recorded_at"]),
        "account": record_frame("account", books.accounts(made)),
        "calendar": record_frame("calendar", books.calendar()),
        "rain": record_frame("rain", books.rain(ground)),
        "no_access": record_frame("no_access", books.no_access(ground)),
        "sample": record_frame("sample", samples(ground, world.layers)),
    }


def _patrols(world: World, ground: Ground, made: Posts) -> Patrols:
    rivers = dict(zip(ground.reaches.table["code"], ground.reaches.table["river_code"], strict=True))
    patrols = build_patrols(ground, made, rivers)
    world.records["patrol"] = record_frame("patrol", patrols.frame.to_dict("records"))
    world.people, world.tracks = patrols.people, patrols.tracks
    world.truth.walked = patrols.walked
    world.truth.patrol_kind = {row["code"]: row["truth"] for row in patrols.rows}
    world.truth.frequency = frequency(patrols, made, rivers)
    return patrols


def _office(world: World, ground: Ground, made: Posts, patrols: Patrols) -> None:
    rain = world.records["rain"].to_dict("records")
    work = build_casework(ground, made, world.layers["outfall"], world.truth.outfalls, rain, patrols)
    for name in ("inspection", "finding", "case"):
        world.records[name] = record_frame(name, getattr(work, name))
    world.events = pd.DataFrame(work.events)
    world.truth.unresolved = work.unresolved
