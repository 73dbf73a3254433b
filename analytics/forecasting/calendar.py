"""The calendar that drives demand and is known in advance: weekdays, workdays, lunar and shopping festivals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np

from analytics.forecasting.contract import Bucket, Floats, Ints

FESTIVALS: Mapping[str, tuple[int, int]] = {"spring": (1, 1), "dragon": (5, 5), "autumn": (8, 15)}
"""Lunar month and day of Spring Festival, Dragon Boat and Mid-Autumn."""

WINDOWS: tuple[tuple[str, int, int], ...] = (("early", -24, -11), ("late", -10, -3), ("eve", -2, -1), ("after", 0, 8))
"""Name, first and last day relative to a festival."""

SHOPPING: Mapping[str, tuple[tuple[int, int], ...]] = {
    "618": tuple((6, day) for day in range(16, 19)),
    "618_opens": ((6, 1), (6, 2)),
    "double_11": ((11, 10), (11, 11)),
    "double_11_opens": ((10, 31), (11, 1)),
    "double_12": ((12, 12),),
}
WORKDAYS = tuple(f"weekday_{number}" for number in range(5))
MEMBER_DAY = 18
ALIGNED = 28
"""Within so many days of Spring Festival, last year means the same distance to last year's festival."""


def calendar_of(periods: np.ndarray, bucket: Bucket) -> dict[str, Floats]:
    """Columns over the periods: share of their days that are workdays, in a festival's window or a shopping day.

    Days have weekdays besides. A column that never moves is left out.
    """
    days = days_of(periods, bucket)
    columns: dict[str, Floats] = {"workday": _mean([_workday(day) for day in days], bucket)}
    for name, (month, on) in FESTIVALS.items():
        gaps = gaps_to(days, month, on)
        for window, first, last in WINDOWS:
            columns[f"{name}_{window}"] = _mean([first <= gap <= last for gap in gaps], bucket)
    for name, dates in SHOPPING.items():
        columns[name] = _mean([(day.month, day.day) in dates for day in days], bucket)
    columns["member_day"] = _mean([day.day == MEMBER_DAY for day in days], bucket)
    if bucket is Bucket.DAY:
        columns |= {
            f"weekday_{number}": _mean([day.weekday() == number for day in days], bucket) for number in range(6)
        }
    return {name: values for name, values in columns.items() if np.ptp(values) > 0}


def is_event(column: str) -> bool:
    """Whether a column tells of a festival or a shopping day, and not of the week."""
    return column != "workday" and not column.startswith("weekday_")


def ordinary(columns: Mapping[str, Floats], bucket: Bucket) -> dict[str, Floats]:
    """The same columns without any festival or shopping day, holidays and the working days moved for them included."""
    plain = {name: np.zeros_like(values) if is_event(name) else values for name, values in columns.items()}
    if "workday" in columns:
        week = [columns[name] for name in columns if name in WORKDAYS]
        if bucket is Bucket.WEEK or len(week) == len(WORKDAYS):
            plain["workday"] = (
                np.full_like(columns["workday"], 5 / 7) if bucket is Bucket.WEEK else np.sum(week, axis=0)
            )
    return plain


def last_year_of(periods: np.ndarray, bucket: Bucket) -> Ints:
    """Index of the period a year earlier; near Spring Festival, of the one as far from last year's festival."""
    starts = [_date(period) for period in periods]
    gaps = gaps_to(starts, *FESTIVALS["spring"])
    found = np.full(len(starts), -1, dtype=np.int64)
    for at, (start, gap) in enumerate(zip(starts, gaps, strict=True)):
        back = start - timedelta(days=bucket.year * bucket.days)
        if abs(gap) <= ALIGNED:
            festival = start - timedelta(days=gap)
            back = lunar(festival.year - 1, 1, 1) + timedelta(days=gap)
        found[at] = (back - starts[0]).days // bucket.days
    return np.where((found >= 0) & (found < np.arange(len(starts))), found, -1)


def days_of(periods: np.ndarray, bucket: Bucket) -> list[date]:
    return [_date(period) + timedelta(days=number) for period in periods for number in range(bucket.days)]


def gaps_to(days: list[date], month: int, on: int) -> list[int]:
    """Days since the nearest festival of that lunar month and day; negative before it."""
    years = range(days[0].year - 1, days[-1].year + 2)
    festivals = np.array([lunar(year, month, on).toordinal() for year in years])
    ordinals = np.array([day.toordinal() for day in days])
    difference = ordinals[:, None] - festivals[None, :]
    return [int(row[np.abs(row).argmin()]) for row in difference]


def lunar(year: int, month: int, on: int) -> date:
    """The day of the Gregorian calendar.

    >>> lunar(2026, 1, 1)
    datetime.date(2026, 2, 17)
    """
    from lunardate import LunarDate

    found: date = LunarDate(year, month, on).to_solar_date()
    return found


def _workday(day: date) -> bool:
    """By the State Council's calendar with its swapped days; by the weekday in years not announced yet."""
    import chinese_calendar

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def _mean(marks: list[bool], bucket: Bucket) -> Floats:
    return np.asarray(np.array(marks, dtype=np.float64).reshape(-1, bucket.days).mean(axis=1))


def _date(period: np.datetime64) -> date:
    found: date = period.astype("datetime64[D]").item()
    return found
