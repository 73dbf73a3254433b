"""Hours that a zone's clocks show twice or never."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Turn:
    """Wall-clock times from ``start`` up to, without, ``end`` that come twice (``repeats``) or not at all."""

    start: datetime
    end: datetime
    repeats: bool


def turns(zone: str, first: datetime, last: datetime) -> list[Turn]:
    """The turns of ``zone`` between two wall-clock times.

    >>> [str(turn.start) for turn in turns("Europe/Paris", datetime(2026, 3, 1), datetime(2026, 12, 31))]
    ['2026-03-29 02:00:00', '2026-10-25 02:00:00']
    >>> turns("Asia/Shanghai", datetime(2000, 1, 1), datetime(2030, 1, 1))
    []
    """
    return [turn for turn in _all(ZoneInfo(zone), first, last) if turn.start <= last and turn.end > first]


def _all(zone: ZoneInfo, first: datetime, last: datetime) -> Iterator[Turn]:
    moment = first.replace(tzinfo=UTC) - 2 * _DAY
    end = min(last, datetime.max - 4 * _DAY).replace(tzinfo=UTC) + 2 * _DAY  # noqa: DTZ901 - a limit, no time
    before = _offset(zone, moment)
    while moment < end:
        after = _offset(zone, moment + _DAY)
        if after != before:
            at = _moment_of(zone, moment, moment + _DAY).replace(tzinfo=None)
            yield Turn(at + min(before, after), at + max(before, after), repeats=after < before)
        moment, before = moment + _DAY, after


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _moment_of(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The first second with the new offset."""
    old = _offset(zone, low)
    while high - low > _SECOND:
        middle = low + timedelta(seconds=int((high - low).total_seconds() // 2))
        low, high = (middle, high) if _offset(zone, middle) == old else (low, middle)
    return high
