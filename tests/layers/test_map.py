"""What the map hands to a browser, checked without one."""

import csv
import hashlib
import importlib.util
import json
import math
import re
from pathlib import Path

import folium
import geopandas as gpd
import pytest
import shapely
from folium import plugins
from folium.elements import JSCSSMixin
from hypothesis import given
from hypothesis import strategies as st

import layers.map as drawing
from geo.faults import Fault
from layers import colours, offline, payload
from layers.marks import escape
from layers.words import _table

_spec = importlib.util.spec_from_file_location("scene", Path(__file__).with_name("scene.py"))
scene = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(scene)

FOREIGN = re.compile(r"""(?:src|href)=["']?\s*(?:https?:)?//|url\(\s*["']?(?:https?:)?//|@import""", re.IGNORECASE)


def test_a_rendered_page_names_no_foreign_asset():
    page = scene.whole().get_root().render()
    assert not FOREIGN.search(page)
    assets = re.findall(r"""(?:src|href)=["']([^"']+)["']""", page)
    assert len(assets) >= 4 and all(address.startswith("/app/static/") for address in assets)


def test_every_plugin_of_folium_stays_at_home():
    """Even a plugin that is not vendored asks nobody: its file is simply missing here."""
    assert plugins.MarkerCluster
    offline.rewrite()
    for cls in offline._subclasses(JSCSSMixin):
        for _, address in [*cls.default_js, *cls.default_css]:
            assert address.startswith("/app/static/"), cls


def test_standalone_names_no_file_at_all():
    page = drawing.standalone(scene.whole("en"), lang="en")
    markup = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"<script|<link\b", markup) and "<div" in markup
    assert not FOREIGN.search(markup)
    assert page.count("Content-Security-Policy") == 1 and "default-src 'none'" in page
    assert 'lang="en"' in page and "Simulated" in page


def test_standalone_refuses_what_is_not_vendored():
    made = drawing.base_map(scene.BOUNDS)
    plugins.MarkerCluster().add_to(made)
    offline.rewrite()
    with pytest.raises(Fault, match="asset_not_vendored"):
        drawing.standalone(made)


@pytest.mark.parametrize("address", ["https://example.org/a.js", "/app/static/../pyproject.toml", "/etc/passwd"])
def test_inline_reads_our_own_files_only(address):
    with pytest.raises(Fault, match="asset_not_vendored"):
        offline.inline(f'<html><head><script src="{address}"></script></head></html>')


def test_manifest_lists_every_vendored_file_with_its_hash_and_licence():
    vendor = offline.STATIC / "vendor"
    rows = list(csv.DictReader((vendor / "manifest.csv").open(encoding="utf-8")))
    on_disk = {str(path.relative_to(vendor)) for path in vendor.rglob("*") if path.is_file()} - {"manifest.csv"}
    assert {row["file"] for row in rows} == on_disk
    for row in rows:
        assert hashlib.sha256((vendor / row["file"]).read_bytes()).hexdigest() == row["sha256"]
    for package in {row["package"] for row in rows}:
        assert any("LICENSE" in row["file"] for row in rows if row["package"] == package)
        assert all(row["licence"] for row in rows)
    assert sum((vendor / row["file"]).stat().st_size for row in rows) <= 2_000_000


@given(st.text())
def test_escaped_text_holds_nothing_that_acts(text):
    said = escape(text)
    assert not re.search(r"[<>\"'`${}]", said)
    assert not re.search(r"&(?!(?:lt|gt|amp|quot|#\d+|#x27);)", said)


@given(st.recursive(st.text() | st.none() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_script_text_is_the_same_data_and_only_data(value):
    text = payload.script_text(value)
    assert json.loads(text) == value
    assert not re.search(r"[<>&'`$\u2028\u2029]|\{\{|\{%|\{#|map_div", text)


def test_a_click_answers_with_id_and_layer():
    """`id` column first, else `code`; properties carry it again because some readers drop the feature's own."""
    rows = scene.outfalls(3)
    features = payload.collection(rows, names=["a", "b", "c"], values=[[], [], []], style=["x"] * 3, layer="outfall")["features"]
    assert [feature["id"] for feature in features] == list(rows["id"])
    assert features[0]["properties"] | {} == {
        "id": "of-0", "layer": "outfall", "title": "a", "values": [], "style": "x"
    }  # fmt: skip
    assert payload.ids(rows.drop(columns="id")) == list(rows["code"])


def test_positions_come_out_as_they_went_in_from_any_crs():
    there = gpd.GeoDataFrame({"code": ["a"]}, geometry=[shapely.Point(112.454, 34.6197)], crs=4490)
    metric = there.to_crs(4546)
    assert metric.geometry.iloc[0].x == pytest.approx(633349.296, abs=0.01)  # standards.md §8.1
    got = payload.geometries(payload.lonlat(metric, "x"))[0]
    assert got == {"type": "Point", "coordinates": [112.454, 34.6197]}


def test_thinned_lines_stay_within_a_metre():
    river = scene.waters()
    drawn = shapely.from_geojson(json.dumps(payload.geometries(river)[0]))
    assert len(drawn.coords) < len(river.geometry.iloc[0].coords) + 1
    assert drawn.hausdorff_distance(river.geometry.iloc[0]) <= 1.2e-5
    assert drawn.coords[0] == pytest.approx(river.geometry.iloc[0].coords[0], abs=1e-6)


def test_no_crs_is_a_fault_that_names_the_layer():
    with pytest.raises(Fault, match="map_crs_missing"):
        drawing.draw(drawing.base_map(scene.BOUNDS), "river", gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)]))


def test_rows_without_a_place_are_left_out():
    rows = gpd.GeoDataFrame({"code": ["a", "b"]}, geometry=[None, shapely.Point(1, 2)], crs=4490)
    assert list(payload.lonlat(rows, "x")["code"]) == ["b"]


@pytest.mark.parametrize(("value", "kind", "zh"), [
    (True, "confirmed", "是"),
    (1234.5, "flow_m3_d", "1,234.5"), (None, "remark", None), (float("nan"), "flow_m3_d", None),
    ("discharging", "status", "排水"), ("2026-03-12", "surveyed_on", "2026-03-12"), (0.02, "flow_m3_d", "0.02"),
])  # fmt: skip
def test_values_read_as_people_write_them(value, kind, zh):
    assert payload.shown(value, drawing.layers.layer("outfall").column(kind), "zh") == zh


def test_legend_holds_what_is_drawn_and_nothing_else():
    made = drawing.base_map(scene.BOUNDS)
    gaps = scene.gaps()
    drawing.draw_gaps(made, gaps[gaps["state"] == "never"])
    drawing.draw(made, "lake", scene.areas("lake").iloc[:0])
    page = made.get_root().render()
    assert "从未巡过" in page and "超期未巡" not in page and "湖泊" not in page


def test_nothing_to_draw_draws_nothing():
    made = drawing.base_map(scene.BOUNDS)
    before = len(made._children)
    drawing.draw_gaps(made, scene.gaps().iloc[:0])
    drawing.draw_outfalls(made, scene.outfalls().iloc[:0])
    assert len(made._children) == before


def test_unknown_states_are_refused():
    made = drawing.base_map(scene.BOUNDS)
    with pytest.raises(ValueError, match="sleepy"):
        drawing.draw_gaps(made, scene.gaps().assign(state="sleepy"))
    with pytest.raises(ValueError, match="shiny"):
        drawing.draw_outfalls(made, scene.outfalls().assign(look="shiny"))


def test_the_worst_gap_is_drawn_last():
    order = list(colours.GAP)
    assert order.index("within_duty") < order.index("due_soon") < order.index("overdue") < order.index("twice_overdue")
    page = drawing.draw_gaps(drawing.base_map(scene.BOUNDS), scene.gaps()).get_root().render()
    styles = re.findall(r'"style":"(\w+)\|\w+"', page)
    assert [order.index(state) for state in styles] == sorted(order.index(state) for state in styles)


def test_purples_darken_as_the_gap_grows():
    def lightness(colour: str) -> float:
        red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        return 0.299 * red + 0.587 * green + 0.114 * blue

    shades = [lightness(colours.GAP[state]["color"]) for state in ("within_duty", "due_soon", "overdue", "twice_overdue")]
    assert all(lighter - darker > 25 for lighter, darker in zip(shades, shades[1:], strict=False))


def test_one_name_per_river_not_per_reach():
    whole = scene.waters().geometry.iloc[0]
    halves = [shapely.ops.substring(whole, a, b, normalized=True) for a, b in ((0, 0.5), (0.5, 1))]
    reaches = gpd.GeoDataFrame({"river_name": ["清河", "清河"]}, geometry=halves, crs=4490)
    names = payload.place_names(reaches, "river_name")
    assert [name["text"] for name in names] == ["清河"]
    for lon, lat, turn in names[0]["spots"]:
        assert whole.distance(shapely.Point(lon, lat)) < 1e-6
        assert -90 <= turn <= 90


def test_a_name_lies_along_its_line():
    """A canal that climbs at 45° on the screen (Web Mercator) has its name climb too: CSS turns it by -45°."""
    west, south = 12_467_782.0, 4_028_802.0
    climbing = gpd.GeoSeries([shapely.LineString([(west, south), (west + 9000, south + 9000)])], crs=3857).to_crs(4490)
    names = payload.place_names(gpd.GeoDataFrame({"name": ["渠"]}, geometry=climbing), "name")
    assert names[0]["spots"][0][2] == pytest.approx(-45, abs=0.1)
    assert names[0]["metres"] == pytest.approx(9000 * 2**0.5 * math.cos(math.radians(34)), rel=0.01)


def test_three_hundred_outfalls_stay_small():
    made = drawing.draw_outfalls(drawing.base_map(scene.BOUNDS), scene.outfalls(500))
    assert len(made.get_root().render()) < 400_000
    assert sum(isinstance(child, folium.Marker) for child in made._children.values()) == 0


def test_words_of_the_map_are_whole():
    for key, (zh, en) in _table().items():
        assert re.search(r"[\u4e00-\u9fff]", zh) and en, key
        assert not re.search(r"[\u4e00-\u9fff]", en), key
        assert re.findall(r"\{\w+\}", zh) == re.findall(r"\{\w+\}", en), key
    wanted = {f"map.gap.{s}" for s in colours.GAP} | {f"map.look.{s}" for s in colours.OUTFALL}
    wanted |= {f"map.water_class.{s}" for s in colours.WATER_CLASS} | {f"map.warning.{s}" for s in colours.WARNING}
    assert wanted <= set(_table())
