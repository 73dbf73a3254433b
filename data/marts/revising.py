"""Bringing one mart up to date: the slices that changed are made again, all others stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.util import gen_name

from data.engines.duckdb import ROW, Workshop
from data.marts.lake_rows import Change
from data.marts.mart import Columns, Mart, Slices

if TYPE_CHECKING:
    from data.marts.making import Making


@dataclass(frozen=True, slots=True)
class Revision:
    """``gone`` are rows of the published mart, numbered by ROW, and ``come`` what stands in their place; or ``whole``,
    where that is as quickly made.
    """

    gone: ir.Table
    come: ir.Table
    whole: ir.Table | None = None


def revised(mart: Mart, making: Making, workshop: Workshop) -> Revision | None:
    """What to change in the published ``mart``; None where it has to be made anew.

    Before and after of a mart of days, when B/1 of Monday moved to Tuesday and nothing else changed: the slices Monday
    and Tuesday are made again from all lines of those days.
    """
    if mart.slices is None:
        return None
    changes = _changes(mart, mart.slices, making)
    if changes is None:
        return None
    base = making.base.mart(mart.name)
    if mart.slices.sums:
        return Revision(base, base, _summed(mart, mart.slices, making, base, changes))
    pieces = [
        _reached(_slices(rows, mart.slices.of[name]), range(mart.slices.reach.get(name, 0) + 1))
        for name, change in changes.items()
        for rows in (change.gone, change.come)
    ]
    slices = workshop.keep(reduce(lambda one, other: one.union(other), pieces).distinct(), gen_name("slices"))
    built = mart.build(_Within(making, mart.slices, slices, _tables(mart, mart.slices, making, changes)))
    if not isinstance(built, ir.Table):
        raise TypeError(f"{mart.name}: a mart of slices is an expression")
    # Of days that are there only because later ones look back at them, not all was seen.
    made = built.semi_join(slices, slices.columns) if mart.slices.reach else built
    come = workshop.keep(made.select(base.columns), gen_name("come"))
    gone = base.mutate(**{ROW: base.rowid()}).semi_join(slices, slices.columns)
    return Revision(workshop.keep(gone, gen_name("gone")), come)


def _changes(mart: Mart, slices: Slices, making: Making) -> Mapping[str, Change] | None:
    """What changed in each input that slices follow from; None where it is unknown, or another input changed."""
    known = {name: making.changes.of_table(name) for name in mart.reads if name in slices.of}
    known |= {name: making.changes.of_mart(name) for name in mart.uses if name in slices.of}
    others = [name for name in mart.reads if name not in slices.of and name not in slices.joined]
    if any(not making.changes.same(name) for name in others) or set(mart.uses) - {*slices.of, *slices.whole}:
        return None
    if not all(making.changes.same_mart(name) for name in slices.whole):
        return None
    found = {name: change for name, change in known.items() if change is not None}
    return found if len(found) == len(known) else None


def _slices(rows: ir.Table, columns: Columns) -> ir.Table:
    return rows.select(**columns(rows)).distinct()


def _reached(slices: ir.Table, days: range) -> ir.Table:
    """Slices by day, and those that lie so many ``days`` from one of them."""
    if len(days) == 1:
        return slices
    steps = slices.mutate(step=ibis.range(days.start, days.stop).unnest())
    return steps.select(day=(steps.day + steps.step.as_interval("D")).cast("date")).distinct()


def _tables(mart: Mart, slices: Slices, making: Making, changes: Mapping[str, Change]) -> dict[str, ir.Table]:
    """What stands for contract tables: rows of the documents that changed, and of those that they name."""
    own = {name: changes[name].come for name in mart.reads if name in changes}
    looked_up = {}
    for table in slices.alone:
        column, _ = slices.joined[table]
        named = [rows.filter(rows[column].notnull()).select("source", column) for rows in own.values()]
        documents = reduce(lambda one, other: one.union(other), named).distinct()
        looked_up[table] = making.rows.documents(table, documents)
    return own | looked_up


def _summed(mart: Mart, slices: Slices, making: Making, base: ir.Table, changes: Mapping[str, Change]) -> ir.Table:
    """The published sums, with those of what came and without those of what went; what is left with nothing goes."""
    parts = [base]
    for sign, side in ((1, {name: one.come for name, one in changes.items()}),
                       (-1, {name: one.gone for name, one in changes.items()})):  # fmt: skip
        built = mart.build(_Within(making, Slices({}), base, side))
        if isinstance(built, tuple):
            raise TypeError(f"{mart.name}: what is made in parts has no sums to bring up to date")
        signed = {name: (built[name] * sign).cast(base[name].type()) for name in slices.sums}
        parts.append(built.mutate(**signed).select(base.columns))
    every = reduce(lambda one, other: one.union(other), parts)
    keys = [name for name in base.columns if name not in slices.sums]
    summed = every.group_by(keys).aggregate(**{name: every[name].sum().cast(base[name].type()) for name in slices.sums})
    return summed.filter(reduce(lambda one, other: one | other, [summed[name] != 0 for name in slices.sums]))


@dataclass(frozen=True, slots=True)
class _Within:
    """Inputs, of which only what counts for ``slices`` is seen (``Inputs``); ``tables`` stand for contract tables."""

    making: Making
    rule: Slices
    slices: ir.Table
    tables: Mapping[str, ir.Table]

    def current(self, table: str) -> ir.Table:
        return self.tables[table] if table in self.tables else self.making.current(table)

    def mart(self, name: str) -> ir.Table:
        rows = self.making.mart(name)
        if name in self.rule.whole:
            return rows
        own, seen = self.rule.of[name](rows), _reached(self.slices, range(-self.rule.reach.get(name, 0), 1))
        marked = rows.mutate(**{f"slice_{column}": value for column, value in own.items()})
        same = [marked[f"slice_{column}"] == seen[column] for column in own]
        return marked.semi_join(seen, same).select(rows.columns)

    def collect(self, expression: ir.Table) -> pa.Table:
        return self.making.collect(expression)
