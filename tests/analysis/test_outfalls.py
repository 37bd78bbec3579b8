"""Unresolved outfalls worked by hand; today is 30 June 2026."""
# ruff: noqa: E501 (the tables are read as tables)

from datetime import date

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point

from analysis.outfalls import unresolved
from analysis.place import describe, k_mark, metres
from analysis.problems import problems
from analysis.recurrence import chain_counts, recurrence

ON = date(2026, 6, 30)
OUTFALLS = """
code stage     confirmed surveyed_on monitored_on traced_on  rectified_on deadline_on deferral_until deferral_authority
ok   rectified yes       2025-01-01  2025-02-01   2025-03-01 2025-04-01   -           -              -
sus  suspected no        2026-06-20  -            -          -            -           -              -
mon  surveyed  yes       2026-06-10  -            -          -            2026-06-25  -              -
def  traced    yes       2026-01-01  2026-02-01   2026-03-01 -            2026-05-01  2026-12-31     office
old  traced    yes       2026-01-01  2026-02-01   2026-03-01 -            2026-05-01  2026-06-01     office
non  traced    yes       2026-01-01  2026-02-01   2026-03-01 -            2026-05-01  2026-12-31     -
back closed    yes       2025-01-01  2025-02-01   2025-03-01 2025-04-01   -           -              -
bare -         yes       -           -            -          -            -           -              -
late rectified yes       2025-01-01  2025-02-01   2025-03-01 2026-06-29   -           -              -
"""
CASES = """
number kind              outfall_code state      opened_at            closed_at            due_on     deferred_until deferred_by relapse_of relapse_count unit_code handler post_code
K1     outfall_discharge back         closed     2026-03-01T02:00:00Z 2026-04-01T02:00:00Z 2026-03-16 -              -           -          -             U         Wu      T
K2     outfall_discharge back         rectifying 2026-05-11T02:00:00Z -                    2026-05-26 -              -           K1         1             U         Wu      T
K3     facility          ok           closed     2026-05-01T02:00:00Z 2026-06-29T17:00:00Z 2026-05-16 -              -           -          -             U         Wu      T
"""
FINDINGS = """
number kind              outfall_code state       found_at             inspection_number case_number
F1     outfall_discharge late         open        2026-06-29T23:30:00Z -                 -
F2     outfall_discharge ok           dismissed   2026-06-01T02:00:00Z J9                -
F3     outfall_discharge ok           draft       2026-06-01T02:00:00Z -                 -
"""
VISITS = """
number outfall_code inspected_at         discharging result
J1     back         2026-05-10T02:00:00Z yes         abnormal
J2     ok           2026-06-15T02:00:00Z yes         normal
J9     late         2026-06-29T23:00:00Z no          normal
"""
REACHES = "reach_id length_m river_code highest_level width_m name start_name\nA 4000 LUO township 60 upper -"
DUTY = "post_code object_layer object_code from_m to_m bank role valid_from\nT reach A - - both lead 2026-01-01"
POSTS = "code name level kind\nT town township lead"


def placed(frame, kind, banks="left"):
    frame = frame.assign(reach_code="A", chainage_m=[500.0 + 100 * i for i in range(len(frame))], bank=banks,
                         district_code="990101")
    return gpd.GeoDataFrame(frame, geometry=[Point(112.5, 34.6)] * len(frame), crs="EPSG:4490") if kind else frame


@pytest.fixture
def view(make_view, make_reaches, record):
    def build(**more):
        cases = record("case", CASES)
        frames = {"reaches": make_reaches(REACHES), "post": record("post", POSTS), "unit": record("unit", "code name\nU water"),
                  "responsibility": record("responsibility", DUTY), "outfall": placed(record("outfall", OUTFALLS), True),
                  "case": placed(cases, False), "finding": record("finding", FINDINGS),
                  "inspection": record("inspection", VISITS),
                  "holder": record("holder", "post_code person state valid_from valid_to\nT Qian holding 2026-01-01 -")}
        marks = record("landmark", "code name kind reach_code chainage_m\nM1 willow bridge A 1000\nM2 stone board A 2000")
        frames["landmark"] = gpd.GeoDataFrame(marks, geometry=[Point(112.5, 34.6)] * 2, crs="EPSG:4490")
        return make_view(frames | more)
    return build


def told(answer, column):
    return dict(zip(answer["code"], answer[column], strict=True))


def test_looks_and_reasons_by_hand(view):
    answer = unresolved(view(), ON)
    assert told(answer, "look") == {
        "ok": "compliant",      # its case was closed on the 29th UTC, which is the 30th 01:00 in the city
        "sus": "suspected", "mon": "overdue", "def": "deferred",
        "old": "overdue",       # the approved deferral ended on 1 June
        "non": "overdue",       # a deferral nobody approved is none
        "back": "relapsed", "bare": "in_work", "late": "in_work"}
    assert told(answer, "reasons")["back"] == "open_case;relapsed"
    assert told(answer, "reasons")["bare"] == "stage_unknown"
    assert told(answer, "unresolved")["def"] and not told(answer, "unresolved")["ok"]


NO_STAGE = """
code stage confirmed surveyed_on monitored_on traced_on rectified_on deadline_on deferral_until deferral_authority
new  -     -         -           -            -         -            -           -              -
seen -     -         2026-06-01  -            -         -            -           -              -
not  -     no        2026-06-01  2026-06-02   -         -            -           -              -
yes  -     yes       2026-06-01  -            -         -            -           -              -
meas -     -         -           2026-06-02   -         -            -           -              -
"""


def test_a_registry_without_stages_claims_neither_monitoring_nor_a_visit(view, record):
    office = view(outfall=placed(record("outfall", NO_STAGE), True), case=record("case", "number\n").iloc[:0],
                  finding=record("finding", "number\n").iloc[:0],
                  inspection=record("inspection", "number outfall_code inspected_at discharging result\nJ yes 2026-06-03T02:00:00Z no normal"))
    answer = unresolved(office, ON)
    assert told(answer, "reasons") == {"new": "not_confirmed", "seen": "not_confirmed", "not": "not_confirmed",
                                       "yes": "stage_unknown", "meas": "not_traced"}
    assert told(answer, "look") == {"new": "suspected", "seen": "suspected", "not": "suspected", "yes": "in_work",
                                    "meas": "in_work"}
    rows = problems(office, ON).set_index("outfall_code")
    assert rows.loc["new", "description"] == "待确认(疑似)" and rows.loc["yes", "description"] == "整治阶段未填"
    assert rows["source"].to_dict() == {"new": "import", "seen": "import", "not": "import", "meas": "import",
                                        "yes": "inspection"}


def test_days_by_hand(view):
    answer = unresolved(view(), ON)
    age, late = told(answer, "age_days"), told(answer, "overdue_days")
    assert (age["sus"], age["mon"], late["mon"]) == (10, 20, 5)             # 20, 10 and 25 June to 30 June
    assert (late["def"], late["old"], late["non"]) == (0, 29, 60)           # 1 June, 1 May to 30 June
    assert (age["back"], late["back"]) == (51, 35)                          # seen 10 May; due 26 May
    assert age["late"] == 0                                                 # 29 June 23:30 UTC is 30 June here
    assert told(answer, "relapses")["back"] == 1
    assert told(answer, "case_number")["back"] == "K2" and told(answer, "unit_name")["back"] == "water"
    assert told(answer, "post_code")["mon"] == "T"


def test_on_an_earlier_day_what_came_later_is_not_known(view):
    answer = unresolved(view(), date(2026, 4, 10))
    assert "mon" not in set(answer["code"]) and "sus" not in set(answer["code"])     # not surveyed yet
    assert told(answer, "look")["back"] == "compliant"                               # closed 1 April, seen again 10 May
    assert told(answer, "reasons")["late"] == "not_rectified"                        # rectified 29 June
    assert told(unresolved(view(), date(2026, 5, 10)), "look")["back"] == "relapsed"  # seen, no case yet
    assert told(unresolved(view(), date(2026, 5, 10)), "relapses")["back"] == 1
    assert told(unresolved(view(), date(2026, 6, 29)), "look")["ok"] == "overdue"


def test_a_dismissed_finding_takes_its_inspection_with_it(view, record):
    dismissed = record("finding", FINDINGS + "F9 outfall_discharge back dismissed 2026-05-10T02:00:00Z J1 -\n")
    cases = placed(record("case", CASES[:CASES.index("K2")]), False)
    assert told(unresolved(view(finding=dismissed, case=cases), ON), "look")["back"] == "compliant"
    assert told(unresolved(view(case=cases), ON), "look")["back"] == "relapsed"


def test_a_chain_of_relapses_is_counted_and_a_loop_does_not_hang(table):
    chain = table("number relapse_of relapse_count\nA - -\nB A -\nC B -\nD D -\nE - 4")
    assert chain_counts(chain) == {"A": 0, "B": 1, "C": 2, "D": 1, "E": 4}


def test_recurrence_lists_what_came_back(view):
    answer = recurrence(view(), ON)
    assert answer.to_numpy().tolist() == [["back", 1, "K2", True]]


def test_the_ledger_has_cases_and_outfalls_without_one_numbered_worst_first(view):
    ledger = problems(view(), ON)
    assert ledger["seq"].tolist() == list(range(1, 9))
    assert ledger["look"].tolist() == ["overdue"] * 3 + ["relapsed", "in_work", "in_work", "suspected", "deferred"]
    assert ledger["outfall_code"].tolist()[:3] == ["non", "old", "mon"]              # 60, 29 and 5 days late
    assert set(ledger["number"]) >= {"K2"} and ledger["outfall_code"].nunique() == 8
    row = ledger[ledger["number"] == "K2"].iloc[0]
    assert (row["unit_name"], row["handler"], row["post_name"], row["person"]) == ("water", "Wu", "town", "Qian")
    assert row["place"] == "upper K0+600·左岸(北侧)"
    assert row["found_at"] == pd.Timestamp("2026-05-11T02:00:00Z")


def test_filters_keep_the_numbering_whole(view):
    ledger = problems(view(), ON, kinds=["new_outfall"])
    assert ledger["seq"].tolist() == [1] and ledger["outfall_code"].tolist() == ["sus"]
    assert problems(view(), ON, rivers=["nowhere"]).empty
    assert problems(view(), ON, since=date(2026, 6, 20), until=date(2026, 6, 30))["outfall_code"].tolist() == [
        "late", "sus"]


def test_an_empty_city_has_an_empty_ledger(make_view, make_reaches):
    bare = make_view({"reaches": make_reaches(REACHES).iloc[:0]})
    assert problems(bare, ON).empty and unresolved(bare, ON).empty


def test_places_in_words(view):
    assert describe(view(), "A", 1320, "left") == "willow下游320 m·左岸(北侧)"     # the reach runs east
    assert describe(view(), "A", 1320, "right", "en") == "320 m below willow·right bank (south side)"
    assert describe(view(), "A", 3000, "left") == "willow下游2.0 km·左岸(北侧)"    # a board is no landmark for this
    assert describe(view(), "A", 1000, "both") == "willow处·两岸"
    assert describe(view(), "A", 350, "on") == "upper K0+350"                     # nothing upstream of it
    assert describe(view(), "X", 350, "left") == ""
    assert (k_mark(12_350), k_mark(999.6), metres(994), metres(1000)) == ("K12+350", "K1+000", "990 m", "1.0 km")


def test_banks_where_the_direction_is_not_fixed_or_not_confirmed(view):
    reversible, doubtful = view(), view()
    reversible.frames["reaches"]["flow"] = "reversible"
    doubtful.frames["reaches"]["direction"] = "unconfirmed"
    assert describe(reversible, "A", 1320, "left") == "距willow320 m·北岸"
    assert describe(doubtful, "A", 1320, "left") == "willow下游320 m·岸别待核(北侧)"
