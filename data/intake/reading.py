"""What the worker hands back: cells as text, shapes as WKB, tracks as points, and what could not be read."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa


@dataclass
class Reading:
    """One file, read but not understood. Lists of `cells`, `wkb`, `row` and `line` run in step."""

    kind: str = ""
    encoding: str | None = None
    sheet: str | None = None
    sublayer: str | None = None
    sublayers: list[dict[str, Any]] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    cells: list[list[str | None]] = field(default_factory=list)
    wkb: list[bytes | None] = field(default_factory=list)
    row: list[int] = field(default_factory=list)
    line: list[int | None] = field(default_factory=list)
    crs: str | None = None
    crs_how: str = ""
    spatial: bool = False
    bad: list[dict[str, Any]] = field(default_factory=list)
    repairs: list[dict[str, Any]] = field(default_factory=list)
    skipped: list[dict[str, Any]] = field(default_factory=list)
    questions: list[dict[str, Any]] = field(default_factory=list)
    tracks: list[dict[str, Any]] = field(default_factory=list)
    points: list[tuple[int, int, float, float, str | None]] = field(default_factory=list)
    photo: dict[str, Any] | None = None
    error: dict[str, Any] | None = None

    def add(self, cells: list[str | None], wkb: bytes | None = None, line: int | None = None) -> None:
        """Append one record; records are numbered from 1."""
        self.cells.append(cells)
        self.wkb.append(wkb)
        self.row.append(len(self.row) + 1)
        self.line.append(line)

    def save(self, folder: Path) -> None:
        """Write to `folder`: rows.arrow, points.arrow, reading.json."""
        by_column = list(zip(*self.cells, strict=True)) if self.cells else [()] * len(self.columns)
        data = {f"c{i}": pa.array(values, pa.large_string()) for i, values in enumerate(by_column)}
        data["wkb"] = pa.array(self.wkb, pa.large_binary())
        data["row"] = pa.array(self.row, pa.int64())
        data["line"] = pa.array(self.line, pa.int64())
        _write(pa.table(data), folder / "rows.arrow")
        names = ("track", "segment", "lon", "lat", "time")
        kinds = (pa.int64(), pa.int64(), pa.float64(), pa.float64(), pa.string())
        columns = list(zip(*self.points, strict=True)) if self.points else [()] * 5
        arrays = {n: pa.array(v, k) for n, v, k in zip(names, columns, kinds, strict=True)}
        _write(pa.table(arrays), folder / "points.arrow")
        bulky = {"cells", "wkb", "row", "line", "points"}
        plain = {name: value for name, value in asdict(self).items() if name not in bulky}
        (folder / "reading.json").write_text(json.dumps(plain, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Reading:
        """Read back what `save` wrote."""
        reading = cls(**json.loads((folder / "reading.json").read_text(encoding="utf-8")))
        table = _read(folder / "rows.arrow")
        columns = [table.column(f"c{i}").to_pylist() for i in range(len(reading.columns))]
        reading.wkb, reading.row = table.column("wkb").to_pylist(), table.column("row").to_pylist()
        reading.line = table.column("line").to_pylist()
        reading.cells = [list(values) for values in zip(*columns, strict=True)] if columns else [[] for _ in reading.row]
        points = _read(folder / "points.arrow")
        reading.points = list(zip(*(points.column(i).to_pylist() for i in range(5)), strict=True))
        return reading


def _write(table: pa.Table, path: Path) -> None:
    """Arrow IPC, not feather: pyarrow's feather loads pandas, which costs every upload half a second."""
    with path.open("wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


def _read(path: Path) -> pa.Table:
    with path.open("rb") as file, pa.ipc.open_file(file) as reader:
        return reader.read_all()


def cell_text(value: Any) -> str | None:
    """A value of a file as text: whole numbers without a point, dates as ISO 8601, nothing as None."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if value != value:
            return None
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, bytes):
        return None
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    text = str(value).strip()
    return text or None
