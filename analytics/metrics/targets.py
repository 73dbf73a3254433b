"""What was planned for a period, from targets that were planned for days, weeks, months, quarters or years."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from analytics.core.calendar import Period

FINEST_FIRST = ("day", "week", "month", "quarter", "year")


@dataclass(frozen=True, slots=True)
class Target:
    """The planned ``value`` of one metric for all days of ``days``; ``length`` is one of :data:`FINEST_FIRST`."""

    length: str
    days: Period
    value: float


def planned(targets: Iterable[Target], period: Period, *, adds_up: bool) -> float | None:
    """The plan for exactly the days of ``period``; None where one of its days was not planned.

    The finest plan that covers every day counts. A plan for longer than the period counts by its share of days: ten
    days of a month of thirty are a third of it (按天折算). Values that do not add up (rates) are averaged over days.
    None, too, where two plans of one length meet on a day: which of them holds, nobody has said.

    >>> month = Target("month", Period(date(2026, 11, 1), date(2026, 11, 30)), 300.0)
    >>> planned([month], Period(date(2026, 11, 1), date(2026, 11, 10)), adds_up=True)
    100.0
    """
    by_length: dict[str, list[Target]] = {}
    for target in targets:
        if target.days.first <= period.last and period.first <= target.days.last:
            by_length.setdefault(target.length, []).append(target)
    for length in FINEST_FIRST:
        found = by_length.get(length, [])
        shared = [_shared(target.days, period) for target in found]
        if sum(shared) < period.days:
            continue
        if _overlap(found):
            return None
        if adds_up:
            return sum(one.value * days / one.days.days for one, days in zip(found, shared, strict=True))
        return sum(one.value * days for one, days in zip(found, shared, strict=True)) / period.days
    return None


def _shared(one: Period, other: Period) -> int:
    return max(0, (min(one.last, other.last) - max(one.first, other.first)).days + 1)


def _overlap(targets: Sequence[Target]) -> bool:
    ordered: list[tuple[date, date]] = sorted((one.days.first, one.days.last) for one in targets)
    return any(first <= last for (_, last), (first, _) in pairwise(ordered))
