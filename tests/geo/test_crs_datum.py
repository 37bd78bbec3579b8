"""Zones against EPSG's own register, the refused datum shift, and published GCJ-02/BD-09 vectors."""

import csv
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point

from geo import crs, datum
from geo.faults import Fault
from geo.lines import GEOD

VECTORS = list(csv.DictReader((Path(__file__).parent / "gcj02_vectors.csv").open(encoding="utf-8")))
FORWARD = {
    ("wgs84", "gcj02"): datum.wgs84_to_gcj02,
    ("wgs84", "bd09"): datum.wgs84_to_bd09,
    ("gcj02", "bd09"): datum.gcj02_to_bd09,
    ("gcj02", "wgs84"): datum.gcj02_to_wgs84,
    ("bd09", "gcj02"): datum.bd09_to_gcj02,
    ("bd09", "wgs84"): datum.bd09_to_wgs84,
}
CHINA = {"lon": st.floats(73.7, 135.0), "lat": st.floats(4.0, 53.5)}
NAMES = {"cgcs2000": "CGCS2000", "xian80": "Xian 1980", "beijing54": "Beijing 1954"}


def apart_m(a, b):
    return GEOD.inv(float(a[0]), float(a[1]), float(b[0]), float(b[1]))[2]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width_deg", [3, 6])
@pytest.mark.parametrize("prefixed", [True, False])
def test_every_zone_code_is_the_registered_one(name, width_deg, prefixed):
    first, last = crs.ZONE_RANGE[width_deg]
    for zone in range(first, last + 1):
        found = pyproj.CRS.from_epsg(crs.epsg_for(name, zone, width_deg, prefixed))
        assert found.geodetic_crs.to_epsg() == crs.GEOGRAPHIC[name]
        values = {p.name: p.value for p in found.coordinate_operation.params}
        assert values["Longitude of natural origin"] == (3 * zone if width_deg == 3 else 6 * zone - 3)
        assert values["False easting"] == 500_000 + (zone * 1_000_000 if prefixed else 0)


@pytest.mark.parametrize(("lon", "zone_3", "zone_6"), [(112.454, 37, 19), (112.5, 38, 19), (114.0, 38, 20), (115.5, 39, 20)])
def test_zones_of_henan(lon, zone_3, zone_6):
    assert (crs.zone3(lon), crs.zone6(lon)) == (zone_3, zone_6)


def test_known_projection_values():
    place = gpd.GeoSeries([Point(112.7890, 34.7270)], crs=4490)
    moved = crs.transform(place, crs.epsg_for("cgcs2000", 38)).iloc[0]
    assert (moved.x, moved.y) == pytest.approx((389081.193, 3844974.621), abs=0.002)
    assert crs.transform(place, 4526).iloc[0].x == pytest.approx(38389081.193, abs=0.002)


def test_prefixed_easting_names_its_zone_and_leaves_the_datum_open():
    found = crs.gauss_kruger_candidates(38389081.193)
    assert {(c["datum"], c["epsg"]) for c in found} == {("cgcs2000", 4526), ("xian80", 2362), ("beijing54", 2414)}
    assert {c["epsg"] for c in crs.gauss_kruger_candidates(389081.0, lon=112.789)} >= {4547, 4508}
    assert crs.gauss_kruger_candidates(-5) == []


@pytest.mark.parametrize("source", [4610, 4214, 2362, "+proj=longlat +ellps=krass +no_defs"])
@pytest.mark.parametrize("target", [4490, 4326])
def test_old_datums_are_refused_without_parameters_and_moved_with_them(source, target):
    place = gpd.GeoSeries([Point(38389081, 3844974) if source == 2362 else Point(112.789, 34.727)], crs=source)
    with pytest.raises(Fault) as refused:
        crs.transform(place, target)
    assert refused.value.code == "datum_parameters_needed"
    moved = crs.transform(place, target, parameters=(100, 0, 0)).iloc[0]
    still = crs.transform(place, target, parameters=(0, 0, 0)).iloc[0]
    assert 50 < apart_m((moved.x, moved.y), (still.x, still.y)) < 110


def test_same_old_datum_needs_no_parameters():
    moved = crs.transform(gpd.GeoSeries([Point(112.789, 34.727)], crs=4610), 2362).iloc[0]
    assert 38_000_000 < moved.x < 39_000_000


def test_missing_crs_is_a_fault():
    with pytest.raises(Fault, match="crs_missing"):
        crs.to_metric(gpd.GeoSeries([Point(1, 2)]))


def test_metric_system_of_a_place():
    assert crs.metric_crs((112.5, 34, 113, 35)).to_epsg() == 4547
    assert crs.metric_crs((14.0, 45.0, 15.0, 46.0)).to_epsg() == 32633
    assert crs.metric_crs(gpd.GeoSeries([Point(389081, 3844974)], crs=4547)).to_epsg() == 4547
    assert crs.metric_crs(gpd.GeoSeries([Point(112.789, 34.7)], crs=4326).to_crs(3857)).to_epsg() == 4547


def test_there_are_26_vectors_and_no_known_bad_one():
    assert len({row["name"] for row in VECTORS}) == 26


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: f"{row['name']}-{row['source']}-{row['target']}")
def test_published_vector(row):
    start = float(row["lon"]), float(row["lat"])
    found = FORWARD[row["source"], row["target"]](*start)
    assert apart_m(found, (row["to_lon"], row["to_lat"])) <= 0.8


@given(**CHINA)
def test_inverses_round_trip_within_a_centimetre(lon, lat):
    for there, back in ((datum.wgs84_to_gcj02, datum.gcj02_to_wgs84), (datum.gcj02_to_bd09, datum.bd09_to_gcj02),
                        (datum.wgs84_to_bd09, datum.bd09_to_wgs84)):  # fmt: skip
        assert apart_m(back(*there(lon, lat)), (lon, lat)) < 0.01


def test_arrays_and_missing_values_and_declared_datums():
    lon, lat = datum.to_wgs84(np.array([112.6036985, np.nan]), np.array([34.7075465, np.nan]), "gcj02")
    assert apart_m((lon[0], lat[0]), (112.5978, 34.7088)) < 0.2
    assert np.isnan(lon[1])
    assert np.isnan(lat[1])
    same = datum.to_wgs84([112.0], [34.0], "cgcs2000")
    assert (same[0][0], same[1][0]) == (112.0, 34.0)
    with pytest.raises(Fault, match="datum_unknown"):
        datum.to_wgs84(1, 2, "mars")
