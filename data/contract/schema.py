"""How a contract table is declared: columns, types, units, keys, references, sensitivity, owner."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa


class Kind(StrEnum):
    """Logical column type; the physical one follows from it."""

    TEXT = "text"
    CODE = "code"
    INTEGER = "integer"
    QUANTITY = "quantity"
    MONEY = "money"
    NUMBER = "number"
    RATE = "rate"
    DATE = "date"
    TIME = "time"
    FLAG = "flag"


PHYSICAL: dict[Kind, pa.DataType] = {
    Kind.TEXT: pa.string(),
    Kind.CODE: pa.string(),
    Kind.INTEGER: pa.int64(),
    Kind.QUANTITY: pa.decimal128(18, 3),
    Kind.MONEY: pa.decimal128(18, 4),
    Kind.NUMBER: pa.float64(),
    Kind.RATE: pa.float64(),
    Kind.DATE: pa.date32(),
    Kind.TIME: pa.timestamp("us", tz="UTC"),
    Kind.FLAG: pa.bool_(),
}


class Sensitivity(StrEnum):
    """Who may see a column: everybody in scope, cost holders only, or nobody raw (personal data)."""

    PLAIN = "plain"
    COST = "cost"
    PERSONAL = "personal"


class Family(StrEnum):
    """Dimension rows describe, fact rows happened."""

    DIMENSION = "dimension"
    FACT = "fact"


@dataclass(frozen=True, slots=True)
class Form:
    """How a text must be written: a regular expression over all of it, and what people are shown."""

    pattern: str
    shown: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``about`` is (Chinese, English); ``low``/``high`` are inclusive limits of the value.

    ``references`` names the table whose key the value repeats: ``product`` means the last column of that key,
    ``order_line.order_id`` one column of a key of several. ``happened``: a TIME or DATE that cannot lie ahead.
    """

    name: str
    kind: Kind
    about: tuple[str, str]
    required: bool = False
    unit: str | None = None
    references: str | None = None
    one_of: tuple[str, ...] = ()
    form: Form | None = None
    low: float | None = None
    high: float | None = None
    sensitivity: Sensitivity = Sensitivity.PLAIN
    happened: bool = False

    @property
    def physical(self) -> pa.DataType:
        return PHYSICAL[self.kind]


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the contract.

    ``key``: columns that identify a row within one source. ``owner``: the column that holds the owning partner
    (null means the brand), or ``brand`` when every row is the brand's. ``time``: the TIME or DATE column whose
    business day partitions a fact.
    """

    name: str
    family: Family
    about: tuple[str, str]
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    owner: str
    time: str | None = None
    section: str = ""

    def column(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name!r}; it has {', '.join(c.name for c in self.columns)}")

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


SYSTEM_COLUMNS: tuple[tuple[str, pa.DataType], ...] = (
    ("source", pa.string()),
    ("load_id", pa.string()),
    ("file", pa.string()),
    ("line", pa.int64()),
    ("extract_at", pa.timestamp("us", tz="UTC")),
    ("loaded_at", pa.timestamp("us", tz="UTC")),
    ("deleted", pa.bool_()),
    ("business_day", pa.date32()),
    ("month", pa.string()),
)
"""Columns the door adds to every row. ``business_day`` is the local day of the table's ``time`` column (dimensions:
null), ``month`` its partition (``YYYY-MM``; dimensions: ``all``)."""


def physical_schema(table: Table) -> pa.Schema:
    """Arrow schema of the table as it lies in the lake: contract columns, then :data:`SYSTEM_COLUMNS`."""
    own = [pa.field(column.name, column.physical) for column in table.columns]
    return pa.schema([*own, *(pa.field(name, kind) for name, kind in SYSTEM_COLUMNS)])
