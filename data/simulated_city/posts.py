"""Posts at five levels, who holds them, and what each answers for: reach × chainage × bank × dates.

Every metre, bank and level has one lead post on every day, but for the defects planted by `plant`.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from data.records import LEVEL_ORDER
from data.simulated_city.shapes import on_plane
from data.simulated_city.world import Ground

PIECE_M = 5000.0
BEGUN = pd.Timestamp("2024-03-01")
VILLAGE_POSTS = 90
CITY_POSTS = {
    "P-C-01": ("甲澜河市级河长", ("MN-JL", "MN-JL-C")),
    "P-C-02": ("乙岚河市级河长", ("MN-YL", "MN-YL-B1", "MN-YL-B2")),
    "P-C-03": ("丙汐河市级河长", ("MN-BX", "MN-Q1")),
    "P-C-04": ("丁沐河市级河长", ("MN-DM", "MN-Q2")),
    "P-C-05": ("模拟南渠市级河长", ("MN-Q3",)),
}


@dataclass
class Posts:
    """Rows of post, holder and responsibility, and the defects planted in them."""

    post: list[dict] = field(default_factory=list)
    holder: list[dict] = field(default_factory=list)
    duty: list[dict] = field(default_factory=list)
    defects: list[dict] = field(default_factory=list)
    scenario: dict[str, str] = field(default_factory=dict)

    def rows(self, level: str, layer: str = "reach") -> list[dict]:
        """Responsibility rows of a level."""
        level_of = {p["code"]: p["level"] for p in self.post}
        return [d for d in self.duty if level_of[d["post_code"]] == level and d["object_layer"] == layer]

    def defect(self, kind: str, level: str, object_code: str, **more: object) -> None:
        """Note something planted."""
        self.defects.append({"kind": kind, "level": level, "object_code": object_code, **more})


def build_posts(g: Ground, layers: dict) -> Posts:
    """Posts, holders and responsibilities without any defect."""
    made = Posts()
    _make_posts(made, g)
    rng = g.rng("duties")
    pieces = _pieces(g)
    for piece in pieces:
        _assign(made, g, piece)
    _villages(made, g, pieces, rng)
    for layer in ("lake", "reservoir"):
        for row in layers[layer].itertuples():
            town = g.places.township_at(row.district_code, np.array(on_plane(row.geometry).centroid.coords[0]))
            for code in (_county(row.district_code, None), f"P-Z-{town}"):
                made.duty.append(_duty(code, row.code, None, None, None, layer=layer))
    for post in made.post:
        made.holder.append(_holding(str(post["code"]), g.namer.person(), BEGUN))
    return made


def _make_posts(made: Posts, g: Ground) -> None:
    def add(code: str, name: str, level: str, district: str | None, parent: str | None, kind: str = "lead") -> None:
        made.post.append(
            {
                "code": code,
                "name": name,
                "level": level,
                "kind": kind,
                "district_code": district,
                "unit_code": "U-01" if district is None else f"U-{district}",
                "parent_code": parent,
                "remark": "模拟数据",
            }
        )

    add("P-S-01", "甲澜河省级河长", "province", None, None)
    for code, (name, _) in CITY_POSTS.items():
        add(code, name, "city", None, "P-S-01" if code == "P-C-01" else None)
    names = g.districts.set_index("code")["name"]
    for district in g.districts["code"]:
        add(_county(district, None), f"{names[district]}县级河长", "county", district, "P-C-01")
    for district in ("990101", "990103", "990104", "990121"):
        add(_county(district, "MN-JL"), f"{names[district]}县级河长(干流)", "county", district, "P-C-01")
    for town in g.places.townships.itertuples():
        add(f"P-Z-{town.code}", f"{town.name}镇级河长", "township", town.district_code, _county(town.district_code, None))
    add("P-C-01-D", "甲澜河市级副河长", "city", None, "P-C-01", "deputy")
    add("P-X-990104-D", f"{names['990104']}县级副河长", "county", "990104", _county("990104", None), "deputy")
    add("P-X-990103-K", f"{names['990103']}巡河员岗", "county", "990103", _county("990103", None), "keeper")


def _county(district: str, river: str | None) -> str:
    """The county post of a district for a river: four districts have a second one for the first river."""
    stem = river in ("MN-JL", "MN-JL-C") and district in ("990101", "990103", "990104", "990121")
    return f"P-X-{district}-2" if stem else f"P-X-{district}-1"


def _pieces(g: Ground) -> list[dict]:
    """Reaches in equal pieces of at most 5 km; on the border river one piece a bank."""
    out = []
    for row in g.reaches.table.to_dict("records"):
        length = round(row["plane"].length, 1)
        ends = [round(x) for x in np.linspace(0, length, int(np.ceil(length / PIECE_M)) + 1)]
        ends[-1] = length
        for start, end in zip(ends[:-1], ends[1:], strict=True):
            for bank in ("left", "right") if row["boundary"] else ("both",):
                district = g.reaches.district(row["code"], bank)
                town = g.places.township_at(district, g.reaches.at(row["code"], (start + end) / 2))
                out.append(
                    {"reach": row, "from_m": float(start), "to_m": float(end), "bank": bank, "district": district, "town": town}
                )
    return out


def _assign(made: Posts, g: Ground, piece: dict) -> None:
    """Lead posts from the water's highest level down to township."""
    row = piece["reach"]
    river = row["river_code"]
    city = next((code for code, (_, rivers) in CITY_POSTS.items() if river in rivers), "P-C-01")
    lead = {"province": "P-S-01", "city": city, "county": _county(piece["district"], river), "township": f"P-Z-{piece['town']}"}
    for level in LEVEL_ORDER[LEVEL_ORDER.index(row["highest_level"]) : 4]:
        shared = level in ("province", "city")
        if shared and (piece["bank"] == "right" or piece["from_m"] > 0):
            continue
        signed = True if row["boundary"] and not shared else None
        to_m = round(row["plane"].length, 1) if shared else piece["to_m"]
        made.duty.append(
            _duty(lead[level], row["code"], piece["from_m"], to_m, "both" if shared else piece["bank"], signed=signed)
        )


def _villages(made: Posts, g: Ground, pieces: list[dict], rng: np.random.Generator) -> None:
    """Village posts on whole reaches, a stretch each, until the city has enough of them; the rest has no village level."""
    by_reach: dict[str, list[dict]] = {}
    for piece in pieces:
        by_reach.setdefault(piece["reach"]["code"], []).append(piece)
    codes = list(by_reach)
    first = [c for c in codes if by_reach[c][0]["reach"]["boundary"]]
    order = first + [codes[i] for i in rng.permutation(len(codes)) if codes[i] not in first]
    used: dict[str, str] = {}
    for code in order:
        if len(used) >= VILLAGE_POSTS:
            break
        towns = {piece["town"] for piece in by_reach[code]}
        if set(g.places.villages.loc[g.places.villages["township_code"].isin(towns), "code"]) <= set(used):
            continue
        for piece in by_reach[code]:
            middle = g.reaches.at(code, (piece["from_m"] + piece["to_m"]) / 2)
            village = _pick_village(g, piece, middle, used)
            post = f"P-V-{village}"
            if village not in used:
                used[village] = piece["reach"]["river_code"]
                name = g.places.village_name(village)
                made.post.append(
                    {
                        "code": post,
                        "name": f"{name}村级河长",
                        "level": "village",
                        "kind": "lead",
                        "district_code": piece["district"],
                        "unit_code": f"U-{piece['district']}",
                        "parent_code": f"P-Z-{piece['town']}",
                        "remark": "模拟数据",
                    }
                )
            signed = True if piece["reach"]["boundary"] else None
            made.duty.append(_duty(post, code, piece["from_m"], piece["to_m"], piece["bank"], signed=signed))


def _pick_village(g: Ground, piece: dict, xy: np.ndarray, used: dict[str, str]) -> str:
    """The nearest village without a post, else the nearest that already walks this water, else the nearest."""
    own = g.places.villages[g.places.villages["township_code"] == piece["town"]]
    near = own.assign(d=np.hypot(own["x"] - xy[0], own["y"] - xy[1])).sort_values("d")["code"].tolist()
    river = piece["reach"]["river_code"]
    free = [v for v in near if v not in used]
    same = [v for v in near if used.get(v) == river]
    return (free + same + near)[0]


def _duty(
    post: str,
    code: str,
    from_m: float | None,
    to_m: float | None,
    bank: str | None,
    *,
    layer: str = "reach",
    role: str = "lead",
    signed: bool | None = None,
    since: pd.Timestamp = BEGUN,
    until: pd.Timestamp | None = None,
) -> dict:
    return {
        "post_code": post,
        "object_layer": layer,
        "object_code": code,
        "from_m": from_m,
        "to_m": to_m,
        "bank": bank,
        "role": role,
        "signed": signed,
        "stated_length_m": None if to_m is None or from_m is None else to_m - from_m,
        "valid_from": since,
        "valid_to": until,
        "doc_no": f"模拟河办〔{since.year}〕{since.month}号",
        "remark": "模拟数据",
        "recorded_at": entered(since),
    }


def _holding(
    post: str,
    person: str | None,
    since: pd.Timestamp,
    until: pd.Timestamp | None = None,
    state: str = "holding",
    recorded: pd.Timestamp | None = None,
    doc: int | None = None,
) -> dict:
    return {
        "post_code": post,
        "person": person,
        "state": state,
        "valid_from": since,
        "valid_to": until,
        "doc_no": f"模拟河办〔{since.year}〕{doc or since.month}号",
        "remark": "模拟数据",
        "recorded_at": entered(since) if recorded is None else recorded,
    }


def entered(since: pd.Timestamp) -> pd.Timestamp:
    """When an order is usually entered: three days after it takes effect, at nine in the morning."""
    return (since + pd.Timedelta(days=3, hours=9)).tz_localize("Asia/Shanghai").tz_convert("UTC")


def plant(made: Posts, g: Ground) -> None:
    """The vacancies, handovers, joint posts and defects that the product must name."""
    day = pd.Timestamp
    towns = [p["code"] for p in made.post if p["level"] == "township"]
    villages = [p["code"] for p in made.post if p["level"] == "village"]
    rows = {post: [d for d in made.duty if d["post_code"] == post and d["object_layer"] == "reach"] for post in towns + villages}
    steady = [p for p in towns if len(rows[p]) >= 2]
    _vacancy(made, steady[0], rows[steady[0]], day("2026-02-10"), day("2026-04-06"), g.namer.person())
    _vacancy(made, villages[3], rows[villages[3]], day("2026-06-01"), None, None)
    acting = _county("990105", None)
    _end(made, acting, day("2026-03-31"))
    made.holder.append(_holding(acting, g.namer.person(), day("2026-04-01"), None, "acting"))
    _end(made, steady[1], day("2026-03-16"))
    made.holder.append(_holding(steady[1], g.namer.person(), day("2026-03-17")))
    late = steady[2]
    successor = g.namer.person()
    predecessor = next(h["person"] for h in made.holder if h["post_code"] == late)
    at = pd.Timestamp("2026-06-12 10:00", tz="Asia/Shanghai").tz_convert("UTC")
    made.holder.append(_holding(late, successor, day("2026-05-20"), None, recorded=at, doc=17))
    made.scenario = {
        "post_code": late,
        "predecessor": predecessor,
        "successor": successor,
        "valid_from": "2026-05-20",
        "entered_on": "2026-06-12",
        "handover_post": steady[1],
        "acting_post": acting,
        "vacant_post": steady[0],
        "object_code": rows[late][0]["object_code"],
    }
    _joint(made, g, steady[3], rows[steady[3]][0])
    _hole(made, rows, steady[4:])
    _overlap(made, rows, villages)
    _unsigned(made, g)
    _moved(made, g, rows, steady[5:])
    for post, rivers in (("P-C-01-D", ("MN-JL",)), ("P-X-990104-D", None), ("P-X-990103-K", None)):
        lead = post.rsplit("-", 1)[0] + ("" if rivers else "-1")
        for d in [d for d in made.duty if d["post_code"] == lead][:12]:
            made.duty.append(d | {"post_code": post, "role": "co"})


def _end(made: Posts, post: str, last: pd.Timestamp) -> None:
    next(h for h in made.holder if h["post_code"] == post)["valid_to"] = last


def _vacancy(
    made: Posts, post: str, rows: list[dict], since: pd.Timestamp, until: pd.Timestamp | None, successor: str | None
) -> None:
    _end(made, post, since - pd.Timedelta(days=1))
    made.holder.append(_holding(post, None, since, until, "vacant"))
    if until is not None:
        made.holder.append(_holding(post, successor, until + pd.Timedelta(days=1)))
    level = next(p["level"] for p in made.post if p["code"] == post)
    for d in rows:
        made.defect(
            "vacant",
            level,
            d["object_code"],
            from_m=d["from_m"],
            to_m=d["to_m"],
            bank=d["bank"],
            post_code=post,
            since=since,
            until=until,
        )


def _joint(made: Posts, g: Ground, post: str, row: dict) -> None:
    """双河长: a second township post declared on the same stretch."""
    district = next(p["district_code"] for p in made.post if p["code"] == post)
    other = next(
        p["code"] for p in made.post if p["level"] == "township" and p["district_code"] == district and p["code"] != post
    )
    made.duty.append(row | {"post_code": other, "role": "joint", "remark": "双河长(模拟)"})
    made.scenario |= {"joint_post": other, "joint_lead": post, "joint_object": row["object_code"]}


def _hole(made: Posts, rows: dict[str, list[dict]], posts: list[str]) -> None:
    row = next(d for p in posts for d in rows[p] if d["bank"] == "both" and d["to_m"] - d["from_m"] > 2500)
    start, end = row["from_m"] + 1200, row["from_m"] + 1650
    made.duty.append(row | {"from_m": end, "stated_length_m": row["to_m"] - end})
    made.defect("hole", "township", row["object_code"], from_m=start, to_m=end, bank="both", since=BEGUN)
    row |= {"to_m": start, "stated_length_m": start - row["from_m"]}


def _overlap(made: Posts, rows: dict[str, list[dict]], villages: list[str]) -> None:
    first = next(d for p in villages[8:] for d in rows[p] if d["bank"] == "both" and d["to_m"] - d["from_m"] > 2000)
    other = next(p for p in villages if p != first["post_code"] and p[:-3] == first["post_code"][:-3])
    start, end = first["from_m"] + 300, first["from_m"] + 700
    made.duty.append(first | {"post_code": other, "from_m": start, "to_m": end, "stated_length_m": 400.0})
    made.defect(
        "overlap",
        "village",
        first["object_code"],
        from_m=start,
        to_m=end,
        bank="both",
        since=BEGUN,
        post_code=first["post_code"],
        other=other,
    )


def _unsigned(made: Posts, g: Ground) -> None:
    """Six hundred metres of the border river that the two counties have not signed."""
    reach = g.reaches.table.loc[g.reaches.table["boundary"], "code"].iloc[1]
    start, end = 1000.0, 1600.0
    for d in [d for d in made.rows("county") if d["object_code"] == reach and d["from_m"] <= start and d["to_m"] >= end]:
        made.duty.append(d | {"from_m": start, "to_m": end, "signed": False, "stated_length_m": 600.0})
        made.duty.append(d | {"from_m": end, "stated_length_m": d["to_m"] - end})
        made.defect("unsigned", "county", reach, from_m=start, to_m=end, bank=d["bank"], since=BEGUN, post_code=d["post_code"])
        d |= {"to_m": start, "stated_length_m": start - d["from_m"]}


def _moved(made: Posts, g: Ground, rows: dict[str, list[dict]], posts: list[str]) -> None:
    """A stretch handed from one township to its neighbour on 1 April: no defect, but two answers by date."""
    taken = {d["object_code"] for d in made.defects}
    row = next(d for p in posts for d in rows[p] if d["bank"] == "both" and d["object_code"] not in taken)
    district = next(p["district_code"] for p in made.post if p["code"] == row["post_code"])
    other = next(
        p["code"]
        for p in made.post
        if p["level"] == "township" and p["district_code"] == district and p["code"] != row["post_code"]
    )
    since = pd.Timestamp("2026-04-01")
    made.duty.append(
        row | {"post_code": other, "valid_from": since, "recorded_at": entered(since), "doc_no": "模拟河办〔2026〕9号"}
    )
    row |= {"valid_to": since - pd.Timedelta(days=1)}
    made.scenario |= {"moved_object": row["object_code"], "moved_from": row["post_code"], "moved_to": other}
