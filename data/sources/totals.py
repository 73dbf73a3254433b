"""Recognises the totals that reports add below their rows: counted as sales they would double everything."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import ibis.expr.types as ir

from data.sources.csv_files import BadLine
from data.sources.limits import SHOWN_CHARACTERS
from data.sources.vocabulary import TOTALS

TRAILING = 5
"""Last records of a file that are looked at; further up, "Total" may be a brand."""


def is_total(cells: Sequence[str | None]) -> bool:
    """Whether the first cell that is not blank says so.

    >>> is_total(["合计：", None, "12"]), is_total([None, "Grand Total", "9"]), is_total(["1001", "Total", "9"])
    (True, True, False)
    """
    first = next((cell for cell in cells if cell is not None and cell.strip()), "")
    return unicodedata.normalize("NFKC", first).strip().rstrip(":").strip().casefold() in TOTALS


def without_totals(table: ir.Table, line: str) -> tuple[ir.Table, tuple[BadLine, ...]]:
    """The rows without the totals among the last ones, and those as bad lines. ``line``: the column of line numbers."""
    last = table[line].max().to_pyarrow().as_py()
    if last is None:
        return table, ()
    tail = table.filter(table[line] > last - TRAILING).order_by(line).to_pyarrow().to_pylist()
    totals = [row for row in tail if is_total([str(cell) for name, cell in row.items() if name != line and cell])]
    if not totals:
        return table, ()
    bad = tuple(BadLine(row[line], _shown(row, line), "totals_row") for row in totals)
    return table.filter(table[line].notin([one.line for one in bad])), bad


def _shown(row: dict[str, object], line: str) -> str:
    cells = ["" if cell is None else str(cell) for name, cell in row.items() if name != line]
    return ",".join(cells)[:SHOWN_CHARACTERS]
