"""What one judgement reads of a view, fetched once and on demand."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd

from analysis.waters import OBJECTS


@dataclass(frozen=True)
class Context:
    """A view's frames by name; each is read when it is first asked for."""

    view: Any

    @property
    def zone(self) -> ZoneInfo:
        """The city's time zone."""
        return ZoneInfo(self.view.city.timezone)

    @property
    def profile(self) -> str:
        """The city's rule profile."""
        return str(self.view.city.profile)

    @property
    def today(self) -> date:
        """The office's date."""
        return self.view.today

    @cached_property
    def reaches(self) -> gpd.GeoDataFrame:
        """Reaches with reach_id and length_m."""
        return self.view.reaches()

    @cached_property
    def post(self) -> pd.DataFrame:
        """Posts."""
        return self.view.records("post")

    @cached_property
    def holder(self) -> pd.DataFrame:
        """Appointments as known now."""
        return self.view.records("holder")

    @cached_property
    def responsibility(self) -> pd.DataFrame:
        """Responsibilities as known now."""
        return self.view.records("responsibility")

    @cached_property
    def patrol(self) -> pd.DataFrame:
        """Patrols."""
        return self.view.records("patrol")

    @cached_property
    def people(self) -> pd.DataFrame:
        """Who was on each patrol, for which post."""
        return self.view.people()

    @cached_property
    def intervals(self) -> pd.DataFrame:
        """Matched intervals of all tracks."""
        return self.view.intervals()

    @cached_property
    def looks(self) -> pd.DataFrame:
        """Stretches anybody walked on the reaches in sight, one row a post credited."""
        return self.view.looks()

    @cached_property
    def bare_looks(self) -> pd.DataFrame:
        """Patrols anybody recorded without a track."""
        return self.view.bare_looks()

    @cached_property
    def reaches_in_sight(self) -> gpd.GeoDataFrame:
        """The reaches whose coverage this person may judge."""
        sight = self.view.reaches_in_sight()
        return self.reaches if sight is None else self.reaches[self.reaches["reach_id"].isin(sight)]

    @cached_property
    def no_access(self) -> pd.DataFrame:
        """Stretches nobody can reach."""
        return self.view.records("no_access")

    @cached_property
    def outfall(self) -> gpd.GeoDataFrame:
        """Outfalls, with their place on the network."""
        return self.view.layer("outfall")

    @cached_property
    def case(self) -> pd.DataFrame:
        """Cases."""
        return self.view.records("case")

    @cached_property
    def finding(self) -> pd.DataFrame:
        """Findings."""
        return self.view.records("finding")

    @cached_property
    def inspection(self) -> pd.DataFrame:
        """Inspections of outfalls."""
        return self.view.records("inspection")

    @cached_property
    def unit(self) -> pd.DataFrame:
        """Bodies that handle cases."""
        return self.view.records("unit")

    @cached_property
    def landmark(self) -> gpd.GeoDataFrame:
        """Bridges, sluices and the like, with their chainage."""
        return self.view.layer("landmark")

    @cached_property
    def district(self) -> gpd.GeoDataFrame:
        """Districts."""
        return self.view.layer("district")

    @cached_property
    def objects(self) -> pd.DataFrame:
        """Waters without chainage: [layer, code, name, highest_level, district_code]."""
        frames = []
        for name in OBJECTS:
            frame = self.view.layer(name)
            highest = frame.get("highest_level")
            frames.append(pd.DataFrame({"layer": name, "code": frame["code"], "name": frame["name"],
                                        "highest_level": highest, "district_code": frame.get("district_code")}))
        return pd.concat(frames, ignore_index=True)

    @cached_property
    def water_names(self) -> dict[str, str]:
        """Code of a river, reach or other water -> its name (the code where it has none)."""
        names: dict[str, str] = {}
        river = self.view.layer("river")
        for codes, labels in ((self.reaches["reach_id"], self.reaches["name"]), (self.objects["code"],
                              self.objects["name"]), (river["code"], river["name"])):
            names |= {code: code if pd.isna(label) else label for code, label in zip(codes, labels, strict=True)}
        return names


def context(view: Any) -> Context:
    """The context of a view; a context is taken as it is, so that several judgements share what was read."""
    return view if isinstance(view, Context) else Context(view)
