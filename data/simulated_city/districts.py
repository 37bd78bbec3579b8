"""Fourteen invented districts that tile the city; one border runs along the first river."""

import numpy as np
import pandas as pd
import shapely
from shapely.ops import polygonize

from data.simulated_city.network import River
from data.simulated_city.shapes import jagged, km

SEEDS = (
    ("990101", "模拟中区", "county", True, (0, 6)),
    ("990102", "模拟东区", "county", True, (11, 7)),
    ("990103", "模拟西区", "county", True, (-11, 1)),
    ("990104", "模拟南区", "county", True, (3, -5)),
    ("990105", "模拟北区", "county", False, (0, 20)),
    ("990171", "模拟新城管理区", "zone", True, (16, -2)),
    ("990121", "模拟西岭县", "county", False, (-38, -10)),
    ("990122", "模拟西原县", "county", False, (-34, 12)),
    ("990123", "模拟北山县", "county", False, (-17, 26)),
    ("990124", "模拟北川县", "county", False, (18, 21)),
    ("990125", "模拟东湖县", "county", False, (38, 17)),
    ("990126", "模拟东原县", "county", False, (38, -6)),
    ("990127", "模拟南川县", "county", False, (20, -17)),
    ("990128", "模拟南岭县", "county", False, (-15, -24)),
)
NORTH_OF_RIVER, SOUTH_OF_RIVER = "990125", "990126"


def tile(border: shapely.Polygon, rivers: dict[str, River], rng: np.random.Generator) -> pd.DataFrame:
    """Districts with their areas on the plane, without overlap; 990125 and 990126 face each other across the river."""
    seeds = km([seed[4] for seed in SEEDS])
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(seeds), extend_to=border.buffer(20_000)))
    edges = shapely.unary_union([c.exterior for c in cells])
    rough = [
        jagged(np.asarray(part.coords[k]), np.asarray(part.coords[k + 1]), rng)
        for part in shapely.get_parts(edges)
        for k in range(len(part.coords) - 1)
    ]
    faces = list(polygonize(shapely.unary_union([shapely.LineString(r) for r in rough])))
    named: dict[str, shapely.Polygon] = {}
    for (code, *_), seed in zip(SEEDS, seeds, strict=True):
        face = faces[int(np.argmin(shapely.distance(faces, shapely.Point(seed))))]
        named[code] = face.intersection(border)
    _along_river(named, rivers["MN-JL"].line, border)
    return pd.DataFrame(
        [
            {
                "code": code,
                "name": name,
                "kind": kind,
                "short_name": name[2:4],
                "built_up": town,
                "geometry": _one(named[code]),
            }
            for code, name, kind, town, _ in SEEDS
        ]
    )


def _along_river(named: dict[str, shapely.Polygon], river: shapely.LineString, border: shapely.Polygon) -> None:
    """Let the river itself be the border of the two eastern districts."""
    both = _one(shapely.unary_union([named[NORTH_OF_RIVER], named[SOUTH_OF_RIVER]]).buffer(0))
    ends = np.asarray(river.coords)
    outward = ends[-1] + (ends[-1] - ends[-40]) * 8
    cut = shapely.LineString(np.vstack([ends, outward]))
    faces = list(polygonize(shapely.unary_union([both.exterior, cut])))
    faces = [f for f in faces if both.buffer(1).contains(f.representative_point())]
    parts: dict[str, list[shapely.Polygon]] = {NORTH_OF_RIVER: [], SOUTH_OF_RIVER: []}
    for face in faces:
        x, y = face.representative_point().coords[0]
        at = river.project(shapely.Point(x, y))
        a, b = river.interpolate(max(0, at - 5)), river.interpolate(at + 5)
        left = (b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x) > 0
        parts[NORTH_OF_RIVER if left else SOUTH_OF_RIVER].append(face)
    for code, faces_of in parts.items():
        named[code] = shapely.unary_union(faces_of).intersection(border)


def _one(area: shapely.Geometry) -> shapely.Polygon:
    """The largest part where an area fell apart."""
    parts = [p for p in shapely.get_parts(area) if p.geom_type == "Polygon"]
    return max(parts, key=lambda p: p.area)


def locate(districts: pd.DataFrame, xy: np.ndarray) -> np.ndarray:
    """District code of points on the plane; the nearest where a point lies on a border."""
    tree = shapely.STRtree(districts["geometry"].to_numpy())
    return districts["code"].to_numpy()[tree.nearest(shapely.points(xy))]
