"""Business days, periods and the periods that they are compared with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from analytics.core.errors import DomainError

HOME_ZONE = ZoneInfo("Asia/Shanghai")
"""Zone in which days are told apart where nobody names another one: the data contract's default."""


def day_of(moment: datetime) -> date:
    """The day that an instant falls on in :data:`HOME_ZONE`.

    >>> day_of(datetime.fromisoformat("2026-03-01T16:00:00+00:00"))
    datetime.date(2026, 3, 2)
    """
    return moment.astimezone(HOME_ZONE).date()


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Closed range of business days, first and last day included.

    >>> Period(date(2026, 2, 1), date(2026, 2, 28)).days
    28
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise DomainError("period_reversed", first=self.first.isoformat(), last=self.last.isoformat())

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def previous(self) -> Period:
        """The period of equal length that ends the day before this one (环比).

        >>> Period(date(2026, 3, 8), date(2026, 3, 14)).previous()
        Period(first=datetime.date(2026, 3, 1), last=datetime.date(2026, 3, 7))
        """
        return self.shifted(-self.days)

    def last_year(self) -> Period:
        """The same dates a year earlier (同比); 29 February becomes 28 February."""
        return Period(year_before(self.first), year_before(self.last))

    def shifted(self, days: int) -> Period:
        moved = timedelta(days=days)
        return Period(self.first + moved, self.last + moved)


def year_before(day: date) -> date:
    """The same date one year earlier.

    >>> year_before(date(2024, 2, 29))
    datetime.date(2023, 2, 28)
    """
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


class Preset(StrEnum):
    """Named periods, all ending on the last day that has data."""

    LAST_DAY = "last_day"
    LAST_7_DAYS = "last_7_days"
    LAST_30_DAYS = "last_30_days"
    MONTH_TO_DATE = "month_to_date"
    QUARTER_TO_DATE = "quarter_to_date"
    YEAR_TO_DATE = "year_to_date"
    LAST_365_DAYS = "last_365_days"
    EVERYTHING = "everything"


class Comparison(StrEnum):
    """What a period is compared with."""

    PREVIOUS = "previous"
    LAST_YEAR = "last_year"


_FIRST_DAY: dict[Preset, Callable[[date, date], date]] = {
    Preset.LAST_DAY: lambda day, _: day,
    Preset.LAST_7_DAYS: lambda day, _: day - timedelta(days=6),
    Preset.LAST_30_DAYS: lambda day, _: day - timedelta(days=29),
    Preset.MONTH_TO_DATE: lambda day, _: day.replace(day=1),
    Preset.QUARTER_TO_DATE: lambda day, _: day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1),
    Preset.YEAR_TO_DATE: lambda day, _: day.replace(month=1, day=1),
    Preset.LAST_365_DAYS: lambda day, _: day - timedelta(days=364),
    Preset.EVERYTHING: lambda _, earliest: earliest,
}


def preset_period(preset: Preset, *, covered: Period) -> Period:
    """The days that ``preset`` means when data cover ``covered``; never a day before the first that has data."""
    return Period(max(_FIRST_DAY[preset](covered.last, covered.first), covered.first), covered.last)


def baseline(period: Period, comparison: Comparison) -> Period:
    """The period that ``period`` is compared with."""
    return period.previous() if comparison is Comparison.PREVIOUS else period.last_year()
