"""CSV files as they come: encodings, byte order marks, and lines that break the format."""

from __future__ import annotations

import codecs
import csv
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ibis.util import gen_name

from analytics.core.errors import ContractViolation
from data.sources.inputs import Origin

_PIECE = 1 << 20
_SHOWN = 200
"""Characters of a broken line that are kept as evidence."""

csv.field_size_limit(min(sys.maxsize, 2**31 - 1))


@dataclass(frozen=True, slots=True)
class BadLine:
    """A record that cannot be split into its columns; ``code`` is malformed_line or wrong_encoding."""

    line: int
    value: str
    code: str
    expected: int
    found: int


def utf8_copy(origin: Origin, scratch: Path) -> Path:
    """The file itself when it is UTF-8, else a transcoded copy in ``scratch``.

    Raises ContractViolation ``wrong_encoding_declared`` when the content does not fit the declared encoding.
    """
    path, encoding = _required(origin), codecs.lookup(origin.source.encoding).name
    if encoding in ("utf-8", "ascii"):
        return path
    copy = scratch / f"{gen_name('utf8')}.csv"
    try:
        with path.open(encoding=encoding, newline="") as source, copy.open("w", encoding="utf-8", newline="") as target:
            while piece := source.read(_PIECE):
                target.write(piece)
    except UnicodeError as error:
        reason = str(error).split(":")[-1].strip()
        raise ContractViolation(
            "wrong_encoding_declared", file=origin.label, value=origin.source.encoding, reason=reason
        ) from None
    return copy


def csv_header(path: Path, origin: Origin) -> list[str]:
    """Column names of the first record; raises ContractViolation ``empty_file``."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        header = next(csv.reader(lines, delimiter=origin.source.delimiter), [])
    if not any(name.strip() for name in header):
        raise ContractViolation("empty_file", file=origin.label)
    return [name.strip() or f"column_{position}" for position, name in enumerate(header, start=1)]


def careful_rows(
    path: Path, origin: Origin, width: int, bad: list[BadLine]
) -> Iterator[tuple[int, Sequence[str | None]]]:
    """Good records with their numbers; the others are added to ``bad``. Slow, and only read when there are others."""
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as lines:
        reader = csv.reader(lines, delimiter=origin.source.delimiter)
        next(reader)
        # Empty lines are no records; the fast reader skips them too.
        for line, row in enumerate((row for row in reader if row), start=2):
            whole = origin.source.delimiter.join(row)
            if len(row) == width and _is_text(whole):
                yield line, [cell or None for cell in row]
            else:
                code = "malformed_line" if _is_text(whole) else "wrong_encoding"
                shown = whole.encode("utf-8", "surrogateescape").decode("utf-8", "replace")[:_SHOWN]
                bad.append(BadLine(line, shown, code, width, len(row)))


def _is_text(words: str) -> bool:
    if words.isascii():
        return True
    try:
        words.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _required(origin: Origin) -> Path:
    if origin.path is None:
        raise ContractViolation("source_not_found", path=origin.label)
    return origin.path
