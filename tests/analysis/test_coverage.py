"""巡河空白 worked by hand on three reaches; today is 30 June 2026, village duty 7 days, township 31, county 92."""

from datetime import date

import numpy as np
import pytest
import shapely

from analysis.coverage import gaps, seen

ON = date(2026, 6, 30)
REACHES = """
reach_id length_m river_code highest_level width_m name
W        1000     LUO        county        60      wide
N        1000     YI         township      10      narrow
U        1000     YI         township      -       unknown
"""
POSTS = """
code name     level    kind
C    county   county   lead
T    town     township lead
V    village  village  lead
"""
DUTY = """
post_code object_layer object_code from_m to_m bank role valid_from valid_to
C         reach        W           -      -    both lead 2026-01-01 -
T         reach        W           -      -    both lead 2026-01-01 -
T         reach        N           -      -    both lead 2026-01-01 -
T         reach        U           -      -    both lead 2026-01-01 -
"""
WALKS = """
id number post_code kind started_at           water_code has_track
p1 XH1    T         self 2026-06-20T01:00:00Z -          yes
p2 XH2    C         self 2026-03-01T01:00:00Z -          yes
"""
SEEN = """
patrol_id post_code reach_id from_m to_m bank left_at
p1        T         W        0      600  left 2026-06-20T02:00:00Z
p1        T         N        200    700  left 2026-06-20T02:00:00Z
p2        C         W        500    900  left 2026-03-01T02:00:00Z
p1        T         U        0      1000 left 2026-06-20T02:00:00Z
"""


@pytest.fixture
def view(make_view, make_reaches, record, table):
    def build(walks=WALKS, walked=SEEN, duty=DUTY, **more):
        return make_view({"reaches": make_reaches(REACHES), "post": record("post", POSTS),
                          "responsibility": record("responsibility", duty), "patrol": record("patrol", walks),
                          "intervals": table(walked), **more})
    return build


def short(answer, reach, bank):
    rows = answer[(answer["reach_id"] == reach) & (answer["bank"] == bank)]
    return list(zip(rows["from_m"], rows["to_m"], rows["state"], strict=True))


def test_each_state_by_hand(view):
    answer = gaps(view(), ON)
    # W: the shortest duty there is the township's 31 days. 20 June is 10 days ago; 1 March is 121 days ago > 2 x 31.
    assert short(answer, "W", "left") == [(0, 600, "within_duty"), (600, 900, "twice_overdue"), (900, 1000, "never")]
    assert short(answer, "W", "right") == [(0, 1000, "never")]                     # 60 m wide: banks one by one
    assert short(answer, "N", "right") == short(answer, "N", "left") == [          # 10 m wide: seen across
        (0, 200, "never"), (200, 700, "within_duty"), (700, 1000, "never")]
    assert short(answer, "U", "right") == [(0, 1000, "never")]                     # width unknown: the side walked only
    days = answer[(answer["reach_id"] == "W") & (answer["from_m"] == 600)]["days"].item()
    assert days == 121


def test_the_pieces_partition_both_banks(view):
    answer = gaps(view(), ON)
    assert answer.groupby(["reach_id", "bank"])["length_m"].sum().tolist() == [1000.0] * 6


def test_per_level_only_that_levels_looks_and_duty_count(view):
    answer = gaps(view(), ON, level="county")
    assert set(answer["reach_id"]) == {"W"}                                        # N and U are not the county's
    # the county came on 1 March, 121 days ago: more than 92, less than 184
    assert short(answer, "W", "left") == [(0, 500, "never"), (500, 900, "overdue"), (900, 1000, "never")]
    assert set(answer["duty_days"]) == {92.0}


def test_due_soon_from_three_quarters_of_the_duty(view):
    # 31 days of duty: 0.75 x 31 = 23.25, so day 23 is within duty and day 24 due soon; day 31 due soon, day 32 overdue
    states = [short(gaps(view(), day), "N", "left")[1][2] for day in
              (date(2026, 7, 13), date(2026, 7, 14), date(2026, 7, 21), date(2026, 7, 22), date(2026, 8, 22))]
    assert states == ["within_duty", "due_soon", "due_soon", "overdue", "twice_overdue"]


def test_no_access_is_neither_covered_nor_gap(view, record):
    closed = record("no_access", """
reach_code from_m to_m bank reason  valid_from valid_to
N          600    -    both culvert 2026-01-01 -
W          -      -    left flood   2026-01-01 2026-06-29""")
    answer = gaps(view(no_access=closed), ON)
    assert short(answer, "N", "left") == [(0, 200, "never"), (200, 600, "within_duty"),
                                          (600, 700, "no_access"), (700, 1000, "no_access")]   # seen or not is kept
    assert "no_access" not in set(answer.loc[answer["reach_id"] == "W", "state"])  # the flood ended the day before


def test_a_patrol_without_a_track_covers_no_metre_but_is_said(view):
    walks = WALKS + "p3 XH3 T self 2026-06-25T01:00:00Z YI no\n"
    answer = gaps(view(walks), ON)
    assert short(answer, "N", "left") == [(0, 200, "recorded_only"), (200, 700, "within_duty"),
                                          (700, 1000, "recorded_only")]
    assert short(answer, "W", "right") == [(0, 1000, "never")]                     # another river
    old = WALKS + "p3 XH3 T self 2026-05-25T01:00:00Z YI no\n"                     # 36 days ago: outside the 31
    assert short(gaps(view(old), ON), "N", "left")[0] == (0, 200, "never")


def test_looks_after_the_day_do_not_count(view):
    assert short(gaps(view(), date(2026, 6, 19)), "N", "left") == [(0, 1000, "never")]
    assert seen(view(), date(2026, 6, 19))["last_seen"].notna().sum() == 1         # only 1 March on W


def test_village_duty_makes_it_a_week_and_names_the_village_post(view):
    duty = DUTY + "V reach N 0 500 both lead 2026-01-01 -\n"
    answer = gaps(view(duty=duty), ON)
    rows = answer[(answer["reach_id"] == "N") & (answer["bank"] == "left")]
    assert list(zip(rows["from_m"], rows["to_m"], rows["post_code"], rows["state"], strict=True)) == [
        (0, 200, "V", "never"), (200, 500, "V", "overdue"), (500, 700, "T", "overdue"), (700, 1000, "T", "never")]
    assert set(rows["duty_days"]) == {7.0}                                         # 10 days > 7, not > 14


def test_lines_lie_on_their_bank_and_are_as_long_as_they_say(view):
    answer = gaps(view(), ON, offset_m=12)
    metric = answer.to_crs("EPSG:4546")
    assert np.allclose(metric.length, answer["length_m"], rtol=2e-3)
    line = view().reaches().to_crs("EPSG:4546").set_index("reach_id").geometry
    for reach, bank, piece in zip(metric["reach_id"], metric["bank"], metric.geometry, strict=True):
        middle = piece.interpolate(0.5, normalized=True)
        assert abs(line[reach].distance(middle) - 12) < 0.5
        north = middle.y > shapely.line_interpolate_point(line[reach], line[reach].project(middle)).y
        assert north == (bank == "left")                                           # the reaches run east


def test_an_empty_city(make_view, make_reaches, table):
    bare = make_view({"reaches": make_reaches(REACHES).iloc[:0], "intervals": table(SEEN).iloc[:0]})
    assert gaps(bare, ON).empty
