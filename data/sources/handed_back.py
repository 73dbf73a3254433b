"""Rows that were handed back and come again, as their mapping expects them.

A table that leaves as CSV begins with lines that say what it is, has an apostrophe before whatever a spreadsheet could
take for a formula, and may come back from one with another encoding. All that is undone here, whichever way it comes.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ibis.util import gen_name

from analytics.core.errors import ContractViolation
from analytics.core.safe_cells import dangerous
from data.sources.inputs import Origin

REJECT, REASON = "__reject", "__reason"
"""Columns of a file that is handed back. Sections pass over them: their names begin like the door's own."""
_HEAD = 64 * 1024


def as_expected(path: Path, origin: Origin, scratch: Path) -> tuple[Path, Origin]:
    """``path`` and ``origin`` as they are, unless the file bears the marks of one that was handed back.

    Then a copy in ``scratch``, in UTF-8 with its mark and the separator of the mapping, and an origin that knows in
    which line the names stand; lines keep their numbers. Raises ContractViolation ``unreadable_file``.
    """
    with path.open("rb") as content:
        if REJECT.encode() not in content.read(_HEAD):
            return path, origin
    try:
        with path.open(encoding=_encoding(path), newline="") as lines:
            rows = list(csv.reader(lines))
    except (csv.Error, UnicodeDecodeError) as error:
        raise ContractViolation("unreadable_file", file=origin.label, reason=str(error)) from None
    begin = next((place for place, row in enumerate(rows) if not _says_what(row)), 0)
    if REJECT not in rows[begin]:
        return path, origin
    copy = scratch / f"{gen_name('again')}.csv"
    with copy.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.writer(target, delimiter=origin.source.delimiter, lineterminator="\n")
        writer.writerows([_plain(cell) for cell in row] for row in rows)
    return copy, replace(origin, source=replace(origin.source, header=(begin + 1, begin + 1)))


def _says_what(row: Sequence[str]) -> bool:
    return not any(row) or (row[0].lstrip("'").startswith("# ") and not any(row[1:]))


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and dangerous(cell[1:]) else cell


def _encoding(path: Path) -> str:
    """UTF-8 as it left, or what a Chinese Excel makes of it."""
    try:
        with path.open(encoding="utf-8-sig") as lines:
            for _ in lines:
                pass
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"
