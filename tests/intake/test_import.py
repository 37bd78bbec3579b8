"""A file to rows in the store, through the real worker: reports, receipts, repeats, withdrawn and refused things."""

import io
import json
import os

import numpy as np
import openpyxl
import pytest
import shapely
from PIL import Image

import layers
from data import records
from data.city import City
from data.intake.importing import import_file
from data.intake.limits import limit_rows
from data.intake.sandbox import read_upload
from data.intake.templates import template
from data.store import create_store
from geo import datum as datums
from geo.faults import Fault

LON = np.linspace(112.41, 112.59, 12)
RIVER = shapely.LineString([(112.4, 34.6), (112.6, 34.6)])


@pytest.fixture
def store(tmp_path):
    made = create_store(tmp_path / "office.sqlite", city=City(name="试点市", bounds=(112.0, 34.2, 113.0, 35.0)))
    with made.writing("operator", "seed") as tx:
        tx.insert("reach", [{"code": "R1", "name": "甲河", "geometry": RIVER}])
        tx.insert("district", [{"code": "990101", "name": "甲区", "geometry": shapely.box(112.3, 34.3, 112.5, 34.9)}])
        tx.insert("post", [{"code": "P1", "name": "甲镇镇级河长", "level": "township"}])
    return made


def _csv(rows, encoding="utf-8"):
    return "\n".join(",".join(str(cell) for cell in row) for row in rows).encode(encoding)


def test_a_gbk_ledger_with_titles_totals_and_dms_is_imported_row_by_row(store):
    data = _csv([["甲区入河排污口台账"], ["填报：示例", "", "2026"],
                 ["序号", "排口编号", "排口名称", "一级分类", "东经", "北纬", "排查日期", "神秘列"],
                 [1, "A-01", "一号口", "工业排污口", "112°27′00″", "34°36′03.6″", "2026年3月1日", "x"],
                 [2, "A-02", "二号口", "其他排口", "112度28分0秒", "34度36分3.6秒", "2026/3/2", ""], [],
                 [3, "A-03", "远口", "其他排口", "121.5", "31.2", "2026/3/2", ""],
                 [4, "A-01", "一号口重复", "其他排口", "112.47", "34.601", "", ""],
                 [5, "A-05", "坏口", "没有这类", "112.48", "34.601", "", ""],
                 ["合计", "", "", "", "", "", "", ""]], "gb18030")
    report = import_file(store, "operator", "outfall", data, name="台账.csv")
    assert (report.outcome, report.file.encoding, report.position.how) == ("partly", "gb18030", "detected")
    kept = [(s.row, round(s.lon, 6), round(s.lat, 6)) for s in report.stored]
    assert kept == [(1, 112.45, 34.601), (2, 112.466667, 34.601)]
    assert [(r.row, r.field, r.code) for r in report.refused] == [
        (3, "lon", "out_of_area"), (4, "code", "duplicate"), (5, "class1", "code_unknown")]
    assert [(n.code, n.rows) for n in report.skipped] == [("title_rows", []), ("total_row", [6])]
    assert [i.column for i in report.ignored] == ["神秘列"]
    outfalls = store.as_seen_by("operator").layer("outfall").set_index("code")
    assert outfalls["bank"].tolist() == ["left", "left"]
    assert outfalls["chainage_m"].iloc[0] == pytest.approx(0.05 * 91_700, rel=0.01)     # 91.7 km a degree at 34.6°
    assert all("{" not in note.message for note in (*report.refused, *report.skipped, *report.ignored))

    said = report.text("zh")
    assert said.splitlines()[0] == "“台账.csv”导入 2 条，另有 3 条未导入（可改后重传）。"
    assert report.receipt in said and "{" not in said + report.text("en")
    again = import_file(store, "operator", "outfall", data, name="台账.csv")
    assert (again.outcome, again.receipt) == ("replayed", report.receipt)
    other = import_file(store, "operator", "outfall", data, key="another-key")
    assert (other.outcome, {r.code for r in other.refused if r.row in (1, 2)}) == ("refused", {"duplicate"})
    changed = import_file(store, "operator", "outfall", data.replace("一号口".encode("gb18030"), "壹号口".encode("gb18030"), 1))
    assert [r.code for r in changed.refused if r.row == 1] == ["conflict"]


def test_a_key_used_for_other_content_is_refused(store):
    rows = [["编码", "经度", "纬度"], ["Z", 112.45, 34.601]]
    assert import_file(store, "operator", "outfall", _csv(rows), key="K").outcome == "accepted"
    with pytest.raises(Fault) as error:
        import_file(store, "operator", "outfall", _csv([*rows, ["Y", 112.46, 34.601]]), key="K")
    assert error.value.code == "key_reused"


def test_an_undeclared_shift_is_asked_and_nothing_is_kept(store):
    x, y = datums.wgs84_to_bd09(LON, np.full(12, 34.6002))
    data = _csv([["编码", "经度", "纬度"], *([f"B{i}", a, b] for i, (a, b) in enumerate(zip(x, y, strict=True)))])
    report = import_file(store, "operator", "outfall", data)
    assert (report.outcome, report.questions[0].code, report.stored) == ("needs_decision", "datum", [])
    assert not len(store.as_seen_by("operator").layer("outfall"))
    dry = import_file(store, "operator", "outfall", data, datum="bd09", dry_run=True)
    assert (dry.outcome, dry.receipt, len(dry.stored)) == ("accepted", None, 12)
    assert not len(store.as_seen_by("operator").layer("outfall"))
    done = import_file(store, "operator", "outfall", data, datum="bd09")
    kept = store.as_seen_by("operator").layer("outfall")
    assert done.position.model_dump() == {"datum": "bd09", "crs": "EPSG:4326", "how": "decided"}
    assert np.abs(kept.geometry.x.to_numpy() - LON).max() < 1e-7
    assert kept["orig_x"].tolist() == pytest.approx(x.tolist())


def test_a_gis_file_without_a_code_gets_codes_and_one_without_system_is_asked(store):
    feature = {"type": "Feature", "properties": {"名称": "乙河"}, "geometry": json.loads(shapely.to_geojson(RIVER))}
    data = json.dumps({"type": "FeatureCollection", "features": [feature]}, ensure_ascii=False).encode()
    report = import_file(store, "operator", "river", data, name="r.gpkg")
    assert (report.outcome, report.file.kind, [n.code for n in report.repairs]) == ("repaired", "geojson", ["code_generated"])
    assert store.as_seen_by("operator").layer("river")["name"].tolist() == ["乙河"]


def test_a_walk_becomes_a_patrol_with_the_stretch_it_saw(store):
    points = "".join(f'<trkpt lat="34.6001" lon="{112.45 + 0.00002 * i:.6f}"><time>2026-03-01T00:{i // 60:02d}:'
                     f"{i % 60:02d}Z</time></trkpt>" for i in range(0, 600, 15))
    data = f"<gpx><trk><trkseg>{points}</trkseg></trk></gpx>".encode()
    asked = import_file(store, "operator", "patrol", data)
    assert (asked.outcome, asked.questions[0].code, asked.questions[0].choices) == ("needs_decision", "post_code", ["P1"])
    report = import_file(store, "operator", "patrol", data, field_map={"post_code": "=P1", "people": "=示例甲、示例乙"})
    assert report.outcome == "accepted"
    view = store.as_seen_by("operator")
    patrol = view.records("patrol").iloc[0]
    assert (patrol["post_code"], patrol["has_track"]) == ("P1", True)
    assert patrol["started_at"].isoformat() == "2026-03-01T00:00:00+00:00"
    assert sorted(view.people()["person"]) == ["示例乙", "示例甲"]
    seen = view.intervals()
    assert set(seen["reach_id"]) == {"R1"}
    assert (seen["to_m"] - seen["from_m"]).groupby(seen["bank"]).sum().max() == pytest.approx(0.0117 * 91_700, rel=0.05)
    bare = data.replace(b"<time>", b"<!--").replace(b"</time>", b"-->")
    refused = import_file(store, "operator", "patrol", bare, field_map={"post_code": "=P1"})
    assert [(r.field, r.code) for r in refused.refused] == [("started_at", "track_without_times")]


def test_a_patrol_ledger_is_recorded_not_evidenced(store):
    data = _csv([["巡河人", "岗位", "巡河时间", "巡河方式"], ["示例甲", "甲镇镇级河长", "2026-03-01 08:30", "本人巡河"],
                 ["示例乙", "没有的岗位", "2026-03-02 08:30", ""]])
    report = import_file(store, "operator", "patrol", data)
    assert [(r.row, r.code) for r in report.refused] == [(2, "reference_unknown")]
    view = store.as_seen_by("operator")
    assert view.records("patrol")[["post_code", "has_track"]].values.tolist() == [["P1", False]]
    assert not len(view.intervals())


def test_responsibility_takes_chainage_lonlat_landmark_and_district(store):
    with store.writing("operator", "seed") as tx:
        tx.insert("landmark", [{"code": "L1", "name": "柳湾桥", "kind": "bridge", "geometry": shapely.Point(112.5, 34.6)}])
    rows = [["岗位编号", "河段编号", "起点", "终点", "辖区内河段", "起始日期"],
            ["P1", "R1", "K1+200", "柳湾桥", "", "2026-01-01"], ["P1", "甲河", "112.42 34.6", "2km", "", "2026-01-02"],
            ["P1", "R1", "", "", "990101", "2026-01-03"], ["P1", "R1", "没有的桥", "", "", "2026-01-04"]]
    report = import_file(store, "operator", "responsibility", _csv(rows))
    assert [(r.row, r.field, r.code) for r in report.refused] == [(4, "start_at", "start_unknown")]
    kept = store.as_seen_by("operator").records("responsibility").sort_values("valid_from")
    km = 91.7
    assert kept["from_m"].tolist() == pytest.approx([1200, 0.02 * km * 1000, 0], rel=0.01, abs=5)
    assert kept["to_m"].tolist() == pytest.approx([0.1 * km * 1000, 2000, 0.1 * km * 1000], rel=0.01)


@pytest.mark.parametrize("layer", sorted({**layers.ALL, **records.ALL}))
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_template_opens_with_its_headings_and_two_marked_rows(layer, lang):
    book = openpyxl.load_workbook(io.BytesIO(template(layer, lang)))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    shape = {**layers.ALL, **records.ALL}[layer]
    assert list(rows[0][1:1 + len(shape.columns)]) == [column.label(lang) for column in shape.columns]
    assert [row[0] for row in rows[1:]] == [{"zh": "示例", "en": "Example"}[lang]] * 2


def test_a_template_comes_back_with_its_examples_left_out(store):
    empty = import_file(store, "operator", "outfall", template("outfall"))
    assert (empty.outcome, [n.code for n in empty.skipped], empty.stored, empty.refused, empty.ignored) == (
        "accepted", ["example_row"], [], [], [])
    assert "没有可导入的行" in empty.text("zh")
    book = openpyxl.load_workbook(io.BytesIO(template("outfall")))
    sheet = book.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    for name, value in (("排污口编码", "T-1"), ("经度 (°)", "112.45"), ("纬度 (°)", "34.601"), ("是否确认", "是")):
        sheet.cell(4, headings.index(name) + 1, value)
    buffer = io.BytesIO()
    book.save(buffer)
    report = import_file(store, "operator", "outfall", buffer.getvalue())
    assert [(s.row, s.lon) for s in report.stored] == [(3, 112.45)]


def test_a_photo_becomes_a_draft_and_its_published_copy_knows_no_place(store):
    image = Image.new("RGB", (64, 48), "navy")
    exif = Image.Exif()
    exif[0x0132] = "2026:03:01 08:30:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (34.0, 36.0, 3.6), 3: "E", 4: (112.0, 27.0, 0.0)})
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", exif=exif)
    report = import_file(store, "operator", "finding", buffer.getvalue(), name="IMG.jpg")
    assert (report.outcome, report.stored[0].lon, report.stored[0].lat) == ("accepted", 112.45, 34.601)
    view = store.as_seen_by("operator")
    finding = view.records("finding").iloc[0]
    assert (finding["state"], finding["reach_code"]) == ("draft", "R1")
    photo, = view.photos(finding["id"])
    assert (round(photo.lon, 3), photo.name) == (112.45, "IMG.jpg")
    published = Image.open(io.BytesIO(view.photo_bytes(photo.id)))
    assert dict(published.getexif()) == {}
    assert (store.folder / "originals" / report.file.sha256).read_bytes() == buffer.getvalue()


def test_who_may_not_import_is_told_so(store):
    with pytest.raises(Fault) as error:
        import_file(store, "anonymous", "outfall", b"x")
    assert error.value.code == "not_allowed"
    with pytest.raises(Fault) as error:
        import_file(store, "operator", "nonsense", b"x")
    assert error.value.code == "layer_not_known" and "outfall" in error.value.fields["choices"]


def test_a_hostile_file_leaks_nothing_and_leaves_nothing_behind(store, tmp_path):
    canary = tmp_path / "canary.geojson"
    canary.write_text('{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"CANARY"},'
                      '"geometry":{"type":"Point","coordinates":[112.45,34.601]}}]}')
    vrt = tmp_path / "innocent.geojson"
    vrt.write_text(f'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>{canary}</SrcDataSource></OGRVRTLayer>'
                   "</OGRVRTDataSource>")
    report = import_file(store, "operator", "outfall", vrt)
    assert (report.outcome, report.error.code, report.stored) == ("refused", "xml_unknown", [])
    assert "CANARY" not in report.model_dump_json()
    assert str(tmp_path) not in report.model_dump_json()


def test_the_worker_has_no_network_no_programs_and_writes_only_at_home(tmp_path):
    import subprocess
    import sys
    script = ("import sys, pathlib; sys.path.insert(0, sys.argv[1]); from data.intake import worker; import socket\n"
              "worker.guard(pathlib.Path(sys.argv[2]))\n"
              "import os\n"
              "for what in (lambda: socket.create_connection(('127.0.0.1', 9)), lambda: os.system('true'),"
              " lambda: open(sys.argv[2] + '/../out', 'w')):\n"
              "    try: what(); print('LEAK')\n"
              "    except PermissionError: print('refused')\n"
              "open(sys.argv[2] + '/in', 'w').close(); print('kept')\n")
    home = tmp_path / "home"
    home.mkdir()
    root = os.fspath(__import__("pathlib").Path(__file__).parents[2])
    done = subprocess.run([sys.executable, "-c", script, root, str(home)], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["refused", "refused", "refused", "kept"], done.stderr


def test_a_crash_of_the_worker_is_a_refusal():
    with pytest.raises(Fault) as error:
        read_upload(b"SQLite format 3\x00" + b"\xff" * 4000, {})
    assert error.value.code in ("geopackage_broken", "file_broke_reader")


def test_limits_are_a_table_people_can_read():
    assert all(row["value"] and row["zh"] and row["en"] and row["unit"] for row in limit_rows())
