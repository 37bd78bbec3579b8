"""Blank ledgers: headings of a layer, code lists as drop-downs, two marked example rows that an import skips."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

from data.intake.fields import columns_of
from data.store.write import described
from layers.base import Column

EXAMPLE_PLACE = {"lon": ("112.454000", "112°27′14.4″"), "lat": ("34.619700", "34°37′10.9″"),
                 "wkt": ("LINESTRING(112.45 34.62, 112.46 34.61)", "")}  # fmt: skip
POLYGON = "POLYGON((112.45 34.62, 112.46 34.62, 112.46 34.61, 112.45 34.62))"
WORDS = {
    "zh": {"no": "序号", "example": "示例", "choices": "选项", "required": "必填", "note": "示例行导入时自动跳过，可删除。",
           "date": "如 2026-03-01", "bool": "是/否", "yes": "是", "no_": "否",
           "shape": "图形一般来自 GIS 文件（GeoJSON、GeoPackage、Shapefile）：直接导入那个文件即可，属性列名同本表。"
                    "只有表格时，在“图形(WKT)”列写 WKT（经度 纬度）。"},
    "en": {"no": "No.", "example": "Example", "choices": "Choices", "required": "Required",
           "note": "Example rows are skipped on import; delete them if you like.", "date": "such as 2026-03-01",
           "bool": "yes/no", "yes": "yes", "no_": "no",
           "shape": "Shapes usually come with a GIS file (GeoJSON, GeoPackage, shapefile): import that file, its fields named "
                    "as here. Where there is only a table, write WKT (lon lat) in the column “Shape (WKT)”."},
}  # fmt: skip
LAST_ROW = 5000


def template(layer: str, lang: str = "zh") -> bytes:
    """The XLSX template of a layer or record, in Chinese or English."""
    shape, words = described(layer), WORDS[lang if lang in WORDS else "zh"]
    columns = columns_of(shape)
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                                        "strings_to_numbers": False})
    sheet = book.add_worksheet(shape.label(lang)[:31].translate(str.maketrans("[]:*?/\\", "()：·？－－")))
    choices = book.add_worksheet(words["choices"])
    head = book.add_format({"bold": True, "bg_color": "#DCE9EF", "border": 1, "text_wrap": True, "valign": "vcenter"})
    must = book.add_format({"bold": True, "bg_color": "#F3DFC6", "border": 1, "text_wrap": True, "valign": "vcenter"})
    text = book.add_format({"num_format": "@"})
    grey = book.add_format({"num_format": "@", "font_color": "#7A868E", "italic": True})
    sheet.write_string(0, 0, words["no"], head)
    drawn = shape.geometry in ("LineString", "Polygon")
    sheet.write_comment(0, 0, "\n".join([words["note"], *([words["shape"]] if drawn else [])]))
    for row in (1, 2):
        sheet.write_string(row, 0, words["example"], grey)
    for at, column in enumerate(columns, start=1):
        sheet.set_column(at, at, max(10, min(28, 2 * len(column.label(lang)))), text)
        sheet.write_string(0, at, column.label(lang), must if column.required else head)
        note = words["shape"] if column.name == "wkt" else _note(column, lang, words)
        if note:
            sheet.write_comment(0, at, note)
        _drop_down(sheet, choices, at, column, lang, words)
        for row in (1, 2):
            shown = POLYGON if (column.name, row, shape.geometry) == ("wkt", 1, "Polygon") else _example(
                column, row, lang, words)
            if shown:
                sheet.write_string(row, at, shown, grey)
    choices.hide()
    sheet.freeze_panes(1, 1)
    book.close()
    return buffer.getvalue()


def _example(column: Column, row: int, lang: str, words: dict[str, str]) -> str:
    if column.name in EXAMPLE_PLACE:
        return EXAMPLE_PLACE[column.name][row - 1]
    if column.kind == "bool":
        return words["yes"] if row == 1 else words["no_"]
    if column.codes:
        if column.example:
            return column.code_label(column.example, lang)
        return column.codes[min(row - 1, len(column.codes) - 1)].label(lang)
    if column.kind in ("date", "datetime"):
        return column.example or ("2026-03-01" if column.kind == "date" else "2026-03-01 09:30") if row == 1 else ""
    if column.name == "code" and row == 2 and column.example:
        return f"{column.example}-2"
    return column.example if row == 1 or column.required else ""


def _note(column: Column, lang: str, words: dict[str, str]) -> str:
    parts = [words["required"]] if column.required else []
    if column.kind in ("date", "datetime"):
        parts.append(words["date"])
    if column.kind == "bool":
        parts.append(words["bool"])
    parts += [code.label(lang) + (f"：{code.note}" if code.note else "") for code in column.codes[:12]]
    return "\n".join(parts)


def _drop_down(sheet: Any, choices: Any, at: int, column: Column, lang: str, words: dict[str, str]) -> None:
    labels = [code.label(lang) for code in column.codes] or ([words["yes"], words["no_"]] if column.kind == "bool" else [])
    if not labels:
        return
    for row, label in enumerate(labels):
        choices.write_string(row, at, label)
    letter = xlsxwriter.utility.xl_col_to_name(at)
    source = f"='{choices.get_name()}'!${letter}$1:${letter}${len(labels)}"
    sheet.data_validation(1, at, LAST_ROW, at, {"validate": "list", "source": source, "error_type": "warning"})
