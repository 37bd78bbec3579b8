"""Bytes to rows: every kind of file by what it is, hostile ones refused."""

import io
import json
import zipfile

import fiona
import geopandas as gpd
import openpyxl
import pytest
import shapely

from data.intake import worker
from data.intake.archive import checked
from data.intake.text import guess, strict
from geo.faults import Fault


def _read(tmp_path, data, name="upload", **options):
    folder = tmp_path / "work"
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return worker.read(path, options)


def _refused(tmp_path, data, **options):
    with pytest.raises(Fault) as error:
        _read(tmp_path, data, **options)
    return error.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_ledger_is_read_in_its_own_encoding(tmp_path, encoding):
    reading = _read(tmp_path, "编码,名称\nA1,洛河排口\n".encode(encoding))
    assert reading.columns == ["编码", "名称"]
    assert reading.cells == [["A1", "洛河排口"]]


def test_an_encoding_that_cannot_be_told_is_asked():
    assert guess("編號,名稱\n1,龍門橋下游污水口,備註說明\n".encode("big5"))[0] is None
    assert guess("code,naïve café\n".encode("cp1252"))[0] is None
    with pytest.raises(Fault):
        strict(b"\xff\xfe\x41", "utf-8")


@pytest.mark.parametrize("separator", [",", "\t", ";", "|", "，"])
def test_any_usual_separator(tmp_path, separator):
    text = "\n".join(separator.join(row) for row in (["编码", "名称", "经度"], ["1", "甲", "112.5"], ["2", "乙", "112.6"]))
    assert _read(tmp_path, text).cells == [["1", "甲", "112.5"], ["2", "乙", "112.6"]]


def test_blank_lines_are_not_counted_and_sheet_rows_are_kept(tmp_path):
    text = '某市排口台账,,\n填报单位：示例,,\n编码,名称,经度\n\n1,"甲\n口",112\n,,\n2,乙,113\n'
    reading = _read(tmp_path, text, known=["编码", "名称"])
    assert reading.row == [1, 2]
    assert reading.line == [5, 8]
    assert reading.skipped[0]["code"] == "title_rows"


def _xlsx(rows, title="台账", second=None, hidden=None):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for name, state in ((second, "visible"), (hidden, "hidden")):
        if name:
            other = book.create_sheet(name)
            other.append(["编码"])
            other.append(["x"])
            other.sheet_state = state
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_workbooks_header_lies_under_titles_and_ids_stay_whole(tmp_path):
    data = _xlsx([["某市入河排污口台账"], ["单位：个"], ["序号", "排污口编码", "排查日期"], [1, "0012", None],
                  [2, 12345678901234, None]], second="第二张", hidden="藏起来的")
    reading = _read(tmp_path, data, known=["序号", "排污口编码", "排查日期"])
    assert [row[1] for row in reading.cells] == ["0012", "12345678901234"]
    assert reading.line == [4, 5]
    assert {note["code"] for note in reading.skipped} == {"title_rows", "other_sheet", "hidden_sheet"}
    assert _read(tmp_path, data, sheet="第二张").cells == [["x"]]
    assert _refused(tmp_path, data, sheet="没有") == "sheet_unknown"


def test_a_far_cell_does_not_cost_the_machine(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"], book.active["A2"] = "编码", "1"
    book.active["XFD3"] = "far"
    buffer = io.BytesIO()
    book.save(buffer)
    assert _read(tmp_path, buffer.getvalue()).cells == [["1"]]


def _gpkg(tmp_path, **tables):
    path = tmp_path / "made.gpkg"
    for name, geometry in tables.items():
        gpd.GeoDataFrame({"名称": ["甲"] * len(geometry)}, geometry=geometry, crs="EPSG:4490").to_file(
            path, layer=name, driver="GPKG", engine="pyogrio")
    return path.read_bytes()


def test_two_usable_layers_are_asked_and_one_is_taken(tmp_path):
    line, point = shapely.LineString([(112, 34), (113, 34)]), shapely.Point(112, 34)
    data = _gpkg(tmp_path, rivers=[line], canals=[line], posts=[point])
    asked = _read(tmp_path, data, want="line")
    assert asked.questions[0]["choices"] == ["rivers", "canals"]
    assert [s["name"] for s in asked.sublayers] == ["rivers", "canals", "posts"]
    assert _read(tmp_path, data, want="point").sublayer == "posts"
    assert _read(tmp_path, data, sublayer="canals").cells == [["甲"]]


def _shapefile(tmp_path, encoding, cpg=None, prj=True):
    folder = tmp_path / "made"
    folder.mkdir(exist_ok=True)
    schema = {"geometry": "Point", "properties": {"名称": "str:30"}}
    with fiona.open(folder / "a.shp", "w", driver="ESRI Shapefile", schema=schema, crs="EPSG:4490", encoding=encoding) as out:
        out.write({"type": "Feature", "properties": {"名称": "洛河龙门段"},
                   "geometry": {"type": "Point", "coordinates": (112, 34)}})
    (folder / "a.cpg").unlink(missing_ok=True)
    if cpg:
        (folder / "a.cpg").write_text(cpg)
    if not prj:
        (folder / "a.prj").unlink()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in folder.iterdir():
            archive.write(part, f"数据/{part.name}")
    return buffer.getvalue()


@pytest.mark.parametrize(("encoding", "cpg"), [("GBK", None), ("UTF-8", None), ("GBK", "UTF-8"), ("GBK", "GBK"),
                                               ("GBK", "ISO-8859-1")])
def test_a_shapefiles_chinese_is_read_even_where_its_cpg_lies_or_is_missing(tmp_path, encoding, cpg):
    reading = _read(tmp_path, _shapefile(tmp_path, encoding, cpg))
    assert (reading.columns, reading.cells) == (["名称"], [["洛河龙门段"]])
    assert bool(reading.repairs) == (encoding == "GBK" and cpg in ("UTF-8", "ISO-8859-1"))


def test_a_shapefile_without_prj_has_no_system(tmp_path):
    assert _read(tmp_path, _shapefile(tmp_path, "UTF-8", prj=False)).crs is None


def test_one_bad_feature_does_not_sink_the_file(tmp_path):
    good = {"type": "Feature", "properties": {"name": "好"}, "geometry": {"type": "Point", "coordinates": [112, 34]}}
    bad = {"type": "Feature", "properties": {"name": "坏"}, "geometry": {"type": "Polygon", "coordinates": "x"}}
    reading = _read(tmp_path, json.dumps({"type": "FeatureCollection", "features": [good, bad, 7, good]}))
    assert [note["row"] for note in reading.bad] == [2, 3]
    assert [wkb is not None for wkb in reading.wkb] == [True, False, False, True]


KML = """<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"
 xmlns:gx="http://www.google.com/kml/ext/2.2"><Document><Folder><name>甲组</name>
<Placemark><name>一号</name><ExtendedData><Data name="类型"><value>混排</value></Data></ExtendedData>
<Point><coordinates>112.1,34.1,0</coordinates></Point></Placemark></Folder>
<Folder><name>乙组</name><Folder><Placemark><name>二号</name><ExtendedData><SchemaData><SimpleData name="编号">07</SimpleData>
</SchemaData></ExtendedData><Point><coordinates>112.2,34.2</coordinates></Point></Placemark></Folder>
<Placemark><name>走</name><gx:Track><when>2026-03-01T00:00:00Z</when><when>2026-03-01T00:01:00Z</when>
<gx:coord>112 34 0</gx:coord><gx:coord>112.001 34 0</gx:coord></gx:Track></Placemark></Folder></Document></kml>"""


def test_every_folder_of_a_kml_is_read_with_its_own_names(tmp_path):
    reading = _read(tmp_path, KML, want="point")
    assert [row[:3:2] for row in reading.cells] == [["一号", "甲组"], ["二号", None]]
    assert reading.columns[4:] == ["类型", "编号"]
    assert [row[4:] for row in reading.cells] == [["混排", None], [None, "07"]]
    walked = _read(tmp_path, KML, want="track")
    assert [p[4] for p in walked.points] == ["2026-03-01T00:00:00+00:00", "2026-03-01T00:01:00+00:00"]


@pytest.mark.parametrize("head", ['<gpx xmlns="http://www.topografix.com/GPX/1/1">', "<gpx>",
                                  "\ufeff<?xml version='1.0'?>\n<gpx>"])
def test_gpx_with_and_without_namespace(tmp_path, head):
    body = '<trk><trkseg/><trkseg><trkpt lat="34" lon="112"><time>2026-03-01T00:00:00Z</time></trkpt>' \
           '<trkpt lat="34" lon="abc"/><trkpt lat="34" lon="112.1"/></trkseg></trk></gpx>'
    reading = _read(tmp_path, head + body, want="track")
    assert [(p[2], p[3]) for p in reading.points] == [(112.0, 34.0), (112.1, 34.0)]
    assert reading.repairs[0]["fields"] == {"count": 1}


@pytest.mark.parametrize(("data", "code"), [
    ("<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>{canary}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>",
     "xml_unknown"),
    ('{{"type":"gdal_streamed_alg","command_line":"gdal vector pipeline read {canary}"}}', "json_not_geojson"),
    ('<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY x SYSTEM "file://{canary}">]><gpx><trk><name>&x;</name></trk></gpx>',
     "xml_doctype"),
    ("<html><table><tr><td>1</td></tr></table></html>", "html_table"),
    ("%PDF-1.4 {canary}", "kind_refused"),
    ("", "upload_empty"),
])
def test_what_is_not_data_is_refused_without_reading_another_file(tmp_path, data, code):
    canary = tmp_path / "canary.csv"
    canary.write_text("secret,lon,lat\ncanary,112,34\n")
    assert _refused(tmp_path, data.format(canary=canary)) == code


def _zip(members, **kw):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(("members", "code"), [
    ([("../a.shp", b"x")], "archive_path"), ([("/a.shp", b"x")], "archive_path"), ([("C:\\a.shp", b"x")], "archive_path"),
    ([("a.shp", b"x"), ("A.SHP", b"y")], "archive_twins"), ([("a.shp", b"\0" * 30_000_000)], "archive_bomb"),
    ([("a.shp", b"x"), ("b.zip", b"PK")], "archive_nested"), ([(f"{i}.shp", b"") for i in range(1001)], "archive_members"),
    ([("readme.txt", b"x")], "archive_unknown"),
])
def test_a_hostile_archive_is_refused_before_it_is_opened(tmp_path, members, code):
    assert _refused(tmp_path, _zip(members)) == code


def test_members_laid_over_one_another_are_refused(tmp_path):
    path = tmp_path / "overlap.zip"
    path.write_bytes(_zip([("a.shp", b"a" * 5000), ("b.shp", b"b" * 5000)]))
    data = bytearray(path.read_bytes())
    second = data.rindex(b"PK\x01\x02")
    data[second + 42:second + 46] = (0).to_bytes(4, "little")
    path.write_bytes(data)
    with pytest.raises(Fault):
        checked(path)
