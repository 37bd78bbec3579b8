"""Rows to frames with exactly the columns of a layer or record, typed as the store gives them back."""

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import pandas as pd

from data import records
from layers import ALL as LAYERS
from layers.base import Layer


def _typed(spec: Layer, rows: pd.DataFrame, extra: Sequence[str] = ()) -> pd.DataFrame:
    unknown = set(rows.columns) - {c.name for c in spec.columns} - {"geometry", *extra}
    if unknown:
        raise KeyError(f"{spec.name} has no columns {sorted(unknown)}")
    out: dict[str, Any] = {}
    for column in spec.columns:
        values = rows[column.name] if column.name in rows else pd.Series([None] * len(rows), dtype=object)
        values = values.reset_index(drop=True)
        if column.kind == "date":
            out[column.name] = pd.to_datetime(values).dt.tz_localize(None).dt.normalize().astype("datetime64[us]")
        elif column.kind == "datetime":
            out[column.name] = pd.to_datetime(values, utc=True).astype("datetime64[us, UTC]")
        elif column.kind == "float":
            out[column.name] = pd.to_numeric(values).astype(float)
        elif column.kind == "int":
            out[column.name] = pd.to_numeric(values).astype("Int64")
        elif column.kind == "bool":
            out[column.name] = values.astype(object).where(values.notna(), None)
        else:
            out[column.name] = values.astype("str").where(values.notna(), None)
    for name in extra:
        out[name] = rows[name].reset_index(drop=True)
    return pd.DataFrame(out)


def layer_frame(name: str, rows: list[dict]) -> gpd.GeoDataFrame:
    """A layer's frame, EPSG:4490; every row carries ``geometry`` in lon/lat."""
    frame = _typed(LAYERS[name], pd.DataFrame(rows))
    return gpd.GeoDataFrame(frame, geometry=[row["geometry"] for row in rows], crs=4490)


def record_frame(name: str, rows: list[dict], extra: Sequence[str] = ()) -> pd.DataFrame:
    """A record's frame; `extra` columns (``recorded_at``) come behind the record's own."""
    rows_frame = pd.DataFrame(rows) if rows else pd.DataFrame(columns=[c.name for c in records.ALL[name].columns])
    return _typed(records.ALL[name], rows_frame, extra)
