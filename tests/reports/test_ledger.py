"""The ledger opened again: numbers, dates, head, nothing a spreadsheet would run."""

import csv
import io
from dataclasses import replace
from datetime import datetime

import openpyxl
import pytest

from reports import ledger
from reports.ledger_columns import COLUMNS

CHINESE = ["序号", "编号", "河湖名称", "河段/位置", "经纬度", "县乡村", "问题类型", "问题描述",
           "严重程度", "发现时间", "来源", "责任单位", "责任人", "责任河长", "整改措施", "整改时限",
           "进展", "完成时间", "复核人/时间", "是否销号", "照片", "备注"]


@pytest.fixture
def book(problems, sheet):
    rules = [{"rule": "period", "value": "30", "unit": "d", "source": "=cmd()", "status": "unverified"}]
    return openpyxl.load_workbook(io.BytesIO(ledger.workbook(problems, sheet, rules)))


def test_headings_are_those_of_the_ledger(book):
    page = book.worksheets[0]
    assert [cell.value for cell in page[ledger.HEAD_ROWS]] == CHINESE


def test_rows_carry_the_map_numbers_in_order(book, problems):
    page = book.worksheets[0]
    rows = list(page.iter_rows(min_row=ledger.HEAD_ROWS + 1, values_only=True))
    assert [row[0] for row in rows] == list(range(1, len(problems) + 1))
    assert [row[1] for row in rows] == list(problems["number"])


def test_no_cell_is_a_formula_or_a_link(book):
    for page in book.worksheets:
        for row in page.iter_rows():
            for cell in row:
                assert cell.data_type != "f" and cell.hyperlink is None
    page = book.worksheets[0]
    assert page.cell(ledger.HEAD_ROWS + 2, CHINESE.index("问题描述") + 1).value == "=1+1"


def test_days_are_days_and_head_names_unit_source_and_cutoff(book):
    page = book.worksheets[0]
    assert page.cell(ledger.HEAD_ROWS + 1, CHINESE.index("整改时限") + 1).value == datetime(2026, 6, 10)
    assert page.cell(ledger.HEAD_ROWS + 1, CHINESE.index("发现时间") + 1).value == datetime(2026, 5, 1)
    head = " ".join(str(page.cell(row, 1).value) for row in (1, 2, 3))
    for words in ("填报单位：示例市河长制办公室", "来源：示例市河长工作台", "截止时间：2026-06-30 18:00", "2026-BG-0007", "模拟"):
        assert words in head


def test_prints_on_a3_landscape_with_repeated_head_and_filter(book):
    page = book.worksheets[0]
    assert page.page_setup.orientation == "landscape" and int(page.page_setup.paperSize) == 8
    assert page.print_title_rows == "$1:$4" and page.freeze_panes == "C5"
    assert page.auto_filter.ref.startswith("A4:V")


def test_notes_tell_filters_and_rules_with_their_standing(book):
    words = [str(cell.value) for row in book.worksheets[1].iter_rows() for cell in row if cell.value]
    assert "依据待核实" in words and "=cmd()" in words
    assert any("河流：清河" in line for line in words)


def test_overdue_rows_stand_out_and_others_do_not(book, problems):
    page = book.worksheets[0]
    fills = {row.look: page.cell(ledger.HEAD_ROWS + row.seq, 3).fill.fgColor.rgb for row in problems.itertuples()}
    assert fills["overdue"] != fills["in_work"] and fills["deferred"] not in (fills["overdue"], fills["in_work"])


def test_csv_prefixes_whatever_a_spreadsheet_would_run(problems, sheet):
    raw = ledger.csv_file(problems, sheet)
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    assert rows[0] == CHINESE and len(rows) == len(problems) + 1
    assert rows[2][CHINESE.index("问题描述")] == "'=1+1"
    for start in "=+-@\t＝＋－＠":
        assert ledger.safe_cell(f"{start}x")[0] == "'" or start == "\t"
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_english_headings_and_words(problems, sheet):
    english = openpyxl.load_workbook(io.BytesIO(ledger.workbook(problems, replace(sheet, lang="en", title="Ledger"))))
    heads = [cell.value for cell in english.worksheets[0][ledger.HEAD_ROWS]]
    assert heads[0] == "No." and len(set(heads)) == len(COLUMNS)
    assert not any(ord(sign) > 0x2E80 for head in heads for sign in head)


def test_same_rows_same_bytes_and_an_empty_ledger_opens(problems, sheet):
    assert ledger.workbook(problems, sheet) == ledger.workbook(problems.sample(frac=1, random_state=1), sheet)
    empty = openpyxl.load_workbook(io.BytesIO(ledger.workbook(problems.iloc[:0], sheet)))
    assert empty.worksheets[0].max_row >= ledger.HEAD_ROWS
