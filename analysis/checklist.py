"""能否上线: the six steps from an empty store to a map of gaps, what is done, what is missing, and the next command."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from analysis.context import Context, context
from data.responsibility import resolve
from data.words import say

STEPS = ("boundary", "reaches", "posts", "responsibilities", "outfalls", "accounts")


@dataclass(frozen=True)
class Step:
    """One step: whether it is done, figures for its sentence, and whether something in it still waits (not blocking)."""

    name: str
    done: bool
    state: str
    figures: dict[str, object]

    def title(self, lang: str) -> str:
        """What the step is."""
        return say(f"golive.{self.name}.title", lang)

    def said(self, lang: str) -> str:
        """What is there and what is missing."""
        return say(f"golive.{self.name}.{self.state}", lang, **self.figures)

    @property
    def more(self) -> bool:
        """Whether its command is still recommended though the step is done: bounds are enough, districts are better."""
        return self.done and self.state == "bounds"

    def command(self) -> str:
        """The next command in a terminal."""
        return COMMANDS[self.name]


COMMANDS = {
    "boundary": "python hezhang.py import district FILE",
    "reaches": "python hezhang.py import reach FILE",
    "posts": "python hezhang.py import post FILE && python hezhang.py import holder FILE",
    "responsibilities": "python hezhang.py import responsibility FILE",
    "outfalls": "python hezhang.py import outfall FILE",
    "accounts": "python hezhang.py user add NAME --role admin",
}


def _boundary(known: Context) -> Step:
    city, districts = known.view.city, len(known.district)
    drawn = city.bounds is not None or city.boundary is not None
    state = "districts" if districts else "bounds" if drawn else "none"
    return Step("boundary", bool(districts or drawn), state, {"count": districts})


def _reaches(known: Context) -> Step:
    reaches = known.reaches
    doubtful = int((reaches["direction"] == "unconfirmed").sum())
    state = "none" if not len(reaches) else "unconfirmed" if doubtful else "done"
    return Step("reaches", len(reaches) > 0, state, {"count": len(reaches), "unconfirmed": doubtful,
                                                     "km": f"{reaches['length_m'].sum() / 1000:.1f}"})


def _posts(known: Context) -> Step:
    posts, held = known.post["code"], set(known.holder["post_code"])
    without = int((~posts.isin(held)).sum())
    state = "none" if not len(posts) else "no_holder" if not held else "some_vacant" if without else "done"
    return Step("posts", state in ("done", "some_vacant"), state, {"count": len(posts), "without": without})


def _responsibilities(known: Context) -> Step:
    rows, reaches = known.responsibility, known.reaches
    if not len(rows):
        return Step("responsibilities", False, "none", {})
    bare = int((~reaches["reach_id"].isin(set(rows["object_code"]))).sum())
    hole_km = 0.0
    if len(reaches):
        found = resolve(reaches, rows, known.holder, known.post, known.today)
        holes = found[found["state"] == "hole"]
        hole_km = float((holes["to_m"] - holes["from_m"]).sum()) / 2000
    state = "bare_reaches" if bare else "holes" if hole_km >= 0.05 else "done"
    return Step("responsibilities", not bare, state, {"count": len(rows), "bare": bare, "hole_km": f"{hole_km:.1f}"})


def _outfalls(known: Context) -> Step:
    rows = known.outfall
    adrift = int(rows["reach_code"].isna().sum())
    state = "none" if not len(rows) else "adrift" if adrift else "done"
    return Step("outfalls", len(rows) > 0, state, {"count": len(rows), "adrift": adrift})


def _accounts(known: Context) -> Step:
    rows = known.view.records("account")
    admins = int((rows["role"] == "admin").sum())
    state = "none" if not len(rows) else "done" if admins else "no_admin"
    return Step("accounts", admins > 0, state, {"count": int(rows["name"].nunique()), "admins": admins})


_LOOK: tuple[Callable[[Context], Step], ...] = (_boundary, _reaches, _posts, _responsibilities, _outfalls, _accounts)


def golive(view: Any) -> list[Step]:
    """The six steps in order; the same list serves `hezhang check`, the empty page and docs/first-use.md."""
    known = context(view)
    return [look(known) for look in _LOOK]


def next_step(view: Any) -> Step | None:
    """The first step that is not done; None where all are."""
    return next((step for step in golive(view) if not step.done), None)


def check_report(view: Any, lang: str = "zh") -> tuple[list[dict[str, object]], bool]:
    """(one dict a step: step, done, title, state, next; whether all are done) in words."""
    steps = golive(view)
    lines: list[dict[str, object]] = [
        {"step": step.name, "done": step.done, "title": step.title(lang), "state": step.said(lang),
         "next": step.command(), "recommended": step.more} for step in steps]
    return lines, all(step.done for step in steps)
