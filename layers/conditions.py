"""What is drawn by how it stands: stretches nobody has seen, outfalls, sections by water class."""

from collections.abc import Sequence
from typing import Any

import geopandas as gpd

import layers
from layers import colours
from layers.base import Layer
from layers.elements import Call, Target, explain
from layers.marks import mark, stroke
from layers.payload import Payload, collection, is_missing, lonlat, table, titles
from layers.words import say

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


def draw_gaps(target: Target, gaps: gpd.GeoDataFrame, *, lang: str = "zh", columns: Sequence[str] | None = None) -> Target:
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


def draw_outfalls(target: Target, gdf: gpd.GeoDataFrame, *, lang: str = "zh", columns: Sequence[str] | None = None) -> Target:
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
    icons = {key: {"html": _class_mark(key, lang), "size": _CLASS_SIZE_PX, "over": 8000} for key in dict.fromkeys(keys)}
    Call("hzDraw", Payload(layer.label(lang), heads, data, icons=icons, sticky=False).text()).add_to(target)
    drawn = [key for key in colours.WATER_CLASS if key in icons]
    explain(target, lang, layer.label(lang), {say(f"water_class.{key}", lang): _class_mark(key, lang) for key in drawn})
    return target


_NUMERALS = {"I": "Ⅰ", "II": "Ⅱ", "III": "Ⅲ", "IV": "Ⅳ", "V": "Ⅴ", "none": "–"}
_CLASS_SIZE_PX = 20


def _class_mark(key: str, lang: str) -> str:
    """Return a section's mark with the numeral of its class inside."""
    inside = _NUMERALS.get(key, "劣" if lang == "zh" else ">Ⅴ")
    fill = colours.WATER_CLASS[key]
    return mark("circle", fill=fill, stroke=colours.TEXT, size=_CLASS_SIZE_PX, text=inside, ink=colours.TEXT)
