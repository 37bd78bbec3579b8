"""GCJ-02 and BD-09, the shifted coordinates of Chinese maps, and their exact inverses.

The public formula agrees with map vendors' output within 0.64-0.73 m (constants: a = 6378245, ee as below); no
implementation can claim better. Inverses iterate to 1e-10 degrees.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from geo.faults import Fault

_A = 6378245.0
_EE = 0.00669342162296594323
_K = np.pi * 3000.0 / 180.0
_OUTER = (72.004, 0.8293, 137.8347, 55.8271)  # the formula is only defined to be used in and near China

Pair = tuple[Any, Any]


def _waves(v: np.ndarray, amplitudes: tuple[float, float, float, float], far: tuple[float, float]) -> np.ndarray:
    a, b, c, d = amplitudes
    return (a * np.sin(v * np.pi) + b * np.sin(v * np.pi / 3) + c * np.sin(v * np.pi / far[0]) + d * np.sin(
        v * np.pi / far[1])) * 2 / 3  # fmt: skip


def _shift_deg(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    ripple = (20 * np.sin(6 * x * np.pi) + 20 * np.sin(2 * x * np.pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple
    north = north + _waves(y, (20, 40, 160, 320), (12, 30))
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple
    east = east + _waves(x, (20, 40, 150, 300), (12, 30))
    phi = np.radians(lat)
    m = 1 - _EE * np.sin(phi) ** 2
    dlat = np.degrees(north / (_A * (1 - _EE) / (m * np.sqrt(m))))
    dlon = np.degrees(east / (_A / np.sqrt(m) * np.cos(phi)))
    inside = (lon >= _OUTER[0]) & (lon <= _OUTER[2]) & (lat >= _OUTER[1]) & (lat <= _OUTER[3])
    return np.where(inside, dlon, 0.0), np.where(inside, dlat, 0.0)


def _arrays(lon: Any, lat: Any) -> tuple[np.ndarray, np.ndarray]:
    return np.asarray(lon, float), np.asarray(lat, float)


def _inverse(forward: Callable[[Any, Any], Pair], lon: Any, lat: Any) -> Pair:
    lon, lat = _arrays(lon, lat)
    guess_lon, guess_lat = lon, lat
    for _ in range(12):
        out_lon, out_lat = forward(guess_lon, guess_lat)
        step_lon, step_lat = lon - out_lon, lat - out_lat
        guess_lon, guess_lat = guess_lon + step_lon, guess_lat + step_lat
        if not np.any(np.abs(step_lon) + np.abs(step_lat) > 1e-10):
            break
    return guess_lon, guess_lat


def wgs84_to_gcj02(lon: Any, lat: Any) -> Pair:
    """WGS 84 degrees to GCJ-02 degrees (高德, 腾讯); scalars or arrays, NaN stays NaN, unchanged far from China."""
    lon, lat = _arrays(lon, lat)
    dlon, dlat = _shift_deg(lon, lat)
    return lon + dlon, lat + dlat


def gcj02_to_wgs84(lon: Any, lat: Any) -> Pair:
    """GCJ-02 degrees to WGS 84 degrees, iterated."""
    return _inverse(wgs84_to_gcj02, lon, lat)


def gcj02_to_bd09(lon: Any, lat: Any) -> Pair:
    """GCJ-02 degrees to BD-09 degrees (百度)."""
    lon, lat = _arrays(lon, lat)
    z = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _K)
    theta = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _K)
    return z * np.cos(theta) + 0.0065, z * np.sin(theta) + 0.006


def bd09_to_gcj02(lon: Any, lat: Any) -> Pair:
    """BD-09 degrees to GCJ-02 degrees, iterated."""
    return _inverse(gcj02_to_bd09, lon, lat)


def wgs84_to_bd09(lon: Any, lat: Any) -> Pair:
    """WGS 84 degrees to BD-09 degrees."""
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def bd09_to_wgs84(lon: Any, lat: Any) -> Pair:
    """BD-09 degrees to WGS 84 degrees, iterated."""
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


def to_wgs84(lon: Any, lat: Any, datum: str) -> Pair:
    """Degrees of any supported datum to WGS 84 degrees.

    Parameters
    ----------
    lon, lat : float or array
    datum : {"wgs84", "cgcs2000", "gcj02", "bd09"}
        CGCS2000 and WGS 84 are equal at this accuracy.

    Raises
    ------
    Fault
        ``datum_unknown``.
    """
    if datum in ("wgs84", "cgcs2000"):
        return _arrays(lon, lat)
    if datum == "gcj02":
        return gcj02_to_wgs84(lon, lat)
    if datum == "bd09":
        return bd09_to_wgs84(lon, lat)
    raise Fault("datum_unknown", datum=datum)
