"""From states to covered intervals: runs, links over holes, tests of the whole, banks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from geo.match_viterbi import MID, Path

Leg = tuple[int, float, float, str, float, float]  # reach, from_m, to_m, bank, first and last second


def _runs(bins: Any, path: Path, params: Any) -> list[np.ndarray]:
    """Bin numbers of each unbroken stretch on the water."""
    on = np.flatnonzero(path.on)
    if not len(on):
        return []
    jumps = _jumps(bins, on, params)
    lone = np.append(jumps, False) & np.concatenate([[False], jumps])  # one bad fix; the walk goes on after it
    on = on[~lone]
    broken = (np.diff(on) > 1) | (np.diff(bins.t[on]) > params.link_dark_s) | _jumps(bins, on, params)
    return np.split(on, np.flatnonzero(broken) + 1)


def _jumps(bins: Any, on: np.ndarray, params: Any) -> np.ndarray:
    """Steps nobody can go in that time: a clock or a place is wrong, and nothing between the two was seen."""
    moved = np.hypot(np.diff(bins.x[on]), np.diff(bins.y[on]))
    return moved > params.fastest_mps * np.diff(bins.t[on]) + params.jump_m


def _at_own_pace(runs: list[np.ndarray], bins: Any, params: Any) -> list[np.ndarray]:
    """Runs cut where a step takes longer than bins are apart as a rule and goes farther than the run's own pace allows."""
    cut: list[np.ndarray] = []
    for run in runs:
        moved = np.hypot(np.diff(bins.x[run]), np.diff(bins.y[run]))
        dark = np.diff(bins.t[run]) > params.dark_s
        far = moved > _reach_m(float(np.median(bins.speed_mps[run])), np.diff(bins.t[run]))
        cut += np.split(run, np.flatnonzero(dark & far) + 1)
    return cut


def _reach_m(pace_mps: float, seconds: Any) -> Any:
    return 1.5 * max(1.0, pace_mps) * seconds + 30


def without_roads(bins: Any, found: Any, path: Path, half: np.ndarray, params: Any) -> Path:
    """The path with stretches `mid-channel` that are a road rather than a boat or drone put off the water.

    One point beside narrow water cannot tell a boat in it from a car on the road along it, nor a straight road over a
    meandering river from a boat on it; the whole stretch can. Walks are left alone: they are slow.
    """
    mid = path.on & (path.klass == MID)
    pace = np.where(bins.timed & mid, 1 + (bins.speed_mps > params.walk_mps) + (bins.speed_mps > params.drive_mps), 0)
    candidate = path.candidate.copy()
    for piece in np.split(np.arange(len(pace)), np.flatnonzero(np.diff(pace)) + 1):
        if pace[piece[0]] < 2:
            continue
        at = path.candidate[piece]
        outside = pace[piece[0]] == 3 and abs(float(np.median(found.offset[at]))) > float(half[found.reach[at]].min())
        if outside or _crosses(found, at, path.noise_m, params):
            candidate[piece] = -1
    return replace(path, candidate=candidate)


def _crosses(found: Any, at: np.ndarray, noise_m: float, params: Any) -> bool:
    """Whether a stretch wanders over the water as it goes along it; boats keep to their side or the middle for a while."""
    offset = found.offset[at]
    spread_m = 1.4826 * float(np.median(np.abs(offset - np.median(offset))))
    return spread_m > max(params.steady_m, 1.5 * noise_m, params.wander * float(np.ptp(found.chainage[at])))


def _every(t: np.ndarray, seconds: float) -> np.ndarray:
    """Places of the first of each `seconds`."""
    step = np.floor((t - t[0]) / seconds)
    return np.flatnonzero(np.concatenate([[True], np.diff(step) > 0]))


def run_speed(bins: Any, path: Path, params: Any) -> np.ndarray:
    """Speed limit per bin: well above the median speed of the run that holds it (per track would punish mixing)."""
    limit = np.full(len(bins.x), np.inf)
    for run in _runs(bins, path, params):
        limit[run] = 2.5 * float(np.median(bins.speed_mps[run])) + 1.5
    return limit


def _way_m(found: Any, path: Path, nodes: np.ndarray, length_m: np.ndarray, a: int, b: int) -> tuple[float, float, float]:
    """Metres along the water between two bins, and the end chainages passed on both reaches (NaN on one reach)."""
    p, q = path.candidate[a], path.candidate[b]
    ra, rb = found.reach[p], found.reach[q]
    ca, cb = found.chainage[p], found.chainage[q]
    if ra == rb:
        return abs(ca - cb), np.nan, np.nan
    best = (np.inf, np.nan, np.nan)
    for node_a, end_a in zip(nodes[ra], (0.0, length_m[ra]), strict=True):
        for node_b, end_b in zip(nodes[rb], (0.0, length_m[rb]), strict=True):
            if node_a == node_b:
                best = min(best, (abs(ca - end_a) + abs(cb - end_b), end_a, end_b))
    return best


def _linked(runs: list[np.ndarray], bins: Any, found: Any, path: Path, nodes: np.ndarray, length_m: np.ndarray,
            params: Any) -> list[np.ndarray]:  # fmt: skip
    """Runs joined over holes short enough in time and walkable at the runs' own pace."""
    chains: list[np.ndarray] = []
    for run in runs:
        if chains:
            last = chains[-1]
            a, b = last[-1], run[0]
            hole_s = bins.t[b] - bins.t[a]
            allowed = params.link_dark_s if b == a + 1 else params.link_seen_s
            pace = max(1.0, float(np.median(bins.speed_mps[last])), float(np.median(bins.speed_mps[run])))
            way = _way_m(found, path, nodes, length_m, a, b)[0]
            if hole_s <= allowed and way <= _reach_m(pace, hole_s):
                chains[-1] = np.concatenate([last, run])
                continue
        chains.append(run)
    return chains


def _spans(found: Any, path: Path, chain: np.ndarray) -> list[np.ndarray]:
    reach = found.reach[path.candidate[chain]]
    return np.split(chain, np.flatnonzero(np.diff(reach)) + 1)


def _extent_m(found: Any, path: Path, span: np.ndarray) -> float:
    chainage = found.chainage[path.candidate[span]]
    return float(chainage.max() - chainage.min())


def _counts(chain: np.ndarray, bins: Any, found: Any, path: Path, params: Any) -> bool:
    """Enough evidence, enough length, and going along the water rather than across it."""
    spans = _spans(found, path, chain)
    extent_m = sum(_extent_m(found, path, span) for span in spans)
    # Bins seen off the water inside the chain speak against it: a straight road over a meander touches it again and again.
    inside = slice(chain[0], chain[-1] + 1)
    gain = float(path.gain[chain].sum()) - params.seen_off * float(bins.weight(params.tau_s)[inside][~path.on[inside]].sum())
    # Length along the water is evidence too: a short ride is few bins, but no bridge crossing goes 500 m with the river.
    # A track that begins or ends on the water was meant for it; one that only passes must show more.
    ends = int(chain[0] == 0) + int(chain[-1] == len(bins.x) - 1)
    share = 1.0 - params.end_share * ends
    if gain < share * params.least_gain or gain + extent_m / params.extent_per_gain_m < share * params.evidence:
        return False
    if extent_m < params.extent_m:
        return False
    along = moved = 0.0
    for span in spans:
        picked = span[_every(bins.t[span], 30.0)]
        along += float(np.abs(np.diff(found.chainage[path.candidate[picked]])).sum())
        moved += float(np.hypot(np.diff(bins.x[picked]), np.diff(bins.y[picked])).sum())
    return along >= params.progress * moved


def legs_of(bins: Any, found: Any, path: Path, nodes: np.ndarray, length_m: np.ndarray, params: Any) -> list[Leg]:
    """The covered intervals of one track: reach number, from_m, to_m, bank, entered and left seconds (NaN untimed)."""
    legs: list[Leg] = []
    runs = _at_own_pace(_runs(bins, path, params), bins, params)
    for chain in _linked(runs, bins, found, path, nodes, length_m, params):
        if not _counts(chain, bins, found, path, params):
            continue
        spans = _spans(found, path, chain)
        for i, span in enumerate(spans):
            enter = _way_m(found, path, nodes, length_m, spans[i - 1][-1], span[0])[2] if i else np.nan
            leave = _way_m(found, path, nodes, length_m, span[-1], spans[i + 1][0])[1] if i + 1 < len(spans) else np.nan
            if _extent_m(found, path, span) < params.linked_extent_m and not (np.isfinite(enter) and np.isfinite(leave)):
                continue
            legs += _by_bank(bins, found, path, span, enter, leave, length_m, params)
    return legs


def _banks(path: Path, span: np.ndarray) -> np.ndarray:
    k = path.klass[span]
    return np.where(k < MID, "left", np.where(k > MID, "right", "both"))


def _beyond(bins: Any, chainage: np.ndarray, span: np.ndarray, piece: np.ndarray, side: int, params: Any) -> float:
    """Where the walk left (or reached) the water: at its own pace, half way in time to the next bin that is off it, and no
    farther along than that bin lies. NaN where the span goes on, the track ends there, or nobody can say for how long.
    """
    inner, outward = piece[side], 1 if side else -1
    here = span[inner]
    there = here + outward
    if inner != (len(span) - 1 if side else 0) or not 0 <= there < len(bins.x) or len(span) < 2:
        return np.nan
    hole_s = abs(bins.t[there] - bins.t[here])
    before = span[inner - outward]
    way, step_s = chainage[inner] - chainage[inner - outward], abs(bins.t[here] - bins.t[before])
    dx, dy = bins.x[here] - bins.x[before], bins.y[here] - bins.y[before]
    step_m = float(np.hypot(dx, dy))
    if hole_s > params.dark_s or not (step_s > 0 and step_m > 0):
        return np.nan
    onward_m = ((bins.x[there] - bins.x[here]) * dx + (bins.y[there] - bins.y[here]) * dy) / step_m
    pace = min(abs(way) / step_s, float(np.median(bins.speed_mps[span])))
    return float(chainage[inner] + np.sign(way) * np.clip(onward_m, 0.0, pace * hole_s / 2))


def _by_bank(bins: Any, found: Any, path: Path, span: np.ndarray, enter: float, leave: float,
             length_m: np.ndarray, params: Any) -> list[Leg]:  # fmt: skip
    """One span on one reach, split where the bank changes; the ends reach to the node passed."""
    bank = _banks(path, span)
    pieces = np.split(np.arange(len(span)), np.flatnonzero(bank[1:] != bank[:-1]) + 1)
    chainage = found.chainage[path.candidate[span]]
    reach = int(found.reach[path.candidate[span[0]]])
    legs: list[Leg] = []
    for i, piece in enumerate(pieces):
        marks = [float(chainage[piece].min()), float(chainage[piece].max())]
        if i == 0 and np.isfinite(enter):
            marks.append(float(enter))
        if i == len(pieces) - 1 and np.isfinite(leave):
            marks.append(float(leave))
        for inner, outer in ((piece[0], piece[0] - 1), (piece[-1], piece[-1] + 1)):
            if 0 <= outer < len(span) and abs(chainage[inner] - chainage[outer]) < 60:
                marks.append(float(chainage[inner] + chainage[outer]) / 2)
        marks += [end for end in (_beyond(bins, chainage, span, piece, side, params) for side in (0, -1)) if np.isfinite(end)]
        low, high = max(0.0, min(marks)), min(float(length_m[reach]), max(marks))
        times = (bins.first[span[piece[0]]], bins.last[span[piece[-1]]]) if bins.timed else (np.nan, np.nan)
        if high > low:
            legs.append((reach, low, high, str(bank[piece[0]]), float(times[0]), float(times[1])))
    return legs
