"""Every row of every table of rules is whole, dated, sourced and contradicts no other row."""

from datetime import date

import pytest

from data.records import FINDING_KINDS, LEVEL_ORDER, PATROL_KINDS, SEVERITY
from data.standards import (
    ANY,
    EVIDENCE,
    STATUSES,
    TAIL,
    UNITS,
    cite,
    every,
    in_force,
    rule,
    rules,
    setting,
    tables,
)
from geo.faults import Fault

ROWS = [(table, row) for table in tables() for row in every(table)]
NAMES = [f"{table}:{row['id']}" for table, row in ROWS]


@pytest.mark.parametrize(("table", "row"), ROWS, ids=NAMES)
def test_every_row_is_whole(table, row):
    assert row["id"] and set(TAIL) <= set(row)
    assert row["value"] != "" and row["unit"] in UNITS
    assert row["source"].strip()
    assert row["checked_on"] == date(2026, 11, 23)
    assert row["status"] in STATUSES
    assert row["valid_to"] is None or row["valid_from"] is None or row["valid_from"] <= row["valid_to"]
    assert isinstance(row["value"], float) or row["unit"] in ("word", "level")


@pytest.mark.parametrize(("table", "row"), ROWS, ids=NAMES)
def test_memory_and_our_own_choices_are_never_called_verified(table, row):
    assert row["status"] in (EVIDENCE[row["evidence"]], "off")
    if row["evidence"] == "ours":
        assert "本系统设定" in row["source"] or table == "outfall_stages"


@pytest.mark.parametrize("table", tables())
def test_ids_are_unique_and_dates_of_equal_keys_do_not_overlap(table):
    rows = every(table)
    keys = [name for name in rows[0] if name not in TAIL]
    seen = {}
    for row in rows:
        seen.setdefault(tuple(row[key] for key in keys), []).append((row["valid_from"] or date.min,
                                                                     row["valid_to"] or date.max))
    for dates in seen.values():
        dates.sort()
        assert all(a[1] < b[0] for a, b in zip(dates, dates[1:], strict=False))
    assert all(len(row) == len(rows[0]) and None not in row for row in rows)


def test_words_of_the_tables_are_words_of_the_records():
    levels = {ANY, *LEVEL_ORDER, "keeper"}
    assert {row["level"] for row in every("patrol_profiles") + every("patrol_kinds") + every("valid_patrol")} <= levels
    assert {row["kind"] for row in every("patrol_kinds")} <= {ANY, *(code.value for code in PATROL_KINDS)}
    assert {row["severity"] for row in every("case_clocks")} <= {ANY, *(code.value for code in SEVERITY)}
    assert {row["kind"] for row in every("case_clocks")} <= {ANY, *(code.value for code in FINDING_KINDS)}
    assert {row["period"] for row in every("patrol_profiles")} <= {row["id"] for row in every("periods")}


def test_henan_2018_as_published():
    on = date(2026, 6, 30)
    found = {row["level"]: (row["value"], row["period"]) for row in rules("patrol_profiles", on, profile="henan-2018")}
    assert found == {"province": (1, "year"), "city": (1, "half_year"), "county": (1, "quarter"),
                     "township": (1, "month"), "village": (1, "week")}
    assert rules("patrol_profiles", date(2018, 5, 12), profile="henan-2018") == []
    assert rules("valid_patrol", on, profile="henan-2018") == []


def test_a_profile_from_memory_is_never_handed_out():
    assert rules("patrol_profiles", date(2026, 6, 30), profile="zhejiang-typical") == []
    assert any(row["profile"] == "zhejiang-typical" for row in every("patrol_profiles"))


def test_the_exact_row_beats_the_general_one():
    on = date(2026, 6, 30)
    assert rule("case_clocks", on, step="rectify", kind="floating", severity="general")["value"] == 7
    assert rule("case_clocks", on, step="rectify", kind="mining", severity="general")["value"] == 15
    assert rule("case_clocks", on, step="assign", kind="mining", severity="major")["value"] == 2
    assert rule("patrol_kinds", on, profile="gansu", kind="meeting")["value"] == "recorded"
    assert rule("patrol_kinds", on, profile="gansu", kind="boat")["value"] == "yes"


def test_limits_of_gb3838_and_tailings_against_the_printed_tables():
    on = date(2026, 6, 30)
    assert rule("gb3838", on, parameter="NH3N", water="river", water_class="IV")["value"] == 1.5
    assert rule("gb3838", on, parameter="TP", water="lake", water_class="III")["value"] == 0.05
    assert rule("gb3838", on, parameter="TN", water="lake", water_class="IV")["value"] == 1.5   # copies misprint 105
    assert len({row["parameter"] for row in every("gb3838") if row["in_21"] == "1"}) == 21
    assert rule("tailings", on, rule="head_pond")["value"] == 1000


def test_both_days_of_a_row_are_inclusive():
    row = {"status": "verified", "valid_from": date(2026, 1, 1), "valid_to": date(2026, 12, 31)}
    assert in_force(row, date(2026, 1, 1)) and in_force(row, date(2026, 12, 31))
    assert not in_force(row, date(2025, 12, 31)) and not in_force(row, date(2027, 1, 1))


def test_what_is_missing_says_so_and_a_citation_names_its_doubt():
    with pytest.raises(Fault, match="rule_missing"):
        setting("no_such_setting", date(2026, 6, 30))
    with pytest.raises(Fault, match="rule_table_unknown"):
        rules("no_such_table", date(2026, 6, 30))
    assert "依据待核实" in cite(setting("both_banks_from_width", date(2026, 6, 30)))
    assert "依据待核实" not in cite(rule("patrol_profiles", date(2026, 6, 30), profile="henan-2018", level="village"))
