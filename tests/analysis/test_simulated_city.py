"""The judgements against the simulated city's truth, which they never see."""

from datetime import timedelta

import pandas as pd
import pytest

from analysis.context import context
from analysis.coverage import gaps
from analysis.frequency import frequency
from analysis.outfalls import unresolved
from analysis.responsibility import audit
from data.responsibility import resolve
from data.simulated_city import DEMO_DATE, FIRST_DATE

pytestmark = pytest.mark.slow


def test_frequency_agrees_with_the_truth_exactly(city):
    world, view = city
    found = frequency(view, FIRST_DATE.date(), DEMO_DATE.date())
    keys = ["post_code", "water_code", "period_start"]
    both = found.merge(world.truth.frequency, on=keys, how="outer", suffixes=("", "_true"), indicator=True)
    both = both[(both["counted"].fillna(0) > 0) | both["counted_true"].notna()]
    wrong = both[(both["counted"].fillna(0) != both["counted_true"].fillna(0))
                 | (both["evidenced"].fillna(0) != both["evidenced_true"].fillna(0))]
    assert wrong.empty, wrong[[*keys, "counted", "counted_true", "evidenced", "evidenced_true", "patrols"]].to_string()


def test_unresolved_outfalls_agree_with_the_truth_exactly(city):
    world, view = city
    found = unresolved(view, DEMO_DATE.date())
    told = {row.code: set(row.reasons.split(";")) for row in found.itertuples() if row.unresolved}
    assert told == {code: set(reasons) for code, reasons in world.truth.unresolved.items()}


def test_every_metre_bank_and_day_resolves_to_one_lead_or_a_planted_defect(city):
    world, view = city
    known = context(view)
    planted = world.truth.defects
    for on in (DEMO_DATE.date() - timedelta(days=n) for n in (0, 30, 100, 180)):
        found = resolve(known.reaches, known.responsibility, known.holder, known.post, on)
        lengths = (found["to_m"] - found["from_m"]).groupby([found["reach_id"], found["bank"], found["level"]]).sum()
        whole = lengths.index.get_level_values(0).map(known.reaches.set_index("reach_id")["length_m"])
        assert (lengths - whole).abs().max() < 1e-6
        there = planted[planted["since"].isna() | (planted["since"] <= pd.Timestamp(on))]
        there = there[there["until"].isna() | (there["until"] >= pd.Timestamp(on))]
        listed = found[found["state"].isin(["hole", "overlap", "unsigned", "vacant"])]
        said = set(zip(listed["state"], listed["level"], listed["reach_id"], strict=True))
        assert said == set(zip(there["kind"], there["level"], there["object_code"], strict=True)), on


def test_the_audit_lists_what_was_planted_with_its_length(city):
    world, view = city
    listed = audit(view, DEMO_DATE.date())
    hole = listed[listed["state"] == "hole"]
    assert hole["length_m"].tolist() == [2 * 450.0] and hole["bank"].tolist() == ["both"]


def test_gaps_partition_the_city(city):
    _, view = city
    found = gaps(view, DEMO_DATE.date())
    total = found.groupby(["reach_id", "bank"])["length_m"].sum()
    whole = total.index.get_level_values(0).map(view.reaches().set_index("reach_id")["length_m"])
    assert (total - whole).abs().max() < 1e-6
    assert set(found["state"]) == {"within_duty", "due_soon", "overdue", "twice_overdue", "never", "recorded_only",
                                   "no_access"}
    assert not found.geometry.is_empty.any() and found.geometry.is_valid.all()
