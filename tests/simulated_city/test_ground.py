"""The ground: a sound network, districts that tile, banks that hold, head ponds by the flow path."""

from itertools import pairwise

import numpy as np
import pyproj
import pytest
import shapely

METRES = pyproj.Transformer.from_crs(4490, 4547, always_xy=True)


def plane(geometry):
    return shapely.transform(geometry, lambda xy: np.column_stack(METRES.transform(xy[:, 0], xy[:, 1])))


@pytest.fixture(scope="module")
def lines(world):
    reach = world.layers["reach"]
    return dict(zip(reach["code"], (plane(g) for g in reach.geometry), strict=True))


def test_every_reach_flows_into_one_that_starts_where_it_ends(world):
    reach = world.layers["reach"].set_index("code")
    outlets = reach.index[reach["to_reach"].isna()]
    assert len(outlets) == 1
    for code, row in reach.drop(outlets).iterrows():
        assert row.geometry.coords[-1] == reach.geometry[row["to_reach"]].coords[0], code


def test_water_reaches_the_outlet_from_everywhere_without_a_circle(world):
    below = dict(zip(world.layers["reach"]["code"], world.layers["reach"]["to_reach"], strict=True))
    for code in below:
        steps = 0
        while isinstance(below[code], str):
            code, steps = below[code], steps + 1
            assert steps < len(below)


def test_reaches_meet_at_their_ends_only(world):
    geometry = world.layers["reach"].geometry.to_numpy()
    assert shapely.is_simple(geometry).all()
    a, b = shapely.STRtree(geometry).query(geometry, predicate="intersects")
    for i, j in zip(a, b, strict=True):
        if i < j:
            ends = {geometry[i].coords[0], geometry[i].coords[-1]} & {geometry[j].coords[0], geometry[j].coords[-1]}
            met = shapely.get_coordinates(shapely.intersection(geometry[i], geometry[j]))
            assert ends and {tuple(p) for p in met} <= ends


def test_anabranch_and_braids_leave_the_stem_and_come_back(world, lines):
    reach = world.layers["reach"]
    for code, stem in (("MN-JL-C", "MN-JL"), ("MN-YL-B1", "MN-YL"), ("MN-YL-B2", "MN-YL")):
        own = reach[reach["river_code"] == code]
        trunk = {p for g in reach[reach["river_code"] == stem].geometry for p in (g.coords[0], g.coords[-1])}
        assert own.geometry.iloc[0].coords[0] in trunk and own.geometry.iloc[-1].coords[-1] in trunk


def test_tributaries_join_at_an_acute_angle(world, lines):
    """Within 20 and 110 degrees of the water they join: they flow with it, not against it."""
    reach = world.layers["reach"].set_index("code")
    angles = []
    for code, row in reach.iterrows():
        if (
            row["river_code"].startswith("MN-Z")
            and isinstance(row["to_reach"], str)
            and reach.river_code[row["to_reach"]] != row["river_code"]
        ):
            own, host = np.array(lines[code].coords), np.array(lines[row["to_reach"]].coords)
            u, v = own[-1] - own[max(-8, -len(own))], host[min(6, len(host) - 1)] - host[0]
            angles.append(np.degrees(np.arccos(u @ v / np.linalg.norm(u) / np.linalg.norm(v))))
    assert len(angles) > 30 and np.median(angles) < 90 and np.max(angles) < 150


def test_districts_tile_the_city(world):
    areas = np.array([plane(g) for g in world.layers["district"].geometry])
    city = plane(world.boundary)
    assert abs(sum(a.area for a in areas) - city.area) < city.area * 1e-6
    assert shapely.union_all(areas).symmetric_difference(city).area < city.area * 1e-5
    for i, j in zip(*shapely.STRtree(areas).query(areas, predicate="intersects"), strict=True):
        if i < j:
            assert shapely.intersection(areas[i], areas[j]).area < 1000


def test_the_border_river_has_a_district_on_each_bank(world, lines):
    rows = world.records["responsibility"]
    codes = set(rows.loc[rows["signed"].notna(), "object_code"])
    area = dict(zip(world.layers["district"]["code"], (plane(g) for g in world.layers["district"].geometry), strict=True))
    assert len(codes) >= 3
    for code in codes:
        line = lines[code]
        for at in np.linspace(300, line.length - 300, 8):
            a, b = np.array(line.interpolate(at - 2).coords[0]), np.array(line.interpolate(at + 2).coords[0])
            normal = np.array([-(b - a)[1], (b - a)[0]]) / np.linalg.norm(b - a)
            assert area["990125"].buffer(5).contains(shapely.Point((a + b) / 2 + 40 * normal))
            assert area["990126"].buffer(5).contains(shapely.Point((a + b) / 2 - 40 * normal))


def test_outfalls_lie_on_the_bank_and_chainage_they_state(world, lines):
    rows = world.layers["outfall"].merge(world.truth.outfalls, left_on="code", right_on="outfall_code")
    width = dict(zip(world.layers["reach"]["code"], world.layers["reach"]["width_m"], strict=True))
    for row in rows.itertuples():
        line, point = lines[row.reach_code], plane(row.geometry)
        at = line.project(point)
        a, b = np.array(line.interpolate(at - 1).coords[0]), np.array(line.interpolate(at + 1).coords[0])
        p = np.array(point.coords[0])
        left = (b - a)[0] * (p - a)[1] - (b - a)[1] * (p - a)[0] > 0
        assert ("left" if left else "right") == row.bank, row.code
        assert abs(at - row.chainage_m) < 8
        assert 0.5 < line.distance(point) - width[row.reach_code] / 2 < 7
        assert min(lines, key=lambda c, q=point: lines[c].distance(q)) == row.reach_code


def flow_path(lines, below, code, toe, length_m):
    """Straight to the water, then vertex by vertex along it: written again here, apart from the city's own."""
    points = [np.array(toe.coords[0])]
    at, used = lines[code].project(toe), 0.0
    todo = [np.array(lines[code].interpolate(at).coords[0])]
    s = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(np.array(lines[code].coords), axis=0), axis=1))])
    todo += [np.array(p) for p, d in zip(lines[code].coords, s, strict=True) if d > at]
    while used < length_m:
        if not todo:
            if not isinstance(below[code], str):
                break
            code = below[code]
            todo = [np.array(p) for p in lines[code].coords[1:]]
        step = todo[0] - points[-1]
        left = length_m - used
        if np.linalg.norm(step) >= left:
            points.append(points[-1] + step / np.linalg.norm(step) * left)
            break
        used += float(np.linalg.norm(step))
        points.append(todo.pop(0))
    return shapely.LineString(points)


@pytest.mark.parametrize("beside_m", [150, 250, 400])
def test_67_head_ponds_by_flow_path_however_wide_the_path_is_taken(world, lines, beside_m):
    below = dict(zip(world.layers["reach"]["code"], world.layers["reach"]["to_reach"], strict=True))
    people = np.array([plane(g) for g in world.layers["settlement"].geometry])
    dams = world.layers["tailings_dam"]
    found, near_only = set(), 0
    for row in dams.itertuples():
        toe = plane(row.geometry)
        path = flow_path(lines, below, row.reach_code, toe, 1000.0)
        head = shapely.distance(people, path).min() <= beside_m
        found |= {row.code} if head else set()
        near_only += (not head) and shapely.distance(people, toe).min() < 1000
    assert len(found) == 67 and found == world.truth.head_pond
    assert near_only >= 30
    ledger = set(dams.loc[dams["head_pond"].astype(bool), "code"])
    assert ledger ^ found == world.truth.ledger_wrong and world.truth.ledger_wrong


def test_black_odorous_channels_lie_in_the_built_up_area_on_their_reach(world, lines):
    town = plane(world.built_up)
    for row in world.layers["black_odorous"].itertuples():
        line = plane(row.geometry)
        assert town.contains(line) and line.hausdorff_distance(line) == 0
        assert shapely.distance(shapely.points(np.array(line.coords)), lines[row.reach_code]).max() < 0.1


def test_meanders_grow_with_width(world, lines):
    reach = world.layers["reach"].set_index("code")
    winding = {}
    for code, line in lines.items():
        if reach.kind[code] == "river" and line.length > 2500:
            a, b = np.array(line.coords[0]), np.array(line.coords[-1])
            winding[code] = line.length / np.linalg.norm(b - a)
    assert 1.03 < np.median(list(winding.values())) < 2
    canals = [
        lines[c].length / shapely.Point(lines[c].coords[0]).distance(shapely.Point(lines[c].coords[-1]))
        for c in lines
        if reach.kind[c] == "canal"
    ]
    assert np.median(canals) < 1.1


def test_places_along_a_reach_are_ordered_landmarks(world, lines):
    marks = world.layers["landmark"]
    assert set(marks["kind"]) == {"bridge", "sluice", "board", "confluence"}
    bridges = marks[marks["kind"] == "bridge"]
    assert bridges["name"].is_unique and set(bridges["reach_code"]) == set(lines)
    for row in bridges.itertuples():
        assert lines[row.reach_code].distance(plane(row.geometry)) < 0.5
    assert all(a != b for a, b in pairwise(bridges["name"]))
