"""Where points are: which numbers, which axes, which datum, by evidence; DESIGN §4 says when to ask, repair or store."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from data.intake.limits import limit
from geo import crs as geocrs
from geo import datum as datums
from geo.faults import Fault

DEGREES = ("wgs84", "cgcs2000", "gcj02", "bd09")
SAMPLE = 400


@dataclass
class Ground:
    """What is known of the city before a file comes: its area, the lines of its water."""

    area: shapely.Geometry | None = None
    water: gpd.GeoDataFrame | None = None
    crs: str | None = None
    _tree: Any = None

    def frame(self) -> shapely.Geometry | None:
        """Where points can be expected: the area, else a generous box about the water, else None."""
        if self.area is not None:
            return self.area
        if self.water is None or not len(self.water):
            return None
        west, south, east, north = self.water.total_bounds
        return shapely.box(west - 0.5, south - 0.5, east + 0.5, north + 0.5)

    def distance_m(self, lon: np.ndarray, lat: np.ndarray) -> np.ndarray | None:
        """Distance of each point to the nearest water, None where no water is known."""
        if self.water is None or not len(self.water):
            return None
        if self._tree is None:
            metric = geocrs.to_metric(self.water.geometry)
            move = pyproj.Transformer.from_crs("EPSG:4490", metric.crs, always_xy=True)
            self._tree = (shapely.STRtree(metric.to_numpy()), metric.to_numpy(), move)
        tree, lines, move = self._tree
        points = shapely.points(*move.transform(lon, lat))
        return shapely.distance(points, lines[tree.nearest(points)])


@dataclass
class Placement:
    """The answer. Arrays run with the input; NaN where a point has no place, `why` says why."""

    lon: np.ndarray
    lat: np.ndarray
    orig_x: np.ndarray
    orig_y: np.ndarray
    datum: list[str | None]
    crs: str | None = None
    how: str = "detected"
    repairs: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    why: dict[int, str] = field(default_factory=dict)
    question: tuple[str, list[str], dict[str, Any]] | None = None


def place_points(x: np.ndarray, y: np.ndarray, ground: Ground, *, declared: list[str | None], decided: str | None = None,
                 crs: str | None = None, file_crs: str | None = None) -> Placement:
    """Place points given as numbers.

    `declared` is the datum each row states (heading or column), `decided` the caller's, `crs` the caller's system,
    `file_crs` the file's own (then x, y are in its axis order lon/lat or east/north).
    """
    datum = [decided or d for d in declared]
    out = Placement(x.copy(), y.copy(), x, y, datum)
    good = np.isfinite(x) & np.isfinite(y)
    out.how = "decided" if decided or crs else "declared" if file_crs or any(declared) else "detected"
    if not good.any():
        return out
    zero = good & (x == 0) & (y == 0)
    for i in np.flatnonzero(zero):
        out.why[int(i)] = "coordinates_zero"
    good &= ~zero
    out.lon[~good], out.lat[~good] = np.nan, np.nan
    system = crs or file_crs
    metres = good & ((np.abs(x) > 360) | (np.abs(y) > 360))
    projected = system is not None and pyproj.CRS.from_user_input(system).is_projected
    if projected or (good.any() and metres.sum() * 2 > good.sum()):
        _from_metres(out, good, ground, system if projected else None)
    else:
        _from_degrees(out, good, ground, system, file_crs is not None and not crs)
    if out.question is None:
        _check_area(out, ground)
    return out


def _from_metres(out: Placement, good: np.ndarray, ground: Ground, system: str | None) -> None:
    x, y = out.orig_x, out.orig_y
    old = [d for d in out.datum if d in ("xian80", "beijing54")]
    if old:
        out.question = ("crs", [], {"datum": old[0]})
        return
    if system is None:
        east, north = np.nanmedian(x[good]), np.nanmedian(y[good])
        swapped = geocrs.zone_of_easting(float(north)) is not None and geocrs.zone_of_easting(float(east)) is None
        carried = geocrs.zone_of_easting(float(north if swapped else east))
        if carried is None:
            out.question = ("crs", _metric_choices(ground), {})
            return
        zone, width = carried
        system = f"EPSG:{geocrs.epsg_for('cgcs2000', zone, width, prefixed=True)}"
        out.repairs.append(("grid_zone", {"zone": zone, "width": width, "crs": system}))
        if swapped:
            x, y = y, x
    elif np.nanmedian(x[good]) > 1_000_000 > np.nanmedian(y[good]) > 0 and _is_gauss(system):
        x, y = y, x            # X north, Y east, as Chinese surveyors write it: an easting without zone has six digits
        out.repairs.append(("axes_swapped", {}))
    out.crs = pyproj.CRS.from_user_input(system).to_string()
    lon, lat = geocrs.transformer(system, "EPSG:4490").transform(x[good], y[good])
    out.lon[good], out.lat[good] = lon, lat
    out.datum = [d or "cgcs2000" for d in out.datum]
    bad = good & ~(np.isfinite(out.lon) & np.isfinite(out.lat))
    out.lon[bad], out.lat[bad] = np.nan, np.nan
    out.why |= {int(i): "coordinates_broken" for i in np.flatnonzero(bad)}


def _is_gauss(system: str) -> bool:
    operation = pyproj.CRS.from_user_input(system).coordinate_operation
    return operation is not None and "transverse mercator" in operation.method_name.lower()


def _metric_choices(ground: Ground) -> list[str]:
    choices = [ground.crs] if ground.crs else []
    frame = ground.frame()
    if frame is not None:
        lon = frame.centroid.x
        for zone, width in ((geocrs.zone3(lon), 3), (geocrs.zone6(lon), 6)):
            first, last = geocrs.ZONE_RANGE[width]
            if first <= zone <= last:
                choices.append(f"EPSG:{geocrs.epsg_for('cgcs2000', zone, width)}")
    return list(dict.fromkeys(choices))


def _from_degrees(out: Placement, good: np.ndarray, ground: Ground, system: str | None, weak: bool) -> None:
    x, y = out.orig_x, out.orig_y
    out.crs = system and pyproj.CRS.from_user_input(system).to_string() or "EPSG:4326"
    if system is not None and not _is_wgs(system):
        lon, lat = geocrs.transformer(system, "EPSG:4490").transform(x[good], y[good])
        out.lon[good], out.lat[good] = lon, lat
    elif _swapped(x[good], y[good], ground, ordered=system is not None):
        out.lon, out.lat = np.where(good, y, np.nan), np.where(good, x, np.nan)
        out.repairs.append(("axes_swapped", {}))
    wrong = good & ((np.abs(out.lon) > 180) | (np.abs(out.lat) > 90))
    for i in np.flatnonzero(wrong):
        out.why[int(i)] = "coordinates_range"
    out.lon[wrong], out.lat[wrong] = np.nan, np.nan
    good = good & ~wrong
    unstated = good & np.array([d is None for d in out.datum])
    if unstated.any() and (out.how == "detected" or weak):
        found = _shifted(out.lon[unstated], out.lat[unstated], ground)
        if found:
            out.question = ("datum", list(DEGREES), found)
            return
    out.datum = [d or "wgs84" for d in out.datum]
    for name in {d for d in out.datum if d in ("gcj02", "bd09")}:
        these = good & np.array([d == name for d in out.datum])
        lon, lat = datums.to_wgs84(out.lon[these], out.lat[these], name)
        out.lon[these], out.lat[these] = lon, lat
    old = next((d for d in out.datum if d in ("xian80", "beijing54")), None)
    if old:
        raise Fault("datum_parameters_needed", source=old, target="CGCS2000")


def _is_wgs(system: str) -> bool:
    code = pyproj.CRS.from_user_input(system).to_epsg(min_confidence=20)
    return code in (4326, 4490)


def _inside(lon: np.ndarray, lat: np.ndarray, frame: shapely.Geometry) -> float:
    return float(np.mean(shapely.intersects_xy(frame, lon, lat))) if len(lon) else 0.0


def _swapped(x: np.ndarray, y: np.ndarray, ground: Ground, ordered: bool) -> bool:
    """Whether only the other axis order can be meant."""
    if not len(x):
        return False
    if np.mean(np.abs(y) > 90) > 0.5 and np.mean(np.abs(x) <= 90) > 0.5:
        return True
    frame = ground.frame()
    if frame is None:
        return False
    return _inside(x, y, frame) < 0.2 and _inside(y, x, frame) > 0.8 and not (ordered and ground.area is None)


def _shifted(lon: np.ndarray, lat: np.ndarray, ground: Ground) -> dict[str, Any] | None:
    """Evidence that undeclared points are GCJ-02 or BD-09: they would lie on the water, as WGS 84 they do not."""
    step = max(1, len(lon) // SAMPLE)
    lon, lat = lon[::step], lat[::step]
    plain = ground.distance_m(lon, lat)
    if plain is None:
        return None
    near_m = limit("near_water_m")
    best: dict[str, Any] | None = None
    for name in ("gcj02", "bd09"):
        moved = ground.distance_m(*datums.to_wgs84(lon, lat, name))
        if moved is None:
            continue
        gain = float(np.mean(moved <= near_m) - np.mean(plain <= near_m))
        if gain >= 0.3 and np.mean(moved <= near_m) >= 0.5 and np.median(moved) < 0.5 * np.median(plain):
            fits = {"datum": name, "as_given_m": round(float(np.median(plain))), "moved_m": round(float(np.median(moved)))}
            if best is None or fits["moved_m"] < best["moved_m"]:
                best = fits
    return best


def _check_area(out: Placement, ground: Ground) -> None:
    if ground.area is None:
        return
    known = np.isfinite(out.lon) & np.isfinite(out.lat)
    inside = np.zeros(len(known), dtype=bool)
    inside[known] = shapely.intersects_xy(ground.area, out.lon[known], out.lat[known])
    for i in np.flatnonzero(known & ~inside):
        out.why[int(i)] = "out_of_area"
    out.lon[known & ~inside], out.lat[known & ~inside] = np.nan, np.nan
