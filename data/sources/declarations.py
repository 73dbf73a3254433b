"""The nouns of a mapping: inputs, sections, and where each contract column comes from."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from data.sources.expressions import Expression

UNITS: dict[str, Decimal] = {
    "fen": Decimal("0.01"),
    "cent": Decimal("0.01"),
    "gram": Decimal("0.001"),
    "percent": Decimal("0.01"),
    "thousand": Decimal(1000),
    "ten_thousand": Decimal(10000),
    "ton": Decimal(1000),
}
"""Unit of a source column → what one of it is worth in the contract's unit."""

CASE = "case"
COORDINATES = ("wgs-84", "gcj-02", "bd-09")
PICKS = ("most_frequent", "first", "last")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A named input: a glob relative to PATH, or a database table. ``optional``: may be absent. ``header``: first and
    last line of the column names, None where the mapping leaves it to the file's first line.
    """

    name: str
    pattern: str
    encoding: str = "utf-8"
    delimiter: str = ","
    sheet: str | None = None
    optional: bool = False
    header: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class ColumnSource:
    """Where one contract column comes from: a source column, a constant or an expression, and how it is read."""

    column: str | None = None
    constant: object = None
    expression: Expression | None = None
    format: tuple[str, ...] | None = None
    decimal: str | None = None
    thousands: str | None = None
    unit: str | None = None
    units_per_case: str | int | None = None
    code_map: str | None = None

    @property
    def inputs(self) -> tuple[str, ...]:
        """Source columns that it reads."""
        named = (self.column,) if self.column else self.expression.columns if self.expression else ()
        return (*named, self.units_per_case) if isinstance(self.units_per_case, str) else named


@dataclass(frozen=True, slots=True)
class Join:
    """Columns of another input, found by key; they are named ``<file>.<column>`` in expressions."""

    file: str
    on: abc.Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Unpivot:
    """Wide columns (globs) become rows: their name in ``name``, their cell in ``value``."""

    columns: tuple[str, ...]
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Distinct:
    """One row per key of the contract table. Rows that fulfil ``prefer`` go first, then ``pick`` decides."""

    pick: str
    prefer: Expression | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One source of one contract table. ``columns`` None: the file is in contract shape already. ``coordinates`` None:
    the mapping does not say, and positions are taken for WGS-84.
    """

    table: str
    label: str
    file: str | None
    columns: abc.Mapping[str, ColumnSource] | None
    where: Expression | None = None
    joins: tuple[Join, ...] = ()
    unpivot: Unpivot | None = None
    distinct: Distinct | None = None
    coordinates: str | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """A source: its inputs and how each contract table is made of them.

    ``day_ends``: hour after midnight at which the business day ends. ``contract_shape``: every ``<table>.<ext>`` in
    PATH is that contract table, no sections needed. ``digest``: SHA-256 of the file; part of a load's identity.
    """

    path: Path
    digest: str
    source: str
    timezone: str = "Asia/Shanghai"
    day_ends: int = 0
    currency: str = "CNY"
    region_scheme: str = "gb-t-2260"
    coordinates: str | None = None
    contract_shape: bool = False
    encoding: str = "utf-8"
    files: abc.Mapping[str, SourceFile] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()

    @property
    def name(self) -> str:
        return self.path.name


def header_lines(told: object) -> tuple[int, int] | None:
    """First and last line of the column names: ``2`` or ``[1, 2]``; None for anything else."""
    match told:
        case bool():
            return None
        case int(line) if line > 0:
            return line, line
        case [int(first), int(last)] if 0 < first <= last:
            return first, last
    return None


def formats(told: object) -> tuple[str, ...] | None:
    """One format of dates, or several; None for anything else."""
    several = told if isinstance(told, list) else [told]
    words = tuple(one for one in several if isinstance(one, str))
    return words if words and len(words) == len(several) else None


def coordinate_system(told: object) -> str | None:
    """One of :data:`COORDINATES`; None for anything else."""
    return told if isinstance(told, str) and told in COORDINATES else None
