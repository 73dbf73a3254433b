"""Totals that must survive from the lake into every mart, or the build is not published."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

import ibis.expr.types as ir

from analytics.core.errors import ContractViolation
from data.marts.lake_rows import Change
from data.marts.mart import Inputs


def totals_survive(
    inputs: Inputs, before: Mapping[str, str], changed: Callable[[str], Change | None]
) -> dict[str, str]:
    """Compare lines, units and amounts of lake and marts; returns the totals, raises ContractViolation on a difference.

    A join that doubles lines or drops those without a partner is caught here, whatever mart it hides in. Where it is
    known what ``changed`` since the totals ``before``, those of the lake are them and the change: every line was
    counted once, in this build or in one before it.
    """
    sold = _of_the_lake(inputs, "order_line", _sold, _prefixed(before, "sold"), changed)
    returned = _of_the_lake(inputs, "refund_line", _returned, _prefixed(before, "returned"), changed)
    documents = inputs.mart("document")
    day = inputs.mart("sales_day")
    by_day = inputs.collect(day.aggregate(lines=day.lines.sum(), units=day.units.sum(), amount=day.amount.sum()))
    _same("sales_line", sold, _sums(inputs, inputs.mart("sales_line")))
    _same("sales_day", sold, _clean(by_day.to_pylist()[0]))
    _same("refund_line", returned, _sums(inputs, inputs.mart("refund_line")))
    for kind, expected in (("sale", sold), ("refund", returned)):
        own = documents.filter(documents.kind == kind)
        found = inputs.collect(own.aggregate(lines=own.lines.sum(), amount=own.amount.sum())).to_pylist()[0]
        _same(f"document ({kind})", {name: expected[name] for name in ("lines", "amount")}, _clean(found))
    _every_line_has_a_day(inputs)
    return {
        f"{name}_{part}": f"{value:f}"
        for name, total in (("sold", sold), ("returned", returned))
        for part, value in total.items()
    }


def _sold(lines: ir.Table) -> ir.Table:
    paid = lines.filter(lines.paid_at.notnull() & lines.cancelled_at.isnull())
    return paid.select(units=paid.quantity, amount=paid.amount)


def _returned(refunds: ir.Table) -> ir.Table:
    return refunds.select(units=refunds.quantity, amount=refunds.amount)


def _prefixed(totals: Mapping[str, str], prefix: str) -> dict[str, Decimal]:
    named = ((name.partition("_"), value) for name, value in totals.items())
    return {part: Decimal(value) for (kind, _, part), value in named if kind == prefix}


def _of_the_lake(
    inputs: Inputs,
    table: str,
    counted: Callable[[ir.Table], ir.Table],
    before: Mapping[str, Decimal],
    changed: Callable[[str], Change | None],
) -> dict[str, Decimal]:
    change = changed(table) if before else None
    if change is None:
        return _sums(inputs, counted(inputs.current(table)))
    gone, come = _sums(inputs, counted(change.gone)), _sums(inputs, counted(change.come))
    return {part: (value - gone[part] + come[part]).normalize() for part, value in before.items()}


def _sums(inputs: Inputs, rows: ir.Table) -> dict[str, Decimal]:
    summed = rows.aggregate(lines=rows.count(), units=rows.units.sum(), amount=rows.amount.sum())
    return _clean(inputs.collect(summed).to_pylist()[0])


def _clean(row: dict[str, object]) -> dict[str, Decimal]:
    return {name: Decimal(str(value)).normalize() if value else Decimal(0) for name, value in row.items()}


def _same(mart: str, expected: dict[str, Decimal], found: dict[str, Decimal]) -> None:
    for part, value in expected.items():
        if found[part] != value:
            raise ContractViolation("total_lost", mart=mart, part=part, expected=value, found=found[part])


def nothing_after(inputs: Inputs, last: date) -> None:
    """Raise ContractViolation for a line dated after ``last``: one wrong year would empty every "last 30 days"."""
    for mart, document in (("sales_line", "order_id"), ("refund_line", "refund_id")):
        rows = inputs.mart(mart)
        late = rows.filter(rows.day > last).select("source", "day", document=rows[document])
        found = inputs.collect(late.order_by(["day", "document"]).limit(1)).to_pylist()
        if found:
            raise ContractViolation("dated_in_the_future", **found[0], last=last)


def _every_line_has_a_day(inputs: Inputs) -> None:
    for name in ("sales_line", "refund_line"):
        rows = inputs.mart(name)
        nameless = inputs.collect(rows.filter(rows.day.isnull()).limit(1)).num_rows
        if nameless:
            raise ContractViolation("line_without_day", mart=name)
