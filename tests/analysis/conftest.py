"""Small tables that a hydrologist can read: one header line, one line a row, ``-`` for an empty cell."""

from datetime import date

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import LineString

import layers
from data import records, simulated_city
from data.city import City
from data.place import stamp
from data.simulated_city import DEMO_DATE
from geo.chainage import lengths
from geo.match import match

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
    placed = ("reach_code", "chainage_m", "bank", "district_code") if shape.geometry == "Point" else ()
    for name in placed:
        if name not in frame:
            frame[name] = pd.Series([None] * len(frame), index=frame.index, dtype=object)
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
        self.city = City("模拟市")

    def records(self, kind, known_on=None, **equals):
        return self.frames[kind] if kind in self.frames else whole(kind, pd.DataFrame())

    def photos(self, object_id):
        return []

    def events(self, case_id):
        return pd.DataFrame(columns=["at", "actor", "move", "note"])

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

    def reaches_in_sight(self):
        return None

    def posts_in_sight(self):
        return None

    def _credited(self, rows):
        """One row a post credited: the patrol's own, and each of its people's."""
        people = self.people()[["patrol_id", "post_code"]].dropna()
        joined = rows.drop(columns="post_code").merge(people, on="patrol_id")
        return pd.concat([rows, joined], ignore_index=True).drop_duplicates()

    def looks(self):
        names = ["patrol_id", "post_code", "reach_id", "from_m", "to_m", "bank", "left_at"]
        return self._credited(self.intervals()[names])

    def bare_looks(self):
        patrol = self.records("patrol").rename(columns={"id": "patrol_id"})
        bare = patrol[patrol["has_track"].map(lambda value: value is not True).astype(bool)]
        return self._credited(bare[["patrol_id", "post_code", "water_code", "started_at"]])


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


def _book(world, kind):
    """A record of the simulated city as the store would hand it out: its code stands for id and number."""
    frame = world.records[kind].copy()
    if "code" not in frame:
        frame["code"] = [f"{kind}-{i}" for i in range(len(frame))]
    return whole(kind, frame.assign(id=frame["code"], number=frame["code"]))


def _placed(world, name, reaches):
    frame = world.layers[name].copy()
    here = frame.drop(columns=[c for c in ("reach_code", "chainage_m", "offset_m", "bank", "tied", "district_code")
                               if c in frame])
    made = stamp(frame.geometry.x.to_numpy(), frame.geometry.y.to_numpy(), reaches, world.layers["district"], 300.0)
    made.index = frame.index
    return gpd.GeoDataFrame(pd.concat([here, made], axis=1), geometry="geometry", crs=frame.crs)


@pytest.fixture(scope="session")
def city():
    """The simulated city and a view over it without a store: (world, view)."""
    world = simulated_city.build()
    reaches = world.layers["reach"].copy()
    reaches["reach_id"] = reaches["code"]
    reaches["length_m"] = lengths(reaches).to_numpy()
    points = pd.concat([track.assign(track_id=code) for code, track in world.tracks.items()], ignore_index=True)
    points = gpd.GeoDataFrame(points, geometry=gpd.points_from_xy(points["lon"], points["lat"]), crs="EPSG:4490")
    covered = match(points, reaches).rename(columns={"track_id": "patrol_id"})
    frames = {kind: _book(world, kind) for kind in world.records}
    at = frames["case"]
    where = stamp(at["lon"].to_numpy(float), at["lat"].to_numpy(float), reaches, world.layers["district"], 300.0)
    frames["case"] = at.drop(columns=["reach_code", "chainage_m", "bank", "district_code"]).join(where.set_index(at.index))
    patrol = frames["patrol"].set_index("code")
    covered["patrol_number"] = covered["patrol_id"]
    covered["post_code"] = covered["patrol_id"].map(patrol["post_code"])
    frames |= {name: frame for name, frame in world.layers.items() if name not in ("outfall", "landmark")}
    frames |= {"reaches": reaches, "intervals": covered,
               "people": world.people.rename(columns={"patrol_code": "patrol_id"})}
    for name in ("outfall", "landmark"):
        placed = _placed(world, name, reaches)
        frames[name] = placed.assign(id=placed["code"], number=placed["code"])
    return world, View(frames, DEMO_DATE.date())
