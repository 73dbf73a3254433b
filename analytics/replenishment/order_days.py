"""When a lane takes the next order, and the one after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

REVIEW_DAYS = 7
"""Where nothing is said about order days, orders are reviewed weekly; the forecast assumes the same."""


@dataclass(frozen=True, slots=True)
class OrderDays:
    """``order_by``: last day for the order in question; ``following``: the order day after it."""

    order_by: date
    following: date


def order_days(weekdays: str | None, cut_off: str | None, *, after: date, now: datetime | None = None) -> OrderDays:
    """The first two order days later than ``after``; today does not count once its cut-off has passed.

    ``now``: local time of the business, None where a past day is planned. Wednesday the 4th of March 2026:

    >>> order_days("1,4", "16:00", after=date(2026, 3, 4))
    OrderDays(order_by=datetime.date(2026, 3, 5), following=datetime.date(2026, 3, 9))
    >>> order_days("1,4", "16:00", after=date(2026, 3, 4), now=datetime(2026, 3, 5, 17)).order_by
    datetime.date(2026, 3, 9)
    """
    first = after + timedelta(days=1)
    closes = _time_of(cut_off)
    if now is not None and closes is not None and now.date() == first and now.time() > closes:
        first += timedelta(days=1)
    known = weekdays_of(weekdays)
    if not known:
        return OrderDays(first, first + timedelta(days=REVIEW_DAYS))
    order_by = _next(first, known)
    return OrderDays(order_by, _next(order_by + timedelta(days=1), known))


def weekdays_of(said: str | None) -> frozenset[int]:
    """Monday is 1; what is no weekday is not read.

    >>> sorted(weekdays_of("1, 4,9,x"))
    [1, 4]
    """
    parts = (said or "").replace(" ", "").split(",")
    return frozenset(int(part) for part in parts if part.isdigit() and 1 <= int(part) <= REVIEW_DAYS)


def _next(day: date, known: frozenset[int]) -> date:
    return next(later for later in (day + timedelta(days=n) for n in range(REVIEW_DAYS)) if later.isoweekday() in known)


def _time_of(cut_off: str | None) -> time | None:
    said = (cut_off or "").strip()
    try:
        return time.fromisoformat(said if said.find(":") != 1 else f"0{said}")
    except ValueError:
        return None
