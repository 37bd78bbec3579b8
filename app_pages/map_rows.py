"""What the map page shows, put together from the judgements: rows in, rows out, no widgets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from analysis.choose import inside, kept, windows
from analysis.context import context
from analysis.coverage import gaps
from analysis.gap_list import gap_id, joined
from analysis.outfalls import unresolved
from analysis.place import describe_all
from analysis.waters import water_of
from data.responsibility import LEVEL_ORDER
from data.store import View
from layers.words import say


@dataclass(frozen=True)
class Choice:
    """The filters of the map; empty means all. Hashable, so that caches can be keyed by it."""

    on: date
    districts: tuple[str, ...] = ()
    rivers: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    shown: tuple[str, ...] = ("gaps", "outfalls")

    @property
    def count(self) -> int:
        """How many filters are set."""
        return sum(bool(given) for given in (self.districts, self.rivers, self.posts))


@dataclass(frozen=True)
class Rows:
    """Everything by which the page answers for one choice."""

    pieces: Any
    gaps: pd.DataFrame
    outfalls: Any
    unresolved: pd.DataFrame


def rows_of(view: View, choice: Choice, lang: str) -> Rows:
    """Gaps and outfalls on a day within the filters: lines and points to draw, tables to read."""
    known = context(view)
    waters = water_of(known.reaches)
    wanted = windows(known, choice.posts, choice.on)
    pieces = gaps(known, choice.on, offset_m=0)   # the map sets the banks apart by pixels
    pieces["water_code"] = pieces["reach_id"].map(waters)
    pieces = pieces[kept(pieces, choice.districts, choice.rivers) & inside(pieces, wanted, "reach_id", "from_m", "to_m")]
    pieces = pieces.assign(id=[gap_id(row) for row in pieces.itertuples()], name=pieces["reach_name"],
                           days_since=pieces["days"], post=pieces["post_name"])
    points = unresolved(known, choice.on)
    points["water_code"] = points["reach_code"].map(waters)
    at = points["chainage_m"]
    points = points[kept(points, choice.districts, choice.rivers)
                    & inside(points.assign(_at=at), wanted, "reach_code", "_at", "_at")]
    points = points.assign(recurred=points["relapses"], days_overdue=points["overdue_days"].replace(0, None))
    stretches_unseen = joined(pieces.drop(columns=["name", "days_since", "post"]))
    stretches_unseen["water"] = [known.water_names.get(code, code) for code in stretches_unseen["water_code"]]
    return Rows(pieces, stretches_unseen, points, _waiting(known, points, lang))


def _waiting(known: Any, points: Any, lang: str) -> pd.DataFrame:
    """The unresolved outfalls as a table, worst first, with their place in words."""
    rows = pd.DataFrame(points[points["unresolved"]].drop(columns="geometry"))
    rows["place"] = describe_all(known, rows["reach_code"], rows["chainage_m"], rows["bank"], lang)
    rank = rows["look"].map({look: i for i, look in enumerate(("relapsed", "overdue", "in_work", "suspected", "deferred"))})
    return rows.assign(rank=rank).sort_values(["rank", "overdue_days", "age_days"], ascending=[True, False, False]).drop(
        columns="rank").reset_index(drop=True)


def waters(view: View) -> dict[str, str]:
    """Reach -> the name of its water, to be written along it once."""
    known = context(view)
    return {reach: known.water_names.get(code, code) for reach, code in water_of(known.reaches).items()}


def choices(view: View, lang: str) -> dict[str, dict[str, str]]:
    """What the filters and the search offer: code -> name for districts, waters, posts and things."""
    known = context(view)
    posts = known.post.assign(rank=known.post["level"].map({name: i for i, name in enumerate(LEVEL_ORDER)}))
    posts = posts.sort_values(["rank", "code"], kind="stable")
    waters = dict.fromkeys(water_of(known.reaches).values())
    outfall = known.outfall
    reaches = {f"reach|{code}": f"{say('field.reach_id', lang)} · {code if pd.isna(name) else name}"
               for code, name in zip(known.reaches["reach_id"], known.reaches["name"], strict=True)}
    points = {f"outfall|{ident}": code if pd.isna(name) else f"{name} · {code}"
              for ident, code, name in zip(outfall["id"], outfall["code"], outfall["name"], strict=True)}
    return {"districts": dict(zip(known.district["code"], known.district["name"], strict=True)),
            "rivers": {code: known.water_names.get(code, code) for code in waters},
            "posts": dict(zip(posts["code"], posts["name"], strict=True)), "things": reaches | points}


def spot(view: View, kind: str, ident: str) -> tuple[float, float, int] | None:
    """Where to look for a thing: lat, lon, zoom; None where it has no place or is not this person's to see."""
    if kind in ("gap", "reach"):
        frame, wanted = view.reaches(), ident.split("|")[0]
        frame = frame[(frame["reach_id"] == wanted) | (frame["id"] == wanted)]
    else:
        frame = view.layer("outfall")
        frame = frame[(frame["id"] == ident) | (frame["code"] == ident) | (frame["number"] == ident)]
    if not len(frame):
        return None
    west, south, east, north = frame.total_bounds
    return (south + north) / 2, (west + east) / 2, 16 if east == west else 13


def picked(view: View, rows: Rows, kind: str, ident: str) -> dict[str, Any] | None:
    """The thing a person points at: kind and id of its record, a title, its row; None where it is not to be seen."""
    if kind == "gap":
        table = pd.concat([rows.gaps, pd.DataFrame(rows.pieces.drop(columns="geometry"))])
    elif kind == "outfall":
        table = pd.concat([rows.unresolved, pd.DataFrame(rows.outfalls.drop(columns="geometry"))])
    else:
        table = pd.DataFrame(view.layer(kind).drop(columns="geometry"))
    hit = table["id"] == ident
    for name in ("code", "number"):
        hit |= table[name] == ident if name in table else False
    if not hit.any():
        return None
    row = table[hit].iloc[0].to_dict()
    title = next((row[name] for name in ("name", "reach_name", "code") if isinstance(row.get(name), str)), ident)
    target = ("reach", row["reach_id"]) if kind == "gap" else (kind, row["id"])
    return {"kind": target[0], "id": target[1], "title": title, "row": row}
