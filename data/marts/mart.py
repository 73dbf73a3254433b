"""What a mart is: a name, what it is made from, and a function from tables to a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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


Columns = Callable[[ir.Table], Mapping[str, ir.Value]]
"""From rows to named values of them."""

Derived = Callable[[Inputs], ir.Table]


@dataclass(frozen=True, slots=True)
class Slices:
    """What a change invalidates: the mart falls into slices that are made independently of each other.

    ``of``: input → from a row of it to the slice that it falls into, named by columns of the mart. What a slice holds
    follows from the rows that fall into it. Of a contract table, all lines of a document change together, so a slice
    may be a document of it but nothing larger.

    ``joined``: contract table that is looked up → the column of the rows that it is looked up by, and from inputs to
    what is looked up, under that column's name. Where that changes, the documents that name the value change.

    ``alone``: those of ``joined`` of which every row follows from one document alone, the one that the column names;
    what changed of them, and what is looked up, is then looked for in those documents, and not in all there are.

    ``reach``: input → days that a row of it counts for after its own, in a mart of slices by ``day``.

    ``whole``: earlier marts that every slice is made from; where one of them became different, all are made anew.

    ``sums``: columns that are added up over slices larger than a document; of such a mart the sums of what came are
    added and those of what went are taken off.
    """

    of: Mapping[str, Columns]
    joined: Mapping[str, tuple[str, Derived]] = field(default_factory=dict)
    alone: tuple[str, ...] = ()
    reach: Mapping[str, int] = field(default_factory=dict)
    whole: tuple[str, ...] = ()
    sums: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mart:
    """``reads`` and ``uses`` name contract tables and earlier marts. What ``build`` gives in parts is written one
    after the other, where all of it at once would not fit into memory.

    ``owner`` is the column that holds each row's owning partner, None where rows say nothing about any partner.
    ``reference``: rows that the root owns are open to everybody. ``slices``: None where any change of an input makes
    the mart anew.
    """

    name: str
    build: Callable[[Inputs], ir.Table | pa.Table | tuple[ir.Table, ...]]
    reads: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    owner: str | None = None
    reference: bool = False
    slices: Slices | None = None
