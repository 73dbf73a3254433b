"""The check at the door: good rows on one side, rows set aside with their reason on the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from data.contract.schema import Table
from data.sources.casting import facts_of
from data.sources.declarations import Distinct
from data.sources.readers import FILE, LINE
from data.sources.sections import CHOSEN, POSITION, PREFER, Prepared, code_name, column_named, raw_name
from data.sources.staging import Staging

REJECT_COLUMNS = (FILE, LINE, "table", "column", "value", "code", "facts")


@dataclass(frozen=True, slots=True)
class Sifted:
    """``good``: contract columns, FILE and LINE of the rows to load; ``rejects``: :data:`REJECT_COLUMNS`;
    ``duplicates``: rows left out because an equal one is among the good.
    """

    good: ir.Table
    rejects: tuple[ir.Table, ...]
    duplicates: int


def sift(sections: Sequence[Prepared], staging: Staging) -> Sifted:
    """Sift the sections of one contract table together: they share its key."""
    table = sections[0].table
    names = tuple(dict.fromkeys(name for section in sections for name in section.names))
    rejects = [reject for section in sections for reject in _broken(section, staging)]
    parts = [_widened(_sound(section), section, table, names) for section in sections]
    staged = staging.keep(ibis.union(*parts) if len(parts) > 1 else parts[0])
    return _without_doubles(staged, table, rejects, staging)


def _bad(section: Prepared) -> ir.BooleanValue:
    return ibis.or_(*(section.rows[code_name(name)].notnull() for name in section.checked))


def _broken(section: Prepared, staging: Staging) -> list[ir.Table]:
    """One reject per offending column of each bad row."""
    told = [column for name in section.checked for column in (raw_name(name), code_name(name))]
    bad = staging.keep(section.rows.filter(_bad(section)).select(FILE, LINE, *told))
    if not bad.count().execute():
        return []
    return [_rejects_of(bad, name, section.table) for name in section.checked]


def _rejects_of(bad: ir.Table, name: str, table: Table) -> ir.Table:
    facts = "{}" if name == CHOSEN else facts_of(column_named(table, name))
    broken = bad.filter(bad[code_name(name)].notnull())
    return _reject(broken, table.name, name, broken[raw_name(name)], broken[code_name(name)], ibis.literal(facts))


def _reject(
    rows: ir.Table, table: str, column: str, value: ir.Value, code: ir.Value | str, facts: ir.Value
) -> ir.Table:
    return rows.select(
        rows[FILE], rows[LINE],
        table=ibis.literal(table), column=ibis.literal(column), value=value.cast("string"),
        code=ibis.literal(code) if isinstance(code, str) else code, facts=facts,
    )  # fmt: skip


def _sound(section: Prepared) -> ir.Table:
    good = section.rows.filter(~_bad(section)).select(FILE, LINE, POSITION, PREFER, *section.names)
    return good if section.distinct is None else _picked(good, section, section.distinct)


def _picked(rows: ir.Table, section: Prepared, distinct: Distinct) -> ir.Table:
    """One row per key: the preferred first, then the most frequent, the first or the last."""
    combined = rows.group_by([*section.names, PREFER]).aggregate(
        __count=rows.count(),
        __first=rows[POSITION].min(),
        __last=rows[POSITION].max(),
        **{FILE: rows[FILE].argmin(rows[POSITION]), LINE: rows[LINE].argmin(rows[POSITION])},
    )
    order = {
        "most_frequent": [combined["__count"].desc(), combined["__first"]],
        "first": [combined["__first"]],
        "last": [combined["__last"].desc()],
    }[distinct.pick]
    window = ibis.window(group_by=list(section.table.key), order_by=[combined[PREFER].desc(), *order])
    ranked = combined.mutate(__rank=ibis.row_number().over(window))
    return ranked.filter(ranked["__rank"] == 0)


def _widened(rows: ir.Table, section: Prepared, table: Table, names: tuple[str, ...]) -> ir.Table:
    missing = {
        name: ibis.null(str(ibis.dtype(column_named(table, name).physical)))
        for name in names
        if name not in section.names
    }
    return rows.mutate(**missing).select(FILE, LINE, *names) if missing else rows.select(FILE, LINE, *names)


def _without_doubles(staged: ir.Table, table: Table, rejects: list[ir.Table], staging: Staging) -> Sifted:
    key = list(table.key)
    counted = staged.group_by(key).aggregate(__rows=staged.count())
    double = staging.keep(counted.filter(counted["__rows"] > 1).select(key))
    if not double.count().execute():
        return Sifted(staged, tuple(rejects), 0)
    doubtful = staging.keep(staged.semi_join(double, key))
    names = [name for name in staged.columns if name not in (FILE, LINE)]
    # The first line of equal rows stays; two different rows under one key leave no way to tell which is right.
    combined = doubtful.group_by(names).aggregate(
        **{FILE: doubtful[FILE].min(), LINE: doubtful[LINE].min(), "__copies": doubtful.count()}
    )
    variants = combined.count().over(ibis.window(group_by=key))
    judged = staging.keep(combined.mutate(__variants=variants))
    equal = judged.filter(judged["__variants"] == 1)
    clash = judged.filter(judged["__variants"] > 1)
    copies = (equal["__copies"].sum() - equal.count()).execute()
    good = staged.anti_join(double, key).union(equal.select(staged.columns))
    rejected = _conflicts(doubtful.semi_join(clash, key), table)
    return Sifted(good, (*rejects, rejected), int(copies) if copies == copies and copies is not None else 0)


def _conflicts(rows: ir.Table, table: Table) -> ir.Table:
    words = [rows[name].cast("string") for name in table.key]
    value = ibis.literal(", ").join(words)
    first = rows[LINE].min().over(ibis.window(group_by=[rows[name] for name in table.key]))
    facts = ibis.literal('{"first_line": ') + first.cast("string") + "}"
    return _reject(rows, table.name, ", ".join(table.key), value, "conflicting_duplicate", facts)
