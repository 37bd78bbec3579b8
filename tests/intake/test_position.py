"""Ask, repair or store: the same points in several forms, judged by the water and the area."""

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

from data.intake.position import Ground, place_points
from geo import datum as datums

LON = np.linspace(112.41, 112.59, 25)
LAT = 34.6 + 0.02 * np.sin(LON * 40)
RIVER = gpd.GeoDataFrame(geometry=[shapely.LineString(np.column_stack([LON, LAT]))], crs="EPSG:4490")
AREA = shapely.box(112.0, 34.2, 113.0, 35.0)
GROUND = Ground(AREA, RIVER, "EPSG:4547")
BARE = Ground()
NOTHING = [None] * len(LON)


def _metres_apart(placed):
    _, _, distance = pyproj.Geod(ellps="WGS84").inv(placed.lon, placed.lat, LON, LAT)
    return float(np.max(distance))


def test_degrees_on_the_water_are_stored_as_detected():
    placed = place_points(LON, LAT, GROUND, declared=NOTHING)
    assert (placed.how, placed.question, placed.repairs, set(placed.datum)) == ("detected", None, [], {"wgs84"})


@pytest.mark.parametrize(("name", "shift"), [("gcj02", datums.wgs84_to_gcj02), ("bd09", datums.wgs84_to_bd09)])
def test_an_undeclared_shift_is_asked_and_a_declared_one_undone(name, shift):
    x, y = shift(LON, LAT)
    asked = place_points(x, y, GROUND, declared=NOTHING)
    assert asked.question is not None
    assert (asked.question[0], asked.question[2]["datum"]) == ("datum", name)
    declared = place_points(x, y, GROUND, declared=[name] * len(LON))
    assert (declared.how, declared.question) == ("declared", None)
    assert _metres_apart(declared) < 0.01
    decided = place_points(x, y, GROUND, declared=NOTHING, decided=name)
    assert decided.how == "decided"
    assert _metres_apart(decided) < 0.01
    assert decided.orig_x.tolist() == x.tolist()


def test_a_shift_cannot_be_seen_without_water_and_is_taken_as_it_stands():
    x, y = datums.wgs84_to_gcj02(LON, LAT)
    placed = place_points(x, y, BARE, declared=NOTHING)
    assert (placed.question, placed.lon.tolist()) == (None, x.tolist())


@pytest.mark.parametrize("ground", [GROUND, BARE])
def test_swapped_axes_are_repaired_where_only_one_order_fits(ground):
    placed = place_points(LAT, LON, ground, declared=NOTHING)
    assert [code for code, _ in placed.repairs] == ["axes_swapped"]
    assert _metres_apart(placed) < 0.01


@pytest.mark.parametrize("epsg", [4525, 4526, 4497])
@pytest.mark.parametrize("north_first", [False, True])
def test_metres_with_a_zone_prefix_are_repaired(epsg, north_first):
    x, y = pyproj.Transformer.from_crs(4490, epsg, always_xy=True).transform(LON, LAT)
    placed = place_points(*((y, x) if north_first else (x, y)), GROUND, declared=NOTHING)
    assert (placed.question, placed.repairs[0][0], placed.crs) == (None, "grid_zone", f"EPSG:{epsg}")
    assert _metres_apart(placed) < 0.01


@pytest.mark.parametrize("ground", [GROUND, BARE])
def test_metres_without_prefix_are_asked_and_stored_once_the_system_is_said(ground):
    x, y = pyproj.Transformer.from_crs(4490, 4547, always_xy=True).transform(LON, LAT)
    assert place_points(x, y, ground, declared=NOTHING).question[0] == "crs"
    said = place_points(x, y, ground, declared=NOTHING, crs="EPSG:4547")
    assert (said.question, said.how) == (None, "decided")
    assert _metres_apart(said) < 0.01
    turned = place_points(y, x, ground, declared=NOTHING, crs="EPSG:4547")
    assert _metres_apart(turned) < 0.01


def test_a_point_outside_the_city_or_at_zero_has_no_place_and_says_why():
    placed = place_points(np.array([112.5, 120.0, 0.0, np.nan]), np.array([34.6, 30.0, 0.0, np.nan]), GROUND, declared=[None] * 4)
    assert placed.why == {1: "out_of_area", 2: "coordinates_zero"}
    assert np.isnan(placed.lon).tolist() == [False, True, True, True]
