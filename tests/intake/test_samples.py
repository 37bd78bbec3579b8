"""Real files of other hands, where they lie beside the checkout: each gives the outcome its index states."""

from pathlib import Path

import numpy as np
import pytest

from data.intake.importing import import_file
from data.store import create_store

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="../shared/samples is not there")


@pytest.fixture
def store(tmp_path):
    return create_store(tmp_path / "real.sqlite")


def test_hydrorivers_and_the_dischargers_snapped_to_them(store):
    mapping = {"reach_id": "HYRIV_ID", "to_reach": "NEXT_DOWN"}
    reaches = import_file(store, "operator", "reach", SAMPLES / "rivers/hydrorivers_taihu_bbox.shp", field_map=mapping)
    assert (reaches.outcome, len(reaches.stored)) == ("accepted", 2082)
    points = import_file(store, "operator", "outfall", SAMPLES / "points/enterprises_snapped.csv")
    assert (len(points.stored), points.refused) == (37, [])
    assert points.position.model_dump() == {"datum": "wgs84", "crs": "EPSG:4326", "how": "declared"}


def test_gbk_counties_ask_for_their_system_and_keep_their_names(store):
    path = SAMPLES / "admin/gbk_shp/洛阳区县.shp"
    asked = import_file(store, "operator", "district", path)
    assert (asked.outcome, [q.code for q in asked.questions]) == ("needs_decision", ["crs"])
    done = import_file(store, "operator", "district", path, crs="EPSG:4490")
    assert (done.outcome, len(done.stored), done.file.encoding) == ("accepted", 14, "gb18030")
    first = store.as_seen_by("operator").layer("district").sort_values("code").iloc[0]
    assert (first["code"], first["name"]) == ("410302", "老城区")


def test_main_rivers_without_system_are_asked_and_named_in_chinese(store):
    path = SAMPLES / "rivers/hyd1_4l.shp"
    assert [q.code for q in import_file(store, "operator", "reach", path).questions] == ["crs"]
    report = import_file(store, "operator", "reach", path, crs="EPSG:4490", dry_run=True)
    assert (report.outcome, len(report.stored), report.file.encoding) == ("repaired", 840, "gb18030")
    assert [repair.code for repair in report.repairs] == ["code_generated"]


def test_a_geopackage_of_seven_layers_asks_and_its_empty_one_is_no_error(store):
    path = SAMPLES / "rivers/walker.gpkg"
    asked = import_file(store, "operator", "reach", path)
    assert asked.questions[0].choices == ["NHDFlowline_Network", "NHDFlowline_NonNetwork"]
    empty = import_file(store, "operator", "reach", path, sublayer="Sink")
    assert (empty.outcome, empty.stored) == ("accepted", [])


def test_degrees_minutes_and_seconds_of_real_ledgers(store):
    stations = import_file(store, "operator", "section", SAMPLES / "awkward/stations_gbk_dms.csv", field_map={"name": "站名"})
    assert len(stations.stored) == 20
    assert [(r.row, r.code) for r in stations.refused] == [(21, "position_missing"), (22, "coordinates_zero")]
    works = import_file(store, "operator", "landmark", SAMPLES / "awkward/henan_river_works_dotted_dms_gbk.csv",
                        field_map={"name": "项目名称", "lon": "东经1", "lat": "北纬1"})
    assert np.round([works.stored[0].lon, works.stored[0].lat], 6).tolist() == [111.604722, 33.907778]


def test_walks_and_rides(store):
    walk = import_file(store, "operator", "patrol", SAMPLES / "tracks/gpxpy_fixtures/cerknicko-jezero.gpx")
    assert len(store.as_seen_by("operator").track(walk.stored[0].id)) == 296
    ride = import_file(store, "operator", "patrol", SAMPLES / "awkward/bikeRide_wuhan_excerpt.kml")
    assert len(store.as_seen_by("operator").track(ride.stored[0].id)) == 20
    drawn = import_file(store, "operator", "patrol", SAMPLES / "tracks/grand_canyon_river_route.gpx")
    assert [r.code for r in drawn.refused] == ["track_without_times"]
