"""Small tables that a hydrologist can read: one header line, one line a row, ``-`` for an empty cell."""

from datetime import date
from types import SimpleNamespace

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import LineString

import layers
from data import records

DATES = {"valid_from", "valid_to", "due_on", "deferred_until", "monitored_on", "traced_on", "rectified_on",
         "surveyed_on", "deadline_on", "deferral_until"}
NUMBERS = {"from_m", "to_m", "length_m", "width_m", "chainage_m", "relapse_count", "lon", "lat"}
BOOLS = {"signed", "has_track", "confirmed"}


def read_table(text):
    lines = [line.split() for line in text.splitlines() if line.strip()]
    frame = pd.DataFrame(lines[1:], columns=lines[0], dtype=object).replace("-", None)
    for name in frame.columns:
        if name in DATES:
            frame[name] = pd.to_datetime(frame[name])
        elif name in NUMBERS:
            frame[name] = frame[name].astype(float)
        elif name in BOOLS:
            frame[name] = pd.Series([None if v is None else v == "yes" for v in frame[name]], dtype=object)
        elif name.endswith("_at"):
            frame[name] = pd.to_datetime(frame[name], utc=True)
    return frame


def whole(kind, frame, more=("id", "number")):
    """The frame with every column its record or layer has."""
    shape = records.ALL.get(kind) or layers.ALL[kind]
    frame = frame.copy()
    for column in shape.columns:
        if column.name not in frame:
            empty = pd.NaT if column.kind == "date" else None
            frame[column.name] = pd.Series([empty] * len(frame), index=frame.index,
                                           dtype="datetime64[us]" if column.kind == "date" else object)
    for name in more:
        if name not in frame:
            frame[name] = pd.Series([f"{kind}-{i}" for i in range(len(frame))], index=frame.index, dtype=object)
    return frame


@pytest.fixture
def table():
    return read_table


@pytest.fixture
def record():
    return lambda kind, text: whole(kind, read_table(text))


class View:
    """A view over frames given by name, as the store would answer."""

    def __init__(self, frames, today=date(2026, 6, 30)):
        self.frames, self.today = frames, today
        self.city = SimpleNamespace(timezone="Asia/Shanghai", profile="henan-2018")

    def records(self, kind, known_on=None, **equals):
        return self.frames[kind] if kind in self.frames else whole(kind, pd.DataFrame())

    def layer(self, name):
        if name in self.frames:
            return self.frames[name]
        return gpd.GeoDataFrame(whole(name, pd.DataFrame()), geometry=[], crs="EPSG:4490")

    def reaches(self):
        return self.frames["reaches"]

    def people(self):
        return self.frames.get("people", pd.DataFrame(columns=["patrol_id", "person", "post_code", "kind"]))

    def intervals(self):
        return self.frames["intervals"]


@pytest.fixture
def make_view():
    return View


@pytest.fixture
def make_reaches():
    def make(text):
        """Reaches eastward along 34.6 N from 112.5 E; length_m is the table's, the lines are as long as that."""
        frame = whole("reach", read_table(text), more=())
        frame["code"] = frame["reach_id"]
        lines = [LineString([(112.5, 34.6 + i / 100), (112.5 + m / 91_746.7, 34.6 + i / 100)])
                 for i, m in enumerate(frame["length_m"])]
        return gpd.GeoDataFrame(frame, geometry=lines, crs="EPSG:4490")
    return make
