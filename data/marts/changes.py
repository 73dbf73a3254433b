"""What changed between the published build and the one that is being made, input by input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.util import gen_name

from data.engines.duckdb import Workshop
from data.marts.lake_rows import Change
from data.marts.mart import Mart, Slices

if TYPE_CHECKING:
    from data.marts.making import Making

LARGE = 0.2
"""Share of a table's rows from which making all marts of it takes no longer than replacing what changed."""


class Changes:
    """Changes of contract tables are found when somebody asks; those of marts are noted while they are made."""

    def __init__(self, making: Making, workshop: Workshop, marts: tuple[Mart, ...]) -> None:
        self._making = making
        self._workshop = workshop
        self._slices = [mart.slices for mart in marts if mart.slices]
        self._tables: dict[str, Change | None] = {}
        self._marts: dict[str, Change | None] = {}

    def note(self, mart: str, change: Change | None) -> None:
        """None: it was made anew, and nobody knows what became different."""
        self._marts[mart] = change

    def of_mart(self, name: str) -> Change | None:
        return self._marts[name]

    def same(self, table: str) -> bool:
        """Whether the base was made from the very loads of ``table`` that count now."""
        return self._making.base.loads(table) == self._making.rows.of(table)

    def same_mart(self, name: str) -> bool:
        """Whether mart ``name`` holds the very rows of the published one; for small ones, which are compared."""
        if self._making.base.file(name) is None:
            return False
        then, now = self._making.base.mart(name), self._making.mart(name)
        if then.schema() != now.schema():
            return False
        different = then.difference(now, distinct=False).union(now.difference(then, distinct=False))
        return not different.count().to_pyarrow().as_py()

    def none(self, rows: ir.Table) -> Change:
        nothing = rows.filter(ibis.literal(False))
        return Change(nothing, nothing)

    def of_table(self, table: str) -> Change | None:
        """See :meth:`Making.changed`."""
        if table not in self._tables:
            self._tables[table] = self._found(table)
        return self._tables[table]

    def _found(self, table: str) -> Change | None:
        rows, before = self._making.rows, self._making.base.loads(table)
        if before is None or not rows.holds(table, before):
            return None
        now = rows.of(table)
        limit = LARGE * sum(now.values())
        if sum({**before, **now}[load] for load in set(before) ^ set(now)) > limit:
            return None
        named: dict[str, ir.Table] = {}
        for slices in self._slices:
            for looked_up, (column, _) in slices.joined.items() if table in slices.of else ():
                values = self._looked_up(slices, looked_up)
                if values is None:
                    return None
                if values.count().to_pyarrow().as_py():
                    named[column] = values
        return rows.change(table, before, named, limit=limit)

    def _looked_up(self, slices: Slices, table: str) -> ir.Table | None:
        """Values of the column for which something else is found in ``table`` than before."""
        column, derived = slices.joined[table]
        if table in slices.alone:
            change = self.of_table(table)
            if change is None:
                return None
            then, now = derived(_Only(table, change.gone)), derived(_Only(table, change.come))
        else:
            before = self._making.base.loads(table)
            if before is None or not self._making.rows.holds(table, before):
                return None
            then, now = derived(_Only(table, self._making.rows.current(table, before))), derived(self._making)
        different = then.difference(now).union(now.difference(then))
        return self._workshop.keep(different.select(column).distinct(), gen_name("looked_up"))


@dataclass(frozen=True, slots=True)
class _Only:
    """Rows of one contract table, and nothing else (``Inputs``)."""

    name: str
    rows: ir.Table

    def current(self, table: str) -> ir.Table:
        if table != self.name:
            raise KeyError(f"only {self.name} is looked up, not {table}")
        return self.rows

    def mart(self, name: str) -> ir.Table:
        raise KeyError(f"only {self.name} is looked up, not {name}")

    def collect(self, expression: ir.Table) -> pa.Table:
        return expression.to_pyarrow()
