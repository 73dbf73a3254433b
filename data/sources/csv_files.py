"""CSV files as they come: preambles, broken quotes, cut-off ends, and lines that break the format."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from analytics.core.errors import ContractViolation
from data.sources.inputs import Origin
from data.sources.limits import FIELD_CHARACTERS, SHOWN_CHARACTERS

# One limit for the process: csv has no other. Above it a quote was not closed, and the lines after it are read again.
csv.field_size_limit(FIELD_CHARACTERS)


@dataclass(frozen=True, slots=True)
class BadLine:
    """A record that cannot be used: ``code`` is malformed_line, unclosed_quote, field_too_long, wrong_encoding,
    nul_byte or totals_row.
    """

    line: int
    value: str
    code: str
    expected: int = 0
    found: int = 0


@dataclass(frozen=True, slots=True)
class Header:
    """Column names; ``lines``: physical lines up to and including them; ``last``: number of their last record."""

    names: list[str]
    lines: int
    last: int


def csv_header(path: Path, origin: Origin) -> Header:
    """The column names; raises ContractViolation ``empty_file``, or ``header_beyond_file``."""
    first, last = origin.source.header or (1, 1)
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        reader = csv.reader(lines, delimiter=origin.source.delimiter)
        try:
            rows = [row for _, row in zip(range(last), reader, strict=False)]
        except csv.Error as error:
            raise ContractViolation("unreadable_file", file=origin.label, reason=str(error)) from None
        physical = reader.line_num
    if not any(name.strip() for row in rows for name in row):
        raise ContractViolation("empty_file", file=origin.label)
    if len(rows) < last:
        raise ContractViolation("header_beyond_file", file=origin.label, value=last, rows=len(rows))
    return Header(joined_names(rows[first - 1 :]), physical, last)


def joined_names(rows: Sequence[Sequence[str]]) -> list[str]:
    """One name per column out of one or more lines of names; a name repeated below itself counts once.

    >>> joined_names([["Code", "2025", "2025"], ["Code", "Qty", "Amount "]])
    ['Code', '2025 Qty', '2025 Amount']
    >>> joined_names([["a", ""]])
    ['a', 'column_2']
    """
    width = max(map(len, rows), default=0)
    columns = [[row[at].strip(_BLANK) if at < len(row) else "" for row in rows] for at in range(width)]
    names = [" ".join(dict.fromkeys(part for part in parts if part)) for parts in columns]
    return [name or f"column_{position}" for position, name in enumerate(names, start=1)]


_BLANK = " \t\r\n\u00a0\u3000\u200b\ufeff"


def careful_rows(
    path: Path, origin: Origin, header: Header, bad: list[BadLine]
) -> Iterator[tuple[int, Sequence[str | None]]]:
    """Good records with their numbers; the others are added to ``bad``. Slow, and only read when there are others.

    A record that breaks the format gives up its first line only; the lines after it are read again, because a quote
    that nobody closed would swallow them.
    """
    width = len(header.names)
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as lines:
        for _ in range(header.lines):
            next(lines)
        tape = _Tape(lines)
        reader = csv.reader(tape, delimiter=origin.source.delimiter, strict=True)
        line = header.last
        while True:
            tape.begin()
            try:
                row = next(reader)
                code = _fault(row, width)
            except StopIteration:
                return
            except csv.Error as error:
                row, code = [], _named(error)
            if not row and not code:
                # An empty line is no record; the fast reader skips it, too.
                continue
            line += 1
            if code is None:
                yield line, [cell or None for cell in row]
            else:
                bad.append(BadLine(line, _shown(tape.give_up()), code, width, len(row)))


class _Tape:
    """Lines of a file that can be wound back to the second line of the record at hand."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._again: list[str] = []
        self._record: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else next(self._lines)
        self._record.append(line)
        return line

    def begin(self) -> None:
        self._record = []

    def give_up(self) -> str:
        """The record's first line; the others come again."""
        first, *others = self._record
        self._again.extend(reversed(others))
        return first


def _fault(row: Sequence[str], width: int) -> str | None:
    if not row:
        return None
    whole = "".join(row)
    if "\0" in whole:
        return "nul_byte"
    if not _is_text(whole):
        return "wrong_encoding"
    return None if len(row) == width else "malformed_line"


def _named(error: csv.Error) -> str:
    words = str(error)
    if "field limit" in words:
        return "field_too_long"
    return "unclosed_quote" if "unexpected end" in words else "malformed_line"


def _shown(line: str) -> str:
    plain = line.rstrip("\r\n").replace("\0", "\u2400")[: 2 * SHOWN_CHARACTERS]
    return plain.encode("utf-8", "surrogateescape").decode("utf-8", "replace")[:SHOWN_CHARACTERS]


def _is_text(words: str) -> bool:
    if words.isascii():
        return True
    try:
        words.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def ends_open(path: Path) -> bool:
    """Whether the last line has no line break at its end, as a file that was cut off."""
    with path.open("rb") as content:
        size = content.seek(0, 2)
        content.seek(max(0, size - 1))
        return size > 0 and content.read(1) not in b"\r\n"
