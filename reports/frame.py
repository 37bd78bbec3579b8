"""The map frame of a printed sheet: which ground it shows, at which round scale, and where the fixed boxes lie."""

from dataclasses import dataclass
from math import ceil, floor, log10

import geopandas as gpd
import numpy as np
import pyproj

from geo.crs import metric_crs, transformer

PAGE_MM = (420.0, 297.0)
MARGIN_MM, TITLE_MM, FOOT_MM, GAP_MM = 11.0, 19.0, 21.0, 4.0
_STEPS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 7.5, 10.0)


@dataclass(frozen=True)
class Box:
    """A rectangle on the page in millimetres from the lower left corner."""

    x: float
    y: float
    w: float
    h: float

    def of_page(self) -> tuple[float, float, float, float]:
        """As fractions of the page, for matplotlib."""
        return self.x / PAGE_MM[0], self.y / PAGE_MM[1], self.w / PAGE_MM[0], self.h / PAGE_MM[1]


@dataclass(frozen=True)
class Frame:
    """The map's box on the page, the panel beside or below it, and the ground shown, in metres of `crs`."""

    box: Box
    panel: Box
    panel_below: bool
    crs: pyproj.CRS
    west_m: float
    south_m: float
    scale: int

    @property
    def width_m(self) -> float:
        """Ground across the frame."""
        return self.box.w / 1000 * self.scale

    @property
    def height_m(self) -> float:
        """Ground up the frame."""
        return self.box.h / 1000 * self.scale

    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in metres."""
        return self.west_m, self.south_m, self.west_m + self.width_m, self.south_m + self.height_m

    def to_mm(self, xy: np.ndarray) -> np.ndarray:
        """Metres of the ground to millimetres within the frame."""
        return (np.asarray(xy, float) - (self.west_m, self.south_m)) / self.scale * 1000


def round_scale(least: float) -> int:
    """The next scale number a person would print: 1, 1.2, 1.5, 2, 2.5 ... times a power of ten, at least `least`."""
    power = 10 ** floor(log10(max(least, 1)))
    return int(next(step for step in _STEPS if step * power >= least * (1 - 1e-9)) * power)


def boxes(aspect: float, panel_mm: float = 62.0, long_list: bool = False) -> tuple[Box, Box, bool]:
    """Map box, panel box and whether the panel lies below, for ground `aspect` times as wide as high.

    `panel_mm` is how high a panel below must be for its list; beside the map, only a long list makes the panel wide.
    """
    inner_w, inner_h = PAGE_MM[0] - 2 * MARGIN_MM, PAGE_MM[1] - 2 * MARGIN_MM - TITLE_MM - FOOT_MM
    left, low = MARGIN_MM, MARGIN_MM + FOOT_MM
    if aspect > 2.1:
        high = inner_h - GAP_MM - max(min(panel_mm, inner_h - 130.0), 52.0)
        return (Box(left, low + inner_h - high, inner_w, high), Box(left, low, inner_w, inner_h - high - GAP_MM), True)
    wide = min(max(inner_h * aspect, 190.0), inner_w - 84.0) if long_list else inner_w - 84.0
    return Box(left, low, wide, inner_h), Box(left + wide + GAP_MM, low, inner_w - wide - GAP_MM, inner_h), False


def extent_m(frames: list[gpd.GeoDataFrame], crs: pyproj.CRS) -> tuple[float, float, float, float] | None:
    """The ground all frames cover, in metres of `crs`; None where they hold nothing."""
    found = [frame.to_crs(crs).total_bounds for frame in frames if len(frame) and not frame.geometry.is_empty.all()]
    if not found:
        return None
    every = np.array(found)
    return (*every[:, :2].min(axis=0), *every[:, 2:].max(axis=0))


def frame_for(frames: list[gpd.GeoDataFrame], crs: pyproj.CRS | str | None = None, least_m: float = 2000.0,
              panel_mm: float = 62.0, long_list: bool = False) -> Frame:
    """Lay out the sheet for what must be seen; the ground is enlarged to fill the box at a round scale."""
    some = [frame for frame in frames if len(frame)]
    if crs is None:
        bounds = np.array([frame.to_crs(4490).total_bounds for frame in some])
        crs = metric_crs((*bounds[:, :2].min(axis=0), *bounds[:, 2:].max(axis=0)))
    crs = pyproj.CRS.from_user_input(crs)
    west, south, east, north = extent_m(some, crs) or (0.0, 0.0, least_m, least_m)
    width, height = max(east - west, least_m), max(north - south, least_m)
    box, panel, below = boxes(width / height, panel_mm, long_list)
    pad = 0.05
    scale = round_scale(max(width * (1 + 2 * pad) / box.w, height * (1 + 2 * pad) / box.h) * 1000)
    ground_w, ground_h = box.w / 1000 * scale, box.h / 1000 * scale
    return Frame(box, panel, below, crs, (west + east - ground_w) / 2, (south + north - ground_h) / 2, scale)


def bar_m(frame: Frame, most_mm: float = 70.0) -> float:
    """A round length in metres for the scale bar, at most `most_mm` long on paper."""
    most = most_mm / 1000 * frame.scale
    power = 10 ** floor(log10(most))
    return max(step * power for step in (1.0, 2.0, 4.0, 5.0) if step * power <= most)


def graticule(frame: Frame, about: int = 5) -> tuple[list[tuple[float, np.ndarray]], list[tuple[float, np.ndarray]]]:
    """Meridians and parallels across the frame: (degrees, metres (n, 2)), at a spacing of whole minutes."""
    west, south, east, north = frame.bounds()
    back = transformer(frame.crs, 4490)
    edge = np.linspace(0, 1, 20)
    xs = np.concatenate([west + edge * (east - west)] * 2 + [np.full(20, west), np.full(20, east)])
    ys = np.concatenate([np.full(20, south), np.full(20, north)] + [south + edge * (north - south)] * 2)
    lon, lat = (np.asarray(values) for values in back.transform(xs, ys))
    steps = (0.5, 1, 2, 3, 5, 10, 15, 20, 30, 60, 120, 300)
    step = next((minutes for minutes in steps if np.ptp(lon) * 60 / minutes <= about), 600) / 60
    ahead = transformer(4490, frame.crs)

    def line(value: float, along: np.ndarray, meridian: bool) -> tuple[float, np.ndarray]:
        fixed = np.full(len(along), value)
        return value, np.column_stack(ahead.transform(*((fixed, along) if meridian else (along, fixed))))

    def values(numbers: np.ndarray) -> list[float]:
        return [i * step for i in range(ceil(numbers.min() / step), floor(numbers.max() / step) + 1)]
    lats, lons = np.linspace(lat.min(), lat.max(), 60), np.linspace(lon.min(), lon.max(), 60)
    return [line(v, lats, True) for v in values(lon)], [line(v, lons, False) for v in values(lat)]


def crs_words(crs: pyproj.CRS, lang: str) -> str:
    """The reference system as a map's foot names it, with its code."""
    code = crs.to_epsg()
    tail = f" (EPSG:{code})" if code else ""
    middle = next((item.value for item in (crs.coordinate_operation.params if crs.coordinate_operation else [])
                   if item.name == "Longitude of natural origin"), None)
    if lang == "zh" and crs.name.startswith("CGCS2000") and middle is not None:
        return f"2000国家大地坐标系，高斯-克吕格投影，中央经线 {middle:g}°E{tail}"
    return f"{crs.name}{tail}"


def degrees(value: float, lon: bool) -> str:
    """A graticule label in degrees and minutes (and half minutes)."""
    seconds = round(abs(value) * 3600)
    tail = f"{seconds % 60:02d}″" if seconds % 60 else ""
    side = ("E" if value >= 0 else "W") if lon else ("N" if value >= 0 else "S")
    return f"{seconds // 3600}°{seconds // 60 % 60:02d}′{tail}{side}"
