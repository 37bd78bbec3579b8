"""The GeoPackage read again: rows, CRS, types, styles that name every field, the same bytes twice."""

import xml.etree.ElementTree as ElementTree

import geopandas as gpd
import pyogrio
import pytest

from reports import gis_package


@pytest.fixture(scope="module")
def package(base, many, tmp_path_factory):
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from reports.sheet import Sheet
    sheet = Sheet("示例", "示例单位", "示例", datetime(2026, 6, 30, 18, tzinfo=ZoneInfo("Asia/Shanghai")))
    problems = many(12)
    problems.loc[3, "geometry"] = None
    frames = {
        "reaches": base["reach"].rename(columns={"reach_id": "code"}), "outfalls": problems.assign(code=problems["number"]),
        "gaps": base["reach"].assign(state="overdue", days=40, last_seen="2026-05-01", bank="left"), "cases": problems,
        "districts": base["district"]}
    raw = gis_package.package(frames, sheet)
    path = tmp_path_factory.mktemp("gis") / "p.gpkg"
    path.write_bytes(raw)
    return path, frames, raw, gis_package.package(frames, sheet)


def test_layers_rows_and_system(package):
    path, frames, *_ = package
    assert {name for name, _ in pyogrio.list_layers(path)} == {*frames, "layer_styles"}
    for name, frame in frames.items():
        read = gpd.read_file(path, layer=name)
        assert len(read) == len(frame) and read.crs.to_epsg() == 4490
        assert read.geometry.dropna().is_valid.all()
    cases = gpd.read_file(path, layer="cases")
    assert list(cases["number"]) == list(frames["cases"]["number"]) and cases.geometry.isna().sum() == 1


def test_names_are_ascii_dates_are_dates_and_times_are_utc(package):
    path = package[0]
    for name in ("reaches", "outfalls", "gaps", "cases", "districts"):
        info = pyogrio.read_info(path, layer=name)
        assert all(field.isascii() for field in info["fields"])
    cases = gpd.read_file(path, layer="cases")
    assert str(cases["opened_at"].dt.tz) == "UTC" and cases["opened_at"].iloc[0].isoformat() == "2026-05-01T02:00:00+00:00"
    assert cases["due_on"].iloc[0].isoformat()[:10] == "2026-06-10"
    fields = pyogrio.read_info(path, layer="cases")
    assert fields["dtypes"][list(fields["fields"]).index("due_on")] == "datetime64[D]"


def test_styles_are_xml_and_alias_every_field(package):
    path, frames, *_ = package
    styles = pyogrio.read_dataframe(path, layer="layer_styles")
    assert sorted(styles["f_table_name"]) == sorted(frames)
    for row in styles.itertuples():
        root = ElementTree.fromstring(row.styleQML)  # our own text, not an upload
        aliases = {alias.get("field"): alias.get("name") for alias in root.iter("alias")}
        assert set(aliases) == set(pyogrio.read_info(path, layer=row.f_table_name)["fields"])
        assert any(ord(sign) > 0x2E80 for sign in "".join(aliases.values()))
        used = {category.get("symbol") for category in root.iter("category")}
        assert used <= {symbol.get("name") for symbol in root.iter("symbol")}


def test_the_same_rows_give_the_same_bytes(package):
    assert package[2] == package[3]
