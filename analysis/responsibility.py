"""Who answers for a place, and where the book of responsibilities has holes."""

from datetime import date
from typing import Any

import pandas as pd

from analysis.context import context
from data.responsibility import DEFECTS, RANK, looked_up, resolve, resolve_objects, who

AUDIT = ("state", "level", "object_layer", "object_code", "object_name", "water_code", "district_code", "bank",
         "from_m", "to_m", "length_m", "post_code", "others")


def who_at(view: Any, *, reach_id: str, chainage_m: float, bank: str | None, on: date,
           known_on: date | None = None) -> pd.DataFrame:
    """All posts answering for a point on a day, as known now or at the end of `known_on`."""
    return who(view.records("responsibility", known_on=known_on), view.records("holder", known_on=known_on),
               view.records("post"), object_code=reach_id, chainage_m=chainage_m, bank=bank, on=on)


def audit(view: Any, on: date, known_on: date | None = None) -> pd.DataFrame:
    """The listed defects of a day: holes, overlaps, unsigned boundary metres, vacancies; length in metres of bank.

    Both banks of one defect stay two rows where they differ and become one row (bank both, length of both) where not.
    """
    known = context(view)
    books = (known.view.records("responsibility", known_on=known_on), known.view.records("holder", known_on=known_on),
             known.post)
    reaches = known.reaches
    lines = resolve(reaches, *books, on)
    lines = _both_banks(lines[lines["state"].isin(DEFECTS)])
    about = reaches.set_index("reach_id")
    lines = lines.rename(columns={"reach_id": "object_code"}).assign(object_layer="reach")
    for name, source in (("object_name", "name"), ("water_code", "river_code"), ("district_code", "district_code")):
        lines[name] = looked_up(lines["object_code"], about[source])
    objects = known.objects[known.objects["layer"].isin(_answered(books[0]))]
    bodies = resolve_objects(objects, *books, on)
    bodies = bodies[bodies["state"].isin(DEFECTS)].merge(objects[["layer", "code", "name", "district_code"]],
                                                         on=["layer", "code"])
    bodies = bodies.rename(columns={"layer": "object_layer", "code": "object_code", "name": "object_name"})
    bodies = bodies.assign(water_code=bodies["object_code"], bank=None, from_m=float("nan"), to_m=float("nan"),
                           length_m=float("nan"))
    table = pd.concat([part[list(AUDIT)].astype(object) for part in (lines, bodies)], ignore_index=True)
    table[["from_m", "to_m", "length_m"]] = table[["from_m", "to_m", "length_m"]].astype(float)
    table = table.assign(rank=looked_up(table["level"], RANK))
    return table.sort_values(["state", "rank", "object_code", "from_m", "bank"], kind="stable")[list(AUDIT)
                                                                                               ].reset_index(drop=True)


def _answered(responsibility: pd.DataFrame) -> set[str]:
    """Layers of waters without chainage that must have chiefs: lakes and reservoirs, others once they have one."""
    return {"lake", "reservoir"} | set(responsibility["object_layer"].dropna())


def _both_banks(lines: pd.DataFrame) -> pd.DataFrame:
    """One row for a defect that is the same on both banks."""
    keys = ["reach_id", "from_m", "to_m", "level", "post_code", "state", "others"]
    banks = lines.groupby(keys, dropna=False, sort=False)["bank"].agg(list).reset_index()
    banks["length_m"] = (banks["to_m"] - banks["from_m"]) * [float(len(found)) for found in banks["bank"]]
    banks["bank"] = [found[0] if len(found) == 1 else "both" for found in banks["bank"]]
    return banks
