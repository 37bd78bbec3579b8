"""The offline pages: nothing fetched, nothing run that a name brought along, the same bytes twice."""

import re

import geopandas as gpd
import pandas as pd
import pytest
from shapely.ops import substring

from reports import chief_sheet, html_map


@pytest.fixture(scope="module")
def chief_frames(base, many, hostile):
    reaches = base["reach"]
    line = reaches.geometry.iloc[0]
    gaps = gpd.GeoDataFrame({
        "reach_id": ["Q-1"] * 3, "reach_name": ["清河·上段"] * 3, "bank": ["left", "right", "both"],
        "from_m": [0.0, 4000.0, 9000.0],
        "to_m": [4000.0, 9000.0, 12000.0], "length_m": [4000.0, 5000.0, 3000.0],
        "last_seen": pd.to_datetime(["2026-05-01", None, "2026-06-28"]), "days": [60, None, 2],
        "state": ["twice_overdue", "never", "within_duty"]},
        geometry=[substring(line, 0, 0.2, True), substring(line, 0.2, 0.5, True), substring(line, 0.5, 0.7, True)], crs=4490)
    patrols = pd.DataFrame({"started_at": pd.to_datetime(["2026-06-20T01:00Z", "2026-06-28T01:00Z"]),
                            "kind": ["self", "meeting"], "people": ["示例人员", hostile],
                            "has_track": [True, False], "result": ["正常", hostile]})
    return {"reaches": reaches.iloc[:2], "gaps": gaps, "problems": many(8), "patrols": patrols, "water": reaches,
            "areas": base["lake"]}


def _fetched(page):
    """Addresses of other hosts that a browser would ask for: in src, href, url() and @import."""
    found = re.findall(
        r"""(?:\s(?:src|href|action|data)\s*=\s*["']?|url\(\s*["']?|@import\s+["']?)(?!data:|#)([^"')\s>]+)""", page)
    return [address for address in found if address.startswith(("http:", "https:", "//", "/app"))]


def test_map_fetches_nothing_and_says_so_to_the_browser(problems, base, sheet):
    page = html_map.page(problems, base, sheet).decode()
    head = page[:page.index("<script")]
    assert "Content-Security-Policy" in head and "default-src 'none'" in head and "'unsafe-inline'" not in re.search(
        r"script-src ([^;]*);", head).group(1)
    markup = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    assert _fetched(markup) == []
    assert "<link" not in markup and not re.search(r"<script[^>]+src", page)


def test_map_lists_every_number_and_escapes_hostile_names(problems, base, sheet, hostile):
    page = html_map.page(problems, base, sheet).decode()
    assert re.findall(r'data-id="(\d+)"', page) == [str(seq) for seq in problems["seq"]]
    assert hostile not in page and 'alert("x")' not in page
    assert "&lt;script&gt;" in page and "（模拟数据）" in page


def test_map_is_the_same_twice(problems, base, sheet):
    assert html_map.page(problems, base, sheet) == html_map.page(problems, base, sheet)


def test_chief_sheet_is_small_and_has_no_script(chief_frames, sheet, hostile):
    raw = chief_sheet.page({"name": "示例东区区级河长", "person": hostile}, chief_frames, sheet)
    page = raw.decode()
    assert len(raw) < chief_sheet.LIMIT_BYTES and "<script" not in page and hostile not in page
    assert "default-src 'none'" in page and _fetched(page.replace("http://www.w3.org/2000/svg", "")) == []


def test_chief_sheet_lists_gaps_worst_first_cases_with_places_and_patrols(chief_frames, sheet):
    page = chief_sheet.page({"name": "示例岗位", "person": "示例人员"}, chief_frames, sheet).decode()
    rows = re.findall(r"<tr>(.*?)</tr>", page)
    gaps = [row for row in rows if "K" in row and "+" in row and "清河·上段" in row]
    assert len(gaps) == 2 and "从未巡过" in gaps[0] and "K4+000 – K9+000" in gaps[0] and "超期两倍以上" in gaps[1]
    assert page.count("东经112°") == 8 and "2026-示东-0008" in page
    assert "无轨迹（计频次，不计覆盖）" in page
    assert "责任河段 2 段 36.0 km；巡河空白 2 处 9.0 岸线km；未销号问题 8 个，其中超期或复发 4 个。" in page


def test_chief_sheet_of_a_post_without_anything_says_so(sheet):
    page = chief_sheet.page({"name": "空岗位", "person": ""}, {}, sheet).decode()
    assert page.count("没有。") == 4 and "<svg" not in page
