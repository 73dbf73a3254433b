"""Workbooks: dates of both calendars, merged names, formulas, and archives that are no workbooks."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests.data.bad_input.goods import LOADED, NAMES, ROWS, goods
from tests.data.bad_input.kinds import shows
from tests.data.bad_input.outcome import outcomes, refused
from tests.data.sources.door import Door

pytestmark = pytest.mark.slow


def workbook(
    path: Path, rows: Iterable[Iterable[Any]], *, merged: tuple[str, ...] = (), epoch: datetime | None = None
) -> Path:
    book = openpyxl.Workbook()
    if epoch is not None:
        book.epoch = epoch
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(tuple(row))
    for span in merged:
        sheet.merge_cells(span)
    book.save(path)
    return path


def loaded(door: Door) -> list[tuple[object, ...]]:
    return [(row["sku"], row["name"]) for row in door.rows("product")]


TITLE = ("2026年商品主数据", None, None, None)
UPPER = ("编码", "品名", "规格", None)
LOWER = (None, None, "上市", "重量")
TWO_LINES = goods(options="header = [2, 3]").replace('"上市"', '"规格 上市"').replace('"重量"', '"规格 重量"')


@shows("merged header")
def test_merged_names_are_refused_until_the_mapping_says_where_they_are(door: Door) -> None:
    rows = (TITLE, UPPER, LOWER, *ROWS)
    workbook(door.files / "p.xlsx", rows, merged=("A1:D1", "A2:A3", "B2:B3", "C2:D2"))
    error = refused(door, lambda: door.bring(goods()), naming="2026年商品主数据")
    assert (error.code, error.facts["file"]) == ("merged_header", "p.xlsx")
    found = outcomes(door, door.bring(TWO_LINES))["p.xlsx"]
    assert (found.read, found.loaded, found.set_aside) == (2, 2, [])
    assert loaded(door) == LOADED
    assert door.values("product", "line") == [4, 5]
    assert door.values("product", "kg") == [5.5, 0.25]


@shows("1900 dates", "1904 dates", "text numbers")
def test_dates_of_both_calendars_and_numbers_as_text(door: Door) -> None:
    rows = [NAMES, ("0001", "米", date(2026, 1, 31), "1,234.50"), (2, "油", datetime(2026, 2, 28, 13, 30), 0.1 + 0.2)]  # noqa: DTZ001 - a cell has no zone
    workbook(door.files / "1900.xlsx", rows)
    workbook(door.files / "1904.xlsx", rows, epoch=CALENDAR_MAC_1904)
    # A number that was never formatted as a date could be one of either calendar.
    workbook(door.files / "raw.xlsx", [NAMES, ("3", "面", 46053, 1)])
    found = outcomes(door, door.bring(goods()))
    told = [(row["file"], row["sku"], row["launched"], row["kg"]) for row in door.rows("product")]
    assert told == [
        (name, *row)
        for name in ("1900.xlsx", "1904.xlsx")
        for row in (("0001", date(2026, 1, 31), 1234.5), ("2", date(2026, 2, 28), pytest.approx(0.3)))
    ]
    assert found["raw.xlsx"].set_aside == [(2, "launched", "46053", "not_a_date")]


@shows("formula in a cell", "spreadsheet error", "trailing totals row")
def test_a_formula_without_a_value_is_no_blank_and_an_error_neither(door: Door) -> None:
    rows = [NAMES, ("1", "=B4", None, 1), ("2", "油", None, "=D2*2"), ("3", "#N/A", None, 1), ("4", "米", None, 1)]
    path = workbook(door.files / "p.xlsx", [*rows, ("总计", None, None, 3)])
    with_value(path, "D3", "2")
    found = outcomes(door, door.bring(goods()))["p.xlsx"]
    assert found.set_aside == [
        (2, "name", "=B4", "formula"),
        (4, "name", "#N/A", "spreadsheet_error"),
        (6, "", "总计,,,3", "totals_row"),
    ]
    # A formula that was computed is its value.
    assert [(row["sku"], row["kg"]) for row in door.rows("product")] == [("2", 2.0), ("4", 1.0)]


def with_value(path: Path, cell: str, value: str) -> None:
    """Write the value beside the cell's formula, as a spreadsheet does when it saves."""
    parts = {}
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    start = sheet.index(f'<c r="{cell}"')
    end = sheet.index("</c>", start)
    inner = sheet[start:end].replace("<v />", f"<v>{value}</v>").replace("<v></v>", f"<v>{value}</v>")
    parts["xl/worksheets/sheet1.xml"] = (sheet[:start] + inner + sheet[end:]).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


@shows("header only")
def test_a_workbook_with_names_alone_is_an_empty_load(door: Door) -> None:
    workbook(door.files / "p.xlsx", [NAMES])
    found = outcomes(door, door.bring(goods()))["p.xlsx"]
    assert (found.read, found.loaded, found.warned) == (0, 0, [("no_rows", "", 0)])


@shows("zip bomb")
def test_a_workbook_that_fills_the_memory_is_not_opened(door: Door) -> None:
    path = workbook(door.files / "p.xlsx", [NAMES, *ROWS])
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("xl/worksheets/sheet2.xml", "w", force_zip64=True) as content,
    ):
        for _ in range(513):
            content.write(b" " * 2**20)
    assert path.stat().st_size < 4 * 2**20
    error = refused(door, lambda: door.bring(goods()), naming="512")
    assert (error.code, error.facts["file"]) == ("workbook_too_large", "p.xlsx")


@shows("zip that lies")
def test_what_an_archive_says_of_its_size_is_not_believed(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.sources.sheets.SHEET_BYTES", 2**20)
    path = workbook(door.files / "p.xlsx", [NAMES, *ROWS])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet2.xml", b" " * (3 * 2**20))
    content = path.read_bytes()
    stated, told = (3 * 2**20).to_bytes(4, "little"), (1000).to_bytes(4, "little")
    assert content.count(stated) == 2
    path.write_bytes(content.replace(stated, told))
    error = refused(door, lambda: door.bring(goods()), naming="p.xlsx")
    assert error.code == "workbook_too_large"


@shows("workbook cut off", "damaged workbook")
@pytest.mark.parametrize("keep", [0.5, 0.9, 0.0])
def test_a_workbook_that_is_not_whole_is_named(door: Door, keep: float) -> None:
    path = workbook(door.files / "p.xlsx", [NAMES, *ROWS])
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * keep)] if keep else b"no zip at all")
    error = refused(door, lambda: door.bring(goods()), naming="p.xlsx")
    assert error.code == "unreadable_file"


def test_entities_have_no_place_in_a_workbook(door: Door) -> None:
    path = workbook(door.files / "p.xlsx", [NAMES, *ROWS])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/extra.xml", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>')
    assert refused(door, lambda: door.bring(goods()), naming="ENTITY").code == "unreadable_file"
