"""Every layer says everything about itself, in both languages."""

import re
from datetime import date

import pytest

import layers
from layers.base import Layer
from layers.columns import unit_of
from layers.outfall import CLASS1, CLASS2, CLASS3, PARENT

EVERY = list(layers.ALL.values())
CJK = re.compile(r"[\u4e00-\u9fff]")
SHAPES = {"circle", "square", "diamond", "triangle", "flag", "tick", "trapezium", "line", "area"}
RECORDS = {"post", "unit", "holder", "person"}


def named(layer: Layer) -> str:
    return layer.name


def test_registry_holds_the_twelve_in_drawing_order():
    assert set(layers.ALL) == {
        "river", "reach", "lake", "outfall", "black_odorous", "tailings_dam", "wetland", "section", "reservoir",
        "district", "landmark", "settlement",
    }  # fmt: skip
    kinds = [layer.geometry for layer in EVERY]
    assert kinds == sorted(kinds, key=["Polygon", "LineString", "Point"].index)


def test_unknown_layer_names_those_there_are():
    with pytest.raises(KeyError, match="outfall"):
        layers.layer("outfal")


@pytest.mark.parametrize("layer", EVERY, ids=named)
def test_layer_is_labelled(layer: Layer):
    assert CJK.search(layer.zh) and not CJK.search(layer.en) and layer.en
    assert CJK.search(layer.note_zh) and not CJK.search(layer.note_en) and layer.note_en
    assert layer.geometry in {"Point", "LineString", "Polygon"}
    assert layer.symbol.shape in SHAPES
    for colour in (layer.symbol.colour, layer.symbol.fill):
        assert colour == "none" or re.fullmatch(r"#[0-9A-F]{6}", colour)


@pytest.mark.parametrize("layer", EVERY, ids=named)
def test_columns_are_complete(layer: Layer):
    names = [column.name for column in layer.columns]
    assert len(names) == len(set(names))
    assert {"code", "name", "remark"} <= set(names)
    assert layer.column("code").required and layer.column("code").kind == "text"
    for column in layer.columns:
        where = f"{layer.name}.{column.name}"
        assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", column.name), where
        assert CJK.search(column.zh), where
        assert column.en and not CJK.search(column.en), where
        assert column.unit == unit_of(column.name), where
        assert bool(column.codes) == (column.kind == "code"), where
        assert not column.refers_to or column.refers_to in set(layers.ALL) | RECORDS, where


@pytest.mark.parametrize("layer", EVERY, ids=named)
def test_codes_are_labelled_and_unique(layer: Layer):
    for column in layer.columns:
        for field in ("value", "zh", "en"):
            said = [getattr(code, field) for code in column.codes]
            assert all(said) and len(said) == len(set(said)), (layer.name, column.name, field)
        for code in column.codes:
            assert re.fullmatch(r"[A-Za-z0-9_]+", code.value), (layer.name, column.name, code)
            assert not CJK.search(code.en), (layer.name, column.name, code)
            assert column.code_label(code.value, "zh") == code.zh


@pytest.mark.parametrize("layer", EVERY, ids=named)
def test_a_heading_points_to_one_column(layer: Layer):
    """A file's heading (name, label or alias) is never claimed by two columns of one layer."""
    claimed: dict[str, str] = {}
    for column in layer.columns:
        for heading in {column.name, column.zh, *column.aliases}:
            key = heading.casefold()
            assert claimed.setdefault(key, column.name) == column.name, (layer.name, heading)


@pytest.mark.parametrize("layer", EVERY, ids=named)
def test_examples_are_values_of_their_kind(layer: Layer):
    for column in layer.columns:
        text = column.example
        if column.required:
            assert text, (layer.name, column.name)
        if not text:
            continue
        if column.kind == "code":
            assert text in {code.value for code in column.codes}, (layer.name, column.name)
        elif column.kind in ("int", "float"):
            float(text)
        elif column.kind == "date":
            date.fromisoformat(text)
        elif column.kind == "bool":
            assert text in ("是", "否")


def test_outfall_classes_form_a_tree():
    first, second, third = ({code.value for code in codes} for codes in (CLASS1, CLASS2, CLASS3))
    assert {PARENT[value] for value in second} == first
    assert {PARENT[value] for value in third} <= second
    assert set(PARENT) == second | third


def test_outfall_classes_are_nineteen_leaves():
    """HJ 1312-2023 lists 19 rows: 6 of the third level and 13 second-level ones without a third."""
    with_third = {PARENT[code.value] for code in CLASS3}
    assert len(CLASS3) + sum(code.value not in with_third for code in CLASS2) == 19
