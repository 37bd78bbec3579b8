"""Old rows with coordinates that are no place: every document is still made, they are left out of it and counted."""

import math

import geopandas as gpd
import numpy as np
import pytest
import shapely
import sqlalchemy as sa
from openpyxl import load_workbook
from shapely.geometry import Point

from data.city import City
from data.store import create_store, schema
from reports import html_map, ledger, problem_map
from reports.export import export_file
from reports.numbered import kept, reopened
from reports.pack import chief_page
from reports.places import on_earth, settled, unplaced

BAD = [(math.nan, 34.5), (math.inf, 34.5), (1e300, -1e300), (200.0, 34.5), (112.2, 91.0), (34.5, 112.2), (-math.inf, math.nan)]
OFF_MAP = (0.0, 0.0)


def test_on_earth_is_a_finite_pair_in_range():
    assert not on_earth(*np.array(BAD).T).any()
    assert on_earth([180, -180, 112.2], [90, -90, 34.5]).all()


def spoilt(problems):
    """The scene with its first rows where no place is."""
    places = [*BAD, OFF_MAP]
    problems.loc[problems.index[:len(places)], ["lon", "lat"]] = places
    problems.geometry = [Point(x, y) for x, y in zip(problems["lon"], problems["lat"], strict=True)]
    return problems, len(places)


def test_places_that_are_none_are_left_out_and_the_rest_is_framed_as_before(problems, base, sheet):
    good = problems.iloc[len(BAD) + 1:]
    bad, count = spoilt(problems)
    assert unplaced(settled(bad, base)) == count
    assert np.allclose(settled(bad, base).total_bounds, good.total_bounds)
    assert problem_map.render(bad, base, sheet, ("pdf",))["pdf"].startswith(b"%PDF")


@pytest.mark.parametrize("crs", ["", "EPSG:4547"])
@pytest.mark.parametrize("ground", [True, False])
def test_a_kept_report_of_such_rows_prints_and_counts_them(problems, base, sheet, crs, ground):
    from dataclasses import replace
    bad, count = spoilt(problems)
    rows, filters = kept(bad, base if ground else {}, replace(sheet, crs=crs))
    assert all(row["lon"] is None or math.isfinite(row["lon"]) for row in rows)
    again, ground_again, head, _ = reopened(rows, filters, "BG-1")
    assert unplaced(again) == count
    assert len(problem_map.render(again, ground_again, head, ("png",))["png"]) > 10_000
    assert f"未定位 {count}" in html_map.page(again, ground_again, head).decode()
    assert ("未定位", str(len(BAD))) in ledger.note_lines(ledger.rows_of(again), head)     # (0, 0) is a place, though off the map
    assert "1e+300" not in ledger.csv_file(again, head).decode("utf-8-sig")


@pytest.fixture
def store(tmp_path, monkeypatch):
    """Two cases and two outfalls; then one of each is spoilt beneath the checks of the entry, as an old row would be."""
    monkeypatch.setenv("HEZHANG_NOW", "2026-06-30T18:00:00+08:00")
    made = create_store(tmp_path / "office.sqlite", city=City(name="试点市", bounds=(112.0, 34.0, 113.0, 35.0)))
    with made.writing("operator", "seed") as tx:
        tx.insert("reach", [{"code": "R1", "name": "甲河", "highest_level": "township",
                             "geometry": shapely.LineString([(112.1, 34.5), (112.2, 34.5)])}])
        tx.insert("post", [{"code": "P1", "name": "镇级河长", "level": "township", "kind": "lead"}])
        tx.insert("responsibility", [{"post_code": "P1", "object_layer": "reach", "object_code": "R1", "bank": "both",
                                      "role": "lead", "valid_from": "2025-01-01"}])
        tx.insert("outfall", [{"code": f"O{n}", "geometry": Point(112.12 + n / 100, 34.5003)} for n in (1, 2)])
        tx.insert("case", [{"kind": "mining", "state": "assigned", "description": "采砂", "post_code": "P1",
                            "opened_at": "2026-06-01T08:00:00+08:00",
                            "due_on": "2026-06-10", "lon": 112.15 + n / 100, "lat": 34.5} for n in (1, 2)])
        tx.insert("finding", [{"kind": "mining", "source": "inspection", "description": "采砂",
                               "found_at": "2026-06-01T08:00:00+08:00",
                               "lon": 112.15, "lat": 34.5}])
    return made


@pytest.mark.parametrize("place", [(math.inf, math.inf), (1e300, 1e300), (200.0, 95.0)])
def test_a_spoilt_row_of_old_breaks_no_file(store, tmp_path, place):
    case, finding = schema.RECORD["case"], schema.RECORD["finding"]
    with store.engine.connect() as connection:
        first = connection.execute(sa.select(sa.func.min(case.c.id))).scalar()
    with store.writing("operator", "seed") as tx:
        at = {"lon": place[0], "lat": place[1]}
        tx.connection.execute(case.update().where(case.c.id == first).values(**at))
        tx.connection.execute(finding.update().values(**at))
        tx.connection.execute(schema.FEATURE.update().where(schema.FEATURE.c.code == "O1")
                              .values(geometry=shapely.to_wkb(Point(*place))))
    for what, suffixes in {"map": ("png", "pdf", "html"), "ledger": ("csv", "xlsx"), "package": ("gpkg",),
                           "gaps": ("html", "xlsx", "gpkg"), "case": ("csv", "xlsx", "gpkg", "geojson"),
                           "outfall": ("csv", "xlsx", "gpkg", "geojson"), "finding": ("xlsx", "geojson")}.items():
        for suffix in suffixes:
            export_file(store, "operator", what, tmp_path / f"{what}.{suffix}", {})
    for layer in ("cases", "outfalls"):
        placed = gpd.read_file(tmp_path / "package.gpkg", layer=layer).geometry
        assert len(placed) == 2 and placed.isna().sum() == 1
    assert gpd.read_file(tmp_path / "case.geojson").geometry.isna().sum() == 1
    notes = load_workbook(tmp_path / "ledger.xlsx").worksheets[1]
    assert {row[0]: row[1] for row in notes.iter_rows(values_only=True)}["未定位"] == "2"
    assert "未定位 2" in (tmp_path / "map.html").read_text(encoding="utf-8")
    assert "未定位 2" in chief_page(store.as_seen_by("operator"), "P1").decode()
