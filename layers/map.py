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
        zoomSnap=0.5,
        renderer=folium.JsCode("L.canvas({tolerance: 6, padding: 0.3})"),  # type: ignore[arg-type]
    )
    words = {"zoom_in": say("zoom_in", lang), "zoom_out": say("zoom_out", lang), "title": say("title", lang)}
    Setup({**words, "lang": "zh-CN" if lang == "zh" else "en"}).add_to(made)
    parts = [f"<span>{escape(say('as_of', lang, date=as_of))}</span>"] if as_of is not None else []
    if simulated:
        parts.append(f"<strong>{escape(say('simulated', lang))}</strong>")
    if parts:
        Call("hzPanel", script_text("".join(parts)), '"bottomright"', '"hz-stamp"').add_to(made)
    if fullscreen:
        Fullscreen("topright", title=say("fullscreen", lang), title_cancel=say("fullscreen_end", lang)).add_to(made)
    if locate:
        LocateControl(position="topright", strings={"title": say("locate", lang)}, showPopup=False).add_to(made)
    made.fit_bounds([[south, west], [north, east]])
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
    data = collection(rows, names=titles(rows, lang), values=values, style=["own"] * len(rows), layer=layer.name)
    if layer.geometry == "Point":
        icon = _symbol_icon(layer.symbol)
        made = Payload(layer.label(lang), heads, data, icons={"own": icon}, popups=popups, sticky=False)
        sample = str(icon["html"])
    else:
        path = {**_path(layer.symbol, layer.geometry == "Polygon"), **(style or {})}
        made = Payload(layer.label(lang), heads, data, styles={"own": path}, popups=popups)
        sample = _sample(layer, path)
    Call("hzDraw", made.text()).add_to(target)
    explain(target, lang, "", {layer.label(lang): sample})
    if labels:
        write_names(target, rows, labels, lang=lang)
    return target


def write_names(target: Target, gdf: gpd.GeoDataFrame, column: str, *, lang: str = "zh") -> Target:
    """Write one name per distinct value of ``column``: beside the water, in areas, by points; crowded ones give way."""
    names = place_names(lonlat(gdf, column), column)
    if names:
        Call("hzNames", script_text(names)).add_to(target)
    return target


_BANK_SHIFT_PX = {"left": -4.0, "right": 4.0}


def _gap_path(state: str, bank: object) -> dict[str, Any]:
    look = colours.GAP[state]
    path: dict[str, Any] = {"color": look["color"], "weight": colours.GAP_WIDTH_PX, "opacity": 1}
    path["lineCap"] = "butt" if look.get("butt") or bank in _BANK_SHIFT_PX else "round"
    if "dash" in look:
        path["dashArray"] = look["dash"]
    if bank in _BANK_SHIFT_PX:
        path["shift"] = _BANK_SHIFT_PX[str(bank)]
    return path


def draw_gaps(
    target: Target, gaps: gpd.GeoDataFrame, *, lang: str = "zh", columns: Sequence[str] | None = None
) -> Target:
    """Draw stretches by how long nobody has looked; the worst lie on top.

    Parameters
    ----------
    target : folium.Map or folium.FeatureGroup
        What ``base_map`` or ``overlay`` returned.
    gaps : GeoDataFrame
        Lines along their reach's direction with ``state`` (a key of ``colours.GAP``) and, where known, ``bank``
        (left, right, both: one bank is drawn beside the water), ``id``, ``name``, ``from_m``, ``to_m``,
        ``last_seen``, ``days_since``, ``post``. Empty draws nothing.
    lang : str
        ``zh`` or ``en``.
    columns : sequence of str or None
        Popup rows, in order; None means every column that has a heading.

    Raises
    ------
    ValueError
        Where ``state`` holds a word that is not a key of ``colours.GAP``.
    """
    if not len(gaps):
        return target
    strange = set(gaps["state"]) - set(colours.GAP)
    if strange:
        raise ValueError(f"unknown gap states: {sorted(map(str, strange))}")
    order = {state: rank for rank, state in enumerate(colours.GAP)}
    rows = lonlat(gaps, say("gaps", lang)).sort_values("state", key=lambda states: states.map(order), kind="stable")
    banks = rows["bank"] if "bank" in rows.columns else ["both"] * len(rows)
    keys = [f"{state}|{bank}" for state, bank in zip(rows["state"], banks, strict=True)]
    looks = {key: _gap_path(state, bank) for key, state, bank in zip(keys, rows["state"], banks, strict=True)}
    heads, values = table(rows, None, lang, columns)
    data = collection(rows, names=titles(rows, lang), values=values, style=keys, layer="gap")
    hollow = [key for key in looks if colours.GAP[key.split("|")[0]].get("hollow")]
    Call("hzDraw", Payload(say("gaps", lang), heads, data, styles=looks, hollow=hollow).text()).add_to(target)
    drawn = [state for state in reversed(colours.GAP) if state in set(rows["state"])]
    explain(target, lang, say("gaps", lang), {say(f"gap.{state}", lang): _gap_sample(state) for state in drawn})
    return target


def _gap_sample(state: str) -> str:
    look = colours.GAP[state]
    return stroke(str(look["color"]), dash=str(look.get("dash", "")), hollow=bool(look.get("hollow")))


def _outfall_mark(shape: str, look: str, text: str) -> str:
    paint = colours.OUTFALL[look]
    return mark(
        shape,
        fill=str(paint["fill"]),
        stroke=str(paint["stroke"]),
        size=float(str(paint["size"])),
        dash=str(paint.get("dash", "")),
        text=text,
        ink=str(paint["ink"]),
    )


def _inside(look: str, recurred: object) -> str:
    """Return what is written inside an outfall's mark."""
    if look == "suspected":
        return "?"
    if look == "relapsed" and not is_missing(recurred):
        return str(min(int(float(str(recurred))), 99))
    return ""


def draw_outfalls(
    target: Target, gdf: gpd.GeoDataFrame, *, lang: str = "zh", columns: Sequence[str] | None = None
) -> Target:
    """Draw outfalls: the shape says the class, the paint says how they stand.

    Parameters
    ----------
    target : folium.Map or folium.FeatureGroup
        What ``base_map`` or ``overlay`` returned.
    gdf : GeoDataFrame
        Points with the columns of the layer ``outfall``, ``look`` (a key of ``colours.OUTFALL``) and, for relapsed
        ones, ``recurred`` (times discharged again, written inside). Empty draws nothing.
    lang : str
        ``zh`` or ``en``.
    columns : sequence of str or None
        Popup rows, in order; None means every column that has a heading.

    Raises
    ------
    ValueError
        Where ``look`` holds a word that is not a key of ``colours.OUTFALL``.
    """
    if not len(gdf):
        return target
    strange = set(gdf["look"]) - set(colours.OUTFALL)
    if strange:
        raise ValueError(f"unknown outfall looks: {sorted(map(str, strange))}")
    layer = layers.layer("outfall")
    rows = lonlat(gdf, layer.label(lang))
    blank = [None] * len(rows)
    classes = rows["class1"] if "class1" in rows.columns else blank
    counts = rows["recurred"] if "recurred" in rows.columns else blank
    shapes = [colours.OUTFALL_SHAPE.get(str(value), "circle") for value in classes]
    texts = [_inside(look, count) for look, count in zip(rows["look"], counts, strict=True)]
    keys = ["|".join(parts) for parts in zip(shapes, rows["look"], texts, strict=True)]
    heads, values = table(rows, layer, lang, columns)
    data = collection(rows, names=titles(rows, lang), values=values, style=keys, layer="outfall")
    icons = {key: _outfall_icon(*key.split("|")) for key in dict.fromkeys(keys)}
    Call("hzDraw", Payload(layer.label(lang), heads, data, icons=icons, sticky=False).text()).add_to(target)
    _explain_outfalls(target, layer, set(rows["look"]), set(classes), lang)
    return target


def _outfall_icon(shape: str, look: str, text: str) -> dict[str, Any]:
    rank = list(colours.OUTFALL).index(look)
    return {"html": _outfall_mark(shape, look, text), "size": colours.OUTFALL[look]["size"], "over": rank * 1000}


def _explain_outfalls(target: Target, layer: Layer, looks: set[str], classes: set[object], lang: str) -> None:
    """Add the looks and shapes that are on the map to the legend."""
    drawn = [look for look in reversed(colours.OUTFALL) if look in looks]
    inside = {"suspected": "?", "relapsed": "2"}
    paints = {say(f"look.{look}", lang): _outfall_mark("circle", look, inside.get(look, "")) for look in drawn}
    explain(target, lang, layer.label(lang), paints)
    shapes = {
        code.label(lang): mark(colours.OUTFALL_SHAPE[code.value], fill="none", stroke=colours.SECONDARY, size=12)
        for code in layer.column("class1").codes
        if code.value in classes
    }
    if shapes:
        explain(target, lang, say("class.legend", lang), shapes)


def draw_sections(target: Target, gdf: gpd.GeoDataFrame, *, lang: str = "zh") -> Target:
    """Draw monitoring sections in the colour of their water class, dark outline, the class written inside.

    Parameters
    ----------
    target : folium.Map or folium.FeatureGroup
        What ``base_map`` or ``overlay`` returned.
    gdf : GeoDataFrame
        Points with the columns of the layer ``section`` and ``water_class`` (a key of ``colours.WATER_CLASS``; missing
        counts as ``none``). Empty draws nothing.
    lang : str
        ``zh`` or ``en``.
    """
    if not len(gdf):
        return target
    layer = layers.layer("section")
    rows = lonlat(gdf, layer.label(lang))
    keys = ["none" if is_missing(value) else str(value) for value in rows["water_class"]]
    heads, values = table(rows, layer, lang, None)
    data = collection(rows, names=titles(rows, lang), values=values, style=keys, layer="section")
    icons = {key: {"html": _class_mark(key), "size": 20, "over": 8000} for key in dict.fromkeys(keys)}
    Call("hzDraw", Payload(layer.label(lang), heads, data, icons=icons, sticky=False).text()).add_to(target)
    drawn = [key for key in colours.WATER_CLASS if key in icons]
    explain(target, lang, layer.label(lang), {say(f"water_class.{key}", lang): _class_mark(key) for key in drawn})
    return target


_NUMERALS = {"I": "Ⅰ", "II": "Ⅱ", "III": "Ⅲ", "IV": "Ⅳ", "V": "Ⅴ", "worse_V": "劣", "none": "–"}


def _class_mark(key: str) -> str:
    return mark(
        "circle", fill=colours.WATER_CLASS[key], stroke=colours.TEXT, size=20, text=_NUMERALS[key], ink=colours.TEXT
    )


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
