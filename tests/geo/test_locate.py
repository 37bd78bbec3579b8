"""`locate` against hand-worked places, shapely's own nearest distance, and the properties chainage must have."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point

from geo import bank, chainage
from geo.faults import Fault
from geo.lines import GEOD
from geo.locate import locate
from geo.prepared import prepare
from tests import rivers

E0, N0 = rivers.E0, rivers.N0


def points(*places, crs=rivers.CRS):
    return gpd.GeoDataFrame(geometry=[None if p is None else Point(E0 + p[0], N0 + p[1]) for p in places], crs=crs)


def test_hand_worked_places():
    found = locate(points((250, 30), (700, -40), (500, 0.4), (1100, 0), (250, 101), None), rivers.straight())
    assert found["reach_id"].isna().tolist() == [False] * 4 + [True] * 2
    assert found["chainage_m"].tolist()[:4] == pytest.approx([250, 700, 500, 1000])
    assert found["offset_m"].tolist()[:4] == pytest.approx([30, 40, 0.4, 100])
    assert found["bank"].tolist()[:3] == ["left", "right", "on"]
    assert not found["tied"].any()


def test_nearest_segment_not_nearest_vertex():
    frame = gpd.GeoDataFrame(
        {"reach_id": ["far vertices", "near vertex"]}, crs=rivers.CRS,
        geometry=[LineString([(E0, N0), (E0 + 1000, N0)]), LineString([(E0 + 500, N0 + 60), (E0 + 500, N0 + 200)])])  # fmt: skip
    assert locate(points((500, 20)), frame)["reach_id"].tolist() == ["far vertices"]


def test_tie_at_a_confluence_is_flagged_once_and_does_not_depend_on_row_order():
    rows = rivers.confluence()
    places = points((1000, 0), (1100, -10), (500, 10))
    one, two = locate(places, rows), locate(places, rows.iloc[::-1])
    assert len(one) == 3
    assert one["tied"].tolist() == [True, False, False]
    assert one.equals(two)
    assert one["reach_id"].iloc[0] == "A"


def test_tie_between_two_limbs_of_one_reach():
    frame = gpd.GeoDataFrame(
        {"reach_id": [7]}, crs=rivers.CRS,
        geometry=[LineString([(E0, N0), (E0 + 100, N0), (E0 + 100, N0 + 40), (E0, N0 + 40)])])  # fmt: skip
    found = locate(points((40, 20)), frame)
    assert found["tied"].tolist() == [True]
    assert found["chainage_m"].tolist() == pytest.approx([40])
    assert found["reach_id"].dtype == "Int64"


def test_parts_in_the_wrong_order_and_a_hole():
    found = locate(points((250, 5), (50, 5), (200, 505)), rivers.broken())
    assert found["reach_id"].tolist() == ["K", "K", "H"]
    assert found["chainage_m"].tolist() == pytest.approx([250, 50, 150])


def test_reach_over_the_zone_boundary_is_measured_on_the_ellipsoid():
    lon = np.array([112.41, 112.49, 112.51, 112.59])
    places = gpd.GeoDataFrame(geometry=shapely.points(lon, 34.6005), crs=4490)
    found = locate(places, rivers.two_zones())
    truth = [GEOD.inv(112.4, 34.6, x, 34.6)[2] for x in lon]
    # the straight line between two points on a parallel leaves it by less than a metre on 9 km
    assert found["chainage_m"].tolist() == pytest.approx(truth, abs=0.5)
    assert set(found["bank"]) == {"left"}
    assert found["offset_m"].to_numpy() == pytest.approx(GEOD.inv(112.4, 34.6, 112.4, 34.6005)[2], abs=1.0)


def test_any_mixture_of_systems_gives_the_same_answer():
    places, rows = points((100, 20), (900, -20)), rivers.straight()
    plain = locate(places, rows)
    for crs in (4490, 4326, 3857, 32649):
        other = locate(places.to_crs(crs), rows.to_crs(4490))
        assert other["reach_id"].tolist() == ["S", "S"]
        assert other["bank"].tolist() == plain["bank"].tolist()
        assert other["chainage_m"].to_numpy() == pytest.approx(plain["chainage_m"].to_numpy(), abs=0.2)


def test_old_datum_points_are_refused():
    with pytest.raises(Fault, match="datum_parameters_needed"):
        locate(points((0, 0), crs=2401), rivers.straight())


def test_faults_of_bad_input():
    for rows, code in ((rivers.straight().drop(columns="reach_id"), "column_missing"),
                       (rivers.straight().iloc[[0, 0]], "reach_id_repeated"),
                       (rivers.straight().set_crs(None, allow_override=True), "crs_missing")):  # fmt: skip
        with pytest.raises(Fault, match=code):
            locate(points((0, 0)), rows)
    with pytest.raises(Fault, match="geometry_not_point"):
        locate(rivers.straight(), rivers.straight())
    with pytest.raises(Fault, match="distance_not_positive"):
        locate(points((0, 0)), rivers.straight(), 0)


def test_empty_inputs():
    assert locate(points(), rivers.straight()).empty
    nothing = rivers.straight().iloc[:0]
    assert locate(points((0, 0)), nothing)["reach_id"].isna().all()


def test_index_is_kept_even_with_repeats():
    places = points((1, 1), (2, 2), (3, 3))
    places.index = [5, 5, 9]
    assert locate(places, rivers.straight()).index.tolist() == [5, 5, 9]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([30.0, 100.0, 700.0]))
def test_distance_is_the_exact_nearest_of_all(seed, within):
    rng = np.random.default_rng(seed)
    lines = [LineString(np.cumsum(rng.normal(0, 120, (6, 2)), axis=0) + rng.uniform(0, 1500, 2) + [E0, N0]) for _ in range(12)]
    frame = gpd.GeoDataFrame({"reach_id": range(12)}, geometry=lines, crs=rivers.CRS)
    places = gpd.GeoDataFrame(geometry=shapely.points(rng.uniform(-300, 1800, (60, 2)) + [E0, N0]), crs=rivers.CRS)
    found = locate(places, frame, within)
    truth = np.array([[shapely.distance(p, line) for line in lines] for p in places.geometry])
    nearest = truth.min(axis=1)
    hit = found["reach_id"].notna().to_numpy()
    assert (hit == (nearest <= within)).all()
    assert found["offset_m"].to_numpy()[hit] == pytest.approx(nearest[hit], abs=1e-6)
    chosen = found["reach_id"].to_numpy(dtype=float, na_value=-1)[hit].astype(int)
    assert truth[np.flatnonzero(hit), chosen] == pytest.approx(nearest[hit], abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.02, 0.98), st.floats(1, 15), st.sampled_from(["left", "right"]))
def test_place_to_point_and_back(seed, share, offset, side):
    """Gentle bends (radius well above the offset), so that the place is the nearest one."""
    rng = np.random.default_rng(seed)
    heading = np.cumsum(rng.uniform(-0.15, 0.15, 30))
    xy = np.cumsum(40 * np.column_stack([np.cos(heading), np.sin(heading)]), axis=0) + [E0, N0]
    line = LineString(xy)
    frame = gpd.GeoDataFrame({"reach_id": ["R"]}, geometry=[line], crs=rivers.CRS)
    place = chainage.place_at(line, share * line.length, offset, side)
    found = locate(gpd.GeoDataFrame(geometry=[place], crs=rivers.CRS), frame).iloc[0]
    assert found["offset_m"] == pytest.approx(offset, abs=0.2)
    assert found["chainage_m"] == pytest.approx(share * line.length, abs=3)
    assert found["bank"] == side
    again = chainage.place_at(line, found["chainage_m"], found["offset_m"], found["bank"])
    assert again.distance(place) < 3

    turned = frame.set_geometry([line.reverse()], crs=rivers.CRS)
    other = locate(gpd.GeoDataFrame(geometry=[place], crs=rivers.CRS), turned).iloc[0]
    assert other["bank"] == bank.mirror(found["bank"])
    assert other["chainage_m"] == pytest.approx(line.length - found["chainage_m"], abs=1e-6)


def test_prepared_reaches_answer_alike():
    ready = prepare(rivers.confluence())
    places = points((300, 5), (1000, 300))
    assert locate(places, ready).equals(locate(places, rivers.confluence()))
    assert prepare(ready) is ready


@pytest.mark.parametrize("name", rivers.ALL)
def test_every_river_finds_its_own_places(name):
    rows = rivers.ALL[name]()
    sizes = chainage.lengths(rows)
    for reach, line in zip(rows["reach_id"], rows.geometry, strict=True):
        place = chainage.place_at(line, 0.37 * sizes[reach], crs=rows.crs)
        found = locate(gpd.GeoDataFrame(geometry=[place], crs=rows.crs), rows).iloc[0]
        assert found["reach_id"] == reach
        assert found["chainage_m"] == pytest.approx(0.37 * sizes[reach], abs=0.05)  # 9 km legs in degrees


@pytest.mark.parametrize("ends", [
    [(112.0, 34.7), (112.2, 34.7)], [(112.0, 34.7), (112.15, 34.8)], [(112.9, 34.7), (113.9, 34.9)], [(20, 65), (20.5, 65)],
    [(-70, -33), (-70.3, -33.1)]])  # fmt: skip
def test_places_on_a_long_line_in_degrees_lie_on_it(ends):
    from pyproj import Geod

    from geo.chainage import lengths, place_at

    geod = Geod(ellps="WGS84")
    line = shapely.LineString(ends)
    reaches = gpd.GeoDataFrame({"reach_id": ["A"]}, geometry=[line], crs=4326)
    share = np.linspace(0, 1, 57)
    lon, lat = (ends[0][i] + share * (ends[1][i] - ends[0][i]) for i in (0, 1))
    found = locate(gpd.GeoDataFrame(geometry=shapely.points(lon, lat), crs=4326), reaches)
    assert found["offset_m"].max() < 0.1
    assert set(found["bank"]) == {"on"}
    assert not found["tied"].any()
    whole = geod.line_length(*np.transpose(ends))
    assert lengths(reaches)["A"] == pytest.approx(whole, abs=1e-6)  # as given: pieces add up to the segment
    assert found["chainage_m"].iloc[[0, -1]].tolist() == pytest.approx([0, whole], abs=1e-3)
    for i in (7, 20, 41):
        along = np.linspace(0, share[i], 400)
        drawn = geod.line_length(*(ends[0][j] + along * (ends[1][j] - ends[0][j]) for j in (0, 1)))
        assert found["chainage_m"].iloc[i] == pytest.approx(drawn, rel=1e-5, abs=0.02)
        back = place_at(line, float(found["chainage_m"].iloc[i]), crs=4326)
        assert geod.inv(back.x, back.y, lon[i], lat[i])[2] < 0.05


def test_places_on_a_long_line_in_web_mercator_lie_on_it():
    line = gpd.GeoSeries([shapely.LineString([(112.0, 34.7), (112.15, 34.8)]), None], crs=4326).to_crs(3857)
    reaches = gpd.GeoDataFrame({"reach_id": ["A", "B"]}, geometry=line)
    places = shapely.line_interpolate_point(line.iloc[0], np.linspace(0, 1, 21), normalized=True)
    found = locate(gpd.GeoDataFrame(geometry=places, crs=3857), reaches)
    assert found["offset_m"].max() < 0.1


def test_a_segment_over_the_date_line_stays_whole():
    reaches = gpd.GeoDataFrame({"reach_id": ["A"]}, geometry=[shapely.LineString([(179.99, 60), (-179.99, 60)])], crs=4326)
    found = locate(gpd.GeoDataFrame(geometry=[shapely.Point(0, 60.0)], crs=4326), reaches)
    assert found["reach_id"].isna().all()
