"""Where people and things are: townships, villages, landmarks, standing waters, wetlands, sections."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from data.simulated_city import districts as areas
from data.simulated_city.names import Namer
from data.simulated_city.reaches import Reaches
from data.simulated_city.shapes import blob, km, plane_to_lonlat, stored

TOWNSHIPS = dict(zip([s[0] for s in areas.SEEDS], (3, 3, 3, 3, 3, 2, 3, 3, 3, 3, 3, 2, 3, 3), strict=True))
REMARK = "模拟数据"


@dataclass
class Villages:
    """Townships and villages with a point each on the plane; a village belongs to a township, a township to a district."""

    townships: pd.DataFrame
    villages: pd.DataFrame

    def __post_init__(self) -> None:
        """Index codes and points, so that thousands of look-ups stay cheap."""
        self._towns = _by(self.townships, "district_code")
        self._villages = _by(self.villages, "township_code")
        self._names = dict(zip(self.townships["code"], self.townships["name"], strict=True))
        self._village_names = dict(zip(self.villages["code"], self.villages["name"], strict=True))

    def township_at(self, district: str, xy: np.ndarray) -> str:
        """Code of the township of a district nearest to a point."""
        return _nearest(*self._towns[district], xy)

    def village_at(self, township: str, xy: np.ndarray) -> str:
        """Code of the village of a township nearest to a point."""
        return _nearest(*self._villages[township], xy)

    def name(self, code: str) -> str:
        """Name of a township."""
        return self._names[code]

    def village_name(self, code: str) -> str:
        """Name of a village."""
        return self._village_names[code]


def _by(frame: pd.DataFrame, column: str) -> dict[str, tuple[list[str], np.ndarray]]:
    return {key: (rows["code"].tolist(), rows[["x", "y"]].to_numpy()) for key, rows in frame.groupby(column)}


def _nearest(codes: list[str], points: np.ndarray, xy: np.ndarray) -> str:
    return codes[int(np.argmin(((points - xy) ** 2).sum(axis=1)))]


def settle(reaches: Reaches, rng: np.random.Generator, namer: Namer) -> Villages:
    """Townships and villages spread along the waters of each district."""
    spots: dict[str, list[np.ndarray]] = {}
    for row in reaches.table.itertuples():
        for at in np.arange(300, row.plane.length, 600):
            spots.setdefault(row.district_code, []).append(
                reaches.at(row.code, at, row.width_m / 2 + rng.uniform(250, 800), str(rng.choice(["left", "right"])))
            )
    edge = [r for r in reaches.table.itertuples() if r.district_code == areas.NORTH_OF_RIVER and r.river_code == "MN-JL"]
    for row in edge:
        spots.setdefault(areas.SOUTH_OF_RIVER, []).extend(
            reaches.at(row.code, at, 600, "right") for at in np.arange(300, row.plane.length, 600)
        )
    townships, villages = [], []
    for district, count in TOWNSHIPS.items():
        points = np.array(spots[district])
        for k, seat in enumerate(_spread(points, count)):
            code = f"{district}{k + 1:03d}"
            townships.append({"code": code, "name": namer.place("镇"), "district_code": district, "x": seat[0], "y": seat[1]})
    town = pd.DataFrame(townships)
    for k, row in enumerate(town.itertuples()):
        points = np.array(spots[row.district_code])
        siblings = town[town["district_code"] == row.district_code]
        near = siblings[["x", "y"]].to_numpy()
        own = points[np.argmin(((points[:, None] - near) ** 2).sum(2), axis=1) == list(siblings["code"]).index(row.code)]
        for n, at in enumerate(_spread(own, 3 if k % 4 == 0 else 2)):
            villages.append(
                {
                    "code": f"{row.code}{n + 1:03d}",
                    "name": namer.place("村"),
                    "township_code": row.code,
                    "district_code": row.district_code,
                    "x": at[0],
                    "y": at[1],
                }
            )
    return Villages(town, pd.DataFrame(villages))


def _spread(points: np.ndarray, count: int) -> np.ndarray:
    """`count` of the points, far from each other (farthest-point choice)."""
    chosen = [points[int(np.argmin(((points - points.mean(0)) ** 2).sum(1)))]]
    while len(chosen) < min(count, len(points)):
        d = np.min([((points - c) ** 2).sum(1) for c in chosen], axis=0)
        chosen.append(points[int(np.argmax(d))])
    return np.array(chosen)


def settlements(places: Villages, rng: np.random.Generator) -> list[dict]:
    """Rows of the settlement layer: towns and villages."""
    rows = []
    names = places.townships.set_index("code")["name"]
    for row in places.villages.itertuples():
        rows.append(
            _settlement(
                row.code,
                row.name,
                "village",
                int(rng.integers(180, 2600)),
                names[row.township_code],
                row.district_code,
                np.array([row.x, row.y]),
            )
        )
    for row in places.townships.itertuples():
        seat = np.array([row.x, row.y]) + rng.uniform(500, 900, 2)
        rows.append(
            _settlement(
                row.code + "900",
                row.name[:-1] + "集镇",
                "town",
                int(rng.integers(4000, 26000)),
                row.name,
                row.district_code,
                seat,
            )
        )
    return rows


def _settlement(code: str, name: str, kind: str, people: int, township: str, district: str, at: np.ndarray) -> dict:
    return {
        "code": code,
        "name": name,
        "kind": kind,
        "population": people,
        "households": round(people / 3.4),
        "township": township,
        "district_code": district,
        "remark": REMARK,
        "geometry": shapely.Point(plane_to_lonlat(np.asarray(at))),
    }


def landmarks(reaches: Reaches, rng: np.random.Generator, namer: Namer) -> list[dict]:
    """Bridges about every 2.5 km, sluices on canals, boards, confluences: what people measure distances from."""
    rows: list[dict] = []

    def add(name: str, kind: str, row: dict, chainage_m: float, offset_m: float = 0.0) -> None:
        point = plane_to_lonlat(reaches.at(row["code"], chainage_m, offset_m))
        rows.append(
            {
                "code": f"MN-DB-{len(rows) + 1:03d}",
                "name": name,
                "kind": kind,
                "reach_code": row["code"],
                "district_code": row["district_code"],
                "remark": REMARK,
                "geometry": shapely.Point(point),
            }
        )

    for row in reaches.table.to_dict("records"):
        length = row["plane"].length
        count = max(1, round(length / 2500))
        for k in range(count):
            at = length * (k + 0.5 + rng.uniform(-0.25, 0.25)) / count
            add(namer.place("大桥" if row["width_m"] >= 60 else "桥"), "bridge", row, at)
        if row["kind"] == "canal":
            add(row["name"] + "闸", "sluice", row, min(120.0, length / 4))
        if len(rows) % 3 == 0 or row["town"]:
            add(row["name"] + "河长公示牌", "board", row, length * 0.3, row["width_m"] / 2 + 6)
        below = row["to_reach"]
        if below and reaches.row[below]["river_code"] != row["river_code"]:
            first = row["name"].split("第")[0].removesuffix("上段").removesuffix("下段").removesuffix("中段")
            add(f"{first}入{reaches.row[below]['name'].split('第')[0]}汇口", "confluence", row, length)
    return rows


def standing_waters(
    reaches: Reaches, rng: np.random.Generator, namer: Namer, districts: pd.DataFrame
) -> tuple[list[dict], list[dict]]:
    """A lake off the rivers and five reservoirs on tributaries."""
    free = shapely.MultiLineString(list(reaches.line.values()))
    centre = next(
        c for c in (km([(8 + 1.1 * k, -6.5 + 0.3 * k)])[0] for k in range(12)) if free.distance(shapely.Point(c)) > 1500
    )
    lake = blob(centre, 700, rng)
    lakes = [
        {
            "code": "MN-HP-01",
            "name": "模拟镜湖",
            "kind": "lake",
            "highest_level": "county",
            "area_km2": round(lake.area / 1e6, 2),
            "target_class": "III",
            "district_code": str(areas.locate(districts, centre[None])[0]),
            "remark": REMARK,
            "geometry": stored(lake),
        }
    ]
    upper = [
        r
        for r in reaches.table.to_dict("records")
        if r["river_code"].startswith("MN-Z") and r["code"].endswith("-01") and r["plane"].length > 2500
    ]
    dams = []
    for k, row in enumerate(upper[i] for i in rng.choice(len(upper), 5, replace=False)):
        pond = blob(reaches.at(row["code"], row["plane"].length * 0.35), 220 + 60 * k, rng, 1.6)
        dams.append(
            {
                "code": f"MN-SK-{k + 1:02d}",
                "name": namer.place("水库"),
                "scale": ("small_2", "small_1", "small_1", "medium", "medium")[k],
                "storage_10k_m3": (42.0, 180.0, 460.0, 1800.0, 3600.0)[k],
                "highest_level": "county",
                "drinking_water": k == 4,
                "target_class": "II" if k == 4 else "III",
                "reach_code": row["code"],
                "owner": "模拟水库管理所",
                "district_code": row["district_code"],
                "remark": REMARK,
                "geometry": stored(pond),
            }
        )
    return lakes, dams


def wetlands(reaches: Reaches, rng: np.random.Generator, namer: Namer) -> list[dict]:
    """Seven upgraded and nine new wetlands on the banks of rivers and larger tributaries."""
    wide = [r for r in reaches.table.to_dict("records") if r["width_m"] >= 15 and not r["town"] and r["plane"].length > 2500]
    rows = []
    for k, i in enumerate(rng.choice(len(wide), 16, replace=False)):
        row = wide[i]
        radius = float(rng.uniform(140, 380))
        centre = reaches.at(
            row["code"],
            row["plane"].length * rng.uniform(0.2, 0.8),
            row["width_m"] / 2 + radius,
            str(rng.choice(["left", "right"])),
        )
        area = blob(centre, radius, rng, 1.5)
        rows.append(
            {
                "code": f"MN-SD-{k + 1:02d}",
                "name": namer.place("滩湿地" if k < 7 else "人工湿地"),
                "kind": "riverine" if k < 7 else "artificial",
                "river_kind": "floodplain" if k < 7 else None,
                "importance": "provincial" if k == 0 else "general",
                "project": "upgrade" if k < 7 else "new",
                "area_ha": round(area.area / 1e4, 1),
                "highest_level": "county",
                "owner": "模拟湿地管理站",
                "district_code": row["district_code"],
                "remark": REMARK,
                "geometry": stored(area),
            }
        )
    return rows


def sections(reaches: Reaches) -> list[dict]:
    """Seven assessment sections: rivers where they enter, meet and leave, and one canal."""
    t = reaches.table
    picks = (
        ("MN-JL", -1, "national", "III"),
        ("MN-JL", len(t[t["river_code"] == "MN-JL"]) // 2, "provincial", "III"),
        ("MN-JL", 1, "national", "II"),
        ("MN-YL", -1, "provincial", "III"),
        ("MN-BX", -1, "provincial", "III"),
        ("MN-DM", -1, "city", "IV"),
        ("MN-Q1", -1, "city", "IV"),
    )
    rows = []
    for k, (river, which, level, target) in enumerate(picks):
        row = t[t["river_code"] == river].iloc[which]
        point = plane_to_lonlat(reaches.at(row["code"], row["plane"].length * 0.8))
        rows.append(
            {
                "code": f"MN-DM-S{k + 1}",
                "name": f"{row['name']}断面",
                "level": level,
                "assessed": True,
                "target_class": target,
                "reach_code": row["code"],
                "river_code": river,
                "automatic": k < 3,
                "valid_from": "2021-01-01",
                "district_code": row["district_code"],
                "remark": REMARK,
                "geometry": shapely.Point(point),
            }
        )
    return rows
