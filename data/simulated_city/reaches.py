"""Reaches: the waters cut at junctions, district borders and where they are long, with their downstream neighbours."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from data.simulated_city import districts as areas
from data.simulated_city.network import REACHES, River
from data.simulated_city.shapes import arc, lonlat_to_plane, plane_to_lonlat

NEAREST_CUT_M = 900


@dataclass
class Reaches:
    """The reach table with lines on the plane as they are after storing (rounded lon/lat)."""

    table: pd.DataFrame

    def __post_init__(self) -> None:
        """Index lines by code."""
        self.line: dict[str, shapely.LineString] = dict(zip(self.table["code"], self.table["plane"], strict=True))
        self.row = {r["code"]: r for r in self.table.to_dict("records")}

    def length(self, code: str) -> float:
        """Length in metres."""
        return float(self.line[code].length)

    def at(self, code: str, chainage_m: float, offset_m: float = 0.0, bank: str = "left") -> np.ndarray:
        """Point on the plane at a chainage, `offset_m` to the side of a bank."""
        line = self.line[code]
        a = np.asarray(line.interpolate(max(0.0, chainage_m - 4)).coords[0])
        b = np.asarray(line.interpolate(min(line.length, chainage_m + 4)).coords[0])
        d = (b - a) / np.hypot(*(b - a))
        side = 1.0 if bank == "left" else -1.0
        return np.asarray(line.interpolate(chainage_m).coords[0]) + np.array([-d[1], d[0]]) * side * offset_m

    def district(self, code: str, bank: str) -> str:
        """District of a bank; the two banks of the border river lie in different ones."""
        row = self.row[code]
        return areas.SOUTH_OF_RIVER if row["boundary"] and bank == "right" else str(row["district_code"])

    def downstream(self, code: str) -> list[str]:
        """The reach and all below it, in order."""
        out = [code]
        while self.row[out[-1]]["to_reach"] is not None:
            out.append(self.row[out[-1]]["to_reach"])
        return out


def cut(rivers: dict[str, River], districts: pd.DataFrame) -> Reaches:
    """Cut all waters into reaches and tie each to the one below it."""
    along = {river.code: _districts_along(river, districts) for river in rivers.values()}
    for river in rivers.values():
        _cut_at_borders(river, along[river.code])
    _cut_the_long(rivers)
    rows = []
    for river in rivers.values():
        marks = [0, *sorted(river.cuts), len(river.xy) - 1]
        total = arc(river.xy)
        for k, (i, j) in enumerate(zip(marks[:-1], marks[1:], strict=True)):
            rows.append(_row(river, k, len(marks) - 2, i, j, total, along[river.code]))
    table = pd.DataFrame(rows)
    _tie(table)
    return Reaches(table)


def _row(river: River, k: int, last: int, i: int, j: int, total: np.ndarray, along: np.ndarray) -> dict:
    lonlat = plane_to_lonlat(river.xy[i : j + 1])
    plane = shapely.LineString(lonlat_to_plane(lonlat))
    codes, counts = np.unique(along[i + 1 : j], return_counts=True)
    district = str(codes[np.argmax(counts)])
    width = river.width_at((total[i] + total[j]) / 2 / total[-1])
    name = river.name if last == 0 else f"{river.name}{'上中下'[k] if last == 2 else f'第{k + 1}'}段"
    return {
        "code": f"{river.code}-{k + 1:02d}",
        "name": name,
        "river_code": river.code,
        "kind": river.reach_kind,
        "width_m": float(round(width, 1) if width < 20 else round(width)),
        "flow": river.flow,
        "direction": "confirmed",
        "highest_level": river.level,
        "bank_names": "east_west" if river.flow == "reversible" else "left_right",
        "district_code": district,
        "geometry": shapely.LineString(lonlat),
        "plane": plane,
        "host": river.host,
        "town": river.town,
        "boundary": river.code == "MN-JL" and district == areas.NORTH_OF_RIVER,
    }


def _cut_at_borders(river: River, code: np.ndarray) -> None:
    """A reach ends at the border of a district, unless that border runs along the river."""
    s = arc(river.xy)
    for i in np.flatnonzero(code[1:] != code[:-1]) + 1:
        marks = np.array([0, *sorted(river.cuts), len(river.xy) - 1])
        if np.abs(s[marks] - s[i]).min() > NEAREST_CUT_M and not river.town:
            river.cuts.add(int(i))


def _districts_along(river: River, districts: pd.DataFrame) -> np.ndarray:
    """District of each vertex; the stretch that is itself a border counts to the district north of it."""
    code = areas.locate(districts, river.xy)
    return np.where(code == areas.SOUTH_OF_RIVER, areas.NORTH_OF_RIVER, code) if river.code == "MN-JL" else code


def _cut_the_long(rivers: dict[str, River]) -> None:
    """Halve the longest pieces until there are as many reaches as the city has."""
    while sum(len(r.cuts) + 1 for r in rivers.values()) < REACHES:
        length_m, longest, at = 0.0, next(iter(rivers.values())), 0
        for river in rivers.values():
            marks = [0, *sorted(river.cuts), len(river.xy) - 1]
            s = arc(river.xy)
            for i, j in zip(marks[:-1], marks[1:], strict=True):
                if s[j] - s[i] > length_m:
                    length_m, longest, at = s[j] - s[i], river, int(np.searchsorted(s, (s[i] + s[j]) / 2))
        longest.cuts.add(at)


def _tie(table: pd.DataFrame) -> None:
    """The reach below: the next of the same water, at its end the one of the host that starts there."""
    starts: dict[tuple[float, float], list[tuple[str, str]]] = {}
    for code, river, line in zip(table["code"], table["river_code"], table["geometry"], strict=True):
        starts.setdefault(line.coords[0], []).append((river, code))
    below: list[str | None] = []
    for river, host, line in zip(table["river_code"], table["host"], table["geometry"], strict=True):
        found = dict(starts.get(line.coords[-1], []))
        below.append(found.get(river) or found.get(host))
    table["to_reach"] = pd.Series(below, dtype=object)
