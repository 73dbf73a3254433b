"""Spreadsheets: size before anything is unpacked for good, merged names, and cells that hold no value of their own."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO
from xml.etree import ElementTree as ET

from analytics.core.errors import ContractViolation
from data.sources.csv_files import Header, joined_names
from data.sources.inputs import Origin
from data.sources.limits import SHEET_BYTES

SPREADSHEETS = (".xlsx", ".xlsm", ".xls", ".ods")
_PIECE = 1 << 20
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_VALUELESS = (b"<f", b't="e"')
_SIGN = 16
"""Bytes of a piece that are looked at again with the next one: no sign is longer."""

Rows = list[list[object]]
Range = tuple[tuple[int, int], tuple[int, int]]


def sheet(origin: Origin, path: Path) -> tuple[Header, Rows]:
    """Column names and all rows below, blank ones included, of the chosen sheet.

    Raises ContractViolation (unreadable_file, workbook_too_large, unknown_sheet, merged_header, header_beyond_file,
    empty_file).
    """
    from python_calamine import CalamineError, CalamineWorkbook

    doubtful = _unpacked(origin, path) if zipfile.is_zipfile(path) else False
    try:
        book = CalamineWorkbook.from_path(str(path))
        name = origin.source.sheet or book.sheet_names[0]
        if name not in book.sheet_names:
            raise ContractViolation("unknown_sheet", file=origin.label, value=name, known=", ".join(book.sheet_names))
        chosen = book.get_sheet_by_name(name)
        rows: Rows = [list(row) for row in chosen.to_python(skip_empty_area=False)]
        merged: Sequence[Range] = chosen.merged_cell_ranges or ()
    except CalamineError as error:
        raise unreadable(origin, error) from None
    if doubtful and path.suffix.lower() in (".xlsx", ".xlsm"):
        _mark_valueless(rows, path, name)
    return _header(origin, rows, merged), rows[(origin.source.header or (1, 1))[1] :]


def unreadable(origin: Origin, error: Exception) -> ContractViolation:
    """The file cannot be read, in one line of its reader's words."""
    return ContractViolation("unreadable_file", file=origin.label, reason=str(error).split("\n")[0])


def _unpacked(origin: Origin, path: Path) -> bool:
    """Unpack piece by piece into nothing, to know how much it is; whether cells without a value may be in it.

    What the archive says of its own sizes may be a lie, and the reader believes it. Entities, which unpack a second
    time, have no place in a workbook.
    """
    size, doubtful, tail = 0, False, b""
    try:
        with zipfile.ZipFile(path) as archive:
            for part in archive.infolist():
                part.file_size = SHEET_BYTES + 1
                with archive.open(part) as content:
                    for piece in _pieces(content):
                        size, tail = size + len(piece), tail + piece
                        doubtful = doubtful or any(sign in tail for sign in _VALUELESS)
                        if b"<!ENTITY" in tail:
                            raise ContractViolation("unreadable_file", file=origin.label, reason="ENTITY")
                        if size > SHEET_BYTES:
                            limit = SHEET_BYTES // 2**20
                            raise ContractViolation("workbook_too_large", file=origin.label, value=limit)
                        tail = piece[-_SIGN:]
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise unreadable(origin, error) from None
    return doubtful


def _pieces(content: IO[bytes]) -> Iterator[bytes]:
    while piece := content.read(_PIECE):
        yield piece


def _header(origin: Origin, rows: Rows, merged: Sequence[Range]) -> Header:
    first, last = origin.source.header or (1, 1)
    if not any(str(cell).strip() for row in rows for cell in row):
        raise ContractViolation("empty_file", file=origin.label)
    if len(rows) < last:
        raise ContractViolation("header_beyond_file", file=origin.label, value=last, rows=len(rows))
    over = [span for span in merged if span[0][0] < last and span[1][0] >= first - 1]
    if over and origin.source.header is None:
        title = str(rows[over[0][0][0]][over[0][0][1]]).strip()
        raise ContractViolation("merged_header", file=origin.label, value=title)
    names = [["" if cell is None else str(cell) for cell in row] for row in rows[:last]]
    for (top, left), (bottom, right) in over:
        for row in range(max(top, 0), min(bottom, last - 1) + 1):
            names[row][left : right + 1] = [names[top][left]] * (right + 1 - left)
    return Header(joined_names(names[first - 1 :]), last, last)


def _mark_valueless(rows: Rows, path: Path, name: str) -> None:
    """Put into each cell that shows an error, or whose formula was never computed, what it shows or computes: the
    reader gives a blank for both, and a blank means that nothing was there.
    """
    for place, words in _valueless(path, name):
        row, column = _position(place)
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = words


def _valueless(path: Path, name: str) -> Iterator[tuple[str, str]]:
    """Place (``B7``) and text of such cells, read as a stream."""
    with zipfile.ZipFile(path) as archive, archive.open(_part_of(archive, name)) as content:
        for _, cell in ET.iterparse(content):  # noqa: S314 - no part has entities: see _unpacked
            if cell.tag == f"{_MAIN}row":
                cell.clear()
            if cell.tag != f"{_MAIN}c":
                continue
            value, formula = cell.findtext(f"{_MAIN}v"), cell.findtext(f"{_MAIN}f")
            if cell.get("t") == "e":
                yield cell.get("r", ""), value or "#VALUE!"
            elif formula is not None and not value:
                yield cell.get("r", ""), f"={formula}"


def _part_of(archive: zipfile.ZipFile, name: str) -> str:
    """Path of the sheet's part within the workbook."""
    book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - as above
    links = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - as above
    wanted = next(one.get(_RELATION) for one in book.iter(f"{_MAIN}sheet") if one.get("name") == name)
    target = next(str(link.get("Target")) for link in links if link.get("Id") == wanted)
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _position(place: str) -> tuple[int, int]:
    """Row and column, both from 0.

    >>> _position("A1"), _position("AB12")
    ((0, 0), (11, 27))
    """
    found = re.fullmatch(r"([A-Z]+)([0-9]+)", place)
    if found is None:
        return 2**31, 0
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]) - 1, column - 1
