"""Jobs between processes: made, ended, and found lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import uuid4

from analytics.core.access import Actor
from analytics.core.errors import DomainError
from dashboard.services.job_kinds import KINDS, Arguments, Tools
from dashboard.services.job_process import host, is_running
from dashboard.services.users import service_actor
from dashboard.settings import Settings
from data.store.audit import Deed, Subject
from data.store.audit_trail import Audit
from data.store.jobs import Jobs
from data.store.records import Job, JobState
from data.store.repositories import Builds, Loads, Users

SILENT = timedelta(seconds=60)
"""A job that did not say for so long that it lives is lost, and so is one that no process took over."""

MISSED = timedelta(seconds=5)
"""Silence after which the process is looked for, on the machine that it ran on."""


class Work(Protocol):
    """The part of a unit of work that jobs need, and what tells of their results."""

    @property
    def loads(self) -> Loads: ...

    @property
    def builds(self) -> Builds: ...

    @property
    def jobs(self) -> Jobs: ...

    @property
    def users(self) -> Users: ...

    @property
    def audit(self) -> Audit: ...

    def commit(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Office:
    """What jobs need of this installation. ``work`` and ``reading`` open a unit of work in an actor's scope, ``tools``
    binds the use cases to an actor.
    """

    settings: Settings
    work: Callable[[Actor], AbstractContextManager[Work]]
    reading: Callable[[Actor], AbstractContextManager[Work]]
    tools: Callable[[Actor], Tools]
    clock: Callable[[], datetime]


def make_jobs(office: Office, actor: Actor, asked: Sequence[tuple[str, Arguments]]) -> list[Job]:
    """Jobs of these kinds, each to start when the one before has succeeded; all rows or none."""
    for kind, arguments in asked:
        if kind not in KINDS:
            raise DomainError("job_kind_unknown", kind=kind, known=", ".join(sorted(KINDS)))
        actor.require(KINDS[kind].action)
        KINDS[kind].check(office.tools(actor), arguments)
    made: list[Job] = []
    now = office.clock()
    for number, (kind, arguments) in enumerate(asked):
        id = uuid4().hex[:12]
        told = dict(KINDS[kind].told(arguments))
        follows = made[-1].id if made else None
        # A moment apart, so that they keep their order.
        at = now + timedelta(microseconds=number)
        made.append(Job(id, kind, told, actor.user_id, actor.name, at, f"{id}.log", follows))
    with office.work(actor) as unit:
        for job in made:
            unit.jobs.add(job)
        unit.commit()
    return made


def ended(office: Office, actor: Actor, job: Job, state: JobState, outcome: Mapping[str, Any]) -> list[Job]:
    """Write the end of a job down, once; returns the jobs that may start now. Without success those end, too."""
    now = office.clock()
    with office.work(actor) as unit:
        if not unit.jobs.finish(job.id, state, outcome, now=now):
            return []
        following = unit.jobs.following(job.id)
        if state is not JobState.SUCCEEDED:
            for waiting in following:
                told = {"error": "job_before_failed", "facts": {"kind": job.kind}}
                unit.jobs.finish(waiting.id, JobState.CANCELLED, told, now=now, waiting=True)
        facts = {**facts_of(job), "state": state.value, **{k: v for k, v in outcome.items() if k == "error"}}
        unit.audit.append(actor, Deed.JOB_FINISHED, Subject("job", job.id), facts, at=now)
        unit.commit()
    return following if state is JobState.SUCCEEDED else []


def facts_of(job: Job) -> dict[str, object]:
    """What the audit trail keeps of a job: the person behind the service that does it."""
    return {"kind": job.kind, "for": job.asked_by, "for_name": job.asked_name, "arguments": dict(job.arguments)}


def find_lost(office: Office) -> None:
    """Mark jobs whose process is gone, and sweep their temporary files."""
    actor, now = service_actor("jobs"), office.clock()
    with office.reading(actor) as unit:
        alive = unit.jobs.alive()
        before = {job.follows: unit.jobs.get(job.follows) for job in alive if job.follows}
    for job in alive:
        code = lost(job, before.get(job.follows or ""), now=now)
        if code:
            seen = (job.heartbeat_at or job.asked_at).isoformat(timespec="seconds")
            ended(office, actor, job, JobState.LOST, {"error": code, "facts": {"seen": seen, "stage": job.stage}})
            shutil.rmtree(office.settings.jobs / f"{job.id}.tmp", ignore_errors=True)


def lost(job: Job, before: Job | None, *, now: datetime) -> str | None:
    """Why a job that has not ended is lost, as a code; None while it may live. ``before``: the job that it follows."""
    if job.state is JobState.QUEUED:
        if before is not None and before.state.alive:
            return None
        since = job.asked_at if before is None else before.finished_at or job.asked_at
        return "job_never_started" if now - since > SILENT else None
    silence = now - (job.heartbeat_at or job.asked_at)
    gone = silence > MISSED and job.host == host() and job.pid is not None and not is_running(job.pid)
    return "job_lost" if gone or silence > SILENT else None
