"""One contract column: its value in the contract's type, and the code of what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from data.contract.schema import PHYSICAL, Column, Kind
from data.sources import limits
from data.sources.declarations import CASE, UNITS, ColumnSource
from data.sources.expressions import column_of, compute
from data.sources.functions import Rows, multiply
from data.sources.moments import DAY_OR_MONTH_FIRST, EARLIEST_YEAR
from data.sources.numerals import PERCENT, PLAIN, SHARE, two_ways
from data.sources.values import INSTANT, WIDE, Computed, day, digits, literal, moment, number, present, text
from data.sources.vocabulary import NO, YES

_CODES = {Kind.DATE: "not_a_date", Kind.TIME: "not_a_time", Kind.FLAG: "not_a_flag", Kind.INTEGER: "not_an_integer"}
_DECIMALS = {kind: PHYSICAL[kind].scale for kind in (Kind.QUANTITY, Kind.MONEY)}
_SPREADSHEET_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!")
_EARLIEST = datetime(EARLIEST_YEAR, 1, 1, tzinfo=UTC)

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
        flags = _undated(source, given, read.instant.value) | _lost(column, given, read.instant.value)
        return Typed(read.instant.value, raw, flags, local=read.local)
    if column.kind is Kind.DATE:
        value = day(given, pattern=source.format, zone=rows.zone).value
        return Typed(value, raw, _undated(source, given, value) | _lost(column, given, value))
    if column.kind is Kind.FLAG:
        return Typed(_flag(given), raw, _lost(column, given, _flag(given)))
    return _number(column, given, source, rows, raw)


def broken_rules(column: Column, value: ir.Value, *, key: bool, latest: datetime) -> Flags:
    """Rules that the typed value can break, by code. ``latest``: what happened, happened before."""
    rules: Flags = {}
    if column.required or key:
        rules["required_missing"] = value.isnull()
    if column.one_of:
        rules["not_one_of"] = value.notin(column.one_of)
    if column.form:
        rules["not_in_form"] = ~value.re_search(column.form.pattern)
    if column.low is not None:
        rules["too_low"] = value < column.low
    if column.high is not None:
        rules["too_high"] = value > column.high
    # A rule about a value that is not there is undecided, and an undecided rule is not broken.
    told = rules | _BY_KIND.get(column.kind, _no_rules)(column, value, latest)
    return {code: condition.fill_null(False) for code, condition in told.items()}


def _no_rules(column: Column, value: ir.Value, latest: datetime) -> Flags:
    return {}


def _text_rules(column: Column, value: ir.Value, latest: datetime) -> Flags:
    """Text that cannot be meant. Comparing tells how a text begins at a fraction of what searching it costs, and the
    second half of a choice is only asked where the first holds (both halves of an "and" always are).
    """
    hash_mark, never = (value >= "#") & (value < "$"), ibis.literal(False)
    rules = {
        "formula": (value >= "=") & (value < ">"),
        "spreadsheet_error": ibis.ifelse(hash_mark, value.isin(_SPREADSHEET_ERRORS), never),
        "field_too_long": ibis.ifelse(
            _octets(value) > limits.FIELD_CHARACTERS, value.length() > limits.FIELD_CHARACTERS, never
        ),
    }
    if column.kind is Kind.CODE:
        # A spreadsheet that took a long number for a quantity: 1.23457E+17 stands for a thousand orders.
        shortened = value.re_search(r"^[1-9](\.[0-9]+)?E\+[0-9]+$")
        rules["shortened_code"] = ibis.ifelse(value.contains("E+"), shortened, never)
    return rules


def _day_rules(column: Column, value: ir.Value, latest: datetime) -> Flags:
    rules = {"too_early": value < ibis.literal(_EARLIEST.date())}
    return rules | ({"in_the_future": value > ibis.literal(latest.date())} if column.happened else {})


def _time_rules(column: Column, value: ir.Value, latest: datetime) -> Flags:
    rules = {"too_early": value < ibis.literal(_EARLIEST, INSTANT)}
    return rules | ({"in_the_future": value > ibis.literal(latest, INSTANT)} if column.happened else {})


_BY_KIND: dict[Kind, Callable[[Column, ir.Value, datetime], Flags]] = {
    Kind.TEXT: _text_rules,
    Kind.CODE: _text_rules,
    Kind.DATE: _day_rules,
    Kind.TIME: _time_rules,
}


@ibis.udf.scalar.builtin(name="strlen", signature=(("string",), "int64"))
def _octets(words: str) -> int:  # type: ignore[empty-body]
    """Bytes of a text; never fewer than its characters, and known without counting."""


def _unreadable(given: Computed) -> Flags:
    return {} if given.failed is None else {"not_readable": given.failed.fill_null(False)}


def _lost(column: Column, given: Computed, value: ir.Value) -> Flags:
    """Something was there and nothing could be made of it."""
    code = _CODES.get(column.kind, "not_a_number")
    return _unreadable(given) | {code: (present(given.value) & value.isnull()).fill_null(False)}


def _undated(source: ColumnSource, given: Computed, value: ir.Value) -> Flags:
    """A day whose parts could be in two orders, and no format that tells."""
    if source.format is not None or not given.value.type().is_string():
        return {}
    return {"ambiguous_date": (value.isnull() & given.value.re_search(DAY_OR_MONTH_FIRST)).fill_null(False)}


def _number(column: Column, given: Computed, source: ColumnSource, rows: Rows, raw: ir.Value) -> Typed:
    reading = _reading(column, source, rows)
    scaled = _scaled(given, source, rows, reading)
    whole = column.kind not in (Kind.NUMBER, Kind.RATE)
    exact = _exact(scaled.value, source, reading) if whole else _floating(scaled.value, source, reading)
    value = _NUMBERS[column.kind](exact)
    flags = _two_ways(given, value) | _unreadable(scaled) | _lost(column, Computed(given.value), value)
    if column.kind in (Kind.QUANTITY, Kind.MONEY):
        flags["too_precise"] = (exact != value).fill_null(False)
    return Typed(value, raw, flags)


def _reading(column: Column, source: ColumnSource, rows: Rows) -> str:
    if source.unit == "percent":
        return PERCENT
    if column.kind is Kind.MONEY:
        return rows.currency
    return SHARE if column.kind in (Kind.NUMBER, Kind.RATE) else PLAIN


def _two_ways(given: Computed, value: ir.Value) -> Flags:
    if not given.value.type().is_string():
        return {}
    # The function is only asked about what could not be read.
    doubtful = ibis.ifelse(value.isnull() & present(given.value), two_ways(given.value), False)
    return {"ambiguous_number": doubtful.fill_null(False)}


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
        "form": column.form.shown if column.form else None,
        "low": column.low,
        "high": column.high,
        "decimals": _DECIMALS.get(column.kind),
        "limit": limits.FIELD_CHARACTERS if column.kind in (Kind.TEXT, Kind.CODE) else None,
    }
    return json.dumps({name: value for name, value in facts.items() if value not in (None, "")}, ensure_ascii=False)


def _scaled(given: Computed, source: ColumnSource, rows: Rows, reading: str) -> Computed:
    plain = _plain_number(given, source)
    if source.unit is None:
        return plain
    counted = number(plain, reading=reading, decimal=_mark(source))
    if source.unit != CASE:
        return multiply(counted, Computed(literal(UNITS[source.unit])))
    per_case = source.units_per_case
    return multiply(counted, column_of(rows, per_case) if isinstance(per_case, str) else Computed(literal(per_case)))


def _plain_number(given: Computed, source: ColumnSource) -> Computed:
    """With a point, once both separators are known; with one of them known, what it leaves open is found out later."""
    words = given.value
    if not words.type().is_string() or source.thousands is None:
        return given
    words = words.replace(source.thousands, "")
    other = source.decimal not in (None, ".")
    return Computed(words.replace(source.decimal, ".") if other else words, given.failed)


def _mark(source: ColumnSource) -> str | None:
    """The decimal mark that :func:`_plain_number` left in the text."""
    return source.decimal if source.thousands is None else "."


def _exact(value: ir.Value, source: ColumnSource, reading: str) -> ir.Value:
    """A decimal wide enough to tell whether storing it would lose digits; a float has no more than six to lose."""
    if value.type().is_decimal() or value.type().is_integer():
        return value
    if value.type().is_floating():
        return value.try_cast(dt.Decimal(18, 6))
    return digits(text(Computed(value)).value, WIDE, reading=reading, decimal=_mark(source))


def _floating(value: ir.Value, source: ColumnSource, reading: str) -> ir.Value:
    return digits(value, dt.float64(), reading=reading, decimal=_mark(source))


def _integer(exact: ir.Value) -> ir.Value:
    whole = exact.try_cast(dt.int64)
    return whole if exact.type().is_integer() else ibis.ifelse(exact == whole, whole, ibis.null())


def _float(floating: ir.Value) -> ir.Value:
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
    if not given.value.type().is_string():
        return ibis.ifelse(present(words), words, ibis.null("string"))
    # ="00123": how exports keep a spreadsheet from cutting the zeros off.
    whole = words.endswith('"') & (words.length() > len('=""'))
    inner = ibis.ifelse(whole, words.substr(2, words.length() - 3), words)
    return ibis.cases(((words >= '="') & (words < "=#"), inner), (present(words), words), else_=ibis.null("string"))


def _flag(given: Computed) -> ir.Value:
    if given.value.type().is_boolean():
        return given.value
    words = text(given).value.strip().lower()
    return ibis.cases((words.isin(YES), True), (words.isin(NO), False), else_=ibis.null("boolean"))


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
