"""The map as it stands on a page.

``st_folium`` writes the whole map out again on every rerun. Here it is written once per person, language, day and state
of the books; every rerun hands the same text to the same component, so the map stays where the person left it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st
import streamlit_folium as component

import layers.map as drawing
from app_pages import map_rows
from app_pages.map_rows import Choice, Rows
from data.store import View
from data.words import say

FILL = Path(__file__).with_name("fill.css")
GROUND = ("district", "lake", "reservoir", "wetland", "black_odorous", "reach", "section", "tailings_dam", "settlement",
          "landmark")
QUIET = ("wetland", "black_odorous", "tailings_dam", "settlement", "landmark")
"""Drawn, but switched on by the person who wants them."""
GAP_FIELDS = ("from_m", "to_m", "bank", "state", "last_seen", "days_since", "post")
OUTFALL_FIELDS = ("code", "look", "days_overdue", "class1", "stage", "responsible_party")
CLICKED = "last_active_drawing"


def bounds_of(view: View) -> tuple[float, float, float, float]:
    """Return what the map opens on: one's own waters, else all, else the districts, else the city's bounds."""
    reaches, sight = view.reaches(), view.reaches_in_sight()
    own = reaches if sight is None else reaches[reaches["reach_id"].isin(sight)]
    for frame in (own, reaches, view.layer("district")):
        if len(frame):
            west, south, east, north = frame.total_bounds.tolist()
            return west, south, east, north
    return view.city.bounds or (73.5, 18.0, 135.1, 53.6)


@st.cache_resource(show_spinner=False, max_entries=24)
def rows(key: tuple, choice: Choice, _view: View) -> Rows:
    """Keep what a choice answers with; the person and the language are in the key."""
    return map_rows.rows_of(_view, choice, key[-1])


@st.cache_resource(show_spinner=False, max_entries=24)
def offered(key: tuple, _view: View) -> dict[str, dict[str, str]]:
    """Keep what the filters and the search offer."""
    return map_rows.choices(_view, key[-1])


@st.cache_data(show_spinner=False, max_entries=12)
def ground(key: tuple, day: str, _view: View) -> dict[str, Any]:
    """Write the ground of the map: waters and districts, the rest behind the layer switch."""
    lang = key[-1]
    made = drawing.base_map(bounds_of(_view), lang=lang, simulated=_view.store.simulated, as_of=day, locate=True,
                            fullscreen=True)
    for name in GROUND:
        frame = _view.layer(name)
        if not len(frame):
            continue
        group = drawing.overlay(say(f"ground.{name}", lang))
        group.show = name not in QUIET
        if name == "reach":
            frame["water"] = frame["code"].map(map_rows.waters(_view))
        drawing.draw(group, name, frame, lang=lang, columns=(), popups=False, labels=LABELS.get(name))
        group.add_to(made)
    return written(drawing.layer_switch(made))


LABELS = {"reach": "water", "lake": "name", "reservoir": "name", "district": "name"}


def written(made: Any) -> dict[str, Any]:
    """Return the arguments that ``st_folium`` would hand to its component for this map."""
    made.get_root().render()
    html, header = component._get_html(made), component._get_header(made)
    script = component._get_map_string(made)
    assets: dict[str, list[str]] = {"css_links": [], "js_links": []}
    todo = [made]
    while todo:
        part = todo.pop(0)
        for name, attribute in (("css_links", "default_css"), ("js_links", "default_js")):
            assets[name].extend(address for _, address in getattr(part, attribute, []))
        todo.extend(part._children.values())
    header += f"<style>{FILL.read_text(encoding='utf-8')}</style>"
    return {"script": script, "header": header, "html": html, "id": component.get_full_id(made),
            **{name: list(dict.fromkeys(found)) for name, found in assets.items()}}


@st.cache_data(show_spinner=False, max_entries=24)
def on_top(key: tuple, choice: Choice, _view: View) -> str:
    """Write what changes with the filters: gaps and outfalls."""
    found, lang, group = rows(key, choice, _view), key[-1], drawing.overlay()
    if "gaps" in choice.shown:
        drawing.draw_gaps(group, found.pieces, lang=lang, columns=GAP_FIELDS)
    if "outfalls" in choice.shown:
        drawing.draw_outfalls(group, found.outfalls, lang=lang, columns=OUTFALL_FIELDS)
    return str(component._get_feature_group_string(group, map=drawing.base_map(bounds_of(_view), lang=lang)))


def show(base: dict[str, Any], top: str, key: str, look_at: tuple[float, float, int] | None = None, height: int = 620,
         on_click: Callable[[], None] | None = None) -> dict[str, Any] | None:
    """Show a written map; return the properties (id, layer, title) of what was clicked, None before a click."""
    mark = component.generate_js_hash(base["script"], key)
    lat, lon, zoom = look_at or (None, None, None)
    told = component._component_func(
        **base, key=f"{key}_{mark}", height=height, width=None, returned_objects=[CLICKED], default={CLICKED: None},
        zoom=zoom, center=None if lat is None else (lat, lon), feature_group=top, return_on_hover=False,
        layer_control=None, pixelated=False, on_change=on_click, wrap_longitude=False)
    feature = (told or {}).get(CLICKED)
    return feature["properties"] if feature else None
