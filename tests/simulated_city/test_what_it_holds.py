"""What the issue asks the city to hold, counted; and the same seed gives the same city."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import shapely

import layers
from data import records
from layers.outfall import CLASS1, CLASS2, CLASS3, STAGES


def digest(world) -> str:
    """A hash over every layer, record and track."""
    text = hashlib.sha256()
    for _, frame in sorted(world.layers.items()):
        text.update(frame.drop(columns="geometry").to_csv().encode())
        text.update(b"".join(shapely.to_wkb(frame.geometry.to_numpy())))
    for _, frame in sorted(world.records.items()):
        text.update(frame.to_csv().encode())
    for code in sorted(world.tracks):
        text.update(world.tracks[code].to_csv().encode())
    for frame in (world.people, world.events, world.truth.walked, world.truth.frequency, world.truth.defects):
        text.update(frame.to_csv().encode())
    text.update(repr(sorted((k, sorted(v)) for k, v in world.truth.unresolved.items())).encode())
    return text.hexdigest()


def test_same_seed_same_city_in_another_process(world):
    script = (
        f"import sys; sys.path[:0] = [{str(Path(__file__).parents[2])!r}, {str(Path(__file__).parent)!r}]\n"
        "from test_what_it_holds import digest\nfrom data.simulated_city import build\nprint(digest(build()))"
    )
    env = os.environ | {"PYTHONHASHSEED": "12345"}
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=env, check=True)
    assert out.stdout.strip() == digest(world)


def test_counts_of_the_map(world):
    got = {name: len(frame) for name, frame in world.layers.items()}
    assert got["district"] == 14 and got["tailings_dam"] == 208 and got["black_odorous"] == 13 and got["section"] == 7
    assert 140 <= got["reach"] <= 160 and got["outfall"] >= 300 and got["lake"] == 1 and got["reservoir"] == 5
    kinds = world.layers["river"]["kind"].value_counts()
    assert kinds["river"] == 4 and kinds["canal"] == 3 and kinds["tributary"] > 30
    assert world.layers["reach"]["length_m"].sum() > 600_000
    assert world.layers["wetland"]["project"].value_counts().to_dict() == {"new": 9, "upgrade": 7}
    assert world.layers["section"]["assessed"].all()
    width = world.layers["reach"]["width_m"]
    assert (width == 6).sum() == 1 and width.max() > 200
    assert (world.layers["reach"]["flow"] == "reversible").any()
    assert world.layers["reach"]["is_dry_from"].notna().sum() == 1


def test_every_class_and_stage_of_outfall(world):
    outfall = world.layers["outfall"]
    for column, codes in (("class1", CLASS1), ("class2", CLASS2), ("class3", CLASS3), ("stage", STAGES)):
        assert set(outfall[column].dropna()) == {code.value for code in codes}
    assert outfall["rain_outlet"].sum() > 20 and (outfall["status"] == "sealed").sum() > 20
    assert not outfall.loc[outfall["stage"] == "suspected", "confirmed"].any()


def test_columns_are_exactly_the_described_ones(world):
    for name, frame in world.layers.items():
        assert [c for c in frame.columns if c != "geometry"] == [c.name for c in layers.ALL[name].columns]
        assert frame.crs.to_epsg() == 4490 and frame.geometry.is_valid.all() and frame["code"].is_unique
        _codes_hold(layers.ALL[name], frame)
    assert set(world.layers) == set(layers.ALL)
    for name, frame in world.records.items():
        own = [c.name for c in records.ALL[name].columns]
        assert list(frame.columns) == own + (["recorded_at"] if name in ("holder", "responsibility") else [])
        _codes_hold(records.ALL[name], frame)
    assert set(world.records) == set(records.ALL)


def _codes_hold(shape, frame):
    for column in shape.columns:
        if column.codes:
            assert set(frame[column.name].dropna()) <= {code.value for code in column.codes}, (shape.name, column.name)
        if column.required:
            assert frame[column.name].notna().all(), (shape.name, column.name)


def test_books_of_the_office(world):
    got = {name: len(frame) for name, frame in world.records.items()}
    assert 1500 <= got["patrol"] <= 2200 and 800 <= len(world.tracks) <= 1200
    assert 850 <= got["inspection"] <= 1000 and 140 <= got["finding"] <= 200 and 100 <= got["case"] <= 150
    assert (world.records["inspection"]["result"] == "normal").mean() > 0.8
    case = world.records["case"]
    assert set(case["state"]) == {"registered", "assigned", "returned", "rectifying", "review", "deferred", "closed"}
    assert (case["relapse_count"] == 2).any() and case.loc[case["relapse_count"] > 0, "relapse_of"].notna().all()
    open_ = case[case["state"] != "closed"]
    assert (open_["due_on"] < pd.Timestamp("2026-06-30")).sum() > 10
    assert case.loc[case["state"] == "deferred", "deferred_by"].notna().all()
    assert (case["closed_at"].dropna() > case.loc[case["closed_at"].notna(), "opened_at"]).all()


def test_patrols_lie_in_the_26_weeks_and_are_of_every_sort(world):
    days = world.records["patrol"]["started_at"].dt.tz_convert("Asia/Shanghai").dt.tz_localize(None)
    assert days.min() >= pd.Timestamp("2025-12-30") and days.max() < pd.Timestamp("2026-07-01")
    assert set(world.truth.patrol_kind.values()) == {
        "honest",
        "ebike",
        "boat",
        "drone",
        "meeting",
        "trackless",
        "motorway",
        "replay",
        "spot",
        "driver",
    }
    assert {"self", "delegate", "keeper", "drone", "boat", "meeting"} <= set(world.records["patrol"]["kind"])
    assert world.people.groupby("patrol_code").size().max() >= 3
    with_track = set(world.records["patrol"].loc[world.records["patrol"]["has_track"].astype(bool), "code"])
    assert with_track == set(world.tracks)


def test_posts_at_five_levels(world):
    post = world.records["post"]
    lead = post[post["kind"] == "lead"]["level"].value_counts()
    assert (
        lead["province"] == 1 and lead["city"] == 5 and lead["county"] >= 14 and lead["township"] == 40 and lead["village"] >= 75
    )
    assert (post["kind"] == "deputy").sum() == 2
    assert len(world.records["unit"]) == 25


def test_nothing_refers_to_nowhere(world):
    known = {
        "reach": set(world.layers["reach"]["code"]),
        "outfall": set(world.layers["outfall"]["code"]),
        "district": set(world.layers["district"]["code"]),
        "river": set(world.layers["river"]["code"]),
        "section": set(world.layers["section"]["code"]),
        "black_odorous": set(world.layers["black_odorous"]["code"]),
    }
    known |= {name: set(world.records[name]["code"]) for name in ("post", "unit", "patrol", "inspection", "finding", "case")}
    for shapes, frames in ((layers.ALL, world.layers), (records.ALL, world.records)):
        for name, frame in frames.items():
            for column in shapes[name].columns:
                if column.refers_to in known:
                    assert set(frame[column.name].dropna()) <= known[column.refers_to], (name, column.name)


def test_everything_says_it_is_invented(world):
    assert world.name == "模拟市"
    assert world.layers["district"]["name"].str.startswith("模拟").all()
    assert world.records["holder"]["person"].dropna().str.startswith("模拟").all()
    assert world.layers["outfall"]["responsible_party"].dropna().str.startswith("模拟").all()
    assert world.layers["tailings_dam"]["owner"].str.startswith("模拟").all()
