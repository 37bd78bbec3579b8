"""A small invented office: one straight river running east in two reaches, two township posts, a few outfalls."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import shapely
from streamlit.testing.v1 import AppTest

from app_pages import parts
from data import actions
from data.city import City
from data.store import create_store, open_store

CHECKOUT = Path(__file__).parents[2]
NOW = datetime.fromisoformat("2026-06-30T10:00:00+08:00")
LAT = 34.5
M_PER_DEG_LON = 91_880.0      # at 34.5°N


def lon(metres: float) -> float:
    """Longitude of a chainage on the invented river (it begins at 112.1°E and runs east along 34.5°N)."""
    return 112.1 + metres / M_PER_DEG_LON


def walk(from_m: float, to_m: float, began: datetime, bank: str = "left", step_m: float = 20.0) -> list[dict]:
    """A track along the bank at 1.2 m/s: the river runs east, so its left bank lies north."""
    points, at = [], from_m
    while at <= to_m:
        moved = began + timedelta(seconds=(at - from_m) / 1.2)
        points.append({"time": moved.isoformat(), "lon": lon(at), "lat": LAT + (0.00015 if bank == "left" else -0.00015)})
        at += step_m
    return points


def gpx(points: list[dict]) -> bytes:
    """The track as a GPX file."""
    rows = "".join(f'<trkpt lat="{p["lat"]:.7f}" lon="{p["lon"]:.7f}"><time>{p["time"]}</time></trkpt>' for p in points)
    return (f'<?xml version="1.0"?><gpx version="1.1" creator="test" xmlns="http://www.topografix.com/GPX/1/1">'
            f"<trk><trkseg>{rows}</trkseg></trk></gpx>").encode()


def make_office(path: Path) -> object:
    """The store with all that is described above."""
    store = create_store(path, kind="simulated", city=City(name="试点市", bounds=(112.0, 34.3, 112.6, 34.7)), demo_now=NOW)
    ends = [lon(0), lon(5000), lon(9000)]
    day = datetime(2026, 1, 1).date()
    with store.writing("operator", "seed") as tx:
        tx.insert("district", [{"code": "990101", "name": "示范区", "geometry": shapely.box(112, 34.3, 112.6, 34.7)}])
        tx.insert("river", [{"code": "RV", "name": "甲河", "geometry": shapely.LineString([(x, LAT) for x in ends])}])
        tx.insert("reach", [
            {"code": "R1", "name": "甲河·上段", "river_code": "RV", "width_m": 60, "flow": "fixed", "direction": "confirmed",
             "to_reach": "R2", "highest_level": "township", "geometry": shapely.LineString([(ends[0], LAT), (ends[1], LAT)])},
            {"code": "R2", "name": "甲河·下段<b>", "river_code": "RV", "width_m": 60, "flow": "fixed",
             "direction": "unconfirmed", "highest_level": "township",
             "geometry": shapely.LineString([(ends[1], LAT), (ends[2], LAT)])}])
        tx.insert("landmark", [{"code": "L1", "name": "柳湾桥", "kind": "bridge", "geometry": shapely.Point(lon(2400), LAT)}])
        tx.insert("unit", [{"code": "U1", "name": "示范区水利局", "kind": "department"}])
        tx.insert("post", [{"code": "P1", "name": "东镇镇级河长", "level": "township", "kind": "lead"},
                           {"code": "P1D", "name": "东镇镇级副河长", "level": "township", "kind": "deputy", "parent_code": "P1"},
                           {"code": "P2", "name": "西镇镇级河长", "level": "township", "kind": "lead"}])
        tx.insert("holder", [{"post_code": code, "person": person, "state": "holding", "valid_from": day}
                             for code, person in (("P1", "河长甲"), ("P1D", "副河长乙"), ("P2", "河长丙"))])
        tx.insert("responsibility", [
            {"post_code": post, "object_layer": "reach", "object_code": reach, "bank": "both", "role": "lead",
             "valid_from": day} for post, reach in (("P1", "R1"), ("P1", "R2"))])
        tx.insert("account", [
            {"name": "chief1", "display_name": "河长甲", "role": "chief", "posts": "P1"},
            {"name": "inspector1", "display_name": "检查员丁", "role": "inspector"},
            {"name": "planner1", "display_name": "调度员戊", "role": "planner"}])
        tx.insert("outfall", [
            {"code": "O1", "name": "东镇一号口", "class1": "town_plant", "confirmed": True,
             "geometry": shapely.Point(lon(1500), LAT + 0.0003)},
            {"code": "O2", "name": "东镇南岸口", "class1": "other", "confirmed": True,
             "geometry": shapely.Point(lon(1520), LAT - 0.0003)}])
    actions.run("submit_patrol", store, "chief1", {
        "post_code": "P1", "kind": "self", "track": walk(500, 2500, NOW - timedelta(days=5))})
    found = actions.run("submit_inspection", store, "inspector1", {
        "outfall_code": "O1", "inspected_at": (NOW - timedelta(days=40)).isoformat(), "result": "abnormal",
        "discharging": "yes", "remark": "晴天有灰白色污水"})
    actions.run("open_case", store, "planner1", {"finding_number": found["finding"]})
    return store


@pytest.fixture(scope="session")
def pattern(tmp_path_factory):
    """The office made once; every test works on a copy."""
    folder = tmp_path_factory.mktemp("pattern")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("HEZHANG_NOW", raising=False)
        make_office(folder / "office.sqlite").engine.dispose()
    return folder


@pytest.fixture
def office(pattern, tmp_path, monkeypatch):
    shutil.copytree(pattern, tmp_path / "office")
    monkeypatch.setenv("HEZHANG_STORE", str(tmp_path / "office" / "office.sqlite"))
    parts.the_store.clear()
    yield open_store()
    parts.the_store.clear()


@pytest.fixture
def page(office):
    """page("reaches", "chief1", "en") -> the page as that person sees it."""
    def run(name: str, actor: str, lang: str = "zh") -> AppTest:
        test = AppTest.from_file(str(CHECKOUT / parts.PAGES[name]), default_timeout=60)
        test.session_state["actor"], test.session_state["lang"] = actor, lang
        return test.run()
    return run


def shown(test: AppTest) -> str:
    """Everything a page says, as one text."""
    kinds = (test.title, test.subheader, test.markdown, test.caption, test.success, test.warning, test.info, test.error)
    return "\n".join(str(one.value) for kind in kinds for one in kind)


@pytest.fixture(params=["zh", "en"])
def lang(request):
    return request.param
