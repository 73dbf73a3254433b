"""How old the data are, source by source, against what was promised."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from analytics.core.access import Action
from analytics.core.calendar import day_of
from analytics.policies.table import PolicyTable
from dashboard.services.desk import Desk
from dashboard.services.job_rows import Office
from dashboard.services.use_case import UseCase, reads
from dashboard.services.users import service_actor
from data.contract import contract_table
from data.contract.schema import Family
from data.store.records import Load

PROMISE = "freshness.promise_hours"


@dataclass(frozen=True, slots=True)
class Extract:
    """When ``source`` was last read for ``table``."""

    source: str
    table: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Late:
    """A source whose newest data are older than promised: when they were read, and the hours beyond the promise."""

    source: str
    tables: tuple[str, ...]
    at: datetime
    promise_hours: int
    hours: float


class DataFreshness(UseCase):
    """What every page says beside its figures. Which source is late is nobody's secret, so loads are read for all.

    Nothing is promised of a demo home, which takes no data.
    """

    def __init__(self, desk: Desk, office: Office) -> None:
        self._desk = desk
        self._office = office

    @reads
    def extracts(self) -> tuple[Extract, ...]:
        """The newest extract of each source and table in the published build; none before there is one."""
        self._desk.actor(Action.SEE_GLOSSARY)
        build = self._desk.latest_build()
        if build is None:
            return ()
        kept = frozenset(build.loads)
        with self._office.reading(service_actor("freshness")) as unit:
            return newest_extracts(load for load in unit.loads.all() if load.id in kept)

    @reads
    def late(self, extracts: Iterable[Extract], tables: Collection[str]) -> tuple[Late, ...]:
        """Sources of ``tables`` that are late now, the latest first."""
        self._desk.actor(Action.SEE_GLOSSARY)
        if self._office.settings.demo_marker.exists():
            return ()
        used = [one for one in extracts if one.table in tables]
        return late_sources(used, self._desk.policies(), self._office.clock())


def newest_extracts(loads: Iterable[Load]) -> tuple[Extract, ...]:
    """One per source and table, sorted."""
    found: dict[tuple[str, str], datetime] = {}
    for load in loads:
        for table in load.tables:
            key = (load.source, table)
            found[key] = max(found.get(key, load.extract_at), load.extract_at)
    return tuple(Extract(source, table, at) for (source, table), at in sorted(found.items()))


def promise_of(policies: PolicyTable, source: str, now: datetime) -> int:
    """Hours within which data of ``source`` are to be renewed."""
    return policies.whole(PROMISE, source, as_of=day_of(now))


def late_sources(extracts: Iterable[Extract], policies: PolicyTable, now: datetime) -> tuple[Late, ...]:
    """Sources that were last read longer ago than was promised, the latest first.

    Each table of facts is judged by itself: a fresh list of products must not hide week-old orders. Lists change rarely
    and are read when they do, so a source of nothing but lists is as old as the newest of them.
    """
    by_source: dict[str, list[Extract]] = {}
    for one in extracts:
        by_source.setdefault(one.source, []).append(one)
    late = (_late(source, judged(found), promise_of(policies, source, now), now) for source, found in by_source.items())
    return tuple(sorted((one for one in late if one is not None), key=lambda one: (-one.hours, one.source)))


def judged(extracts: Sequence[Extract]) -> Sequence[Extract]:
    """Those extracts of one source by which its age is told."""
    facts = [one for one in extracts if contract_table(one.table).family is Family.FACT]
    return facts or [max(extracts, key=lambda one: one.at)]


def _late(source: str, extracts: Sequence[Extract], promised: int, now: datetime) -> Late | None:
    over = {one: (now - one.at).total_seconds() / 3600 - promised for one in extracts}
    behind = [one for one, hours in over.items() if hours > 0]
    if not behind:
        return None
    oldest = min(behind, key=lambda one: one.at)
    return Late(source, tuple(one.table for one in behind), oldest.at, promised, over[oldest])
