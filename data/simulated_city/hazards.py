"""Tailings dams, head ponds by flow path, and the black-odorous channels of the town."""

import numpy as np
import pandas as pd
import shapely
from shapely.ops import substring

from data.simulated_city.names import Namer
from data.simulated_city.places import REMARK, Villages
from data.simulated_city.reaches import Reaches
from data.simulated_city.shapes import lonlat_to_plane, plane_to_lonlat, stored

DAMS, HEAD_PONDS, CROW_FLIES = 208, 67, 30
PATH_M = 1000.0
ON_PATH_M, OFF_PATH_M = (
    120.0,
    420.0,
)  # a settlement is on the path within the first, off it beyond the second; between is not drawn
IN_TOWN = frozenset({"990101", "990102", "990104", "990171"})  # no dams among the houses
ORES = ("钼", "铅锌", "金", "铁", "萤石", "铝土")


def flow_path(reaches: Reaches, code: str, chainage_m: float, toe: np.ndarray, length_m: float) -> shapely.LineString:
    """The way tailings would take: from the toe straight to the valley line, then along the water, `length_m` in all."""
    foot = reaches.line[code].interpolate(chainage_m)
    points = [tuple(toe), (foot.x, foot.y)]
    left = length_m - shapely.Point(toe).distance(foot)
    for k, below in enumerate(reaches.downstream(code)):
        start = chainage_m if k == 0 else 0.0
        piece = substring(reaches.line[below], start, min(start + left, reaches.length(below)))
        if piece.geom_type == "LineString":
            points.extend(piece.coords[1:])
            left -= piece.length
        if left <= 0.01:
            break
    return shapely.LineString(points)


def _sites(reaches: Reaches, rng: np.random.Generator, count: int) -> list[dict]:
    """Possible dam sites above tributaries in the hills."""
    hills = [
        r
        for r in reaches.table.to_dict("records")
        if r["river_code"].startswith("MN-Z") and r["plane"].length > 1500 and r["district_code"] not in IN_TOWN
    ]
    length = np.array([r["plane"].length for r in hills])
    out = []
    for i in rng.choice(len(hills), count, p=length / length.sum()):
        row = hills[i]
        at = float(rng.uniform(100, row["plane"].length - 60))
        toe = reaches.at(row["code"], at, row["width_m"] / 2 + rng.uniform(40, 200), str(rng.choice(["left", "right"])))
        at = float(reaches.line[row["code"]].project(shapely.Point(toe)))
        out.append({"row": row, "at": at, "toe": toe})
    return out


def tailings(
    reaches: Reaches, places: Villages, houses: list[dict], rng: np.random.Generator, namer: Namer
) -> tuple[list[dict], dict[str, set[str]]]:
    """208 dams, 67 of them head ponds; also hamlets added to `houses` beside some paths, and what the ledger got wrong.

    The flow path alone decides: some dams have people within 1 km as the crow flies but up the valley or over the ridge.
    """
    _hamlets(reaches, places, houses, rng, namer)
    people = np.array([lonlat_to_plane(h["geometry"].coords[0]) for h in houses])
    wanted = {"head": HEAD_PONDS, "crow": CROW_FLIES, "free": DAMS - HEAD_PONDS - CROW_FLIES}
    chosen: list[dict] = []
    for site in _sites(reaches, rng, 4000):
        if not wanted or any(np.hypot(*(site["toe"] - c["toe"])) < 260 for c in chosen):
            continue
        kind = _kind(reaches, site, people)
        if kind not in wanted:
            continue
        chosen.append(site | {"kind": kind})
        wanted[kind] -= 1
        if wanted[kind] == 0:
            del wanted[kind]
    return _dam_rows(chosen, reaches, places, rng, namer)


def _kind(reaches: Reaches, site: dict, people: np.ndarray) -> str | None:
    """``head``, ``crow`` (people near, but not along the path), ``free``; None where it could be argued."""
    away = np.hypot(*(people - site["toe"]).T)
    near = shapely.points(people[away < PATH_M + 90 + OFF_PATH_M])
    if not len(near):
        return "free"
    sure, perhaps = (
        shapely.distance(near, flow_path(reaches, site["row"]["code"], site["at"], site["toe"], length_m)).min()
        for length_m in (PATH_M - 90, PATH_M + 90)
    )
    if sure < ON_PATH_M:
        return "head"
    if perhaps < OFF_PATH_M:
        return None
    return "crow" if away.min() < PATH_M - 50 else "free"


def _hamlets(reaches: Reaches, places: Villages, houses: list[dict], rng: np.random.Generator, namer: Namer) -> None:
    """Small settlements low in the valleys."""
    for k, site in enumerate(_sites(reaches, rng, 60)):
        row = site["row"]
        at = reaches.at(row["code"], site["at"], row["width_m"] / 2 + rng.uniform(25, 70), str(rng.choice(["left", "right"])))
        town = places.township_at(row["district_code"], at)
        houses.append(
            {
                "code": f"MN-JM-{k + 1:03d}",
                "name": namer.place("庄"),
                "kind": "school" if k % 15 == 0 else "village",
                "population": int(rng.integers(20, 380)),
                "households": int(rng.integers(8, 90)),
                "township": places.name(town),
                "district_code": row["district_code"],
                "remark": REMARK,
                "geometry": shapely.Point(plane_to_lonlat(at)),
            }
        )


def _dam_rows(
    chosen: list[dict], reaches: Reaches, places: Villages, rng: np.random.Generator, namer: Namer
) -> tuple[list[dict], dict[str, set[str]]]:
    rows, heads, wrong = [], set(), set()
    for k, site in enumerate(chosen[i] for i in rng.permutation(len(chosen))):
        code, head, row = f"MN-WK-{k + 1:03d}", site["kind"] == "head", site["row"]
        flag = head
        if head:
            heads.add(code)
        if k % 41 == 7:
            wrong.add(code)
            flag = not head
        height = float(round(rng.lognormal(3.4, 0.45)))
        volume = float(round(rng.lognormal(4.4, 1.1)))
        state = str(rng.choice(["running", "stopped", "closing", "closed", "building"], p=[0.4, 0.25, 0.1, 0.23, 0.02]))
        rows.append(
            {
                "code": code,
                "name": namer.place("沟尾矿库") if k % 2 else namer.place("尾矿库"),
                "grade": _grade(volume, height),
                "safety": str(rng.choice(["normal", "sick", "risky", "dangerous"], p=[0.94, 0.045, 0.01, 0.005])),
                "head_pond": flag,
                "state": state,
                "storage_10k_m3": volume,
                "dam_height_m": height,
                "dam_method": str(
                    rng.choice(
                        ["upstream", "centreline", "downstream", "one_stage", "dry_stack"],
                        p=[0.6, 0.08, 0.07, 0.15, 0.1],
                    )
                ),
                "ore": str(rng.choice(ORES)),
                "people_downstream_1km": int(rng.integers(15, 420)) if head else 0,
                "owner": f"模拟矿业{k % 37 + 1:02d}号公司",
                "licence_no": f"模拟安许{k + 1:03d}",
                "online_device": bool(height >= 60 or rng.random() < 0.4),
                "licence_until": pd.Timestamp("2026-01-31") + pd.Timedelta(days=int(rng.integers(0, 1000))),
                "reach_code": row["code"],
                "district_code": row["district_code"],
                "township": places.name(places.township_at(row["district_code"], site["toe"])),
                "remark": REMARK,
                "geometry": shapely.Point(plane_to_lonlat(site["toe"])),
            }
        )
    return rows, {"head_pond": heads, "ledger_wrong": wrong}


def _grade(volume_10k_m3: float, height_m: float) -> str:
    """The coarser of the two grades, lowered by one where they lie more than one apart (standards, section 5)."""
    by_volume = 5 - int(np.searchsorted([100, 1000, 10_000, 50_000], volume_10k_m3, side="right"))
    by_height = 5 - int(np.searchsorted([30, 60, 100, 200], height_m, side="right"))
    best = min(by_volume, by_height)
    return str(best + 1 if abs(by_volume - by_height) > 1 else best)


def black_odorous(reaches: Reaches, rng: np.random.Generator, built_up: shapely.Polygon) -> list[dict]:
    """Thirteen stretches of ditches and canals inside the built-up area."""
    small = [r for r in reaches.table.to_dict("records") if r["town"] and built_up.contains(r["plane"])]
    small += [
        r
        for r in reaches.table.to_dict("records")
        if r["kind"] == "canal" and r["flow"] == "fixed" and built_up.contains(r["plane"])
    ]
    rows = []
    for k in range(13):
        row = small[k % len(small)]
        length = row["plane"].length
        start, end = (length * 0.08, length * 0.6) if k < len(small) else (length * 0.66, length * 0.98)
        end = min(end, start + 2600)
        piece = substring(row["plane"], start, end)
        severe, state = k % 4 == 0, ("in_work", "eliminated", "listed", "lasting", "in_work", "relapsed")[k % 6]
        done = state in ("eliminated", "lasting", "relapsed")
        rows.append(
            {
                "code": f"MN-HC-{k + 1:02d}",
                "name": f"{row['name']}黑臭段",
                "grade": "none" if state in ("eliminated", "lasting") else "severe" if severe else "mild",
                "state": state,
                "built_up": True,
                "transparency_cm": round(float(rng.uniform(4, 9) if severe else rng.uniform(12, 24)), 1),
                "do_mg_l": round(float(rng.uniform(0.05, 0.19) if severe else rng.uniform(0.4, 1.9)), 2),
                "orp_mv": float(round(rng.uniform(-260, -205) if severe else rng.uniform(-150, 40))),
                "nh3n_mg_l": round(float(rng.uniform(15.5, 24) if severe else rng.uniform(8.2, 14)), 1),
                "length_m": round(piece.length),
                "area_m2": round(piece.length * row["width_m"]),
                "listed_on": pd.Timestamp("2023-03-01") + pd.Timedelta(days=int(rng.integers(0, 700))),
                "target_on": "2026-12-31",
                "eliminated_on": "2025-11-20" if done else None,
                "reach_code": row["code"],
                "owner": "模拟市城市管理局",
                "district_code": row["district_code"],
                "remark": REMARK,
                "geometry": stored(piece),
            }
        )
    return rows
