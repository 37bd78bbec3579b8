"""The matcher on walks whose truth is known."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.faults import Fault
from geo.match import match, prepare
from tests import rivers
from tests.worlds import patrol_world

START = pd.Timestamp("2026-05-10T08:00:00+08:00")


def walk(x, y, every_s=5.0, noise=4.0, seed=1, track_id="t"):
    """A track through places (true metres from the rivers' origin), one per `every_s`."""
    rng = np.random.default_rng(seed)
    n = len(x)
    return pd.DataFrame(
        {"track_id": track_id, "time": START + pd.to_timedelta(np.arange(n) * every_s, unit="s"),
         "x": rivers.E0 + np.asarray(x) + rng.normal(0, noise, n), "y": rivers.N0 + np.asarray(y) + rng.normal(0, noise, n)}
    )  # fmt: skip


def straight_walk(a=100.0, b=900.0, offset=22.0, pace=1.3, **options):
    x = np.arange(a, b, 5 * pace * np.sign(b - a))
    return walk(x, np.full(len(x), offset), **options)


def one(found):
    assert len(found) == 1
    return found.iloc[0]


@pytest.mark.parametrize("offset", [14.0, 25.0, 40.0, -14.0, -40.0])
def test_a_walk_on_a_bank_whatever_its_distance_from_the_edge(offset):
    row = one(match(straight_walk(offset=offset), rivers.straight()))
    assert row["reach_id"] == "S"
    assert row["bank"] == ("left" if offset > 0 else "right")
    assert (row["from_m"], row["to_m"]) == pytest.approx((100, 895), abs=20)
    assert START <= row["entered_at"] < row["left_at"] <= START + pd.Timedelta(minutes=12)
    assert str(row["entered_at"].tz) == "UTC+08:00"


def test_walking_upstream_is_the_same_stretch():
    row = one(match(straight_walk(a=900, b=100), rivers.straight()))
    assert (row["from_m"], row["to_m"], row["bank"]) == (pytest.approx(103, abs=20), pytest.approx(900, abs=20), "left")


def test_a_drive_along_the_bank_covers_nothing():
    assert match(straight_walk(a=0, b=1000, pace=14.0), rivers.straight()).empty


def test_standing_at_one_spot_covers_nothing():
    assert match(walk(np.full(300, 500.0), np.full(300, 15.0)), rivers.straight()).empty


def test_crossing_by_a_bridge_covers_nothing():
    y = np.arange(-400, 400, 6.5)
    assert match(walk(np.full(len(y), 500.0), y), rivers.straight()).empty


def test_a_road_300_m_away_covers_nothing():
    assert match(straight_walk(offset=300.0), rivers.straight()).empty


def test_both_banks_over_a_bridge_are_two_intervals():
    x = np.concatenate([np.arange(100, 800, 6.5), np.full(7, 800), np.arange(800, 300, -6.5)])
    y = np.concatenate([np.full(108, 20), np.linspace(20, -20, 7), np.full(77, -20)])
    found = match(walk(x, y), rivers.straight())
    assert found["bank"].tolist() == ["left", "right"]
    assert found["from_m"].to_numpy() == pytest.approx([100, 300], abs=25)
    assert found["to_m"].to_numpy() == pytest.approx([800, 800], abs=25)


def test_a_boat_in_mid_channel_sees_both_banks():
    wide = rivers.straight().assign(width_m=120.0)
    row = one(match(straight_walk(offset=5.0, pace=2.5), wide))
    assert row["bank"] == "both"


def test_a_short_dark_stretch_is_bridged_and_a_long_one_is_not():
    track = straight_walk()
    seconds = (track["time"] - START).dt.total_seconds()
    short = match(track[(seconds < 200) | (seconds > 320)], rivers.straight())
    assert (one(short)["from_m"], one(short)["to_m"]) == pytest.approx((100, 895), abs=20)
    later = track.assign(time=track["time"].where(seconds < 300, track["time"] + pd.Timedelta(hours=2)))
    assert len(match(later, rivers.straight())) == 2


def test_a_walk_through_a_confluence_reaches_the_node_on_both():
    found = match(straight_walk(a=500, b=1500, offset=-25.0), rivers.confluence())
    assert found["reach_id"].tolist() == ["A", "C"]
    assert found["to_m"].iloc[0] == 1000
    assert found["from_m"].iloc[1] == 0


def test_without_times_the_place_is_told_and_the_time_is_null():
    row = one(match(straight_walk().drop(columns="time"), rivers.straight()))
    assert (row["from_m"], row["to_m"]) == pytest.approx((100, 895), abs=20)
    assert pd.isna(row["entered_at"])
    assert pd.isna(row["left_at"])


def test_lonlat_tracks_and_reaches_and_prepared_reaches_agree():
    table = straight_walk()
    places = gpd.GeoDataFrame(table[["track_id", "time"]], geometry=shapely.points(table["x"], table["y"]), crs=rivers.CRS)
    plain = match(table, rivers.straight())
    ready = prepare(rivers.straight().to_crs(4490))
    for _ in range(2):
        found = match(places.to_crs(4326), ready)
        assert found["bank"].tolist() == plain["bank"].tolist()
        assert found["to_m"].to_numpy() == pytest.approx(plain["to_m"].to_numpy(), abs=0.5)


def test_points_in_any_order_and_tracks_apart():
    two = pd.concat([straight_walk(track_id="b"), straight_walk(offset=-22.0, track_id="a")])
    found = match(two.sample(frac=1, random_state=3), rivers.straight())
    assert dict(zip(found["track_id"], found["bank"], strict=True)) == {"b": "left", "a": "right"}


def test_nothing_in_nothing_out():
    empty = straight_walk().iloc[:0]
    assert match(empty, rivers.straight()).columns.tolist() == [
        "track_id", "reach_id", "from_m", "to_m", "bank", "entered_at", "left_at"]  # fmt: skip
    assert match(straight_walk(), rivers.straight().iloc[:0]).empty
    with pytest.raises(Fault, match="column_missing"):
        match(straight_walk().drop(columns="track_id"), rivers.straight())


WORLDS = {
    "as it is": ({}, 0.95),
    "3-10 m off the edge": ({"off_edge": (3, 10)}, 0.95),
    "10-30 m off the edge": ({"off_edge": (10, 30)}, 0.95),
    "drives at 3-7 m/s": ({"drive": (3, 7)}, 0.93),
    "slow noise": ({"tau_s": 60.0}, 0.95),
}


@pytest.mark.parametrize("name", WORLDS)
def test_honest_walks_of_a_whole_world(name):
    options, least = WORLDS[name]
    world = patrol_world.build(11, **options)
    found = match(world.tracks, world.reaches)
    got = patrol_world.score(found, world.truth)
    print(name, {key: round(value, 3) for key, value in got.items()})
    assert got["f1"] >= least
    assert got["bank"] >= 0.96
