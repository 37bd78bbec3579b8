"""Links between reaches: from the `to_reach` column, or from ends that touch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import shapely

_OUTLETS = {"", "0", "-1", "none", "null", "nan", "<na>"}


@dataclass(frozen=True)
class Links:
    """Water goes from reach `of` at chainage `of_m` to reach `to` at chainage `to_m`; to = -1 is outside the file.

    `missing` holds the id that is not in the file, for links that leave it.
    """

    of: np.ndarray
    of_m: np.ndarray
    to: np.ndarray
    to_m: np.ndarray
    missing: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=object))


def _named(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple, set, np.ndarray)):
        return list(value)
    if isinstance(value, str) and ";" in value:
        return [part.strip() for part in value.split(";")]
    return [value]


def _find(value: Any, number: dict[Any, int]) -> int | None:
    """Number of the reach a cell names; ids are compared as they are, then as whole numbers, then as text."""
    if value in number:
        return number[value]
    text = str(value).strip()
    if text in number:
        return number[text]
    try:
        whole = float(text)
    except ValueError:
        return None
    return number.get(int(whole)) if whole.is_integer() else None


def _is_outlet(value: Any) -> bool:
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return True
    text = str(value).strip().lower()
    return text.removesuffix(".0") in _OUTLETS


def links_by_attribute(ids: np.ndarray, number: dict[Any, int], to_reach: pd.Series, length_m: np.ndarray) -> Links:
    """Links from a `to_reach` column; outlets (null, 0, -1, "", itself) give none, unknown ids leave the file."""
    of: list[int] = []
    to: list[int] = []
    missing: list[Any] = []
    for at, cell in enumerate(to_reach.tolist()):
        for value in _named(cell):
            found = None if value is None else _find(value, number)
            if found == at or (found is None and _is_outlet(value)):
                continue
            of.append(at)
            to.append(-1 if found is None else found)
            missing.append(value if found is None else None)
    start = np.array(of, dtype=np.int64)
    named = np.empty(len(missing), dtype=object)
    named[:] = missing
    return Links(start, length_m[start], np.array(to, dtype=np.int64), np.zeros(len(to)), named)


def _ends(lines: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Start and end points (None for lines without geometry) in the order chainage runs."""
    from geo.lines import ordered_parts

    starts, ends = shapely.get_point(lines, 0), shapely.get_point(lines, -1)
    for at in np.flatnonzero(shapely.get_type_id(lines) == 5):
        parts = ordered_parts(lines[at])
        if parts:
            starts[at], ends[at] = shapely.Point(parts[0][0]), shapely.Point(parts[-1][-1])
    return starts, ends


def links_by_touch(lines: np.ndarray, length_m: np.ndarray, snap_m: float) -> Links:
    """Links where the end of one reach touches the start of another, or the middle of one that does not start there.

    `lines` are in metres; of several touching ends all are joined, so a divergence goes both ways.
    """
    starts, ends = _ends(lines)
    tree = shapely.STRtree(starts)
    of, to = tree.query(ends, predicate="dwithin", distance=snap_m)
    apart = of != to
    of, to = of[apart], to[apart]
    parts: list[tuple[np.ndarray, ...]] = [(of, length_m[of], to, np.zeros(len(to)))]
    body = shapely.STRtree(lines)
    parts.append(_mid(body, lines, ends, starts, ends, length_m, snap_m, np.isin(np.arange(len(lines)), of), True))
    parts.append(_mid(body, lines, starts, starts, ends, length_m, snap_m, np.isin(np.arange(len(lines)), to), False))
    of, of_m, to, to_m = (np.concatenate([part[i] for part in parts]) for i in range(4))
    return Links(of, of_m, to, to_m, np.full(len(of), None, dtype=object))


def _mid(body: shapely.STRtree, lines: np.ndarray, tips: np.ndarray, starts: np.ndarray, ends: np.ndarray,
         length_m: np.ndarray, snap_m: float, joined: np.ndarray, flows_in: bool) -> tuple[np.ndarray, ...]:  # fmt: skip
    """Tips (ends that flow in, or starts that flow out) on the middle of another line."""
    tip, line = body.query(tips, predicate="dwithin", distance=snap_m)
    keep = (tip != line) & ~joined[tip]
    keep &= shapely.distance(tips[tip], starts[line]) > snap_m
    keep &= shapely.distance(tips[tip], ends[line]) > snap_m
    tip, line = tip[keep], line[keep]
    total = shapely.length(lines[line])
    share = shapely.line_locate_point(lines[line], tips[tip]) / np.where(total > 0, total, 1)
    at_m = share * length_m[line]
    if flows_in:
        return tip, length_m[tip], line, at_m
    return line, at_m, tip, np.zeros(len(tip))


def directions_agree(lines: np.ndarray, links: Links, snap_m: float, by_attribute: bool) -> np.ndarray:
    """True per reach where the way it is drawn is borne out: by `to_reach`, or by the neighbours at its ends."""
    starts, ends = _ends(lines)
    agrees, denied = np.zeros(len(lines), dtype=bool), np.zeros(len(lines), dtype=bool)
    if by_attribute:
        inside = links.to >= 0
        of, to = links.of[inside], links.to[inside]
        for tip, other, reach, line in ((ends, starts, of, to), (starts, ends, to, of)):
            near = shapely.distance(tip[reach], lines[line])
            far = shapely.distance(other[reach], lines[line])
            agrees[reach[near < far]] = True
            denied[reach[near > far]] = True
        downstream_denied = np.zeros(len(lines), dtype=bool)
        downstream_denied[of] = shapely.distance(ends[of], lines[to]) > shapely.distance(starts[of], lines[to])
        return agrees & ~downstream_denied & ~(denied & ~np.isin(np.arange(len(lines)), of))
    agrees[links.of] = True
    agrees[links.to[links.to >= 0]] = True
    for tips in (starts, ends):
        one, two = shapely.STRtree(tips).query(tips, predicate="dwithin", distance=snap_m)
        meets = np.unique(one[one != two])
        through = np.isin(meets, links.of if tips is ends else links.to)
        denied[meets[~through]] = True
    return agrees & ~denied
