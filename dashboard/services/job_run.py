"""Runs one job in this process, on behalf of whoever asked for it, and writes down how it ended."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from analytics.core.access import Actor
from analytics.core.calendar import day_of
from analytics.core.errors import DomainError, NotSignedIn
from dashboard.services.job_kinds import KINDS, Arguments, Kind, Task
from dashboard.services.job_process import end_this_process, host, launch
from dashboard.services.job_pulse import Cancelled, Pulse
from dashboard.services.job_rows import Office, ended, facts_of
from dashboard.services.users import job_actor, shell_actor
from data.sources.report import Progress
from data.store.audit import Deed, Subject
from data.store.records import Job, JobState

logger = logging.getLogger("waterline.job")


@dataclass(frozen=True, slots=True)
class _End:
    """How the work ended; ``error`` is raised again for whoever waits in this process."""

    state: JobState
    outcome: Mapping[str, Any]
    answer: Any = None
    error: BaseException | None = None


def run_job(office: Office, id: str, *, arguments: Arguments | None = None, watch: Progress | None = None) -> Any:
    """Run the waiting job ``id`` and return what its work answers; raises what the work raised.

    ``arguments`` stand in for those of the row, which hold no secrets. Raises DomainError ``job_not_waiting`` for one
    that somebody else took.
    """
    job = _claimed(office, id)
    actor = job_actor(job.kind, job.asked_name)
    with _diary(office.settings.jobs / job.log), _scratch(office.settings.jobs / f"{id}.tmp"):
        logger.info("%s for %s in process %d on %s", job.kind, job.asked_name, os.getpid(), host())
        pulse = Pulse(partial(_beat, office, actor, id), partial(_give_up, office, actor, job), watch=watch)
        with pulse:
            end = _worked(office, actor, job, arguments or job.arguments, pulse)
        pulse.write()
        logger.info("%s", end.state.value)
    followers = ended(office, actor, job, end.state, end.outcome)
    for following in followers:
        launch(office.settings, following)
    if end.error is not None:
        raise end.error
    return end.answer


def _claimed(office: Office, id: str) -> Job:
    """The job, now this process's own; its start is told to the audit trail."""
    now = office.clock()
    shell = shell_actor()
    with office.work(shell) as unit:
        if not unit.jobs.claim(id, pid=os.getpid(), host=host(), now=now):
            raise DomainError("job_not_waiting", job=id, state=unit.jobs.get(id).state.value)
        job = unit.jobs.get(id)
        actor = job_actor(job.kind, job.asked_name)
        unit.audit.append(actor, Deed.JOB_STARTED, Subject("job", id), facts_of(job), at=now)
        unit.commit()
    return job


def _worked(office: Office, actor: Actor, job: Job, arguments: Arguments, pulse: Pulse) -> _End:
    try:
        kind = KINDS[job.kind]
        _still_allowed(office, job, kind)
        result = kind.work(Task(office.tools(actor), arguments, office.clock(), pulse))
    except (Cancelled, KeyboardInterrupt) as error:
        stopped = DomainError("job_cancelled", job=job.id)
        return _End(JobState.CANCELLED, {}, error=error if isinstance(error, KeyboardInterrupt) else stopped)
    except Exception as error:
        if pulse.told_to_stop and (not isinstance(error, DomainError) or error.code == "storage_failed"):
            # Work that is called back from another language may wrap what it was stopped with.
            return _End(JobState.CANCELLED, {}, error=DomainError("job_cancelled", job=job.id))
        if isinstance(error, DomainError):
            logger.warning("%s", error)
            return _End(JobState.FAILED, _told(error), error=error)
        logger.exception("the job broke off")
        return _End(JobState.FAILED, {"error": "job_broken", "facts": {"job": job.id}}, error=error)
    return _End(JobState.SUCCEEDED, result.outcome, result.answer)


def _still_allowed(office: Office, job: Job, kind: Kind) -> None:
    """Raise unless whoever asked may still do this: a right may have gone while the job waited."""
    shell = shell_actor()
    if job.asked_by == shell.user_id:
        return
    with office.reading(shell) as unit:
        user = unit.users.get(job.asked_by)
    if user.disabled:
        raise NotSignedIn("account_disabled")
    Actor(user.id, user.name, user.roles, user.grants_on(day_of(office.clock()))).require(kind.action)


def _told(error: DomainError) -> dict[str, Any]:
    return {"error": error.code, "facts": {name: str(value) for name, value in error.facts.items()}}


def _beat(office: Office, actor: Actor, id: str, stage: str, done: int, total: int | None) -> bool:
    with office.work(actor) as unit:
        goes_on = unit.jobs.beat(id, stage=stage[:200], done=done, total=total, now=office.clock())
        unit.commit()
    return goes_on


def _give_up(office: Office, actor: Actor, job: Job) -> None:
    """The work does not hear: its process ends, and what it was making is never published."""
    logger.warning("told to stop, and did not: the process is ended")
    ended(office, actor, job, JobState.CANCELLED, {})
    shutil.rmtree(office.settings.jobs / f"{job.id}.tmp", ignore_errors=True)
    end_this_process()


@contextmanager
def _diary(file: Path) -> Iterator[None]:
    """Whatever is logged meanwhile goes into the job's own log."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(file, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root, before = logging.getLogger(), logger.level
    root.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.setLevel(before)
        root.removeHandler(handler)
        handler.close()


@contextmanager
def _scratch(folder: Path) -> Iterator[None]:
    """Temporary files of the job lie where whoever finds it lost can sweep them."""
    folder.mkdir(parents=True, exist_ok=True)
    before = tempfile.tempdir
    tempfile.tempdir = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before
        shutil.rmtree(folder, ignore_errors=True)
