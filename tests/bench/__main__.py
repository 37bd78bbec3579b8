"""``make bench``: our functions against named peers in one run, as ratios with their spread, and what each answered."""

import sys
import time
from pathlib import Path

import geopandas as gpd
import numpy as np

CHECKOUT = Path(__file__).parents[2]
sys.path.insert(0, str(CHECKOUT))

from geo.locate import locate  # noqa: E402
from tests.worlds.patrol_world import rivers  # noqa: E402

ROUNDS = 5


def peer_locate(points: gpd.GeoDataFrame, reaches: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Plain GeoPandas: nearest join, then the projection on the line found."""
    joined = gpd.sjoin_nearest(points, reaches, max_distance=150, distance_col="offset_m")
    joined = joined[~joined.index.duplicated()]
    lines = gpd.GeoSeries(reaches.geometry.to_numpy()[joined["index_right"]], index=joined.index, crs=reaches.crs)
    return joined.assign(chainage_m=lines.project(joined.geometry))


def timed(function, *arguments) -> tuple[float, object]:
    """Seconds and result of one call."""
    begun = time.perf_counter()
    result = function(*arguments)
    return time.perf_counter() - begun, result


def main() -> None:
    """Time both in turn, several rounds, and print the ratio."""
    reaches = rivers(seed=7, n=60).reset_index(drop=True)
    chance = np.random.default_rng(7)
    vertices = np.concatenate([np.asarray(line.coords)[:, :2] for line in reaches.geometry])
    picked = vertices[chance.integers(0, len(vertices), 50_000)] + chance.normal(0, 30, (50_000, 2))
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*picked.T), crs=reaches.crs)
    locate(points.iloc[:100], reaches, within_m=150)          # compiled kernels, if any, are made before the clock starts
    ratios = []
    for _ in range(ROUNDS):
        ours_s, ours = timed(lambda: locate(points, reaches, within_m=150))
        peer_s, peer = timed(peer_locate, points, reaches)
        ratios.append(peer_s / ours_s)
    same = (ours["reach_id"].reindex(peer.index) == peer["reach_id"]).mean()
    print(f"locate 50,000 points / {len(reaches)} reaches: {np.median(ratios):.1f} times GeoPandas sjoin_nearest + project "
          f"(min {min(ratios):.1f}, max {max(ratios):.1f}, {ROUNDS} rounds); same reach {same:.4%}")


if __name__ == "__main__":
    main()
