"""Traces on networks small enough to follow with a finger."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString

from geo.faults import Fault
from geo.network import Network, mirror_chainage
from tests import rivers


def told(frame, name="reach_id"):
    return {None if pd.isna(r) else r: round(d, 3) for r, d in zip(frame[name], frame["distance_m"], strict=True)}


@pytest.mark.parametrize("by_attribute", [True, False])
def test_confluence_both_ways(by_attribute):
    rows = rivers.confluence() if by_attribute else rivers.confluence().drop(columns="to_reach")
    net = Network(rows)
    assert net.by_attribute is by_attribute
    assert told(net.upstream("C", 300)) == {"C": 0, "A": 300, "T": 300}
    assert told(net.downstream("T", 100)) == {"T": 0, "C": 400}
    assert told(net.upstream("A", 300)) == {"A": 0}
    assert net.direction_confirmed.all()
    assert net.distance(("A", 900), ("T", 100)) == 500
    assert net.distance(("A", 900), ("A", 100)) == 800


def test_order_counts_from_the_place():
    found = Network(rivers.confluence()).upstream("C", 300)
    assert found["order"].tolist() == [0, 1, 2]
    assert not found["left_file"].any()


@pytest.mark.parametrize("outlet", [None, 0, -1, "", float("nan"), "0", 30])
def test_conventional_outlets_end_and_do_not_leave_the_file(outlet):
    rows = rivers.confluence()
    rows["reach_id"], rows["to_reach"] = [10, 20, 30], pd.Series([30, 30, outlet], dtype=object)
    assert not Network(rows).downstream(10, 0)["left_file"].any()


def test_an_id_outside_the_file_is_told_with_its_distance():
    rows = rivers.confluence()
    rows["to_reach"] = ["C", "C", "elsewhere"]
    found = Network(rows).downstream("A", 400)
    last = found.iloc[-1]
    assert pd.isna(last["reach_id"])
    assert last["left_file"]
    assert last["distance_m"] == 600 + 800


def test_zero_is_a_reach_where_the_file_has_one():
    rows = rivers.confluence()
    rows["reach_id"], rows["to_reach"] = [5, 6, 0], [0, 0, -1]
    assert told(Network(rows).downstream(5, 0)) == {5: 0, 0: 1000}


def test_numbers_read_as_decimals_or_text_still_meet():
    rows = rivers.confluence()
    rows["reach_id"], rows["to_reach"] = [1, 2, 3], [3.0, 3.0, np.nan]
    assert told(Network(rows).upstream(3, 0)) == {3: 0, 1: 0, 2: 0}
    rows["to_reach"] = ["3", "3", None]
    assert told(Network(rows).upstream(3, 0)) == {3: 0, 1: 0, 2: 0}


def test_a_loop_is_walked_once():
    net = Network(rivers.loop())
    up = net.upstream("Out", 100)
    assert sorted(up["reach_id"]) == ["In", "L1", "L2", "Out"]
    down = net.downstream("In", 0)
    assert sorted(down["reach_id"]) == ["In", "L1", "L2", "Out"]
    one = rivers.loop().set_index("reach_id").geometry["L1"].length
    assert told(down)["Out"] == round(500 + one, 3)


def test_a_loop_brings_points_below_the_place_upstream_of_it():
    located = pd.DataFrame({"reach_id": ["L1", "L1"], "chainage_m": [100.0, 400.0]}, index=["above", "below"])
    found = told(Network(rivers.loop()).upstream_points(located, "L1", 300), "point")
    around = rivers.loop().set_index("reach_id").geometry.length
    assert found["above"] == 200
    assert found["below"] == round(300 + around["L2"] + around["L1"] - 400, 3)


def test_a_divergence_goes_both_ways_and_meets_once():
    net = Network(rivers.braid())
    assert told(net.downstream("U", 0)) == {"U": 0, "N": 500, "M": 500, "D": 1100}
    assert told(net.upstream("D", 400)) == {"D": 0, "N": 400, "M": 400, "U": 1000}
    assert net.direction_confirmed.all()


def test_zero_length_outlet_that_flows_to_itself():
    rows = rivers.confluence()
    at = (rivers.E0 + 1800, rivers.N0)
    end = gpd.GeoDataFrame({"reach_id": ["O"], "to_reach": ["O"]}, geometry=[LineString([at, at])], crs=rivers.CRS)
    net = Network(pd.concat([rows.assign(to_reach=["C", "C", "O"]), end], ignore_index=True))
    assert told(net.upstream("O", 0)) == {"O": 0, "C": 0, "A": 800, "T": 800}
    assert told(net.downstream("O", 0)) == {"O": 0}


def test_tributary_that_touches_the_middle_of_a_river():
    rows = gpd.GeoDataFrame(
        {"reach_id": ["main", "side"]}, crs=rivers.CRS,
        geometry=[LineString([(rivers.E0, rivers.N0), (rivers.E0 + 1000, rivers.N0)]),
                  LineString([(rivers.E0 + 400, rivers.N0 + 200), (rivers.E0 + 400, rivers.N0)])])  # fmt: skip
    net = Network(rows)
    assert told(net.upstream("main", 700)) == {"main": 0, "side": 300}
    assert told(net.upstream("main", 300)) == {"main": 0}
    assert told(net.downstream("side", 0)) == {"side": 0, "main": 200}
    assert net.distance(("side", 100), ("main", 100)) == 400


def test_points_along_the_water():
    located = pd.DataFrame(
        {"reach_id": ["A", "T", "C", "C", None], "chainage_m": [900.0, 100.0, 200.0, 600.0, np.nan]},
        index=list("abcde"),
    )
    net = Network(rivers.confluence())
    assert told(net.upstream_points(located, "C", 300), "point") == {"c": 100, "a": 400, "b": 700}
    assert told(net.downstream_points(located, "A", 950), "point") == {"c": 250, "d": 650}
    leaves = net.reverse("C").upstream_points(located, "A", 900)
    assert told(leaves, "point") == {"a": 0}


def test_points_and_the_edge_of_the_file():
    rows = rivers.confluence()
    rows["to_reach"] = ["C", "C", "elsewhere"]
    located = pd.DataFrame({"reach_id": ["C"], "chainage_m": [100.0]})
    found = Network(rows).downstream_points(located, "A", 0)
    assert found["left_file"].tolist() == [False, True]
    assert found["point"].isna().tolist() == [False, True]


def test_a_reach_drawn_backwards_is_not_confirmed():
    rows = rivers.confluence()
    rows.loc[0, "geometry"] = rows.geometry[0].reverse()
    assert Network(rows).direction_confirmed.to_dict() == {"A": False, "T": True, "C": True}
    two = rows.drop(columns="to_reach").iloc[[1, 2]].reset_index(drop=True)
    assert Network(two).direction_confirmed.to_dict() == {"T": True, "C": True}
    two.loc[0, "geometry"] = two.geometry[0].reverse()
    assert Network(two).direction_confirmed.to_dict() == {"T": False, "C": False}
    by_hand = Network(rows.assign(direction_confirmed=[True, None, False]))
    assert by_hand.direction_confirmed.to_dict() == {"A": True, "T": False, "C": False}


def test_reversing_turns_line_and_links():
    net = Network(rivers.confluence()).reverse("T")
    assert told(net.downstream("A", 0)) == {"A": 0, "C": 1000, "T": 1000}
    assert told(net.upstream("T", 500)) == {"T": 0, "A": 500}
    assert mirror_chainage(120.0, 500.0) == 380.0


def test_unknown_places_are_faults():
    net = Network(rivers.confluence())
    with pytest.raises(Fault, match="reach_unknown"):
        net.upstream("X", 0)
    with pytest.raises(Fault, match="chainage_outside"):
        net.downstream("A", 5000)


def test_not_connected_is_infinite():
    rows = rivers.confluence().assign(to_reach=[None, "C", None])
    assert Network(rows).distance(("A", 0), ("C", 0)) == np.inf


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_random_graphs_end_and_agree_both_ways(seed):
    """Any to_reach at all, rings included: b is downstream of a exactly if a is upstream of b, at equal distance."""
    rng = np.random.default_rng(seed)
    n = 9
    lines = [LineString([(i * 10, 0), (i * 10, float(rng.integers(1, 90)))]) for i in range(n)]
    rows = gpd.GeoDataFrame(
        {"reach_id": range(1, n + 1), "to_reach": rng.integers(0, n + 3, n)}, geometry=lines, crs=rivers.CRS
    )
    net = Network(rows)
    sizes = rows.set_index("reach_id").geometry.length
    for a in range(1, n + 1):
        down = told(net.downstream(a, sizes[a]))
        for b in range(1, n + 1):
            up = told(net.upstream(b, 0))
            assert (b in down) == (a in up)
            if a != b and a in up:
                assert down[b] == pytest.approx(up[a], abs=1e-3)
