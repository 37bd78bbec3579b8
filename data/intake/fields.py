"""The fields a file may carry for a layer: its columns, and how it may say where a thing lies."""

from __future__ import annotations

from layers.base import Column, Layer
from layers.columns import PLACE

WKT = Column("wkt", "text", "图形(WKT)", "Shape (WKT)", aliases=("wkt", "geometry", "geom", "the_geom", "图形"))
PAIR = Column("lonlat", "text", "经纬度", "Lon, lat",
              aliases=("坐标", "经纬度坐标", "位置坐标", "lonlat", "lnglat", "coordinates", "排口坐标", "排污口坐标", "点位坐标",
                       "中心坐标", "断面坐标", "站点坐标", "地理坐标", "坐标位置", "经度纬度", "经纬度位置",
                       "位置(经纬度)", "gps"))
"""Both numbers in one cell, as map programs copy them."""


def columns_of(shape: Layer) -> list[Column]:
    """Columns of a template: the layer's own and its place."""
    own = list(shape.columns)
    if shape.geometry == "Point":
        return own + [column for column in PLACE if not shape.has(column.name)]
    return own + [WKT] if shape.geometry else own


def readable_columns(shape: Layer) -> list[Column]:
    """Columns an import understands: those of the template, and other ways to say a place."""
    own = columns_of(shape)
    return [*own, WKT, PAIR] if shape.geometry == "Point" else own
