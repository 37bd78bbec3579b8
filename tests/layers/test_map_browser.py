"""The map in a real browser: nothing foreign is asked for, no data runs as script, a click reaches Python."""

import importlib.util
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import layers.map as drawing
from layers.offline import STATIC

pytestmark = pytest.mark.browser

_spec = importlib.util.spec_from_file_location("scene", Path(__file__).with_name("scene.py"))
scene = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(scene)

HOSTILE = (
    "<script>window.hit=1</script>",
    "<img src=x onerror=window.hit=1>",
    "`${window.hit=1}`",
    "</script><script>window.hit=1</script>",
    "'\"--></style><svg onload=window.hit=1>",
    "{{window.hit=1}}{% raw %}",
    "\\u003cscript\\u003ewindow.hit=1\u2028//",
)


@pytest.fixture
def browser(chromium):
    return chromium


def watched(browser, **options):
    """Return a page and the lists of addresses asked for and errors said."""
    page = browser.new_page(viewport={"width": 1280, "height": 800}, **options)
    asked, errors = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    return page, asked, errors


def hostile_map():
    made = drawing.base_map(scene.BOUNDS, as_of=HOSTILE[0])
    rivers, gaps, outfalls = scene.waters(), scene.gaps(), scene.outfalls(len(HOSTILE) * 2)
    rivers["name"] = HOSTILE[:3]
    drawing.draw(made, "river", rivers, labels="name")
    gaps["name"] = [HOSTILE[i % len(HOSTILE)] for i in range(len(gaps))]
    gaps["post"] = gaps["name"]
    drawing.draw_gaps(made, gaps)
    for column in ("name", "code", "id", "class1", "status", "remark"):
        outfalls[column] = [HOSTILE[i % len(HOSTILE)] for i in range(len(outfalls))]
    drawing.draw_outfalls(made, outfalls)
    group = drawing.overlay(HOSTILE[1])
    drawing.draw(group, "settlement", scene.points("settlement")).add_to(made)
    return drawing.layer_switch(made)


@pytest.mark.parametrize("guarded", [True, False], ids=["as exported", "without its content policy"])
def test_hostile_names_stay_text(browser, tmp_path, guarded):
    html = drawing.standalone(hostile_map())
    if not guarded:
        html = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", html)
    file = tmp_path / "map.html"
    file.write_text(html, encoding="utf-8")
    page, asked, errors = watched(browser)
    page.goto(file.as_uri())
    page.wait_for_selector(".hz-mark")
    marks = page.locator(".hz-mark")
    read = set()
    for i in range(marks.count()):
        marks.nth(i).dispatch_event("mouseover")
        marks.nth(i).dispatch_event("click")
        title = page.locator(".hz-popup-title").last.text_content()
        read.add(title)
    assert set(HOSTILE) <= read, "a hostile name is shown as it is written"
    assert page.evaluate("window.hit") is None
    assert page.locator(".leaflet-container script, .leaflet-container img[src='x']").count() == 0
    assert asked == [file.as_uri()]
    assert errors == []
    page.close()


def test_exported_file_draws_whole_with_no_request(browser, tmp_path):
    file = tmp_path / "map.html"
    file.write_text(drawing.standalone(scene.whole()), encoding="utf-8")
    page, asked, errors = watched(browser)
    page.goto(file.as_uri())
    page.wait_for_selector(".hz-mark")
    assert asked == [file.as_uri()] and errors == []
    assert page.locator(".hz-mark").count() == 60 + 2 + 3 + 1 + 3
    legend = page.locator(".hz-legend").inner_text()
    assert "从未巡过" in legend and "疑似排口" in legend
    assert "模拟" in page.locator(".hz-stamp").inner_text()
    assert page.locator(".leaflet-control-scale-line").inner_text().endswith("km")
    names = page.locator(".hz-name span").all_inner_texts()
    assert names.count("清河") == 1
    colours = page.evaluate(
        """() => { const c = document.querySelector('canvas'), g = c.getContext('2d');
        const d = g.getImageData(0, 0, c.width, c.height).data;
        const seen = new Set(); for (let i = 0; i < d.length; i += 4) if (d[i + 3] === 255)
        seen.add('#' + [d[i], d[i+1], d[i+2]].map(v => v.toString(16).padStart(2, '0')).join('').toUpperCase());
        return [...seen]; }"""
    )
    assert {"#C3CDD3", "#B79ACB", "#7B3FA0", "#4A1A6B", "#9DB8C7", "#DCE9EF"} <= set(colours)
    page.close()


APP = """
import importlib.util, sys
sys.path.insert(0, {root!r})
spec = importlib.util.spec_from_file_location("scene", {scene!r})
scene = importlib.util.module_from_spec(spec)
spec.loader.exec_module(scene)
import streamlit as st
from streamlit_folium import st_folium
import layers.map as drawing
base = drawing.base_map(scene.BOUNDS, simulated=True, as_of="2026-06-30", locate=True, fullscreen=True)
drawing.draw(base, "river", scene.waters())
group = drawing.overlay()
drawing.draw_gaps(group, scene.gaps())
drawing.draw_outfalls(group, scene.outfalls(40))
got = st_folium(
    base, feature_group_to_add=group, key="map", height=600, use_container_width=True, returned_objects=["last_active_drawing"]
)
clicked = got["last_active_drawing"]
if clicked:
    st.text("clicked " + clicked["properties"]["layer"] + " " + clicked["id"])
"""


@pytest.fixture
def app(tmp_path):
    """Run a page with the map in Streamlit itself; yields its address."""
    shutil.copytree(STATIC, tmp_path / "static")
    script = tmp_path / "app.py"
    root = STATIC.parent
    script.write_text(APP.format(root=str(root), scene=str(root / "tests/layers/scene.py")), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = (
        f"--server.port={port}", "--server.address=127.0.0.1", "--server.headless=true",
        "--server.enableStaticServing=true", "--browser.gatherUsageStats=false",
    )  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(script), *options],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=tmp_path,
    )  # fmt: skip
    said = []
    for line in process.stdout:
        said.append(line)
        if "URL:" in line:
            break
    assert process.poll() is None, "".join(said)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait()


def test_a_click_in_streamlit_reaches_python_with_the_id(browser, app):
    page, asked, errors = watched(browser)
    page.goto(app)
    frame = page.frame_locator("iframe[title*='st_folium']")
    frame.locator(".hz-mark").first.wait_for(timeout=30_000)
    frame.locator(".hz-legend").wait_for()
    frame.locator(".hz-mark[alt], .hz-mark").last.dispatch_event("click")
    page.get_by_text(re.compile(r"clicked outfall of-\d+")).wait_for(timeout=15_000)
    view = next(frame for frame in page.frames if "streamlit_folium" in frame.url)
    view.evaluate("map.closePopup()")
    frame.locator(".hz-popup").wait_for(state="detached")  # it fades, and would catch the next click
    # The gap that was never seen, drawn on the canvas: at its place farthest from every outfall.
    spot = view.evaluate(
        """() => { let at = null; map.eachLayer(layer => {
        const f = layer.feature; if (!f || f.id !== 'gap-7' || !layer.getLatLngs) return;
        const marks = [], put = l => map.latLngToContainerPoint(l);
        map.eachLayer(m => { if (m.getLatLng && m.feature) marks.push(put(m.getLatLng())); });
        const free = p => Math.min(...marks.map(m => m.distanceTo(p)));
        at = layer.getLatLngs().map(put).sort((a, b) => free(b) - free(a))[0]; });
        return [at.x, at.y]; }"""
    )
    frame.locator("#map_div").click(position={"x": spot[0], "y": spot[1]})
    page.get_by_text("clicked gap gap-7").wait_for(timeout=15_000)
    assert [address for address in asked if not address.startswith((app, "data:", "blob:"))] == []
    assert [error for error in errors if "hz" in error.lower() or "404" in error] == []
    page.close()
