"""The check at the door: good rows on one side, rows set aside with their reason on the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from analytics.core.errors import ContractViolation
from data.contract.schema import Table
from data.sources.casting import Flags, broken_rules, facts_of
from data.sources.declarations import Distinct
from data.sources.doubts import doubtful
from data.sources.limits import SHOWN_CHARACTERS
from data.sources.places import far_from_region
from data.sources.readers import FILE, LINE
from data.sources.sections import (
    CHOSEN,
    POSITION,
    PREFER,
    Prepared,
    column_named,
    flag_name,
    local_name,
    raw_name,
)
from data.sources.staging import Staging
from data.sources.warned import Warned

REJECT_COLUMNS = (FILE, LINE, "table", "column", "value", "code", "facts")


@dataclass(frozen=True, slots=True)
class Sifted:
    """``good``: contract columns, FILE and LINE of the rows to load; ``rejects``: :data:`REJECT_COLUMNS`;
    ``duplicates``: rows left out because an equal one is among the good; ``set_aside``: rows behind the rejects;
    ``read``: rows that came in, None where only one per key is picked; ``warned``: good rows that look wrong.
    """

    good: ir.Table
    rejects: tuple[ir.Table, ...]
    duplicates: int
    set_aside: int
    read: int | None
    warned: tuple[Warned, ...]

    def nothing_lost(self, file: str, table: str, landed: int) -> None:
        """Raise ContractViolation ``rows_lost`` unless every row was loaded, set aside or left out as a duplicate."""
        found = landed + self.set_aside + self.duplicates
        if self.read is not None and self.read != found:
            raise ContractViolation("rows_lost", file=file, table=table, read=self.read, found=found)


def sift(sections: Sequence[Prepared], staging: Staging, centres: ir.Table) -> Sifted:
    """Sift the sections of one contract table together: they share its key. ``centres``: of regions, see places."""
    table = sections[0].table
    parts, rejects, warned, read, set_aside = [], [], [], 0, 0
    kinds = {name: kind for section in sections for name, kind in _lasting(section).items()}
    for section in sections:
        staged = staging.keep(section.rows.select(section.lasting))
        bad = staging.count(staged.filter(_bad(section, staged)))
        read, set_aside = read + staging.count(staged), set_aside + bad
        if bad:
            rejects.extend(_broken(section, staged, staging))
            staged = staged.filter(~_bad(section, staged))
        warned += [*doubtful(section, staged, staging), *far_from_region(section, staged, centres)]
        picked = staged if section.distinct is None else _picked(staged, section, section.distinct)
        parts.append(_widened(picked, kinds))
    good = ibis.union(*parts) if len(parts) > 1 else parts[0]
    single = _without_doubles(good, table, staging)
    every = all(section.distinct is None for section in sections)
    return replace(
        single, rejects=(*rejects, *single.rejects), set_aside=set_aside + single.set_aside,
        read=read if every else None, warned=tuple(warned),
    )  # fmt: skip


def _lasting(section: Prepared) -> dict[str, dt.DataType]:
    """Columns that go on to the lake: the contract's own and the local times that give the business day."""
    names = [FILE, LINE, *section.names, *(local_name(name) for name in section.locals)]
    return {name: section.rows[name].type() for name in names}


def _rules(section: Prepared, rows: ir.Table) -> dict[str, Flags]:
    """Everything that can be wrong with each column of staged ``rows``, the source's rules before the contract's."""
    rules: dict[str, Flags] = {}
    for name, codes in section.flags.items():
        rules[name] = {code: rows[flag_name(name, code)] for code in codes}
        if name != CHOSEN:
            column, key = column_named(section.table, name), name in section.table.key
            rules[name] |= broken_rules(column, rows[name], key=key, latest=section.told.latest)
    return {name: flags for name, flags in rules.items() if flags}


def _bad(section: Prepared, rows: ir.Table) -> ir.BooleanValue:
    return ibis.or_(ibis.literal(False), *(flag for flags in _rules(section, rows).values() for flag in flags.values()))


def _broken(section: Prepared, staged: ir.Table, staging: Staging) -> list[ir.Table]:
    """One reject per offending column of each bad row, with the value as received."""
    positions = staging.keep(staged.filter(_bad(section, staged)).select(POSITION).distinct())
    again = section.rows.semi_join(positions, POSITION)
    bad = staging.keep(again.filter(_bad(section, again)))
    rejects = []
    for name, flags in _rules(section, bad).items():
        code = ibis.cases(*((flag, ibis.literal(code)) for code, flag in flags.items()), else_=ibis.null("string"))
        facts = "{}" if name == CHOSEN else facts_of(column_named(section.table, name))
        told = bad.mutate(__code=code).filter(lambda rows: rows["__code"].notnull())
        rejects.append(
            _reject(told, section.table.name, name, told[raw_name(name)], told["__code"], ibis.literal(facts))
        )
    return rejects


def _picked(rows: ir.Table, section: Prepared, distinct: Distinct) -> ir.Table:
    """One row per key: the preferred first, then the most frequent, the first or the last."""
    combined = rows.group_by([*section.names, PREFER]).aggregate(
        __count=rows.count(),
        __first=rows[POSITION].min(),
        __last=rows[POSITION].max(),
        **{FILE: rows[FILE].argmin(rows[POSITION]), LINE: rows[LINE].argmin(rows[POSITION])},
        **{local_name(name): rows[local_name(name)].min() for name in section.locals},
    )
    order = {
        "most_frequent": [combined["__count"].desc(), combined["__first"]],
        "first": [combined["__first"]],
        "last": [combined["__last"].desc()],
    }[distinct.pick]
    window = ibis.window(group_by=list(section.table.key), order_by=[combined[PREFER].desc(), *order])
    ranked = combined.mutate(__rank=ibis.row_number().over(window))
    return ranked.filter(ranked["__rank"] == 0)


def _widened(rows: ir.Table, kinds: dict[str, dt.DataType]) -> ir.Table:
    """The columns that any section of the table fills, in one order; those that this one leaves out are null."""
    missing = {name: ibis.null(kind) for name, kind in kinds.items() if name not in rows.columns}
    return rows.mutate(**missing).select(*kinds) if missing else rows.select(*kinds)


def _reject(
    rows: ir.Table, table: str, column: str, value: ir.Value, code: ir.Value | str, facts: ir.Value
) -> ir.Table:
    return rows.select(
        rows[FILE], rows[LINE],
        table=ibis.literal(table), column=ibis.literal(column),
        value=value.cast("string").left(SHOWN_CHARACTERS),
        code=ibis.literal(code) if isinstance(code, str) else code, facts=facts,
    )  # fmt: skip


def _without_doubles(staged: ir.Table, table: Table, staging: Staging) -> Sifted:
    key = list(table.key)
    counted = staged.group_by(key).aggregate(__rows=staged.count())
    double = staging.keep(counted.filter(counted["__rows"] > 1).select(key))
    if not staging.count(double):
        return Sifted(staged, (), 0, 0, None, ())
    doubtful_rows = staging.keep(staged.semi_join(double, key))
    names = [name for name in staged.columns if name not in (FILE, LINE)]
    # The first line of equal rows stays; two different rows under one key leave no way to tell which is right.
    combined = doubtful_rows.group_by(names).aggregate(
        **{FILE: doubtful_rows[FILE].min(), LINE: doubtful_rows[LINE].min(), "__copies": doubtful_rows.count()}
    )
    variants = combined.count().over(ibis.window(group_by=key))
    judged = staging.keep(combined.mutate(__variants=variants))
    equal = judged.filter(judged["__variants"] == 1)
    clash = judged.filter(judged["__variants"] > 1)
    good = staged.anti_join(double, key).union(equal.select(staged.columns))
    rejected = _conflicts(doubtful_rows.semi_join(clash, key), table)
    copies, clashing = staging.total(equal["__copies"] - 1), staging.total(clash["__copies"])
    return Sifted(good, (rejected,), copies, clashing, None, ())


def _conflicts(rows: ir.Table, table: Table) -> ir.Table:
    words = [rows[name].cast("string") for name in table.key]
    value = ibis.literal(", ").join(words)
    first = rows[LINE].min().over(ibis.window(group_by=[rows[name] for name in table.key]))
    facts = ibis.literal('{"first_line": ') + first.cast("string") + "}"
    return _reject(rows, table.name, ", ".join(table.key), value, "conflicting_duplicate", facts)
