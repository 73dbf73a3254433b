"""Jobs outlive whoever asked, end once, stop when told, and are found lost when their process is gone."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from analytics.core.access import ROOT, Action, Actor, Role, Viewer
from analytics.core.errors import AccessDenied, DomainError
from dashboard.composition import Services, latest_build, office_for, services_as, work_of
from dashboard.services import job_run, jobs
from dashboard.services.job_kinds import KINDS, Kind, Result, Task
from dashboard.services.job_process import host, is_running
from dashboard.services.job_pulse import Pulse
from dashboard.services.job_rows import Office, find_lost, lost, make_jobs
from dashboard.services.job_run import run_job
from dashboard.services.users import create_user, shell_actor
from dashboard.settings import Settings, settings_from
from data.store.audit import Deed
from data.store.engine import Store, open_store
from data.store.records import Job, JobState, User

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
WAITING = Job("j", "ingest", {}, "u", "li", NOW, "j.log")
ALIVE_JOB = replace(WAITING, state=JobState.RUNNING, heartbeat_at=NOW, host=host(), pid=1)


@pytest.fixture
def settings(tmp_path: Path, address: str) -> Settings:
    return settings_from({"WATERLINE_HOME": str(tmp_path / "home"), "WATERLINE_STORE": address})


@pytest.fixture
def office(settings: Settings, store: Store) -> Office:
    return office_for(settings, store)


@pytest.fixture
def person(store: Store) -> User:
    shell = shell_actor()
    return create_user(
        shell, work_of(store, shell), name="li", display_name="Li", password="long enough password",
        roles=frozenset({Role.ADMINISTRATOR}), grants=frozenset({ROOT}), now=NOW,
    )  # fmt: skip


@pytest.fixture
def services(settings: Settings, store: Store, person: User) -> Services:
    actor = Actor(person.id, person.name, person.roles, person.partners)
    return services_as(settings, store, lambda: actor)


@pytest.fixture(autouse=True)
def children(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Processes of jobs are forked from this one, which has everything imported, and swept up afterwards."""
    monkeypatch.setattr(Pulse.__init__, "__kwdefaults__", {"watch": None, "every": 0.05, "grace": 60.0})
    pids: list[int] = []
    for module in (jobs, job_run):
        monkeypatch.setattr(module, "launch", lambda settings, job: pids.append(forked(settings, job)))
    yield pids
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        except (ProcessLookupError, ChildProcessError):
            continue


def forked(settings: Settings, job: Job) -> int:
    pid = os.fork()
    if pid:
        threading.Thread(target=partial(_reaped, pid), daemon=True).start()
        return pid
    try:
        # What waits for its collection in the parent may end threads, which a fork does not have.
        gc.freeze()
        os.setsid()
        run_job(office_for(settings, open_store(settings.store_url)), job.id)
    finally:
        os._exit(0)


def _reaped(pid: int) -> None:
    try:
        os.waitpid(pid, 0)
    except ChildProcessError:
        return


def work(monkeypatch: pytest.MonkeyPatch, do: Callable[[Task], Any], name: str = "ingest") -> None:
    monkeypatch.setitem(KINDS, name, Kind(Action.LOAD_DATA, lambda task: Result(answer := do(task), {"did": answer})))


def until(services: Services, id: str, *states: JobState, seconds: float = 20) -> Job:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        job = services.jobs.one(id)
        if job.state in states:
            return job
        time.sleep(0.05)
    raise AssertionError(f"{job} did not become {states}")


def deeds(store: Store) -> list[tuple[str, str, str]]:
    actor = shell_actor()
    with work_of(store, actor)() as unit:
        found = [event for events in unit.audit.chunks() for event in events]
    return [(event.action, event.user_name, event.facts) for event in found if event.subject_kind == "job"]


def steps(task: Task) -> str:
    for step in range(400):
        task.progress("count", step, 400)
        time.sleep(0.02)
    return "counted"


def test_jobs_run_one_after_the_other_in_processes_of_their_own(
    services: Services, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(monkeypatch, lambda task: os.getpid())
    work(monkeypatch, lambda task: os.getpid(), "build")
    first, second = services.jobs.start(("ingest", {"a": 1}), ("build", {}))
    ended = until(services, second.id, JobState.SUCCEEDED)
    before = services.jobs.one(first.id)
    assert before.state is JobState.SUCCEEDED
    assert len({os.getpid(), before.outcome["did"], ended.outcome["did"]}) == 3
    assert [job.id for job in services.jobs.recent()] == [second.id, first.id]
    assert "ingest for li" in services.jobs.log(first.id)
    told = deeds(store)
    assert [deed for deed, _, _ in told] == [Deed.JOB_STARTED, Deed.JOB_FINISHED] * 2
    assert {name for _, name, _ in told} == {"service:ingest for li", "service:build for li"}
    assert all('"for_name":"li"' in facts for _, _, facts in told)


def test_progress_is_seen_and_a_killed_job_is_found_lost(
    services: Services, children: list[int], office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(monkeypatch, steps)
    work(monkeypatch, steps, "build")
    first, second = services.jobs.start(("ingest", {}), ("build", {}))
    end = time.monotonic() + 20
    while services.jobs.one(first.id).done < 3 and time.monotonic() < end:
        time.sleep(0.05)
    seen = services.jobs.one(first.id)
    assert (seen.stage, seen.total, seen.state) == ("count", 400, JobState.RUNNING)
    assert list(office.settings.jobs.glob("*.tmp"))
    os.kill(children[0], signal.SIGKILL)
    monkeypatch.setattr("dashboard.services.job_rows.MISSED", timedelta(0))
    found = until(services, first.id, JobState.LOST)
    assert found.outcome["error"] == "job_lost"
    assert found.outcome["facts"]["stage"] == "count"
    assert services.jobs.one(second.id).outcome["error"] == "job_before_failed"
    assert not list(office.settings.jobs.glob("*.tmp"))


def test_a_job_stops_when_told_and_those_after_it_do_not_start(
    services: Services, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(monkeypatch, steps)
    first, second = services.jobs.start(("ingest", {}), ("build", {}))
    until(services, first.id, JobState.RUNNING)
    services.jobs.cancel(first.id)
    stopped = until(services, first.id, JobState.CANCELLED)
    assert stopped.cancel_asked_by == "li"
    assert services.jobs.one(second.id).state is JobState.CANCELLED
    assert (Deed.JOB_CANCEL_ASKED, "li") in [(deed, name) for deed, name, _ in deeds(store)]
    with pytest.raises(DomainError, match="job_over"):
        services.jobs.cancel(first.id)


def test_a_job_that_does_not_hear_is_ended(
    services: Services, children: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Pulse.__init__, "__kwdefaults__", {"watch": None, "every": 0.05, "grace": 0.3})
    work(monkeypatch, lambda task: time.sleep(60))
    (job,) = services.jobs.start(("ingest", {}))
    until(services, job.id, JobState.RUNNING)
    services.jobs.cancel(job.id)
    assert until(services, job.id, JobState.CANCELLED).outcome == {}
    end = time.monotonic() + 10
    while time.monotonic() < end and _there(children[0]):
        time.sleep(0.05)
    assert not _there(children[0])


def _there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_what_a_refused_and_a_broken_job_say(
    office: Office, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_task: Task) -> None:
        raise DomainError("mapping_unknown", path=Path("x"), known="a")

    work(monkeypatch, refuse)
    job = make_jobs(office, shell_actor(), [("ingest", {})])[0]
    with pytest.raises(DomainError, match="mapping_unknown"):
        run_job(office, job.id)
    assert services.jobs.one(job.id).outcome == {"error": "mapping_unknown", "facts": {"path": "x", "known": "a"}}

    work(monkeypatch, lambda task: 1 / 0)
    job = make_jobs(office, shell_actor(), [("ingest", {})])[0]
    with pytest.raises(ZeroDivisionError):
        run_job(office, job.id)
    ended = services.jobs.one(job.id)
    assert (ended.state, ended.outcome["error"]) == (JobState.FAILED, "job_broken")
    assert "ZeroDivisionError" in services.jobs.log(job.id)
    assert "ZeroDivisionError" not in str(ended)
    with pytest.raises(DomainError, match="job_not_waiting"):
        run_job(office, job.id)


def test_who_lost_the_right_meanwhile_gets_nothing_done(
    office: Office, services: Services, store: Store, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(monkeypatch, lambda task: "done")
    actor = Actor(person.id, person.name, person.roles, person.partners)
    job = make_jobs(office, actor, [("ingest", {})])[0]
    with work_of(store, shell_actor())() as unit:
        unit.users.assign(person.id, roles=frozenset({Role.EXECUTIVE}), grants=frozenset({ROOT}))
        unit.commit()
    with pytest.raises(AccessDenied, match="not_allowed"):
        run_job(office, job.id)
    assert services.jobs.one(job.id).outcome["error"] == "not_allowed"


def test_jobs_are_for_those_who_may_start_them(settings: Settings, store: Store) -> None:
    reader = Actor("u2", "wang", frozenset({Role.EXECUTIVE}), frozenset({ROOT}))
    found = services_as(settings, store, lambda: reader).jobs
    for call in (found.recent, lambda: found.one("x"), lambda: found.cancel("x"), lambda: found.log("x"),
                 lambda: found.start(("build", {}))):  # fmt: skip
        with pytest.raises(AccessDenied, match="not_allowed"):
            call()
    local = services_as(
        settings, store, lambda: replace(reader, roles=frozenset({Role.ADMINISTRATOR}), grants=frozenset({"D1"}))
    )
    with pytest.raises(AccessDenied, match="brand_only"):
        local.jobs.recent()


def test_who_looks_as_somebody_else_sees_jobs_and_starts_none(settings: Settings, store: Store, person: User) -> None:
    viewed = Actor(
        person.id, person.name, person.roles, person.partners, viewer=Viewer("u9", "boss", NOW + timedelta(days=9999))
    )
    looking = services_as(settings, store, lambda: viewed).jobs
    assert looking.recent() == ()
    with pytest.raises(AccessDenied, match="viewing_only"):
        looking.start(("build", {}))
    assert looking.recent() == ()


def test_an_unknown_kind_and_a_demo_home_are_refused_before_there_is_a_job(
    services: Services, settings: Settings
) -> None:
    with pytest.raises(DomainError, match="job_kind_unknown"):
        services.jobs.start(("dance", {}))
    settings.home.mkdir(exist_ok=True)
    settings.demo_marker.write_text("ready")
    with pytest.raises(DomainError, match="demo_home_takes_nothing"):
        services.jobs.start(("ingest", {"path": "x", "mapping": "contract"}))
    assert services.jobs.recent() == ()


def test_a_cancelled_ingest_leaves_the_old_state(office: Office, store: Store, tmp_path: Path) -> None:
    """The stop reaches the writer of the lake in the middle of its stream, through the library that it is."""
    products = tmp_path / "product.csv"
    rows = "\n".join(f"P{number},Rice {number},rice" for number in range(300_000))
    products.write_text(f"sku,name,category\n{rows}\n")
    asked = {"path": str(products), "mapping": "contract"}
    job = make_jobs(office, shell_actor(), [("ingest", asked)])[0]

    def stop(stage: str, done: int, total: int | None) -> None:
        if stage == "load":
            with work_of(store, shell_actor())() as unit:
                unit.jobs.ask_cancel(job.id, by="li", now=NOW)
                unit.commit()
            time.sleep(0.3)

    with pytest.raises(DomainError, match="job_cancelled"):
        run_job(office, job.id, watch=stop)
    with work_of(store, shell_actor())() as unit:
        assert unit.jobs.get(job.id).state is JobState.CANCELLED
        assert unit.loads.all() == []
    assert latest_build(store) is None
    again = make_jobs(office, shell_actor(), [("ingest", asked)])[0]
    assert run_job(office, again.id).tables == {"product": 300_000}


@pytest.mark.parametrize(
    ("job", "before", "seconds", "code"),
    [
        (ALIVE_JOB, None, 4, None),
        (replace(ALIVE_JOB, pid=2**22 + 1), None, 4, None),
        (replace(ALIVE_JOB, pid=2**22 + 1), None, 6, "job_lost"),
        (replace(ALIVE_JOB, pid=2**22 + 1, host="elsewhere"), None, 6, None),
        (ALIVE_JOB, None, 61, "job_lost"),
        (WAITING, None, 59, None),
        (WAITING, None, 61, "job_never_started"),
        (replace(WAITING, follows="b"), ALIVE_JOB, 900, None),
        (
            replace(WAITING, follows="b"),
            replace(ALIVE_JOB, state=JobState.SUCCEEDED, finished_at=NOW + timedelta(seconds=890)),
            900,
            None,
        ),
    ],
)
def test_when_a_job_counts_as_lost(job: Job, before: Job | None, seconds: int, code: str | None) -> None:
    assert lost(job, before, now=NOW + timedelta(seconds=seconds)) == code


def test_a_job_that_was_found_lost_and_lives_stops(
    office: Office, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A laptop that slept: what it did is published by nobody, because the row had ended."""
    work(monkeypatch, steps)
    (job,) = services.jobs.start(("ingest", {}))
    until(services, job.id, JobState.RUNNING)
    later = replace(office, clock=lambda: datetime.now(UTC) + timedelta(minutes=5))
    find_lost(later)
    assert services.jobs.one(job.id).state is JobState.LOST
    time.sleep(0.5)
    assert services.jobs.one(job.id).state is JobState.LOST
    assert "CANCELLED" in services.jobs.log(job.id).upper()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="how a process stands is told by Linux alone")
def test_a_process_that_ended_unnoticed_is_not_running() -> None:
    """Its parent has not waited for it, as a server that took its starter's place."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert is_running(process.pid)
    assert process.stdin
    process.stdin.close()
    patience = time.monotonic() + 10
    while is_running(process.pid) and time.monotonic() < patience:
        time.sleep(0.02)
    assert not is_running(process.pid)
    process.wait()
