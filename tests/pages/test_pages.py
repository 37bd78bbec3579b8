"""Every page on a small store, in both languages: it says what the books say and nothing it should not."""

import re

import pytest

from app_pages import map_rows, parts
from app_pages.parts_bar import ROLE_PAGES
from data.words import say, words

CHINESE = re.compile("[一-鿿]")


def text_of(app):
    shown = [*app.markdown, *app.title, *app.subheader, *app.caption, *app.info]
    return "\n".join(str(part.value) for part in shown)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("page", ["map", "reaches", "upload", "export", "record", "start"])
def test_each_page_opens_in_each_language_and_says_that_it_is_simulated(browse, small, page, lang):
    app = browse(small, page, lang=lang)
    assert say("page.simulated", lang) in text_of(app)
    assert "2026-06-30" in text_of(app)


def test_map_counts_are_those_of_its_tables(browse, small):
    app = browse(small, "map")
    view = small.as_seen_by("diaodu")
    rows = map_rows.rows_of(view, map_rows.Choice(small.today()), "zh")
    labels = [option.content for option in app.segmented_control(key="map_tab").proto.options]
    assert labels[0].startswith(f"{len(rows.gaps)} 处空白")
    assert labels[1] == f"{len(rows.unresolved)} 个未销号排口"
    assert list(app.dataframe[0].value[say("col.reach_name")]) == list(rows.gaps["reach_name"])


def test_nobody_has_walked_so_each_reach_is_one_gap_on_both_banks(small):
    rows = map_rows.rows_of(small.as_seen_by("diaodu"), map_rows.Choice(small.today()), "zh")
    assert sorted(zip(rows.gaps["reach_id"], rows.gaps["bank"], rows.gaps["state"], strict=True)) == [
        ("R-001", "both", "never"), ("R-002", "both", "never")]


@pytest.mark.parametrize(("choice", "reaches", "outfalls"), [
    ({"districts": ("990102",)}, {"R-002"}, 0), ({"rivers": ("RV1",)}, {"R-001", "R-002"}, 12),
    ({"rivers": ("none",)}, set(), 0), ({"posts": ("P-02",)}, {"R-001", "R-002"}, 12), ({"posts": ("none",)}, set(), 0)])
def test_filters_narrow_gaps_and_outfalls_alike(small, choice, reaches, outfalls):
    rows = map_rows.rows_of(small.as_seen_by("diaodu"), map_rows.Choice(small.today(), **choice), "zh")
    assert set(rows.gaps["reach_id"]) == reaches
    assert len(rows.outfalls) == outfalls


def test_a_record_says_place_chiefs_and_story(browse, small):
    outfall = small.as_seen_by("diaodu").layer("outfall").iloc[3]
    app = browse(small, "record", kind="outfall", id=outfall["id"])
    assert app.title[0].value == "清河示例排口3"
    said = text_of(app)
    assert "示例P\\-03" in said and "左岸" in said and say("reason.open_case") in said


def test_a_record_by_number_by_code_and_not_at_all(browse, small):
    number = small.as_seen_by("diaodu").records("case")["number"].iloc[0]
    assert browse(small, "record", kind="case", id=number).title[0].value == number
    assert browse(small, "record", kind="reach", id="R-001").title[0].value == "清河东城段"
    for kind, ident in (("case", "none"), ("account", "diaodu"), ("../x", "1")):
        app = browse(small, "record", allow_errors=True, kind=kind, id=ident)
        assert app.error[0].value == say("fault.not_found", kind=kind, id=ident)


def test_a_record_that_is_not_ones_own_looks_absent(browse, small):
    case = small.as_seen_by("diaodu").records("case").iloc[0]
    assert browse(small, "record", who="chengban", kind="case", id=case["number"]).title[0].value == case["number"]
    finding = small.as_seen_by("diaodu").records("finding", outfall_code="YY-990101-0006").iloc[0]
    app = browse(small, "record", who="chengban", allow_errors=True, kind="finding", id=finding["number"])
    assert app.error[0].value == say("fault.not_found", kind="finding", id=finding["number"])


@pytest.mark.parametrize(("who", "moves"), [("chengban", ["退回", "整改"]), ("diaodu", ["延期整改"])])
def test_a_person_is_offered_their_own_moves(browse, small, who, moves):
    number = small.as_seen_by("diaodu").records("case")["number"].iloc[0]
    app = browse(small, "record", who=who, kind="case", id=number)
    assert [option.content for option in app.segmented_control(key="move_pick").proto.options] == moves


def test_who_may_do_nothing_is_told_so(browse, small):
    number = small.as_seen_by("diaodu").records("case")["number"].iloc[0]
    assert say("record.no_moves") in text_of(browse(small, "record", who="jiancha", kind="case", id=number))


def test_a_move_is_kept_with_a_receipt(browse, fresh):
    number = fresh.as_seen_by("diaodu").records("case")["number"].iloc[0]
    app = browse(fresh, "record", who="chengban", kind="case", id=number)
    control = app.segmented_control(key="move_pick")
    control.set_value(next(option for option in parts_moves(fresh, number) if option.action == "accept_case")).run()
    app.button(key="move_accept_case_do").click().run()
    assert not app.error
    assert fresh.as_seen_by("diaodu").records("case")["state"].iloc[0] == "rectifying"
    assert any("HZ26" in box.value for box in app.success)


def parts_moves(store, number):
    from app_pages import record_rows

    view = store.as_seen_by("chengban")
    return record_rows.record_of(view, "case", number, "zh").moves


def test_a_move_that_lacks_something_says_what(browse, fresh):
    number = fresh.as_seen_by("diaodu").records("case")["number"].iloc[0]
    app = browse(fresh, "record", who="chengban", kind="case", id=number)
    back = next(option for option in parts_moves(fresh, number) if option.action == "return_case")
    app.segmented_control(key="move_pick").set_value(back).run()
    app.button(key="move_return_case_do").click().run()
    assert [box.value for box in app.error] == [say("fault.move_needs", move="return_case", fields="note")]
    assert fresh.as_seen_by("diaodu").records("case")["state"].iloc[0] == "assigned"


def test_the_first_person_is_a_planner_and_a_chief_begins_with_their_reaches(browse, small):
    assert browse(small).session_state["first_page"] == "map"
    assert browse(small, who="hezhang1").session_state["first_page"] == "reaches"
    assert browse(small, who="jiancha").session_state["first_page"] == "upload"
    assert all("map" in pages for pages in ROLE_PAGES.values())


def test_no_store_says_which_commands_make_one(browse, tmp_path):
    app = browse(tmp_path / "none.sqlite")
    assert [box.value for box in app.code] == ["python hezhang.py demo", "python hezhang.py init"]


def test_a_real_store_shows_one_sentence_and_no_data_without_serve(browse, real):
    app = browse(real)
    assert [box.value for box in app.info] == [say("door.real_needs_serve")]
    assert not app.markdown and not app.dataframe and not app.title


def test_a_real_empty_store_through_serve_begins_with_the_six_steps(browse, real, monkeypatch):
    from app_pages import parts_door

    monkeypatch.setitem(parts_door._served, "by_serve", True)
    app = browse(real)
    assert app.session_state["actor"] == "operator" and app.session_state["first_page"] == "start"
    app = browse(real, "start")
    assert app.title[0].value == say("start.title")
    assert len(app.code) == 6 or "hezhang.py import" in app.code[0].value
    assert say("page.simulated") not in text_of(app)


def test_no_words_are_missing_in_a_language(browse, small):
    used = {key for key in words("zh") if key.split(".")[0] in ("page", "door", "map", "record", "start", "col", "table")}
    assert not [key for key in used if not words("en")[key].strip() or CHINESE.search(words("en")[key])]


@pytest.mark.parametrize("text", ["[x](http://e.g)", "![x](y)", "# head", "<b>", "a*b*", "$x$", ":red[x]"])
def test_what_people_typed_stays_text_in_markdown(text):
    said = parts.plain(text)
    assert said.replace("\\", "") == text
    assert not re.search(r"(?<!\\)[\[\]<>*#$:!]", said)
