"""Every page and every exported page draws fully with all other hosts out of reach, in both languages, on desk and phone."""

import pytest

from data.words import say
from reports.export import export_file

SIZES = {"desk": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}
PAGES = {"reaches": "zhen01", "upload": "jiancha01", "export": "diaodu01", "start": "guanli01"}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_draws_without_a_fault_and_without_scrolling_sideways(visit, path, lang, size):
    page = visit(f"{path}?as={PAGES[path]}&lang={lang}", SIZES[size])
    page.get_by_role("heading").first.wait_for(timeout=60_000)
    page.locator('[data-testid="stStatusWidget"]').wait_for(state="detached", timeout=60_000)
    said = page.locator("body").inner_text()
    assert "Traceback" not in said
    assert page.locator('[data-testid="stException"]').count() == 0
    assert say("simulated", lang) in said or "模拟" in said
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0


@pytest.mark.parametrize("kind", ["outfall", "case", "patrol", "reach", "finding", "inspection"])
def test_a_record_of_each_kind_opens(visit, city, kind):
    view = city.as_seen_by("diaodu01")
    rows = view.layer(kind) if kind in ("outfall", "reach") else view.records(kind)
    row = rows.iloc[len(rows) // 2]
    page = visit(f"record?as=diaodu01&kind={kind}&id={row['id']}")
    page.get_by_role("heading").first.wait_for(timeout=60_000)
    page.locator('[data-testid="stStatusWidget"]').wait_for(state="detached", timeout=60_000)
    shown = row["name"] if kind in ("outfall", "reach") else row["number"]
    assert str(shown) in page.locator("body").inner_text()
    assert page.locator('[data-testid="stException"]').count() == 0


@pytest.mark.parametrize(("what", "filters"), [("map", {}), ("chief", {"chief": "zhen01"}), ("gaps", {})])
def test_an_exported_page_opens_from_disk_and_asks_nothing_of_anybody(chromium, city, tmp_path, what, filters):
    out = tmp_path / f"{what}.html"
    export_file(city, "diaodu01", what, out, filters, "zh")
    asked, context = [], chromium.new_context(viewport=SIZES["phone"], offline=True)
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: asked.append(str(error)))
    page.goto(out.as_uri())
    page.wait_for_load_state()
    assert "模拟" in page.locator("body").inner_text()
    if what != "chief":
        page.locator(".leaflet-control-scale-line").first.wait_for(timeout=30_000)
    else:
        assert page.locator("svg").count() > 0
        assert out.stat().st_size <= 3_000_000
    assert [url for url in asked if not url.startswith(("file://", "data:", "blob:"))] == []
    context.close()
