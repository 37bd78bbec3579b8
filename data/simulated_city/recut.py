"""One reach was drawn anew from a survey on 1 April 2026: the old, coarser line is kept as the earlier version."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.simulated_city.shapes import normals, resample, stored
from data.simulated_city.world import Ground

RECUT_ON = pd.Timestamp("2026-04-01")


def old_line(g: Ground) -> gpd.GeoDataFrame:
    """The line that held until the survey: same ends, fewer vertices, up to 60 m off the surveyed one."""
    rows = g.reaches.table
    long = rows[(rows["river_code"] == "MN-YL") & (rows["plane"].map(lambda line: line.length) > 4000)]
    row = long.iloc[len(long) // 2]
    xy = resample(np.asarray(row["plane"].coords), 300)
    share = np.linspace(0, 1, len(xy))
    moved = xy + normals(xy) * (45 * np.sin(np.pi * share) * np.sign(np.sin(9 * share)))[:, None]
    moved[0], moved[-1] = xy[0], xy[-1]
    line = shapely.LineString(moved)
    return gpd.GeoDataFrame(
        {
            "reach_code": [row["code"]],
            "valid_to": [RECUT_ON - pd.Timedelta(days=1)],
            "new_valid_from": [RECUT_ON],
            "old_length_m": [line.length],
            "new_length_m": [row["plane"].length],
        },
        geometry=[stored(line)],
        crs=4490,
    )
