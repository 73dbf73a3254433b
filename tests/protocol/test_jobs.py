"""Jobs in processes of their own: watched and stopped on the page, left and found again, killed and found lost."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from dashboard.composition import Services, services_as
from dashboard.services.upload_files import Upload
from dashboard.services.users import actor_named
from dashboard.settings import settings_from
from data.sole_writer import sole_writer
from data.store.engine import open_store
from data.store.identity import Identity
from data.store.records import Job, JobState
from tests.protocol.conftest import PASSWORD
from tests.protocol.virtual_user import Run, VirtualUser
from tests.serving import Server

pytestmark = pytest.mark.protocol

FILE = Upload("product.csv", b"sku,name\nR5,Rice\n")


@pytest.fixture
def services(server: Server) -> Iterator[Services]:
    settings = settings_from({"WATERLINE_HOME": str(server.home)})
    store = open_store(settings.store_url)
    yield services_as(settings, store, lambda: actor_named(Identity(store), "admin", now=datetime.now(UTC)))
    store.close()


def until(services: Services, id: str, wanted: Callable[[Job], bool]) -> Job:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        job = services.jobs.one(id)
        if wanted(job):
            return job
        time.sleep(0.2)
    raise AssertionError(f"{job}")


def visit(server: Server, *, press: str = "") -> Run:
    cookies = server.sign_in("admin", PASSWORD)

    async def look() -> Run:
        async with VirtualUser(server.base_url, "load", cookies=cookies) as user:
            seen = await user.run()
            return await user.press(press) if press else seen

    return asyncio.run(look())


def test_a_job_is_watched_left_found_again_and_stopped(server: Server, services: Services) -> None:
    """Somebody else writes, so the load waits: for as long as the test needs, and without changing the world."""
    with sole_writer(server.home, "test"):
        ingest, build = services.uploads.load([FILE], "contract")
        until(services, ingest.id, lambda job: job.stage == "wait")
        services.jobs.cancel(build.id)
        seen = visit(server)
        assert "**1** jobs are under way" in seen.text
        assert "waiting for another job to finish" in seen.text
        pressed = visit(server, press="Cancel")
        assert pressed.exceptions == ()
        until(services, ingest.id, lambda job: job.state is JobState.CANCELLED)
    after = visit(server)
    assert "did not succeed (cancelled)" in after.text
    assert "Try again with the same files" in after.text


def test_a_killed_job_is_found_lost_and_says_what_to_do(server: Server, services: Services) -> None:
    with sole_writer(server.home, "test"):
        ingest, _ = services.uploads.load([FILE], "contract")
        waiting = until(services, ingest.id, lambda job: job.stage == "wait")
        assert waiting.pid
        os.kill(waiting.pid, signal.SIGKILL)
        until(services, ingest.id, lambda job: job.state is JobState.LOST)
    seen = visit(server)
    assert "The job's process is gone" in seen.text
    assert not list((server.home / "jobs").glob("*.tmp"))
