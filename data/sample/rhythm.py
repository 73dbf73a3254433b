"""How demand moves through the year: weekdays, season, lunar festivals, shopping festivals, member day."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import chinese_calendar
import numpy as np
from lunardate import LunarDate

from data.sample.parameters import Channel, WorldParameters

MEMBER_DAY = 18

FESTIVALS: tuple[tuple[int, int, float, int, int], ...] = (
    (1, 1, 1.0, 24, 8),
    (5, 5, 0.30, 9, 1),
    (8, 15, 0.42, 13, 2),
)
"""(lunar month, lunar day, strength, days of lead-up, days of lull): Spring Festival, Dragon Boat, Mid-Autumn."""

EVENTS: tuple[tuple[tuple[int, int], float], ...] = (
    ((6, 1), 0.7),
    ((6, 17), 0.5),
    ((6, 18), 1.0),
    ((10, 31), 0.6),
    ((11, 1), 0.8),
    ((11, 10), 0.7),
    ((11, 11), 1.2),
    ((12, 12), 0.4),
)
"""(month, day) → strength of the shopping festivals 618, 双11 and 双12 and of their first waves."""


def calendar_days(first_day: date, last_day: date) -> list[date]:
    return [first_day + timedelta(days=number) for number in range((last_day - first_day).days + 1)]


def month_starts(days: list[date]) -> list[date]:
    """First day of each month that ``days`` touch."""
    return sorted({day.replace(day=1) for day in days})


def festivals(days: list[date]) -> list[tuple[date, float, int, int]]:
    """Every festival whose lead-up or lull can touch ``days``: date, strength, lead-up and lull in days."""
    years = range(days[0].year - 1, days[-1].year + 2)
    return [
        (LunarDate(year, month, day).to_solar_date(), strength, lead, lull)
        for year in years
        for month, day, strength, lead, lull in FESTIVALS
    ]


def lead_up(days: list[date]) -> np.ndarray:
    """0 to 1 per day: rises over the weeks before a festival, is highest three days before it and falls to its eve."""
    gap, strength, lead, _ = _gaps(days)
    until = np.clip(-gap, 0, None)
    rising = np.clip((lead + 1 - until) / (lead - 2), 0, 1)
    leaving = np.clip(until / 3.0, 0, 1)
    shape = np.where((gap < 0) & (until <= lead), np.minimum(rising, leaving), 0.0)
    return np.asarray((shape * strength).max(axis=0))


def lull(days: list[date]) -> np.ndarray:
    """0 to 1 per day: the holiday itself and the days after it, when larders are full."""
    gap, strength, _, after = _gaps(days)
    return np.asarray(np.where((gap >= 0) & (gap < after), strength, 0.0).max(axis=0))


def _gaps(days: list[date]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Days since each festival (rows) for each day (columns), and the festivals' figures as columns."""
    known = festivals(days)
    gap = np.array([[(day - festival[0]).days for day in days] for festival in known])
    strength, lead, after = (np.array([festival[i] for festival in known], dtype=float)[:, None] for i in (1, 2, 3))
    return gap, strength, lead, after


def events(days: list[date]) -> np.ndarray:
    """Strength of a shopping festival per day; negative in the week after 618 and 双11, when buying was done ahead."""
    known = dict(EVENTS)
    strength = np.array([known.get((day.month, day.day), 0.0) for day in days])
    for month, day in ((6, 18), (11, 11)):
        ended = np.array([0 < (today - date(today.year, month, day)).days <= 7 for today in days])
        strength[ended] -= 0.12
    return strength


def season(days: list[date]) -> np.ndarray:
    """Demand over the year: 8 % above the mean around New Year, 8 % below it in July."""
    position = np.array([day.timetuple().tm_yday for day in days]) / 365.25
    return np.asarray(1 + 0.08 * np.cos(2 * np.pi * (position - 0.02)))


def summer(day: date) -> float:
    """1 in mid-July, 0 from November to March."""
    return max(0.0, float(np.cos(2 * np.pi * (day.timetuple().tm_yday - 196) / 365.25)))


def weekdays(days: list[date], channel: Channel) -> np.ndarray:
    """Demand of each day's weekday; a swapped working day is like a Wednesday, a public holiday like a Saturday, and
    trade rests on it.
    """
    holiday = channel.weekdays[6] if channel.group == "wholesale" else channel.weekdays[5]
    found = []
    for day in days:
        kind = day_kind(day)
        usual = channel.weekdays[day.weekday()]
        found.append(holiday if kind == "holiday" else channel.weekdays[2] if kind == "swapped" else usual)
    return np.array(found)


def day_kind(day: date) -> str:
    """``holiday``, ``swapped`` (a weekend on which people work) or ``usual``; always the last where no plan is out."""
    if day.year not in _planned_years():
        return "usual"
    working = chinese_calendar.is_workday(day)
    if day.weekday() >= 5:
        return "swapped" if working else "usual"
    return "usual" if working else "holiday"


@cache
def _planned_years() -> frozenset[int]:
    return frozenset(day.year for day in chinese_calendar.constants.holidays)


def demand(days: list[date], channel: Channel, world: WorldParameters) -> np.ndarray:
    """Relative demand of ``channel`` per day; about 1 on an ordinary day."""
    festival = 1 + channel.festival * (world.festival_peak * lead_up(days) - world.lull_after_festival * lull(days))
    shopping = 1 + channel.events * world.event_peak * events(days)
    member = np.array([channel.member_day if day.day == MEMBER_DAY else 1.0 for day in days])
    return np.asarray(weekdays(days, channel) * season(days) * festival * shopping * member)
