"""Outfalls of every class on the banks, with the stage of their file; who really discharges is kept for the truth."""

import numpy as np
import pandas as pd
import shapely

from data.simulated_city.places import REMARK, Villages
from data.simulated_city.reaches import Reaches
from data.simulated_city.shapes import plane_to_lonlat
from layers.outfall import CLASS3, PARENT, RAIN_CLASSES

COUNT = 336
LETTERS = {"industrial": "GY", "town_plant": "SH", "agricultural": "NY", "other": "QT"}
MIX = (
    ("factory", 34),
    ("mine", 14),
    ("tailings", 9),
    ("factory_storm", 30),
    ("mine_storm", 10),
    ("tailings_storm", 7),
    ("park_plant", 8),
    ("park_storm", 12),
    ("town_plant", 16),
    ("livestock_large", 12),
    ("aquaculture_large", 8),
    ("irrigation", 14),
    ("port", 4),
    ("livestock_small", 22),
    ("aquaculture_small", 12),
    ("town_sewage", 52),
    ("rural_plant", 18),
    ("rural_sewage", 40),
    ("unclassed", 14),
)
PLAN = (
    ("compliant", 0.47),
    ("sealed", 0.13),
    ("suspected", 0.09),
    ("surveyed", 0.06),
    ("monitored", 0.06),
    ("traced", 0.10),
    ("deferred", 0.04),
    ("relapsed", 0.05),
)
STAGE = {
    "compliant": "rectified",
    "sealed": "closed",
    "relapsed": "closed",
    "suspected": "suspected",
    "surveyed": "surveyed",
    "monitored": "monitored",
    "traced": "traced",
    "deferred": "traced",
}
AFTER = {"surveyed": 1, "monitored": 2, "traced": 3, "rectified": 4, "closed": 4, "suspected": 0}


def outfalls(reaches: Reaches, places: Villages, rng: np.random.Generator, demo: pd.Timestamp) -> tuple[list[dict], pd.DataFrame]:
    """Rows of the layer and, kept apart, the plan: what each outfall is in truth (plan, reach, chainage, bank)."""
    kinds = [kind for kind, count in MIX for _ in range(count)]
    kinds = [kinds[i] for i in rng.permutation(len(kinds))]
    plans = rng.choice([p for p, _ in PLAN], len(kinds), p=[w for _, w in PLAN])
    host = _hosts(reaches, rng, len(kinds))
    rows, truth = [], []
    for k, (kind, plan, row) in enumerate(zip(kinds, plans, host, strict=True)):
        placed = _place(reaches, row, rng)
        made = _row(k, kind, str(plan), row, placed, reaches, places, rng, demo)
        running = made.pop("running")
        rows.append(made)
        truth.append(
            {
                "outfall_code": made["code"],
                "plan": str(plan),
                "reach_id": row["code"],
                "chainage_m": placed["chainage_m"],
                "bank": placed["bank"],
                "rain_outlet": made["rain_outlet"],
                "discharging": running,
            }
        )
    return rows, pd.DataFrame(truth)


def _hosts(reaches: Reaches, rng: np.random.Generator, count: int) -> list[dict]:
    """Reaches for the outfalls: more in town, and always away from the ends."""
    rows = [r for r in reaches.table.to_dict("records") if r["plane"].length > 700]
    weight = np.array([r["plane"].length * (5 if r["town"] else 3 if r["kind"] == "canal" else 1) for r in rows])
    return [rows[i] for i in rng.choice(len(rows), count, p=weight / weight.sum())]


def _place(reaches: Reaches, row: dict, rng: np.random.Generator) -> dict:
    """A spot a few metres off the water's edge on a stated bank; the geometry must agree with both."""
    line = row["plane"]
    for _ in range(40):
        at, bank = float(rng.uniform(150, line.length - 150)), str(rng.choice(["left", "right"]))
        offset = row["width_m"] / 2 + float(rng.uniform(1.0, 6.0))
        point = reaches.at(row["code"], at, offset, bank)
        if abs(line.distance(shapely.Point(point)) - offset) < 0.5:
            break
    return {"xy": point, "bank": bank, "chainage_m": float(line.project(shapely.Point(point)))}


def _row(
    k: int,
    kind: str,
    plan: str,
    row: dict,
    placed: dict,
    reaches: Reaches,
    places: Villages,
    rng: np.random.Generator,
    demo: pd.Timestamp,
) -> dict:
    class3 = kind if kind in {c.value for c in CLASS3} else None
    class2 = PARENT[kind] if class3 else kind
    class1 = PARENT[class2]
    rain = class2 in RAIN_CLASSES
    stage = STAGE[plan]
    district = reaches.district(row["code"], placed["bank"])
    town = places.township_at(district, placed["xy"])
    village = places.village_at(town, placed["xy"])
    found = demo - pd.Timedelta(days=int(rng.integers(60, 900)))
    steps = [found + pd.Timedelta(days=int(d)) for d in np.cumsum(rng.integers(8, 14, 4))]
    running = plan == "relapsed" or bool(plan != "sealed" and not rain and rng.random() < 0.62)
    status = "sealed" if stage == "closed" else "discharging" if running else "unknown" if plan == "suspected" else "dry"
    works = class1 in ("industrial", "town_plant")
    name = f"{row['name']}{placed['bank'] == 'left' and '左' or '右'}岸{k + 1}号{'雨洪' if rain else ''}排口"
    return {
        "code": f"MN-{district}-{k + 1:04d}-{'YS' if rain else LETTERS[class1]}-00",
        "name": name,
        "class1": None if plan == "suspected" else class1,
        "class2": None if plan == "suspected" else class2,
        "class3": None if plan == "suspected" else class3,
        "receiving_water": row["name"].split("第")[0],
        "reach_code": row["code"],
        "district_code": district,
        "township": places.name(town),
        "village": places.village_name(village),
        **_work(plan, stage, status, found, steps, rng, demo),
        **_technical(k, plan, rain, running, works, rng),
        "running": running,
        "remark": REMARK,
        "geometry": shapely.Point(plane_to_lonlat(placed["xy"])),
    }


def _work(
    plan: str,
    stage: str,
    status: str,
    found: pd.Timestamp,
    steps: list[pd.Timestamp],
    rng: np.random.Generator,
    demo: pd.Timestamp,
) -> dict:
    """How far its file is: surveyed, monitored, traced, rectified, closed."""
    remedy = "standardise" if plan == "compliant" else "ban" if stage == "closed" else "merge" if AFTER[stage] >= 3 else None
    return {
        "stage": stage,
        "confirmed": plan != "suspected",
        "surveyed_on": found,
        "monitored_on": steps[0] if AFTER[stage] >= 2 else None,
        "traced_on": steps[1] if AFTER[stage] >= 3 else None,
        "rectified_on": steps[2] if AFTER[stage] >= 4 else None,
        "status": status,
        "problem": None if plan == "compliant" else "待溯源" if AFTER[stage] < 3 else "污水直排(模拟)",
        "trace_result": "模拟来源" if AFTER[stage] >= 3 else None,
        "remedy": remedy,
        "measure": "规范建设" if plan == "compliant" else "封堵" if stage == "closed" else None,
        "deadline_on": demo + pd.Timedelta(days=int(rng.integers(-70, 150)))
        if plan in ("surveyed", "monitored", "traced", "deferred")
        else None,
        "deferral_until": demo + pd.Timedelta(days=int(rng.integers(40, 200))) if plan == "deferred" else None,
        "deferral_authority": "模拟市河长制办公室" if plan == "deferred" else None,
    }


def _technical(k: int, plan: str, rain: bool, running: bool, works: bool, rng: np.random.Generator) -> dict:
    """What it looks like and who answers for it."""
    return {
        "discharge_mode": "intermittent" if rain else str(rng.choice(["continuous", "intermittent"])),
        "entry_mode": str(rng.choice(["pipe", "open_channel", "sluice", "pump"], p=[0.66, 0.2, 0.09, 0.05])),
        "diameter_mm": float(rng.choice([200, 300, 400, 600, 800, 1000, 1200])),
        "flow_m3_d": float(round(rng.lognormal(4.5, 1.2))) if running else 0.0,
        "colour_odour": "无异常" if plan != "relapsed" else "发黑有异味",
        "rain_outlet": rain,
        "responsible_party": f"模拟单位{k % 83 + 1:02d}" if plan != "suspected" else None,
        "permit_no": f"模拟许可{k + 1:03d}" if works and plan == "compliant" else None,
        "approval_no": f"模拟环批〔2025〕{k + 1}号" if plan == "compliant" else None,
        "sign_board": plan == "compliant" and rng.random() < 0.9,
        "sampling_point": plan == "compliant",
        "inspection_well": bool(works and rng.random() < 0.5),
        "online_device": bool(works and plan == "compliant"),
        "surveyor": f"模拟检查员{k % 8 + 1}",
    }
