"""When reaches or districts come late: rows entered before them get their place now, and the audit says so."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import sqlalchemy as sa

from data import place
from data.standards import rule
from data.store import read, schema
from data.store.values import plain
from data.store.write import PLACED_LAYERS, Tx


def restamp(tx: Tx) -> int:
    """Place live rows that lie on no live reach or in no live district; returns how many got a new place."""
    reaches, districts = tx.ground("reach"), tx.ground("district")
    done = 0
    for table in (schema.FEATURE, *(t for t in schema.RECORD.values() if "lon" in t.c and "reach_code" in t.c)):
        rows = _adrift(tx, table, set(reaches["code"]), set(districts["code"]))
        if not len(rows):
            continue
        points = gpd.GeoSeries(rows["point"], crs=read.CRS)
        on_river = rows["on_river"].to_numpy(bool)
        within_m = float(rule("limits", tx.now.date(), id="place_within")["value"])
        found = place.stamp(points.x.to_numpy(), points.y.to_numpy(), reaches.rename(columns={"code": "reach_id"}), districts,
                            within_m)
        done += sum(_write(tx, table, row, new) for (_, row), (_, new), wet in
                    zip(rows.iterrows(), found.iterrows(), on_river, strict=True) if _changed(row, new, wet))
    return done


def _adrift(tx: Tx, table: sa.Table, reaches: set[str], districts: set[str]) -> pd.DataFrame:
    """Return id, kind, point and present codes of the live rows whose reach or district is not there."""
    placed = [table.c.id, table.c.reach_code, table.c.district_code]
    if table is schema.FEATURE:
        query = sa.select(*placed, table.c.layer.label("kind"), table.c.geometry).where(
            read.live(table), table.c.layer.not_in(("district", "river")), table.c.geometry.is_not(None))
    else:
        query = sa.select(*placed, sa.literal(table.name.rstrip("_")).label("kind"), table.c.lon, table.c.lat).where(
            read.live(table), table.c.lon.is_not(None), table.c.lat.is_not(None))
    rows = pd.DataFrame.from_records([row._asdict() for row in tx.connection.execute(query)])
    if not len(rows):
        return rows
    rows["on_river"] = rows["kind"].isin(PLACED_LAYERS) if table is schema.FEATURE else True
    lost = rows["on_river"] & ~rows["reach_code"].isin(reaches) | ~rows["district_code"].isin(districts)
    rows = rows[lost].reset_index(drop=True)
    if table is schema.FEATURE:
        shapes = shapely.from_wkb(rows["geometry"].to_numpy())
        rows["point"] = np.where(shapely.get_type_id(shapes) == 0, shapes, shapely.point_on_surface(shapes))
    else:
        rows["point"] = shapely.points(rows["lon"].to_numpy(float), rows["lat"].to_numpy(float))
    return rows


def _changed(row: pd.Series, new: pd.Series, wet: bool) -> bool:
    return bool((wet and pd.notna(new["reach_code"]) and new["reach_code"] != row["reach_code"])
                or (pd.notna(new["district_code"]) and new["district_code"] != row["district_code"]))


def _write(tx: Tx, table: sa.Table, row: pd.Series, new: pd.Series) -> bool:
    changes = {"district_code": plain(new["district_code"])} if pd.notna(new["district_code"]) else {}
    if row["on_river"] and pd.notna(new["reach_code"]):
        changes |= {name: plain(new[name]) for name in ("reach_code", "chainage_m", "offset_m", "bank", "tied")}
        changes["network_version"] = tx.network_version()
    tx.connection.execute(table.update().where(table.c.id == row["id"]).values(**changes, version=table.c.version + 1))
    tx.note(row["kind"], row["id"], {"reach_code": plain(row["reach_code"]), "district_code": plain(row["district_code"])},
            changes, "restamp")
    return True
