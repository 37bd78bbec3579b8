"""Every metre × bank × day × level has one lead post with somebody in office, or a listed defect: computed plainly."""

from collections import defaultdict

import numpy as np
import pandas as pd
import pytest

LEVELS = ["province", "city", "county", "township", "village"]
GRID_M = 25.0


def days(world):
    """Days before and after every change, and a day of every month."""
    change = set(pd.date_range("2025-12-30", "2026-06-30", freq="16D")) | {pd.Timestamp("2026-06-30")}
    for name in ("holder", "responsibility"):
        for column in ("valid_from", "valid_to"):
            for day in world.records[name][column].dropna().unique():
                change |= {pd.Timestamp(day) + pd.Timedelta(days=k) for k in (-1, 0, 1)}
    return sorted(d for d in change if pd.Timestamp("2025-12-30") <= d <= pd.Timestamp("2026-06-30"))


def in_office(holder, post, day):
    rows = holder[(holder["post_code"] == post) & (holder["valid_from"] <= day) & ~(holder["valid_to"] < day)]
    return isinstance(rows.sort_values("valid_from")["person"].iloc[-1], str) if len(rows) else False


def listed(world, day):
    """Defects of a day: (kind, level, reach) -> intervals by bank."""
    found = defaultdict(list)
    for d in world.truth.defects.itertuples():
        if d.since <= day and not d.until < day:
            for bank in ("left", "right") if d.bank == "both" else (d.bank,):
                found[(d.kind, d.level, d.object_code, bank)].append((d.from_m, d.to_m))
    return found


@pytest.fixture(scope="module")
def claims(world):
    duty = world.records["responsibility"].merge(
        world.records["post"][["code", "level", "kind"]], left_on="post_code", right_on="code"
    )
    return duty[(duty["object_layer"] == "reach") & (duty["role"] == "lead") & (duty["kind"] == "lead")]


def stretches(claims):
    """(reach, level, bank) -> plain arrays of the rows that claim it."""
    found = {}
    for (code, level), rows in claims.groupby(["object_code", "level"]):
        for bank in ("left", "right"):
            own = rows[rows["bank"].isin([bank, "both"])]
            found[(code, level, bank)] = {
                "from": own["from_m"].to_numpy(),
                "to": own["to_m"].to_numpy(),
                "post": list(own["post_code"]),
                "since": own["valid_from"].to_numpy("datetime64[D]"),
                "until": own["valid_to"].to_numpy("datetime64[D]"),
                "unsigned": np.array([s is False for s in own["signed"]], bool),
            }
    return found


def verdicts(own, now, manned, metres):
    """What is wrong at each metre: kind -> mask."""
    holds = (own["from"][now][:, None] <= metres) & (metres < own["to"][now][:, None])
    lead = holds.sum(axis=0)
    empty = np.array([not manned[p] for p, n in zip(own["post"], now, strict=True) if n], bool)
    return {
        "hole": lead == 0,
        "overlap": lead > 1,
        "vacant": (holds & empty[:, None]).any(axis=0),
        "unsigned": (holds & own["unsigned"][now][:, None]).any(axis=0),
    }


def test_one_lead_post_everywhere_or_a_listed_defect(world, claims):
    reach = world.layers["reach"].set_index("code")
    by_place, posts = stretches(claims), claims["post_code"].unique()
    villages = set(claims.loc[claims["level"] == "village", "object_code"])
    seen, answers = set(), 0
    for day in days(world):
        manned = {post: in_office(world.records["holder"], post, day) for post in posts}
        defects = listed(world, day)
        for code, highest, length in zip(reach.index, reach["highest_level"], reach["length_m"], strict=True):
            metres = np.arange(GRID_M / 2, float(length) - 2, GRID_M)
            for level in LEVELS[LEVELS.index(highest) : 5 if code in villages else 4]:
                for bank in ("left", "right"):
                    own = by_place[(code, level, bank)]
                    now = (own["since"] <= np.datetime64(day, "D")) & ~(own["until"] < np.datetime64(day, "D"))
                    stated = {
                        kind: tuple(defects.get((kind, level, code, bank), []))
                        for kind in ("hole", "overlap", "vacant", "unsigned")
                    }
                    state = (code, level, bank, now.tobytes(), tuple(manned[p] for p in own["post"]), tuple(stated.items()))
                    answers += 1
                    if state in seen:  # nothing changed since a day already checked
                        continue
                    seen.add(state)
                    for kind, mask in verdicts(own, now, manned, metres).items():
                        wanted = np.zeros(len(metres), bool)
                        for a, b in stated[kind]:
                            wanted |= (metres >= a) & (metres < b)
                        assert (mask == wanted).all(), (day, code, level, bank, kind)
    assert answers > 20_000 and len({s[0] for s in seen}) == len(reach)


def test_scenario_of_the_late_entry(world):
    s = world.truth.scenario
    rows = world.records["holder"]
    rows = rows[rows["post_code"] == s["post_code"]].sort_values("valid_from")
    assert list(rows["person"]) == [s["predecessor"], s["successor"]]
    assert rows["valid_from"].iloc[1] == pd.Timestamp("2026-05-20")
    assert rows["recorded_at"].iloc[1].tz_convert("Asia/Shanghai").date().isoformat() == "2026-06-12"
    patrol = world.records["patrol"]
    day = patrol["started_at"].dt.tz_convert("Asia/Shanghai")
    mine = patrol["code"].isin(world.people.loc[world.people["post_code"] == s["post_code"], "patrol_code"])
    assert not (mine & (day.dt.month == 5) & (day.dt.year == 2026)).any()


def test_what_the_issue_wants_planted(world):
    kinds = set(world.truth.defects["kind"])
    assert kinds == {"vacant", "hole", "overlap", "unsigned"}
    roles = world.records["responsibility"]["role"].value_counts()
    assert roles["joint"] == 1 and roles["co"] > 5
    assert set(world.records["holder"]["state"]) == {"holding", "acting", "vacant"}
    assert {"reach", "lake", "reservoir"} == set(world.records["responsibility"]["object_layer"])
    assert set(world.records["no_access"]["reason"]) == {"culvert", "gorge", "works", "flood"}
    handover = world.records["holder"][world.records["holder"]["post_code"] == world.truth.scenario["handover_post"]]
    assert set(handover["valid_to"].dropna().dt.day) == {16}
