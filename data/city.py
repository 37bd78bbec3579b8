"""The city a store is for: name, boundary, working CRS, time zone and rule profile. Nothing in the code knows a place."""

import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import shapely
from pyproj import CRS

from geo.faults import Fault


@dataclass(frozen=True)
class City:
    """Configuration of one store; no bounds and no boundary means no area check."""

    name: str = ""
    bounds: tuple[float, float, float, float] | None = None
    boundary: str | None = None          # WKT in lon/lat
    crs: str | None = None               # "EPSG:n", metric
    timezone: str = "Asia/Shanghai"
    profile: str = "henan-2018"

    @property
    def zone(self) -> ZoneInfo:
        """The city's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def area(self) -> shapely.Geometry | None:
        """The boundary, else the bounds as a box, else None."""
        if self.boundary:
            return shapely.from_wkt(self.boundary)
        return shapely.box(*self.bounds) if self.bounds else None

    def as_dict(self) -> dict:
        """Return plain values for keeping in the store."""
        return asdict(self)


def _boundary_of(path: Path) -> str:
    import geopandas as gpd

    if not path.exists():
        raise Fault("city_boundary_missing", file=str(path))
    frame = gpd.read_file(path)
    if frame.crs is None:
        raise Fault("crs_missing", what=path.name)
    return shapely.to_wkt(frame.to_crs("EPSG:4490").geometry.union_all(), rounding_precision=7)


def read_city(path: Path) -> City:
    """Read ``CITY.toml``; each unusable key is a Fault naming it."""
    if not path.exists():
        raise Fault("file_missing", file=str(path))
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise Fault("city_unreadable", file=path.name, reason=str(error)) from None
    unknown = sorted(set(raw) - {"name", "bounds", "boundary", "crs", "timezone", "profile"})
    if unknown:
        raise Fault("city_key_unknown", key=", ".join(unknown))
    bounds = raw.get("bounds")
    if bounds is not None:
        ok = isinstance(bounds, list) and len(bounds) == 4 and all(isinstance(v, int | float) for v in bounds)
        if not ok or not (-180 <= bounds[0] < bounds[2] <= 180 and -90 <= bounds[1] < bounds[3] <= 90):
            raise Fault("city_bounds", value=str(bounds))
    crs = raw.get("crs")
    if crs:
        _check_metric(crs)
    zone = raw.get("timezone", "Asia/Shanghai")
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise Fault("city_timezone", value=zone) from None
    boundary = _boundary_of(path.parent / raw["boundary"]) if raw.get("boundary") else None
    return City(raw.get("name", ""), tuple(bounds) if bounds else None, boundary, crs, zone,
                raw.get("profile", "henan-2018"))


def _check_metric(crs: str) -> None:
    try:
        metric = CRS.from_user_input(crs).is_projected
    except Exception as error:            # pyproj's own error class; anything it cannot read is the caller's value
        raise Fault("city_crs", value=crs) from error
    if not metric:
        raise Fault("city_crs", value=crs)
