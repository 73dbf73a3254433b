"""Forecast runs: what was forecast, from which build, with what, and how good it was."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, Row, func, insert, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql import ColumnElement

from analytics.core.access import Scope
from analytics.core.errors import DomainError
from analytics.decisions.proposal import OPEN
from data.store.entities import forecast_runs
from data.store.proposal_tables import proposal_evidence, proposals
from data.store.records import ForecastRun
from data.store.repositories import require_brand


class ForecastRuns:
    """Any scope may know which run is current, as with builds; only the brand publishes. A run is never changed."""

    def __init__(self, connection: Connection, scope: Scope) -> None:
        self._connection = connection
        self._scope = scope

    def publish(self, run: ForecastRun) -> None:
        """Make ``run`` the latest one; raises DomainError ``forecast_run_exists`` for an id used before."""
        require_brand(self._scope, "forecast_runs.publish")
        plain = {"files": dict(run.files), "parameters": dict(run.parameters), "versions": dict(run.versions),
                 "accuracy": dict(run.accuracy), "flags": dict(run.flags)}  # fmt: skip
        try:
            self._connection.execute(insert(forecast_runs).values(asdict(run) | plain))
        except IntegrityError as error:
            raise DomainError("forecast_run_exists", id=run.id) from error

    def latest(self) -> ForecastRun | None:
        """The run that was published last."""
        return next(iter(self.newest(1)), None)

    def newest(self, limit: int) -> list[ForecastRun]:
        """The runs published last, newest first."""
        order = forecast_runs.c.published_at.desc(), forecast_runs.c.id.desc()
        return [_run(row) for row in self._connection.execute(select(forecast_runs).order_by(*order).limit(limit))]

    def needed(self, moment: datetime) -> list[ForecastRun]:
        """Runs whose results somebody may still read: the latest at some time from ``moment`` on, the newest day's, of
        which the next plan is made, and those that an open proposal is explained by.
        """
        told = forecast_runs.c
        before = select(func.max(told.published_at)).where(told.published_at < moment).scalar_subquery()
        newest = select(told.id).order_by(told.as_of.desc(), told.published_at.desc()).limit(1).scalar_subquery()
        named = (
            select(proposal_evidence.c.evidence["run"].as_string())
            .join(proposals, proposals.c.id == proposal_evidence.c.proposal)
            .where(proposals.c.state.in_(sorted(OPEN)))
        )
        since = or_(told.published_at >= moment, told.published_at == before)
        kept = select(forecast_runs).where(or_(since, told.id == newest, told.id.in_(named)))
        return [_run(row) for row in self._connection.execute(kept.order_by(told.published_at))]

    def get(self, id: str) -> ForecastRun:
        """The run of that id; raises DomainError ``forecast_run_unknown``."""
        return self._one(forecast_runs.c.id == id, id)

    def _one(self, which: ColumnElement[bool], id: str) -> ForecastRun:
        row = self._connection.execute(select(forecast_runs).where(which)).one_or_none()
        if row is None:
            raise DomainError("forecast_run_unknown", run=id)
        return _run(row)


def _run(row: Row[tuple[object, ...]]) -> ForecastRun:
    return ForecastRun(**row._mapping)
