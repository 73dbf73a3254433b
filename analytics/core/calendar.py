"""Business days, periods and the periods that they are compared with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from lunardate import LunarDate

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

    def lunar_last_year(self) -> Period:
        """As many days from the same day of the lunar year before (农历同比): festivals meet themselves.

        >>> Period(date(2026, 2, 17), date(2026, 2, 23)).lunar_last_year().first
        datetime.date(2025, 1, 29)
        """
        first = lunar_year_before(self.first)
        return Period(first, first + timedelta(days=self.days - 1))

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


def lunar_year_before(day: date) -> date:
    """The same day of the same month one lunar year earlier; a leap month counts as the one that it repeats, the
    thirtieth of a month that then had 29 days as its last day.

    >>> lunar_year_before(date(2026, 2, 17)), lunar_year_before(date(2025, 10, 6))
    (datetime.date(2025, 1, 29), datetime.date(2024, 9, 17))
    """
    try:
        then = LunarDate.from_solar_date(day.year, day.month, day.day)
    except ValueError:
        raise DomainError("lunar_day_unknown", day=day.isoformat()) from None
    for number in (then.day, then.day - 1):
        try:
            found: date = LunarDate(then.year - 1, then.month, number).to_solar_date()
        except ValueError:
            continue
        return found
    raise DomainError("lunar_day_unknown", day=day.isoformat())


class Preset(StrEnum):
    """Named periods, all ending on the last day that has data."""

    LAST_DAY = "last_day"
    LAST_7_DAYS = "last_7_days"
    LAST_30_DAYS = "last_30_days"
    WEEK_TO_DATE = "week_to_date"
    MONTH_TO_DATE = "month_to_date"
    QUARTER_TO_DATE = "quarter_to_date"
    YEAR_TO_DATE = "year_to_date"
    LAST_365_DAYS = "last_365_days"
    EVERYTHING = "everything"


class Comparison(StrEnum):
    """What a period is compared with."""

    PREVIOUS = "previous"
    LAST_YEAR = "last_year"
    LUNAR_YEAR = "lunar_year"
    TARGET = "target"


_FIRST_DAY: dict[Preset, Callable[[date, date], date]] = {
    Preset.LAST_DAY: lambda day, _: day,
    Preset.LAST_7_DAYS: lambda day, _: day - timedelta(days=6),
    Preset.LAST_30_DAYS: lambda day, _: day - timedelta(days=29),
    Preset.WEEK_TO_DATE: lambda day, _: day - timedelta(days=day.weekday()),
    Preset.MONTH_TO_DATE: lambda day, _: day.replace(day=1),
    Preset.QUARTER_TO_DATE: lambda day, _: quarter_start(day),
    Preset.YEAR_TO_DATE: lambda day, _: day.replace(month=1, day=1),
    Preset.LAST_365_DAYS: lambda day, _: day - timedelta(days=364),
    Preset.EVERYTHING: lambda _, earliest: earliest,
}


def preset_period(preset: Preset, *, covered: Period) -> Period:
    """The days that ``preset`` means when data cover ``covered``; never a day before the first that has data."""
    return Period(max(_FIRST_DAY[preset](covered.last, covered.first), covered.first), covered.last)


def quarter_start(day: date) -> date:
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def baseline(period: Period, comparison: Comparison, preset: Preset | None = None) -> Period:
    """The days that ``period`` is compared with; ``preset`` names what it is a part of, None for free days.

    A target is compared with over the same days. The period before a part of a month, quarter or year is the same part
    of the one before: twenty days of November meet the first twenty of October, not the last.
    """
    if comparison is Comparison.TARGET:
        return period
    if comparison is Comparison.LAST_YEAR:
        return period.last_year()
    if comparison is Comparison.LUNAR_YEAR:
        return period.lunar_last_year()
    return _before(period, preset)


def _before(period: Period, preset: Preset | None) -> Period:
    if preset is Preset.YEAR_TO_DATE:
        return period.last_year()
    if preset is Preset.WEEK_TO_DATE:
        return period.shifted(-7)
    if preset is Preset.QUARTER_TO_DATE and period.first == quarter_start(period.first):
        return _same_part(period, quarter_start(period.first - timedelta(days=1)))
    whole_month = period.first.day == 1 and period.last == month_end(period.first)
    if whole_month or (preset is Preset.MONTH_TO_DATE and period.first.day == 1):
        before = (period.first - timedelta(days=1)).replace(day=1)
        return Period(before, month_end(before)) if whole_month else _same_part(period, before)
    return period.previous()


def _same_part(period: Period, first: date) -> Period:
    """As many days from ``first``, at most up to the day before ``period`` begins."""
    return Period(first, min(first + timedelta(days=period.days - 1), period.first - timedelta(days=1)))


def month_end(day: date) -> date:
    """The last day of the month of ``day``.

    >>> month_end(date(2028, 2, 3))
    datetime.date(2028, 2, 29)
    """
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
