"""The engine commands on the caller's own files: read, ask geo, write, and say in figures what was done."""

from __future__ import annotations

import datetime
import math
import re
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from data import files
from geo import chainage, intervals
from geo.crs import transform
from geo.faults import Fault
from geo.locate import locate
from geo.network import Network
from geo.prepared import prepare

Summary = dict[str, Any]
_WHOLE = re.compile(r"-?\d+(\.0+)?")


def locate_files(reaches: str, points: str, out: str, within_m: float, mapping: files.Mapping) -> Summary:
    """`hezhang locate`: the points' own columns and where each lies."""
    files.check_out(out, reaches, points)
    lines = files.read_lines(reaches, mapping)
    own, placed = files.read_points(points, mapping)
    mapping.finish()
    found = locate(placed, lines, within_m)
    if not out.lower().endswith(".csv"):
        own = files.with_numbers(own, placed, mapping)
    bare = files.is_drawn(out) and not isinstance(own, gpd.GeoDataFrame)
    own = own.rename(columns=_aside(own.columns, [*found.columns, *(["geometry"] if bare else [])]))
    if bare:
        own = gpd.GeoDataFrame(own, geometry=placed.geometry.to_numpy(), crs=placed.crs)
    files.write(own.assign(**{name: found[name] for name in found.columns}), out)
    matched = int(found["reach_id"].notna().sum())
    return {"points": len(found), "matched": matched, "unmatched": len(found) - matched,
            "tied": int(found["tied"].sum()), "within_m": within_m}  # fmt: skip


def _aside(own: Any, answers: Any) -> dict[str, str]:
    """New names of the caller's columns that are called like answers: NAME_given, with more of it where that is taken."""
    new: dict[str, str] = {}
    for name in (column for column in own if column in answers):
        new[name] = f"{name}_given"
        while new[name] in own:
            new[name] += "_given"
    return new


def match_files(reaches: str, tracks: str, out: str, mapping: files.Mapping) -> Summary:
    """`hezhang match`: what stretches of which reaches each track followed."""
    from geo.match import match

    files.check_out(out, reaches, tracks)
    lines = files.read_lines(reaches, mapping)
    walked = files.read_tracks(tracks, mapping, lines.crs)
    mapping.finish()
    ready = prepare(lines)
    found = match(walked, ready)
    files.write(_drawn(found, lines) if files.is_drawn(out) else found, out)
    return {"tracks": int(walked["track_id"].nunique()), "points": len(walked),
            "matched_tracks": int(found["track_id"].nunique()), "intervals": len(found),
            "covered_m": round(intervals.total_m(found), 3)}  # fmt: skip


def gaps_files(covered: str, reaches: str, out: str, since: str | None, until: str | None,
               see_across_m: float | None, mapping: files.Mapping) -> Summary:  # fmt: skip
    """`hezhang gaps`: the metres of bank nobody saw."""
    files.check_out(out, reaches, covered)
    if see_across_m is not None and not 0 <= see_across_m < math.inf:
        raise Fault("distance_unusable", name="see_across_m", value=see_across_m)
    lines = files.read_lines(reaches, mapping)
    seen = files.read_covered(covered, mapping)
    mapping.finish()
    if "reach_id" not in seen:
        raise Fault("column_missing", column="reach_id")
    seen["reach_id"] = _same_kind(seen["reach_id"], lines["reach_id"])
    sizes = chainage.lengths(lines)
    width_m = lines.set_index("reach_id")["width_m"] if "width_m" in lines else None
    times = seen["left_at"] if "left_at" in seen else pd.Series(dtype="datetime64[ns]")
    start, end = _moment(since, times, False), _moment(until, times, True)
    if start is not None and end is not None and start > end:
        raise Fault("period_reversed", since=since, until=until)
    found = intervals.gaps(seen, sizes, start, end, see_across_m, width_m)
    ignored = int((~seen["reach_id"].isin(sizes.index)).sum())
    files.write(_drawn(found, lines) if files.is_drawn(out) else found, out)
    bank_m = 2 * float(sizes.sum())
    return {"reaches": len(sizes), "bank_m": round(bank_m, 3), "gap_m": round(intervals.total_m(found), 3),
            "gaps": len(found), "ignored_rows": ignored}  # fmt: skip


def trace_files(direction: str, reaches: str, start: str, out: str, points: str | None, point_id: str | None,
                mapping: files.Mapping) -> Summary:  # fmt: skip
    """`hezhang trace`: the reaches, or the points, upstream or downstream of a place."""
    files.check_out(out, reaches, *([points] if points else []))
    lines = files.read_lines(reaches, mapping)
    given = files.read_points(points, mapping) if points else None
    mapping.finish()
    network = Network(lines)
    reach_id, chainage_m = _start(start, network)
    if given is None:
        trace = network.upstream if direction == "up" else network.downstream
        found = trace(reach_id, chainage_m)
        if files.is_drawn(out):
            places = lines.set_index("reach_id").geometry.reindex(found["reach_id"].astype(object))
            found = gpd.GeoDataFrame(found, geometry=places.to_numpy(), crs=lines.crs)
    else:
        found = _trace_points(network, direction, reach_id, chainage_m, lines, given, points or "", point_id,
                              files.is_drawn(out))  # fmt: skip
    files.write(found, out)
    unconfirmed = ~network.direction_confirmed
    return {"direction": direction, "rows": int((~found["left_file"]).sum()), "left_file": int(found["left_file"].sum()),
            "both_ways": len(found.attrs.get("both_ways", [])),
            "farthest_m": round(float(found["distance_m"].max()) if len(found) else 0.0, 3),
            "unconfirmed_directions": int(unconfirmed.sum()),
            **{name: found.attrs[name] for name in ("ignored_points",) if name in found.attrs}}  # fmt: skip


def _trace_points(network: Network, direction: str, reach_id: Any, chainage_m: float, lines: gpd.GeoDataFrame,
                  given: tuple[pd.DataFrame, gpd.GeoDataFrame], path: str, point_id: str | None,
                  drawn: bool) -> pd.DataFrame:  # fmt: skip
    own, placed = given
    if point_id is not None and point_id not in own.columns:
        raise Fault("map_column_missing", file=path, column=point_id, columns=", ".join(map(str, own.columns)))
    if "reach_id" in placed.columns and "chainage_m" in placed.columns:
        located = placed.assign(reach_id=_same_kind(placed["reach_id"], lines["reach_id"]),
                                chainage_m=files.numbers(placed["chainage_m"], path))  # fmt: skip
    else:
        located = locate(placed, lines)
    located = _on_reaches(located.reset_index(drop=True), network)
    trace = network.upstream_points if direction == "up" else network.downstream_points
    found = trace(located, reach_id, chainage_m)
    rows = found["point"].astype("Int64").fillna(-1).to_numpy(dtype=int)
    name = _aside([point_id], [*found.columns, "geometry"]).get(point_id, point_id) if point_id else "point"
    values = own[point_id].reset_index(drop=True) if point_id else pd.Series(np.arange(1, len(own) + 1), dtype="Int64")
    found = found.drop(columns="point")
    found.insert(0, name, values.reindex(rows).array)
    found.attrs["ignored_points"] = int(located["reach_id"].isna().sum())
    return gpd.GeoDataFrame(found, geometry=placed.geometry.reset_index(drop=True).reindex(rows).to_numpy(),
                            crs=placed.crs) if drawn else found  # fmt: skip


def _on_reaches(located: pd.DataFrame, network: Network) -> pd.DataFrame:
    """Points without a reach of the file, or at a chainage the reach does not have, with null reach_id: no trace meets them."""
    length_m = located["reach_id"].map(dict(zip(network.ids, network.length_m, strict=True))).astype(float)
    there = located["chainage_m"].between(-network.snap_m, length_m + network.snap_m)
    return located.assign(reach_id=located["reach_id"].astype(object).where(there))


def _start(text: str, network: Network) -> tuple[Any, float]:
    """REACH:CHAINAGE with the id as the file has it, number or text."""
    name, sign, place = text.rpartition(":")
    try:
        chainage_m = float(place)
    except ValueError:
        sign = ""
    if not sign or not name:
        raise ValueError(text)
    return _same_kind(pd.Series([name], dtype=object), pd.Series(network.ids)).iloc[0], chainage_m


def _same_kind(ids: pd.Series, like: pd.Series) -> pd.Series:
    """Ids compared as text, then as whole numbers, so that 12, 12.0 and "12" meet; answers carry the reaches' own kind."""
    known = {str(reach).strip(): reach for reach in like}
    whole: dict[int, list[Any]] = {}
    for text, reach in known.items():
        if _WHOLE.fullmatch(text):
            whole.setdefault(int(text.partition(".")[0]), []).append(reach)

    def meant(one: Any) -> Any:
        text = str(one).strip()
        if text in known or not _WHOLE.fullmatch(text):
            return known.get(text, one)
        same = whole.get(int(text.partition(".")[0]), [])
        return same[0] if len(same) == 1 else one

    answers = {one: meant(one) for one in ids.dropna().unique()}
    return pd.Series([answers.get(one) for one in ids], index=ids.index, dtype=object)


def _moment(text: str | None, times: pd.Series, end_of_day: bool) -> pd.Timestamp | None:
    """A date or time given on the command line, in UTC where the data has offsets; a bare end date means its whole day."""
    if text is None:
        return None
    moment = pd.Timestamp(datetime.datetime.fromisoformat(text))
    if end_of_day and len(text.strip()) <= 10:
        moment += pd.Timedelta(days=1) - pd.Timedelta(microseconds=1)
    aware = getattr(times.dtype, "tz", None) is not None
    if aware:
        return moment.tz_localize("UTC") if moment.tzinfo is None else moment.tz_convert("UTC")
    return moment.tz_convert("UTC").tz_localize(None) if moment.tzinfo is not None else moment


def _drawn(found: pd.DataFrame, lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Intervals with the piece of the line they cover."""
    shapes = lines.set_index("reach_id").geometry
    if not lines.crs.is_geographic:
        shapes = transform(shapes, 4326)
    pieces = [
        chainage.cut(shapes[reach], start, end, crs=shapes.crs)
        for reach, start, end in zip(found["reach_id"], found["from_m"], found["to_m"], strict=True)
    ]
    return gpd.GeoDataFrame(found, geometry=pieces, crs=shapes.crs)
