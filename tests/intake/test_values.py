"""One cell at a time: coordinates, numbers, dates, yes and no, codes, headings."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import layers
from data import records
from data.intake.coords import parse_angle
from data.intake.fields import readable_columns
from data.intake.understand import apply_map, datum_in, map_columns
from data.intake.values import Unreadable, parse
from layers.base import Code, Column

ZONE = ZoneInfo("Asia/Shanghai")
DAY, MOMENT = Column("d", "date", "日期", "Day"), Column("t", "datetime", "时间", "Time")
METRES = Column("width_m", "float", "河宽", "Width", unit="m")


@pytest.mark.parametrize(("text", "degrees"), [
    ("112.454", 112.454), ("１１２．４５４", 112.454), ("112°27′14.4″", 112.454), ("112°27'14.4\"", 112.454),
    ("112度27分14.4秒", 112.454), ("112 27 14.4", 112.454), ("112:27:14.4", 112.454), ("112°27.24′", 112.454),
    ("111.36.17", 111 + 36 / 60 + 17 / 3600), ("E112°27′14.4″", 112.454), ("112.454°E", 112.454),
    ("东经112.454", 112.454), ("W112.454", -112.454), ("-112.454", -112.454), ("112.454°", 112.454),
])
def test_a_coordinate_is_read_in_every_usual_spelling(text, degrees):
    assert parse_angle(text).value == pytest.approx(degrees, abs=1e-9)


@pytest.mark.parametrize("text", ["112°67′10″", "112°10′75″", "abc", "112.45.99", "", "112°27′14.4″N5"])
def test_nonsense_is_no_coordinate(text):
    assert parse_angle(text) is None


@given(st.integers(0, 179), st.integers(0, 59), st.integers(0, 5999))
def test_degrees_minutes_seconds_are_what_they_say(d, m, hundredths):
    s = hundredths / 100
    for text in (f"{d}°{m}′{s}″", f"{d}度{m}分{s}秒", f"{d} {m} {s}"):
        assert parse_angle(text).value == pytest.approx(d + m / 60 + s / 3600, abs=1e-9)


@given(st.text(max_size=20))
def test_no_text_breaks_the_coordinate_reader(text):
    angle = parse_angle(text)
    assert angle is None or abs(angle.value) < 1e9


@pytest.mark.parametrize("text", ["2026-03-01", "2026/3/1", "2026.3.1", "2026年3月1日", "20260301", "13/03/2026", "46082",
                                  "2026-03-01 08:30:00", "２０２６－０３－０１"])
def test_a_day_is_read_in_every_usual_spelling(text):
    expected = date(2026, 3, 13) if text.startswith("13/") else date(2026, 3, 1)
    assert parse(DAY, text, ZONE)[0] == expected


@pytest.mark.parametrize("text", ["2026-03-01 08:30", "2026年3月1日8时30分", "2026-03-01T00:30:00Z", "2026-03-01T08:30:00+08:00",
                                  "2026/3/1 8:30:00"])
def test_a_moment_without_offset_is_the_citys(text):
    assert parse(MOMENT, text, ZONE)[0] == datetime(2026, 3, 1, 8, 30, tzinfo=ZONE)


@pytest.mark.parametrize(("text", "code"), [("3/4/2026", "date_ambiguous"), ("2026-03", "date_without_day"),
                                            ("2026-02-30", "not_a_date"), ("昨天", "not_a_date")])
def test_a_day_that_cannot_be_told_is_refused(text, code):
    with pytest.raises(Unreadable) as error:
        parse(DAY, text, ZONE)
    assert error.value.args[0] == code


@pytest.mark.parametrize(("text", "value"), [("35", 35), ("35米", 35), ("0.035km", 35), ("1,250.5", 1250.5), ("３５", 35),
                                             ("35 m", 35), ("无", None), ("/", None), ("3.5万", 35_000)])
def test_a_number_comes_with_its_unit(text, value):
    assert parse(METRES, text, ZONE)[0] == (None if value is None else pytest.approx(value))


@pytest.mark.parametrize("text", ["<0.5", "0.025L", "ND", "未检出", "≥3"])
def test_a_censored_value_never_becomes_a_number(text):
    with pytest.raises(Unreadable) as error:
        parse(METRES, text, ZONE)
    assert error.value.args[0] == "number_censored"


@pytest.mark.parametrize("text", ["30-50", "约3", "12斤", "1,2"])
def test_half_a_number_is_refused(text):
    with pytest.raises(Unreadable):
        parse(METRES, text, ZONE)


def test_a_code_is_known_by_value_and_both_labels():
    bank = Column("bank", "code", "岸别", "Bank", codes=(Code("left", "左岸", "Left bank"),))
    assert [parse(bank, text, ZONE)[0] for text in ("left", "左岸", "LEFT BANK", " 左 岸 ")] == ["left"] * 4
    with pytest.raises(Unreadable):
        parse(bank, "北岸", ZONE)


def test_long_ids_and_leading_zeros_stay_text():
    code = records.POST.column("code")
    assert parse(code, "0012", ZONE)[0] == "0012"
    assert parse(code, "91330502734506772N", ZONE)[0] == "91330502734506772N"


def test_headings_are_found_by_name_label_alias_and_without_their_units():
    columns = readable_columns(layers.ALL["outfall"])
    found = map_columns(["序号", "排口编号", "入河排污口名称", "经度（°）", "LAT", "管径(mm)", "没见过"], columns)
    assert {found.index[n] for n in ("code", "name", "lon", "lat", "diameter_mm")} == {1, 2, 3, 4, 5}
    assert found.ignored == ["序号", "没见过"]


def test_the_callers_mapping_wins_and_takes_aliases_and_constants():
    columns = readable_columns(layers.ALL["reach"])
    headings = ["编码", "HYRIV_ID", "NEXT_DOWN"]
    found = map_columns(headings, columns)
    assert not apply_map(found, headings, {"reach_id": "HYRIV_ID", "kind": "=river"}, columns)
    assert (found.index["code"], found.index["to_reach"], found.constant["kind"]) == (1, 2, "river")
    assert apply_map(found, headings, {"nonsense": "编码"}, columns) == [("map_field_unknown", "nonsense")]


@pytest.mark.parametrize(("heading", "datum"), [("lon_gcj02", "gcj02"), ("百度经度", "bd09"), ("经度(高德)", "gcj02"),
                                                ("lon_wgs84", "wgs84"), ("X(国家2000)", "cgcs2000"), ("经度", None)])
def test_a_heading_declares_its_datum(heading, datum):
    assert datum_in(heading) == datum
