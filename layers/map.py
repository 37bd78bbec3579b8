"""The map: with ``elements`` and ``offline`` the only modules that draw with folium. Nothing here asks another host.

A page shows a map with
``st_folium(base, feature_group_to_add=group, returned_objects=["last_active_drawing"])`` and reads
``result["last_active_drawing"]["id"]`` and ``["properties"]["layer"]`` of what was clicked. Keep the base map unchanged
between reruns (cache it) and draw what changes on an ``overlay()``: then the view stays where the person left it.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import folium
import geopandas as gpd
from folium.plugins import Fullscreen, LocateControl

import layers
from layers import colours, offline
from layers.base import Layer, Symbol
from layers.conditions import draw_gaps, draw_outfalls, draw_sections
from layers.elements import Call, Setup, Target, explain
from layers.marks import escape, mark, stroke
from layers.payload import Payload, collection, is_missing, lonlat, place_names, script_text, table, titles
from layers.words import say

__all__ = [
    "base_map",
    "draw",
    "draw_gaps",
    "draw_outfalls",
    "draw_sections",
    "escape",
    "layer_switch",
    "overlay",
    "standalone",
    "write_names",
]

# Once more, now that the plugins above are loaded.
offline.rewrite()


def base_map(
    bounds: Sequence[float],
    *,
    lang: str = "zh",
    simulated: bool = False,
    as_of: date | str | None = None,
    locate: bool = False,
    fullscreen: bool = False,
) -> folium.Map:
    """Return an empty map: plain ground, scale bar, zoom, and a stamp with the data's date and 模拟.

    Parameters
    ----------
    bounds : sequence of float
        west, south, east, north in degrees; the map opens on them.
    lang : str
        ``zh`` or ``en``.
    simulated : bool
        Whether the stamp says so; required wherever the store is a simulated one.
    as_of : date, str or None
        "Data as of"; left out where None.
    locate, fullscreen : bool
        Adds the button that shows where the phone is, or that fills the screen.
    """
    west, south, east, north = bounds
    made = folium.Map(
        location=[(south + north) / 2, (west + east) / 2],
        zoom_start=10,
        tiles=None,
        prefer_canvas=True,
        zoom_control=False,
        attribution_control=False,
        maxZoom=19,
        zoomSnap=0.25,
        renderer=folium.JsCode("L.canvas({tolerance: 6, padding: 0.3})"),  # type: ignore[arg-type]
    )
    words: dict[str, object] = {"zoom_in": say("zoom_in", lang), "zoom_out": say("zoom_out", lang), "title": say("title", lang)}
    box = [[float(south), float(west)], [float(north), float(east)]]
    Setup({**words, "lang": "zh-CN" if lang == "zh" else "en", "bounds": box}).add_to(made)
    parts = [f"<span>{escape(say('as_of', lang, date=as_of))}</span>"] if as_of is not None else []
    if simulated:
        parts.append(f"<strong>{escape(say('simulated', lang))}</strong>")
    if parts:
        Call("hzPanel", script_text("".join(parts)), '"bottomright"', '"hz-stamp"').add_to(made)
    if fullscreen:
        Fullscreen("topright", title=say("fullscreen", lang), title_cancel=say("fullscreen_end", lang)).add_to(made)
    if locate:
        LocateControl(position="topright", strings={"title": say("locate", lang)}, showPopup=False).add_to(made)
    setattr(made.get_root(), "title", say("title", lang))  # noqa: B010 - branca types the root too narrowly
    return made


def overlay(name: str = "") -> folium.FeatureGroup:
    """Return an empty group to draw on: given to ``st_folium(feature_group_to_add=...)`` it leaves the view alone."""
    return folium.FeatureGroup(name=escape(name) or None)


def layer_switch(target: folium.Map) -> folium.Map:
    """Add the control that shows and hides the groups drawn on the map; call it last."""
    folium.LayerControl(collapsed=True, position="topright").add_to(target)
    return target


def _path(symbol: Symbol, area: bool) -> dict[str, Any]:
    """Return Leaflet's options of a line or area."""
    path: dict[str, Any] = {"color": symbol.colour, "weight": symbol.width_px, "opacity": 1, "lineCap": "round"}
    if symbol.dash:
        path |= {"dashArray": symbol.dash}
    if area:
        path |= {"fill": symbol.fill != "none", "fillColor": symbol.fill, "fillOpacity": 1}
    return path


def _sample(layer: Layer, path: Mapping[str, Any]) -> str:
    """Return the legend sample of a line or area."""
    fill = path.get("fillColor", "") if layer.geometry == "Polygon" else ""
    return stroke(str(path["color"]), width=path["weight"], dash=str(path.get("dashArray", "")), fill=str(fill))


_SIZES = {"tick": 12, "square": 9, "flag": 18, "trapezium": 15}


def _symbol_icon(symbol: Symbol) -> dict[str, Any]:
    size = _SIZES.get(symbol.shape, 13)
    html = mark(symbol.shape, fill=symbol.fill, stroke=symbol.colour, size=size, width=symbol.width_px)
    anchor = [2, size] if symbol.shape == "flag" else [size / 2, size / 2]
    return {"html": html, "size": size, "anchor": anchor}


def _keys(rows: gpd.GeoDataFrame, layer: Layer) -> list[str]:
    """Return per row whether it wears its layer's own symbol or the marked one (a head pond among tailings dams)."""
    column = colours.MARKED_BY.get(layer.name)
    if column is None or column not in rows.columns:
        return ["own"] * len(rows)
    return ["marked" if not is_missing(value) and bool(value) else "own" for value in rows[column]]


def draw(
    target: Target,
    layer_name: str,
    gdf: gpd.GeoDataFrame,
    *,
    lang: str = "zh",
    style: Mapping[str, Any] | None = None,
    labels: str | None = None,
    columns: Sequence[str] | None = None,
    popups: bool = True,
) -> Target:
    """Draw any layer in its own symbol, with its name on hover and a table of its values on click.

    Parameters
    ----------
    target : folium.Map or folium.FeatureGroup
        What ``base_map`` or ``overlay`` returned.
    layer_name : str
        A name in ``layers.ALL``.
    gdf : GeoDataFrame
        The rows, in any CRS; empty draws nothing and adds nothing to the legend.
    style : mapping or None
        Leaflet path options (``color``, ``weight``, ``dashArray``, ``fillColor``) over the layer's own; lines and
        areas only.
    labels : str or None
        Column whose values are written on the map, once per distinct value: ``name`` of rivers, or of reaches the
        column that holds their river's name.
    columns : sequence of str or None
        Popup rows, in order; None means every column that has a heading.
    lang : str
        ``zh`` or ``en``.
    popups : bool
        Whether a click opens the table.

    Raises
    ------
    Fault
        ``map_crs_missing`` where ``gdf`` has no CRS.
    """
    layer = layers.layer(layer_name)
    if not len(gdf):
        return target
    rows = lonlat(gdf, layer.label(lang))
    heads, values = table(rows, layer, lang, columns)
    keys = _keys(rows, layer)
    data = collection(rows, names=titles(rows, lang), values=values, style=keys, layer=layer.name)
    entries: dict[str, str]
    if layer.geometry == "Point":
        icons = {key: _symbol_icon(colours.MARKED[layer_name] if key == "marked" else layer.symbol) for key in set(keys)}
        made = Payload(layer.label(lang), heads, data, icons=icons, popups=popups, sticky=False)
        words = {"own": layer.label(lang), "marked": say(f"marked.{layer_name}", lang)} if "marked" in icons else {}
        entries = {words.get(key, layer.label(lang)): str(icons[key]["html"]) for key in sorted(icons, reverse=True)}
    else:
        path = {**_path(layer.symbol, layer.geometry == "Polygon"), **(style or {})}
        made = Payload(layer.label(lang), heads, data, styles={"own": path}, popups=popups)
        entries = {layer.label(lang): _sample(layer, path)}
    Call("hzDraw", made.text()).add_to(target)
    explain(target, lang, "", entries)
    if labels:
        write_names(target, rows, labels, lang=lang)
    return target


def write_names(target: Target, gdf: gpd.GeoDataFrame, column: str, *, lang: str = "zh") -> Target:
    """Write one name per distinct value of ``column``: beside the water, in areas, by points; crowded ones give way."""
    names = place_names(lonlat(gdf, column), column)
    if names:
        Call("hzNames", script_text(names)).add_to(target)
    return target


def standalone(made: folium.Map, *, lang: str = "zh") -> str:
    """Return the map as one HTML file that draws from disk and asks nobody for anything.

    Raises
    ------
    Fault
        ``asset_not_vendored`` where something on the map needs a file that does not come with the program.
    """
    html = made.get_root().render()
    html = html.replace("<html>", f'<html lang="{"zh-CN" if lang == "zh" else "en"}">', 1)
    html = html.replace("maximum-scale=1.0, user-scalable=no", "viewport-fit=cover")
    return offline.inline(html)
