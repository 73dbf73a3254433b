"""How healthy the data are, for those who keep them so: sources, builds, rows set aside, tables, the contract."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd

from analytics.core.access import Action, Actor
from dashboard.services.desk import Desk
from dashboard.services.freshness import Late, late_sources, newest_extracts, promise_of
from dashboard.services.job_rows import Office
from dashboard.services.use_case import UseCase, reads
from data.contract import TABLES
from data.health.rejects import Rejects, RejectsAsked, RejectsFound
from data.health.tables import TableHealth, looked_over
from data.lake.lake import Lake
from data.store.records import Build, Load

BUILDS_SHOWN = 20
WARNED_SHOWN = 200
"""Warnings shown: those of the newest loads."""
JOBS_SOUGHT = 200
"""Jobs among which the one that made a build is looked for."""


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """One source: when it was last read and loaded, how many files, the promise, and how late it is (None: in time)."""

    source: str
    extracted_at: datetime
    loaded_at: datetime
    files: int
    tables: tuple[str, ...]
    promise_hours: int
    late: Late | None


@dataclass(frozen=True, slots=True)
class WarnedLoad:
    """What one load brought that looks wrong; ``warning`` holds the fields of :class:`data.sources.warned.Warned`."""

    source: str
    loaded_at: datetime
    warning: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BuildTold:
    """One published build; ``by`` is who asked for it, where a job tells."""

    build: Build
    by: str | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """One table of the contract: rows in the published build, from when to when; None where it was never loaded."""

    table: str
    rows: int | None
    first: date | None
    last: date | None


class DataHealth(UseCase):
    """Use case of ``admin/data_health``."""

    def __init__(self, desk: Desk, office: Office) -> None:
        self._desk = desk
        self._office = office

    @reads
    def sources(self) -> tuple[SourceHealth, ...]:
        """Every source that was ever loaded, late ones first."""
        loads, now, policies = self._loads(), self._office.clock(), self._desk.policies()
        late = {one.source: one for one in late_sources(newest_extracts(loads), policies, now)}
        promised = not self._office.settings.demo_marker.exists()
        found = []
        for source in sorted({load.source for load in loads}):
            own = [load for load in loads if load.source == source]
            found.append(
                SourceHealth(
                    source=source,
                    extracted_at=max(load.extract_at for load in own),
                    loaded_at=max(load.loaded_at for load in own),
                    files=len(own),
                    tables=tuple(sorted({table for load in own for table in load.tables})),
                    promise_hours=promise_of(policies, source, now),
                    late=late.get(source) if promised else None,
                )
            )
        return tuple(sorted(found, key=lambda one: (-(one.late.hours if one.late else 0.0), one.source)))

    @reads
    def warned(self) -> tuple[WarnedLoad, ...]:
        """What loads that count brought and looks wrong, newest load first."""
        loads = sorted(self._loads(), key=lambda load: load.loaded_at, reverse=True)
        every = (WarnedLoad(load.source, load.loaded_at, one) for load in loads for one in load.warnings)
        return tuple(islice(every, WARNED_SHOWN))

    @reads
    def builds(self) -> tuple[BuildTold, ...]:
        """The newest builds."""
        with self._office.reading(self._actor()) as unit:
            builds, jobs = unit.builds.newest(BUILDS_SHOWN), unit.jobs.newest(JOBS_SOUGHT)
        by = {str(job.outcome.get("build")): job.asked_name for job in jobs}
        return tuple(BuildTold(build, by.get(build.id)) for build in builds)

    @reads
    def tables(self) -> tuple[TableHealth, ...]:
        """Every table of the published build, looked over; slow the first time that a build is asked about."""
        self._actor()
        build = self._desk.latest_build()
        if build is None:
            return ()
        return looked_over(Lake(self._office.settings.lake), build, self._office.settings.home / "health")

    @reads
    def coverage(self) -> tuple[Coverage, ...]:
        """Every table of the contract, loaded or not."""
        known = {one.table: one for one in self.tables()}
        return tuple(
            Coverage(name, known[name].rows, known[name].first, known[name].last)
            if name in known
            else Coverage(name, None, None, None)
            for name in TABLES
        )

    @reads
    def rejects(self, asked: RejectsAsked, limit: int) -> RejectsFound:
        """Rows that were set aside: counts of all, and the newest of those asked for."""
        with self._rejects() as rejects:
            return rejects.found(asked, limit)

    @reads
    def records(self, asked: RejectsAsked, limit: int) -> tuple[list[str], pd.DataFrame]:
        """The records behind the asked rejects as their source has them; see :meth:`Rejects.records`."""
        with self._rejects() as rejects:
            return rejects.records(asked, limit)

    @contextmanager
    def _rejects(self) -> Iterator[Rejects]:
        loads = self._loads()
        scratch = Path(tempfile.mkdtemp(prefix="waterline-health-"))
        rejects = Rejects(Lake(self._office.settings.lake), loads, scratch)
        try:
            yield rejects
        finally:
            rejects.close()
            shutil.rmtree(scratch, ignore_errors=True)

    def _loads(self) -> Sequence[Load]:
        with self._office.reading(self._actor()) as unit:
            return unit.loads.all()

    def _actor(self) -> Actor:
        return self._desk.actor(Action.LOAD_DATA)
