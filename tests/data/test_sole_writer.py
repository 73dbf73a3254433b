"""One writer at a time, between threads, processes and machines that share a store."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analytics.core.errors import DomainError
from dashboard.services.loading import Loading
from data.sole_writer import LOCK, sole_writer
from data.store.engine import open_store
from tests import writers
from tests.zygote import Zygote, zygote

AT_ONCE = timedelta(0)


@pytest.fixture(scope="module")
def parent() -> Iterator[Zygote]:
    with zygote("tests.writers") as made:
        yield made


def test_a_second_writer_is_told_who_writes_since_when_and_the_lock_goes_with_the_block(tmp_path: Path) -> None:
    with sole_writer(tmp_path, "build") as waited:
        assert waited == AT_ONCE
        with pytest.raises(DomainError, match="home_busy") as refused, sole_writer(tmp_path, "x", patience=AT_ONCE):
            pass
    facts = refused.value.facts
    assert (facts["command"], facts["pid"], facts["home"]) == ("build", str(os.getpid()), str(tmp_path))
    assert facts["since"] != "?"
    assert (tmp_path / LOCK).read_text() == ""
    with sole_writer(tmp_path, "build", patience=AT_ONCE):
        pass


def test_threads_take_turns_and_know_how_long_they_waited(tmp_path: Path) -> None:
    inside, seen, waits = 0, [], []

    def work() -> None:
        nonlocal inside
        with sole_writer(tmp_path, "work") as waited:
            inside += 1
            seen.append(inside)
            time.sleep(0.02)
            inside -= 1
            waits.append(waited)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [1, 1, 1, 1]
    assert AT_ONCE in waits
    assert max(waits) > AT_ONCE


def files(folder: Path) -> tuple[str, str]:
    for name, first in (("a", 0), ("b", 100)):
        writers.write_csv(folder / name / "order_line.csv", writers.order_lines(first, 20))
    return str(folder / "a"), str(folder / "b")


def rows(use: Loading) -> list[tuple[str, int]]:
    return sorted((load.file, load.tables["order_line"]) for load in use.loads())


def until(file: Path) -> None:
    end = time.monotonic() + 30
    while not file.exists():
        assert time.monotonic() < end, f"{file} does not appear"
        time.sleep(0.01)


@pytest.mark.slow
def test_of_two_ingests_at_once_one_is_refused_or_waits_and_both_files_count_once(
    address: str, tmp_path: Path, parent: Zygote
) -> None:
    (first, second), home, hold, told = files(tmp_path), tmp_path / "home", tmp_path / "hold", tmp_path / "told"
    use = writers.loading(home, patience=0, store_url=address)
    holder = parent.start("tests.writers:ingest", home=str(home), folder=first, store_url=address, hold=str(hold))
    until(hold)
    late = parent.start("tests.writers:refused", home=str(home), folder=second, told=str(told), store_url=address)
    assert parent.wait(late) == 0
    assert f"pid={holder}" in told.read_text()
    assert "command=ingest" in told.read_text()
    assert rows(use) == []
    others = [
        parent.start("tests.writers:ingest", home=str(home), folder=folder, store_url=address)
        for folder in (second, first)
    ]
    hold.unlink()
    assert [parent.wait(pid) for pid in (holder, *others)] == [0, 0, 0]
    assert rows(use) == [("order_line.csv", 40), ("order_line.csv", 40)]
    built, _ = use.build(now=datetime.now(UTC))
    assert built.totals["sold_lines"] == "80"


@pytest.mark.slow
def test_a_killed_writer_keeps_nobody_out(tmp_path: Path, parent: Zygote) -> None:
    (first, _), home, hold = files(tmp_path), tmp_path / "home", tmp_path / "hold"
    holder = parent.start("tests.writers:ingest", home=str(home), folder=first, hold=str(hold))
    until(hold)
    os.kill(holder, signal.SIGKILL)
    assert parent.wait(holder) == -signal.SIGKILL
    assert str(holder) in (home / LOCK).read_text()
    assert parent.wait(parent.start("tests.writers:ingest", home=str(home), folder=first, patience=0)) == 0


@pytest.mark.postgres
def test_machines_that_share_a_database_but_no_home_are_told_of_each_other(cluster: str, tmp_path: Path) -> None:
    stores = [open_store(cluster) for _ in range(2)]
    with (
        sole_writer(tmp_path / "one", "build", store=stores[0]),
        pytest.raises(DomainError, match="home_busy") as refused,
        sole_writer(tmp_path / "two", "ingest", store=stores[1], patience=AT_ONCE),
    ):
        pass
    assert (refused.value.facts["command"], refused.value.facts["pid"]) == ("build", str(os.getpid()))
    with sole_writer(tmp_path / "two", "ingest", store=stores[1], patience=AT_ONCE):
        pass
    for store in stores:
        store.close()
