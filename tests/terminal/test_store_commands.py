"""The terminal door on a real store: exit codes, one JSON object on stdout, words for people on stderr."""

import json

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from openpyxl import load_workbook
from typer.testing import CliRunner

import hezhang
import layers
from data import records
from geo.faults import Fault

RUN = CliRunner()


def run(*words):
    """(exit code, stdout as one JSON object where it is one, stderr)."""
    done = RUN.invoke(hezhang.app, [str(word) for word in words])
    if isinstance(done.exception, Fault):
        return hezhang.REFUSED, {"code": done.exception.code}, str(done.exception)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    text = done.stdout.strip()
    return done.exit_code, json.loads(text) if text.startswith("{") else text, done.stderr


@pytest.fixture
def office(tmp_path):
    city = tmp_path / "city.toml"
    city.write_text('name = "试点市"\nbounds = [112.0, 34.0, 113.0, 35.0]\ncrs = "EPSG:4547"\n', encoding="utf-8")
    code, said, _ = run("init", "--city", city, "--json")
    assert (code, said["area_check"]) == (0, True)
    reaches = gpd.GeoDataFrame({"河段编码": ["R1"], "河段名称": ["甲河上段"], "河流编号": ["JH"], "最高层级": ["乡级"]},
                               geometry=[shapely.LineString([(112.1, 34.5), (112.2, 34.5)])], crs="EPSG:4490")
    reaches.to_file(tmp_path / "reach.geojson")
    pd.DataFrame({"岗位编号": ["P1"], "岗位名称": ["示例镇镇级河长"], "层级": ["乡级"]}).to_csv(
        tmp_path / "post.csv", index=False, encoding="gb18030")
    pd.DataFrame({"岗位编号": ["P1"], "姓名": ["示例人员"], "任职起": ["2025年1月1日"]}).to_csv(
        tmp_path / "holder.csv", index=False)
    pd.DataFrame({"岗位编号": ["P1"], "河段编号": ["R1"], "岸别": ["两岸"], "起始日期": ["2025-01-01"]}).to_excel(
        tmp_path / "responsibility.xlsx", index=False)
    pd.DataFrame({"编码": ["O1", "O2"], "名称": ["一号口", "二号口"], "经度": [112.15, 114.9], "纬度": [34.5002, 34.5]}).to_csv(
        tmp_path / "outfall.csv", index=False, encoding="utf-8-sig")
    return tmp_path


def fill(office):
    for layer, file in (("reach", "reach.geojson"), ("post", "post.csv"), ("holder", "holder.csv"),
                        ("responsibility", "responsibility.xlsx")):
        code, report, said = run("import", layer, office / file, "--json")
        assert code == 0, (layer, said)
        assert len(report["stored"]) == 1


def test_from_an_empty_store_to_ready(office):
    code, said, _ = run("check", "--json")
    assert (code, said["ready"]) == (0, False)
    assert [step["done"] for step in said["steps"]] == [True, False, False, False, False, False]
    fill(office)
    code, report, said = run("import", "outfall", office / "outfall.csv", "--json")
    assert code == hezhang.PARTLY                     # the second lies outside the city's bounds
    assert report["outcome"] == "partly"
    assert [row["row"] for row in report["stored"]] == [1]
    assert [row["row"] for row in report["refused"]] == [2]
    assert run("user", "add", "guanli", "--role", "admin")[0] == 0
    assert run("check", "--json")[1]["ready"] is True


def test_the_same_file_again_gives_the_first_receipt(office):
    fill(office)
    first = run("import", "outfall", office / "outfall.csv", "--json")[1]
    code, again, _ = run("import", "outfall", office / "outfall.csv", "--json")
    assert again["outcome"] == "replayed"
    assert again["receipt"] == first["receipt"]
    assert run("export", "outfall", "--out", office / "o.csv", "--json")[1]["rows"] == 1


def test_withdrawing_an_import_empties_the_map_and_is_said_once(office):
    fill(office)
    receipt = run("import", "outfall", office / "outfall.csv", "--json")[1]["receipt"]
    code, said, _ = run("withdraw", receipt, "--reason", "传错文件", "--json")
    assert (code, said["withdrawn"], said["built_on_it"]) == (0, 1, [])
    assert run("export", "outfall", "--out", office / "o.csv", "--json")[1]["rows"] == 0
    assert run("withdraw", receipt, "--reason", "再撤", "--json")[1]["code"] == "receipt_withdrawn"


def test_do_runs_any_action_and_refuses_in_words(office):
    fill(office)
    payload = json.dumps({"post_code": "P1", "started_at": "2026-06-01T08:00:00+08:00"})
    code, said, _ = run("do", "submit_patrol", "--as", "operator", "--input", payload, "--key", "k1", "--json")
    assert code == 0
    assert run("do", "submit_patrol", "--input", payload, "--key", "k1", "--json")[1]["receipt"] == said["receipt"]
    assert run("do", "submit_patrol", "--input", "{", "--json")[1]["code"] == "input_not_json"
    assert run("do", "nothing", "--input", "{}", "--json")[1]["code"] == "action_unknown"
    assert run("do", "withdraw", "--as", "nobody", "--input", '{"receipt": "x", "reason": "yy"}')[1]["code"] == "account_unknown"


def test_backup_and_restore(office, monkeypatch):
    fill(office)
    assert run("nightly", "--json")[0] == 0
    assert run("backup", office / "b.zip", "--json")[0] == 0
    monkeypatch.setenv("HEZHANG_STORE", str(office / "copy" / "office.sqlite"))
    assert run("restore", office / "b.zip", "--json")[0] == 0
    assert run("export", "reach", "--out", office / "r.geojson", "--json")[1]["rows"] == 1
    assert gpd.read_file(office / "r.geojson")["name"].tolist() == ["甲河上段"]


def test_a_sheet_never_holds_a_formula(office):
    fill(office)
    run("do", "submit_finding", "--input", json.dumps({
        "kind": "dumping", "description": "=1+1", "found_at": "2026-06-01T08:00:00+08:00", "lon": 112.15, "lat": 34.5}))
    run("export", "finding", "--out", office / "f.xlsx")
    cells = [cell for row in load_workbook(office / "f.xlsx").active.iter_rows() for cell in row]
    assert "=1+1" in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells if cell.value == "=1+1"} == {"s"}
    run("export", "finding", "--out", office / "f.csv")
    assert "'=1+1" in (office / "f.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("kind", sorted({*layers.ALL, *records.ALL}))
def test_every_layer_and_record_has_a_template_that_opens(kind, tmp_path):
    assert run("template", kind, "--out", tmp_path / "t.xlsx")[0] == 0
    assert load_workbook(tmp_path / "t.xlsx").active.max_row >= 3


def test_what_is_not_there_is_said(tmp_path):
    assert run("check")[1]["code"] == "store_missing"
    assert run("init", "--city", tmp_path / "none.toml")[1]["code"] == "file_missing"
    (tmp_path / "city.toml").write_text('crs = "EPSG:4490"', encoding="utf-8")
    assert run("init", "--city", tmp_path / "city.toml")[1]["code"] == "city_crs"
    run("init")
    assert run("init")[1]["code"] == "store_exists"
