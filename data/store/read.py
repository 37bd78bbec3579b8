"""Rows of the store as frames: one way for every reader, typed and empty-safe."""

import io

import geopandas as gpd
import pandas as pd
import shapely
import sqlalchemy as sa
from sqlalchemy.engine import Connection

import layers
from data import records
from data.store.schema import FEATURE, RECORD
from layers.base import Column

CRS = "EPSG:4490"
KEPT = ("id", "number", "version", "import_id", "created_at", "created_by", "recorded_at", "superseded_at")
PLACED = ("reach_code", "chainage_m", "offset_m", "bank", "tied", "datum", "orig_x", "orig_y", "network_version",
          "district_code")
_NUMBER = {"int": "float64", "float": "float64"}


def live(table: sa.Table) -> sa.ColumnElement[bool]:
    """Return the condition for rows neither withdrawn nor replaced by a later version."""
    return table.c.withdrawn_at.is_(None) & table.c.superseded_at.is_(None)


def _typed(values: pd.Series, kind: str) -> pd.Series:
    if kind == "datetime":
        return pd.to_datetime(values, utc=True, format="ISO8601").astype("datetime64[us, UTC]")
    if kind == "date":
        return pd.to_datetime(values, format="ISO8601").astype("datetime64[us]")
    if kind in _NUMBER:
        return pd.to_numeric(values, errors="coerce").astype("float64")
    if kind in ("bool", "json"):
        return values.astype(object).where(values.notna(), None)
    return values.astype("str").where(values.notna(), None)


def type_frame(frame: pd.DataFrame, columns: tuple[Column, ...]) -> pd.DataFrame:
    """Give every column of ``columns`` its type; a column the rows lack is added empty."""
    typed = {column.name: _typed(frame[column.name] if column.name in frame else
                                 pd.Series([None] * len(frame), index=frame.index, dtype=object), column.kind)
             for column in columns}
    for name in frame.columns:
        if name not in typed:
            typed[name] = _typed(frame[name], "datetime") if name.endswith("_at") else frame[name]
    return pd.DataFrame(typed, index=frame.index)


def features(connection: Connection, layer: str, condition: sa.ColumnElement[bool]) -> gpd.GeoDataFrame:
    """Return the live features of ``layer`` that meet ``condition``, EPSG:4490, in the order they were entered."""
    described = layers.layer(layer)
    wanted = [FEATURE.c[name] for name in (*KEPT, *PLACED, "code", "name", "attributes", "geometry")]
    rows = connection.execute(sa.select(*wanted).where(FEATURE.c.layer == layer, live(FEATURE), condition)
                              .order_by(FEATURE.c.id)).all()
    frame = pd.DataFrame.from_records([row._asdict() for row in rows], columns=[column.name for column in wanted])
    attributes = pd.DataFrame.from_records(frame.pop("attributes").tolist(), index=frame.index)
    geometry = shapely.from_wkb(frame.pop("geometry").to_numpy())
    own = [column for column in described.columns if column.name not in frame.columns]
    frame = pd.concat([frame, attributes[[c for c in attributes if c not in frame.columns]]], axis=1)
    typed = type_frame(frame, (*(c for c in described.columns if c not in own), *own, *_PLACE_COLUMNS))
    order = [c.name for c in described.columns] + [c for c in typed.columns if not described.has(c)]
    return gpd.GeoDataFrame(typed[order], geometry=geometry, crs=CRS)


_PLACE_COLUMNS = (Column("chainage_m", "float", "", ""), Column("offset_m", "float", "", ""),
                  Column("orig_x", "float", "", ""), Column("orig_y", "float", "", ""),
                  Column("reach_code", "text", "", ""), Column("bank", "text", "", ""),
                  Column("number", "text", "", ""), Column("district_code", "text", "", ""),
                  Column("datum", "text", "", ""), Column("import_id", "text", "", ""))


def rows_of(connection: Connection, kind: str, condition: sa.ColumnElement[bool]) -> pd.DataFrame:
    """Return the records of ``kind`` that meet ``condition``, typed, in the order they were entered."""
    table, described = RECORD[kind], records.ALL[kind]
    hidden = {"withdrawn_at", "withdrawn_by", "withdrawn_reason"}
    wanted = [column for column in table.c if column.name not in hidden]
    rows = connection.execute(sa.select(*wanted).where(condition).order_by(table.c.id)).all()
    frame = pd.DataFrame.from_records([row._asdict() for row in rows], columns=[column.name for column in wanted])
    extra = tuple(c for c in _PLACE_COLUMNS if c.name in frame.columns and not described.has(c.name))
    typed = type_frame(frame, (*described.columns, *extra))
    return typed[[c.name for c in described.columns] + [c for c in typed if not described.has(c)]]


def frame_of(connection: Connection, query: sa.Select) -> pd.DataFrame:
    """Return a plain query as a frame; columns ending in ``_at`` or named at are UTC times."""
    result = connection.execute(query)
    frame = pd.DataFrame.from_records([tuple(row) for row in result], columns=list(result.keys()))
    for name in frame.columns:
        if name == "at" or name.endswith("_at"):
            frame[name] = _typed(frame[name], "datetime")
    return frame


def pack_track(track: pd.DataFrame) -> bytes:
    """Return a track (time, lon, lat) as Parquet bytes."""
    buffer = io.BytesIO()
    track[["time", "lon", "lat"]].to_parquet(buffer, index=False, compression="zstd")
    return buffer.getvalue()


def unpack_track(points: bytes) -> pd.DataFrame:
    """Return the track kept as ``points``."""
    return pd.read_parquet(io.BytesIO(points))
