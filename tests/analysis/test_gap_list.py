"""One unit for lengths of gaps: metres of bank, whichever way the rows are joined."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.gap_list import UNSEEN, bank_km, bank_metres, joined

DAY = pd.Timestamp("2026-06-01")


def pieces(*rows):
    table = pd.DataFrame(rows, columns=["reach_id", "bank", "from_m", "to_m", "state", "days"])
    return table.assign(last_seen=[pd.NaT if days != days else DAY - pd.Timedelta(days=days) for days in table["days"]])


def test_both_banks_count_twice_and_one_bank_once():
    rows = pd.DataFrame({"bank": ["both", "left", "right", None], "from_m": [0.0, 0, 500, 0], "to_m": [1000.0, 1000, 600, 10]})
    assert bank_metres(rows).tolist() == [2000, 1000, 100, 10] and bank_km(rows) == pytest.approx(3.11)


def test_neighbours_are_joined_and_equal_banks_said_once_worst_first():
    nan = float("nan")
    table = joined(pieces(("A", "left", 0, 400, "overdue", 40), ("A", "left", 400, 1000, "twice_overdue", 90),
                          ("A", "right", 0, 1000, "twice_overdue", 70), ("A", "left", 1000, 3000, "never", nan),
                          ("B", "left", 0, 50, "recorded_only", nan), ("B", "left", 50, 90, "within_duty", 1)))
    assert table[["reach_id", "bank", "from_m", "to_m", "state", "length_m"]].to_numpy().tolist() == [
        ["A", "left", 1000, 3000, "never", 2000], ["A", "both", 0, 1000, "twice_overdue", 2000],
        ["B", "left", 0, 50, "recorded_only", 50]]
    assert table["days"].tolist()[1] == 90 and table["last_seen"].tolist()[1] == DAY - pd.Timedelta(days=90)
    assert table["id"].tolist()[1] == "A|both|0-1000"


def test_nothing_unseen_is_an_empty_table():
    assert joined(pieces(("A", "left", 0, 9, "within_duty", 1))).empty and joined(pieces()).empty


@given(st.lists(st.tuples(st.sampled_from(["left", "right"]), st.integers(2, 900), st.sampled_from([*UNSEEN, "due_soon"])),
                max_size=20))
def test_joining_keeps_every_metre_of_bank(laid):
    at, rows = {"left": 0.0, "right": 0.0}, []
    for bank, size, state in laid:
        rows.append(("A", bank, at[bank], at[bank] + size, state, 5.0 if state != "never" else float("nan")))
        at[bank] += size
    given_rows = pieces(*rows)
    unseen = given_rows[given_rows["state"].isin(UNSEEN)]
    assert joined(given_rows)["length_m"].sum() == pytest.approx(float(bank_metres(unseen).sum()))
