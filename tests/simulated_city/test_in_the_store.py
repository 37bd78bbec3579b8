"""The city in a store: what the product answers is what was planted."""

from datetime import date

import numpy as np

from analysis.frequency import frequency
from analysis.outfalls import unresolved
from analysis.responsibility import who_at
from data.store import open_store

FIRST, LAST = date(2025, 12, 30), date(2026, 6, 30)


def test_store_is_simulated_and_works_at_the_demo_date(store, world, told):
    again = open_store(store.url)
    assert again.kind == "simulated" and again.today() == LAST and again.city.name == "模拟市"
    assert told[-1][0] == 1.0 and [share for share, _ in told] == sorted(share for share, _ in told)
    view = again.as_seen_by("operator")
    for name, frame in world.layers.items():
        assert len(view.layer(name)) == len(frame), name
    for name, frame in world.records.items():
        assert len(view.records(name)) == len(frame), name


def test_frequency_is_the_truth_exactly(store, world):
    keys = ["post_code", "water_code", "period_start"]
    got = frequency(store.as_seen_by("operator"), FIRST, LAST)
    got = got[got["counted"] > 0].set_index(keys)[["counted", "evidenced", "recorded_only"]].sort_index()
    true = world.truth.frequency.set_index(keys)[["counted", "evidenced", "recorded_only"]].sort_index()
    assert len(true) > 1000 and list(got.index) == list(true.index)
    assert (got.to_numpy() == true.to_numpy()).all()


def test_unresolved_outfalls_are_the_truth_exactly(store, world):
    rows = unresolved(store.as_seen_by("operator"), LAST)
    got = {
        code: set(why.split(";"))
        for code, why, is_open in zip(rows["code"], rows["reasons"], rows["unresolved"], strict=True)
        if is_open
    }
    assert len(got) > 100 and got == world.truth.unresolved
    assert set(rows["look"]) == {"compliant", "in_work", "overdue", "deferred", "relapsed", "suspected"}


def test_outfalls_are_placed_on_the_reach_and_bank_of_the_truth(store, world):
    placed = (
        store.as_seen_by("operator")
        .layer("outfall")
        .merge(world.truth.outfalls, left_on="code", right_on="outfall_code", suffixes=("", "_true"))
    )
    assert (placed["reach_code"] == placed["reach_id"]).all()
    assert (placed["bank"] == placed["bank_true"]).all()
    assert (placed["chainage_m"] - placed["chainage_m_true"]).abs().max() < 2


def test_coverage_of_honest_tracks(store, world):
    """Length-weighted F1 over 10 m cells of reach × bank, patrol by patrol; narrow water is seen from either bank."""
    width = dict(zip(world.layers["reach"]["code"], world.layers["reach"]["width_m"], strict=True))

    def cells(rows):
        found = set()
        for key, reach, a, b, bank in rows:
            sides = ("left", "right") if bank == "both" or width[reach] < 40 else (bank,)
            found |= {(key, reach, k, side) for k in range(int(np.ceil(a / 10)), int(b // 10)) for side in sides}
        return found

    view = store.as_seen_by("operator")
    code_of = dict(zip(view.records("patrol")["number"], view.records("patrol")["code"], strict=True))
    covered = view.intervals()
    covered = covered.assign(code=covered["patrol_number"].map(code_of))
    walked = world.truth.walked
    covered = covered[covered["code"].isin(walked["patrol_code"])]
    got = cells(covered[["code", "reach_id", "from_m", "to_m", "bank"]].itertuples(index=False))
    true = cells(walked[["patrol_code", "reach_id", "from_m", "to_m", "bank"]].itertuples(index=False))
    assert 2 * len(got & true) / (len(got) + len(true)) >= 0.93


def test_order_effective_20_may_entered_12_june(store, world):
    s = world.truth.scenario
    rows = world.records["responsibility"]
    row = rows[(rows["post_code"] == s["post_code"]) & (rows["role"] == "lead") & (rows["object_layer"] == "reach")].iloc[0]
    ask = {"reach_id": row["object_code"], "chainage_m": row["from_m"] + 20, "bank": "left", "on": date(2026, 5, 25)}
    view = store.as_seen_by("operator")

    def person(known_on):
        answer = who_at(view, **ask, known_on=known_on)
        return answer.loc[answer["post_code"] == s["post_code"], "person"].iloc[0]

    assert person(None) == s["successor"] and person(date(2026, 5, 31)) == s["predecessor"]
    may = frequency(view, date(2026, 5, 1), date(2026, 5, 31), post=s["post_code"])
    assert len(may) and (may["missing"] == may["required"]).all()


def test_references_became_spoken_numbers(store, world):
    view = store.as_seen_by("operator")
    case, finding = view.records("case"), view.records("finding")
    assert set(case["finding_number"]) <= set(finding["number"])
    assert set(finding["case_number"].dropna()) == set(case["number"])
    assert set(case["relapse_of"].dropna()) <= set(case["number"])
    assert set(finding["patrol_number"].dropna()) <= set(view.records("patrol")["number"])
    assert set(finding["inspection_number"].dropna()) <= set(view.records("inspection")["number"])
    closed = case[case["state"] == "closed"].iloc[0]
    assert (
        list(view.events(closed["id"])["move"])[0] == "open_case" and list(view.events(closed["id"])["move"])[-1] == "close_case"
    )


def test_an_imported_file_has_its_receipt_and_two_cases_on_it(store):
    """Read only: withdrawing it is tried where actions are tested."""
    view = store.as_seen_by("operator")
    receipts = view.imports()
    file = receipts[receipts["layer"] == "finding"].iloc[0]
    brought = view.records("finding")
    brought = brought[brought["import_id"] == file["id"]]
    assert len(brought) == 6 and set(brought["source"]) == {"import"}
    case = view.records("case")
    assert case["finding_number"].isin(set(brought["number"])).sum() == 2


def test_the_redrawn_reach_answers_on_the_new_line_and_keeps_the_old(store, world):
    old = world.truth.recut.iloc[0]
    view = store.as_seen_by("operator")
    now = view.layer("reach").set_index("code").geometry[old["reach_code"]]
    surveyed = world.layers["reach"].set_index("code").geometry[old["reach_code"]]
    assert now.equals_exact(surveyed, 1e-9) and not now.equals_exact(old["geometry"], 1e-6)
    assert now.coords[0] == old["geometry"].coords[0] and now.coords[-1] == old["geometry"].coords[-1]
    notes = view.audit(limit=100_000)
    assert notes["reason"].fillna("").str.contains("测绘重画").any()
