"""Which days of a source are missing: days without a row on which its past says that there should be some."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from analytics.core.calendar import Period

WEEKS = 8
"""Weeks before a day that say whether the source tells of such a day of the week at all."""

FEWEST = 3
"""Weeks of a source below which nothing is expected of it."""


def missing_days(told: Collection[date], period: Period) -> tuple[date, ...]:
    """Days of ``period`` that a source should have told of: on most of the same weekdays before, it did.

    A warehouse that is closed on Sundays misses none. What is missing for longer than half of :data:`WEEKS` is the
    source's end, and expected no more.

    >>> mondays = [date(2026, 11, 2) + timedelta(days=7 * week) for week in range(-5, 1)]
    >>> missing_days(mondays, Period(date(2026, 11, 8), date(2026, 11, 10)))
    (datetime.date(2026, 11, 9),)
    """
    if not told:
        return ()
    first, known = min(told), frozenset(told)
    days = (period.first + timedelta(days=step) for step in range(period.days))
    return tuple(day for day in days if day not in known and _expected(day, known, first))


def _expected(day: date, known: frozenset[date], first: date) -> bool:
    before = [day - timedelta(days=7 * week) for week in range(1, WEEKS + 1)]
    within = [one for one in before if one >= first]
    return len(within) >= FEWEST and 2 * sum(one in known for one in within) > len(within)
