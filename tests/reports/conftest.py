"""A small invented scene: two rivers, two districts, a lake, and problems of every look, some crowded, one hostile."""

from datetime import datetime
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import LineString, Point, Polygon, box

from reports.sheet import Sheet

HOSTILE = '<script>alert("x")</script>`${1}`'


def _curve(west, east, lat, swing, n=60):
    x = np.linspace(west, east, n)
    return LineString(np.column_stack([x, lat + swing * np.sin((x - west) * 40)]))


def scene_base():
    """The base layers, as the layers' own columns."""
    reaches = gpd.GeoDataFrame({
        "reach_id": ["Q-1", "Q-2", "S-1"], "name": ["清河·上段", "清河·下段", "石渠"],
        "river_code": ["Q", "Q", "S"], "river_name": ["清河", "清河", "石渠"], "width_m": [60.0, 120.0, 8.0],
        "kind": ["river", "river", "canal"], "to_reach": ["Q-2", None, "Q-2"], "length_m": [18000.0, 18000.0, 9000.0]},
        geometry=[_curve(112.20, 112.40, 34.60, 0.02), _curve(112.40, 112.60, 34.60, 0.02),
                  LineString([(112.33, 34.72), (112.36, 34.68), (112.40, 34.60)])], crs=4490)
    districts = gpd.GeoDataFrame({"code": ["990101", "990102"], "name": ["示例东区", "示例西区"]},
                                 geometry=[box(112.40, 34.5, 112.65, 34.75), box(112.15, 34.5, 112.40, 34.75)], crs=4490)
    lake = gpd.GeoDataFrame({"code": ["L"], "name": ["镜湖"]}, geometry=[Point(112.5, 34.66).buffer(0.015)], crs=4490)
    town = gpd.GeoDataFrame({"code": ["B"], "name": ["建成区"]}, geometry=[Polygon(
        [(112.36, 34.58), (112.47, 34.57), (112.49, 34.63), (112.38, 34.65)])], crs=4490)
    return {"reach": reaches, "district": districts, "lake": lake, "built_up": town}


def scene_problems(n=24):
    """Problem rows in the columns of analysis.problems."""
    rng = np.random.default_rng(7)
    looks = ["overdue", "in_work", "relapsed", "deferred", "suspected"]
    line = scene_base()["reach"].geometry
    rows = []
    for i in range(n):
        at = line.iloc[i % 2].interpolate(rng.uniform(0.2, 0.5) if i % 3 else 0.98 - 0.002 * i, normalized=True)
        look = looks[i % 5]
        rows.append({
            "seq": i + 1, "number": f"2026-示东-{i + 1:04d}", "look": look, "kind": "outfall_discharge",
            "class1": ["industrial", "town_plant", "agricultural", "other"][i % 4],
            "state": "deferred" if look == "deferred" else "rectifying", "severity": "general", "source": "inspection",
            "water_name": "清河", "place": f"示例桥下游{100 * i} m·左岸(北侧)", "district_name": "示例东区",
            "township": "柳湾镇", "village": "上柳村", "description": "晴天排水，水色发黑", "unit_name": "示例单位甲",
            "handler": "示例人员", "post_name": "示例东区区级河长", "person": "示例人员", "measure": "雨污分流改造",
            "opened_at": pd.Timestamp("2026-05-01T02:00Z"), "due_on": pd.Timestamp("2026-06-10"),
            "deferred_until": pd.Timestamp("2026-12-31") if look == "deferred" else pd.NaT,
            "closed_at": pd.NaT, "verified_by": None, "overdue_days": 20 if look in ("overdue", "relapsed") else 0,
            "relapses": 2 if look == "relapsed" else 0, "photos": i % 3, "remark": None, "reach_id": f"Q-{i % 2 + 1}",
            "bank": "left", "chainage_m": 1000.0, "post_code": "P-1", "geometry": at})
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=4490)
    frame["lon"], frame["lat"] = frame.geometry.x, frame.geometry.y
    frame.loc[1, ["description", "unit_name", "place"]] = ["=1+1", "+cmd|' /C calc'!A0", HOSTILE]
    return frame


def scene_sheet(**changes):
    """The head of the scene's documents."""
    values = {"title": "示例市入河排污口问题分布图", "unit": "示例市河长制办公室", "source": "示例市河长工作台",
              "as_of": datetime(2026, 6, 30, 18, 0, tzinfo=ZoneInfo("Asia/Shanghai")), "simulated": True,
              "number": "2026-BG-0007", "filters": "县(市、区)：全部；河流：清河；状态：未销号"}
    return Sheet(**{**values, **changes})


@pytest.fixture(scope="session")
def base():
    return scene_base()


@pytest.fixture
def problems():
    return scene_problems()


@pytest.fixture
def sheet():
    return scene_sheet()


@pytest.fixture(scope="session")
def hostile():
    return HOSTILE


@pytest.fixture(scope="session")
def many():
    """A function that gives a scene of as many problems as asked for."""
    return scene_problems
