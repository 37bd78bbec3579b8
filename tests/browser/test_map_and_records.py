"""The map and the records in a real browser, on a desk and on a phone."""

import os
from pathlib import Path

import pytest

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
SIZES = {"desk": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}


def drawn(page):
    """The frame of the map once it has drawn what the filters let through."""
    frame = page.frame_locator(".st-key-mapbox iframe")
    frame.locator(".hz-mark").first.wait_for(timeout=60_000)
    page.locator(".st-key-beside canvas").first.wait_for(timeout=60_000)
    return frame


def colours_on(frame):
    """Every opaque colour on the canvas of the map."""
    return set(frame.locator("canvas.leaflet-zoom-animated").first.evaluate(
        """c => { const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data, seen = new Set();
        for (let i = 0; i < d.length; i += 4) if (d[i + 3] === 255)
            seen.add('#' + [d[i], d[i + 1], d[i + 2]].map(v => v.toString(16).padStart(2, '0')).join('').toUpperCase());
        return [...seen]; }"""))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("lang", "words"), [("zh", ("处空白", "未销号排口", "模拟")),
                                             ("en", ("gaps", "open outfalls", "Simulated"))])
def test_map_draws_gaps_and_outfalls(visit, size, lang, words):
    page = visit(f"map?lang={lang}", SIZES[size])
    frame = drawn(page)
    assert {"#4A1A6B", "#7B3FA0", "#9DB8C7"} <= colours_on(frame), "never seen, overdue, the water itself"
    assert frame.locator(".hz-mark").count() > 100
    assert frame.locator(".leaflet-control-scale-line").inner_text().endswith("km")
    assert "2026-06-30" in frame.locator(".hz-stamp").inner_text()
    for word in words:
        assert word in page.locator("body").inner_text()
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, "the page scrolls sideways"
    if os.environ.get("HEZHANG_PICTURES") == "1" and (size, lang) == ("desk", "zh"):
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / "map.png")


def test_a_click_on_an_outfall_leads_to_its_record(visit, city):
    page = visit("map")
    frame = drawn(page)
    mark = frame.locator(".leaflet-marker-icon.hz-mark").last
    mark.dispatch_event("click")
    title = frame.locator(".hz-popup-title").inner_text()
    page.get_by_text(title).first.wait_for(timeout=20_000)
    page.get_by_role("button", name="打开档案").click()
    page.get_by_role("heading", name=title).wait_for(timeout=30_000)
    assert "kind=outfall" in page.url
    names = city.as_seen_by("diaodu01").layer("outfall")["name"]
    assert title in set(names)


def test_the_map_stays_where_it_is_when_something_is_clicked(visit):
    page = visit("map")
    frame = drawn(page)
    frame.locator(".leaflet-control-zoom-in").click()
    scale = frame.locator(".leaflet-control-scale-line")
    frame.locator(".leaflet-zoom-anim").wait_for(state="detached")
    zoomed = scale.inner_text()
    frame.locator(".leaflet-marker-icon.hz-mark").last.dispatch_event("click")
    page.locator(".st-key-card").wait_for(timeout=20_000)
    assert scale.inner_text() == zoomed


def test_a_reload_keeps_person_and_language(visit):
    page = visit("map?as=zhen01&lang=en")
    drawn(page)
    assert "Chief" in page.locator(".st-key-bar").inner_text()
    assert page.get_by_role("link", name="My reaches").count() == 1


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", ["reaches?as=zhen01", "upload?as=jiancha01", "export?as=diaodu01"])
def test_other_pages_draw_in_place(visit, size, path):
    page = visit(path, SIZES[size])
    page.locator("h1").first.wait_for(timeout=60_000)
    page.locator("[data-testid=stStatusWidget]").wait_for(state="detached", timeout=60_000)
    assert page.locator("[data-testid=stAlert]").count() == 0
    assert "模拟" in page.locator(".st-key-bar").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
