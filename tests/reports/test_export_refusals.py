"""Who may take nothing out, where nothing can be written, and documents about nothing: a sentence or an honest empty file."""

import pandas as pd
import pytest
import shapely

from data.city import City
from data.store import create_store
from geo.faults import Fault
from reports.export import export_file

ALL = [("map", ".png"), ("map", ".html"), ("ledger", ".csv"), ("ledger", ".xlsx"), ("gaps", ".csv"), ("gaps", ".xlsx"),
       ("gaps", ".html"), ("gaps", ".gpkg"), ("defects", ".csv"), ("defects", ".gpkg"), ("package", ".gpkg"),
       ("outfall", ".csv"), ("case", ".gpkg"), ("patrol", ".xlsx")]


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("HEZHANG_NOW", "2026-06-30T18:00:00+08:00")
    made = create_store(tmp_path / "office.sqlite", city=City(name="试点市", bounds=(112.0, 34.0, 113.0, 35.0)))
    with made.writing("operator", "seed") as tx:
        tx.insert("reach", [{"code": "R1", "name": "甲河", "highest_level": "township",
                             "geometry": shapely.LineString([(112.1, 34.5), (112.2, 34.5)])}])
        tx.insert("account", [{"name": "gone", "role": "disabled"}, {"name": "hand", "role": "handler", "unit_code": "U1"}])
    return made


@pytest.mark.parametrize(("what", "suffix"), ALL)
def test_who_sees_nothing_is_refused_and_who_has_nothing_gets_an_empty_file(store, tmp_path, what, suffix):
    out = tmp_path / f"a{suffix}"
    for who, code in (("gone", "not_allowed"), ("anonymous", "not_allowed"), ("nobody", "account_unknown")):
        with pytest.raises(Fault) as caught:
            export_file(store, who, what, out, {})
        assert caught.value.code == code and not out.exists()
    export_file(store, "hand", what, out, {})
    assert out.stat().st_size > 0
    if suffix == ".csv":
        assert len(pd.read_csv(out)) == 0 or what == "defects"     # the book of responsibilities is public


@pytest.mark.parametrize(("what", "suffix"), ALL[:3])
def test_a_store_without_anything_gives_documents_about_nothing(tmp_path, what, suffix):
    empty = create_store(tmp_path / "empty.sqlite", city=City(name="空市"))
    if suffix == ".png":
        with pytest.raises(Fault) as caught:
            export_file(empty, "operator", what, tmp_path / "e.png", {})
        assert caught.value.code == "map_of_nothing"
        return
    export_file(empty, "operator", what, tmp_path / f"e{suffix}", {})
    assert (tmp_path / f"e{suffix}").stat().st_size > 0


@pytest.mark.parametrize(("what", "suffix"), [("reach", ".csv"), ("reach", ".gpkg"), ("ledger", ".csv")])
def test_what_cannot_be_written_is_a_sentence(store, tmp_path, what, suffix):
    folder = tmp_path / f"folder{suffix}"
    folder.mkdir()
    for out, code in ((folder, "file_unwritable"), (tmp_path, "file_unwritable"), (tmp_path / "no" / f"x{suffix}",
                      "folder_missing"), (tmp_path / f"{'x' * 300}{suffix}", "file_unwritable")):
        with pytest.raises(Fault) as caught:
            export_file(store, "operator", what, out, {})
        assert caught.value.code == code
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == [] and not list(folder.iterdir())
