"""Killed, or refused by the disk, at any moment: ingest and build leave the old state or the new, and a rerun ends."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import duckdb
import pytest
from deltalake import DeltaTable
from pyarrow.dataset import dataset

from dashboard.composition import audit_for
from dashboard.services.users import shell_actor
from data.lake.lake import Lake
from data.store.engine import open_store
from data.store.records import Build
from data.store.unit_of_work import UnitOfWork
from tests import writers
from tests.faults import KILLS, REFUSALS
from tests.worlds import BRAND
from tests.zygote import Zygote, zygote

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

KILLED_BY_CLOCK, KILLED_AT_CALLS = 50, 50
TOLD = {"disk_full", "storage_failed", "store_unavailable", "unreadable_file"}
Content = Mapping[str, str]
"""Mart → digest of its rows."""


@dataclass(frozen=True)
class Night:
    """A home before a night's work, the files of that night, and what an undisturbed night makes of them."""

    parent: Zygote
    before: Path
    files: Path
    old: Content
    new: Content
    calls: tuple[int, int]
    seconds: float

    def start(self, home: Path, at: int = 0, how: str = "") -> int:
        told = str(home.with_suffix(".told"))
        return self.parent.start(
            "tests.writers:night", home=str(home), folder=str(self.files), told=told, at=at, how=how
        )

    def again(self, home: Path) -> Path:
        """The home as it was before that night."""
        shutil.rmtree(home, ignore_errors=True)
        return Path(shutil.copytree(self.before, home))


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    """Sixty orders are there; the night brings corrections of twenty of them, and twenty more."""
    folder = tmp_path_factory.mktemp("night")
    writers.write_csv(folder / "first" / "order_line.csv", writers.order_lines(0, 60))
    corrected = [{**row, "amount": 99} for row in writers.order_lines(40, 40)]
    writers.write_csv(folder / "second" / "order_line.csv", corrected)
    with zygote("tests.writers") as parent:
        before, whole = folder / "before", folder / "whole"
        common = {"parent": parent, "before": before, "old": {}, "new": {}, "calls": (0, 0), "seconds": 0.0}
        assert parent.wait(Night(files=folder / "first", **common).start(before)) == 0  # type: ignore[arg-type]
        shutil.copytree(before, whole)
        began = time.monotonic()
        assert parent.wait(Night(files=folder / "second", **common).start(whole)) == 0  # type: ignore[arg-type]
        seconds = time.monotonic() - began
        codes, calls, _ = told(whole)
        assert codes == [0, 0]
        old, new = content(published(before), before), content(published(whole), whole)
        assert old != new
        yield Night(parent, before, folder / "second", old, new, (calls[0], calls[1]), seconds)


def told(home: Path) -> tuple[list[int], list[int], str]:
    file = home.with_suffix(".told")
    codes, calls, said = json.loads(file.read_text())
    file.unlink()
    return codes, calls, said


def published(home: Path) -> Build:
    with UnitOfWork(open_store(f"sqlite:///{home / 'store.db'}"), BRAND, reading=True) as unit:
        found = unit.builds.latest()
    assert found is not None
    return found


def content(build: Build, home: Path) -> Content:
    return {name: digest(name, home / "marts" / file) for name, file in build.marts.items()}


@cache
def digest(name: str, file: Path) -> str:
    """Of the rows of a mart. Files never change; of one that is gone there is no digest, also not a remembered one."""
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{file}' AS mart (READ_ONLY)")
        rows = connection.execute(f"SELECT t::VARCHAR FROM mart.main.{name} t ORDER BY ALL").fetchall()
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def old_or_new(night: Night, home: Path) -> None:
    """Every load that counts is whole, and what is published is the old state or the new one."""
    rows = dataset(Lake(home / "lake").files("order_line")).to_table(columns=["load_id"])["load_id"].to_pylist()
    with UnitOfWork(open_store(f"sqlite:///{home / 'store.db'}"), BRAND, reading=True) as unit:
        loads, build = unit.loads.all(), unit.builds.latest()
    for load in loads:
        assert rows.count(load.id) == load.tables["order_line"]
    assert build is not None
    assert all((home / "marts" / file).is_file() for file in build.marts.values())
    assert content(build, home) in (night.old, night.new)


def mended(night: Night, home: Path) -> None:
    """A rerun ends with what an undisturbed night makes, and a sweep a week later leaves nothing that nobody knows."""
    assert night.parent.wait(night.start(home)) == 0
    codes, _, said = told(home)
    assert codes == [0, 0], said
    assert content(published(home), home) == night.new
    use = writers.loading(home, patience=0)
    month_ago = time.time() - 30 * 86_400
    for path in home.rglob("*"):
        os.utime(path, (month_ago, month_ago))
    use.vacuum(now=datetime.now(UTC) + timedelta(days=8))
    assert orphans(home) == []
    assert content(published(home), home) == night.new
    assert audit_for(use.settings, use.store, shell_actor()).verify().findings == ()


def orphans(home: Path) -> list[str]:
    known = {home / "store.db", home / "store.db-wal", home / "store.db-shm", home / ".writer", home / "errors.log"}
    with UnitOfWork(writers.loading(home, patience=0).store, BRAND, reading=True) as unit:
        builds = unit.builds.current_since(datetime(2000, 1, 1, tzinfo=UTC))
    known |= {home / "marts" / file for build in builds for file in build.marts.values()}
    for table in Lake(home / "lake").tables():
        newest = DeltaTable(home / "lake" / table).version()
        for version in range(newest + 1):
            known |= {Path(file) for file in DeltaTable(home / "lake" / table, version=version).file_uris()}
            known.add(home / "lake" / table / "_delta_log" / f"{version:020}.json")
    kept = (home / "audit", home / "jobs")
    files = (path for path in sorted(home.rglob("*")) if path.is_file() and path not in known)
    return [str(path) for path in files if path.parent not in kept or path.suffix not in {".json", ".log"}]


def test_killed_at_any_moment(night: Night, tmp_path: Path) -> None:
    """Moments spread over the whole night; the work goes on where the kill before left it, as in life."""
    chance, home, kills = random.Random(20261126), night.again(tmp_path / "home"), 0  # noqa: S311
    while kills < KILLED_BY_CLOCK:
        process = night.start(home)
        time.sleep(chance.uniform(0, night.seconds))
        os.kill(process, signal.SIGKILL)
        killed = night.parent.wait(process) == -signal.SIGKILL
        kills += killed
        old_or_new(night, home)
        if not killed or kills % 10 == 0:
            home.with_suffix(".told").unlink(missing_ok=True)
            mended(night, home)
            night.again(home)


def test_killed_right_before_and_right_after_calls_that_write(night: Night, tmp_path: Path) -> None:
    chance, home = random.Random(1), tmp_path / "home"  # noqa: S311
    moments = [(at, how) for at in range(1, night.calls[1] + 1) for how in KILLS]
    for number, (at, how) in enumerate(sorted(chance.sample(moments, KILLED_AT_CALLS))):
        night.again(home)
        assert night.parent.wait(night.start(home, at, how)) == -signal.SIGKILL, f"{how} call {at}: not reached"
        old_or_new(night, home)
        if number % 10 == 0:
            mended(night, home)


def test_whatever_call_the_disk_refuses_it_is_told_and_nothing_is_half_done(night: Night, tmp_path: Path) -> None:
    """Every call of ingest, and every fourth of build, whose marts are all written the same way."""
    home, (ingest, both) = tmp_path / "home", night.calls
    for number, at in enumerate((*range(1, ingest + 1), *range(ingest + 1, both + 1, 4))):
        night.again(home)
        assert night.parent.wait(night.start(home, at, REFUSALS[number % 2])) == 0
        codes, _, said = told(home)
        assert "Traceback" not in said
        refused = [json.loads(line)["error"] for line in said.splitlines() if line.startswith("{")]
        assert len(refused) == sum(code != 0 for code in codes), said
        assert set(refused) <= TOLD, (at, said)
        old_or_new(night, home)
        if number % 8 == 0:
            mended(night, home)
