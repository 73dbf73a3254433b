"""How a number, a day or a period looks in the page's language; the only place that decides it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from babel.dates import format_date, format_datetime, format_interval

from analytics.core.calendar import Period
from analytics.metrics.metric import Unit
from dashboard.words import Words

NOTHING = "–"
MINUS = "−"
JOINED = "\u2060"
"""Keeps a sign and its currency on one line."""
COMPACT_FROM = Decimal(10_000)
SYMBOLS = {"CNY": "¥", "USD": "$", "GBP": "£", "EUR": "€"}


def exact(value: float | Decimal | int | None) -> Decimal | None:
    """``value`` as a Decimal, or None for None, NaN and infinities.

    >>> exact(0.1)
    Decimal('0.1')
    """
    if value is None:
        return None
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    return number if number.is_finite() else None


def rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def three_digits(value: Decimal) -> tuple[Decimal, int]:
    """``value`` (0 or more) rounded to three digits, at most two of them decimals.

    >>> three_digits(Decimal("9.996")), three_digits(Decimal("1234.5"))
    ((Decimal('10.0'), 1), (Decimal('1235'), 0))
    """
    for decimals, below in ((2, 10), (1, 100)):
        shown = rounded(value, decimals)
        if shown < below:
            return shown, decimals
    return rounded(value, 0), 0


def small(value: Decimal, unit: Unit) -> tuple[Decimal, int]:
    """A value below 10,000: money with cents below 1,000, a fractional quantity with one decimal below 100."""
    decimals = 0
    if unit is Unit.MONEY and rounded(value, 2) < 1000:
        decimals = 2
    elif unit is Unit.UNITS and value != value.to_integral_value() and rounded(value, 1) < 100:
        decimals = 1
    return rounded(value, decimals), decimals


@dataclass(frozen=True, slots=True)
class Format:
    """Numbers and dates in one language and one currency (an ISO code)."""

    words: Words
    currency: str = "CNY"

    @property
    def symbol(self) -> str:
        return SYMBOLS.get(self.currency, f"{self.currency} ")

    @property
    def scales(self) -> list[tuple[Decimal, str]]:
        """Powers and their names, smallest first; the catalogue has ``power:name`` joined by "|"."""
        pairs = (entry.split(":") for entry in self.words.t("number.scales").split("|"))
        return [(Decimal(power), name) for power, name in pairs]

    def value(self, number: float | Decimal | None, unit: Unit) -> str:
        """Short form of a metric's value; "–" for no data."""
        known = exact(number)
        if known is None:
            return NOTHING
        if unit is Unit.RATE:
            return signed(f"{rounded(abs(known) * 100, 1):,.1f}%", known, rounded(known * 100, 1))
        if unit in (Unit.TIMES, Unit.DAYS, Unit.SCORE):
            shown = rounded(known, 1)
            return self.words.t(f"number.{unit.value}", value=signed(f"{abs(shown):,.1f}", known, shown))
        body, shown = self._compact(abs(known), unit)
        prefix = self.symbol if unit is Unit.MONEY else ""
        return signed(prefix + body, known, shown)

    def full(self, number: float | Decimal | None, unit: Unit) -> str:
        """Every digit, for tooltips and fine print."""
        known = exact(number)
        if known is None or unit in (Unit.RATE, Unit.TIMES, Unit.DAYS, Unit.SCORE):
            return self.value(number, unit)
        decimals = {Unit.MONEY: 2, Unit.COUNT: 0}.get(unit, 0 if known == known.to_integral_value() else 3)
        prefix = self.symbol if unit is Unit.MONEY else ""
        shown = rounded(abs(known), decimals)
        return signed(f"{prefix}{shown:,.{decimals}f}", known, shown)

    def _compact(self, size: Decimal, unit: Unit) -> tuple[str, Decimal]:
        shown, decimals = small(size, unit)
        if shown < COMPACT_FROM:
            return f"{shown:,.{decimals}f}", shown
        scales = self.scales
        ceilings = [power for power, _ in scales[1:]] + [Decimal("Infinity")]
        for (power, _), ceiling in zip(scales, ceilings, strict=True):
            shown, decimals = three_digits(size / power)
            if shown * power < ceiling:
                break
        name = dict(scales)[power]
        return f"{shown:,.{decimals}f}{name}", shown

    def change(self, ratio: float | None) -> str:
        """A relative change with its sign, as a percentage."""
        known = exact(ratio)
        if known is None:
            return NOTHING
        shown = rounded(known * 100, 1)
        return plus(f"{abs(shown):,.1f}%", shown)

    def points(self, difference: float | None) -> str:
        """A change of a rate, in percentage points."""
        known = exact(difference)
        if known is None:
            return NOTHING
        shown = rounded(known * 100, 1)
        return self.words.t("number.points", value=plus(f"{abs(shown):,.1f}", shown))

    def difference(self, number: float | None, unit: Unit) -> str:
        """An absolute change with its sign, in the unit of the metric."""
        known = exact(number)
        if known is None:
            return NOTHING
        return plus(self.value(abs(known), unit), known)

    def day(self, day: date) -> str:
        return format_date(day, format="medium", locale=self.words.language)

    def moment(self, moment: datetime) -> str:
        return format_datetime(moment, format="yyyy-MM-dd HH:mm", locale=self.words.language)

    def period(self, period: Period) -> str:
        """Both ends; one day is shown once."""
        if period.first == period.last:
            return self.day(period.first)
        return str(format_interval(period.first, period.last, skeleton="yMMMd", locale=self.words.language))

    def listed(self, names: Sequence[str]) -> str:
        return self.words.t("list.comma").join(names)


def signed(body: str, value: Decimal, shown: Decimal) -> str:
    """``body`` with a minus when ``value`` is negative; a negative that rounds to zero has no sign."""
    return f"{MINUS}{body}" if value < 0 and shown != 0 else body


def plus(body: str, shown: Decimal) -> str:
    """``body`` with the sign of ``shown``; zero has none."""
    if shown == 0:
        return body
    return f"{'+' if shown > 0 else MINUS}{JOINED if body[0] in '¥$£€' else ''}{body}"


def is_number(value: object) -> bool:
    """Whether ``value`` is a real number (not None, NaN or infinite)."""
    return isinstance(value, int | float | Decimal) and math.isfinite(float(value))
