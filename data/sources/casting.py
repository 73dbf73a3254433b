"""One contract column: its value in the contract's type, and the code of what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from data.contract.schema import Column, Kind
from data.sources.declarations import CASE, UNITS, ColumnSource
from data.sources.expressions import column_of, compute
from data.sources.functions import Rows, multiply
from data.sources.values import WIDE, Computed, day, instant, literal, number, present, text

_NUMERIC = {
    Kind.QUANTITY: dt.Decimal(18, 3),
    Kind.MONEY: dt.Decimal(18, 4),
    Kind.INTEGER: dt.int64,
    Kind.NUMBER: dt.float64,
    Kind.RATE: dt.float64,
}
_CODES = {Kind.DATE: "not_a_date", Kind.TIME: "not_a_time", Kind.FLAG: "not_a_flag", Kind.INTEGER: "not_an_integer"}
_YES, _NO = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")


@dataclass(frozen=True, slots=True)
class Typed:
    """``value`` in the column's type, ``raw`` as received (text), ``code`` of the first broken rule or null."""

    value: ir.Value
    raw: ir.Value
    code: ir.Value


def typed(column: Column, source: ColumnSource, rows: Rows, *, key: bool) -> Typed:
    """Read ``column`` from ``rows``; raises ContractViolation ``unknown_source_column``."""
    given = source_value(source, rows)
    scaled = _scaled(given, source, rows) if column.kind in _NUMERIC else given
    value = _READ[column.kind](scaled, source, rows)
    there = present(given.value)
    rules = [(scaled.failed, "not_readable")] if scaled.failed is not None else []
    rules.append((there & value.isnull(), _CODES.get(column.kind, "not_a_number")))
    if column.required or key:
        rules.append((value.isnull(), "required_missing"))
    rules.extend(_limits(column, value, scaled))
    # A rule about a value that is not there is undecided, and an undecided rule is not broken.
    broken = [(condition.fill_null(False), ibis.literal(code)) for condition, code in rules]
    return Typed(value, _received(source, rows, given), ibis.cases(*broken, else_=ibis.null("string")))


def source_value(source: ColumnSource, rows: Rows) -> Computed:
    """What the mapping says the column is made of, before it gets the column's type."""
    if source.column is not None:
        return column_of(rows, source.column)
    if source.expression is not None:
        return compute(source.expression, rows)
    return Computed(literal(source.constant))


def facts_of(column: Column) -> str:
    """What a sentence about the column's rules needs, as JSON."""
    facts = {"kind": column.kind.value, "one_of": ", ".join(column.one_of), "low": column.low, "high": column.high}
    return json.dumps({name: value for name, value in facts.items() if value not in (None, "")}, ensure_ascii=False)


def _scaled(given: Computed, source: ColumnSource, rows: Rows) -> Computed:
    plain = _plain_number(given, source)
    if source.unit is None:
        return plain
    if source.unit != CASE:
        return multiply(number(plain), Computed(literal(UNITS[source.unit])))
    per_case = source.units_per_case
    return multiply(plain, column_of(rows, per_case) if isinstance(per_case, str) else Computed(literal(per_case)))


def _plain_number(given: Computed, source: ColumnSource) -> Computed:
    words = given.value
    if not words.type().is_string() or (source.thousands is None and source.decimal == "."):
        return given
    if source.thousands:
        words = words.replace(source.thousands, "")
    return Computed(words.replace(source.decimal, ".") if source.decimal != "." else words, given.failed)


def _limits(column: Column, value: ir.Value, scaled: Computed) -> list[tuple[ir.Value, str]]:
    rules: list[tuple[ir.Value, str]] = []
    if column.kind in (Kind.QUANTITY, Kind.MONEY):
        rules.append((_exact(scaled.value) != value, "too_precise"))
    if column.one_of:
        rules.append((value.notin(column.one_of), "not_one_of"))
    if column.low is not None:
        rules.append((value < column.low, "too_low"))
    if column.high is not None:
        rules.append((value > column.high, "too_high"))
    return rules


def _exact(value: ir.Value) -> ir.Value:
    """A decimal wide enough to tell whether storing it would lose digits; a float has no more than six to lose."""
    if value.type().is_decimal() or value.type().is_integer():
        return value
    if value.type().is_floating():
        return value.try_cast(dt.Decimal(18, 6))
    return text(Computed(value)).value.strip().try_cast(WIDE)


def _numeric(kind: dt.DataType) -> Callable[[Computed, ColumnSource, Rows], ir.Value]:
    return lambda given, _, __: _exact(given.value).try_cast(kind)


def _integer(given: Computed, source: ColumnSource, rows: Rows) -> ir.Value:
    exact = _exact(given.value)
    whole = exact.try_cast(dt.int64)
    return whole if exact.type().is_integer() else ibis.ifelse(exact == whole, whole, ibis.null())


def _float(given: Computed, source: ColumnSource, rows: Rows) -> ir.Value:
    value = given.value if given.value.type().is_numeric() else text(given).value.strip()
    floating = value.try_cast(dt.float64)
    return ibis.ifelse(floating.isnan() | floating.isinf(), ibis.null(), floating)


def _text(given: Computed, source: ColumnSource, rows: Rows) -> ir.Value:
    words = text(given).value
    return ibis.ifelse(present(words), words, ibis.null("string"))


def _flag(given: Computed, source: ColumnSource, rows: Rows) -> ir.Value:
    if given.value.type().is_boolean():
        return given.value
    words = text(given).value.strip().lower()
    return ibis.cases((words.isin(_YES), True), (words.isin(_NO), False), else_=ibis.null("boolean"))


def _day(given: Computed, source: ColumnSource, rows: Rows) -> ir.Value:
    return day(given, format=source.format, zone=rows.zone).value


def _time(given: Computed, source: ColumnSource, rows: Rows) -> ir.Value:
    return instant(given, zone=rows.zone, format=source.format).value


_READ: dict[Kind, Callable[[Computed, ColumnSource, Rows], ir.Value]] = {
    Kind.TEXT: _text,
    Kind.CODE: _text,
    Kind.INTEGER: _integer,
    Kind.QUANTITY: _numeric(_NUMERIC[Kind.QUANTITY]),
    Kind.MONEY: _numeric(_NUMERIC[Kind.MONEY]),
    Kind.NUMBER: _float,
    Kind.RATE: _float,
    Kind.DATE: _day,
    Kind.TIME: _time,
    Kind.FLAG: _flag,
}


def _received(source: ColumnSource, rows: Rows, given: Computed) -> ir.Value:
    """The value as the file has it; of an expression over several columns, each with its name."""
    inputs = source.inputs
    if not inputs:
        return text(given).value.cast("string")
    if len(inputs) == 1:
        return text(column_of(rows, inputs[0])).value
    return named_values(inputs, rows)


def named_values(names: tuple[str, ...], rows: Rows) -> ir.Value:
    """``a=1, b=2``: what a rule over several columns received."""
    words = [ibis.literal(f"{name}=") + text(column_of(rows, name)).value.fill_null("") for name in names]
    return ibis.literal(", ").join(words) if words else ibis.null("string")
