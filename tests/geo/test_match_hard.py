"""The matcher where tracks are hard: afloat, sparse, short, without times, on wide unmeasured water, or broken."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import chainage, intervals
from geo.bank import mirror
from geo.match import match
from tests import rivers
from tests.worlds import patrol_world

START = pd.Timestamp("2026-05-10T08:00:00+08:00")
REAL = Path(__file__).parents[3] / "shared/samples/tracks/gpxpy_fixtures/cerknicko-jezero.gpx"


def river(width_m=None, length_m=3000.0):
    """A straight river due east from the origin; without a width where nobody measured it."""
    line = shapely.LineString([(rivers.E0, rivers.N0), (rivers.E0 + length_m, rivers.N0)])
    return gpd.GeoDataFrame({"reach_id": ["S"]} | ({"width_m": [width_m]} if width_m else {}), geometry=[line], crs=rivers.CRS)


def track(x, y, every_s, noise_m=5.0, seed=1):
    """Places one second apart, seen every `every_s` with noise that lasts 15 s."""
    y = np.broadcast_to(np.asarray(y, float), np.shape(x))
    seen = patrol_world.observe(np.column_stack([x, y]), Steady(seed), noise_m, every_s, 15.0)
    return pd.DataFrame({"track_id": "t", "time": START + pd.to_timedelta(seen["s"], unit="s"),
                         "x": rivers.E0 + seen["x"], "y": rivers.N0 + seen["y"]})  # fmt: skip


class Steady:
    """Noise, but no dark gaps or bursts, so that the answer is known to the metre."""

    def __init__(self, seed):
        self.normal = np.random.default_rng(seed).normal
        self.poisson = lambda _: 0


def along(a, b, pace):
    return np.arange(a, b, pace) if b > a else np.arange(a, b, -pace)


def covered_m(found, bank=None):
    return intervals.total_m(intervals.union(found if bank is None else found[found["bank"] == bank]))


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(("width", "offset", "pace"), [
    (35, 0, 2.6), (35, 9, 2.6), (33, -8, 5), (37, 0, 12), (20, 0, 2.6), (60, 20, 6), (120, -40, 9)])  # fmt: skip
def test_a_boat_or_drone_anywhere_in_the_channel_sees_both_banks(width, offset, pace, seed):
    found = match(track(along(500, 2500, pace), offset, 10, seed=seed), river(width))
    assert set(found["bank"]) == {"both"}
    assert found["to_m"].max() - found["from_m"].min() == pytest.approx(1980, abs=70)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(("width", "beyond"), [(35, 3), (10, 3), (6, 3), (60, 5), (120, 3)])
def test_a_walk_close_to_the_edge_is_on_its_bank(width, beyond, seed):
    found = match(track(along(500, 2500, 1.3), width / 2 + beyond, 10, seed=seed), river(width))
    assert covered_m(found, "left") > 1900
    assert covered_m(found) - covered_m(found, "left") < 20


@pytest.mark.parametrize(("width", "beyond", "pace"), [(10, 10, 9), (10, 6, 12), (35, 6, 12), (120, 8, 15), (None, 12, 10)])
def test_a_car_on_the_road_beside_the_water_covers_nothing(width, beyond, pace):
    assert match(track(along(0, 3000, pace), (width or 10) / 2 + beyond, 5), river(width)).empty


@pytest.mark.parametrize("offset", [35, 38, -40])
def test_wide_water_nobody_measured_is_walked_on_its_bank(offset):
    found = match(track(along(500, 2500, 1.3), offset, 10), river())
    assert set(found["bank"]) == {"left" if offset > 0 else "right"}
    assert covered_m(found) > 1950


@pytest.mark.parametrize("offset", [100, 300])
def test_a_road_away_from_unmeasured_water_covers_nothing(offset):
    assert match(track(along(500, 2500, 1.3), offset, 10), river()).empty


@pytest.mark.parametrize("every_s", [1, 5, 10, 30])
@pytest.mark.parametrize(("length", "pace"), [(100, 1.3), (200, 1.3), (300, 1.3), (300, 4.0), (700, 4.0)])
def test_short_patrols_are_covered(length, pace, every_s):
    found = match(track(along(500, 500 + length, pace), 16, every_s, noise_m=3.0), river(20))
    last = 500 + pace * every_s * ((np.ceil(length / pace) - 1) // every_s)
    if last - 500 < 80 or length / pace < 4 * every_s and length / pace < 70:
        return  # two or three points tell nothing
    assert (found["from_m"].min(), found["to_m"].max()) == pytest.approx((500, last), abs=15)


@pytest.mark.parametrize("pace", [1.3, 4.0])
def test_the_sampling_rate_hardly_changes_what_is_covered(pace):
    x = np.concatenate([along(100, 2500, pace)])
    y = np.concatenate([np.linspace(400, 16, 300), np.full(len(x), 16.0), np.linspace(16, 400, 300)])
    x = np.concatenate([np.full(300, x[0]), x, np.full(300, x[-1])])
    sizes = [
        np.mean([covered_m(match(track(x, y, every_s, 4.0, seed), river(20))) for seed in range(1, 7)])
        for every_s in (1, 2, 5, 10, 20, 30)
    ]
    assert max(sizes) - min(sizes) <= 0.02 * 2400
    assert sizes == pytest.approx([2400] * len(sizes), rel=0.03)


def test_out_and_back_on_one_bank_counts_once_and_on_both_banks_twice():
    out, back = along(200, 1500, 1.3), along(1500, 200, 1.3)
    same = match(track(np.concatenate([out, back]), 16, 5), river(20))
    assert covered_m(same) == pytest.approx(1300, abs=25)
    bridge = np.linspace(16, -16, 25)
    x = np.concatenate([out, np.full(25, 1500), back])
    y = np.concatenate([np.full(len(out), 16), bridge, np.full(len(back), -16)])
    both = match(track(x, y, 5), river(20))
    for bank in ("left", "right"):
        assert covered_m(both, bank) == pytest.approx(1300, abs=30)


def test_a_closed_loop_is_walked_whole():
    angle = np.linspace(0, 2 * np.pi, 200)
    ring = shapely.LineString(np.column_stack([rivers.E0 + 300 * np.cos(angle), rivers.N0 + 300 * np.sin(angle)]))
    reaches = gpd.GeoDataFrame({"reach_id": ["R"], "width_m": [20.0]}, geometry=[ring], crs=rivers.CRS)
    turn = np.arange(0, 2 * np.pi, 1.3 / 316)
    found = match(track(316 * np.cos(turn), 316 * np.sin(turn), 5), reaches)
    assert set(found["bank"]) == {"right"}
    assert covered_m(found) == pytest.approx(2 * np.pi * 300, rel=0.03)


def test_a_line_of_several_parts_is_one_water():
    x = rivers.E0 + np.array([0.0, 700, 700, 1500, 1500, 3000])
    parts = shapely.MultiLineString([[(x[i], rivers.N0), (x[i + 1], rivers.N0)] for i in (0, 2, 4)])
    reaches = river(20).set_geometry([parts])
    seen = track(along(300, 2600, 1.3), -16, 10)
    pd.testing.assert_frame_equal(match(seen, reaches), match(seen, river(20)), atol=0.01, rtol=0)


def test_a_walk_over_the_border_of_two_zones_in_degrees():
    reaches = rivers.two_zones()
    lon = np.arange(112.46, 112.54, 1.4e-5)
    rows = pd.DataFrame({"track_id": "t", "time": START + pd.to_timedelta(np.arange(len(lon))[::8], unit="s")})
    points = gpd.GeoDataFrame(rows, geometry=gpd.points_from_xy(lon[::8], np.full(len(lon[::8]), 34.6 + 1.5e-4)), crs=4490)
    found = match(points, reaches)
    assert set(found["bank"]) == {"left"}
    lengths = chainage.lengths(reaches)
    assert (found["from_m"].min(), found["to_m"].max()) == pytest.approx((0.3 * lengths["Z"], 0.7 * lengths["Z"]), abs=20)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_reversed_reach_mirrors_the_answer(seed):
    world = patrol_world.build(seed % 5, tracks=3)
    turned = world.reaches.set_geometry(world.reaches.geometry.reverse())
    sizes = chainage.lengths(world.reaches)
    seen = world.tracks.sample(frac=0.9, random_state=seed)
    plain, found = match(seen, world.reaches), match(seen, turned)
    again = found.assign(bank=mirror(found["bank"]), from_m=found["reach_id"].map(sizes) - found["to_m"],
                         to_m=found["reach_id"].map(sizes) - found["from_m"])  # fmt: skip
    keys = ["track_id", "reach_id", "entered_at", "from_m"]
    pd.testing.assert_frame_equal(again.sort_values(keys, ignore_index=True), plain.sort_values(keys, ignore_index=True),
                                  atol=0.01, rtol=0)  # fmt: skip


def test_without_times_a_drawn_walk_is_covered_by_its_geometry():
    seen = track(along(300, 2600, 1.3), 14, 15).drop(columns="time")
    found = match(seen, river(20))
    assert set(found["bank"]) == {"left"}
    assert covered_m(found) == pytest.approx(2300, abs=40)
    assert found["entered_at"].isna().all()


def test_a_few_times_do_not_throw_away_the_other_points():
    seen = track(along(300, 2600, 1.3), 14, 15)
    seen.loc[3:, "time"] = pd.NaT
    assert covered_m(match(seen, river(20))) == pytest.approx(2300, abs=40)


@pytest.mark.parametrize("noise_m", [3.0, 8.0])
def test_nobody_walks_what_a_jump_skips(noise_m):
    x = np.concatenate([along(300, 1300, 1.3), along(21_300, 22_300, 1.3)])
    found = match(track(x, 16, 30, noise_m=noise_m), river(20, 25_000.0))
    assert covered_m(found) == pytest.approx(2000, abs=130)
    assert not ((found["from_m"] < 10_000) & (found["to_m"] > 10_000)).any()


def test_a_dark_ride_between_two_walks_is_not_walked():
    first, second = track(along(300, 900, 1.3), 16, 5), track(along(3300, 3900, 1.3), 16, 5)
    second["time"] += (first["time"].iloc[-1] - START) + pd.Timedelta(minutes=5)
    found = match(pd.concat([first, second]), river(20, 5000.0))
    assert covered_m(found) == pytest.approx(1200, abs=30)


BROKEN = {
    "one point": lambda t: t.iloc[:1],
    "two points at one place": lambda t: t.iloc[[0, 0]],
    "one moment": lambda t: t.assign(time=START),
    "no places": lambda t: t.assign(x=np.nan),
    "endless places": lambda t: t.assign(x=np.inf),
    "no times, one place": lambda t: t.assign(time=pd.NaT, x=rivers.E0 + 500.0, y=rivers.N0 + 5.0),
    "one place for hours": lambda t: t.assign(x=rivers.E0 + 500.0, y=rivers.N0 + 5.0),
    "20 km at a step": lambda t: t.assign(x=rivers.E0 + 20_000.0 * np.arange(len(t)) / 1.0),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_tracks_cover_nothing_and_do_not_fail(name):
    assert match(BROKEN[name](track(along(300, 1500, 1.3), 16, 30)), river(20, 400_000.0)).empty


def test_bad_points_in_a_good_track_do_no_harm():
    seen = track(along(300, 2300, 1.3), 16, 5)
    good = match(seen, river(20))
    twice = match(pd.concat([seen, seen]).sample(frac=1, random_state=1), river(20))
    assert covered_m(twice) == pytest.approx(covered_m(good), abs=5)
    holes = seen.assign(x=seen["x"].where(np.arange(len(seen)) % 7 > 0), y=seen["y"].where(np.arange(len(seen)) % 11 > 0))
    assert covered_m(match(holes, river(20))) == pytest.approx(covered_m(good), abs=15)
    lone = seen.copy()
    lone.loc[[60, 160], "x"] += 20_000
    assert covered_m(match(lone, river(20, 30_000.0))) == pytest.approx(covered_m(good), abs=15)


@pytest.mark.parametrize("seed", [41, 42])
def test_boats_of_a_whole_world(seed):
    world = patrol_world.afloat(seed)
    found = match(world.tracks, world.reaches)
    got = patrol_world.score(found, world.truth)
    assert got["f1"] >= 0.96
    assert covered_m(found, "both") >= 0.93 * covered_m(found)


@pytest.mark.parametrize(("speed", "every_s", "half_m"), [(1.4, 5, 800), (4.0, 30, 1500), (14.0, 5, 3000), (1.4, 10, 150)])
def test_who_only_crosses_covers_next_to_nothing(speed, every_s, half_m):
    world = patrol_world.crossers(43, speed, every_s, half_m)
    found = match(world.tracks, world.reaches)
    assert found["track_id"].nunique() <= 2
    assert covered_m(found) < 1500  # a straight way may lie along the next meander for a while


@pytest.mark.parametrize("timed", [True, False])
@pytest.mark.parametrize("as_one", [True, False])
def test_the_real_walk_is_covered_along_its_own_line(timed, as_one):
    if not REAL.exists():
        pytest.skip("the sample track is not here")
    points = gpd.read_file(REAL, layer="track_points").rename(columns={"track_fid": "track_id"})
    points = points[["track_id", "time", "geometry"]].sort_values("time", kind="stable")
    lines = {fid: shapely.LineString(g.geometry.tolist()) for fid, g in points.groupby("track_id") if len(g) > 1}
    reaches = gpd.GeoDataFrame({"reach_id": list(lines)}, geometry=list(lines.values()), crs=4326)
    total = chainage.lengths(reaches).sum()
    assert total == pytest.approx(4576.9, abs=0.5)
    points = points.assign(track_id="one") if as_one else points
    found = match(points if timed else points.drop(columns="time"), reaches)
    assert covered_m(found) >= (0.95 if timed else 0.93) * total
