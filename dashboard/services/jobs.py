"""Jobs as people see them: started, watched, stopped."""

from __future__ import annotations

from analytics.core.access import Action, Actor
from analytics.core.errors import AccessDenied, DomainError
from dashboard.services.desk import Desk
from dashboard.services.job_kinds import KINDS, Arguments
from dashboard.services.job_process import launch
from dashboard.services.job_rows import Office, ended, facts_of, find_lost, make_jobs
from dashboard.services.use_case import UseCase, reads
from data.store.audit import Deed, Subject
from data.store.records import Job, JobState

LOG_BYTES = 64 * 1024
"""How much of the end of a log is shown."""


class Jobs(UseCase):
    """Use case of whoever may start jobs; everybody is told of the kinds that the own rights cover."""

    def __init__(self, desk: Desk, office: Office) -> None:
        self._desk = desk
        self._office = office

    def start(self, first: tuple[str, Arguments], *others: tuple[str, Arguments]) -> tuple[Job, ...]:
        """Start jobs of these kinds one after the other, each when the one before has succeeded.

        Raises AccessDenied, what a kind's check raises, or DomainError ``job_not_started``.
        """
        actor = self._desk.who()
        made = make_jobs(self._office, actor, (first, *others))
        try:
            launch(self._office.settings, made[0])
        except DomainError as error:
            told = {"error": error.code, "facts": {name: str(value) for name, value in error.facts.items()}}
            ended(self._office, actor, made[0], JobState.FAILED, told)
            raise
        return tuple(made)

    @reads
    def recent(self, limit: int = 30) -> tuple[Job, ...]:
        """The newest jobs, lost ones marked as such."""
        actor = self._reader()
        find_lost(self._office)
        with self._office.reading(actor) as unit:
            return tuple(job for job in unit.jobs.newest(limit) if _may_see(actor, job))

    @reads
    def one(self, id: str) -> Job:
        """One job as it stands now; raises DomainError ``job_unknown``, also for one of a kind one may not see."""
        actor = self._reader()
        find_lost(self._office)
        with self._office.reading(actor) as unit:
            return _seen(actor, unit.jobs.get(id))

    def cancel(self, id: str) -> None:
        """Ask a job to stop: one that waits ends at once, one that runs with its next step, or its process is ended.

        Raises DomainError ``job_over`` when it has ended already.
        """
        actor, now = self._reader(), self._office.clock()
        with self._office.work(actor) as unit:
            job = _seen(actor, unit.jobs.get(id))
            actor.require(_action(job))
            if not unit.jobs.ask_cancel(id, by=actor.name, now=now):
                raise DomainError("job_over", job=id, state=job.state.value)
            unit.audit.append(actor, Deed.JOB_CANCEL_ASKED, Subject("job", id), facts_of(job), at=now)
            unit.commit()
        if job.state is JobState.QUEUED:
            ended(self._office, actor, job, JobState.CANCELLED, {})

    @reads
    def log(self, id: str) -> str:
        """The end of a job's log; empty before it wrote anything."""
        file = self._office.settings.jobs / self.one(id).log
        if not file.exists():
            return ""
        with file.open("rb") as content:
            content.seek(max(file.stat().st_size - LOG_BYTES, 0))
            return content.read().decode("utf-8", errors="replace")

    def _reader(self) -> Actor:
        actor = self._desk.who()
        if not any(actor.may(kind.action) for kind in KINDS.values()):
            raise AccessDenied("not_allowed", action=Action.LOAD_DATA.value, user=actor.name)
        return actor


def _action(job: Job) -> Action:
    """What a job demands; one of a kind that this release does not know, what loading demands."""
    return KINDS[job.kind].action if job.kind in KINDS else Action.LOAD_DATA


def _may_see(actor: Actor, job: Job) -> bool:
    return actor.may(_action(job))


def _seen(actor: Actor, job: Job) -> Job:
    if not _may_see(actor, job):
        raise DomainError("job_unknown", job=job.id)
    return job
