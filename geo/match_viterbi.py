"""The cheapest sequence of states of one track (numba): off the water, or on a candidate at an offset class.

Classes 0-4 lie left of the water at 3, 11, 19, 27, 35 m from its edge, 5 is mid-channel, 6-10 right.
The offset is thus learned along the way instead of being assumed. Speed tells a drive from a walk on the banks only:
boats and drones go fast, and nobody drives a car along the middle of the water.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit

CLASSES = 11
MID = 5
_INF = 1e18


@dataclass(frozen=True)
class Path:
    """Per bin: candidate (-1 off), offset class, cost saved against being off; and the noise the track showed."""

    candidate: np.ndarray
    klass: np.ndarray
    gain: np.ndarray
    noise_m: float

    @property
    def on(self) -> np.ndarray:
        """True where the bin is on the water."""
        return self.candidate >= 0


def viterbi(bins: Any, found: Any, half: np.ndarray, nodes: np.ndarray, length_m: np.ndarray, params: Any,
            sigma: float, limit_mps: np.ndarray) -> Path:  # fmt: skip
    """Solve one track.

    Parameters
    ----------
    bins, found : `geo.match_bins.Bins`, `Found`
    half, length_m : (reaches,) half widths and lengths in m
    nodes : (reaches, 2) node numbers of start and end
    sigma : noise in m
    limit_mps : (bins,) speed above which a bin is a drive, on top of params.drive_mps
    """
    weight = bins.weight(params.tau_s)
    fast = bins.speed_mps > np.minimum(params.drive_mps, limit_mps)
    drive = np.where(fast & bins.timed, params.drive_cost, 0.0)
    # The longer since the last bin, the likelier it is that the walk left or reached the water in between.
    since_s = np.diff(bins.t, prepend=bins.t[0])
    switch = np.maximum(params.switch_least, params.switch_cost - np.log(np.maximum(1.0, since_s / params.switch_s)))
    reach = found.reach
    candidate, klass, gain = _solve(
        found.ptr, reach, found.chainage, found.offset, found.heading, bins.x, bins.y, bins.t, weight, drive,
        half[reach], length_m[reach], nodes[reach, 0], nodes[reach, 1], sigma, params.emission_cap,
        params.off_cost, switch, params.node_cost, params.drive_mps, params.afloat_mps,
    )  # fmt: skip
    return Path(candidate, klass, gain, _noise(candidate, klass, found.offset, half[reach], sigma))


def _noise(candidate: np.ndarray, klass: np.ndarray, offset: np.ndarray, half: np.ndarray, sigma: float) -> float:
    beside = (candidate >= 0) & (klass != MID)
    if beside.sum() < 10:
        return sigma
    at, k = candidate[beside], klass[beside]
    distance = half[at] + 3 + 8 * np.where(k < MID, k, k - MID - 1)
    left_over = np.where(k < MID, 1, -1) * offset[at] - distance
    # Nearer than the nearest class is a path by narrow water, not noise; farther than the farthest has to be borne as noise.
    left_over -= min(0.0, float(np.median(left_over)))
    return float(1.4826 * np.median(np.abs(left_over)) * 1.1)


@njit(cache=True)
def _class_offset(k: int, half: float, offset: float) -> float:
    if k < 5:
        return half + 3.0 + 8.0 * k
    if k > 5:
        return -(half + 3.0 + 8.0 * (k - 6))
    return offset


@njit(cache=True)
def _emission(k: int, half: float, offset: float, sigma: float, cap: float, fast: bool) -> float:
    if k == 5:
        narrow = 0.0 if fast else 0.07 * max(0.0, 10.0 - half)  # on narrow water a slow walk is beside it rather than in it
        outside = max(0.0, abs(offset) - max(0.0, half - 4.0)) / sigma
        return min(cap, 0.3 + narrow + 0.5 * outside * outside)
    z = (offset - _class_offset(k, half, offset)) / sigma
    return min(cap, 0.5 * z * z)


@njit(cache=True)
def _change(a: int, b: int) -> float:
    if a == b:
        return 0.0
    if a == 5 or b == 5:
        return 4.0
    if (a < 5) != (b < 5):
        return 2.5
    return 2.0 if abs(a - b) == 1 else 3.0


@njit(cache=True)
def _step(progress: float, move: float, dt: float, sigma: float, slack: float, weight: float, fastest: float) -> float:
    scale = sigma * np.sqrt(2.0 * (1.0 - np.exp(-dt / 15.0))) + 1.0 + 0.15 * move + slack
    u = abs(progress - move) / scale
    cost = 0.5 * u * u if u < 2.0 else 2.0 * u - 2.0
    if cost > 6.0:
        cost = 6.0 + 0.15 * (cost - 6.0)
    cost *= weight
    if progress - move > 4.0 * scale + 20.0:
        cost += 3.0
    if dt > 10.0 and progress > fastest * dt + 30.0:
        cost += 3.0
    return cost


@njit(cache=True)
def _through_node(ch_a: float, len_a: float, s_a: int, e_a: int, ch_b: float, len_b: float, s_b: int, e_b: int) -> float:
    best = 1e18
    if e_a == s_b:
        best = min(best, abs(len_a - ch_a) + abs(ch_b))
    if s_a == e_b:
        best = min(best, abs(ch_a) + abs(len_b - ch_b))
    if e_a == e_b:
        best = min(best, abs(len_a - ch_a) + abs(len_b - ch_b))
    if s_a == s_b:
        best = min(best, abs(ch_a) + abs(ch_b))
    return best


@njit(cache=True)
def _read_back(ptr, value, back, off_value, off_back, weight, off_cost):  # type: ignore[no-untyped-def]
    """The cheapest sequence from the last bin to the first, and what each bin saved against being off."""
    n = len(off_value)
    candidate, klass, gain = np.full(n, -1, np.int64), np.full(n, -1, np.int64), np.zeros(n)
    state, best = -1, off_value[n - 1]
    for c in range(ptr[n - 1], ptr[n]):
        for k in range(11):
            if value[c, k] < best:
                best, state = value[c, k], c * 11 + k
    for i in range(n - 1, -1, -1):
        if state < 0:
            state = off_back[i]
            continue
        c, k = state // 11, state % 11
        candidate[i], klass[i] = c, k
        previous = back[c, k]
        earlier = 0.0
        if i:
            earlier = off_value[i - 1] if previous < 0 else value[previous // 11, previous % 11]
        gain[i] = off_cost * weight[i] - (value[c, k] - earlier)
        state = previous
    return candidate, klass, gain


@njit(cache=True)
def _solve(  # type: ignore[no-untyped-def]
           ptr, reach, ch, off, head, x, y, t, weight, drive, half, length, s_node, e_node, sigma, cap, off_cost,
           switch, node_cost, drive_mps, afloat_mps):  # fmt: skip
    n = len(x)
    value = np.full((len(reach), 11), 1e18)
    back = np.full((len(reach), 11), -1, np.int64)
    off_value = np.zeros(n)
    off_back = np.full(n, -1, np.int64)
    eased = np.zeros((64, 11))
    eased_from = np.zeros((64, 11), np.int64)
    for i in range(n):
        w = weight[i]
        a, b = (ptr[i - 1], ptr[i]) if i else (0, 0)
        before = off_value[i - 1] if i else 0.0
        best_on, best_at = 1e18, -1
        for p in range(a, b):
            for k in range(11):
                best, at = 1e18, -1
                for q in range(11):
                    c = value[p, q] + _change(q, k)
                    if c < best:
                        best, at = c, q
                eased[p - a, k], eased_from[p - a, k] = best, p * 11 + at
                if value[p, k] < best_on:
                    best_on, best_at = value[p, k], p * 11 + k
        off_value[i] = before + off_cost * w
        if best_on + switch[i] + off_cost * w < off_value[i]:
            off_value[i], off_back[i] = best_on + switch[i] + off_cost * w, best_at
        dt = t[i] - t[i - 1] if i else 0.0
        move = np.hypot(x[i] - x[i - 1], y[i] - y[i - 1]) if i else 0.0
        for c in range(ptr[i], ptr[i + 1]):
            for k in range(11):
                emission = _emission(k, half[c], off[c], sigma, cap, drive[i] > 0) * w + (drive[i] if k != 5 else 0.0)
                fastest = drive_mps if k != 5 else afloat_mps
                best, at = before + switch[i], -1
                for p in range(a, b):
                    if reach[p] == reach[c]:
                        turn = head[c] - head[p]
                        progress = abs(ch[c] - ch[p] - _class_offset(k, half[c], off[c]) * turn)
                        total = eased[p - a, k]
                        if total < best:
                            total += _step(progress, move, dt, sigma, 0.0, w, fastest)
                        if total < best:
                            best, at = total, eased_from[p - a, k]
                best_node, at_node = best, -2
                for p in range(a, b):
                    if reach[p] != reach[c]:
                        progress = _through_node(ch[p], length[p], s_node[p], e_node[p], ch[c], length[c], s_node[c],
                                                 e_node[c])  # fmt: skip
                        if progress < 1e17:
                            cost = node_cost + _step(progress, move, dt, sigma, 10.0 + 0.5 * (half[p] + half[c]), w, fastest)
                            for q in range(11):
                                if value[p, q] + cost < best_node:
                                    best_node, at_node = value[p, q] + cost, p * 11 + q
                if at_node != -2:
                    best, at = best_node, at_node
                value[c, k], back[c, k] = best + emission, at
    return _read_back(ptr, value, back, off_value, off_back, weight, off_cost)
