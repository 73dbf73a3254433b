"""Files as spreadsheets open them: text stays text, numbers stay numbers, nothing is cut."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.core.errors import DomainError
from dashboard.services.export_files import BOM, CELL_LENGTH, About, ExportColumn, Format, file_bytes
from tests.analytics.core.test_safe_cells import ATTACKS, begins_a_formula

COLUMNS = (
    ExportColumn("name", "名称"),
    ExportColumn("day", "日期", "day"),
    ExportColumn("amount", "金额 (¥)", "cents"),
    ExportColumn("share", "占比", "rate"),
    ExportColumn("units", "=数量", "units"),
)
FRAME = pd.DataFrame(
    {
        "name": ["五常大米, 5 kg", "=1+1", "  -5 折", None, 'say "hi"'],
        "day": [date(2026, 2, 1), pd.Timestamp("2026-02-02 08:00"), date(2026, 2, 3), None, date(2026, 2, 5)],
        "amount": [-12.5, 0.1 + 0.2, Decimal("1234567890.12"), float("nan"), 7],
        "share": [0.1234, -0.05, float("nan"), 1.0, 0.0],
        "units": [0.5, -3.0, 1e15, 2.0, 0.0],
        "hidden": ["secret"] * 5,
    }
)
ABOUT = About((("内容", "销售额"), ("导出人", "=cmd")), ("数据", "说明"), "李 & 王 于今日导出")


def midnight(day: int) -> pd.Timestamp:
    """A day of February as a worksheet gives it back."""
    return pd.Timestamp(2026, 2, day)


def lines(file: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline="")))


def sheets(file: bytes) -> list[Any]:
    return list(openpyxl.load_workbook(io.BytesIO(file)).worksheets)


def test_a_csv_says_what_it_is_and_holds_the_table_as_shown() -> None:
    file = file_bytes(Format.CSV, FRAME, COLUMNS, ABOUT)
    assert file.startswith(BOM.encode())
    assert lines(file) == [
        ["# 内容: 销售额"],
        ["# 导出人: =cmd"],
        ["# 李 & 王 于今日导出"],
        ["名称", "日期", "金额 (¥)", "占比 (%)", "'=数量"],
        ["五常大米, 5 kg", "2026-02-01", "-12.5", "12.34", "0.5"],
        ["'=1+1", "2026-02-02", "0.3", "-5", "-3"],
        ["'  -5 折", "2026-02-03", "1234567890.12", "", "1000000000000000.0"],
        ["", "", "", "100", "2"],
        ['say "hi"', "2026-02-05", "7", "0", "0"],
    ]
    assert b"secret" not in file


def test_a_csv_is_read_by_what_reads_csv() -> None:
    file = file_bytes(Format.CSV, FRAME, COLUMNS, ABOUT)
    read = pd.read_csv(io.BytesIO(file), skiprows=3)
    assert list(read["金额 (¥)"].dropna()) == [-12.5, 0.3, 1234567890.12, 7.0]


def test_a_worksheet_holds_numbers_days_and_text_as_such() -> None:
    data, beside = sheets(file_bytes(Format.XLSX, FRAME, COLUMNS, ABOUT))
    assert (data.title, beside.title) == ("数据", "说明")
    cells = [[cell.value for cell in row] for row in data.iter_rows()]
    assert cells == [
        ["名称", "日期", "金额 (¥)", "占比", "=数量"],
        ["五常大米, 5 kg", midnight(1), -12.5, 0.1234, 0.5],
        ["=1+1", midnight(2), 0.3, -0.05, -3],
        ["  -5 折", midnight(3), 1234567890.12, None, 1e15],
        [None, None, None, 1, 2],
        ['say "hi"', midnight(5), 7, 0, 0],
    ]
    assert data["A3"].data_type == "s"
    assert data["A3"].quotePrefix, "a text that looks like a formula stays text when it is edited"
    assert not data["A2"].quotePrefix
    assert data["B2"].number_format == "yyyy-mm-dd"
    assert data["D2"].number_format == "0.0%"
    assert data.freeze_panes == "A2"
    assert [[cell.value for cell in row] for row in beside.iter_rows()] == [
        ["内容", "销售额"], ["导出人", "=cmd"], ["", "李 & 王 于今日导出"],
    ]  # fmt: skip
    assert "李 && 王" in (data.oddFooter.left.text or "")


@pytest.mark.parametrize("text", ATTACKS)
def test_no_attack_is_calculated(text: str) -> None:
    frame = pd.DataFrame({"name": [text, text]})
    column = (ExportColumn("name", text),)
    about = About(((text, text),), ("a", "b"), text)
    for line in lines(file_bytes(Format.CSV, frame, column, about)):
        assert not [cell for cell in line if begins_a_formula(cell)]
    for sheet in sheets(file_bytes(Format.XLSX, frame, column, about)):
        assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.text(max_size=20), min_size=1, max_size=5), st.floats(-1e12, 1e12))
def test_whatever_stands_in_a_table_can_leave(names: list[str], amount: float) -> None:
    frame = pd.DataFrame({"name": names, "amount": [amount] * len(names)})
    columns = (ExportColumn("name", "name"), ExportColumn("amount", "amount", "cents"))
    about = About((), ("a", "b"), "w")
    [_, _, *rows] = lines(file_bytes(Format.CSV, frame, columns, about))
    assert len(rows) == len(names)
    [data, _] = sheets(file_bytes(Format.XLSX, frame, columns, about))
    assert [row[1].value for row in data.iter_rows(min_row=2)] == [pytest.approx(amount, rel=1e-12, abs=1e-6)] * len(
        names
    )
    assert not [cell for row in data.iter_rows() for cell in row if cell.data_type == "f"]


def test_a_text_that_no_cell_takes_is_refused_and_not_cut() -> None:
    frame = pd.DataFrame({"name": ["x" * (CELL_LENGTH + 1)]})
    column = (ExportColumn("name", "名称"),)
    with pytest.raises(DomainError, match="export_cell_too_long"):
        file_bytes(Format.XLSX, frame, column, ABOUT)
    assert "x" * (CELL_LENGTH + 1) in file_bytes(Format.CSV, frame, column, ABOUT).decode()


def test_an_empty_table_is_a_file_too() -> None:
    frame = FRAME[:0]
    assert len(lines(file_bytes(Format.CSV, frame, COLUMNS, ABOUT))) == 4
    [data, _] = sheets(file_bytes(Format.XLSX, frame, COLUMNS, ABOUT))
    assert data.max_row == 1
