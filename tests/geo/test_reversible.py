"""Water without a fixed direction: a trace goes both ways through it, and says so.

Two rivers flow east, A (A1, A2) along the north and B (B1, B2) along the south; the canal C joins their middles and is
drawn from A to B::

    A1 ----> * ----> A2
             |
             C (1,000 m)
             |
    B1 ----> * ----> B2
"""

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import LineString

from geo.network import Network


def reaches(flow):
    lines = {"A1": [(0, 1000), (2000, 1000)], "A2": [(2000, 1000), (4000, 1000)], "B1": [(0, 0), (2000, 0)],
             "B2": [(2000, 0), (4000, 0)], "C": [(2000, 1000), (2000, 0)]}
    return gpd.GeoDataFrame({"reach_id": list(lines), "flow": ["fixed"] * 4 + [flow]},
                            geometry=[LineString(line) for line in lines.values()], crs="EPSG:4547")


def reached(trace):
    return dict(zip(trace["reach_id"], trace["distance_m"].round(6), strict=True))


@pytest.mark.parametrize("flow", ["fixed", None])
def test_a_fixed_canal_carries_water_one_way(flow):
    network = Network(reaches(flow))
    assert reached(network.downstream("A1", 500)) == {"A1": 0, "A2": 1500, "C": 1500, "B2": 2500}
    assert reached(network.downstream("B1", 500)) == {"B1": 0, "B2": 1500}
    assert network.downstream("A1", 500).attrs["both_ways"] == []


@pytest.mark.parametrize("flow", ["reversible", "none"])
def test_a_reversible_canal_carries_it_both_ways_and_is_named(flow):
    network = Network(reaches(flow))
    down = network.downstream("B1", 500)
    assert reached(down) == {"B1": 0, "B2": 1500, "C": 1500, "A2": 2500}      # never back up A1 or B1
    assert down.attrs["both_ways"] == ["C"]
    assert reached(network.upstream("A2", 500)) == {"A2": 0, "A1": 500, "C": 500, "B1": 1500}
    assert reached(network.downstream("C", 400)) == {"C": 0, "B2": 600, "A2": 400}


def test_points_on_a_reversible_reach_are_met_from_either_end():
    network = Network(reaches("reversible"))
    points = pd.DataFrame({"reach_id": ["C", "A2"], "chainage_m": [300.0, 100.0]}, index=["outfall", "section"])
    down = network.downstream_points(points, "B1", 2000)       # C is entered at its lower end, 700 m from the outfall
    assert dict(zip(down["point"], down["distance_m"], strict=True)) == {"outfall": 700, "section": 1100}
    assert down.attrs["both_ways"] == ["C"]


def test_two_reversible_canals_in_a_ring_end():
    ring = reaches("reversible")
    ring["flow"] = "reversible"
    network = Network(ring)
    assert set(network.downstream("A1", 500)["reach_id"]) == set(ring["reach_id"])
