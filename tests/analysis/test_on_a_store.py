"""The same judgements over a real store: two dates, six steps, numbers with their rows."""

from datetime import date

import pandas as pd
import pytest
import shapely

from analysis.checklist import STEPS, check_report, golive, next_step
from analysis.coverage import gaps
from analysis.frequency import frequency
from analysis.outfalls import unresolved
from analysis.problems import problems
from analysis.responsibility import audit, who_at
from analysis.summary import of_posts, office
from data import words
from data.city import City
from data.store import create_store

NOW = "2026-06-30T18:00:00+08:00"


@pytest.fixture
def clock(monkeypatch):
    return lambda at: monkeypatch.setenv("HEZHANG_NOW", at)


@pytest.fixture
def empty(tmp_path, clock):
    clock(NOW)
    return create_store(tmp_path / "office.sqlite", city=City(name="试点市"))


def put(store, **rows):
    with store.writing("operator", "seed") as tx:
        for kind, given in rows.items():
            tx.insert(kind, given)


@pytest.fixture
def filled(empty, clock):
    """One reach, one township post; the order of 20 May for the successor is entered on 12 June."""
    clock("2026-01-05T09:00:00+08:00")
    put(empty, district=[{"code": "990101", "name": "甲区", "geometry": shapely.box(112, 34, 113, 35)}],
        reach=[{"code": "R1", "name": "甲河上段", "width_m": 60, "highest_level": "township",
                "geometry": shapely.LineString([(112.10, 34.5), (112.12, 34.5)])}],
        post=[{"code": "P1", "name": "镇级河长", "level": "township", "kind": "lead", "district_code": "990101"}],
        holder=[{"post_code": "P1", "person": "前任", "valid_from": "2025-01-01"}],
        responsibility=[{"post_code": "P1", "object_layer": "reach", "object_code": "R1", "bank": "both",
                         "role": "lead", "valid_from": "2025-01-01", "doc_no": "1"}])
    clock("2026-06-12T10:00:00+08:00")
    put(empty, holder=[{"post_code": "P1", "person": "继任", "valid_from": "2026-05-20", "doc_no": "17"}])
    clock(NOW)
    return empty


def test_an_order_of_20_may_entered_on_12_june(filled):
    view = filled.as_seen_by("operator")

    def person(on, known_on=None):
        return who_at(view, reach_id="R1", chainage_m=500, bank="left", on=on, known_on=known_on)["person"].tolist()

    assert person(date(2026, 5, 25)) == ["继任"]
    assert person(date(2026, 5, 25), known_on=date(2026, 5, 31)) == ["前任"]
    assert person(date(2026, 5, 25), known_on=date(2026, 6, 12)) == ["继任"]
    assert person(date(2026, 5, 19)) == ["前任"]
    may = frequency(view, date(2026, 5, 1), date(2026, 5, 31))
    assert may[["post_code", "person", "missing"]].to_numpy().tolist() == [["P1", "前任、继任", 1]]


def test_an_empty_store_can_be_asked_everything(empty):
    view, on = empty.as_seen_by("operator"), date(2026, 6, 30)
    assert gaps(view, on).empty and unresolved(view, on).empty and problems(view, on).empty and audit(view, on).empty
    assert frequency(view, date(2026, 6, 1), on).empty
    assert {figure.value for figure in office(view, on)} == {0}




def test_the_steps_of_an_empty_store_name_the_first_command(empty):
    view = empty.as_seen_by("operator")
    assert tuple(step.name for step in golive(view)) == STEPS
    assert [step.done for step in golive(view)] == [False] * 6
    assert next_step(view).command() == "python hezhang.py import district FILE"
    for lang in ("zh", "en"):
        lines, ready = check_report(view, lang)
        assert not ready and all("{" not in str(line["state"]) + str(line["title"]) for line in lines)


def test_steps_follow_what_is_there(filled):
    view = filled.as_seen_by("operator")
    done = {step.name: step.done for step in golive(view)}
    assert done == {"boundary": True, "reaches": True, "posts": True, "responsibilities": True, "outfalls": False,
                    "accounts": False}
    put(filled, outfall=[{"code": "O1", "geometry": shapely.Point(112.11, 34.5001)}],
        account=[{"name": "root", "role": "admin"}])
    lines, ready = check_report(filled.as_seen_by("operator"))
    assert ready and next_step(filled.as_seen_by("operator")) is None
    assert "1 个" in next(line["state"] for line in lines if line["step"] == "outfalls")


def test_every_state_of_every_step_has_its_words():
    zh = words.words("zh")
    for name in STEPS:
        assert f"golive.{name}.title" in zh and f"golive.{name}.none" in zh
    for lang in words.LANGUAGES:
        assert all(value for key, value in words.words(lang).items() if key.startswith(("golive.", "reason.", "gap.")))


def test_numbers_carry_the_rows_they_count(filled):
    put(filled, outfall=[{"code": "O1", "stage": "traced", "deadline_on": "2026-06-01",
                          "geometry": shapely.Point(112.11, 34.5001)}])
    view, on = filled.as_seen_by("operator"), date(2026, 6, 30)
    figures = {figure.name: figure for figure in office(view, on)}
    assert figures["unresolved"].ids == ("O1",) and figures["outfalls_overdue"].ids == ("O1",)
    assert figures["never_km"].value == pytest.approx(3.7, abs=0.05) and len(figures["never_km"].ids) == 2
    assert figures["patrols_missing"].value == 2                       # May and June, and June is over today
    assert len(figures["patrols_missing"].ids) == 2 and figures["patrols_missing"].rules == ("henan-2018/township",)
    own = {figure.name: figure.value for figure in of_posts(view, on, ("P1",))}
    assert own["unresolved"] == 1 and own["patrols_missing"] == 6      # January to June
    assert not any(figure.value for figure in of_posts(view, on, ("nobody",)))


def test_bounds_are_enough_but_districts_stay_recommended(empty, tmp_path):
    bounded = create_store(tmp_path / "bounded.sqlite", city=City(name="试点市", bounds=(112.0, 34.0, 113.0, 35.0)))
    first = check_report(bounded.as_seen_by("operator"))[0][0]
    assert first["done"] and first["recommended"] and "建议" in str(first["state"])
    assert first["next"] == "python hezhang.py import district FILE" and not str(first["title"])[0].isdigit()


def test_the_ledger_names_its_rules_and_when_a_case_was_handed_in(filled):
    from data import actions
    put(filled, unit=[{"code": "U1", "name": "水利局"}],
        outfall=[{"code": "O1", "stage": "traced", "geometry": shapely.Point(112.11, 34.5001)}])
    found = actions.run("submit_finding", filled, "operator", {"kind": "dumping", "description": "x", "lon": 112.11, "lat": 34.5,
                                                               "found_at": "2026-06-01T08:00:00+08:00"})
    case = actions.run("open_case", filled, "operator", {"finding_number": found["number"], "unit_code": "U1", "handler": "h"})
    for move, more in (("accept_case", {}), ("submit_case_for_review", {"measure": "清理"})):
        row = filled.as_seen_by("operator").records("case").iloc[0]
        actions.run(move, filled, "operator", {"number": row["number"], "version": int(row["version"]), **more})
    rows = problems(filled.as_seen_by("operator"), date(2026, 6, 30))
    assert [row["rule"] for row in rows.attrs["rules"]] == ["未整治"]
    handed = rows.set_index("number")["rectified_at"]
    assert handed[case["number"]] == pd.Timestamp(NOW) and handed.notna().sum() == 1 and rows["photos"].tolist() == [0, 0]


def test_a_county_chief_answers_for_outfalls_that_a_town_watches(filled):
    put(filled, post=[{"code": "C1", "name": "县级河长", "level": "county", "kind": "lead", "district_code": "990101"}],
        responsibility=[{"post_code": "C1", "object_layer": "reach", "object_code": "R1", "from_m": 0, "to_m": 1000,
                         "bank": "left", "role": "lead", "valid_from": "2025-01-01"}],
        outfall=[{"code": f"O{n}", "stage": "traced", "geometry": shapely.Point(lon, lat)} for n, lon, lat in
                 ((1, 112.105, 34.5001), (2, 112.105, 34.4999), (3, 112.115, 34.5001))])   # in it, other bank, beyond
    view = filled.as_seen_by("operator")
    figures = {figure.name: figure for figure in of_posts(view, date(2026, 6, 30), ("C1",))}
    assert figures["unresolved"].ids == ("O1",)
    assert set(unresolved(view, date(2026, 6, 30))["post_code"]) == {"P1"}
