"""What a stranger's files taught: headings of real ledgers, questions before guesses, and ways out that really work."""

import io
import json

import openpyxl
import pytest
import shapely

from data import actions
from data.city import City
from data.intake.importing import import_file
from data.intake.templates import template
from data.store import create_store
from geo.faults import Fault

RIVER = shapely.LineString([(112.4, 34.6), (112.6, 34.6)])
BOX = shapely.box(112.3, 34.5, 112.5, 34.7)


@pytest.fixture
def store(tmp_path):
    made = create_store(tmp_path / "office.sqlite", city=City(name="试点市", bounds=(112.0, 34.2, 113.0, 35.0)))
    with made.writing("operator", "seed") as tx:
        tx.insert("reach", [{"code": "R1", "name": "甲河", "geometry": RIVER}])
        tx.insert("post", [{"code": "P1", "name": "甲镇镇级河长", "level": "township"},
                           {"code": "P2", "name": "乙县县级河长", "level": "county"},
                           {"code": "A0", "name": "别处河长", "level": "township"}])
        tx.insert("responsibility", [{"post_code": code, "object_layer": "reach", "object_code": "R1", "from_m": 0.0,
                                      "to_m": 9000.0, "bank": "both", "role": "lead", "valid_from": "2020-01-01"}
                                     for code in ("P1", "P2")])
        tx.insert("holder", [{"post_code": "P1", "person": "示例甲", "state": "holding", "valid_from": "2020-01-01"}])
    return made


def _csv(*rows):
    return "\n".join(",".join(str(cell) for cell in row) for row in rows).encode()


def _geojson(*features):
    return json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": said, "geometry": json.loads(shapely.to_geojson(shape))}
        for said, shape in features]}, ensure_ascii=False).encode()


def _gpx(shift=0.0):
    points = "".join(f'<trkpt lat="{34.6001 + shift}" lon="{112.45 + 0.00002 * i:.6f}"><time>2026-03-01T00:{i // 60:02d}:'
                     f"{i % 60:02d}Z</time></trkpt>" for i in range(0, 600, 15))
    return f"<gpx><trk><trkseg>{points}</trkseg></trk></gpx>".encode()


@pytest.mark.parametrize("heading", ["行政区代码", "行政区划代码", "区划代码", "县区代码", "区县代码", "adcode"])
def test_a_district_keeps_its_own_code_under_every_usual_heading(store, heading):
    report = import_file(store, "operator", "district", _geojson(({heading: "990101", "县区名称": "甲区"}, BOX)))
    assert (report.outcome, report.columns) == ("accepted", {"code": heading, "name": "县区名称"})
    assert store.as_seen_by("operator").layer("district")["code"].tolist() == ["990101"]


@pytest.mark.parametrize("heading", ["河流编号", "河流编码", "所属河流"])
def test_a_reach_keeps_its_river(store, heading):
    data = _geojson(({"河段编码": "R7", heading: "QH"}, RIVER))
    report = import_file(store, "operator", "reach", data, dry_run=True)
    assert report.columns == {"code": "河段编码", "river_code": heading}
    note, = report.notes
    assert (note.code, note.rows) == ("reference_unchecked", [1])
    assert "river_code" in note.message and "QH" in note.message and "hezhang import river" in note.message


def test_a_column_that_could_be_the_code_is_asked_for_and_any_answer_is_taken(store):
    data = _geojson(({"神秘号": "Z-1", "县区名称": "甲区", "宽": 3.5}, BOX),
                    ({"神秘号": "Z-2", "县区名称": "乙区", "宽": 4.5}, shapely.box(112.5, 34.5, 112.7, 34.7)))
    asked = import_file(store, "operator", "district", data)
    assert (asked.outcome, [(q.code, q.choices) for q in asked.questions]) == ("needs_decision", [("code", ["神秘号", "auto"])])
    assert "--map" in asked.questions[0].message and "code=神秘号" in asked.questions[0].message
    for given in ("神秘号", "=神秘号"):          # the terminal's way, and the page's, which gives answers as values
        said = import_file(store, "operator", "district", data, field_map={"code": given}, dry_run=True)
        assert (said.outcome, said.columns["code"]) == ("accepted", "神秘号")
    made = import_file(store, "operator", "district", data, field_map={"code": "=auto"})
    assert [note.code for note in made.repairs] == ["code_generated"]


def test_a_river_map_without_codes_gets_its_own_and_the_report_says_so(store):
    report = import_file(store, "operator", "reach", _geojson(({"神秘号": "Z-1", "河段名称": "甲"}, RIVER)))
    assert (report.outcome, [repair.code for repair in report.repairs]) == ("repaired", ["code_generated"])


def test_districts_on_top_of_others_are_asked_and_a_zone_within_a_county_is_not(store):
    import_file(store, "operator", "district", _geojson(({"区划代码": "990101", "名称": "甲区"}, BOX)))
    twice = _geojson(({"区划代码": "DIS-1", "名称": "甲区又一次"}, BOX), ({"区划代码": "990102", "名称": "邻区"},
                                                                shapely.box(112.5, 34.5, 112.7, 34.7)))
    asked = import_file(store, "operator", "district", twice)
    question, = asked.questions
    assert question.code == "district_overlap" and all(word in question.message for word in ("DIS-1", "990101", "甲区又一次"))
    kept = import_file(store, "operator", "district", twice, field_map={"district_overlap": "=keep_both"}, dry_run=True)
    assert (kept.outcome, [s.flags for s in kept.stored]) == ("repaired", [["district_overlap"], []])
    zone = _geojson(({"区划代码": "Z1", "名称": "某开发区", "类别": "管理区(开发区)"}, shapely.box(112.35, 34.55, 112.4, 34.6)))
    assert import_file(store, "operator", "district", zone).outcome == "accepted"


def test_the_ways_out_of_a_conflict_exist(store):
    first = import_file(store, "operator", "post", _csv(["岗位编号", "岗位名称", "层级"], ["P9", "丙镇河长", "镇级"]))
    changed = _csv(["岗位编号", "岗位名称", "层级"], ["P9", "丙镇镇级河长", "镇级"])
    conflict, = import_file(store, "operator", "post", changed).refused
    assert conflict.code == "conflict" and f"hezhang withdraw {first.receipt}" in conflict.message
    payload = json.loads(conflict.message.split("--input '")[1].split("'")[0])
    assert payload["changes"] == {"name": "丙镇镇级河长"}
    actions.run("correct", store, "operator", payload)
    posts = store.as_seen_by("operator").records("post", code="P9")
    assert posts["name"].tolist() == ["丙镇镇级河长"]
    actions.run("withdraw", store, "operator", {"receipt": first.receipt, "reason": "重新导入"})
    assert import_file(store, "operator", "post", changed).outcome == "accepted"


def test_references_within_the_file_are_none_and_others_are_told_once(store):
    rows = [["岗位编号", "岗位名称", "层级", "上级岗位", "县区代码"], ["N1", "丁县河长", "县级", "", "990101"],
            ["N2", "丁镇河长", "镇级", "N1", "990101"], ["N3", "戊镇河长", "乡级", "丁县河长", "990102"]]
    report = import_file(store, "operator", "post", _csv(*rows), dry_run=True)
    note, = report.notes
    assert note.code == "reference_unchecked" and note.rows == [1, 2, 3]
    assert "990101、990102" in note.message and "hezhang import district" in note.message
    assert [s.flags for s in report.stored] == [["reference_unchecked"]] * 3
    assert report.text("zh").count("district_code") == 1
    lost = import_file(store, "operator", "holder", _csv(["岗位", "姓名", "任职时间"], ["没有", "甲", "2026-01-01"],
                                                         ["没有", "乙", "2026-02-01"]))
    assert [r.code for r in lost.refused] == ["reference_unknown"] * 2
    assert lost.text("zh").count("没有：没有") == 1 and "hezhang import post" in lost.text("en")


def test_a_walk_asks_for_the_responsible_post_first_and_says_what_it_saw(store):
    asked = import_file(store, "operator", "patrol", _gpx())
    question, = asked.questions
    assert question.choices == ["P1", "P2", "A0"]          # the lowest responsible level first, the stranger last
    assert "--map post_code==P1" in question.message and "A0 别处河长" in question.message
    tried = import_file(store, "operator", "patrol", _gpx(), field_map={"post_code": "=P1"}, dry_run=True)
    assert tried.text("zh").startswith("试读") and "尚未保存" in tried.text("zh") and tried.receipt is None
    report = import_file(store, "operator", "patrol", _gpx(), name="甲.gpx", field_map={"post_code": "=P1"})
    said = report.text("zh")
    assert all(word in said for word in ("2026-03-01 08:00–08:09", "示例甲", "甲河 R1", "岸"))
    assert store.as_seen_by("operator").records("patrol")["people"].tolist() == ["示例甲"]

    again = import_file(store, "operator", "patrol", _gpx(), name="乙.gpx", field_map={"post_code": "=P1"})
    assert (again.outcome, again.receipt) == ("replayed", report.receipt)
    assert "“乙.gpx”的内容与“甲.gpx”相同" in again.text("zh")
    dry = import_file(store, "operator", "patrol", _gpx(), field_map={"post_code": "=P1"}, dry_run=True)
    assert dry.text("zh").startswith("试读") and "已导入过" in dry.text("zh")


def test_one_walk_is_not_two_patrols_and_a_companion_has_a_way_in(store):
    first = import_file(store, "operator", "patrol", _gpx(), field_map={"post_code": "=P1"})
    number = store.as_seen_by("operator").records("patrol")["number"].iloc[0]
    other = import_file(store, "operator", "patrol", _gpx() + b"\n", field_map={"post_code": "=P2"})
    assert [(r.code, r.field) for r in other.refused] == [("duplicate", "track")]
    assert all(word in other.refused[0].message for word in (number, "P1", "people==示例甲", first.receipt))
    assert import_file(store, "operator", "patrol", _gpx(0.0002), field_map={"post_code": "=P2"}).outcome == "accepted"
    actions.run("withdraw", store, "operator", {"receipt": first.receipt, "reason": "加同行人"})
    both = {"post_code": "=P1", "people": "=示例甲、示例乙(P2)"}
    assert import_file(store, "operator", "patrol", _gpx(), field_map=both).outcome == "accepted"
    people = store.as_seen_by("operator").people()
    assert {("示例甲", "P1"), ("示例乙", "P2")} <= set(zip(people["person"], people["post_code"], strict=True))


def test_the_wrong_layer_is_said_once_with_the_right_one(store):
    ledger = _csv(["排污口编码", "排污口名称", "经度", "纬度", "是否确认"],
                  *([f"A{i}", "口", 112.45, 34.6, "是"] for i in range(30)))
    report = import_file(store, "operator", "reach", ledger, name="台账.csv")
    assert (report.outcome, report.error.code, report.refused) == ("refused", "wrong_layer", [])
    assert "hezhang import outfall" in report.error.message
    short = import_file(store, "operator", "holder", _csv(["岗位编号", "姓名"], ["P1", "甲"], ["P2", "乙"]))
    assert (short.error.code, short.refused) == ("columns_missing", []) and "--map valid_from" in short.error.message


def test_what_is_no_file_of_its_name_is_said_so(store, tmp_path):
    for data in (b"hello there\nthis is a note\n", b"only words"):
        report = import_file(store, "operator", "patrol", data, name="walk.gpx")
        assert (report.outcome, report.error.code) == ("refused", "file_not_as_named")
    for path, code in ((tmp_path, "file_is_folder"), (tmp_path / "none.csv", "file_missing")):
        with pytest.raises(Fault) as error:
            import_file(store, "operator", "post", path)
        assert (error.value.code, error.value.fields["file"]) == (code, str(path.resolve()))


def test_a_length_that_differs_can_be_decided(store):
    rows = _csv(["岗位编号", "河段编号", "起点桩号", "终点桩号", "责任长度(km)", "起始日期"],
                ["P1", "R1", "K1+000", "K3+000", 2, "2026-01-01"], ["P2", "R1", "K1+000", "K3+000", 5, "2026-01-01"])
    asked = import_file(store, "operator", "responsibility", rows)
    question, = asked.questions
    assert question.code == "stated_length" and "2" in question.message and "--map stated_length==drawn" in question.message
    done = import_file(store, "operator", "responsibility", rows, field_map={"stated_length": "=drawn"})
    assert (done.outcome, len(done.stored)) == ("repaired", 2)


def test_templates_of_lines_and_areas_say_where_shapes_come_from():
    for layer, word in (("reach", "LINESTRING"), ("district", "POLYGON")):
        sheet = openpyxl.load_workbook(io.BytesIO(template(layer))).worksheets[0]
        assert "GIS" in sheet["A1"].comment.text
        assert any(str(cell.value).startswith(word) for cell in sheet[2])
    sheet = openpyxl.load_workbook(io.BytesIO(template("post"))).worksheets[0]
    shown = dict(zip((c.value for c in sheet[1]), (c.value for c in sheet[2]), strict=True))
    assert (shown["岗位名称"], shown["层级"]) == ("示例镇镇级河长", "乡级")


def test_a_ledger_sent_again_with_one_change_is_short_to_read(store):
    head = ["岗位编号", "岗位名称", "层级", "县区代码"]
    rows = [[f"B{i}", f"第{i}镇河长", "乡级", "990101"] for i in range(30)]
    import_file(store, "operator", "post", _csv(head, *rows))
    again = import_file(store, "operator", "post", _csv(head, ["B0", "改名河长", "乡级", "990101"], *rows[1:]))
    assert [r.code for r in again.refused] == ["conflict"] + ["duplicate"] * 29
    said = again.text("zh").splitlines()
    assert len(said) == 3 and said[2].startswith("第 2–30 条") and "990101" not in again.text("zh")
