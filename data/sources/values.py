"""Conversions between source values and typed ones that remember where they failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from data.sources.moments import ISO_LOCAL, ISO_OFFSET, written_moment
from data.sources.numerals import PLAIN, written_number

Format = str | tuple[str, ...]
"""One format of a date or time, or several that are tried in turn."""
INSTANT = dt.Timestamp(timezone="UTC", scale=6)
NUMBER = dt.Decimal(18, 6)
WIDE = dt.Decimal(38, 10)


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


def number(part: Computed, *, kind: dt.DataType = NUMBER, reading: str = PLAIN, decimal: str | None = None) -> Computed:
    """As an exact decimal; fails where something is there that is no number."""
    value = part.value
    if value.type().is_decimal() or value.type().is_null():
        return part
    if value.type().is_boolean():
        return Computed(ibis.ifelse(value, 1, 0).cast(kind), part.failed)
    return _checked(part, digits(value, kind, reading=reading, decimal=decimal))


def digits(value: ir.Value, kind: dt.DataType, *, reading: str = PLAIN, decimal: str | None = None) -> ir.Value:
    """``value`` in a numeric type; text that the engine cannot cast is read as people write numbers. Null where that
    fails, too.
    """
    if not value.type().is_string():
        return value.try_cast(kind)
    if decimal not in (None, "."):
        return written_number(value, reading, decimal).try_cast(kind)
    # The second way is only taken where the first one fails.
    return ibis.coalesce(value.try_cast(kind), written_number(value, reading, decimal or "").try_cast(kind))


def day(part: Computed, *, pattern: Format | None = None, zone: str = "UTC") -> Computed:
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
        return _checked(part, _formatted(words, pattern).date())
    plain = ibis.coalesce(words.try_cast("date"), words.try_cast("timestamp").date())
    other = wall_clock(zone, _instant(words, zone)).date()
    return _checked(part, ibis.ifelse(words.re_search(ISO_LOCAL), plain, other))


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant, and what the clock on the wall shows then."""

    instant: Computed
    local: ir.Value


def moment(part: Computed, *, zone: str, pattern: Format | None = None) -> Moment:
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
        local = _formatted(words, pattern)
        return Moment(_checked(part, at_zone(zone, local)), local)
    plain, local = words.re_search(ISO_LOCAL), words.try_cast("timestamp")
    exact = ibis.ifelse(plain, at_zone(zone, local), _instant(words, zone))
    return Moment(_checked(part, exact), ibis.ifelse(plain, local, wall_clock(zone, exact)))


def instant(part: Computed, *, zone: str, pattern: Format | None = None) -> Computed:
    """The instant alone."""
    return moment(part, zone=zone, pattern=pattern).instant


def _instant(words: ir.Value, zone: str) -> ir.Value:
    """Text with an offset, and text that the engine does not read: what it takes for a zone's name may be anything."""
    written = written_moment(words)
    local = at_zone(zone, written.try_cast("timestamp"))
    told = ibis.ifelse(written.endswith("Z"), written.try_cast(INSTANT), local)
    return ibis.ifelse(words.re_search(ISO_OFFSET), words.try_cast(INSTANT), told)


def _formatted(words: ir.Value, pattern: Format) -> ir.Value:
    patterns = (pattern,) if isinstance(pattern, str) else pattern
    return ibis.coalesce(*(try_strptime(words.strip(), one) for one in patterns))


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
