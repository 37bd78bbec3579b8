"""A small simulated store (two reaches, twelve outfalls, one case, four people) and a way to open any page on it."""

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from shapely.geometry import LineString, Point, box
from streamlit.testing.v1 import AppTest

from data import actions
from data.city import City
from data.store import create_store

ROOT = Path(__file__).parents[2]
BEIJING = timezone(timedelta(hours=8))
PLANNER = "diaodu"


def fill(store):
    start = date(2025, 1, 1)
    with store.writing("operator", "seed") as tx:
        tx.insert("district", [{"code": "990101", "name": "东城区", "geometry": box(112.2, 34.4, 112.6, 35)},
                               {"code": "990102", "name": "西城区", "geometry": box(112.6, 34.4, 113, 35)}])
        tx.insert("river", [{"code": "RV1", "name": "清河", "geometry": LineString([(112.25, 34.6), (112.95, 34.6)])}])
        tx.insert("reach", [
            {"code": "R-001", "name": "清河东城段", "river_code": "RV1", "district_code": "990101", "to_reach": "R-002",
             "geometry": LineString([(112.25, 34.6), (112.6, 34.6)])},
            {"code": "R-002", "name": "清河西城段", "river_code": "RV1", "district_code": "990102",
             "geometry": LineString([(112.6, 34.6), (112.95, 34.6)])}])
        tx.insert("unit", [{"code": "U-01", "name": "示例区水利局", "kind": "department", "district_code": "990101"}])
        posts = (("P-01", "清河市级河长", "city", None), ("P-02", "东城区县级河长", "county", "P-01"),
                 ("P-03", "柳湾镇乡级河长", "township", "P-02"))
        tx.insert("post", [{"code": code, "name": name, "level": level, "kind": "lead", "parent_code": above}
                           for code, name, level, above in posts])
        tx.insert("holder", [{"post_code": code, "person": f"示例{code}", "state": "holding", "valid_from": start}
                             for code, *_ in posts])
        tx.insert("responsibility", [
            {"post_code": code, "object_layer": "reach", "object_code": reach, "role": "lead", "bank": "both",
             "valid_from": start} for code, *_ in posts for reach in ("R-001", "R-002")])
        tx.insert("account", [{"name": PLANNER, "display_name": "示例丁", "role": "planner"},
                              {"name": "hezhang1", "display_name": "示例丙", "role": "chief", "posts": "P-03"},
                              {"name": "jiancha", "display_name": "示例戊", "role": "inspector", "districts": "990101"},
                              {"name": "chengban", "display_name": "示例己", "role": "handler", "unit_code": "U-01"}])
        kinds = ("industrial", "town_plant", "agricultural", "other")
        stages = ("suspected", "surveyed", "monitored", "closed")
        tx.insert("outfall", [
            {"code": f"YY-990101-{i:04d}", "name": f"清河示例排口{i}", "class1": kinds[i % 4], "stage": stages[i % 4],
             "confirmed": i % 4 != 0, "district_code": "990101", "surveyed_on": date(2026, 3, 1),
             "geometry": Point(112.3 + i * 0.02, 34.6003)} for i in range(12)])
        tx.insert("finding", [{"kind": "outfall_discharge", "severity": "general", "source": "inspection",
                               "found_at": datetime(2026, 5, 1, 2, tzinfo=UTC), "found_by": "示例戊",
                               "description": "旱天排水", "outfall_code": f"YY-990101-{i:04d}", "state": "open",
                               "lon": 112.3 + i * 0.02, "lat": 34.6003} for i in (3, 6)])
    findings = store.as_seen_by("operator").records("finding").set_index("outfall_code")
    number = findings.loc["YY-990101-0003", "number"]
    actions.run("open_case", store, PLANNER, {"finding_number": number, "unit_code": "U-01", "handler": "示例己"})
    return store


def made(path, kind="simulated"):
    now = datetime(2026, 6, 30, 9, tzinfo=BEIJING) if kind == "simulated" else None
    return create_store(path, kind=kind, city=City("模拟市", (112.2, 34.4, 113.0, 35.0)), demo_now=now)


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """The small store; tests that write take `fresh`."""
    return fill(made(tmp_path_factory.mktemp("pages") / "small.sqlite"))


@pytest.fixture
def fresh(tmp_path):
    return fill(made(tmp_path / "fresh.sqlite"))


@pytest.fixture
def real(tmp_path):
    """An empty real store."""
    return made(tmp_path / "real.sqlite", kind="real")


@pytest.fixture
def browse(monkeypatch):
    """Open the app on a store as somebody, on a page; errors on the page fail the test unless asked for."""
    def browse(store, page=None, who=None, lang="zh", allow_errors=False, **query):
        monkeypatch.setenv("HEZHANG_STORE", store.url if hasattr(store, "url") else str(store))
        app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
        app.session_state["lang"] = lang
        if who:
            app.session_state["actor"] = who
        app.run()
        if page:
            for name, value in query.items():
                app.query_params[name] = value
            app.switch_page(f"app_pages/{page}.py").run()
        if not allow_errors:
            assert [box.value for box in app.error] == []
            assert not app.exception
        return app
    return browse
