"""What loads and yet looks wrong: counted by code, with rows to look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import ibis.expr.types as ir

from data.sources.limits import EXAMPLES, SHOWN_CHARACTERS
from data.sources.readers import FILE, LINE, Raw


@dataclass(frozen=True, slots=True)
class Example:
    """One row behind a warning; ``facts`` fill the blanks of its sentence."""

    file: str
    line: int
    value: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Warned:
    """``rows`` of ``table`` whose ``column`` looks wrong; ``code`` names the sentence ``warning.<code>``."""

    code: str
    table: str
    column: str
    rows: int
    examples: tuple[Example, ...]


def examples(rows: ir.Table, value: ir.Value, **facts: ir.Value) -> tuple[Example, ...]:
    """The first of ``rows`` (with FILE and LINE), as examples of ``value``."""
    told = rows.select(file=rows[FILE], line=rows[LINE], value=value.cast("string").left(SHOWN_CHARACTERS), **facts)
    first = told.order_by("file", "line").limit(EXAMPLES).to_pyarrow().to_pylist()
    return tuple(Example(row.pop("file"), row.pop("line"), row.pop("value") or "", row) for row in first)


def merged(several: Sequence[Warned]) -> tuple[Warned, ...]:
    """One warning per code, table and column."""
    groups: dict[tuple[str, str, str], list[Warned]] = {}
    for one in several:
        groups.setdefault((one.code, one.table, one.column), []).append(one)
    return tuple(_sum(group) for _, group in sorted(groups.items()))


def _sum(group: Sequence[Warned]) -> Warned:
    first = group[0]
    shown = tuple(_first(example for one in group for example in one.examples))
    return Warned(first.code, first.table, first.column, sum(one.rows for one in group), shown)


def _first(every: Iterator[Example]) -> Iterator[Example]:
    for _, example in zip(range(EXAMPLES), every, strict=False):
        yield example


def about_files(raws: Sequence[Raw], table: str, *, empty: bool) -> list[Warned]:
    """Warnings about whole files: an end that may be cut off, and nothing but a header."""
    warned = []
    for raw in raws:
        if raw.open_end:
            warned.append(Warned("open_end", table, "", 1, (Example(raw.origin.label, 0, ""),)))
        if empty:
            warned.append(Warned("no_rows", table, "", 0, (Example(raw.origin.label, 0, ""),)))
    return warned
