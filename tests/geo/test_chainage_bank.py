"""Chainage and banks on lines that can be checked by hand, and properties on random ones."""

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiLineString, Point

from geo import bank, chainage
from geo.faults import Fault
from geo.lines import GEOD
from tests import rivers


@st.composite
def crooked_lines(draw, most_turn=0.9):
    """Lines of 2-12 legs of 20-300 m turning up to `most_turn` radians: no self-crossing tricks needed for chainage."""
    legs = draw(st.lists(st.tuples(st.floats(20, 300), st.floats(-most_turn, most_turn)), min_size=2, max_size=12))
    x, y, heading, points = rivers.E0, rivers.N0, draw(st.floats(0, 6.2)), []
    points.append((x, y))
    for size, turn in legs:
        heading += turn
        x, y = x + size * np.cos(heading), y + size * np.sin(heading)
        points.append((x, y))
    return LineString(points)


def test_lengths_by_hand():
    assert chainage.lengths(rivers.bend()).to_dict() == {"B": 1000.0}
    assert chainage.lengths(rivers.broken()).to_dict() == {"K": 300.0, "H": 200.0}


def test_lonlat_length_is_geodesic_over_the_zone_boundary():
    truth = GEOD.inv(112.4, 34.6, 112.5, 34.6)[2] * 2
    assert chainage.lengths(rivers.two_zones())["Z"] == pytest.approx(truth, abs=1e-6)
    mercator = rivers.two_zones().to_crs(3857)
    assert chainage.lengths(mercator)["Z"] == pytest.approx(truth, abs=0.01)


def test_empty_and_missing_lines_have_no_length():
    frame = gpd.GeoDataFrame({"reach_id": [1, 2]}, geometry=[None, LineString()], crs=4547)
    assert chainage.lengths(frame).to_list() == [0, 0]


def test_polygons_are_refused():
    frame = gpd.GeoDataFrame({"reach_id": [1]}, geometry=[Point(0, 0).buffer(5)], crs=4547)
    with pytest.raises(Fault, match="geometry_not_line"):
        chainage.lengths(frame)


def test_place_on_either_bank():
    line = rivers.straight().geometry.iloc[0]
    at = chainage.place_at(line, 250, 30, "left")
    assert (at.x - rivers.E0, at.y - rivers.N0) == (250, 30)
    at = chainage.place_at(line, 250, 30, "right")
    assert (at.x - rivers.E0, at.y - rivers.N0) == (250, -30)
    with pytest.raises(Fault, match="bank_unknown"):
        chainage.place_at(line, 0, 1, "upper")


def test_place_on_lonlat_line_is_metres_away():
    line = rivers.two_zones().geometry.iloc[0]
    on = chainage.place_at(line, 9000, crs=4490)
    off = chainage.place_at(line, 9000, 100, "left", crs=4490)
    assert GEOD.inv(112.4, 34.6, on.x, on.y)[2] == pytest.approx(9000, abs=0.01)
    assert GEOD.inv(on.x, on.y, off.x, off.y)[2] == pytest.approx(100, abs=1e-6)
    assert off.y > on.y


def test_cut_over_a_hole_keeps_two_parts():
    whole = rivers.broken().geometry.iloc[1]
    piece = chainage.cut(whole, 50, 150)
    assert isinstance(piece, MultiLineString)
    assert piece.length == pytest.approx(100)
    assert chainage.cut(whole, 20, 20).is_empty


@given(crooked_lines(), st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_cutting_keeps_total_length(line, shares):
    marks = sorted({0.0, line.length, *(share * line.length for share in shares)})
    pieces = [chainage.cut(line, a, b) for a, b in zip(marks, marks[1:], strict=False)]
    assert sum(piece.length for piece in pieces) == pytest.approx(line.length, abs=1e-6)


@given(crooked_lines(), st.floats(0, 1))
def test_cut_starts_where_the_place_is(line, share):
    at = share * line.length
    piece = chainage.cut(line, at, line.length)
    if not piece.is_empty:
        assert Point(piece.coords[0]).distance(chainage.place_at(line, at)) < 1e-6


def test_sides_at_a_sharp_bend_are_decided_by_both_legs():
    hairpin = LineString([(0, 0), (100, 0), (0, 10)])  # turns left, tip pointing east
    assert bank.side(hairpin, [105, 105, 50, 50, 50], [1, -3, -5, 2, 0]).tolist() == [
        "right", "right", "right", "left", "on"]  # fmt: skip


@pytest.mark.parametrize(("flow", "left", "right"), [(90, "north", "south"), (0, "west", "east"), (200, "east", "west")])
def test_compass_names_of_banks(flow, left, right):
    assert (bank.compass("left", flow), bank.compass("right", flow)) == (left, right)
    assert bank.compass("both", flow) == "both"


def test_bearing_and_mirror():
    line = rivers.bend().geometry.iloc[0]
    assert bank.bearing_deg(line, 100) == 90
    assert bank.bearing_deg(line, 900) == 0
    assert [bank.mirror(b) for b in ("left", "right", "on", "both", None)] == ["right", "left", "on", "both", None]
