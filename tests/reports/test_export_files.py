"""Files out of a store: what was exported imports again as it was, lists have their places, unknown codes are said."""

from datetime import date

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from openpyxl import load_workbook

import layers
from analysis.gap_list import bank_km
from data.city import City
from data.intake.importing import import_file
from data.store import create_store
from geo.faults import Fault
from reports.export import export_file

CITY = City(name="试点市", bounds=(112.0, 34.0, 113.0, 35.0))


def put(store, **rows):
    with store.writing("operator", "seed") as tx:
        for kind, given in rows.items():
            tx.insert(kind, given)


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("HEZHANG_NOW", "2026-06-30T18:00:00+08:00")
    made = create_store(tmp_path / "office.sqlite", city=CITY)
    put(made, district=[{"code": "990101", "name": "甲区", "geometry": shapely.box(112, 34, 113, 35)}],
        river=[{"code": "JH", "name": "甲河", "geometry": shapely.LineString([(112.1, 34.5), (112.2, 34.5)])}],
        reach=[{"code": "R1", "name": "甲河上段", "river_code": "JH", "kind": "canal", "width_m": 62.5, "flow": "reversible",
                "direction": "confirmed", "highest_level": "township", "bank_names": "east_west", "is_dry_from": "12-01",
                "start_name": "甲桥", "length_m": 9_999.5, "to_reach": "R2", "remark": "第一段",
                "geometry": shapely.LineString([(112.1, 34.5), (112.1234567891, 34.51), (112.15, 34.5)])},
               {"code": "R2", "river_code": "JH", "highest_level": "township",
                "geometry": shapely.LineString([(112.15, 34.5), (112.2, 34.5)])}],
        outfall=[{"code": "0001", "name": "一号口", "class1": "industrial", "class2": "enterprise", "stage": "traced",
                  "confirmed": True, "surveyed_on": "2026-03-01", "status": "dry", "diameter_mm": 600, "flow_m3_d": 0.25,
                  "rain_outlet": False, "sign_board": True, "deadline_on": "2026-09-30", "address": "甲桥下游，约200米",
                  "geometry": shapely.Point(112.11234567, 34.50012345)},
                 {"code": "0002", "geometry": shapely.Point(112.17, 34.5001)}],
        post=[{"code": "P1", "name": "镇级河长", "level": "township", "kind": "lead", "district_code": "990101"}],
        responsibility=[{"post_code": "P1", "object_layer": "reach", "object_code": "R1", "bank": "both", "role": "lead",
                         "valid_from": "2025-01-01"}])
    return made


def own(store, layer):
    frame = store.as_seen_by("operator").layer(layer).sort_values("code", ignore_index=True)
    return frame[[column.name for column in layers.ALL[layer].columns if column.name not in ("reach_code", "district_code")]
                 + ["geometry"]]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".gpkg", ".geojson"])
@pytest.mark.parametrize("layer", ["outfall", "reach"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_was_exported_imports_again_as_it_was(store, tmp_path, layer, suffix, lang):
    path = tmp_path / f"{layer}{suffix}"
    assert export_file(store, "operator", layer, path, {}, lang)["rows"] == 2
    other = create_store(tmp_path / "other.sqlite", city=CITY)
    report = import_file(other, "operator", layer, path, lang=lang)
    assert report.outcome == "accepted", report.text("zh")
    before, after = own(store, layer), own(other, layer)
    pd.testing.assert_frame_equal(pd.DataFrame(after.drop(columns="geometry")), pd.DataFrame(before.drop(columns="geometry")))
    assert all(a.equals_exact(b, 1e-9) for a, b in zip(after.geometry, before.geometry, strict=True))


def test_a_sheet_has_headings_with_units_and_a_measured_length(store, tmp_path):
    export_file(store, "operator", "reach", tmp_path / "r.csv", {})
    table = pd.read_csv(tmp_path / "r.csv", dtype=str)
    assert {"河段编码", "河宽 (m)", "公布长度 (m)", "量算长度 (m)", "图形(WKT)", "id", "version"} <= set(table.columns)
    assert not {"orig_x", "offset_m", "bank", "tied", "datum", "import_id", "created_at"} & set(table.columns)
    assert float(table["量算长度 (m)"].iloc[1]) == pytest.approx(4592, abs=3) and table["类别"].iloc[0] == "渠道"


def test_gaps_are_listed_mapped_and_counted_by_bank(store, tmp_path):
    for suffix in (".html", ".xlsx", ".csv", ".gpkg", ".geojson"):
        export_file(store, "operator", "gaps", tmp_path / f"g{suffix}", {})
    lines = gpd.read_file(tmp_path / "g.gpkg")
    row = lines.iloc[0]                       # R2 has no post, yet a level that must answer
    assert set(lines["reach_id"]) == {"R1", "R2"} and set(lines["bank"]) == {"both"} and set(lines["state"]) == {"never"}
    assert row["length_m"] == pytest.approx(2 * (row["to_m"] - row["from_m"])) and row["geometry"].length > 0.04
    sheet = load_workbook(tmp_path / "g.xlsx").active
    assert "长度按岸线计" in sheet["A1"].value and sheet["A2"].value == "序号"
    page = (tmp_path / "g.html").read_text(encoding="utf-8")
    assert f"2 处空白 · {bank_km(lines):,.1f} 岸线km" in page and page.count("data-box=") == 2


def test_defects_are_listed_in_words(store, tmp_path):
    export_file(store, "operator", "defects", tmp_path / "d.csv", {})
    table = pd.read_csv(tmp_path / "d.csv")
    told = dict(zip(table["对象编码"], table["缺陷"], strict=True))
    assert told == {"R1": "空缺", "R2": "无主责岗位"} and set(table["层级"]) == {"乡级"}
    assert gpd_rows(store, tmp_path, "defects") == 2


def gpd_rows(store, folder, what):
    export_file(store, "operator", what, folder / "x.geojson", {})
    return len(gpd.read_file(folder / "x.geojson"))


@pytest.mark.parametrize("what", ["ledger", "outfall", "gaps"])
@pytest.mark.parametrize("name", ["district", "river", "post"])
def test_a_code_nobody_has_is_said_and_a_name_is_taken_for_its_code(store, tmp_path, what, name):
    with pytest.raises(Fault) as caught:
        export_file(store, "operator", what, tmp_path / "a.csv", {name: "nowhere"})
    assert caught.value.code == "filter_unknown" and caught.value.fields["given"] == "nowhere"
    assert not (tmp_path / "a.csv").exists()
    known = {"district": "甲区", "river": "JH", "post": "P1"}[name]
    export_file(store, "operator", what, tmp_path / "a.csv", {name: known, "on": date(2026, 6, 30)})


def test_a_chiefs_sheet_needs_a_chief_and_a_strange_word_is_said(store, tmp_path):
    with pytest.raises(Fault) as caught:
        export_file(store, "operator", "chief", tmp_path / "a.html", {})
    assert caught.value.code == "chief_unnamed"
    with pytest.raises(Fault) as caught:
        export_file(store, "operator", "gap", tmp_path / "a.csv", {})
    assert caught.value.code == "export_unknown"


@pytest.mark.parametrize("who", ["chief2", "handler1"])
def test_a_post_whose_waters_one_may_not_judge_is_refused_as_if_absent(store, tmp_path, who):
    put(store, post=[{"code": "P2", "name": "西镇河长", "level": "township", "kind": "lead"}],
        account=[{"name": "chief2", "role": "chief", "posts": "P2"}, {"name": "handler1", "role": "handler", "unit_code": "U1"}])
    for what, given in (("chief", {"chief": "P1"}), ("chief", {"chief": "镇级河长"}), ("gaps", {"post": "P1"})):
        with pytest.raises(Fault) as caught:
            export_file(store, who, what, tmp_path / "p.html", given)
        assert caught.value.code == "not_found" and caught.value.fields["id"] == "P1"
    assert not (tmp_path / "p.html").exists()
    export_file(store, "chief2", "chief", tmp_path / "own.html", {"chief": "P2"})
    export_file(store, "operator", "chief", tmp_path / "all.html", {"chief": "P1"})
