"""Files that were handed back and come again, as their mapping expects them.

A table that leaves as CSV begins with lines that say what it is, has an apostrophe before whatever a spreadsheet could
take for a formula, and may come back from one with another encoding. All that is undone here, before it is loaded.
"""

from __future__ import annotations

import csv
import fnmatch
import io

from dashboard.services.safe_cells import dangerous
from dashboard.services.upload_files import Upload
from data.sources.declarations import Mapping, SourceFile
from data.sources.records import REJECT

_HEAD = 64 * 1024


def as_expected(sent: Upload, mapping: Mapping) -> Upload:
    """``sent`` itself, unless it is a file in CSV that bears the marks of one that was handed back."""
    head = sent.content[:_HEAD]
    if not sent.name.lower().endswith((".csv", ".txt", ".tsv")) or REJECT.encode() not in head:
        return sent
    rows = list(csv.reader(io.StringIO(_text(sent.content))))
    begin = next((place for place, row in enumerate(rows) if not _says_what(row)), 0)
    if REJECT not in rows[begin]:
        return sent
    source = _source_of(sent.name, mapping)
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=source.delimiter, lineterminator="\n")
    writer.writerows([_plain(cell) for cell in row] for row in rows[begin:] if any(row))
    return Upload(sent.name, out.getvalue().encode(source.encoding, errors="strict"))


def _says_what(row: list[str]) -> bool:
    return bool(row) and row[0].lstrip("'").startswith("# ") and not any(row[1:])


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and dangerous(cell[1:]) else cell


def _text(content: bytes) -> str:
    """UTF-8 as it left, or what a Chinese Excel makes of it."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", errors="replace")


def _source_of(name: str, mapping: Mapping) -> SourceFile:
    """The input of ``mapping`` that takes a file of that name; one with the mapping's own encoding where none does."""
    fitting = (one for one in mapping.files.values() if fnmatch.fnmatch(name, one.pattern.rpartition("/")[2]))
    return next(fitting, SourceFile(name, name, encoding=mapping.encoding))
