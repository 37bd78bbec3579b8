"""Put the city together, step by step."""

import pandas as pd

from data.simulated_city import books
from data.simulated_city.frames import record_frame
from data.simulated_city.patrols import build_patrols, frequency
from data.simulated_city.posts import build_posts, plant
from data.simulated_city.world import World, lay_ground, new_world


def build(seed: int = 20260630) -> World:
    """Build the whole city from a seed; the same seed gives the same city to the last digit."""
    ground = lay_ground(seed)
    world = new_world(ground)
    made = build_posts(ground, world.layers)
    plant(made, ground)
    world.truth.defects = pd.DataFrame(made.defects)
    world.truth.scenario = made.scenario
    world.records |= {
        "unit": record_frame("unit", books.units(ground)),
        "post": record_frame("post", made.post),
        "holder": record_frame("holder", made.holder, ["recorded_at"]),
        "responsibility": record_frame("responsibility", made.duty, ["recorded_at"]),
        "account": record_frame("account", books.accounts(made)),
        "calendar": record_frame("calendar", books.calendar()),
        "rain": record_frame("rain", books.rain(ground)),
        "no_access": record_frame("no_access", books.no_access(ground)),
    }
    rivers = dict(zip(ground.reaches.table["code"], ground.reaches.table["river_code"], strict=True))
    patrols = build_patrols(ground, made, rivers)
    world.records["patrol"] = record_frame("patrol", patrols.frame.to_dict("records"))
    world.people, world.tracks = patrols.people, patrols.tracks
    world.truth.walked = patrols.walked
    world.truth.patrol_kind = {row["code"]: row["truth"] for row in patrols.rows}
    world.truth.frequency = frequency(patrols, made, rivers)
    return world
