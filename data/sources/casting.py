"""One contract column: its value in the contract's type, and the code of what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from data.contract.schema import PHYSICAL, Column, Kind
from data.sources.declarations import CASE, UNITS, ColumnSource
from data.sources.expressions import column_of, compute
from data.sources.functions import Rows, multiply
from data.sources.values import WIDE, Computed, day, literal, moment, number, present, text

_CODES = {Kind.DATE: "not_a_date", Kind.TIME: "not_a_time", Kind.FLAG: "not_a_flag", Kind.INTEGER: "not_an_integer"}
_DECIMALS = {kind: PHYSICAL[kind].scale for kind in (Kind.QUANTITY, Kind.MONEY)}
_YES, _NO = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")


Flags = dict[str, ir.BooleanValue]
"""Code → where the rule is broken."""


@dataclass(frozen=True, slots=True)
class Typed:
    """``value`` in the column's type; ``raw`` as received (text); ``flags``: rules that only the source value can
    break; ``local``: wall-clock time of a TIME column.
    """

    value: ir.Value
    raw: ir.Value
    flags: Flags
    local: ir.Value | None = None


def typed(column: Column, source: ColumnSource, rows: Rows) -> Typed:
    """Read ``column`` from ``rows``; raises ContractViolation ``unknown_source_column``."""
    given = source_value(source, rows)
    raw = _received(source, rows, given)
    if column.kind in (Kind.TEXT, Kind.CODE):
        return Typed(_text(given), raw, _unreadable(given))
    if column.kind is Kind.TIME:
        read = moment(given, zone=rows.zone, pattern=source.format)
        return Typed(read.instant.value, raw, _lost(column, given, read.instant.value), local=read.local)
    if column.kind is Kind.DATE:
        value = day(given, pattern=source.format, zone=rows.zone).value
        return Typed(value, raw, _lost(column, given, value))
    if column.kind is Kind.FLAG:
        return Typed(_flag(given), raw, _lost(column, given, _flag(given)))
    return _number(column, given, source, rows, raw)


def broken_rules(column: Column, value: ir.Value, *, key: bool) -> Flags:
    """Rules that the typed value can break, by code."""
    rules: Flags = {}
    if column.required or key:
        rules["required_missing"] = value.isnull()
    if column.one_of:
        rules["not_one_of"] = value.notin(column.one_of)
    if column.low is not None:
        rules["too_low"] = value < column.low
    if column.high is not None:
        rules["too_high"] = value > column.high
    # A rule about a value that is not there is undecided, and an undecided rule is not broken.
    return {code: condition.fill_null(False) for code, condition in rules.items()}


def _unreadable(given: Computed) -> Flags:
    return {} if given.failed is None else {"not_readable": given.failed.fill_null(False)}


def _lost(column: Column, given: Computed, value: ir.Value) -> Flags:
    """Something was there and nothing could be made of it."""
    code = _CODES.get(column.kind, "not_a_number")
    return _unreadable(given) | {code: (present(given.value) & value.isnull()).fill_null(False)}


def _number(column: Column, given: Computed, source: ColumnSource, rows: Rows, raw: ir.Value) -> Typed:
    scaled = _scaled(given, source, rows)
    exact = scaled.value if column.kind in (Kind.NUMBER, Kind.RATE) else _exact(scaled.value)
    value = _NUMBERS[column.kind](exact)
    flags = _unreadable(scaled) | _lost(column, Computed(given.value), value)
    if column.kind in (Kind.QUANTITY, Kind.MONEY):
        flags["too_precise"] = (exact != value).fill_null(False)
    return Typed(value, raw, flags)


def source_value(source: ColumnSource, rows: Rows) -> Computed:
    """What the mapping says the column is made of, before it gets the column's type."""
    if source.column is not None:
        return column_of(rows, source.column)
    if source.expression is not None:
        return compute(source.expression, rows)
    return Computed(literal(source.constant))


def facts_of(column: Column) -> str:
    """What a sentence about the column's rules needs, as JSON."""
    facts = {
        "kind": column.kind.value,
        "one_of": ", ".join(column.one_of),
        "low": column.low,
        "high": column.high,
        "decimals": _DECIMALS.get(column.kind),
    }
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


def _exact(value: ir.Value) -> ir.Value:
    """A decimal wide enough to tell whether storing it would lose digits; a float has no more than six to lose."""
    if value.type().is_decimal() or value.type().is_integer():
        return value
    if value.type().is_floating():
        return value.try_cast(dt.Decimal(18, 6))
    return text(Computed(value)).value.try_cast(WIDE)


def _integer(exact: ir.Value) -> ir.Value:
    whole = exact.try_cast(dt.int64)
    return whole if exact.type().is_integer() else ibis.ifelse(exact == whole, whole, ibis.null())


def _float(value: ir.Value) -> ir.Value:
    floating = value.try_cast(dt.float64)
    return ibis.ifelse(floating.isnan() | floating.isinf(), ibis.null(), floating)


_NUMBERS: dict[Kind, Callable[[ir.Value], ir.Value]] = {
    Kind.QUANTITY: lambda exact: exact.try_cast(ibis.dtype(PHYSICAL[Kind.QUANTITY])),
    Kind.MONEY: lambda exact: exact.try_cast(ibis.dtype(PHYSICAL[Kind.MONEY])),
    Kind.INTEGER: _integer,
    Kind.NUMBER: _float,
    Kind.RATE: _float,
}


def _text(given: Computed) -> ir.Value:
    words = text(given).value
    return ibis.ifelse(present(words), words, ibis.null("string"))


def _flag(given: Computed) -> ir.Value:
    if given.value.type().is_boolean():
        return given.value
    words = text(given).value.strip().lower()
    return ibis.cases((words.isin(_YES), True), (words.isin(_NO), False), else_=ibis.null("boolean"))


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
