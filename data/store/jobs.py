"""Jobs as rows: who asked for what, how far it is, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.sql import ColumnElement

from analytics.core.access import Scope
from analytics.core.errors import DomainError
from data.store.entities import jobs
from data.store.records import Job, JobState
from data.store.repositories import require_brand

ALIVE = tuple(state.value for state in JobState if state.alive)


class Jobs:
    """The brand's own business: everything here demands the head-office grant.

    Each change names the states that it may start from, so that of two who change a job at once one is told no.
    """

    def __init__(self, connection: Connection, scope: Scope) -> None:
        self._connection = connection
        self._scope = scope

    def add(self, job: Job) -> None:
        """Record a job that waits for its process."""
        require_brand(self._scope, "jobs.add")
        self._connection.execute(insert(jobs).values(asdict(job) | {"arguments": dict(job.arguments), "outcome": None}))

    def get(self, id: str) -> Job:
        """The job of that id; raises DomainError ``job_unknown``."""
        require_brand(self._scope, "jobs.get")
        row = self._connection.execute(select(jobs).where(jobs.c.id == id)).one_or_none()
        if row is None:
            raise DomainError("job_unknown", job=id)
        return _job(row)

    def newest(self, limit: int) -> list[Job]:
        """The jobs asked for last, newest first."""
        require_brand(self._scope, "jobs.newest")
        asked = select(jobs).order_by(jobs.c.asked_at.desc(), jobs.c.id).limit(limit)
        return [_job(row) for row in self._connection.execute(asked)]

    def succeeded(self, kind: str) -> Job | None:
        """The job of a kind that succeeded last."""
        require_brand(self._scope, "jobs.succeeded")
        asked = select(jobs).where((jobs.c.kind == kind) & (jobs.c.state == JobState.SUCCEEDED.value))
        row = self._connection.execute(asked.order_by(jobs.c.finished_at.desc(), jobs.c.id).limit(1)).one_or_none()
        return None if row is None else _job(row)

    def alive(self) -> list[Job]:
        """Every job that has not ended, the longest waiting first."""
        return self._where(jobs.c.state.in_(ALIVE), "jobs.alive")

    def following(self, id: str) -> list[Job]:
        """Jobs that wait for this one to succeed."""
        return self._where((jobs.c.follows == id) & (jobs.c.state == JobState.QUEUED.value), "jobs.following")

    def claim(self, id: str, *, pid: int, host: str, now: datetime) -> bool:
        """Take a waiting job over for a process; False when it no longer waits."""
        started = {"state": JobState.RUNNING.value, "pid": pid, "host": host, "started_at": now, "heartbeat_at": now}
        return self._change(id, (JobState.QUEUED,), "jobs.claim", **started)

    def beat(self, id: str, *, stage: str, done: int, total: int | None, now: datetime) -> bool:
        """Say that the job lives and how far it is; False when it must stop, because it was told to or had ended."""
        told = {"stage": stage, "done": done, "total": total, "heartbeat_at": now}
        if not self._change(id, (JobState.RUNNING,), "jobs.beat", **told):
            return False
        asked = select(jobs.c.cancel_asked_at).where(jobs.c.id == id)
        return self._connection.execute(asked).scalar_one() is None

    def ask_cancel(self, id: str, *, by: str, now: datetime) -> bool:
        """Leave the wish that a job stops; False when it has ended already."""
        alive = (JobState.QUEUED, JobState.RUNNING)
        return self._change(id, alive, "jobs.ask_cancel", cancel_asked_at=now, cancel_asked_by=by)

    def finish(
        self, id: str, state: JobState, outcome: Mapping[str, Any], *, now: datetime, waiting: bool = False
    ) -> bool:
        """Write down how a job ended; False when that is known already, or when it no longer is ``waiting``."""
        alive = (JobState.QUEUED,) if waiting else (JobState.QUEUED, JobState.RUNNING)
        ended = {"state": state.value, "outcome": dict(outcome), "finished_at": now}
        return self._change(id, alive, "jobs.finish", **ended)

    def _where(self, condition: ColumnElement[bool], operation: str) -> list[Job]:
        require_brand(self._scope, operation)
        asked = select(jobs).where(condition).order_by(jobs.c.asked_at, jobs.c.id)
        return [_job(row) for row in self._connection.execute(asked)]

    def _change(self, id: str, states: tuple[JobState, ...], operation: str, **values: object) -> bool:
        require_brand(self._scope, operation)
        wanted = (jobs.c.id == id) & jobs.c.state.in_([state.value for state in states])
        return self._connection.execute(update(jobs).where(wanted).values(**values)).rowcount == 1


def _job(row: Row[Any]) -> Job:
    values: dict[str, Any] = dict(row._mapping)
    return Job(**values | {"state": JobState(row.state), "outcome": row.outcome or {}})
