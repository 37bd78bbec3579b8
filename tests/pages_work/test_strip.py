"""The strip chart as a drawing: what is long is drawn long, what is open is drawn open, names are only text."""

import base64
import re

import pandas as pd
import pytest
from defusedxml import ElementTree

from reports.strip import kilometre_mark, strip_image, strip_svg

SVG = "{http://www.w3.org/2000/svg}"


def gaps(*rows):
    return pd.DataFrame(rows, columns=["from_m", "to_m", "bank", "state", "days"])


def bars(drawing):
    """(x %, width %, y, words) of every bar with a meaning."""
    found = []
    for rect in ElementTree.fromstring(drawing).iter(f"{SVG}rect"):
        title = rect.find(f"{SVG}title")
        if title is not None:
            found.append((float(rect.get("x")[:-1]), float(rect.get("width")[:-1]), float(rect.get("y")), title.text))
    return found


def test_lengths_are_shares_and_the_left_bank_lies_above():
    drawing = strip_svg(gaps((0, 2500, "left", "overdue", 45), (5000, 10_000, "right", "never", float("nan"))), 10_000)
    left, right = bars(drawing)
    assert (left[0], left[1]) == (0, 25) and (right[0], right[1]) == (50, 50)
    assert left[2] < right[2]
    assert "K0+000–K2+500" in left[3] and "45" in left[3]


def test_a_window_shows_its_part_only():
    drawing = strip_svg(gaps((0, 3000, "left", "overdue", 9), (8000, 9000, "left", "overdue", 9)), 10_000,
                        window_m=(2000, 6000))
    (x, width, _, _), = bars(drawing)
    assert (x, width) == (0, 25)


def test_both_banks_are_two_bars():
    assert len(bars(strip_svg(gaps((0, 100, "both", "walked", 0)), 100))) == 2


@pytest.mark.parametrize("state", ["within_duty", "due_soon", "overdue", "twice_overdue", "never", "recorded_only",
                                   "no_access"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_state_has_its_own_paint_and_words(state, lang):
    drawing = strip_svg(gaps((0, 100, "left", state, 3)), 100, lang=lang)
    wanted = re.findall(r"url\(#([\w-]+)\)", drawing)
    assert all(f'id="{name}"' in drawing for name in wanted)
    assert "strip.state" not in drawing


def test_names_are_text_in_the_drawing_and_beside_it():
    evil = '"><script>alert(1)</script>'
    marks = pd.DataFrame({"name": [evil], "chainage_m": [5000.0]})
    points = pd.DataFrame({"name": [evil], "chainage_m": [100.0], "bank": ["left"], "look": ["overdue"]})
    drawing = strip_svg(gaps(), 10_000, name=evil, landmarks=marks, points=points)
    assert "<script" not in drawing
    image = strip_image(drawing, evil)
    assert "<script" not in image
    data = re.search(r"base64,([\w+/=]+)", image).group(1)
    assert base64.b64decode(data).decode() == drawing


def test_names_too_close_for_their_letters_are_left_out():
    marks = pd.DataFrame({"name": ["第一座大桥", "第二座大桥"], "chainage_m": [5000.0, 5050.0]})
    drawing = strip_svg(gaps(), 10_000, landmarks=marks)
    assert "第一座大桥" in drawing and "第二座大桥" not in drawing


def test_a_chainage_reads_as_people_write_it():
    assert kilometre_mark(12_350.2) == "K12+350" and kilometre_mark(0) == "K0+000" and kilometre_mark(999.6) == "K1+000"


def test_an_empty_reach_is_ground_only():
    assert bars(strip_svg(gaps(), 0.0)) == []
