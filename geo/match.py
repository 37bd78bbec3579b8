"""Tracks to covered intervals: which stretches of which reaches, on which bank, a walk really followed.

A hidden-state model over 5 s bins. A bin is either off the water or on one place of one reach at one distance from the
water's edge; the cheapest sequence is found per track in two passes, the second with that track's own noise and each
leg's own speed. Runs are joined over short holes that can be walked, and a run counts only with enough evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.crs import known_crs
from geo.faults import Fault
from geo.match_bins import Bins, bin_track, candidates
from geo.match_runs import legs_of, run_speed, without_roads
from geo.match_viterbi import viterbi
from geo.prepared import Reaches, prepare

__all__ = ["Params", "match", "prepare", "Reaches"]

COLUMNS = ["track_id", "reach_id", "from_m", "to_m", "bank", "entered_at", "left_at"]


@dataclass(frozen=True)
class Params:
    """Constants of the matcher; costs are negative log-likelihoods, weighted by min(1, dt / tau_s) per bin."""

    bin_s: float = 5.0
    tau_s: float = 16.0
    beside_m: float = 60.0  # candidates this far beyond the water's edge
    default_width_m: float = 10.0
    noise_m: float = 9.0
    noise_low_m: float = 5.0
    noise_high_m: float = 14.0
    emission_cap: float = 3.5
    off_cost: float = 1.6
    switch_cost: float = 2.5
    switch_s: float = 10.0  # switching grows cheaper where bins are farther apart than this
    switch_least: float = 1.0
    node_cost: float = 3.0
    walk_mps: float = 2.0
    drive_mps: float = 8.0
    drive_cost: float = 3.0
    afloat_mps: float = 16.0  # boats and drones in mid-channel
    fastest_mps: float = 30.0  # no walk, boat or drone; a step beyond this and `jump_m` is an error of clock or place
    jump_m: float = 200.0
    dark_s: float = 45.0
    link_seen_s: float = 230.0
    link_dark_s: float = 330.0
    evidence: float = 11.5
    least_gain: float = 4.0
    seen_off: float = 0.5
    end_share: float = 0.35  # of the evidence waived for each end of the track that lies on the water
    extent_per_gain_m: float = 60.0
    extent_m: float = 80.0
    linked_extent_m: float = 15.0
    progress: float = 0.4
    steady_m: float = 12.0  # a boat's offset spreads no more than this, or `wander` of the way it goes
    wander: float = 0.03
    touch_m: float = 3.0


def match(tracks: Any, reaches: Any, *, params: Params | None = None) -> pd.DataFrame:
    """Covered intervals of tracks.

    Parameters
    ----------
    tracks : GeoDataFrame[track_id, optional time, geometry Point] in any CRS, or DataFrame[track_id, x, y] in the
        reaches' CRS. Points of a track are taken in the order of time, or as they come where most have none.
    reaches : GeoDataFrame[reach_id, geometry, optional width_m] or `prepare(reaches)`
        width_m is bank to bank in metres; distances are judged from the water's edge. Unknown widths count as 10 m.
    params : Params, optional

    Returns
    -------
    DataFrame[track_id, reach_id, from_m, to_m, bank (left|right|both), entered_at, left_at]
        By track and time; `both` for boats, drones and walks in mid-channel. Times are null for tracks without them.

    Raises
    ------
    Fault
        ``column_missing``, ``crs_missing``, ``track_id_empty``, ``geometry_not_point`` and those of `prepare`.
    """
    params = params or Params()
    ready = prepare(reaches)
    track_id, seconds, x, y, crs, unit = _points(tracks, ready)
    codes, names = pd.factorize(track_id, sort=False)
    rows: list[tuple[Any, ...]] = []
    known = np.bincount(codes, np.isfinite(seconds), len(names)) / np.maximum(np.bincount(codes, minlength=len(names)), 1)
    seconds = np.where(known[codes] >= 0.5, seconds, np.nan)
    order = np.lexsort((np.nan_to_num(seconds, nan=0.0), codes))
    bounds = np.searchsorted(codes[order], np.arange(len(names) + 1))
    for zone, members, px, py in _by_zone(ready, codes, len(names), x, y, crs):
        bins: list[Bins] = []
        for code in members:
            at = order[bounds[code] : bounds[code + 1]]
            at = at[np.isfinite(px[at]) & np.isfinite(py[at])]
            if len(at) > 1:
                bins.append(bin_track(int(code), px[at], py[at], seconds[at], params.bin_s))
        rows += _match_zone(ready, zone, bins, params)
    return _table(rows, names, unit, ready)


def _points(tracks: Any, ready: Reaches) -> tuple[Any, ...]:
    if "track_id" not in tracks.columns:
        raise Fault("column_missing", column="track_id")
    if tracks["track_id"].isna().any():
        raise Fault("track_id_empty", row=int(np.flatnonzero(tracks["track_id"].isna())[0]) + 1)
    if hasattr(tracks, "crs"):
        geometry = tracks.geometry.to_numpy()
        kinds = shapely.get_type_id(geometry)
        if np.any(kinds > 0):
            raise Fault("geometry_not_point", row=int(np.flatnonzero(kinds > 0)[0]) + 1)
        x, y, crs = shapely.get_x(geometry), shapely.get_y(geometry), known_crs(tracks)
    else:
        for column in ("x", "y"):
            if column not in tracks.columns:
                raise Fault("column_missing", column=column)
        x, y, crs = tracks["x"].to_numpy(float), tracks["y"].to_numpy(float), ready.crs
    seconds, unit = np.full(len(tracks), np.nan), None
    if "time" in tracks.columns and tracks["time"].notna().any():
        times = pd.to_datetime(tracks["time"])
        unit = times.dtype
        plain = times.dt.tz_convert("UTC").dt.tz_localize(None) if getattr(unit, "tz", None) is not None else times
        nanos = plain.astype("datetime64[ns]").to_numpy().astype("int64")
        seconds = np.where(times.notna().to_numpy(), nanos / 1e9, np.nan)
    return tracks["track_id"], seconds, x, y, crs, unit


def _by_zone(ready: Reaches, codes: np.ndarray, n: int, x: np.ndarray, y: np.ndarray, crs: Any) -> Any:
    """Each track once, in the metric frame where most of its points lie: (zone, tracks, x, y of all points there)."""
    votes: dict[int, np.ndarray] = {}
    for zone, at, _, _ in ready.points_by_zone(x, y, crs):
        votes[zone] = np.bincount(codes[at], minlength=n)
    if not votes:
        return
    zones = np.array(list(votes))
    most = zones[np.argmax(np.stack([votes[zone] for zone in zones]), axis=0)]
    for zone in zones:
        members = np.flatnonzero(most == zone)
        px, py = np.full(len(x), np.nan), np.full(len(x), np.nan)
        mine = np.flatnonzero(np.isin(codes, members) & np.isfinite(x) & np.isfinite(y))
        px[mine], py[mine] = ready.move(x[mine], y[mine], crs, int(zone))
        yield int(zone), members, px, py


def _match_zone(ready: Reaches, zone: int, bins: list[Bins], params: Params) -> list[tuple[Any, ...]]:
    seg = ready.frame(zone)
    if not bins or not len(seg):
        return []
    half = np.where(np.isnan(ready.width_m), params.default_width_m, ready.width_m) / 2
    nodes = ready.nodes(zone, params.touch_m)
    rows: list[tuple[Any, ...]] = []
    for chunk in _chunks(bins):
        for one, found in zip(chunk, candidates(ready, zone, chunk, half, params), strict=True):
            if len(found.reach):
                rows += _match_track(one, found, half, nodes, ready.segments.length_m, params)
    return rows


def _chunks(bins: list[Bins], size: int = 100_000) -> Any:
    """Tracks in groups of about `size` bins, which bounds memory."""
    group: list[Bins] = []
    for one in bins:
        group.append(one)
        if sum(len(b.x) for b in group) >= size:
            yield group
            group = []
    if group:
        yield group


def _match_track(bins: Bins, found: Any, half: np.ndarray, nodes: np.ndarray, length_m: np.ndarray,
                 params: Params) -> list[tuple[Any, ...]]:  # fmt: skip
    path = viterbi(bins, found, half, nodes, length_m, params, params.noise_m, np.full(len(bins.x), np.inf))
    if path.on.any():
        sigma = float(np.clip(path.noise_m, params.noise_low_m, params.noise_high_m))
        path = viterbi(bins, found, half, nodes, length_m, params, sigma, run_speed(bins, path, params))
        path = without_roads(bins, found, path, half, params)
    return [(bins.code, *leg) for leg in legs_of(bins, found, path, nodes, length_m, params)]


def _table(rows: list[tuple[Any, ...]], names: Any, unit: Any, ready: Reaches) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=COLUMNS)
    codes = table["track_id"].to_numpy(dtype=int)
    table["track_id"] = pd.Series(names).reindex(codes).array
    table["reach_id"] = pd.Series(ready.ids).reindex(table["reach_id"].to_numpy(dtype=int)).array
    table = table.astype({"from_m": float, "to_m": float, "bank": "str"})
    for column in ("entered_at", "left_at"):
        times = pd.to_datetime(table[column].astype(float).round(3), unit="s")
        if unit is not None and getattr(unit, "tz", None) is not None:
            times = times.dt.tz_localize("UTC").dt.tz_convert(unit.tz)
        table[column] = times
    order = np.lexsort((table["from_m"], table["entered_at"].astype("int64"), codes))
    return table.iloc[order].reset_index(drop=True)
