"""Water without a fixed direction: a twin of each such reach that flows the other way, so that a trace goes both ways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from geo.links import Links

FIXED = "fixed"


@dataclass(frozen=True)
class Twins:
    """Links among reaches and their twins.

    Reaches keep their numbers 0..n-1; ``n + i`` is the twin of reach ``of[i]``, with chainage from the other end.
    """

    links: Links
    real: np.ndarray
    twin: dict[int, int]


def not_fixed(flow: Any) -> np.ndarray:
    """Numbers of the reaches whose ``flow`` is reversible or none (any word but ``fixed`` and null)."""
    words = [str(value).strip().lower() if value is not None and value == value else FIXED for value in flow]
    return np.flatnonzero([word not in (FIXED, "", "<na>", "nan") for word in words])


def with_twins(links: Links, length_m: np.ndarray, loose: np.ndarray) -> Twins:
    """Add a twin for every reach in ``loose`` and the links water takes through it.

    Where links meet, all that flows in may reach all that flows out; a twin flows in where its reach flows out and out
    where its reach flows in.
    """
    n = len(length_m)
    if not len(loose):
        return Twins(links, np.arange(n), {})
    twin = {int(reach): n + i for i, reach in enumerate(loose)}
    real = np.concatenate([np.arange(n), loose]).astype(np.int64)
    new: list[tuple[int, float, int, float]] = []
    for arriving, leaving in _nodes(links):
        ways_in = [(r, m, False) for r, m in arriving] + [(twin[r], length_m[r] - m, True) for r, m in leaving if r in twin]
        ways_out = [(r, m, False) for r, m in leaving] + [(twin[r], length_m[r] - m, True) for r, m in arriving if r in twin]
        new += [(a, am, b, bm) for a, am, turned_a in ways_in for b, bm, turned_b in ways_out
                if (turned_a or turned_b) and real[a] != real[b]]
    of, of_m, to, to_m = (np.array([row[i] for row in new]) for i in range(4)) if new else (np.zeros(0),) * 4
    missing = np.full(len(new), None, dtype=object)
    joined = Links(np.concatenate([links.of, of.astype(np.int64)]), np.concatenate([links.of_m, of_m]),
                   np.concatenate([links.to, to.astype(np.int64)]), np.concatenate([links.to_m, to_m]),
                   np.concatenate([links.missing, missing]))
    return Twins(joined, real, twin)


def _nodes(links: Links) -> list[tuple[set[tuple[int, float]], set[tuple[int, float]]]]:
    """Places where links meet: (reach, chainage) flowing in, (reach, chainage) flowing out."""
    parent: dict[tuple[str, int, float], tuple[str, int, float]] = {}

    def root(key: tuple[str, int, float]) -> tuple[str, int, float]:
        parent.setdefault(key, key)
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for of, of_m, to, to_m in zip(links.of, links.of_m, links.to, links.to_m, strict=True):
        if to >= 0:
            parent[root(("in", int(of), float(of_m)))] = root(("out", int(to), float(to_m)))
    found: dict[tuple[str, int, float], tuple[set[tuple[int, float]], set[tuple[int, float]]]] = {}
    for key in list(parent):
        arriving, leaving = found.setdefault(root(key), (set(), set()))
        (arriving if key[0] == "in" else leaving).add(key[1:])
    return list(found.values())
