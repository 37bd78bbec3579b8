"""Kept row sets: through JSON and back they give the same documents; words complete; file names harmless."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.words import words
from reports import pack
from reports.numbered import kept, reopened
from reports.sheet import Sheet, dms, file_name, text


def test_a_reprint_is_the_same_to_the_byte(problems, base, sheet):
    rows, filters = json.loads(json.dumps(kept(problems, base, sheet)))
    once = pack.documents(rows, filters, "2026-BG-0009")
    again = pack.documents(json.loads(json.dumps(rows, sort_keys=True)), json.loads(json.dumps(filters)), "2026-BG-0009")
    assert set(once) == {"problem_map.pdf", "problem_map.png", "ledger.xlsx", "ledger.csv", "map.html"}
    assert once["ledger.csv"].count(b"\r\n") == len(problems) + 1
    for name in once:
        assert once[name] == again[name], name


def test_what_is_kept_comes_back(problems, base, sheet):
    back, ground, head, _ = reopened(*kept(problems, base, sheet), number="N-1")
    assert list(back["number"]) == list(problems["number"]) and head.number == "N-1" and head.title == sheet.title
    assert abs(back.geometry.x - problems.geometry.x).max() < 1e-9
    assert set(ground) == set(base) and len(ground["reach"]) == len(base["reach"])


def test_sheet_survives_json(sheet):
    assert Sheet.from_dict(json.loads(json.dumps(sheet.as_dict()))) == sheet


def test_every_word_the_reports_say_exists_in_both_languages():
    said = set()
    for path in Path(pack.__file__).parent.glob("*.py"):
        source = path.read_text(encoding="utf-8")
        if "from reports.sheet import" in source:
            said |= set(re.findall(r"""(?<![\w.])say\(\s*"([a-z_.]+)",""", source))
    assert len(said) > 40
    for lang in ("zh", "en"):
        assert [key for key in sorted(said) if not words(lang).get(f"report.{key}")] == []


@pytest.mark.parametrize(("lon", "lat", "zh"), [
    (112.454, 34.6197, "东经112°27′14.4″ 北纬34°37′10.9″"),  # standards.md §9
    (112.99999999, 34.0, "东经113°00′00.0″ 北纬34°00′00.0″")])
def test_degrees_minutes_seconds(lon, lat, zh):
    assert dms(lon, lat, "zh") == zh


@given(st.text(max_size=80))
def test_file_names_are_ours(stem):
    name = file_name(stem, "xlsx")
    assert re.fullmatch(r"[\w一-鿿-]+-[0-9a-f]{8}\.xlsx", name) and len(name) < 80
    assert not name.startswith(("-", ".")) and "/" not in name and "\\" not in name


@given(st.text(max_size=40))
def test_cells_carry_no_control_signs(value):
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", text(value))
