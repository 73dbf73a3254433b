"""What a mart is: a name, what it is made from, and a function from tables to a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import ibis.expr.types as ir
import pyarrow as pa


class Inputs(Protocol):
    """What a mart may read while it is built."""

    def current(self, table: str) -> ir.Table:
        """Contract table with the newest extract per key; empty, with its columns, when nothing was loaded."""

    def mart(self, name: str) -> ir.Table:
        """A mart built earlier in the same build."""

    def collect(self, expression: ir.Table) -> pa.Table:
        """Rows of a small expression, for the few steps that are no relational algebra."""


@dataclass(frozen=True, slots=True)
class Mart:
    """``reads`` and ``uses`` name contract tables and earlier marts.

    ``owner`` is the column that holds each row's owning partner, None where rows say nothing about any partner.
    ``reference``: rows that the root owns are open to everybody.
    """

    name: str
    build: Callable[[Inputs], ir.Table | pa.Table]
    reads: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    owner: str | None = None
    reference: bool = False
