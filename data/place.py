"""Where a point lies: which reach, how far along, which bank, in which district. Derived, stamped, never the truth itself."""

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.locate import locate

COLUMNS = ("reach_code", "chainage_m", "offset_m", "bank", "tied", "district_code")


def districts_at(points: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> pd.Series:
    """Return the code of the district each point lies in, None outside all of them; a shared border takes the first."""
    codes = pd.Series([None] * len(points), index=points.index, dtype=object)
    if len(points) == 0 or len(districts) == 0:
        return codes
    tree = districts.sindex
    pairs = tree.query(points.geometry.to_numpy(), predicate="intersects")
    for point, district in zip(pairs[0][::-1], pairs[1][::-1], strict=True):
        codes.iloc[point] = districts["code"].iloc[district]
    return codes


def stamp(lon: np.ndarray, lat: np.ndarray, reaches: gpd.GeoDataFrame, districts: gpd.GeoDataFrame,
          within_m: float) -> pd.DataFrame:
    """Return ``COLUMNS`` for each lon/lat; null where no reach lies within ``within_m`` or no district contains it."""
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat), crs="EPSG:4490")
    if len(reaches):
        found = locate(points, reaches, within_m=within_m).rename(columns={"reach_id": "reach_code"})
    else:
        found = pd.DataFrame({"reach_code": None, "chainage_m": np.nan, "offset_m": np.nan, "bank": None,
                              "tied": False}, index=points.index)
    found["district_code"] = districts_at(points, districts)
    return found[list(COLUMNS)]
