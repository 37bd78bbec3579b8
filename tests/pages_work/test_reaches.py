"""My reaches and the patrol form, as a chief sees them."""

import sys
from datetime import timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from conftest import NOW, gpx, shown, walk  # noqa: E402

WORDS = {"zh": {"walk": "交巡河", "gap": "两岸各空白 4.0 公里", "seen": "上次巡到 2026-06-25", "case": "问题待办 1 个",
                "covered": "有轨迹，计覆盖 1.6 公里", "freq": "计入“东镇镇级河长”在 甲河 的频次（有据）", "rule": "依据待核实",
                "recorded": "只计频次，不计覆盖", "booked": "（有记录，无实据）",
                "receipt": "已保存 · 回执号", "undone": "已撤回"},
         "en": {"walk": "Hand in a patrol", "gap": "both banks: 4.0 km unseen each", "seen": "Last seen 2026-06-25",
                "case": "Open cases: 1", "covered": "With a track: covers 1.6 km",
                "freq": "Counts to the frequency of 东镇镇级河长 on 甲河 (evidenced)", "rule": "source not verified",
                "recorded": "Counts to frequency only; covers nothing", "booked": "(recorded, not evidenced)",
                "receipt": "Saved · receipt", "undone": "Withdrawn"}}


def opened(page, lang):
    """The patrol form, open for P1."""
    test = page("reaches", "chief1", lang)
    test.button(key="walk").click().run()
    assert not test.error and not test.exception
    return test


def handed_in(test):
    """The form with a walk of 1.6 km on the right bank of R1, ready to be saved."""
    began = NOW - timedelta(hours=20)
    test.file_uploader[0].upload("walk.gpx", gpx(walk(3000, 4600, began, bank="right")), "application/gpx+xml")
    test.run()
    assert not test.error and not test.exception
    return test


def test_a_chief_finds_the_own_reaches_and_what_is_due(page, lang):
    test = page("reaches", "chief1", lang)
    text, words = shown(test), WORDS[lang]
    assert not test.error and not test.exception
    # R2 (4 km, never walked) is worse than R1 (walked from K0+500 to K2+500 five days ago)
    assert text.index(r"甲河·下段\<b\>") < text.index("甲河·上段")
    assert words["gap"] in text and words["seen"] in text
    assert any(words["case"] in str(option) for group in test.get("button_group") for option in options_of(group))


def options_of(group):
    """The words of a row of choices."""
    return [option.content for option in group.proto.options]


def test_the_names_of_reaches_are_text_in_the_drawing(page):
    test = page("reaches", "chief1")
    bodies = [one.proto.body for one in test.get("html")]
    assert any("data:image/svg+xml;base64," in body for body in bodies)
    assert not any("<b>" in body for body in bodies)


def test_a_patrol_is_judged_before_it_is_kept_then_kept_once(page, office, lang):
    before = len(office.as_seen_by("chief1").records("patrol"))
    test = handed_in(opened(page, lang))
    text, words = shown(test), WORDS[lang]
    assert words["covered"] in text and words["freq"] in text and words["rule"] in text
    assert len(office.as_seen_by("chief1").records("patrol")) == before
    test.button(key="patrol_save").click().run()
    assert words["receipt"] in shown(test)
    patrols = office.as_seen_by("chief1").records("patrol")
    assert len(patrols) == before + 1
    kept = patrols.sort_values("started_at").iloc[-1]
    seen = office.as_seen_by("chief1").intervals()
    seen = seen[(seen["patrol_id"] == kept["id"]) & (seen["reach_id"] == "R1")]
    assert seen["from_m"].min() == pytest.approx(3000, abs=60) and seen["to_m"].max() == pytest.approx(4600, abs=60)


def test_the_same_submission_again_gives_the_first_receipt(page, office):
    test = handed_in(opened(page, "zh"))
    test.button(key="patrol_save").click().run()
    first = test.session_state["patrol_done"]["receipt"]
    count = len(office.as_seen_by("chief1").records("patrol"))
    # the answer got lost on the way: the form still stands there with its key, and is sent again
    key = test.session_state["key_patrol"]
    assert key
    del test.session_state["patrol_done"]
    test.run()
    handed_in(test)
    test.button(key="patrol_save").click().run()
    assert test.session_state["patrol_done"]["receipt"] == first
    assert len(office.as_seen_by("chief1").records("patrol")) == count


def test_a_patrol_without_a_track_counts_to_frequency_only(page, office, lang):
    test = opened(page, lang)
    next(one for one in test.get("button_group") if one.key == "patrol_how").set_value("none").run()
    test.selectbox(key="patrol_water").set_value("R1").run()
    text, words = shown(test), WORDS[lang]
    assert words["recorded"] in text and words["booked"] in text
    test.button(key="patrol_save").click().run()
    assert words["receipt"] in shown(test)
    patrol = office.as_seen_by("chief1").records("patrol").sort_values("created_at").iloc[-1]
    assert patrol["has_track"] == False and patrol["water_code"] == "R1"       # noqa: E712 (a bool of the frame)


def test_what_was_handed_in_can_be_withdrawn_with_a_reason(page, office, lang):
    test = handed_in(opened(page, lang))
    test.button(key="patrol_save").click().run()
    count = len(office.as_seen_by("chief1").records("patrol"))
    assert test.button(key="patrol_undo").disabled
    test.text_input(key="patrol_reason").set_value("选错文件").run()
    test.button(key="patrol_undo").click().run()
    assert WORDS[lang]["undone"] in shown(test)
    assert len(office.as_seen_by("chief1").records("patrol")) == count - 1


def test_a_file_that_is_no_track_is_a_sentence(page):
    test = opened(page, "zh")
    test.file_uploader[0].upload("walk.gpx", b"<html>not a track</html>", "application/gpx+xml").run()
    assert len(test.error) == 1
    assert "patrol_save" not in {button.key for button in test.button}
