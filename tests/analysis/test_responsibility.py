"""Every metre × bank × day × required level: one lead post, or a named defect."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.responsibility import held_on, required_levels, resolve, resolve_objects, tenures, who

ON = date(2026, 6, 1)
POSTS = """
code  name     level     kind
C     county   county    lead
C2    county2  county    lead
T1    town1    township  lead
T2    town2    township  lead
V     village  village   lead
D     deputy   county    deputy
"""
HELD = """
post_code person state   valid_from valid_to
C         Zhao   holding 2026-01-01 -
C2        Chen   holding 2026-01-01 -
T1        Qian   acting  2026-01-01 -
T2        -      vacant  2026-01-01 -
V         Sun    holding 2026-01-01 -
"""
HEAD = "post_code object_layer object_code from_m to_m bank role signed valid_from valid_to\n"


@pytest.fixture
def settle(table, record):
    def run(rows, reaches="reach_id length_m highest_level\nR 1000 county", on=ON, held=HELD):
        return resolve(table(reaches), record("responsibility", HEAD + rows), record("holder", held),
                       record("post", POSTS), on)
    return run


def short(answer, level, bank="left"):
    rows = answer[(answer["level"] == level) & (answer["bank"] == bank)]
    return [(a, b, p, s) for a, b, p, s in zip(rows["from_m"], rows["to_m"], rows["post_code"], rows["state"],
                                               strict=True)]


def test_two_towns_share_a_reach_and_a_county_has_it_whole(settle):
    answer = settle("""
C  reach R -   -    both lead - 2026-01-01 -
T1 reach R 0   400  both lead - 2026-01-01 -
T2 reach R 400 1000 both lead - 2026-01-01 -""")
    assert short(answer, "county") == [(0, 1000, "C", "holding")]
    assert short(answer, "township") == [(0, 400, "T1", "acting"), (400, 1000, "T2", "vacant")]
    assert set(answer["level"]) == {"county", "township"}        # no village anywhere on it: none is required


def test_hole_overlap_and_joint(settle):
    answer = settle("""
C  reach R 0   1000 both joint - 2026-01-01 -
C2 reach R 0   1000 both joint - 2026-01-01 -
T1 reach R 100 600  both lead  - 2026-01-01 -
T2 reach R 500 1000 both lead  - 2026-01-01 -""")
    assert short(answer, "county") == [(0, 1000, "C", "holding")]
    assert answer.loc[answer["level"] == "county", "others"].tolist() == ["C2", "C2"]
    assert short(answer, "township") == [(0, 100, None, "hole"), (100, 500, "T1", "acting"),
                                         (500, 600, None, "overlap"), (600, 1000, "T2", "vacant")]


def test_boundary_river_by_bank_unsigned_on_one_side(settle):
    answer = settle("""
C  reach R - - left  lead yes 2026-01-01 -
C2 reach R - - right lead no  2026-01-01 -
T1 reach R - - left  lead yes 2026-01-01 -""")
    assert short(answer, "county", "left") == [(0, 1000, "C", "holding")]
    assert short(answer, "county", "right") == [(0, 1000, "C2", "unsigned")]
    assert short(answer, "township", "right") == [(0, 1000, None, "hole")]


def test_village_is_required_where_any_village_row_exists(settle):
    answer = settle("V reach R 0 300 both lead - 2026-01-01 -")
    assert short(answer, "village") == [(0, 300, "V", "holding"), (300, 1000, None, "hole")]
    assert short(answer, "county") == [(0, 1000, None, "hole")]


def test_a_deputy_and_a_supporting_row_do_not_lead(settle):
    answer = settle("""
D  reach R - - both lead - 2026-01-01 -
C  reach R - - both co   - 2026-01-01 -""")
    assert short(answer, "county") == [(0, 1000, None, "hole")]


def test_ends_within_a_metre_are_rounding(settle):
    answer = settle("""
T1 reach R 0.4 400   both lead - 2026-01-01 -
T2 reach R 400.6 999.2 both lead - 2026-01-01 -""")
    assert [row[2:] for row in short(answer, "township")] == [("T1", "acting"), ("T2", "vacant")]
    assert short(answer, "township")[1][1] == 1000


def test_both_days_are_inclusive_and_the_next_day_is_a_hole(settle):
    rows = "T1 reach R - - both lead - 2026-01-01 2026-05-31"
    assert short(settle(rows, on=date(2026, 5, 31)), "township") == [(0, 1000, "T1", "acting")]
    assert short(settle(rows, on=date(2026, 6, 1)), "township") == [(0, 1000, None, "hole")]


def test_levels_required_from_the_highest_down():
    assert required_levels("city", set(), ON) == ("city", "county", "township")
    assert required_levels("county", {"village"}, ON) == ("county", "township", "village")
    assert required_levels("village", set(), ON) == ("village",)
    assert required_levels(None, {"city", "village"}, ON) == ("city", "county", "township", "village")
    assert required_levels(None, set(), ON) == ("township",)


def test_an_open_end_closes_the_day_before_the_next_holder(record):
    holder = record("holder", """
post_code person state   valid_from valid_to
C         Zhao   holding 2026-01-01 -
C         Chen   holding 2026-05-20 -""")
    assert tenures(holder)["until"].tolist()[0] == pd.Timestamp("2026-05-19")
    assert held_on(holder, date(2026, 5, 19))["C"] == ("Zhao", "holding")
    assert held_on(holder, date(2026, 5, 20))["C"] == ("Chen", "holding")
    assert held_on(holder, date(2025, 12, 31)) == {}


def test_a_term_that_was_to_last_longer_yields_to_the_later_order(record):
    holder = record("holder", """
post_code person state   valid_from valid_to
C         Zhao   holding 2026-01-01 2026-12-31
C         Chen   holding 2026-05-20 2026-12-31""")
    assert held_on(holder, date(2026, 6, 1))["C"] == ("Chen", "holding")


def test_who_lists_every_level_and_the_joint_belongs_downstream(record):
    rows = record("responsibility", HEAD + """
C  reach R -   -    both lead - 2026-01-01 -
D  reach R -   -    both lead - 2026-01-01 -
T1 reach R 0   400  both lead - 2026-01-01 -
T2 reach R 400 1000 left lead - 2026-01-01 -""")
    args = (rows, record("holder", HELD), record("post", POSTS))
    found = who(*args, object_code="R", chainage_m=400, bank="left", on=ON)
    assert found[["post_code", "role", "state"]].to_numpy().tolist() == [
        ["C", "lead", "holding"], ["D", "co", "vacant"], ["T2", "lead", "vacant"]]
    assert who(*args, object_code="R", chainage_m=1000, bank="left", on=ON)["post_code"].tolist() == ["C", "D", "T2"]
    assert who(*args, object_code="R", chainage_m=700, bank="right", on=ON)["post_code"].tolist() == ["C", "D"]
    assert who(*args, object_code="X", on=ON).empty


def test_a_lake_has_levels_but_no_metres(record, table):
    objects = table("layer code highest_level\nlake L county")
    rows = record("responsibility", HEAD + "C lake L - - - lead - 2026-01-01 -")
    answer = resolve_objects(objects, rows, record("holder", HELD), record("post", POSTS), ON)
    assert answer[["level", "post_code", "state"]].to_numpy().tolist() == [
        ["county", "C", "holding"], ["township", None, "hole"]]


stretch = st.tuples(st.sampled_from(["C", "C2", "T1", "T2", "V"]), st.floats(0, 1000), st.floats(0, 1000),
                    st.sampled_from(["left", "right", "both"]), st.sampled_from(["lead", "joint", "co"]),
                    st.integers(-40, 40), st.integers(0, 60))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(stretch, max_size=12), st.sampled_from(["county", "township", "city", None]))
def test_any_book_resolves_every_metre_once(record, rows, highest):
    day = [pd.Timestamp(ON + timedelta(days=row[5])) for row in rows]
    book = pd.DataFrame({
        "post_code": [row[0] for row in rows], "object_layer": "reach", "object_code": "R",
        "from_m": [min(row[1:3]) for row in rows], "to_m": [max(row[1:3]) for row in rows],
        "bank": [row[3] for row in rows], "role": [row[4] for row in rows], "signed": None,
        "valid_from": pd.Series(day, dtype="datetime64[us]"),
        "valid_to": pd.Series([d + pd.Timedelta(days=row[6]) for d, row in zip(day, rows, strict=True)],
                              dtype="datetime64[us]")})
    reaches = pd.DataFrame({"reach_id": ["R"], "length_m": [1000.0], "highest_level": [highest]})
    answer = resolve(reaches, book, record("holder", HELD), record("post", POSTS), ON)
    for (_, _), part in answer.groupby(["bank", "level"]):
        assert part["from_m"].tolist()[0] == 0 and part["to_m"].tolist()[-1] == 1000
        assert part["from_m"].tolist()[1:] == part["to_m"].tolist()[:-1]
        assert ((part["to_m"] - part["from_m"]) > 0).all()
    assert (answer["post_code"].isna() == answer["state"].isin(["hole", "overlap"])).all()
