"""The functions that a mapping's expressions may call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from data.sources.values import NUMBER, Computed, any_failed, day, instant, number, present, text

_FACTOR_SCALE = 8


@dataclass(frozen=True, slots=True)
class Rows:
    """What an expression is computed over: the table, its file order, the source's time zone and currency."""

    table: ir.Table
    order: tuple[ir.Value, ...]
    zone: str
    currency: str = "CNY"


Arguments = tuple[Computed | int | str, ...]


@dataclass(frozen=True, slots=True)
class Function:
    """``takes``: one letter per argument: v value, i whole-number literal, s text literal; upper case: may be left
    out. ``repeats``: the last one may be given any number of times.
    """

    usage: str
    takes: str
    build: Callable[..., Computed]
    repeats: bool = False

    def accepts(self, count: int) -> bool:
        least = sum(letter.islower() for letter in self.takes)
        return count >= least and (self.repeats or count <= len(self.takes))

    def letter(self, position: int) -> str:
        return self.takes[min(position, len(self.takes) - 1)].lower()


@ibis.udf.scalar.builtin(name="left", signature=(("string", "int64"), "string"))
def _left(words: str, count: int) -> str:  # type: ignore[empty-body]
    """First characters; a negative count drops that many at the end."""


@ibis.udf.scalar.builtin(name="right", signature=(("string", "int64"), "string"))
def _right(words: str, count: int) -> str:  # type: ignore[empty-body]
    """Last characters; a negative count drops that many at the start."""


def multiply(one: Computed, other: Computed) -> Computed:
    """Exact product: the decimals of both factors are kept (of factors wider than 19 digits, eight)."""
    left, right = _factor(number(one)), _factor(number(other))
    scale = left.value.type().scale + right.value.type().scale
    return Computed((left.value * right.value).cast(dt.Decimal(38, scale)), any_failed(left, right))


def _factor(part: Computed) -> Computed:
    """As 19 digits: DuckDB multiplies two decimals of up to 18 within 18 digits, and that overflows."""
    value = _decimal(part.value)
    narrow = value.try_cast(dt.Decimal(19, min(value.type().scale, _FACTOR_SCALE)))
    overflow = (value.notnull() & narrow.isnull()).fill_null(False)
    return Computed(narrow, any_failed(part, Computed(overflow, overflow)))


def add(one: Computed, other: Computed, *, subtract: bool = False) -> Computed:
    """Exact sum or difference."""
    left, right = number(one), number(other)
    first, second = _decimal(left.value), _decimal(right.value)
    scale = max(first.type().scale, second.type().scale)
    whole = max(value.type().precision - value.type().scale for value in (first, second))
    # Wide before adding: the sum of two decimals of up to 18 digits is computed within 18 digits.
    kind = dt.Decimal(min(38, max(19, whole + scale + 1)), scale)
    first, second = first.try_cast(kind), second.try_cast(kind)
    return Computed((first - second if subtract else first + second).cast(kind), any_failed(left, right))


def divide(one: Computed, other: Computed) -> Computed:
    """Quotient to six decimals; fails where the divisor is zero."""
    over, under = number(one), number(other)
    divisor = under.value.cast("float64")
    quotient = (over.value.cast("float64") / divisor.nullif(0)).round(6).try_cast(NUMBER)
    return Computed(quotient, any_failed(over, under, Computed(divisor, (divisor == 0).fill_null(False))))


def alike(*parts: Computed) -> tuple[Computed, ...]:
    """The same values in one type: numbers if one is a number, days or instants likewise, else text."""
    kinds = [part.value.type() for part in parts]
    known = [kind for kind in kinds if not kind.is_null()]
    if any(kind.is_numeric() for kind in known):
        return tuple(number(part) for part in parts)
    if any(kind.is_date() for kind in known):
        return tuple(day(part) for part in parts)
    if all(kind == known[0] for kind in known):
        return parts
    return tuple(text(part) for part in parts)


def _decimal(value: ir.Value) -> ir.Value:
    return value.cast(NUMBER) if value.type().is_null() else value


def _if(rows: Rows, condition: Computed, then: Computed, other: Computed) -> Computed:
    yes, no = alike(then, other)
    failed = any_failed(condition)
    if yes.failed is not None or no.failed is not None:
        never = ibis.literal(False)
        branch = ibis.ifelse(condition.value, _or(yes.failed, never), _or(no.failed, never))
        failed = any_failed(condition, Computed(branch, branch))
    return Computed(ibis.ifelse(condition.value, yes.value, no.value), failed)


def _or(condition: ir.BooleanValue | None, otherwise: ir.BooleanValue) -> ir.BooleanValue:
    return otherwise if condition is None else condition


def _coalesce(rows: Rows, *parts: Computed) -> Computed:
    same = alike(*parts)
    filled = [ibis.ifelse(present(part.value), part.value, ibis.null()) for part in same]
    return Computed(ibis.coalesce(*filled), any_failed(*same))


def _concat(rows: Rows, *parts: Computed) -> Computed:
    words = [text(part) for part in parts]
    joined = words[0].value.fill_null("")
    for word in words[1:]:
        joined = joined + word.value.fill_null("")
    return Computed(joined.nullif(""), any_failed(*words))


def _split(rows: Rows, value: Computed, separator: str, position: int) -> Computed:
    index = position - 1 if position > 0 else position
    return Computed(text(value).value.split(separator)[index], value.failed)


def _substr(rows: Rows, value: Computed, start: int, length: int | None = None) -> Computed:
    return Computed(text(value).value.substr(start - 1, length), value.failed)


def _round(rows: Rows, value: Computed, digits: int = 0) -> Computed:
    part = number(value)
    exact = _decimal(part.value)
    whole = exact.type().precision - exact.type().scale
    return Computed(exact.try_cast(dt.Decimal(min(38, whole + digits + 1), digits)), part.failed)


def _ordinal(rows: Rows, *columns: Computed) -> Computed:
    window = ibis.window(group_by=[column.value for column in columns], order_by=list(rows.order))
    return Computed(ibis.row_number().over(window) + 1)


def _words(change: Callable[[ir.StringValue], ir.Value]) -> Callable[[Rows, Computed], Computed]:
    return lambda rows, value: Computed(change(text(value).value), value.failed)


def _replace(rows: Rows, value: Computed, old: str, new: str) -> Computed:
    return Computed(text(value).value.replace(old, new), value.failed)


FUNCTIONS: dict[str, Function] = {
    "if_": Function("if_(condition, then, otherwise)", "vvv", _if),
    "coalesce": Function("coalesce(a, b, …)", "vv", _coalesce, repeats=True),
    "concat": Function("concat(a, b, …)", "vv", _concat, repeats=True),
    "upper": Function("upper(text)", "v", _words(lambda words: words.upper())),
    "lower": Function("lower(text)", "v", _words(lambda words: words.lower())),
    "trim": Function("trim(text)", "v", _words(lambda words: words.strip())),
    "replace": Function('replace(text, "old", "new")', "vss", _replace),
    "left": Function("left(text, n)", "vi", lambda rows, v, n: Computed(_left(text(v).value, n), v.failed)),
    "right": Function("right(text, n)", "vi", lambda rows, v, n: Computed(_right(text(v).value, n), v.failed)),
    "substr": Function("substr(text, start, length)", "viI", _substr),
    "split": Function('split(text, "separator", n)', "vsi", _split),
    "starts_with": Function(
        'starts_with(text, "start")', "vs", lambda rows, v, s: Computed(text(v).value.startswith(s), v.failed)
    ),
    "is_null": Function("is_null(value)", "v", lambda rows, v: Computed(~present(v.value))),
    "number": Function("number(text)", "v", lambda rows, v: number(v)),
    "date": Function('date(text, "format")', "vS", lambda rows, v, f=None: day(v, pattern=f, zone=rows.zone)),
    "timestamp": Function(
        'timestamp(text, "format")', "vS", lambda rows, v, f=None: instant(v, pattern=f, zone=rows.zone)
    ),
    "abs": Function("abs(number)", "v", lambda rows, v: Computed(_decimal(number(v).value).abs(), number(v).failed)),
    "round": Function("round(number, decimals)", "vI", _round),
    "ordinal": Function("ordinal(column, …)", "v", _ordinal, repeats=True),
}
