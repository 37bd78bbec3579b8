"""The printed map: scale and frame by hand, numbers apart, fonts within the PDF, the same bytes twice."""

import io
import re
import zlib

import geopandas as gpd
import numpy as np
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from shapely.geometry import LineString, Point

from reports import frame as frames
from reports import problem_map
from reports.drawing import style
from reports.labels import along, place_numbers, spread, text_mm, wrapped
from reports.typeface import FONT_FILE, lacking


@pytest.fixture(scope="module")
def drawn(base, many):
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from reports.sheet import Sheet
    sheet = Sheet("示例图", "示例单位", "示例", datetime(2026, 6, 30, 18, tzinfo=ZoneInfo("Asia/Shanghai")), simulated=True,
                  number="2026-BG-0007")
    return problem_map.render(many(24), base, sheet), problem_map.render(many(24), base, sheet), sheet


def test_pdf_embeds_our_face_as_truetype_and_is_one_a3_page(drawn):
    pdf = drawn[0]["pdf"]
    assert re.search(rb"/BaseFont /[A-Z]{6}\+HezhangSans-Regular", pdf) and b"/FontFile2" in pdf
    assert b"/Type3" not in pdf and b"DejaVu" not in pdf
    box = re.search(rb"/MediaBox \[ ?0 0 ([\d.]+) ([\d.]+) ?\]", pdf)
    assert [float(side) / 72 * 25.4 for side in box.groups()] == pytest.approx([420, 297], abs=0.1)


def test_png_is_a3_at_print_size(drawn):
    image = Image.open(io.BytesIO(drawn[0]["png"]))
    assert image.size == (3307, 2338)


def test_the_same_rows_give_the_same_bytes(drawn):
    assert drawn[0]["pdf"] == drawn[1]["pdf"] and drawn[0]["png"] == drawn[1]["png"]


def test_every_number_stands_on_the_map_once_and_all_else_is_said(base, problems, sheet):
    figure = problem_map.draw(problems, base, sheet)
    on_map = [words.get_text() for words in figure.axes[1].texts]
    for seq in problems["seq"]:
        assert on_map.count(str(seq)) >= 1
    around = " ".join(words.get_text() for words in figure.axes[0].texts)
    for words in (sheet.title, "模拟数据", sheet.unit, sheet.source, sheet.number, "审图号", "2000国家大地坐标系", "比例尺 1:",
                  "2026-06-30 18:00", "河流：清河", "屡治屡排（5）"):
        assert words in around
    assert "暗渠" not in around, "the legend names only what is drawn"


def test_a_problem_without_place_is_listed_and_not_drawn(base, problems, sheet):
    problems.loc[0, "geometry"] = None
    problems.loc[0, ["lon", "lat"]] = np.nan
    figure = problem_map.draw(problems, base, sheet)
    assert any("无坐标" in words.get_text() for words in figure.axes[0].texts)


def test_an_empty_filter_still_gives_a_map_of_the_waters(base, problems, sheet):
    assert problem_map.render(problems.iloc[:0], base, sheet, ("pdf",))["pdf"].startswith(b"%PDF")


def test_dollar_signs_are_signs(base, problems, sheet):
    problems["place"] = "$x_1$ \\frac{a}{b} & <b>"
    with style():
        assert problem_map.render(problems, base, sheet, ("pdf",))["pdf"].startswith(b"%PDF")


def test_frame_ground_is_scale_times_paper():
    points = gpd.GeoDataFrame(geometry=[Point(500_000, 3_800_000), Point(560_000, 3_840_000)], crs=4547)
    frame = frames.frame_for([points], 4547)
    assert frame.width_m == pytest.approx(frame.box.w / 1000 * frame.scale)
    west, south, east, north = frame.bounds()
    assert west < 500_000 < 560_000 < east and south < 3_800_000 < 3_840_000 < north
    assert frame.to_mm(np.array([[west, south], [east, north]])) == pytest.approx(np.array([[0, 0], [frame.box.w, frame.box.h]]))
    assert frame.scale == 250_000  # 60 km and its margins on about 313 mm of paper ask for 1:211 000
    bar = frames.bar_m(frame)
    assert bar == 10_000 and bar / frame.scale * 1000 <= 70


@given(st.floats(0.1, 30), st.floats(2_000, 900_000))
@settings(max_examples=60, deadline=None)
def test_boxes_stay_on_the_page_and_hold_any_shape_of_ground(aspect, wide_m):
    points = gpd.GeoDataFrame(geometry=[Point(0, 0), Point(wide_m, wide_m / aspect)], crs=4547)
    frame = frames.frame_for([points], pyproj.CRS(4547))
    for box in (frame.box, frame.panel):
        assert box.x >= frames.MARGIN_MM - 1e-9 and box.x + box.w <= frames.PAGE_MM[0] - frames.MARGIN_MM + 1e-9
        assert box.y >= frames.MARGIN_MM + frames.FOOT_MM - 1e-9 and box.y + box.h <= frames.PAGE_MM[1] - frames.MARGIN_MM
    assert frame.width_m >= wide_m and frame.height_m >= wide_m / aspect
    a, b = frame.box, frame.panel
    assert a.x + a.w <= b.x or b.x + b.w <= a.x or a.y + a.h <= b.y or b.y + b.h <= a.y


def test_graticule_labels():
    assert frames.degrees(112.5, True) == "112°30′E" and frames.degrees(-34.0, False) == "34°00′S"
    assert frames.degrees(112 + 0.5 / 60, True) == "112°00′30″E"
    assert [frames.round_scale(n) for n in (100_000, 100_001, 211_000, 999_999)] == [100_000, 120_000, 250_000, 1_000_000]


def _boxes(labels, words, size_pt):
    return [(one.x, one.y, text_mm(word, size_pt), size_pt * 0.3528) for one, word in zip(labels, words, strict=True)]


def test_numbers_of_a_crowd_do_not_touch():
    rng = np.random.default_rng(3)
    points = spread(np.vstack([rng.normal((120, 100), 9, (40, 2)), rng.uniform(20, 200, (60, 2))]), 4.3, (300, 236))
    words = [str(n) for n in range(1, 101)]
    boxes = _boxes(place_numbers(points, words, 6.4, (300, 236)), words, 6.4)
    touching = [(i, j) for i, a in enumerate(boxes) for j, b in enumerate(boxes[:i])
                if abs(a[0] - b[0]) < (a[2] + b[2]) / 2 and abs(a[1] - b[1]) < (a[3] + b[3]) / 2]
    assert touching == []


def test_crowded_signs_step_aside_and_lonely_ones_stay():
    points = np.array([[50.0, 50.0]] * 6 + [[100.0, 20.0]])
    drawn = spread(points, 4.3, (300, 236))
    apart = np.hypot(*(drawn[:, None] - drawn[None]).transpose(2, 0, 1)) + np.eye(7) * 99
    assert apart.min() > 4.1 and (drawn[6] == points[6]).all()
    assert (spread(points, 4.3, (300, 236)) == drawn).all()


def test_river_names_read_from_left_or_downwards():
    east = along(LineString([(0, 0), (100, 5)]), "清河水", 8)
    west = along(LineString([(100, 5), (0, 0)]), "清河水", 8)
    for letters in (east, west):
        assert [one.words for one in sorted(letters, key=lambda one: one.x)] == list("清河水")
        assert all(abs(one.turn) < 10 for one in letters)
    north = along(LineString([(0, 0), (3, 100)]), "清河水", 8)
    assert [one.words for one in sorted(north, key=lambda one: -one.y)] == list("清河水")


@given(st.text(min_size=0, max_size=60), st.floats(10, 80))
@settings(max_examples=80, deadline=None)
def test_wrapping_keeps_every_sign(words, width):
    lines = wrapped(words, 7, width)
    assert "".join(lines).replace(" ", "") == words.replace(" ", "")
    assert all(text_mm(line.strip(" "), 7) <= width + 1e-6 or len(line) == 1 for line in lines)


def test_the_face_has_the_signs_of_place_names_and_sheets():
    assert lacking("河长制办公室瀍河浉河淯水垚岽①Ⅲ′″°·～（）1:350 000 m³/d") == ""
    assert FONT_FILE.stat().st_size < 8_000_000


def test_pdf_streams_hold_no_address(drawn):
    pdf = drawn[0]["pdf"]
    streams = [zlib.decompress(found) for found in re.findall(rb"stream\r?\n(x.*?)\r?\nendstream", pdf, re.DOTALL)[:4]]
    assert streams and not any(b"http" in data for data in streams)
    assert b"/URI" not in pdf and b"/JavaScript" not in pdf
