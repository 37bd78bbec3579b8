"""Intervals: by hand, and as exact partitions of a reach."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import intervals
from geo.faults import Fault

DAY = pd.Timestamp("2026-05-01T00:00:00+08:00")


def table(*rows, days=None):
    frame = pd.DataFrame(rows, columns=["reach_id", "from_m", "to_m", "bank"])
    if days is not None:
        times = [pd.NaT if d is None else DAY + pd.Timedelta(days=d) for d in days]
        frame["left_at"] = pd.Series(times, dtype="datetime64[us, UTC+08:00]")
        frame["entered_at"] = frame["left_at"] - pd.Timedelta(hours=1)
    return frame


def rows(frame):
    return [tuple(row) for row in frame[["reach_id", "bank", "from_m", "to_m"]].itertuples(index=False)]


def test_union_joins_touching_and_splits_both():
    found = intervals.union(table(("R", 0, 10, "left"), ("R", 10, 20, "both"), ("R", 30, 30, "left")))
    assert sorted(rows(found)) == [("R", "left", 0, 20), ("R", "right", 10, 20)]


def test_subtract_and_clip_and_total():
    whole = table(("R", 0, 100, "both"), ("Q", 0, 5, "left"))
    left = intervals.subtract(whole, table(("R", 20, 30, "left"), ("R", 90, 120, "both")))
    assert sorted(rows(left)) == [("Q", "left", 0, 5), ("R", "left", 0, 20), ("R", "left", 30, 90), ("R", "right", 0, 90)]
    assert intervals.total_m(left) == 175
    cut = intervals.clip(table(("R", -5, 200, "left"), ("gone", 0, 1, "left"), ("R", 150, 160, "left")), {"R": 100})
    assert rows(cut) == [("R", "left", 0, 100)]


def test_gaps_without_dates_are_what_was_never_covered():
    found = intervals.gaps(table(("R", 20, 50, "left")), {"R": 100, "Q": 10})
    assert rows(found) == [("R", "left", 0, 20), ("R", "left", 50, 100), ("R", "right", 0, 100), ("Q", "left", 0, 10),
                           ("Q", "right", 0, 10)]  # fmt: skip
    assert found["last_seen"].isna().all()


def test_gaps_since_a_date_say_when_last_seen():
    seen = table(("R", 0, 60, "left"), ("R", 40, 100, "left"), ("R", 0, 100, "right"), days=[1, 5, 20])
    found = intervals.gaps(seen, {"R": 100}, since=DAY + pd.Timedelta(days=10), until=DAY + pd.Timedelta(days=30))
    assert rows(found) == [("R", "left", 0, 40), ("R", "left", 40, 100)]
    assert found["last_seen"].tolist() == [DAY + pd.Timedelta(days=1), DAY + pd.Timedelta(days=5)]
    early = intervals.gaps(seen, {"R": 100}, since=DAY, until=DAY + pd.Timedelta(days=3))
    assert rows(early) == [("R", "left", 60, 100), ("R", "right", 0, 100)]
    assert early["last_seen"].isna().all()


def test_rows_without_times_prove_nothing_in_a_period():
    seen = table(("R", 0, 100, "both"), days=[None])
    assert intervals.gaps(seen, {"R": 100}).empty
    assert len(intervals.gaps(seen, {"R": 100}, since=DAY)) == 2
    assert len(intervals.gaps(seen.drop(columns=["left_at", "entered_at"]), {"R": 100}, until=DAY)) == 2


def test_narrow_water_is_seen_across_and_unknown_width_is_not():
    seen = table(("N", 0, 10, "left"), ("W", 0, 10, "left"), ("U", 0, 10, "left"), days=[1, 1, 1])
    widths = pd.Series({"N": 39.9, "W": 40.0, "U": None}, dtype=float)
    found = intervals.gaps(seen, {"N": 10, "W": 10, "U": 10}, see_across_m=40, width_m=widths)
    assert rows(found) == [("W", "right", 0, 10), ("U", "right", 0, 10)]


def test_last_seen_takes_the_latest():
    found = intervals.last_seen(table(("R", 0, 50, "both"), ("R", 20, 30, "left"), days=[4, 2]), {"R": 80})
    left = found[found.bank == "left"]
    assert left[["from_m", "to_m"]].to_numpy().tolist() == [[0, 50], [50, 80]]
    assert left["last_seen"].isna().tolist() == [False, True]


def test_bad_rows_are_faults():
    with pytest.raises(Fault, match="interval_backwards"):
        intervals.union(table(("R", 5, 1, "left")))
    with pytest.raises(Fault, match="bank_unknown"):
        intervals.union(table(("R", 1, 5, "upper")))
    with pytest.raises(Fault, match="column_missing"):
        intervals.union(pd.DataFrame({"reach_id": []}))


def test_empty_in_empty_out():
    nothing = table().astype({"from_m": float, "to_m": float})
    assert intervals.union(nothing).empty
    assert intervals.gaps(nothing, {}).empty
    assert intervals.total_m(intervals.gaps(nothing, {"R": 7.5})) == 15.0


spans = st.lists(
    st.tuples(st.floats(-20, 130), st.floats(0, 60), st.sampled_from(["left", "right", "both"]), st.integers(0, 30)),
    max_size=12)  # fmt: skip


@given(spans, st.floats(50, 110))
def test_union_and_gaps_partition_each_bank_exactly(pieces, length):
    seen = table(*[("R", a, a + size, b) for a, size, b, _ in pieces], days=[d for *_, d in pieces])
    seen = seen.astype({"from_m": float, "to_m": float})
    covered = intervals.union(intervals.clip(seen, {"R": length}))
    gaps = intervals.gaps(seen, {"R": length})
    for bank in ("left", "right"):
        both = pd.concat([covered[covered.bank == bank], gaps[gaps.bank == bank]]).sort_values("from_m")
        edges = both[["from_m", "to_m"]].to_numpy().tolist()
        assert edges[0][0] == 0.0
        assert edges[-1][1] == length
        assert all(one[1] == two[0] for one, two in zip(edges, edges[1:], strict=False))


@given(spans, st.integers(0, 30), st.floats(0, 99.9))
def test_last_seen_at_a_place_is_the_latest_that_covers_it(pieces, since, place):
    seen = table(*[("R", a, a + size, b) for a, size, b, _ in pieces], days=[d for *_, d in pieces])
    seen = seen.astype({"from_m": float, "to_m": float})
    found = intervals.last_seen(seen, {"R": 100})
    start = DAY + pd.Timedelta(days=since)
    gaps = intervals.gaps(seen, {"R": 100}, since=start)
    for bank in ("left", "right"):
        here = seen[seen.bank.isin([bank, "both"]) & (seen.from_m <= place) & (place < seen.to_m)]["left_at"]
        row = found[(found.bank == bank) & (found.from_m <= place) & (place < found.to_m)]
        assert len(row) == 1
        told = row["last_seen"].iloc[0]
        assert pd.isna(told) if not len(here) else told == here.max()
        in_gap = ((gaps.bank == bank) & (gaps.from_m <= place) & (place < gaps.to_m)).any()
        assert in_gap == (not (here >= start).any())
