"""Who is responsible for a metre of bank on a day, as known on a day.

The rule (rows of `data/standards/settings.csv`): every level from a water's highest chief level down to township needs
one lead post on every metre of both banks; village is needed on a reach where any village responsibility exists. Two
lead posts on one metre are an overlap unless all of them are declared joint. Only posts of kind chief lead; a deputy's
or keeper's row supports. Duties stay on the post when nobody holds it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from data.records import LEVEL_ORDER
from data.standards import setting

BANKS = ("left", "right")
STATES = ("holding", "acting", "vacant", "hole", "overlap", "unsigned")
DEFECTS = ("hole", "overlap", "unsigned", "vacant")
RANK = {level: number for number, level in enumerate(LEVEL_ORDER)}
RESOLVED = ("reach_id", "bank", "from_m", "to_m", "level", "post_code", "person", "state", "role", "others")
WHO = ("level", "post_code", "post_name", "role", "person", "state", "doc_no", "from_m", "to_m", "bank")


def looked_up(keys: pd.Series, table: Mapping[Any, Any] | pd.Series) -> pd.Series:
    """What a table (mapping, or Series by its index) holds for each key, None where nothing; whatever the keys' type."""
    found = dict(table.items())
    values = [found.get(key) for key in keys]
    return pd.Series([None if value is None or value is pd.NaT or value != value else value for value in values],
                     index=keys.index, dtype=object)


def in_force(rows: pd.DataFrame, on: date) -> pd.DataFrame:
    """The rows whose dates contain a day; both days are inclusive, an empty one is open."""
    day = pd.Timestamp(on)
    begun = rows["valid_from"].isna() | (rows["valid_from"] <= day)
    return rows[begun & (rows["valid_to"].isna() | (rows["valid_to"] >= day))]


def tenures(holder: pd.DataFrame) -> pd.DataFrame:
    """Holder rows by post and first day, each open end closed the day before the same post's next row begins.

    Adds `until` (the last day in force, NaT while open) and fills `state`: a row without a person is vacant.
    """
    rows = holder.sort_values(["post_code", "valid_from"], kind="stable").copy()
    following = rows.groupby("post_code")["valid_from"].shift(-1) - pd.Timedelta(days=1)
    rows["until"] = rows["valid_to"].where(rows["valid_to"].notna(), following)
    named = rows["person"].notna() & (rows["person"].astype("str").str.strip() != "")
    state = rows["state"].astype(object).where(rows["state"].notna(), "holding")
    rows["state"] = state.where(named, "vacant")
    return rows.reset_index(drop=True)


def held_on(holder: pd.DataFrame, on: date) -> dict[str, tuple[str | None, str]]:
    """Post -> (person, state) on a day; a post without a row is not in the answer. The latest appointment wins."""
    rows = tenures(holder)
    day = pd.Timestamp(on)
    rows = rows[(rows["valid_from"] <= day) & (rows["until"].isna() | (rows["until"] >= day))]
    return {post: (None if state == "vacant" else person, state)
            for post, person, state in zip(rows["post_code"], rows["person"], rows["state"], strict=True)}


def duties(responsibility: pd.DataFrame, post: pd.DataFrame) -> pd.DataFrame:
    """Responsibility rows with `level`, `post_name` and a settled `role`: lead, joint, or co (only supports)."""
    posts = post.drop_duplicates("code").set_index("code")
    rows = responsibility[responsibility["post_code"].isin(posts.index)].copy()
    rows["level"] = looked_up(rows["post_code"], posts["level"])
    rows["post_name"] = looked_up(rows["post_code"], posts["name"])
    kind = looked_up(rows["post_code"], posts["kind"])
    role = rows["role"].astype(object).where(rows["role"].notna(), "lead")
    rows["role"] = role.where(kind.isna() | (kind == "lead"), "co")
    rows["bank"] = rows["bank"].astype(object).where(rows["bank"].notna(), "both")
    layer = rows["object_layer"].astype(object)
    rows["object_layer"] = layer.where(layer.notna(), "reach")
    return rows


def required_levels(highest: Any, present: Iterable[str], on: date) -> tuple[str, ...]:
    """Levels that need a lead post on a water of a highest level, highest first (rules: `settings.csv`)."""
    lowest = RANK[setting("required_down_to", on)["value"]]
    optional = setting("required_where_present", on)["value"]
    present = set(present)
    if highest not in RANK:
        found = [level for level in LEVEL_ORDER if level in present and level != optional]
        highest = found[0] if found else setting("level_where_unknown", on)["value"]
    levels = [level for level in LEVEL_ORDER if RANK[highest] <= RANK[level] <= max(lowest, RANK[highest])]
    if optional in present and optional not in levels:
        levels.append(optional)
    return tuple(levels)


@dataclass(frozen=True)
class Claim:
    """One responsibility row on one reach."""

    from_m: float
    to_m: float
    bank: str
    post: str
    role: str
    signed: bool


def _claims(rows: pd.DataFrame, lengths: dict[Any, float], sliver_m: float) -> dict[tuple[Any, str], list[Claim]]:
    """(reach, level) -> claims, ends within a sliver of the reach's ends put on them."""
    found: dict[tuple[Any, str], list[Claim]] = {}
    columns = ("object_code", "level", "from_m", "to_m", "bank", "post_code", "role", "signed")
    for reach, level, start, end, bank, post, role, signed in zip(*(rows[name] for name in columns), strict=True):
        length = lengths[reach]
        start, end = 0.0 if pd.isna(start) else float(start), length if pd.isna(end) else float(end)
        start, end = min(start, end), max(start, end)
        start, end = 0.0 if start <= sliver_m else start, length if end >= length - sliver_m else end
        unsigned = signed is not None and not pd.isna(signed) and not signed
        found.setdefault((reach, level), []).append(Claim(start, end, bank, post, role, not unsigned))
    return found


def _breaks(claims: list[Claim], length: float, sliver_m: float) -> list[tuple[float, float]]:
    """Stretches between all ends of the claims; a hole or overlap shorter than a sliver is closed."""
    points = sorted({0.0, length, *(x for c in claims for x in (c.from_m, c.to_m)
                                       if sliver_m < x < length - sliver_m)})
    kept = [points[0]]
    for point in points[1:]:
        if point - kept[-1] > sliver_m or point == length:
            kept.append(point)
    return list(zip(kept[:-1], kept[1:], strict=True)) or [(0.0, length)]


def _verdict(claims: list[Claim], held: dict[str, tuple[str | None, str]]) -> tuple[Any, ...]:
    """(post, person, state, role, others) for metres that these claims cover."""
    lead = sorted({c.post for c in claims if c.role == "lead"})
    joint = sorted({c.post for c in claims if c.role == "joint"} - set(lead))
    if not lead and not joint:
        return None, None, "hole", None, ""
    if len(lead) > 1:
        return None, None, "overlap", "lead", ";".join(lead + joint)
    post, others = (lead + joint)[0], (lead + joint)[1:]
    person, state = held.get(post, (None, "vacant"))
    if not all(c.signed for c in claims if c.post == post or c.post in others):
        state = "unsigned"
    return post, person, state, "lead" if lead else "joint", ";".join(others)


def _sweep(claims: list[Claim], length: float, sliver_m: float, held: dict[str, tuple[str | None, str]]
           ) -> list[tuple[Any, ...]]:
    """(from_m, to_m, verdict...) over a whole reach, neighbours with one verdict joined."""
    pieces: list[tuple[Any, ...]] = []
    for start, end in _breaks(claims, length, sliver_m):
        middle = (start + end) / 2
        verdict = _verdict([c for c in claims if c.from_m <= middle < c.to_m], held)
        if pieces and pieces[-1][2:] == verdict:
            pieces[-1] = (pieces[-1][0], end, *verdict)
        else:
            pieces.append((start, end, *verdict))
    return pieces


def resolve(reaches: pd.DataFrame, responsibility: pd.DataFrame, holder: pd.DataFrame, post: pd.DataFrame,
            on: date) -> pd.DataFrame:
    """Every metre × bank × required level of every reach on a day: one lead post, or a named state that says why not.

    `reaches` has `reach_id`, `length_m` and `highest_level`. The stretches of one reach, bank and level are disjoint
    and cover it wholly. `state` is holding, acting, vacant, hole, overlap or unsigned; `others` names (by ``;``) posts
    that share the metre: joint ones, or all that claim it where it is an overlap (then `post_code` is empty).
    """
    sliver_m = float(setting("sliver", on)["value"])
    lengths = dict(zip(reaches["reach_id"], reaches["length_m"].astype(float), strict=True))
    rows = duties(in_force(responsibility, on), post)
    rows = rows[(rows["object_layer"] == "reach") & rows["object_code"].isin(lengths) & (rows["role"] != "co")]
    claims, held = _claims(rows, lengths, sliver_m), held_on(holder, on)
    present: dict[Any, set[str]] = {}
    for reach, level in claims:
        present.setdefault(reach, set()).add(level)
    answer: list[tuple[Any, ...]] = []
    for reach, highest in zip(reaches["reach_id"], reaches["highest_level"], strict=True):
        for level in required_levels(highest, present.get(reach, ()), on):
            here = claims.get((reach, level), [])
            for bank in BANKS:
                own = [c for c in here if c.bank in (bank, "both")]
                for start, end, *verdict in _sweep(own, lengths[reach], sliver_m, held):
                    answer.append((reach, bank, start, end, level, *verdict))
    return _frame(answer, RESOLVED).astype({"from_m": float, "to_m": float})


def _frame(rows: list[tuple[Any, ...]], columns: Iterable[str]) -> pd.DataFrame:
    """Rows as a frame in which a missing post, person or role is None."""
    table = pd.DataFrame(rows, columns=list(columns))
    for name in ("post_code", "person", "role"):
        table[name] = table[name].astype(object).where(table[name].notna(), None)
    return table


def resolve_objects(objects: pd.DataFrame, responsibility: pd.DataFrame, holder: pd.DataFrame, post: pd.DataFrame,
                    on: date) -> pd.DataFrame:
    """The same for waters without chainage: `objects` has `layer`, `code` and `highest_level`.

    DataFrame[layer, code, level, post_code, person, state, role, others].
    """
    rows = duties(in_force(responsibility, on), post)
    rows = rows[rows["role"] != "co"]
    held = held_on(holder, on)
    claims: dict[tuple[str, str, str], list[Claim]] = {}
    for layer, code, level, name, role, signed in zip(rows["object_layer"], rows["object_code"], rows["level"],
                                                      rows["post_code"], rows["role"], rows["signed"], strict=True):
        unsigned = signed is not None and not pd.isna(signed) and not signed
        claims.setdefault((layer, code, level), []).append(Claim(0, 0, "both", name, role, not unsigned))
    answer = []
    for layer, code, highest in zip(objects["layer"], objects["code"], objects["highest_level"], strict=True):
        present = {level for level in LEVEL_ORDER if (layer, code, level) in claims}
        for level in required_levels(highest, present, on):
            answer.append((layer, code, level, *_verdict(claims.get((layer, code, level), []), held)))
    return _frame(answer, ["layer", "code", "level", *RESOLVED[5:]])


def _at(rows: pd.DataFrame, chainage_m: float) -> pd.DataFrame:
    """Rows that hold at a chainage; on the joint of two stretches the downstream one, level by level."""
    start = rows["from_m"].astype(float).fillna(0.0).to_numpy()
    end = rows["to_m"].astype(float).fillna(np.inf).to_numpy()
    inside = (start <= chainage_m) & (chainage_m < end)
    ends_here = (chainage_m == end) & ~rows["level"].isin(set(rows["level"][inside])).to_numpy()
    return rows[inside | ends_here]


def who(responsibility: pd.DataFrame, holder: pd.DataFrame, post: pd.DataFrame, *, object_layer: str = "reach",
        object_code: str, chainage_m: float | None = None, bank: str | None = None, on: date) -> pd.DataFrame:
    """All posts answering for a place on a day, highest level first, lead before joint before supporting.

    Without `chainage_m` every stretch of the water answers; without `bank` (or with both or on) either bank.
    """
    rows = duties(in_force(responsibility, on), post)
    rows = rows[(rows["object_layer"] == object_layer) & (rows["object_code"] == object_code)]
    if bank in BANKS:
        rows = rows[rows["bank"].isin([bank, "both"])]
    if chainage_m is not None:
        rows = _at(rows, chainage_m)
    held = held_on(holder, on)
    answers = [held.get(code, (None, "vacant")) for code in rows["post_code"]]
    unsigned = [s is not None and not pd.isna(s) and not s for s in rows["signed"]]
    rows = rows.assign(person=pd.Series([a[0] for a in answers], rows.index, dtype=object),
                       state=["unsigned" if u else a[1] for a, u in zip(answers, unsigned, strict=True)])
    order = rows.assign(level_rank=looked_up(rows["level"], RANK), role_rank=looked_up(
        rows["role"], {"lead": 0, "joint": 1, "co": 2})).sort_values(["level_rank", "role_rank", "post_code"], kind="stable")
    return order[list(WHO)].reset_index(drop=True)
