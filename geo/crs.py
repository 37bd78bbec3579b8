"""Coordinate reference systems: the Chinese zones, a metric frame for any data, and no silent datum shift."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from pyproj.crs import BoundCRS
from pyproj.crs.coordinate_operation import ToWGS84Transformation

from geo.faults import Fault

# EPSG v11 arithmetic: code = base + zone number. (datum, zone width in degrees) -> (prefixed easting, central meridian)
ZONE_BASE: dict[tuple[str, int], tuple[int, int]] = {
    ("cgcs2000", 3): (4488, 4509),
    ("xian80", 3): (2324, 2345),
    ("beijing54", 3): (2376, 2397),
    ("cgcs2000", 6): (4478, 4489),
    ("xian80", 6): (2314, 2325),
    ("beijing54", 6): (21400, 21440),
}
ZONE_RANGE = {3: (25, 45), 6: (13, 23)}
GEOGRAPHIC = {"cgcs2000": 4490, "xian80": 4610, "beijing54": 4214, "wgs84": 4326}
CHINA_LON_LAT = (73.0, 3.0, 136.0, 54.5)


def zone3(lon: Any) -> Any:
    """Number of the 3-degree zone of a longitude (central meridian 3n); array in, array out."""
    zone = np.floor((np.asarray(lon, float) + 1.5) / 3).astype(int)
    return int(zone) if zone.ndim == 0 else zone


def zone6(lon: Any) -> Any:
    """Number of the 6-degree zone of a longitude (central meridian 6n - 3); array in, array out."""
    zone = (np.floor(np.asarray(lon, float) / 6) + 1).astype(int)
    return int(zone) if zone.ndim == 0 else zone


def epsg_for(datum: str, zone: int, width_deg: int = 3, prefixed: bool = False) -> int:
    """EPSG code of a Gauss-Kruger zone.

    Parameters
    ----------
    datum : {"cgcs2000", "xian80", "beijing54"}
    zone : int
        25-45 for 3-degree zones, 13-23 for 6-degree zones.
    width_deg : {3, 6}
    prefixed : bool
        True where eastings carry the zone number (38 500 000 rather than 500 000).

    Raises
    ------
    Fault
        ``zone_unknown`` for any other combination.
    """
    bases = ZONE_BASE.get((datum, width_deg))
    if bases is None or not ZONE_RANGE[width_deg][0] <= zone <= ZONE_RANGE[width_deg][1]:
        raise Fault("zone_unknown", datum=datum, zone=zone, width_deg=width_deg)
    return bases[0 if prefixed else 1] + zone


def zone_of_easting(easting_m: float) -> tuple[int, int] | None:
    """(zone, width in degrees) carried by an eight-digit easting; None where it carries none."""
    zone = int(easting_m // 1_000_000)
    for width_deg, (first, last) in ZONE_RANGE.items():
        if first <= zone <= last:
            return zone, width_deg
    return None


def gauss_kruger_candidates(easting_m: float, lon: float | None = None) -> list[dict[str, Any]]:
    """Every Gauss-Kruger system an easting can belong to.

    A prefixed easting names its zone, leaving the datum open (three answers). A six-digit easting names nothing:
    all zones of all datums, or, given about where it is (`lon`), the one 3-degree and the one 6-degree zone there.

    Returns
    -------
    list of dict
        ``datum, zone, width_deg, prefixed, epsg``; empty where no easting looks like that.
    """
    carried = zone_of_easting(easting_m)
    if carried is not None:
        zones, prefixed = [carried], True
    elif not 0 < easting_m < 1_000_000:
        return []
    elif lon is not None:
        zones, prefixed = [(zone3(lon), 3), (zone6(lon), 6)], False
    else:
        zones, prefixed = [(z, w) for w, (a, b) in ZONE_RANGE.items() for z in range(a, b + 1)], False
    return [
        {"datum": datum, "zone": zone, "width_deg": width, "prefixed": prefixed,
         "epsg": epsg_for(datum, zone, width, prefixed)}
        for datum in ("cgcs2000", "xian80", "beijing54")
        for zone, width in zones
        if ZONE_RANGE[width][0] <= zone <= ZONE_RANGE[width][1]
    ]  # fmt: skip


def is_metric(crs: Any) -> bool:
    """True for a projected system in metres that keeps lengths (Web Mercator does not)."""
    crs = pyproj.CRS.from_user_input(crs)
    if not crs.is_projected:
        return False
    method = (crs.coordinate_operation.method_name if crs.coordinate_operation else "").lower()
    keeps_length = not any(word in method for word in ("pseudo mercator", "pseudo-mercator", "equidistant cylindrical"))
    return keeps_length and all(axis.unit_name in ("metre", "meter") for axis in crs.axis_info[:2])


def zone_crs(lon: float, lat: float) -> pyproj.CRS:
    """The metric system a place is measured in: its own CGCS2000 3-degree zone in China, its UTM zone elsewhere."""
    west, south, east, north = CHINA_LON_LAT
    zone = zone3(lon)
    if west <= lon <= east and south <= lat <= north and ZONE_RANGE[3][0] <= zone <= ZONE_RANGE[3][1]:
        return pyproj.CRS.from_epsg(epsg_for("cgcs2000", zone))
    utm = int(np.clip((lon + 180) // 6 + 1, 1, 60))
    return pyproj.CRS.from_epsg((32600 if lat >= 0 else 32700) + utm)


def metric_crs(bounds_or_gdf: Any) -> pyproj.CRS:
    """A system in metres for lon/lat bounds or for data.

    Parameters
    ----------
    bounds_or_gdf : sequence (west, south, east, north) in degrees, GeoDataFrame or GeoSeries
        Data already in a length-keeping metric system keeps it.

    Raises
    ------
    Fault
        ``crs_missing`` for data without CRS, ``empty_layer`` for data without a place.
    """
    if hasattr(bounds_or_gdf, "total_bounds"):
        crs = known_crs(bounds_or_gdf)
        if is_metric(crs):
            return crs
        west, south, east, north = bounds_or_gdf.total_bounds
        if not crs.is_geographic:
            west, south, east, north = pyproj.Transformer.from_crs(
                crs, 4326, always_xy=True).transform_bounds(west, south, east, north)  # fmt: skip
    else:
        west, south, east, north = bounds_or_gdf
    if not np.all(np.isfinite([west, south, east, north])):
        raise Fault("empty_layer")
    return zone_crs((west + east) / 2, (south + north) / 2)


def known_crs(gdf: Any) -> pyproj.CRS:
    """The CRS of a GeoDataFrame or GeoSeries; Fault ``crs_missing`` where it has none."""
    if getattr(gdf, "crs", None) is None:
        raise Fault("crs_missing")
    return gdf.crs


def old_datum(crs: Any) -> str | None:
    """``xian80`` or ``beijing54`` where a CRS stands on one of the old datums without parameters, else None."""
    crs = pyproj.CRS.from_user_input(crs)
    if crs.is_bound:
        return None
    datum = crs.geodetic_crs.datum if crs.geodetic_crs is not None else None
    name = (datum.name if datum is not None else "").lower().replace("'", "").replace("_", " ")
    ellipsoid = (crs.ellipsoid.name if crs.ellipsoid is not None else "").lower()
    unnamed = "unknown" in name or "not specified" in name
    if "xian" in name or (unnamed and ("iag" in ellipsoid or "1975" in ellipsoid)):
        return "xian80"
    if "beijing" in name or (unnamed and "krass" in ellipsoid):
        return "beijing54"
    return None


def transformer(source: Any, target: Any, parameters: Sequence[float] | None = None) -> Any:
    """A lon/lat-ordered transformer which refuses to pretend that an old datum is a new one.

    Parameters
    ----------
    source, target : anything pyproj takes
    parameters : 3 or 7 numbers, optional
        Position-vector shift of the *source* to WGS 84 (dx, dy, dz in m, rx, ry, rz in arc-seconds, ds in ppm).

    Raises
    ------
    Fault
        ``datum_parameters_needed`` for Xi'an 80 or Beijing 54 against any other datum without parameters: PROJ would
        answer with a null shift, tens of metres to over 100 m wrong.
    """
    source, target = pyproj.CRS.from_user_input(source), pyproj.CRS.from_user_input(target)
    if old_datum(source) != old_datum(target):
        if parameters is None or old_datum(target) is not None:
            raise Fault("datum_parameters_needed", source=source.name, target=target.name)
        shift = list(map(float, parameters)) + [0.0] * (7 - len(parameters))
        operation = ToWGS84Transformation(source.geodetic_crs, *shift)
        bound = BoundCRS(source_crs=source, target_crs="EPSG:4326", transformation=operation)
        return ViaWgs84(bound, target)
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


class ViaWgs84:
    """Two steps over WGS 84: asked directly, PROJ prefers its null shift between geographic systems to the parameters."""

    def __init__(self, bound: BoundCRS, target: pyproj.CRS) -> None:
        self.first = pyproj.Transformer.from_crs(bound, 4326, always_xy=True)
        self.second = pyproj.Transformer.from_crs(4326, target, always_xy=True)

    def transform(self, x: Any, y: Any) -> Any:
        """As `pyproj.Transformer.transform`."""
        return self.second.transform(*self.first.transform(x, y))


def transform(gdf: Any, to: Any, parameters: Sequence[float] | None = None) -> Any:
    """A GeoDataFrame or GeoSeries in another CRS (see `transformer` for what is refused).

    Raises
    ------
    Fault
        ``crs_missing``, ``datum_parameters_needed``.
    """
    source, target = known_crs(gdf), pyproj.CRS.from_user_input(to)
    if source == target:
        return gdf
    move = transformer(source, target, parameters)
    if parameters is None:
        return gdf.to_crs(target)
    geometry = gdf.geometry if isinstance(gdf, gpd.GeoDataFrame) else gdf
    moved = gpd.GeoSeries(
        shapely.transform(geometry.to_numpy(), move.transform, interleaved=False), index=geometry.index, crs=target)  # fmt: skip
    return gdf.set_geometry(moved) if isinstance(gdf, gpd.GeoDataFrame) else moved


def to_metric(gdf: Any, crs: Any = None) -> Any:
    """Data in metres: in `crs`, or in its own metric system (`metric_crs`)."""
    return transform(gdf, metric_crs(gdf) if crs is None else crs)
