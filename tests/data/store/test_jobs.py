"""Jobs as rows: a job ends once, and of two who change it at once one is told no."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from analytics.core.access import Scope
from analytics.core.errors import AccessDenied, DomainError
from data.store.engine import Store
from data.store.records import Job, JobState
from data.store.unit_of_work import UnitOfWork
from tests.data.store.samples import BRAND, NOW

JOB = Job("j1", "ingest", {"path": "/data", "mapping": "shop"}, "u1", "li", NOW, "j1.log")


def kept(store: Store, *jobs: Job) -> None:
    with UnitOfWork(store, BRAND) as unit:
        for job in jobs:
            unit.jobs.add(job)
        unit.commit()


def test_a_job_comes_back_as_it_was_kept(store: Store) -> None:
    kept(store, JOB, replace(JOB, id="j2", follows="j1", asked_at=NOW + timedelta(seconds=1)))
    with UnitOfWork(store, BRAND, reading=True) as unit:
        assert unit.jobs.get("j1") == JOB
        assert [job.id for job in unit.jobs.newest(5)] == ["j2", "j1"]
        assert [job.id for job in unit.jobs.following("j1")] == ["j2"]
        with pytest.raises(DomainError, match="job_unknown"):
            unit.jobs.get("j3")


def test_a_job_is_claimed_and_ended_once(store: Store) -> None:
    kept(store, JOB)
    with UnitOfWork(store, BRAND) as unit:
        assert unit.jobs.claim("j1", pid=7, host="here", now=NOW)
        assert not unit.jobs.claim("j1", pid=8, host="there", now=NOW)
        assert unit.jobs.beat("j1", stage="read", done=1, total=2, now=NOW)
        assert not unit.jobs.finish("j1", JobState.CANCELLED, {}, now=NOW, waiting=True)
        assert unit.jobs.finish("j1", JobState.SUCCEEDED, {"rows": 3}, now=NOW)
        assert not unit.jobs.finish("j1", JobState.LOST, {}, now=NOW)
        assert not unit.jobs.ask_cancel("j1", by="li", now=NOW)
        assert not unit.jobs.beat("j1", stage="read", done=2, total=2, now=NOW)
        assert unit.jobs.alive() == []
        ended = unit.jobs.get("j1")
    assert (ended.state, ended.outcome, ended.pid, ended.stage) == (JobState.SUCCEEDED, {"rows": 3}, 7, "read")


def test_the_wish_to_stop_reaches_the_next_beat(store: Store) -> None:
    kept(store, JOB)
    with UnitOfWork(store, BRAND) as unit:
        unit.jobs.claim("j1", pid=7, host="here", now=NOW)
        assert unit.jobs.ask_cancel("j1", by="li", now=NOW)
        assert not unit.jobs.beat("j1", stage="", done=0, total=None, now=NOW)
        assert unit.jobs.get("j1").cancel_asked_by == "li"


def test_jobs_are_the_brands_business(store: Store) -> None:
    kept(store, JOB)
    with UnitOfWork(store, Scope(frozenset({"D01"}))) as unit:
        calls = (
            lambda: unit.jobs.get("j1"),
            lambda: unit.jobs.newest(5),
            unit.jobs.alive,
            lambda: unit.jobs.following("j1"),
            lambda: unit.jobs.ask_cancel("j1", by="d", now=NOW),
        )
        for call in calls:
            with pytest.raises(AccessDenied, match="brand_only"):
                call()
