"""The page on adding a layer names what exists, and its example works as written."""

import re
from pathlib import Path

import layers
from layers import columns, marks
from layers import map as drawing
from layers.base import Layer

ROOT = Path(layers.__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "adding-a-layer.md").read_text(encoding="utf-8")


def test_every_file_named_exists():
    files = [name for name in re.findall(r"`([\w./-]+\.(?:py|csv|md))`", PAGE) if "NAME" not in name]
    assert len(files) >= 6
    assert [name for name in files if not (ROOT / name).is_file()] == []


def test_every_name_in_code_exists():
    for owner, name in (
        (layers, "_MODULES"), (layers, "ALL"), (columns, "UNITS"), (columns, "PLACE"), (columns, "measure"),
        (marks, "_shape"), (drawing, "_SIZES"), (drawing, "draw_sections"),
    ):  # fmt: skip
        assert name in PAGE and hasattr(owner, name), name
    for test in re.findall(r"`(test_\w+)`", PAGE):
        assert test in (ROOT / "tests/layers/test_layers_complete.py").read_text(encoding="utf-8")


def test_the_example_is_a_whole_layer():
    code = re.search(r"```python\n(.*?)```", PAGE, flags=re.DOTALL).group(1)
    space: dict[str, object] = {}
    exec(compile(code, "docs/adding-a-layer.md", "exec"), space)
    made = space["LAYER"]
    assert isinstance(made, Layer) and made.name not in layers.ALL
    assert made.column("flow_m3_s").unit == "m³/s"
    assert {"code", "name", "remark"} <= {column.name for column in made.columns}
