"""The small books: units, demo accounts, the 2026 calendar, rain by district, stretches nobody can reach."""

import numpy as np
import pandas as pd

from data.simulated_city.posts import Posts
from data.simulated_city.world import DEMO_DATE, FIRST_DATE, Ground

HOLIDAYS = (
    ("元旦", "2026-01-01", "2026-01-03"),
    ("春节", "2026-02-15", "2026-02-23"),
    ("清明节", "2026-04-04", "2026-04-06"),
    ("劳动节", "2026-05-01", "2026-05-05"),
    ("端午节", "2026-06-19", "2026-06-21"),
    ("中秋节", "2026-09-25", "2026-09-27"),
    ("国庆节", "2026-10-01", "2026-10-07"),
)
WORKDAYS = ("2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10")
UNVERIFIED = "待核实"  # the days are from memory, not from the State Council's notice


def units(g: Ground) -> list[dict]:
    """The office, departments, one government a district, and teams."""
    rows = [
        ("U-01", "模拟市河长制办公室", "office", None),
        ("U-02", "模拟市水利局", "department", None),
        ("U-03", "模拟市生态环境局", "department", None),
        ("U-04", "模拟市城市管理局", "department", None),
        ("U-05", "模拟市农业农村局", "department", None),
        ("U-06", "模拟市应急管理局", "department", None),
        ("U-07", "模拟排水公司", "enterprise", None),
        ("U-08", "模拟矿业集团", "enterprise", None),
        ("U-09", "模拟市排口巡查一队", "team", None),
        ("U-10", "模拟市排口巡查二队", "team", None),
        ("U-11", "模拟市无人机巡查队", "team", None),
    ]
    rows += [
        (f"U-{d.code}", f"{d.name}人民政府" if d.kind == "county" else f"{d.name}管委会", "government", d.code)
        for d in g.districts.itertuples()
    ]
    return [
        {"code": code, "name": name, "kind": kind, "district_code": district, "phone": f"0000-{k:07d}", "remark": "模拟数据"}
        for k, (code, name, kind, district) in enumerate(rows, start=1)
    ]


def accounts(made: Posts) -> list[dict]:
    """People one can be in the demonstration: no passwords, a few with two roles."""
    person = {h["post_code"]: h["person"] for h in made.holder if h["person"]}
    late, vacant = made.scenario["post_code"], made.scenario["handover_post"]
    village = next(p["code"] for p in made.post if p["level"] == "village")
    chiefs = (
        ("sheng01", "P-S-01"),
        ("shi01", "P-C-01"),
        ("shi03", "P-C-03"),
        ("xian01", "P-X-990101-1"),
        ("xian05", "P-X-990125-1"),
        ("zhen01", late),
        ("zhen02", vacant),
        ("cun01", village),
    )
    rows = [{"name": name, "display_name": person[post], "role": "chief", "posts": post} for name, post in chiefs]
    rows += [
        {"name": "jiancha01", "display_name": "模拟检查员1", "role": "inspector", "unit_code": "U-09"},
        {
            "name": "jiancha02",
            "display_name": "模拟检查员2",
            "role": "inspector",
            "unit_code": "U-10",
            "districts": "990101;990102;990103",
        },
        {"name": "chengban01", "display_name": "模拟承办人1", "role": "handler", "unit_code": "U-07"},
        {"name": "chengban02", "display_name": "模拟承办人2", "role": "handler", "unit_code": "U-990103", "districts": "990103"},
        {"name": "diaodu01", "display_name": "模拟调度员1", "role": "planner", "unit_code": "U-01"},
        {"name": "ducha01", "display_name": "模拟督查员1", "role": "supervisor", "unit_code": "U-01"},
        {"name": "ducha01", "display_name": "模拟督查员1", "role": "inspector", "unit_code": "U-01"},
        {"name": "guanli01", "display_name": "模拟管理员1", "role": "admin", "unit_code": "U-01"},
        {"name": "tingyong01", "display_name": "模拟停用人员", "role": "disabled"},
    ]
    return rows


def calendar() -> list[dict]:
    """Holidays and make-up workdays of 2026, each marked as not verified."""
    rows = [
        {"day": day, "kind": "holiday", "name": f"{name}({UNVERIFIED})"}
        for name, first, last in HOLIDAYS
        for day in pd.date_range(first, last)
    ]
    return rows + [{"day": pd.Timestamp(day), "kind": "workday", "name": f"调休上班({UNVERIFIED})"} for day in WORKDAYS]


def rain(g: Ground) -> list[dict]:
    """Daily rain of every district over the 26 weeks: dry winter, storms from May on."""
    rng = g.rng("rain")
    rows = []
    for day in pd.date_range(FIRST_DATE, DEMO_DATE):
        chance = 0.08 + 0.035 * day.month
        front = rng.random() < chance
        size = float(rng.gamma(1.1, 3 + 2.2 * day.month)) if front else 0.0
        for district in g.districts["code"]:
            mm = size * float(rng.uniform(0.3, 1.6)) if front and rng.random() < 0.85 else 0.0
            rows.append({"day": day, "district_code": district, "rain_mm": round(mm, 1)})
    return rows


def no_access(g: Ground) -> list[dict]:
    """A culvert for good, a gorge, works and a flood for a time."""
    t = g.reaches.table
    ditch = t.loc[t["town"], "code"].iloc[1]
    gorge = t.loc[t["river_code"].str.startswith("MN-Z") & (t["plane"].map(lambda line: line.length) > 5000), "code"].iloc[2]
    works, flood = t.loc[t["river_code"] == "MN-Q2", "code"].iloc[0], t.loc[t["river_code"] == "MN-DM", "code"].iloc[-1]
    rows = [
        (ditch, 300, 820, "culvert", "2020-01-01", None),
        (gorge, 1200, 2600, "gorge", "2020-01-01", None),
        (works, 200, 900, "works", "2026-03-01", "2026-07-31"),
        (flood, 100, 1500, "flood", "2026-06-22", "2026-06-27"),
    ]
    return [
        {
            "reach_code": code,
            "from_m": float(np.clip(a, 0, g.reaches.length(code))),
            "to_m": float(min(b, g.reaches.length(code))),
            "bank": "both",
            "reason": reason,
            "valid_from": since,
            "valid_to": until,
            "doc_no": "模拟河办〔2026〕3号",
            "remark": "模拟数据",
        }
        for code, a, b, reason, since, until in rows
    ]
