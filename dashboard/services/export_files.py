"""A table as a file: CSV and XLSX, safe to open, with what it is on its first lines or on a sheet beside it."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

import pandas as pd

from analytics.core.errors import DomainError
from analytics.core.safe_cells import dangerous, neutral, printable

Kind = Literal["text", "day", "money", "cents", "count", "units", "times", "change", "rate", "line"]
"""How a column is written: shares and changes are fractions in the frame and percent in the file."""

PERCENT = frozenset({"change", "rate"})
SHEET_ROWS = 1_048_575
"""Rows of a worksheet below its header."""
CELL_LENGTH = 32_767
"""Characters of a worksheet's cell."""
FOOTER_LENGTH = 250
BOM = "\ufeff"
DIGITS = 6
"""Decimals kept: a float's noise beyond them is none of the data."""

_NUMBERS: Mapping[str, str] = {
    "money": "#,##0.00",
    "cents": "#,##0.00",
    "count": "#,##0",
    "units": "#,##0.###",
    "times": "#,##0.0",
    "change": "+0.0%;-0.0%;0.0%",
    "rate": "0.0%",
    "day": "yyyy-mm-dd",
}


class Format(StrEnum):
    """Kinds of files."""

    CSV = "csv"
    XLSX = "xlsx"


MIME: Mapping[Format, str] = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """One column of the frame under the label that stands above it."""

    name: str
    label: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class About:
    """What a file says of itself: (label, text) pairs, the names of its two sheets, and its watermark.

    ``made_at``: a worksheet's own time; None for the present, which makes no two files alike.
    """

    lines: Sequence[tuple[str, str]]
    sheets: tuple[str, str]
    watermark: str
    made_at: datetime | None = None


def file_bytes(form: Format, frame: pd.DataFrame, columns: Sequence[ExportColumn], about: About) -> bytes:
    """The whole file; raises DomainError ``export_cell_too_long`` for a text that no worksheet can hold."""
    write = csv_bytes if form is Format.CSV else xlsx_bytes
    return write(frame, columns, about)


def csv_bytes(frame: pd.DataFrame, columns: Sequence[ExportColumn], about: About) -> bytes:
    """UTF-8 with the mark by which Excel knows it; lines that begin with # say what the file is."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    for label, text in about.lines:
        writer.writerow([neutral(f"# {label}: {_one_line(text)}")])
    writer.writerow([neutral(f"# {_one_line(about.watermark)}")])
    writer.writerow([neutral(f"{one.label} (%)" if one.kind in PERCENT else one.label) for one in columns])
    writer.writerows(zip(*(_csv_column(frame[one.name], one.kind) for one in columns), strict=True))
    return (BOM + out.getvalue()).encode("utf-8")


def xlsx_bytes(frame: pd.DataFrame, columns: Sequence[ExportColumn], about: About) -> bytes:
    """A worksheet with the rows and one that says what they are; text is text, whatever it looks like."""
    import xlsxwriter

    out = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
               "constant_memory": True}  # fmt: skip
    with xlsxwriter.Workbook(out, options) as book:
        if about.made_at is not None:
            book.set_properties({"created": about.made_at})
        sheet, beside = (book.add_worksheet(name) for name in about.sheets)
        look = _Look(book)
        _describe(sheet, columns, len(frame), look)
        values = [_values(frame[one.name], one.kind) for one in columns]
        for row, cells in enumerate(zip(*values, strict=True), 1):
            for place, (cell, one) in enumerate(zip(cells, columns, strict=True)):
                _write(sheet, row, place, cell, look, one)
        for row, (label, text) in enumerate((*about.lines, ("", about.watermark))):
            for place, cell in enumerate((label, text)):
                _write(beside, row, place, cell, look, ExportColumn("", ""))
        beside.set_column(0, 0, 16)
        beside.set_column(1, 1, 90)
        for one in (sheet, beside):
            one.set_footer(f"&L{about.watermark.replace('&', '&&')}"[:FOOTER_LENGTH])
    return out.getvalue()


class _Look:
    """Formats of a workbook, made once."""

    def __init__(self, book: Any) -> None:
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.numbers = {kind: book.add_format({"num_format": code}) for kind, code in _NUMBERS.items()}
        # Excel shows such a text as it is and keeps it a text when somebody edits the cell.
        self.quoted = book.add_format({"quote_prefix": True})


def _describe(sheet: Any, columns: Sequence[ExportColumn], rows: int, look: _Look) -> None:
    for place, one in enumerate(columns):
        sheet.set_column(place, place, max(12, min(40, 2 * len(one.label) + 2)))
        sheet.write_string(0, place, printable(one.label), look.head)
    sheet.freeze_panes(1, 0)
    if columns and rows:
        sheet.autofilter(0, 0, rows, len(columns) - 1)


def _write(sheet: Any, row: int, place: int, cell: object, look: _Look, column: ExportColumn) -> None:
    if cell is None:
        return
    if isinstance(cell, str):
        if len(cell) > CELL_LENGTH:
            raise DomainError("export_cell_too_long", column=column.label, length=len(cell), most=CELL_LENGTH)
        sheet.write_string(row, place, cell, look.quoted if dangerous(cell) else None)
    elif isinstance(cell, date):
        sheet.write_datetime(row, place, cell, look.numbers["day"])
    else:
        sheet.write_number(row, place, cell, look.numbers[column.kind])


def _csv_column(values: pd.Series[Any], kind: Kind) -> list[object]:
    """Numbers as numbers, days in ISO 8601, text that is no formula."""
    plain = _values(values, kind)
    if kind in PERCENT:
        return [None if cell is None else _tidy(float(str(cell)) * 100) for cell in plain]
    return [neutral(cell) if isinstance(cell, str) else cell.isoformat() if isinstance(cell, date) else cell
            for cell in plain]  # fmt: skip


def _values(values: pd.Series[Any], kind: Kind) -> list[object]:
    """Cells as None, str, date or number."""
    if kind == "text":
        return [None if _missing(cell) else printable(str(cell)) for cell in values.tolist()]
    if kind == "day":
        return [None if _missing(cell) else _day(cell) for cell in values.tolist()]
    return [None if _missing(cell) else _tidy(float(cell)) for cell in values.tolist()]


def _tidy(number: float) -> float | int | None:
    """A number without the noise of binary fractions; whole ones without a decimal point."""
    if not math.isfinite(number):
        return None
    kept = round(number, DIGITS)
    return int(kept) if kept.is_integer() and abs(kept) < 1e15 else kept


def _day(cell: Any) -> date:
    return cell.date() if isinstance(cell, datetime) else cell if isinstance(cell, date) else date.fromisoformat(cell)


def _missing(cell: object) -> bool:
    return cell is None or cell is pd.NaT or cell is pd.NA or (isinstance(cell, float) and math.isnan(cell))


def _one_line(text: str) -> str:
    return " ".join(text.split())
