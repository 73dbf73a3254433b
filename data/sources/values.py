"""Conversions between source values and typed ones that remember where they failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

INSTANT = dt.Timestamp(timezone="UTC", scale=6)
NUMBER = dt.Decimal(18, 6)
WIDE = dt.Decimal(38, 10)
_TIME_OF_DAY = 10
"""Where the time begins in an ISO 8601 text: a sign after that is an offset, before it a date's hyphen."""


@ibis.udf.scalar.builtin(name="timezone", signature=(("string", "timestamp"), INSTANT))
def at_zone(zone: str, local: datetime) -> datetime:  # type: ignore[empty-body]
    """The instant of a wall-clock time."""


@ibis.udf.scalar.builtin(name="timezone", signature=(("string", INSTANT), "timestamp"))
def wall_clock(zone: str, instant: datetime) -> datetime:  # type: ignore[empty-body]
    """The wall-clock time of an instant."""


@ibis.udf.scalar.builtin(signature=(("string", "string"), "timestamp"))
def try_strptime(text: str, pattern: str) -> datetime:  # type: ignore[empty-body]
    """A wall-clock time in a given format; null where the text does not follow it."""


@dataclass(frozen=True, slots=True)
class Computed:
    """A value and the condition under which an input of it could not be read (None: it cannot fail)."""

    value: ir.Value
    failed: ir.BooleanValue | None = None


def any_failed(*parts: Computed) -> ir.BooleanValue | None:
    """True where one of ``parts`` failed."""
    conditions = [part.failed for part in parts if part.failed is not None]
    return ibis.or_(*conditions) if conditions else None


def text(part: Computed) -> Computed:
    """As text: whole floats lose their ``.0``, blank text is null."""
    value = part.value
    kind = value.type()
    if kind.is_string():
        return part
    if kind.is_floating():
        whole = value.try_cast("decimal(38, 0)").cast("string")
        return Computed(ibis.ifelse(value == value.floor(), whole, value.cast("string")), part.failed)
    return Computed(value.cast("string"), part.failed)


def present(value: ir.Value) -> ir.BooleanValue:
    """True where there is a value: not null and not blank.

    Nearly every text starts with something printable, and comparing is four times faster than trimming.
    """
    if value.type().is_string():
        return value.notnull() & ((value >= "!") | (value.strip() != ""))
    return value.notnull()


def number(part: Computed, *, kind: dt.DataType = NUMBER) -> Computed:
    """As an exact decimal; fails where something is there that is no number."""
    value = part.value
    if value.type().is_decimal() or value.type().is_null():
        return part
    if value.type().is_boolean():
        return Computed(ibis.ifelse(value, 1, 0).cast(kind), part.failed)
    return _checked(part, value.try_cast(kind))


def day(part: Computed, *, pattern: str | None = None, zone: str = "UTC") -> Computed:
    """As a calendar date; an instant gives the date on the wall clock of ``zone``."""
    value = part.value
    kind = value.type()
    if kind.is_date():
        return part
    if kind.is_timestamp():
        local = wall_clock(zone, value.cast(INSTANT)) if kind.timezone else value
        return Computed(local.date(), part.failed)
    words = text(part).value
    if pattern is not None:
        return _checked(part, try_strptime(words.strip(), pattern).date())
    return _checked(part, ibis.coalesce(words.try_cast("date"), words.try_cast("timestamp").date()))


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant, and what the clock on the wall shows then."""

    instant: Computed
    local: ir.Value


def moment(part: Computed, *, zone: str, pattern: str | None = None) -> Moment:
    """As an instant; what carries no offset is wall-clock time in ``zone``."""
    value = part.value
    kind = value.type()
    if kind.is_timestamp() and kind.timezone:
        exact = value.cast(INSTANT)
        return Moment(Computed(exact, part.failed), wall_clock(zone, exact))
    if kind.is_timestamp() or kind.is_date():
        local = value.cast("timestamp")
        return Moment(Computed(at_zone(zone, local), part.failed), local)
    words = text(part).value
    if pattern is not None:
        local = try_strptime(words.strip(), pattern)
        return Moment(_checked(part, at_zone(zone, local)), local)
    local = words.try_cast("timestamp")
    exact = ibis.ifelse(_has_offset(words), words.try_cast(INSTANT), at_zone(zone, local))
    return Moment(_checked(part, exact), ibis.ifelse(_has_offset(words), wall_clock(zone, exact), local))


def instant(part: Computed, *, zone: str, pattern: str | None = None) -> Computed:
    """The instant alone."""
    return moment(part, zone=zone, pattern=pattern).instant


def _has_offset(words: ir.Value) -> ir.BooleanValue:
    time = words.substr(_TIME_OF_DAY)
    return time.contains("+") | time.contains("-") | time.contains("Z") | time.contains("z")


def literal(value: object) -> ir.Value:
    """A constant of a mapping; TOML dates and times keep their type."""
    if isinstance(value, (bool, int, str, date)):
        return ibis.literal(value)
    if value is None:
        return ibis.null()
    return ibis.literal(str(value)).cast(NUMBER)


def _checked(part: Computed, converted: ir.Value) -> Computed:
    lost = present(part.value) & converted.isnull()
    return Computed(converted, lost if part.failed is None else part.failed | lost)
