"""Who is responsible for which region, and when: days that nobody has, and days that two have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Territory:
    """``region`` is ``dealer``'s from the first to the last day, both included; None leaves the end open."""

    region: str
    first: date
    last: date | None
    dealer: str

    def holds_on(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    @property
    def end(self) -> date:
        return self.last or date.max


@dataclass(frozen=True, slots=True)
class Overlap:
    """Days on which two dealers have the same region, or one a part of the other's; None leaves the end open."""

    one: Territory
    other: Territory
    first: date
    last: date | None


@dataclass(frozen=True, slots=True)
class Gap:
    """Days on which nobody has a region that somebody had before; None: nobody since."""

    region: str
    first: date
    last: date | None


def overlaps(territories: Iterable[Territory], above: Mapping[str, frozenset[str]]) -> Iterator[Overlap]:
    """Pairs of different dealers with common days; ``above``: region → the regions that it is a part of.

    >>> city = Territory("130100", date(2026, 1, 1), None, "D1")
    >>> province = Territory("130000", date(2026, 3, 1), None, "D2")
    >>> [found.first for found in overlaps([city, province], {"130100": frozenset({"130000"})})]
    [datetime.date(2026, 3, 1)]
    """
    for one, other in combinations(sorted(territories), 2):
        first, end = max(one.first, other.first), min(one.end, other.end)
        if one.dealer != other.dealer and first <= end and _touch(one.region, other.region, above):
            yield Overlap(one, other, first, None if end == date.max else end)


def _touch(one: str, other: str, above: Mapping[str, frozenset[str]]) -> bool:
    nothing: frozenset[str] = frozenset()
    return one == other or one in above.get(other, nothing) or other in above.get(one, nothing)


def gaps(territories: Iterable[Territory], *, today: date) -> Iterator[Gap]:
    """Days without a dealer, by region, between the first day that it had one and ``today``.

    >>> [(gap.first.isoformat(), gap.last) for gap in gaps(
    ...     [Territory("130100", date(2026, 1, 1), date(2026, 1, 31), "D1")], today=date(2026, 3, 1))]
    [('2026-02-01', None)]
    """
    by_region: dict[str, list[Territory]] = {}
    for one in sorted(territories):
        by_region.setdefault(one.region, []).append(one)
    for region, held in by_region.items():
        yield from _gaps(region, held, today)


def _gaps(region: str, held: Sequence[Territory], today: date) -> Iterator[Gap]:
    reached = held[0].end
    for one in held[1:]:
        if reached != date.max and one.first > reached + ONE_DAY:
            yield Gap(region, reached + ONE_DAY, one.first - ONE_DAY)
        reached = max(reached, one.end)
    if reached < today:
        yield Gap(region, reached + ONE_DAY, None)
