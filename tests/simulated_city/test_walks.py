"""Tracks and their truth: honest ones lie on the stretch they say, fakers' ones never were a walk there."""

import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from shapely.ops import substring

METRES = pyproj.Transformer.from_crs(4490, 4547, always_xy=True)


@pytest.fixture(scope="module")
def lines(world):
    reach = world.layers["reach"]
    return {
        code: shapely.transform(g, lambda xy: np.column_stack(METRES.transform(xy[:, 0], xy[:, 1])))
        for code, g in zip(reach["code"], reach.geometry, strict=True)
    }


def points(track):
    return shapely.points(np.column_stack(METRES.transform(track["lon"].to_numpy(), track["lat"].to_numpy())))


def of_kind(world, *kinds):
    return [code for code, kind in world.truth.patrol_kind.items() if kind in kinds and code in world.tracks]


def test_honest_points_lie_by_the_walked_stretch(world, lines):
    width = dict(zip(world.layers["reach"]["code"], world.layers["reach"]["width_m"], strict=True))
    walked = dict(iter(world.truth.walked.groupby("patrol_code")))
    codes = of_kind(world, "honest", "ebike", "boat", "drone")
    assert set(codes) == set(walked) and len(codes) > 500
    for code in codes:
        row = walked[code].iloc[0]
        piece = substring(lines[row.reach_id], row.from_m, row.to_m)
        beyond = shapely.distance(points(world.tracks[code]), piece) - width[row.reach_id] / 2
        assert beyond.max() < 60, code


def test_honest_walks_reach_both_ends_of_what_they_claim(world, lines):
    for row in world.truth.walked.itertuples():
        at = shapely.line_locate_point(lines[row.reach_id], points(world.tracks[row.patrol_code]))
        assert at.min() < row.from_m + 60 and at.max() > row.to_m - 60, row.patrol_code


def test_walkers_walk_and_time_runs_forward(world):
    for code in of_kind(world, "honest"):
        track = world.tracks[code]
        seconds = track["time"].diff().dt.total_seconds().iloc[1:]
        assert (seconds >= 0).all()
        xy = np.column_stack(METRES.transform(track["lon"].to_numpy(), track["lat"].to_numpy()))
        speed = np.hypot(*(xy[1:] - xy[:-1]).T).sum() / seconds.sum()
        assert 0.7 < speed < 2.6, (code, speed)


def test_fakers_were_never_there(world, lines):
    water = shapely.MultiLineString(list(lines.values()))
    for code in of_kind(world, "motorway"):
        assert shapely.distance(points(world.tracks[code]), water).min() > 600
    for code in of_kind(world, "driver"):
        assert shapely.distance(points(world.tracks[code]), water).min() > 220
    for code in of_kind(world, "spot"):
        p = points(world.tracks[code])
        assert shapely.MultiPoint(list(p)).envelope.length < 200 and len(p) >= 60
    assert not set(of_kind(world, "motorway", "driver", "spot", "replay")) & set(world.truth.walked["patrol_code"])


def test_replays_are_an_earlier_track_with_other_times(world):
    seen = {}
    for code in of_kind(world, "honest"):
        seen.setdefault(world.tracks[code][["lon", "lat"]].to_numpy().tobytes(), code)
    replays = of_kind(world, "replay")
    start = world.records["patrol"].set_index("code")["started_at"]
    assert len(replays) > 10
    for code in replays:
        first = seen[world.tracks[code][["lon", "lat"]].to_numpy().tobytes()]
        assert start[first] < start[code]


def test_some_banks_were_never_walked(world):
    """Real gaps: reaches nobody walked, and wide ones seen from one bank only."""
    walked = world.truth.walked
    banks = walked.groupby("reach_id")["bank"].agg(set)
    wide = set(world.layers["reach"].loc[world.layers["reach"]["width_m"] >= 40, "code"])
    assert len(set(world.layers["reach"]["code"]) - set(walked["reach_id"])) >= 5
    assert sum(1 for code, seen in banks.items() if code in wide and len(seen) == 1 and "both" not in seen) >= 3
    assert (pd.to_datetime(world.records["patrol"]["ended_at"]) > world.records["patrol"]["started_at"]).all()


def test_who_really_discharges_is_known_whatever_the_ledger_says(world):
    outfall = world.layers["outfall"].set_index("code")
    relapsed = set(world.truth.outfalls.loc[world.truth.outfalls["plan"] == "relapsed", "outfall_code"])
    assert relapsed and relapsed <= world.truth.discharging
    assert set(outfall.loc[list(relapsed), "status"]) == {"sealed"}
    assert not world.truth.discharging & set(outfall.index[outfall["rain_outlet"].astype(bool)]) - relapsed
