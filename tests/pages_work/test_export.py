"""Export: what is filtered is counted, made under one kept number, and printed again the same."""

import io
import sys
from pathlib import Path

import openpyxl

sys.path.insert(0, str(Path(__file__).parent))
from conftest import shown  # noqa: E402

READY = {"zh": "已生成，编号 BG-2026-0001", "en": "Ready, number BG-2026-0001"}
COUNT = {"zh": "当前筛选：2 条", "en": "With this filter: 2 row(s)"}


def test_a_set_of_files_carries_one_kept_number(page, office, lang):
    test = page("export", "planner1", lang)
    assert COUNT[lang] in shown(test)
    test.checkbox(key="want_html").check().run()
    test.checkbox(key="want_gis").check().run()
    test.button(key="export_go").click().run()
    assert not test.error and not test.exception
    assert READY[lang] in shown(test)
    files = {name.rpartition(".")[2]: content for name, content, _ in test.session_state["export_made"]["files"]}
    assert set(files) == {"pdf", "png", "xlsx", "html", "gpkg"}
    cells = {str(cell.value) for row in openpyxl.load_workbook(io.BytesIO(files["xlsx"])).worksheets[0] for cell in row}
    assert any("BG-2026-0001" in cell for cell in cells)
    assert b"BG-2026-0001" in files["html"]
    assert len(office.as_seen_by("planner1").report("BG-2026-0001")["rows"]) == 2


def test_a_kept_number_prints_the_same_again(page):
    test = page("export", "planner1", "zh")
    test.button(key="export_go").click().run()
    first = {name.rpartition(".")[2]: content for name, content, _ in test.session_state["export_made"]["files"]}
    test = page("export", "planner1", "zh")
    test.text_input(key="reprint_number").set_value("BG-2026-0001").run()
    test.button(key="reprint_go").click().run()
    again = {name.rpartition(".")[2]: content for name, content, _ in test.session_state["export_made"]["files"]}
    assert again["pdf"] == first["pdf"] and again["xlsx"] == first["xlsx"]


def test_a_filter_that_fits_nothing_makes_nothing(page, lang):
    test = page("export", "planner1", lang)
    test.multiselect(key="export_what").set_value(["mining"]).run()
    assert test.button(key="export_go").disabled and not test.error


def test_a_chiefs_page_needs_a_chief_and_is_small(page):
    test = page("export", "planner1", "zh")
    for kind in ("map", "ledger"):
        test.checkbox(key=f"want_{kind}").uncheck().run()
    test.checkbox(key="want_chief").check().run()
    assert test.button(key="export_go").disabled
    test.selectbox(key="export_chief").set_value("P1").run()
    test.button(key="export_go").click().run()
    (name, content, mime), = test.session_state["export_made"]["files"]
    assert name.endswith(".html") and mime == "text/html" and len(content) < 3_000_000
    assert "河长甲".encode() in content and b"<b>" not in content.split("下段".encode())[-1][:20]


def test_an_unknown_number_is_a_sentence(page):
    test = page("export", "planner1", "en")
    test.text_input(key="reprint_number").set_value("BG-1999-0001").run()
    test.button(key="reprint_go").click().run()
    assert len(test.error) == 1


def test_a_chief_is_offered_only_the_posts_they_answer_for(page):
    test = page("export", "chief1", "zh")
    test.checkbox(key="want_chief").check().run()
    offered = "".join(test.selectbox(key="export_chief").options)
    assert "河长甲" in offered and "河长丙" not in offered
