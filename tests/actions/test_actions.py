"""What a person does to the books, on a small real store: one river, two posts, a handful of people."""

from datetime import date, datetime, timedelta

import pytest
import shapely

from data import actions
from data.actions.base import ACTIONS
from data.actions.cases import MOVING
from data.flow import MOVES, OPEN_STATES, moves_from
from data.permissions import ALLOWED, can
from data.records import CASE_STATES, ROLES
from data.responsibility import who
from data.store import create_store
from geo.faults import Fault


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("HEZHANG_NOW", "2026-06-12T10:00:00+08:00")
    made = create_store(tmp_path / "office.sqlite")
    line = shapely.LineString([(112.10, 34.5), (112.11, 34.5), (112.12, 34.5)])
    with made.writing("operator", "seed") as tx:
        tx.insert("district", [{"code": "990101", "name": "甲区", "geometry": shapely.box(112, 34, 113, 35)}])
        tx.insert("reach", [{"code": "R1", "name": "甲河上段", "width_m": 30, "geometry": line}])
        tx.insert("unit", [{"code": "U1", "name": "水利局"}, {"code": "U2", "name": "城管局"}])
        tx.insert("post", [{"code": "P1", "name": "镇级河长", "level": "township", "district_code": "990101"},
                           {"code": "P2", "name": "村级河长", "level": "village", "district_code": "990101",
                            "parent_code": "P1"}])
        tx.insert("responsibility", [{"post_code": p, "object_layer": "reach", "object_code": "R1", "bank": "both",
                                      "role": "lead", "valid_from": "2025-01-01"} for p in ("P1", "P2")])
        tx.insert("outfall", [{"code": "O1", "name": "桥下口", "geometry": shapely.Point(112.105, 34.5002)}])
        tx.insert("account", [
            {"name": "jia", "display_name": "镇河长甲", "role": "chief", "posts": "P1"},
            {"name": "yi", "display_name": "村河长乙", "role": "chief", "posts": "P2"},
            {"name": "jian", "display_name": "检查员", "role": "inspector", "districts": "990101"},
            {"name": "ban", "display_name": "承办人", "role": "handler", "unit_code": "U1"},
            {"name": "ban2", "display_name": "另一承办人", "role": "handler", "unit_code": "U2"},
            {"name": "du", "display_name": "督查", "role": "supervisor"},
            {"name": "diao", "display_name": "调度", "role": "planner"}])
    return made


DEGREE_EAST_M, DEGREE_NORTH_M = 91_840, 110_946       # at 34.5°N on the GRS80 ellipsoid


def walk(from_m=100, length_m=600, offset_m=20, step_m=10, start="2026-06-01T08:00:00+08:00"):
    """Points of a person walking the left (north) bank of the reach, one every ten metres and eight seconds."""
    begun = datetime.fromisoformat(start)
    return [{"time": (begun + timedelta(seconds=8 * i)).isoformat(),
             "lon": 112.10 + (from_m + i * step_m) / DEGREE_EAST_M, "lat": 34.5 + offset_m / DEGREE_NORTH_M}
            for i in range(int(length_m / step_m))]


def test_every_action_has_a_permission_row_and_every_row_an_action():
    outside = {"import_file", "set_city", "seed"}          # done by intake, the store itself and the demonstration
    assert set(ALLOWED) - outside == set(ACTIONS)
    roles = {code.value for code in ROLES}
    assert all(set(allowed) <= roles for allowed in ALLOWED.values())


def test_nobody_signed_out_or_disabled_may_do_anything(store):
    from data.people import ANONYMOUS, Actor, Grant

    for actor in (ANONYMOUS, Actor("x", "x", (Grant("disabled"),))):
        assert [name for name in ALLOWED if can(actor, name)] == []


def test_moves_lead_between_known_states_and_each_has_its_action():
    states = {code.value for code in CASE_STATES}
    assert {state for move in MOVES.values() for state in (*move.leaves, move.reaches)} <= states
    assert set(MOVING) <= set(ACTIONS)
    assert set(OPEN_STATES) == states - {"closed"}
    assert all(moves_from(state) for state in states)


def test_a_patrol_with_a_track_covers_what_was_walked(store):
    done = actions.run("submit_patrol", store, "yi", {
        "post_code": "P2", "track": walk(from_m=100, length_m=600)})
    assert done["evidenced"]
    assert done["number"] == "XH-2026-甲区-0001"
    seen = store.as_seen_by("yi").intervals()
    assert seen["reach_id"].tolist() == ["R1"]
    assert seen["from_m"].iloc[0] == pytest.approx(100, abs=30)
    assert seen["to_m"].iloc[0] == pytest.approx(690, abs=30)
    assert seen["bank"].tolist() == ["left"]
    assert len(store.as_seen_by("yi").track(done["id"])) == 60


def test_a_patrol_without_a_track_is_recorded_and_covers_nothing(store):
    done = actions.run("submit_patrol", store, "yi", {"post_code": "P2", "started_at": "2026-06-02T08:00:00+08:00",
                                                      "water_code": "R1"})
    assert not done["evidenced"]
    assert done["covered_m"] == 0
    view = store.as_seen_by("yi")
    assert len(view.records("patrol")) == 1
    assert len(view.intervals()) == 0


@pytest.mark.parametrize(("payload", "code"), [
    ({"post_code": "P2"}, "patrol_no_time"),
    ({"post_code": "P9", "started_at": "2026-06-02T08:00:00+08:00"}, "post_unknown"),
    ({"post_code": "P1", "started_at": "2026-06-02T08:00:00+08:00"}, "not_allowed"),
    ({"post_code": "P2", "started_at": "2026-06-02T08:00:00+08:00", "ended_at": "2026-06-01T08:00:00+08:00"},
     "patrol_ends_first"),
    ({"post_code": "P2", "started_at": "2027-06-02T08:00:00+08:00"}, "patrol_in_future"),
    ({"post_code": "P2", "started_at": "2026-06-02T08:00:00+08:00", "kind": "balloon"}, "code_unknown"),
    ({"post_code": "P2", "started_at": "2026-06-02T08:00:00+08:00", "mood": "good"}, "input_unknown"),
])
def test_a_patrol_that_cannot_be_kept_says_why_and_leaves_nothing(store, payload, code):
    before = store.stamp()
    with pytest.raises(Fault) as caught:
        actions.run("submit_patrol", store, "yi", payload)
    assert caught.value.code == code
    assert store.stamp() == before


def test_handing_in_twice_gives_the_first_receipt(store):
    payload = {"post_code": "P2", "started_at": "2026-06-02T08:00:00+08:00"}
    first = actions.run("submit_patrol", store, "yi", payload, key="form-1")
    again = actions.run("submit_patrol", store, "yi", payload, key="form-1")
    assert again["receipt"] == first["receipt"]
    assert len(store.as_seen_by("operator").records("patrol")) == 1


def test_an_abnormal_inspection_becomes_a_finding_and_a_case_with_its_watching_post(store):
    done = actions.run("submit_inspection", store, "jian", {
        "outfall_code": "O1", "inspected_at": "2026-06-10T09:00:00+08:00", "result": "abnormal", "discharging": "yes",
        "remark": "晴天有黑水"})
    case = actions.run("open_case", store, "diao", {"finding_number": done["finding"], "unit_code": "U1",
                                                    "handler": "承办人"})
    assert case["number"] == "2026-甲区-0001"
    assert case["due_on"] == "2026-06-27"                        # ordinary: 15 days after 12 June
    row = store.as_seen_by("diao").records("case").iloc[0]
    assert (row["post_code"], row["outfall_code"], row["state"]) == ("P2", "O1", "assigned")
    assert row["reach_code"] == "R1"                             # a finding without a point takes its outfall's place


def test_a_case_walks_its_life_and_cannot_jump_it(store):
    finding = actions.run("submit_finding", store, "jian", {"kind": "dumping", "description": "岸边堆放建筑垃圾",
                                                            "found_at": "2026-06-10T09:00:00+08:00", "lon": 112.105,
                                                            "lat": 34.5002})
    number = actions.run("open_case", store, "diao", {"finding_number": finding["number"]})["number"]
    with pytest.raises(Fault) as caught:
        actions.run("close_case", store, "diao", {"number": number, "verified_by": "调度"})
    assert caught.value.code == "move_not_open"
    with pytest.raises(Fault) as caught:
        actions.run("assign_case", store, "diao", {"number": number, "unit_code": "U1"})
    assert caught.value.code == "move_needs"
    actions.run("assign_case", store, "diao", {"number": number, "unit_code": "U1", "handler": "承办人",
                                               "due_on": "2026-06-20"})
    with pytest.raises(Fault) as caught:                      # another unit's case looks like no case at all
        actions.run("accept_case", store, "ban2", {"number": number})
    assert caught.value.code == "not_found"
    actions.run("accept_case", store, "ban", {"number": number})
    actions.run("submit_case_for_review", store, "ban", {"number": number, "measure": "已清运"})
    with pytest.raises(Fault) as caught:
        actions.run("close_case", store, "du", {"number": number, "verified_by": "承办人"})
    assert caught.value.code == "verifier_is_fixer"
    done = actions.run("close_case", store, "du", {"number": number, "verified_by": "督查"})
    assert done["state"] == "closed"
    row = store.as_seen_by("diao").records("case").iloc[0]
    assert row["closed_at"].date() == date(2026, 6, 12)
    story = store.as_seen_by("diao").events(row["id"])["move"].tolist()
    assert story == ["open_case", "assign_case", "accept_case", "submit_case_for_review", "close_case"]
    assert len(store.as_seen_by("ban2").events(row["id"])) == 0


def test_order_effective_20_may_entered_12_june(store):
    with store.writing("operator", "seed") as tx:
        tx.insert("holder", [{"post_code": "P2", "person": "前任", "state": "holding", "valid_from": "2025-01-01",
                              "recorded_at": datetime.fromisoformat("2025-01-05T09:00:00+08:00")}])
    actions.run("appoint", store, "diao", {"post_code": "P2", "person": "继任", "valid_from": "2026-05-20",
                                           "doc_no": "模拟河办〔2026〕9号"})
    view = store.as_seen_by("operator")

    def village_chief(on, known_on=None):
        found = who(view.records("responsibility", known_on=known_on), view.records("holder", known_on=known_on),
                    view.records("post", known_on=known_on), object_code="R1", chainage_m=100, bank="left", on=on)
        return found.loc[found["level"] == "village", "person"].tolist()

    with store.writing("operator", "seed") as tx:      # the books themselves were entered long before
        for kind in ("post", "responsibility"):
            for row in tx.rows(kind).itertuples():
                tx.update(kind, row.id, None, {"recorded_at": datetime(2025, 1, 1)})
    view = store.as_seen_by("operator")
    assert village_chief(date(2026, 5, 25)) == ["继任"]
    assert village_chief(date(2026, 5, 19)) == ["前任"]
    assert village_chief(date(2026, 5, 25), known_on=date(2026, 5, 31)) == ["前任"]
    assert village_chief(date(2026, 5, 25), known_on=date(2026, 6, 12)) == ["继任"]


def test_withdrawing_names_what_was_built_on_it(store):
    with store.writing("jian", "submit_finding", key="ledger") as tx:
        for i in (1, 2, 3):
            tx.insert("finding", [{"kind": "dumping", "description": f"堆{i}", "found_at": "2026-06-01", "lon": 112.105,
                                   "lat": 34.5002, "state": "open"}])
        receipt = tx.receipt
    numbers = store.as_seen_by("diao").records("finding")["number"].tolist()
    cases = [actions.run("open_case", store, "diao", {"finding_number": n})["number"] for n in numbers[:2]]
    with pytest.raises(Fault) as caught:               # acted upon: no longer the author's to take back
        actions.run("withdraw", store, "jian", {"receipt": receipt, "reason": "坐标错了"})
    assert caught.value.code == "withdraw_acted_upon"
    done = actions.run("withdraw", store, "diao", {"receipt": receipt, "reason": "坐标错了"})
    assert done["withdrawn"] == 3
    assert [one["number"] for one in done["built_on_it"]] == cases
    view = store.as_seen_by("diao")
    assert len(view.records("finding")) == 0
    assert len(view.records("case")) == 2
    assert view.imports().set_index("receipt").loc[receipt, "withdrawn_reason"] == "坐标错了"
    with pytest.raises(Fault):
        actions.run("withdraw", store, "diao", {"receipt": receipt, "reason": "再撤一次"})


def test_what_each_person_sees(store):
    actions.run("submit_patrol", store, "jia", {"post_code": "P1", "started_at": "2026-06-02T08:00:00+08:00"})
    actions.run("submit_patrol", store, "yi", {"post_code": "P2", "started_at": "2026-06-03T08:00:00+08:00"})
    seen = {name: len(store.as_seen_by(name).records("patrol")) for name in ("jia", "yi", "ban", "diao", "anonymous")}
    assert seen == {"jia": 2, "yi": 1, "ban": 0, "diao": 2, "anonymous": 0}    # a township chief sees the village below
    assert len(store.as_seen_by("anonymous").layer("reach")) == 0
    assert len(store.as_seen_by("ban").layer("reach")) == 1
    assert len(store.as_seen_by("ban").layer("outfall")) == 0
    assert len(store.as_seen_by("yi").layer("outfall")) == 1


def test_a_gap_counts_the_walks_of_everybody_and_is_shown_only_for_ones_own_reaches(store):
    from analysis.coverage import gaps
    from analysis.frequency import frequency

    actions.run("submit_patrol", store, "jia", {"post_code": "P1", "track": walk()})
    village = store.as_seen_by("yi")
    assert len(village.records("patrol")) == 0                   # the township chief's record is not the village's to read
    found = gaps(village, date(2026, 6, 12))
    assert found.loc[found["state"] != "never", "length_m"].sum() == pytest.approx(2 * 590, abs=100)   # 30 m wide: both banks
    assert set(frequency(village, date(2026, 6, 1), date(2026, 6, 12))["post_code"]) == {"P2"}
    for name in ("ban", "anonymous"):
        assert len(gaps(store.as_seen_by(name), date(2026, 6, 12))) == 0


def test_turning_a_reach_round_mirrors_all_that_hangs_on_it(store):
    actions.run("submit_patrol", store, "yi", {
        "post_code": "P2", "track": walk()})
    before = store.as_seen_by("operator")
    outfall, length_m = before.layer("outfall").iloc[0], float(before.reaches()["length_m"].iloc[0])
    walked = before.intervals().iloc[0]
    actions.run("reverse_reach", store, "diao", {"reach_code": "R1", "reason": "流向画反"})
    after = store.as_seen_by("operator")
    turned = after.layer("outfall").iloc[0]
    assert (outfall["bank"], turned["bank"]) == ("left", "right")
    assert turned["chainage_m"] == pytest.approx(length_m - outfall["chainage_m"], abs=0.01)
    assert turned.geometry.equals(outfall.geometry)              # the place is the truth; it stays
    again = after.intervals().iloc[0]
    assert (again["from_m"], again["to_m"]) == pytest.approx((length_m - walked["to_m"], length_m - walked["from_m"]),
                                                             abs=0.01)
    assert again["bank"] == "right"


def test_a_suspected_outfall_keeps_its_number_when_confirmed(store):
    made = actions.run("add_outfall", store, "jian", {"name": "草丛中的管口", "found_at": "2026-06-10T09:00:00+08:00",
                                                      "lon": 112.1101, "lat": 34.4998, "discharging": "yes"})
    row = store.as_seen_by("jian").layer("outfall").set_index("code").loc[made["code"]]
    assert (row["stage"], row["confirmed"], row["bank"]) == ("suspected", False, "right")
    done = actions.run("confirm_outfall", store, "diao", {"code": made["code"], "new_code": "O-OFFICIAL-2"})
    again = store.as_seen_by("diao").layer("outfall").set_index("code").loc["O-OFFICIAL-2"]
    assert again["number"] == made["number"] == done["number"]
    assert again["confirmed"]


def test_a_report_is_kept_under_a_number_and_reads_back_the_same(store):
    rows = [{"seq": 1, "number": "2026-甲区-0001"}]
    number = actions.run("keep_report", store, "diao", {"kind": "ledger", "rows": rows})["number"]
    assert number == "BG-2026-0001"
    assert store.as_seen_by("diao").report(number)["rows"] == rows
    with pytest.raises(Fault):
        store.as_seen_by("yi").report(number)
