"""Curves and blobs of an invented landscape, in metres on the city's plane."""

from collections.abc import Sequence

import numpy as np
import pyproj
import shapely

CITY_CRS = "EPSG:4547"
ORIGIN_LON, ORIGIN_LAT = 112.62, 34.62
# The city's own plane keeps lengths within 4 cm a kilometre of the geodesic ones that chainage is counted in.
_PLANE = f"+proj=tmerc +lon_0={ORIGIN_LON} +lat_0={ORIGIN_LAT} +k=1 +x_0=500000 +y_0=500000 +ellps=GRS80 +units=m"
_TO_PLANE = pyproj.Transformer.from_crs(pyproj.CRS(4490), pyproj.CRS(_PLANE), always_xy=True)
_EAST0, _NORTH0 = _TO_PLANE.transform(ORIGIN_LON, ORIGIN_LAT)


def plane_to_lonlat(xy: np.ndarray) -> np.ndarray:
    """Lon/lat rounded to 1e-7 degrees (a centimetre) of points on the city's plane."""
    xy = np.asarray(xy, float)
    lon, lat = _TO_PLANE.transform(xy[..., 0], xy[..., 1], direction="INVERSE")
    return np.round(np.stack([lon, lat], axis=-1), 7)


def lonlat_to_plane(lonlat: np.ndarray) -> np.ndarray:
    """Points on the city's plane of lon/lat."""
    lonlat = np.asarray(lonlat, float)
    return np.stack(_TO_PLANE.transform(lonlat[..., 0], lonlat[..., 1]), axis=-1)


def km(points: Sequence[tuple[float, float]]) -> np.ndarray:
    """Points given in kilometres from the city's centre, on the plane in metres."""
    return np.asarray(points, float) * 1000 + (_EAST0, _NORTH0)


def stored(geometry: shapely.Geometry) -> shapely.Geometry:
    """A shape of the plane as it is stored: lon/lat, rounded."""
    return shapely.transform(geometry, plane_to_lonlat)


def on_plane(geometry: shapely.Geometry) -> shapely.Geometry:
    """A stored shape back on the plane."""
    return shapely.transform(geometry, lonlat_to_plane)


def arc(xy: np.ndarray) -> np.ndarray:
    """Distance along a line at each of its vertices."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])


def resample(xy: np.ndarray, step_m: float) -> np.ndarray:
    """The same course with vertices about `step_m` apart; both ends kept exactly."""
    s = arc(xy)
    at = np.linspace(0, s[-1], max(2, round(s[-1] / step_m) + 1))
    out = np.stack([np.interp(at, s, xy[:, 0]), np.interp(at, s, xy[:, 1])], axis=1)
    out[0], out[-1] = xy[0], xy[-1]
    return out


def spline(points: np.ndarray, step_m: float) -> np.ndarray:
    """A smooth course through all points (Catmull-Rom)."""
    p = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    t = np.linspace(0, 1, 24, endpoint=False)[:, None]
    parts = []
    for a, b, c, d in zip(p[:-3], p[1:-2], p[2:-1], p[3:], strict=True):
        parts.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    return resample(np.vstack([*parts, points[-1:]]), step_m)


def normals(xy: np.ndarray) -> np.ndarray:
    """Unit vectors to the left of the direction of the line, one a vertex."""
    d = np.gradient(xy, axis=0)
    d /= np.maximum(np.hypot(*d.T), 1e-9)[:, None]
    return np.stack([-d[:, 1], d[:, 0]], axis=1)


def slow_noise(rng: np.random.Generator, s: np.ndarray, scale_m: float) -> np.ndarray:
    """Smooth noise along a line, about -1 to 1, changing over `scale_m`."""
    knots = np.arange(s[0] - scale_m, s[-1] + 2 * scale_m, scale_m)
    return np.interp(s, knots, rng.uniform(-1, 1, len(knots)))


def meander(xy: np.ndarray, width_m: float, rng: np.random.Generator, strength: float = 1.0) -> np.ndarray:
    """Bends as wide as the water is: wavelength about eleven widths, ends kept."""
    wave_m = 11 * width_m + 320
    course = resample(xy, wave_m / 15)
    s = arc(course)
    phase = np.cumsum(np.gradient(s) * (1 + 0.35 * slow_noise(rng, s, 2.5 * wave_m))) * 2 * np.pi / wave_m
    size = 0.17 * wave_m * strength * (0.62 + 0.38 * slow_noise(rng, s, 3 * wave_m))
    drift = 0.5 * wave_m * strength * slow_noise(rng, s, 4 * wave_m)
    taper = np.clip(np.minimum(s, s[-1] - s) / (1.2 * wave_m), 0, 1)
    swing = (size * np.sin(phase + rng.uniform(0, 6.28)) + _smooth(drift, 31)) * taper
    bent = course + normals(_smooth_line(course))[:] * swing[:, None]
    bent[0], bent[-1] = xy[0], xy[-1]
    return bent


def _smooth(values: np.ndarray, window: int) -> np.ndarray:
    window = min(window, len(values) // 2 * 2 - 1)
    if window < 3:
        return values
    padded = np.pad(values, window // 2, mode="edge")
    return np.convolve(padded, np.ones(window) / window, mode="valid")


def _smooth_line(xy: np.ndarray) -> np.ndarray:
    return np.stack([_smooth(xy[:, 0], 9), _smooth(xy[:, 1], 9)], axis=1)


def blob(centre: np.ndarray, radius_m: float, rng: np.random.Generator, stretch: float = 1.4) -> shapely.Polygon:
    """A rounded, irregular area such as a pond."""
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    r = np.ones(40)
    for k in (2, 3, 5):
        r += rng.uniform(0.05, 0.16) * np.sin(k * angle + rng.uniform(0, 6.28))
    turn = rng.uniform(0, np.pi)
    x, y = r * np.cos(angle) * radius_m * stretch, r * np.sin(angle) * radius_m / stretch
    return shapely.Polygon(np.stack([x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)], 1) + centre)


def jagged(a: np.ndarray, b: np.ndarray, rng: np.random.Generator, depth: int = 5, rough: float = 0.09) -> np.ndarray:
    """A border that wanders between two corners (midpoint displacement)."""
    points = np.array([a, b])
    for _ in range(depth):
        step = np.diff(points, axis=0)
        mid = (points[1:] + points[:-1]) / 2 + np.stack([-step[:, 1], step[:, 0]], 1) * rng.uniform(-rough, rough, (len(step), 1))
        merged = np.empty((2 * len(points) - 1, 2))
        merged[::2], merged[1::2] = points, mid
        points = merged
    return points
