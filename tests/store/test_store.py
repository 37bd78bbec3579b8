"""The store keeps its word: what was committed is there, what was not is not, and every write can be traced."""

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import shapely
import sqlalchemy as sa

from data.city import City
from data.store import create_store, open_store, schema
from data.store.backup import backup, restore
from data.store.health import nightly, verify_audit
from geo.faults import Fault

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture
def store(tmp_path):
    made = create_store(tmp_path / "office.sqlite", city=City(name="试点市"))
    with made.writing("operator", "seed") as tx:
        tx.insert("district", [{"code": "990101", "name": "甲区", "geometry": shapely.box(112, 34, 112.5, 35)},
                               {"code": "990102", "name": "乙区", "geometry": shapely.box(112.5, 34, 113, 35)}])
        tx.insert("reach", [{"code": "R1", "name": "甲河上段", "width_m": 30,
                             "geometry": shapely.LineString([(112.1, 34.5), (112.2, 34.5)])}])
    return made


def test_a_point_is_numbered_and_placed_on_its_bank(store):
    # the reach runs east along 34.5°N: a point to its north lies on the left facing downstream
    with store.writing("operator", "seed") as tx:
        tx.insert("outfall", [{"code": "O1", "name": "北岸口", "geometry": shapely.Point(112.15, 34.5003)},
                              {"code": "O2", "name": "南岸口", "geometry": shapely.Point(112.15, 34.4997)},
                              {"code": "O3", "name": "远处口", "geometry": shapely.Point(112.6, 34.9)}])
    outfalls = store.as_seen_by("operator").layer("outfall").set_index("code")
    assert outfalls["bank"].tolist()[:2] == ["left", "right"]
    assert outfalls.loc["O1", "reach_code"] == "R1"
    assert outfalls.loc["O1", "offset_m"] == pytest.approx(0.0003 * 110_946, abs=1.5)   # per degree of latitude; one 9 km segment
    assert outfalls["reach_code"].isna().tolist() == [False, False, True]
    assert outfalls["district_code"].tolist() == ["990101", "990101", "990102"]
    year = store.now().year
    assert outfalls["number"].tolist() == [f"PK-{year}-甲区-0001", f"PK-{year}-甲区-0002", f"PK-{year}-乙区-0001"]


def test_rows_entered_before_their_reach_and_district_are_placed_when_these_come(tmp_path):
    made = create_store(tmp_path / "late.sqlite")
    with made.writing("operator", "seed") as tx:
        tx.insert("outfall", [{"code": "O1", "name": "先到的口", "geometry": shapely.Point(112.15, 34.5003)}])
        tx.insert("finding", [{"kind": "dumping", "description": "堆", "found_at": "2026-06-01", "lon": 112.15, "lat": 34.4997}])
    assert made.as_seen_by("operator").layer("outfall")["reach_code"].isna().all()
    with made.writing("operator", "seed") as tx:
        tx.insert("district", [{"code": "990101", "name": "甲区", "geometry": shapely.box(112, 34, 113, 35)}])
        tx.insert("reach", [{"code": "R1", "geometry": shapely.LineString([(112.1, 34.5), (112.2, 34.5)])}])
    view = made.as_seen_by("operator")
    for row, bank in ((view.layer("outfall").iloc[0], "left"), (view.records("finding").iloc[0], "right")):
        assert (row["reach_code"], row["bank"], row["district_code"]) == ("R1", bank, "990101")
    assert verify_audit(made) == made.stamp()


def test_a_number_is_never_given_twice_even_after_withdrawal(store):
    with store.writing("operator", "seed") as tx:
        first, = tx.insert("outfall", [{"code": "O1", "name": "口", "geometry": shapely.Point(112.15, 34.5)}])
        tx.withdraw("outfall", first, "录错")
    with store.writing("operator", "seed") as tx:
        tx.insert("outfall", [{"code": "O1", "name": "口", "geometry": shapely.Point(112.15, 34.5)}])
    numbers = store.as_seen_by("operator").layer("outfall")["number"].tolist()
    assert numbers == [f"PK-{store.now().year}-甲区-0002"]


def test_nothing_of_a_failed_write_stays(store):
    before = store.stamp()
    with pytest.raises(Fault) as caught, store.writing("operator", "seed") as tx:
        tx.insert("unit", [{"code": "U1", "name": "水利局"}])
        tx.insert("unit", [{"code": "U2"}])
    assert caught.value.code == "field_required"
    assert len(store.as_seen_by("operator").records("unit")) == 0
    assert store.stamp() == before


def test_two_live_rows_never_share_a_code(store):
    with pytest.raises(Fault) as caught, store.writing("operator", "seed") as tx:
        tx.insert("reach", [{"code": "R1", "geometry": shapely.LineString([(112, 34), (112, 34.1)])}])
    assert caught.value.code == "code_taken"


def test_the_same_key_gives_the_first_result_and_other_content_is_refused(store):
    for _ in range(2):
        with store.writing("operator", "seed", key="k1", content_hash="a") as tx:
            if tx.replayed is None:
                tx.insert("unit", [{"code": "U1", "name": "水利局"}])
                tx.result = {"stored": 1}
    assert tx.replayed == {"stored": 1}
    assert len(store.as_seen_by("operator").records("unit")) == 1
    with pytest.raises(Fault) as caught, store.writing("operator", "seed", key="k1", content_hash="b"):
        pytest.fail("a reused key must not open a write")
    assert caught.value.code == "key_reused"


def test_a_stale_version_is_a_conflict_and_overwrites_nothing(store):
    with store.writing("operator", "seed") as tx:
        unit, = tx.insert("unit", [{"code": "U1", "name": "水利局"}])
    with store.writing("operator", "seed") as tx:
        assert tx.update("unit", unit, 1, {"name": "水务局"}) == 2
    with pytest.raises(Fault) as caught, store.writing("operator", "seed") as tx:
        tx.update("unit", unit, 1, {"name": "另一名称"})
    assert caught.value.code == "conflict"
    assert store.as_seen_by("operator").records("unit")["name"].tolist() == ["水务局"]


def test_what_was_known_before_stays_readable(store):
    with store.writing("operator", "seed") as tx:
        tx.insert("post", [{"code": "P1", "name": "岗位", "level": "county"}])
        holder, = tx.insert("holder", [{"post_code": "P1", "person": "前任", "valid_from": "2025-01-01",
                                        "recorded_at": datetime(2025, 1, 2, tzinfo=UTC)}])
    with store.writing("operator", "seed") as tx:
        tx.supersede("holder", holder, {"valid_to": date(2026, 5, 19)})
    view = store.as_seen_by("operator")
    assert view.records("holder")["valid_to"].dt.date.tolist() == [date(2026, 5, 19)]
    assert view.records("holder", known_on=date(2025, 6, 1))["valid_to"].isna().tolist() == [True]


def test_the_audit_chain_finds_any_changed_row(store):
    with store.writing("operator", "seed") as tx:
        tx.insert("unit", [{"code": f"U{i}", "name": f"单位{i}"} for i in range(5)])
    length = verify_audit(store)
    assert length == store.stamp()
    for seq in range(1, length + 1):
        with store.engine.connect() as connection:
            kept = connection.execute(sa.select(schema.AUDIT.c.actor).where(schema.AUDIT.c.seq == seq)).scalar_one()
        for actor, broken in (("mallory", True), (kept, False)):
            with store.engine.connect().execution_options(hezhang_write=True) as connection, connection.begin():
                connection.execute(schema.AUDIT.update().where(schema.AUDIT.c.seq == seq).values(actor=actor))
            if broken:
                with pytest.raises(Fault):
                    verify_audit(store)
    assert nightly(store)["audit_rows"] == length
    assert nightly(store) == nightly(store)


def test_a_committed_row_survives_kill_and_an_open_write_leaves_nothing(store, tmp_path):
    script = f"""
import os, signal, sys
sys.path.insert(0, {str(CHECKOUT)!r})
from data.store import open_store
store = open_store({str(store.path)!r})
with store.writing("operator", "seed", key="one") as tx:
    tx.insert("unit", [{{"code": "U1", "name": "已提交"}}])
print("committed", flush=True)
with store.writing("operator", "seed", key="two") as tx:
    tx.insert("unit", [{{"code": "U2", "name": "未提交"}}])
    os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=CHECKOUT,
                          env=os.environ | {"HEZHANG_STORE": str(store.path)}, timeout=120, check=False)
    assert "committed" in done.stdout, done.stderr
    assert done.returncode == -9
    again = open_store(store.path)
    assert again.as_seen_by("operator").records("unit")["code"].tolist() == ["U1"]
    assert verify_audit(again) == again.stamp()


def test_a_backup_restores_whole_and_a_damaged_one_changes_nothing(store, tmp_path):
    (store.folder / "photos").mkdir()
    (store.folder / "photos" / "ab.jpg").write_bytes(b"picture")
    out = tmp_path / "backup.zip"
    assert backup(store, out)["files"] == 1
    copy = restore(out, str(tmp_path / "new" / "office.sqlite"))
    assert copy.as_seen_by("operator").layer("reach")["name"].tolist() == ["甲河上段"]
    assert (copy.folder / "photos" / "ab.jpg").read_bytes() == b"picture"
    assert verify_audit(copy) == verify_audit(store)
    with pytest.raises(Fault) as caught:
        restore(out, str(copy.path))
    assert caught.value.code == "store_exists"
    raw = bytearray(out.read_bytes())
    for place in range(200, len(raw), max(1, len(raw) // 12)):
        hurt = bytearray(raw)
        hurt[place] ^= 0xFF
        damaged = tmp_path / "damaged.zip"
        damaged.write_bytes(hurt)
        target = tmp_path / f"from-{place}" / "office.sqlite"
        try:
            revived = restore(damaged, str(target))
        except Fault as fault:
            assert fault.code in ("backup_damaged", "backup_other")
            assert not target.exists()
        else:       # the flip lay in bytes that carry nothing (a zip's own time stamps)
            assert verify_audit(revived) == verify_audit(store)


def test_the_clock_can_be_frozen_and_a_bad_setting_names_itself(store, monkeypatch):
    monkeypatch.setenv("HEZHANG_NOW", "2026-05-25T23:30:00+00:00")
    assert store.today() == date(2026, 5, 26)        # Shanghai is eight hours ahead
    monkeypatch.setenv("HEZHANG_NOW", "yesterday")
    with pytest.raises(Fault) as caught:
        store.now()
    assert caught.value.fields["name"] == "HEZHANG_NOW"


def test_audit_rows_hold_what_changed_and_who(store):
    with store.writing("operator", "seed") as tx:
        unit, = tx.insert("unit", [{"code": "U1", "name": "水利局"}])
        tx.update("unit", unit, 1, {"name": "水务局"}, reason="机构改革")
    rows = store.as_seen_by("operator").audit(unit)
    assert rows["actor"].tolist() == ["operator", "operator"]
    assert json.dumps(rows["before"].iloc[0], ensure_ascii=False) == '{"name": "水利局", "version": 1}'
    assert rows["after"].iloc[0]["name"] == "水务局"
    assert rows["reason"].iloc[0] == "机构改革"
