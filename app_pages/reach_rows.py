"""What My reaches and the patrol form show, put together from the judgements: rows in, rows out, no widgets."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pandas as pd

from analysis.context import context
from analysis.coverage import gaps
from analysis.frequency import credited, frequency
from analysis.gap_list import UNSEEN, bank_km, joined
from analysis.problems import problems
from analysis.waters import local_day, stretches, water_of
from data.responsibility import duties, held_on, in_force
from data.standards import rules

GAP_STATES = UNSEEN
SIDES = {"left_right": ("left", "right"), "east_west": ("east", "west"), "south_north": ("south", "north")}


@dataclass
class ReachCard:
    """One reach of one's own: where it lies, how its banks stand, what is open on it."""

    code: str
    name: str
    water: str
    length_m: float
    window_m: tuple[float, float]
    sides: tuple[str, str]
    posts: tuple[str, ...]
    pieces: pd.DataFrame
    gap_km: dict[str, float] = field(default_factory=dict)
    last_seen: date | None = None
    last_recorded: date | None = None
    cases: pd.DataFrame = field(default_factory=pd.DataFrame)
    landmarks: pd.DataFrame = field(default_factory=pd.DataFrame)
    outfalls: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def worst(self) -> tuple:
        """Sorting: most unseen kilometres first, then most open cases."""
        return (-sum(self.gap_km.values()), -len(self.cases), self.name)


def own_posts(view: Any) -> list[str]:
    """The posts the person acts for; where none (the office), every post with a duty, in the order of the books."""
    if view.actor.posts:
        return list(view.actor.posts)
    due = set(in_force(view.records("responsibility"), view.today)["post_code"])
    return [code for code in view.records("post")["code"] if code in due]


def post_choices(view: Any) -> dict[str, str]:
    """Posts a patrol may be handed in for: the own ones, the chief of an own deputy or keeper, deputies of the own."""
    post = view.records("post").drop_duplicates("code").set_index("code")
    mine = [code for code in own_posts(view) if code in post.index]
    extra: list[str] = []
    if view.actor.posts:
        helpers = post["kind"].isin(["deputy", "keeper"])
        extra = [post["parent_code"][code] for code in mine if helpers[code] and post["parent_code"][code] in post.index]
        extra += list(post.index[helpers & post["parent_code"].isin(mine)])
    return {code: str(post["name"][code]) for code in dict.fromkeys([*mine, *extra])}


def people_choices(view: Any, posts: list[str]) -> dict[str, tuple[str, str]]:
    """"Name (post)" -> (name, post code) of those in office at the given posts."""
    held = held_on(view.records("holder"), view.today)
    names = dict(zip(view.records("post")["code"], view.records("post")["name"], strict=True))
    return {f"{held[post][0]} ({names[post]})": (str(held[post][0]), post) for post in posts
            if post in held and held[post][0]}


def own_duties(view: Any, posts: list[str]) -> pd.DataFrame:
    """Responsibility rows of the posts in force today, supporting ones included."""
    rows = in_force(duties(view.records("responsibility"), view.records("post")), view.today)
    return rows[rows["post_code"].isin(posts)]


def water_choices(view: Any, posts: list[str]) -> dict[str, str]:
    """Waters a patrol without a track may name: the reaches and other waters of the posts, code -> name."""
    found: dict[str, str] = {}
    for kind, rows in own_duties(view, posts).groupby("object_layer", sort=False):
        layer = view.layer(str(kind)).drop_duplicates("code").set_index("code")
        for code in rows["object_code"].drop_duplicates():
            if code in layer.index:
                name = layer["name"][code]
                found[code] = code if pd.isna(name) else f"{name} ({code})"
    return found


def _clip(pieces: pd.DataFrame, stretches: list[tuple[float, float, str]]) -> pd.DataFrame:
    """Pieces of banks inside the given stretches (from, to, bank)."""
    parts = []
    for start, end, bank in stretches:
        rows = pieces if bank == "both" else pieces[pieces["bank"] == bank]
        rows = rows.assign(from_m=rows["from_m"].clip(lower=start), to_m=rows["to_m"].clip(upper=end))
        parts.append(rows[rows["to_m"] > rows["from_m"]])
    joined = pd.concat(parts, ignore_index=True).drop_duplicates(["bank", "from_m", "to_m"])
    return joined.assign(length_m=joined["to_m"] - joined["from_m"]).sort_values(["bank", "from_m"], ignore_index=True)


def _near(rows: pd.DataFrame, code: str, window: tuple[float, float]) -> pd.DataFrame:
    here = rows[rows["reach_code"] == code]
    return here[here["chainage_m"].isna() | here["chainage_m"].between(*window)]


def _last_recorded(view: Any, waters: set[str], posts: list[str]) -> date | None:
    patrol = view.records("patrol")
    rows = patrol[patrol["post_code"].isin(posts) & patrol["water_code"].isin(waters)
                  & (patrol["has_track"].astype(object) != True)]                      # noqa: E712 (holds None too)
    return local_day(rows["started_at"], view.city.zone).max().date() if len(rows) else None


def reach_cards(view: Any, posts: list[str], lang: str = "zh") -> list[ReachCard]:
    """One card a reach of the posts, the one with most unseen bank first."""
    duty = own_duties(view, posts)
    duty = duty[duty["object_layer"] == "reach"]
    reaches = view.reaches().drop_duplicates("code").set_index("code")
    rivers = view.layer("river").drop_duplicates("code").set_index("code")["name"]
    judged = pd.DataFrame(gaps(view, view.today)).drop(columns="geometry")
    ledger = pd.DataFrame(problems(view, view.today, lang=lang)).rename(columns={"reach_id": "reach_code"})
    landmarks = view.layer("landmark")
    cards = []
    for code, rows in duty.groupby("object_code", sort=False):
        if code not in reaches.index:
            continue
        reach = reaches.loc[code]
        ends = [(0.0 if pd.isna(a) else float(a), float(reach["length_m"]) if pd.isna(b) else float(b), str(bank))
                for a, b, bank in zip(rows["from_m"], rows["to_m"], rows["bank"], strict=True)]
        window = (min(e[0] for e in ends), max(e[1] for e in ends))
        pieces = _clip(judged[judged["reach_id"] == code], ends)
        unseen = pieces[pieces["state"].isin(GAP_STATES)]
        seen = pieces["last_seen"].max() if len(pieces) else pd.NaT
        fixed = pd.isna(reach["flow"]) or reach["flow"] == "fixed"
        sides = ("one", "other") if reach["direction"] == "unconfirmed" else SIDES.get(
            "left_right" if fixed else reach["bank_names"], SIDES["left_right"])
        river = rivers.get(reach["river_code"], reach["river_code"])
        near = _near(ledger, str(code), window)
        cards.append(ReachCard(
            str(code), str(code) if pd.isna(reach["name"]) else str(reach["name"]), "" if pd.isna(river) else str(river),
            window[1] - window[0], window, sides, tuple(rows["post_code"].drop_duplicates()), pieces,
            {bank: bank_km(part) for bank, part in unseen.groupby("bank")},
            None if pd.isna(seen) else seen.date(), _last_recorded(view, {str(code), reach["river_code"]}, posts),
            near[near["case_id"].notna()], _near(landmarks, str(code), window).dropna(subset=["chainage_m"]),
            near[near["chainage_m"].notna()].assign(name=near["number"])))
    return sorted(cards, key=lambda card: card.worst)


def joined_gaps(cards: list[ReachCard]) -> pd.DataFrame:
    """Stretches of unseen bank, as the map lists them; lengths in metres of bank."""
    columns = ["reach_code", "reach_name", "bank", "from_m", "to_m", "length_m", "days", "state", "post_name"]
    parts = [card.pieces.assign(reach_code=card.code, reach_name=card.name) for card in cards]
    return joined(pd.concat(parts, ignore_index=True))[columns] if parts else pd.DataFrame(columns=columns)


def due_this_week(cards: list[ReachCard], on: date) -> pd.DataFrame:
    """Pieces seen within their duty that leave it before this week (to Sunday) is over."""
    sunday = pd.Timestamp(on + timedelta(days=6 - on.weekday()))
    parts = []
    for card in cards:
        rows = card.pieces[card.pieces["state"].isin(("within_duty", "due_soon")) & card.pieces["duty_days"].notna()]
        due_on = rows["last_seen"] + pd.to_timedelta(rows["duty_days"], unit="D")
        parts.append(rows.assign(due_on=due_on, reach_code=card.code, reach_name=card.name)[due_on <= sunday])
    if not parts:
        return pd.DataFrame(columns=["reach_code", "reach_name", "bank", "from_m", "to_m", "days", "state", "due_on",
                                     "length_m", "post_name"])
    return pd.concat(parts, ignore_index=True)


def owed_now(view: Any, posts: list[str]) -> pd.DataFrame:
    """Patrols still to be made in the running periods, and the row of the rule that asks for them."""
    parts = [frequency(view, view.today, view.today, post=post) for post in posts[:20]]
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    return rows[rows["to_do"] + rows["missing"] > 0] if len(rows) else rows


def verdict(view: Any, payload: dict, seen: dict, on: date) -> tuple[pd.DataFrame, dict]:
    """What a patrol would count to if it were kept (post, water, evidenced, reason), and the rule row of its kind."""
    known, kind = context(view), payload["kind"]
    water = payload.get("water_code")
    patrol = pd.DataFrame({"id": ["new"], "number": [""], "post_code": [payload["post_code"]], "kind": [kind],
                           "started_at": [seen["started_at"]], "water_code": pd.Series([water], dtype=object),
                           "has_track": [bool(seen["points"])]})
    patrol["started_at"] = pd.to_datetime(patrol["started_at"], utc=True)
    people = pd.DataFrame({"patrol_id": "new", "post_code": [p.get("post_code") or payload["post_code"]
                                                             for p in payload.get("people", [])]})
    intervals = seen["intervals"].assign(patrol_id="new")
    duty = stretches(known.reaches, known.responsibility, known.post)
    credit = credited(patrol, people, intervals, duty, water_of(known.reaches), known.profile, on, known.zone)
    names = dict(zip(known.post["code"], known.post["name"], strict=True))
    credit["post_name"] = credit["post_code"].map(names)
    credit["water_name"] = credit["water_code"].map(known.water_names)
    return credit, rules("patrol_kinds", on, profile=known.profile, kind=kind)[0]


def river_km(intervals: pd.DataFrame) -> float:
    """Kilometres of water in matched intervals, each metre once whichever bank."""
    total = 0.0
    for _, rows in intervals.groupby("reach_id"):
        reached = float("-inf")
        for start, end in sorted(zip(rows["from_m"], rows["to_m"], strict=True)):
            total += max(0.0, end - max(start, reached))
            reached = max(reached, end)
    return total / 1000


def holders(view: Any) -> dict[str, str | None]:
    """Post -> who holds it today."""
    return {post: person for post, (person, _) in held_on(view.records("holder"), view.today).items()}
