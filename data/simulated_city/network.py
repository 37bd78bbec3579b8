"""The drainage network: four rivers, three canals, tributaries, an anabranch, braids and town ditches."""

from dataclasses import dataclass, field

import numpy as np
import shapely

from data.simulated_city.names import Namer
from data.simulated_city.shapes import arc, jagged, km, meander, normals, resample, spline

REACHES = 150
MAIN: dict[str, tuple[str, str, float, float, list[tuple[float, float]]]] = {
    "MN-JL": (
        "甲澜河",
        "province",
        120,
        220,
        [
            (-58, -3),
            (-47, -2),
            (-36, -6),
            (-26, -2),
            (-15, -4),
            (-5, 0),
            (6, -2),
            (16, 3),
            (27, 1),
            (37, 6),
            (47, 5),
            (58, 8),
        ],
    ),
    "MN-YL": (
        "乙岚河",
        "city",
        60,
        130,
        [(-41, -25), (-33, -26), (-24, -21), (-14, -21), (-4, -17), (6, -16), (14, -10), (21, -6), (26, 1)],
    ),
    "MN-BX": ("丙汐河", "city", 35, 80, [(-36, 24), (-29, 21), (-21, 18), (-16, 11), (-9, 7), (-6, 0)]),
    "MN-DM": ("丁沐河", "city", 30, 70, [(3, 31), (9, 25), (8, 18), (14, 11), (16, 3)]),
}
Spot = tuple[str, tuple[float, float]]
CANALS: dict[str, tuple[str, str, float, Spot, Spot, list[tuple[float, float]]]] = {
    "MN-Q1": ("模拟北渠", "fixed", 18, ("MN-BX", (-17, 12)), ("MN-DM", (11, 14)), [(-9, 12.5), (0, 13), (6, 15.5)]),
    "MN-Q2": ("模拟中渠", "fixed", 14, ("MN-BX", (-10, 7)), ("MN-JL", (12, 1)), [(-3, 7), (3, 5), (8, 4.5)]),
    "MN-Q3": ("模拟南渠", "reversible", 24, ("MN-JL", (1, -1)), ("MN-YL", (11, -13)), [(1, -5), (5, -8), (6, -11)]),
}


@dataclass
class River:
    """One named water while the network is drawn: its course on the plane and where others touch it."""

    code: str
    name: str
    kind: str
    level: str
    xy: np.ndarray
    width_from_m: float
    width_to_m: float
    flow: str = "fixed"
    host: str | None = None
    basin_order: int = 1
    cuts: set[int] = field(default_factory=set)
    reach_kind: str = "river"
    town: bool = False

    @property
    def line(self) -> shapely.LineString:
        """The course as a line."""
        return shapely.LineString(self.xy)

    def nearest(self, point: np.ndarray) -> int:
        """Index of the vertex nearest to a point."""
        return int(np.argmin(np.hypot(*(self.xy - point).T)))

    def cut(self, index: int) -> np.ndarray:
        """Make a vertex a node and return it."""
        if 0 < index < len(self.xy) - 1:
            self.cuts.add(index)
        return self.xy[index]

    def width_at(self, share: float) -> float:
        """Bank-to-bank width at a share of the course."""
        return self.width_from_m + (self.width_to_m - self.width_from_m) * share


def city_border(rng: np.random.Generator) -> shapely.Polygon:
    """The border of the whole city."""
    corners = km(
        [
            (-49, -10),
            (-46, -28),
            (-30, -35),
            (-8, -32),
            (14, -35),
            (34, -30),
            (47, -16),
            (51, 2),
            (47, 20),
            (30, 33),
            (12, 36),
            (-10, 33),
            (-32, 34),
            (-45, 22),
            (-51, 6),
        ]
    )
    ring = [jagged(a, b, rng)[:-1] for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True)]
    return shapely.Polygon(np.vstack(ring))


def draw(rng: np.random.Generator, namer: Namer, border: shapely.Polygon) -> dict[str, River]:
    """All waters with their courses; every junction is a shared vertex."""
    rivers: dict[str, River] = {}
    for code, (name, level, narrow, wide, points) in MAIN.items():
        course = km(points)
        if code != "MN-JL":
            host = rivers["MN-JL"]
            course[-1] = host.cut(host.nearest(course[-1]))
        xy = meander(spline(course, 200), (narrow + wide) / 2, rng, 0.8)
        if code == "MN-JL":
            inside = shapely.contains_xy(border.buffer(-200), xy)
            first = int(np.argmax(inside))
            xy = xy[first : len(xy) - int(np.argmax(inside[::-1]))]
        rivers[code] = River(code, name, "river", level, xy, narrow, wide, host=None if code == "MN-JL" else "MN-JL")
    _canals(rivers, rng)
    _side_channels(rivers)
    _ditches(rivers, rng, namer)
    _tributaries(rivers, rng, namer, border)
    return rivers


def _canals(rivers: dict[str, River], rng: np.random.Generator) -> None:
    for code, (name, flow, width, (source, start), (sink, end), via) in CANALS.items():
        a, b = rivers[source], rivers[sink]
        points = np.vstack([a.cut(a.nearest(km([start])[0])), km(via), b.cut(b.nearest(km([end])[0]))])
        xy = resample(spline(points, 60), 120)
        rivers[code] = River(code, name, "canal", "city", xy, width, width, flow, host=sink, reach_kind="canal")


def _side_channels(rivers: dict[str, River]) -> None:
    """An anabranch on the first river and two braids on the second: they leave the stem and come back to it."""
    for code, name, stem, at, length_m, off_m, side, width in (
        ("MN-JL-C", "甲澜河汊河", "MN-JL", (-31, -4), 7000, 1300, -1, 45),
        ("MN-YL-B1", "乙岚河北汊", "MN-YL", (-30, -24), 1700, 260, 1, 24),
        ("MN-YL-B2", "乙岚河南汊", "MN-YL", (-19, -21), 1900, 280, -1, 26),
    ):
        river = rivers[stem]
        i = river.nearest(km([at])[0])
        s = arc(river.xy)
        j = int(np.searchsorted(s, s[i] + length_m))
        base = spline(river.xy[np.linspace(i, j, 6).astype(int)], 80)
        share = np.linspace(0, 1, len(base))
        bulge = off_m * np.sin(np.pi * share) ** 0.7 * side
        xy = base + normals(base) * bulge[:, None]
        xy[0], xy[-1] = river.cut(i), river.cut(j)
        rivers[code] = River(code, name, "tributary", river.level, xy, width, width, host=stem, basin_order=2)


def _ditches(rivers: dict[str, River], rng: np.random.Generator, namer: Namer) -> None:
    """Short channels of the built-up area; three run into each canal or river there."""
    spots = (
        ("MN-Q1", (-10, 12), 1),
        ("MN-Q1", (-3, 13), -1),
        ("MN-Q1", (2, 13), -1),
        ("MN-Q1", (3, 13.5), 1),
        ("MN-Q2", (-1, 6.5), 1),
        ("MN-Q2", (4, 5), 1),
        ("MN-Q2", (7, 4.6), -1),
        ("MN-JL", (5, -2), -1),
        ("MN-JL", (10, 0), -1),
        ("MN-DM", (13, 11), -1),
        ("MN-DM", (14.5, 8), 1),
        ("MN-JL", (-3, 0), -1),
    )
    for k, (stem, at, side) in enumerate(spots):
        river = _grow(rivers, rng, rivers[stem], rivers[stem].nearest(km([at])[0]), side, 1600, 3800, 8, 350, 0.5)
        if river is not None:
            code = f"MN-T{k + 1:02d}"
            width = 6 if not any(r.width_to_m == 6 for r in rivers.values()) else float(rng.integers(8, 13))
            rivers[code] = River(
                code,
                namer.place("沟"),
                "tributary",
                "county",
                river,
                width,
                width,
                host=stem,
                basin_order=3,
                reach_kind="ditch",
                town=True,
            )


def _tributaries(rivers: dict[str, River], rng: np.random.Generator, namer: Namer, border: shapely.Polygon) -> None:
    """Tributaries of the rivers, then tributaries of those, until the network is long enough."""
    inner = border.buffer(-1500)
    for order, (near, far, width, clear, gap_m) in enumerate(((7e3, 15e3, 28, 1500, 5600), (3e3, 6.5e3, 12, 900, 3000)), start=2):
        hosts = [r for r in rivers.values() if r.basin_order == order - 1 and r.kind != "canal"]
        for host in hosts:
            total = arc(host.xy)[-1]
            side = 1
            for s in np.arange(gap_m * 0.6, total - 1500, gap_m):
                length_m = sum(arc(r.xy)[-1] for r in rivers.values())
                if order == 3 and length_m > 765e3:
                    return
                side = -side
                i = int(np.searchsorted(arc(host.xy), s + rng.uniform(-600, 600)))
                xy = _grow(rivers, rng, host, i, side, near, far, width, clear, 1.0, inner)
                if xy is None:
                    continue
                n = sum(1 for r in rivers.values() if r.code.startswith("MN-Z"))
                w = width * rng.uniform(0.7, 1.5)
                level = "county" if order == 2 else "township"
                ending = str(rng.choice(["河", "川"] if order == 2 else ["溪", "涧", "沟"]))
                rivers[f"MN-Z{n + 1:02d}"] = River(
                    f"MN-Z{n + 1:02d}",
                    namer.place(ending),
                    "tributary",
                    level,
                    xy,
                    round(max(8, w * 0.4)),
                    round(w),
                    host=host.code,
                    basin_order=order,
                )


def _grow(
    rivers: dict[str, River],
    rng: np.random.Generator,
    host: River,
    at: int,
    side: int,
    near_m: float,
    far_m: float,
    width_m: float,
    clear_m: float,
    bend: float,
    inner: shapely.Polygon | None = None,
) -> np.ndarray | None:
    """A course that joins `host` at a vertex, drawn upstream from there; None where there is no room."""
    at = int(np.clip(at, 3, len(host.xy) - 4))
    node = host.xy[at]
    if any(abs(arc(host.xy)[c] - arc(host.xy)[at]) < 900 for c in host.cuts):
        return None
    others = shapely.MultiLineString([r.line for r in rivers.values()])
    up = host.xy[max(0, at - 12)] - host.xy[at]
    upstream = np.arctan2(up[1], up[0])
    for attempt in range(14):
        length_m = rng.uniform(near_m, far_m) * (1 - 0.04 * attempt)
        heading = upstream - side * rng.uniform(0.75, 1.25)
        steps = max(6, int(length_m / 700))
        turn = np.cumsum(rng.normal(0, 0.16 * bend, steps)) + np.linspace(0, -side * rng.uniform(-0.2, 0.35), steps)
        d = np.stack([np.cos(heading + turn), np.sin(heading + turn)], 1) * (length_m / steps)
        xy = meander(spline(np.vstack([node, node + np.cumsum(d, axis=0)])[::-1], 90), width_m, rng, 0.9 * bend)
        s_from_end = arc(xy)[-1] - arc(xy)
        far = xy[s_from_end > clear_m * 1.5]
        close = xy[(s_from_end <= clear_m * 1.5) & (s_from_end > 40)]
        if inner is not None and not shapely.contains_xy(inner, far).all():
            continue
        if shapely.distance(shapely.points(far), others).min() < clear_m or not shapely.LineString(xy).is_simple:
            continue
        if len(close) < 2 or shapely.LineString(close).distance(others) < 12 or shapely.LineString(xy[:-1]).crosses(others):
            continue
        host.cut(at)
        return xy
    return None
