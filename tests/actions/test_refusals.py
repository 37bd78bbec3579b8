"""What must not be possible, each found by somebody who tried: the answer is a sentence and the books are untouched."""

import json

import pytest
import shapely

from data import actions
from data.permissions import can_import
from data.store import create_store
from data.words import fault_text
from geo.faults import Fault

DAY = "2026-06-10T09:00:00+08:00"


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("HEZHANG_NOW", "2026-06-12T10:00:00+08:00")
    made = create_store(tmp_path / "office.sqlite")
    with made.writing("operator", "seed") as tx:
        tx.insert("district", [{"code": "990101", "name": "甲区", "geometry": shapely.box(112, 34, 112.5, 35)},
                               {"code": "990102", "name": "乙区", "geometry": shapely.box(112.5, 34, 113, 35)}])
        tx.insert("reach", [{"code": "R1", "geometry": shapely.LineString([(112.1, 34.5), (112.2, 34.5)])},
                            {"code": "R2", "geometry": shapely.LineString([(112.6, 34.5), (112.7, 34.5)])}])
        tx.insert("unit", [{"code": "U1", "name": "水利局"}])
        tx.insert("post", [{"code": "P1", "name": "甲镇河长", "level": "township"},
                           {"code": "P2", "name": "乙镇河长", "level": "township"}])
        tx.insert("responsibility", [{"post_code": p, "object_layer": "reach", "object_code": r, "bank": "both",
                                      "role": "lead", "valid_from": "2025-01-01"} for p, r in (("P1", "R1"), ("P2", "R2"))])
        tx.insert("outfall", [{"code": "O1", "name": "甲口", "geometry": shapely.Point(112.15, 34.5002)},
                              {"code": "O2", "name": "乙口", "geometry": shapely.Point(112.65, 34.5002)}])
        tx.insert("finding", [{"kind": "dumping", "description": "乙区的堆", "found_at": DAY, "lon": 112.65, "lat": 34.5002,
                               "state": "open"}])
        tx.insert("account", [
            {"name": "jia", "display_name": "河长甲", "role": "chief", "posts": "P1"},
            {"name": "jian", "display_name": "检查员", "role": "inspector", "districts": "990101"},
            {"name": "ban", "display_name": "承办人", "role": "handler", "unit_code": "U1"},
            {"name": "diao", "display_name": "调度", "role": "planner"},
            {"name": "guan", "display_name": "管理员", "role": "admin"}])
    return made


def refused(store, name, actor, payload, code, key=None):
    before = store.stamp()
    with pytest.raises(Fault) as caught:
        actions.run(name, store, actor, payload, key=key)
    assert caught.value.code == code
    assert fault_text(caught.value, "zh") and fault_text(caught.value, "en")
    assert store.stamp() == before
    return caught.value


def a_case(store):
    number = store.as_seen_by("operator").records("finding")["number"].iloc[0]
    case = actions.run("open_case", store, "diao", {"finding_number": number, "unit_code": "U1", "handler": "承办人",
                                                    "due_on": "2026-06-30"})["number"]
    actions.run("accept_case", store, "ban", {"number": case})
    return case


def test_a_planner_cannot_make_an_administrator_by_any_door(store):
    row = store.as_seen_by("operator").records("account").set_index("name").loc["diao"]
    refused(store, "correct", "diao", {"kind": "account", "id": row["id"], "version": 1, "changes": {"role": "admin"},
                                       "reason": "x"}, "not_allowed")
    assert not can_import(store.actor("diao"), "account")
    made = actions.run("add_account", store, "guan", {"name": "guan2", "role": "admin"})
    refused(store, "withdraw", "diao", {"receipt": made["receipt"], "reason": "x"}, "not_allowed")


@pytest.mark.parametrize("extra", [{"due_on": "2099-01-01"}, {"handler": "别人"}, {"verified_by": "谁"}, {"unit_code": "U1"},
                                   {"deferred_until": "2099-01-01"}])
def test_a_handler_changes_nothing_but_what_the_move_takes(store, extra):
    case = a_case(store)
    refused(store, "submit_case_for_review", "ban", {"number": case, "measure": "清了"} | extra, "move_takes_not")


@pytest.mark.parametrize("name", ["承办人", "承 办 人", "承办人\u200b", " 承办人 ", "ban", "BAN"])
def test_the_fixer_under_any_spelling_is_no_verifier(store, name):
    case = a_case(store)
    actions.run("submit_case_for_review", store, "ban", {"number": case, "measure": "清了"})
    refused(store, "close_case", "guan", {"number": case, "verified_by": name}, "verifier_is_fixer")


def test_a_verifier_is_somebody(store):
    case = a_case(store)
    actions.run("submit_case_for_review", store, "ban", {"number": case, "measure": "清了"})
    refused(store, "close_case", "guan", {"number": case, "verified_by": "查无此人"}, "verifier_unknown")


def test_a_case_is_not_closed_by_a_correction(store):
    a_case(store)
    row = store.as_seen_by("diao").records("case").iloc[0]
    refused(store, "correct", "diao", {"kind": "case", "id": row["id"], "version": int(row["version"]),
                                       "changes": {"state": "closed"}, "reason": "x"}, "correct_protected")


def test_what_one_does_not_see_one_does_not_touch(store):
    number = store.as_seen_by("operator").records("finding")["number"].iloc[0]
    refused(store, "complete_finding", "jian", {"number": number, "description": "改写"}, "not_found")
    refused(store, "submit_inspection", "jian", {"outfall_code": "O2", "inspected_at": DAY, "result": "normal"},
            "outfall_unknown")
    refused(store, "submit_finding", "jia", {"kind": "other", "description": "x", "found_at": DAY, "outfall_code": "O2"},
            "outfall_unknown")
    refused(store, "submit_patrol", "jia", {"post_code": "P2", "started_at": DAY,
                                            "people": [{"person": "我", "post_code": "P1"}]}, "not_allowed")


def test_an_open_finding_is_no_draft(store):
    number = store.as_seen_by("operator").records("finding")["number"].iloc[0]
    refused(store, "complete_finding", "diao", {"number": number, "description": "改写"}, "finding_not_draft")


@pytest.mark.parametrize("sha256", ["../../secret/private", "zz", "", "A" * 64])
def test_a_photo_is_named_by_its_hash_and_by_nothing_else(store, sha256):
    (store.folder / "photos").mkdir()
    refused(store, "submit_inspection", "jian", {"outfall_code": "O1", "inspected_at": DAY, "result": "normal",
                                                 "photos": [{"sha256": sha256}]}, "input_invalid")
    refused(store, "submit_inspection", "jian", {"outfall_code": "O1", "inspected_at": DAY, "result": "normal",
                                                 "photos": [{"sha256": "0" * 64}]}, "photo_missing")


@pytest.mark.parametrize(("lon", "lat"), [(1e300, 34.5), (200, 34.5), (112.1, -91)])
def test_a_place_is_on_the_earth(store, lon, lat):
    refused(store, "add_outfall", "jian", {"name": "口", "found_at": DAY, "lon": lon, "lat": lat}, "place_invalid")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_is_a_number(store, value):
    refused(store, "add_outfall", "jian", {"name": "口", "found_at": DAY, "lon": value, "lat": 34.5}, "input_invalid")


@pytest.mark.parametrize(("when", "code"), [("0001-01-01T00:00:00", "time_invalid"),
                                            ("9999-12-31T23:59:59-12:00", "time_invalid"),
                                            ("2030-01-01T00:00:00", "time_in_future")])
def test_a_time_can_have_been(store, when, code):
    refused(store, "submit_inspection", "jian", {"outfall_code": "O1", "inspected_at": when, "result": "normal"}, code)
    refused(store, "submit_finding", "jian", {"kind": "other", "description": "x", "found_at": when}, code)


@pytest.mark.parametrize(("changes", "code"), [
    ({"kind": None}, "field_required"), ({"outfall_code": "NOPE"}, "reference_unknown"),
    ({"state": "dismissed"}, "correct_protected"),
    ({"description": {"a": 1}}, "value_invalid"), ({"lon": 999}, "place_invalid"), ({"mood": "x"}, "field_unknown")])
def test_a_correction_leaves_a_record_whole(store, changes, code):
    row = store.as_seen_by("diao").records("finding").iloc[0]
    refused(store, "correct", "diao", {"kind": "finding", "id": row["id"], "version": 1, "changes": changes, "reason": "x"}, code)


def test_a_corrected_place_is_stamped_anew(store):
    row = store.as_seen_by("diao").records("finding").iloc[0]
    actions.run("correct", store, "diao", {"kind": "finding", "id": row["id"], "version": 1,
                                           "changes": {"lon": 112.15, "lat": 34.4998}, "reason": "坐标录错"})
    again = store.as_seen_by("diao").records("finding").iloc[0]
    assert (again["reach_code"], again["bank"], again["district_code"]) == ("R1", "right", "990101")


def test_a_record_is_corrected_as_what_it_is(store):
    reach = store.as_seen_by("diao").layer("reach").iloc[0]
    refused(store, "correct", "diao", {"kind": "outfall", "id": reach["id"], "version": 1, "changes": {"name": "x"},
                                       "reason": "x"}, "outfall_unknown")


def test_other_content_under_a_used_key_is_said_in_words(store):
    payload = {"kind": "other", "description": "甲", "found_at": DAY}
    done = actions.run("submit_finding", store, "jian", payload, key="k")
    fault = refused(store, "submit_finding", "jian", payload | {"description": "乙"}, "key_reused", key="k")
    assert done["receipt"] in fault_text(fault, "zh")
    actions.run("withdraw", store, "jian", {"receipt": done["receipt"], "reason": "重报"})
    refused(store, "submit_finding", "jian", payload, "key_withdrawn", key="k")


def test_an_appointment_is_put_right_by_an_appointment(store):
    done = actions.run("appoint", store, "diao", {"post_code": "P1", "person": "某", "valid_from": "2026-05-20"})
    refused(store, "withdraw", "diao", {"receipt": done["receipt"], "reason": "x"}, "withdraw_not_this")
    refused(store, "appoint", "diao", {"post_code": "P1", "person": "另", "valid_from": "2026-05-20"}, "appoint_same_day")


def test_a_case_taken_back_lets_its_finding_go(store):
    number = store.as_seen_by("operator").records("finding")["number"].iloc[0]
    first = actions.run("open_case", store, "diao", {"finding_number": number})
    actions.run("withdraw", store, "diao", {"receipt": first["receipt"], "reason": "立错"})
    assert actions.run("open_case", store, "diao", {"finding_number": number})["number"] != first["number"]


def test_an_outfalls_new_code_is_followed_by_all_that_names_it(store):
    actions.run("submit_inspection", store, "jian", {"outfall_code": "O1", "inspected_at": DAY, "result": "abnormal"})
    refused(store, "confirm_outfall", "diao", {"code": "O1", "new_code": "O2"}, "code_taken")
    actions.run("confirm_outfall", store, "diao", {"code": "O1", "new_code": "O1-NEW"})
    view = store.as_seen_by("diao")
    assert view.records("inspection")["outfall_code"].tolist() == ["O1-NEW"]
    assert "O1-NEW" in view.records("finding")["outfall_code"].tolist()


@pytest.mark.parametrize(("changes", "code"), [
    ({"object_layer": "account", "object_code": "jia"}, "code_unknown"),
    ({"from_m": -5.0, "to_m": 10.0}, "responsibility_outside"),
    ({"from_m": 0.0, "to_m": 1e12}, "responsibility_outside"), ({"valid_to": "2024-01-01"}, "dates_reversed"),
    ({}, "responsibility_twice")])
def test_a_responsibility_is_for_a_water_and_lies_on_it(store, changes, code):
    payload = {"post_code": "P1", "object_code": "R1", "valid_from": "2025-01-01", "bank": "both"}
    refused(store, "assign_responsibility", "diao", payload | changes, code)


def test_a_lone_surrogate_is_refused(store):
    refused(store, "submit_finding", "jian", json.loads('{"kind": "other", "description": "\\ud800", "found_at": "' + DAY + '"}'),
            "input_invalid")
