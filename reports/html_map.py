"""The filtered problem map as one HTML file with its list beside it; it works from disk and fetches nothing."""

from typing import Any

import folium
import geopandas as gpd
import pandas as pd
from branca.element import Element, MacroElement
from folium.template import Template

from layers import map as drawn
from layers.colours import OUTFALL
from layers.map import escape
from layers.payload import script_text
from reports.ledger import head_lines, rows_of
from reports.ledger_columns import COLUMNS, cells, coded, lon_lat, look_words, progress
from reports.places import unplaced
from reports.sheet import Sheet, say, text

_POPUP = ("number", "place", "kind", "description", "found_at", "unit", "handler", "post", "due_on", "progress")

_CSS = """
html, body { height: 100%; margin: 0; }
body { display: flex; flex-direction: column; color: #1B2A33; background: #FFF; font: 16px/1.5 "PingFang SC",
  "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif; }
header { padding: 12px 16px; border-bottom: 1px solid #D9E0E4; }
header h1 { font-size: 20px; line-height: 28px; margin: 0; }
header p { margin: 0; font-size: 14px; color: #5A6B75; overflow-wrap: anywhere; white-space: pre-wrap; }
main { flex: 1; min-height: 0; display: flex; }
main > .folium-map { position: relative !important; flex: 1; height: auto !important; width: auto !important;
  min-width: 0; }
aside { width: 400px; overflow-y: auto; border-left: 1px solid #D9E0E4; font-size: 14px; }
aside h2 { font-size: 16px; margin: 0; padding: 8px 16px; position: sticky; top: 0; background: #F5F7F8;
  border-bottom: 1px solid #D9E0E4; }
aside ol { list-style: none; margin: 0; padding: 0; }
aside button { display: flex; gap: 12px; width: 100%; min-height: 44px; padding: 8px 16px; border: 0; background: none;
  border-bottom: 1px solid #D9E0E4; font: inherit; color: inherit; text-align: left; cursor: pointer; }
aside button:hover { background: #F5F7F8; }
aside button:focus-visible { outline: 2px solid #0B5C7A; outline-offset: -2px; }
aside b { flex: 0 0 32px; text-align: right; font-variant-numeric: tabular-nums; }
aside span { overflow-wrap: anywhere; }
aside small { display: block; font-size: 13px; color: #5A6B75; }
aside .late { color: #C62828; }
.hz-seq > span { position: absolute; white-space: nowrap; font: 600 12px/14px inherit; font-size: 12px; line-height: 14px;
  color: #1B2A33; text-shadow: -1px -1px #FFF, 1px -1px #FFF, -1px 1px #FFF, 1px 1px #FFF, 0 0 3px #FFF;
  font-variant-numeric: tabular-nums; }
@media (max-width: 700px) { main { flex-direction: column; } main > .folium-map { flex: 0 0 60vh; }
  aside { width: auto; border-left: 0; overflow: visible; } body { display: block; } }
@media print { aside { overflow: visible; } }
"""

_SCRIPT = """{% macro script(this, kwargs) %}
(function () {
  var map = {{ this._parent.get_name() }}, marks = {};
  document.querySelector("main").insertBefore(map.getContainer(), document.querySelector("aside"));
  map.eachLayer(function (layer) {
    var p = layer.feature && layer.feature.properties;
    if (p && p.layer === "outfall") { marks[p.id] = layer; }
  });
  document.querySelectorAll("aside button").forEach(function (button) {
    button.addEventListener("click", function () {
      if (button.dataset.box) {
        map.fitBounds(JSON.parse(button.dataset.box), { maxZoom: 15, padding: [60, 60] });
        return;
      }
      var mark = marks[button.dataset.id];
      if (!mark) { return; }
      map.setView(mark.getLatLng(), Math.max(map.getZoom(), 14));
      mark.openPopup();
    });
  });
  map.invalidateSize();
  var wide = map.getSize().x > 700;
  map.fitBounds({{ this.bounds }}, { paddingTopLeft: [wide ? 230 : 30, 40], paddingBottomRight: [50, 50] });

  /* Every number is written: beside its spot where there is room, else further out with a line to it; names give way. */
  var labels = {{ this.spots }}.map(function (spot) {
    var inner = document.createElement("span");
    inner.textContent = spot[0];
    return { at: L.latLng(spot[1], spot[2]), inner: inner, width: 7 * spot[0].length + 4,
             marker: L.marker([spot[1], spot[2]], { interactive: false, keyboard: false, zIndexOffset: 30000,
               icon: L.divIcon({ className: "hz-seq", html: inner, iconSize: [0, 0] }) }).addTo(map) };
  });
  var leads = L.layerGroup().addTo(map);

  function overlap(a, b) {
    var x = Math.min(a.max.x, b.max.x) - Math.max(a.min.x, b.min.x), y = Math.min(a.max.y, b.max.y) - Math.max(a.min.y, b.min.y);
    return x > 0 && y > 0 ? x * y : 0;
  }
  function around(at, width, height) { return L.bounds(at.subtract([width / 2, height / 2]), at.add([width / 2, height / 2])); }
  function numbers() {
    var size = map.getSize(), taken = [], marks = labels.map(function (label) {
      label.px = map.latLngToContainerPoint(label.at);
      return around(label.px, 12, 12);
    });
    leads.clearLayers();
    labels.forEach(function (label) {
      if (label.px.x < -20 || label.px.y < -20 || label.px.x > size.x + 20 || label.px.y > size.y + 20) { return; }
      var best = null, least = Infinity;
      [0, 8, 18, 30, 44, 60].some(function (out, ring) {
        for (var turn = 0; turn < 16; turn++) {
          var a = (turn * 22.5 - 35) * Math.PI / 180;
          var at = label.px.add([Math.cos(a) * (label.width / 2 + 8 + out), Math.sin(a) * (15 + out)]);
          var box = around(at, label.width, 14), cost = ring * 12 + turn * 0.1;
          taken.forEach(function (other) { cost += 4 * overlap(box, other); });
          marks.forEach(function (other) { cost += overlap(box, other); });
          if (cost < least) { least = cost; best = { at: at, box: box, far: ring > 1 }; }
        }
        return least < ring * 12 + 8;
      });
      taken.push(best.box);
      var by = best.at.subtract(label.px);
      label.inner.style.transform = "translate(-50%, -50%) translate(" + by.x + "px, " + by.y + "px)";
      if (best.far) {
        L.polyline([label.at, map.containerPointToLatLng(best.at)],
                   { color: "#1B2A33", weight: 1, interactive: false }).addTo(leads);
      }
    });
    var corner = map.getContainer().getBoundingClientRect();
    map.getContainer().querySelectorAll(".hz-name > span").forEach(function (name) {
      var box = name.getBoundingClientRect();
      var own = L.bounds([box.left - corner.left, box.top - corner.top], [box.right - corner.left, box.bottom - corner.top]);
      if (taken.some(function (other) { return overlap(other, own) > 0; })) { name.parentNode.style.visibility = "hidden"; }
    });
  }
  map.on("moveend resize", numbers);
  numbers();
})();
{% endmacro %}"""


class _Beside(MacroElement):
    """The script that ties the list to the marks; last on the map, so that all it looks for is there."""

    _template = Template(_SCRIPT)

    def __init__(self, bounds: str, spots: str) -> None:
        super().__init__()
        self._name = "Beside"
        self.bounds = bounds
        self.spots = spots


def marks(problems: gpd.GeoDataFrame, sheet: Sheet) -> gpd.GeoDataFrame:
    """The placed problems as the map draws them: titled by their 序号, with the ledger's words in the popup."""
    placed = problems[~(problems.geometry.isna() | problems.geometry.is_empty)]
    rows = rows_of(placed)
    heads = [column.heading(sheet.lang) for column in COLUMNS if column.key in _POPUP]
    shown: list[dict[str, Any]] = []
    for row in rows:
        values = dict(zip([column.key for column in COLUMNS], cells(row, sheet), strict=True))
        seq = str(row["seq"])
        shown.append({"id": seq, "name": f"{seq}  {text(row.get('water_name'))}", "seq": seq,
                      "class1": row.get("class1"), "look": row["look"] if row.get("look") in OUTFALL else "in_work",
                      "recurred": row.get("relapses"),
                      **dict(zip(heads, [text(values[key]) for key in _POPUP], strict=True))})
    ordered = placed.sort_values("seq", kind="stable")
    return gpd.GeoDataFrame(shown, geometry=ordered.geometry.representative_point().to_numpy(), crs=problems.crs)


def dotted(*parts: Any) -> str:
    """Parts that hold something, with dots between."""
    return " · ".join(text(part) for part in parts if text(part))


def _list(problems: gpd.GeoDataFrame, sheet: Sheet) -> str:
    items = []
    for row in rows_of(problems):
        late = ' class="late"' if row.get("look") in ("overdue", "relapsed") else ""
        place = dotted(row.get("water_name"), row.get("place"))
        about = dotted(row.get("number"), coded("kind", row.get("kind"), sheet.lang))
        look, stands = look_words(row.get("look"), sheet.lang), progress(row, sheet)
        stands = stands if look in stands else dotted(look, stands)
        tail = "" if lon_lat(row) else f" · {say('ledger.no_place', sheet.lang)}"
        items.append(f'<li><button type="button" data-id="{escape(row["seq"])}"><b>{escape(row["seq"])}</b><span>'
                     f"{escape(place)}<small>{escape(about)}{escape(tail)}</small><small{late}>"
                     f"{escape(stands)}</small></span></button></li>")
    lost = unplaced(problems)
    heading = dotted(say("html.count", sheet.lang, count=len(items)), say("unplaced", sheet.lang, count=lost) if lost else "")
    return f"<aside><h2>{escape(heading)}</h2><ol>{''.join(items)}</ol></aside>"


def _steady(element: Element, counter: list[int]) -> None:
    """Give a map's parts numbers in place of random ids, so that the same rows give the same file."""
    counter[0] += 1
    element._id = f"{counter[0]:032x}"
    for child in element._children.values():
        _steady(child, counter)


def page(problems: gpd.GeoDataFrame, base: dict[str, gpd.GeoDataFrame], sheet: Sheet) -> bytes:
    """The page as UTF-8 bytes, the same for the same rows and sheet."""
    lang, points = sheet.lang, marks(problems, sheet)
    made, bounds = ground([points], base, sheet)
    if len(points):
        heads = [column.heading(lang) for column in COLUMNS if column.key in _POPUP]
        drawn.draw_outfalls(made, points, lang=lang, columns=heads)
    spots = [(text(row.seq), row.geometry.y, row.geometry.x) for row in points.itertuples()]
    return assembled(made, bounds, spots, _list(problems, sheet), sheet)


def ground(shown: list[gpd.GeoDataFrame], base: dict[str, gpd.GeoDataFrame], sheet: Sheet) -> tuple[folium.Map, str]:
    """An empty map on its ground and the bounds it opens on: those of what is shown, else of the waters or districts."""
    frames = [frame for frame in shown if len(frame)] or [base[name] for name in ("reach", "district")
                                                          if len(base.get(name, []))][:1]
    west, south, east, north = frames[0].total_bounds if frames else (0.0, 0.0, 1.0, 1.0)
    made = drawn.base_map((west, south, east, north), lang=sheet.lang, simulated=sheet.simulated, as_of=sheet.as_of_text())
    _ground(made, base, sheet.lang)
    return made, f"[[{south}, {west}], [{north}, {east}]]"


def assembled(made: folium.Map, bounds: str, spots: list[tuple[str, float, float]], aside: str, sheet: Sheet) -> bytes:
    """Head, list and map as one page; `spots` are (number, lat, lon), every one of which is written on the map."""
    _Beside(bounds, script_text([list(spot) for spot in spots])).add_to(made)
    root: Any = made.get_root()  # branca types its figure too narrowly
    _steady(root, [0])
    title, *lines = head_lines(sheet)
    head = f"<header><h1>{escape(title)}</h1>{''.join(f'<p>{escape(line)}</p>' for line in lines)}</header>"
    root.html.add_child(Element(f"{head}<main>{aside}</main>"), name="a_head")
    root.header.add_child(Element(f"<style>{_CSS}</style>"), name="z_css")
    root.title = escape(title)
    return drawn.standalone(made, lang=sheet.lang).encode("utf-8")


def _ground(made: folium.Map, base: dict[str, gpd.GeoDataFrame], lang: str) -> None:
    for name in ("district", "lake", "reach"):
        layer = base.get(name)
        if layer is None or not len(layer):
            continue
        label = "river_name" if name == "reach" and "river_name" in layer else "name"
        shown = pd.notna(layer[label]).any() if label in layer else False
        drawn.draw(made, name, layer, lang=lang, popups=False, labels=label if shown else None)
