"""频次 worked by hand. Henan 2018: county 1 a quarter, township 1 a month, village 1 a week (from Monday)."""

from datetime import date

import pandas as pd
import pytest

from analysis.frequency import frequency, uncounted
from analysis.periods import period_of, periods
from geo.faults import Fault

REACHES = """
reach_id length_m river_code highest_level width_m
A1       2000     LUO        county        60
A2       3000     LUO        county        60
B1       1500     YI         township      10
"""
POSTS = """
code name     level    kind
C    county   county   lead
T    town     township lead
V    village  village  lead
"""
HELD = """
post_code person state   valid_from valid_to
C         Zhao   holding 2026-01-01 -
T         Qian   holding 2026-01-01 -
T         Li     holding 2026-05-20 -
"""
DUTY = """
post_code object_layer object_code from_m to_m bank role valid_from valid_to
C         reach        A1          -      -    both lead 2026-01-01 -
C         reach        A2          -      -    both lead 2026-01-01 -
T         reach        A2          -      -    both lead 2026-01-01 -
T         reach        B1          -      -    both lead 2026-01-01 -
T         lake         L           -      -    -    lead 2026-01-01 -
"""
WALKS = """
id number post_code kind     started_at               water_code has_track
p1 XH1    T         self     2026-05-04T01:00:00Z     -          yes
p2 XH2    T         self     2026-05-31T16:30:00Z     -          yes
p3 XH3    T         delegate 2026-05-10T01:00:00Z     B1         no
p4 XH4    T         boat     2026-05-11T01:00:00Z     L          yes
p5 XH5    C         self     2026-04-02T01:00:00Z     -          no
p6 XH6    T         self     2026-05-12T01:00:00Z     -          no
p7 XH7    T         meeting  2026-06-03T01:00:00Z     YI         no
"""
SEEN = """
patrol_id reach_id from_m to_m bank
p1        A2       0      1200 left
p1        B1       0      40   both
p2        B1       100    900  both
"""


@pytest.fixture
def view(make_view, make_reaches, record, table):
    def build(walks=WALKS, seen=SEEN, duty=DUTY, people=None):
        frames = {"reaches": make_reaches(REACHES), "post": record("post", POSTS), "holder": record("holder", HELD),
                  "responsibility": record("responsibility", duty), "patrol": record("patrol", walks),
                  "intervals": table(seen)}
        if people is not None:
            frames["people"] = table(people)
        return make_view(frames)
    return build


def line(answer, post, water, start):
    row = answer[(answer["post_code"] == post) & (answer["water_code"] == water)
                 & (answer["period_start"] == pd.Timestamp(start))].iloc[0]
    return tuple(int(row[name]) for name in ("required", "counted", "evidenced", "recorded_only", "missing"))


def test_may_of_a_township_by_hand(view):
    answer = frequency(view(), date(2026, 5, 1), date(2026, 6, 30))
    # LUO in May: p1 walked 1200 m of A2 -> 1 evidenced. YI in May: p1 touched 40 m (< 50 m) -> nothing; p3 recorded.
    assert line(answer, "T", "LUO", "2026-05-01") == (1, 1, 1, 0, 0)
    assert line(answer, "T", "YI", "2026-05-01") == (1, 1, 0, 1, 0)
    # the lake: a boat with a track, but a lake has no chainage to match -> recorded
    assert line(answer, "T", "L", "2026-05-01") == (1, 1, 0, 1, 0)
    # 31 May 16:30 UTC is 1 June 00:30 in Shanghai: p2 counts to June; the meeting is recorded beside it
    assert line(answer, "T", "YI", "2026-06-01") == (1, 2, 1, 1, 0)
    assert line(answer, "T", "LUO", "2026-06-01") == (1, 0, 0, 0, 1)
    # one river over two reaches is one water: the county owes LUO once a quarter, and p5 (no track, only water) counts
    assert line(answer, "C", "LUO", "2026-04-01") == (1, 1, 0, 1, 0)
    assert len(answer[answer["post_code"] == "C"]) == 1


def test_the_duty_is_the_posts_and_the_persons_are_named_in_order(view):
    answer = frequency(view(), date(2026, 5, 1), date(2026, 5, 31), post="T")
    assert set(answer["person"]) == {"Qian、Li"}
    assert answer["rule"].unique().tolist() == ["henan-2018/township"]


def test_a_patrol_that_states_no_water_where_there_are_several_counts_for_none(view):
    rows = uncounted(view(), date(2026, 5, 1), date(2026, 5, 31))
    assert rows[["patrol_number", "reason"]].to_numpy().tolist() == [["XH6", "no_water_stated"]]


def test_a_running_period_can_be_met_but_not_missed(view):
    answer = frequency(view(), date(2026, 6, 1), date(2026, 6, 20), post="T")
    states = dict(zip(answer["water_code"], answer["state"], strict=True))
    assert states == {"LUO": "running", "YI": "met", "L": "running"}
    assert answer["missing"].sum() == 0 and answer["to_do"].sum() == 2
    last_day = frequency(view(), date(2026, 6, 1), date(2026, 6, 30), post="T")
    assert last_day["missing"].sum() == 2 and last_day["to_do"].sum() == 0


def test_everybody_on_a_team_is_credited_for_the_own_post(view):
    people = """
patrol_id person post_code kind
p1        Li     T         self
p1        Zhao   C         accompany
"""
    answer = frequency(view(people=people), date(2026, 4, 1), date(2026, 6, 30))
    assert line(answer, "C", "LUO", "2026-04-01") == (1, 2, 1, 1, 0)


def test_a_duty_of_half_a_month_is_owed_and_of_less_is_not(view):
    # May has 31 days: from the 16th 16 days are covered (51.6 %), from the 17th 15 days (48.4 %)
    duty = "post_code object_layer object_code from_m to_m bank role valid_from valid_to\nT reach B1 - - both lead {} -"
    assert len(frequency(view(duty=duty.format("2026-05-16")), date(2026, 5, 1), date(2026, 5, 31))) == 1
    assert len(frequency(view(duty=duty.format("2026-05-17")), date(2026, 5, 1), date(2026, 5, 31))) == 0


def test_a_track_off_the_water_counts_for_nothing_even_where_the_water_is_stated(view):
    walks = "id number post_code kind started_at water_code has_track\np T1 T self 2026-05-04T01:00:00Z YI yes"
    seen = "patrol_id reach_id from_m to_m bank\nother A1 0 10 left"
    assert frequency(view(walks, seen), date(2026, 5, 1), date(2026, 5, 31))["counted"].sum() == 0
    assert uncounted(view(walks, seen), date(2026, 5, 1), date(2026, 5, 31))["reason"].tolist() == ["track_off_water"]


def test_no_patrols_at_all(view, record):
    empty = view()
    empty.frames["patrol"] = empty.frames["patrol"].iloc[:0]
    empty.frames["intervals"] = empty.frames["intervals"].iloc[:0]
    answer = frequency(empty, date(2026, 5, 1), date(2026, 5, 31))
    assert (answer["missing"] == answer["required"]).where(answer["level"] == "township", True).all()
    assert frequency(view(duty=DUTY.splitlines()[1]), date(2026, 5, 1), date(2026, 5, 31)).empty


def test_an_empty_city(make_view, make_reaches, record, table):
    bare = make_view({"reaches": make_reaches(REACHES).iloc[:0], "intervals": table(SEEN).iloc[:0]})
    assert frequency(bare, date(2026, 5, 1), date(2026, 5, 31)).empty


def test_natural_periods():
    assert period_of(date(2026, 5, 20), "week") == (date(2026, 5, 18), date(2026, 5, 24))
    assert period_of(date(2026, 12, 31), "half_year") == (date(2026, 7, 1), date(2026, 12, 31))
    assert period_of(date(2026, 2, 28), "ten_days") == (date(2026, 2, 21), date(2026, 2, 28))
    assert period_of(date(2026, 12, 31), "week") == (date(2026, 12, 28), date(2027, 1, 3))
    assert len(periods(date(2026, 1, 1), date(2026, 12, 31), "month")) == 12
    assert len(periods(date(2026, 6, 1), date(2026, 6, 7), "workday")) == 5
    with pytest.raises(Fault, match="period_backwards"):
        periods(date(2026, 6, 2), date(2026, 6, 1), "month")
