"""Making a forecast: read demand at one build, race, draw paths, keep the results and publish the run in one row."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

from analytics.core.access import Action, Actor
from analytics.core.errors import MissingData
from analytics.forecasting.run import Parameters, forecast
from dashboard.services.desk import Facts
from dashboard.services.forecast_inputs import checked_as_of, frames_of, horizon_of, panels_of
from dashboard.services.forecast_results import results_of, versions
from data.forecasts import write_results
from data.sources.report import Progress
from data.store.audit import Deed, Subject
from data.store.audit_trail import Audit
from data.store.forecast_runs import ForecastRuns
from data.store.records import Build, ForecastRun

SEED = 20261126
"""Runs are repeatable: the same data, day and seed give the same numbers."""


class Work(Protocol):
    """The part of a unit of work that forecasting needs."""

    @property
    def forecast_runs(self) -> ForecastRuns: ...

    @property
    def audit(self) -> Audit: ...

    def commit(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Forecasting:
    """Use case of the job that forecasts; facts and work are in the actor's scope. ``build``: the published one."""

    actor: Actor
    folder: Path
    build: Callable[[], Build | None]
    facts: Callable[[Build], Facts]
    work: Callable[[], AbstractContextManager[Work]]

    def run(
        self, *, as_of: date | None, horizon_days: int | None, now: datetime, progress: Progress | None = None
    ) -> ForecastRun:
        """Forecast every series that has demand or a listing, and publish.

        Nothing is visible before the last step: who cancels or kills leaves the run before it current. Raises
        MissingData without data, DomainError for an ``as_of`` or a horizon that cannot be.
        """
        self.actor.require(Action.FORECAST)
        started = time.perf_counter()
        build = self.build()
        if build is None:
            raise MissingData("no_build", tables="order_line")
        frames = frames_of(self.facts(build))
        day, days = checked_as_of(frames, as_of), horizon_of(frames, horizon_days)
        parameters = Parameters(seed=SEED)
        panels = panels_of(frames, day, days)
        made = [forecast(panel, parameters, _told(progress, panel.bucket.value)) for panel in panels]
        results = results_of(made)
        _step(progress, "write")
        run = ForecastRun(
            id=f"{now:%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:6]}",
            published_at=now,
            build=build.id,
            as_of=day,
            horizon_days=days,
            seed=parameters.seed,
            series=sum(one.panel.size for one in made),
            parameters=_plain(parameters),
            versions=versions(),
            accuracy=results.accuracy,
            flags=results.flags,
            files=write_results(results.tables, self.folder),
            asked_by=self.actor.name,
            seconds=round(time.perf_counter() - started, 3),
        )
        _step(progress, "publish")
        with self.work() as unit:
            unit.forecast_runs.publish(run)
            unit.audit.append(self.actor, Deed.FORECAST_PUBLISHED, Subject("forecast", run.id), facts_of(run), at=now)
            unit.commit()
        return run


def facts_of(run: ForecastRun) -> dict[str, Any]:
    """What the audit trail and the shell are told of a run."""
    return {
        "run": run.id,
        "build": run.build,
        "as_of": run.as_of.isoformat(),
        "horizon_days": run.horizon_days,
        "seed": run.seed,
        "series": run.series,
        "seconds": run.seconds,
        "flags": dict(run.flags),
        "accuracy": {
            bucket: {name: told[name] for name in ("wape", "bias", "baseline", "pinball", "covered")}
            for bucket, told in run.accuracy.items()
        },
        "files": dict(run.files),
    }


def _plain(parameters: Parameters) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(parameters).items()}


def _told(progress: Progress | None, bucket: str) -> Progress | None:
    if progress is None:
        return None
    return lambda stage, done, total: progress(f"{bucket} {stage}", done, total)


def _step(progress: Progress | None, stage: str) -> None:
    if progress:
        progress(stage, 0, 1)
