"""A small made-up place to draw in tests: two meandering rivers, a canal, a lake, districts, gaps and outfalls."""

import geopandas as gpd
import numpy as np
import shapely

import layers.map as drawing

CRS = "EPSG:4490"
BOUNDS = (111.95, 33.95, 112.55, 34.32)


def meander(start, end, *, waves, swing, seed=0, n=260) -> shapely.LineString:
    rng = np.random.default_rng(seed)
    t = np.linspace(0, 1, n)
    (x0, y0), (x1, y1) = start, end
    across = np.array([-(y1 - y0), x1 - x0]) / np.hypot(x1 - x0, y1 - y0)
    wobble = np.zeros(n)
    for k in range(1, 6):
        wobble += swing / k * np.sin(2 * np.pi * (waves * k**0.8 * t + rng.uniform()))
    wobble *= np.minimum(1, np.minimum(t, 1 - t) * 12)
    xy = np.c_[x0 + (x1 - x0) * t, y0 + (y1 - y0) * t] + wobble[:, None] * across
    return shapely.LineString(xy)


def waters() -> gpd.GeoDataFrame:
    lines = {
        "清河": meander((111.98, 34.02), (112.53, 34.24), waves=4, swing=0.012, seed=1),
        "柳溪": meander((112.10, 34.30), (112.262, 34.135), waves=3, swing=0.006, seed=2),
        "东干渠": shapely.LineString([(112.33, 34.17), (112.38, 34.10), (112.47, 34.08), (112.52, 34.03)]),
    }
    return gpd.GeoDataFrame({"code": list(lines), "name": list(lines)}, geometry=list(lines.values()), crs=CRS)


def gaps() -> gpd.GeoDataFrame:
    rivers = waters().set_index("name").geometry
    spans = [
        ("清河", 0.02, 0.15, "within_duty", "both", 4), ("清河", 0.15, 0.24, "due_soon", "both", 12),
        ("清河", 0.24, 0.38, "overdue", "left", 23), ("清河", 0.24, 0.38, "within_duty", "right", 3),
        ("清河", 0.42, 0.52, "twice_overdue", "both", 44), ("清河", 0.56, 0.66, "recorded_only", "both", 20),
        ("清河", 0.70, 0.74, "no_access", "both", None), ("清河", 0.78, 0.95, "never", "both", None),
        ("柳溪", 0.05, 0.60, "due_soon", "both", 13), ("柳溪", 0.60, 0.95, "overdue", "right", 30),
        ("东干渠", 0.1, 0.8, "within_duty", "both", 6),
    ]  # fmt: skip
    rows = [
        {
            "id": f"gap-{i}", "name": f"{river}·第{i}段", "state": state, "bank": bank, "days_since": days,
            "geometry": shapely.ops.substring(rivers[river], a, b, normalized=True),
        }
        for i, (river, a, b, state, bank, days) in enumerate(spans)
    ]  # fmt: skip
    return gpd.GeoDataFrame(rows, crs=CRS)


def outfalls(n=60, seed=3) -> gpd.GeoDataFrame:
    rng = np.random.default_rng(seed)
    lines = waters().geometry.to_list()
    looks = ["compliant"] * 6 + ["in_work"] * 2 + ["overdue", "deferred", "relapsed", "suspected"]
    classes = ["industrial", "town_plant", "agricultural", "other"]
    rows = []
    for i in range(n):
        line = lines[rng.integers(len(lines))]
        at = line.interpolate(rng.uniform(0.03, 0.97), normalized=True)
        look = looks[rng.integers(len(looks))]
        rows.append(
            {
                "id": f"of-{i}", "code": f"YY-990101-{i:04d}", "name": f"示例排口{i}", "look": look,
                "class1": classes[rng.integers(4)], "recurred": 2 if look == "relapsed" else None,
                "status": "discharging", "confirmed": look != "suspected", "flow_m3_d": 1234.5,
                "geometry": shapely.Point(at.x + rng.normal(0, 2e-4), at.y + rng.normal(0, 2e-4)),
            }
        )  # fmt: skip
    return gpd.GeoDataFrame(rows, crs=CRS)


def areas(name: str) -> gpd.GeoDataFrame:
    box = shapely.box
    made = {
        "district": {"东城区": box(112.2, 33.97, 112.54, 34.31), "西城区": box(111.96, 33.97, 112.2, 34.31)},
        "lake": {"镜湖": shapely.Point(112.43, 34.14).buffer(0.018)},
        "wetland": {"示例滩湿地": shapely.Point(112.12, 34.06).buffer(0.02).intersection(box(112.1, 34.03, 112.2, 34.1))},
    }[name]
    return gpd.GeoDataFrame({"code": list(made), "name": list(made)}, geometry=list(made.values()), crs=CRS)


def points(name: str) -> gpd.GeoDataFrame:
    spots = {
        "tailings_dam": [(112.02, 34.2), (112.05, 34.22), (112.09, 34.17)],
        "settlement": [(112.06, 34.17), (112.3, 34.24)],
        "landmark": [(112.2, 34.105)],
    }[name]
    words = [f"{name}{i}" for i in range(len(spots))]
    made = gpd.GeoDataFrame({"code": words, "name": words}, geometry=[shapely.Point(*p) for p in spots], crs=CRS)
    return made.assign(head_pond=[True, False, None]) if name == "tailings_dam" else made


def sections() -> gpd.GeoDataFrame:
    line = waters().geometry.iloc[0]
    spots = [line.interpolate(at, normalized=True) for at in (0.3, 0.68, 0.97)]
    rows = {"code": ["S1", "S2", "S3"], "name": ["柳湾", "石桥", "出境"], "water_class": ["II", "IV", "worse_V"]}
    return gpd.GeoDataFrame(rows, geometry=spots, crs=CRS)


def whole(lang="zh", n=60):
    made = drawing.base_map(BOUNDS, lang=lang, simulated=True, as_of="2026-06-30", fullscreen=True, locate=True)
    for name in ("district", "wetland", "lake"):
        drawing.draw(made, name, areas(name), lang=lang, labels="name")
    drawing.draw(made, "river", waters(), lang=lang, labels="name")
    drawing.draw_gaps(made, gaps(), lang=lang)
    for name in ("settlement", "tailings_dam", "landmark"):
        drawing.draw(made, name, points(name), lang=lang)
    drawing.draw_sections(made, sections(), lang=lang)
    return drawing.draw_outfalls(made, outfalls(n), lang=lang)
