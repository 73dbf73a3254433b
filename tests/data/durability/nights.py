"""A night's work on a home, and what has to hold of the home whenever it is broken off."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
from deltalake import DeltaTable
from pyarrow.dataset import dataset

from dashboard.composition import audit_for
from dashboard.services.users import shell_actor
from data.lake.lake import Lake
from data.store.engine import open_store
from data.store.records import Build
from data.store.unit_of_work import UnitOfWork
from tests import writers
from tests.worlds import BRAND
from tests.zygote import Zygote

COMMANDS = ("ingest", "build")
Content = Mapping[str, str]
"""Mart → digest of its rows."""


@dataclass(frozen=True)
class Night:
    """A home ``before`` a night's work and once the files of that night are ``loaded``, those files, and what an
    undisturbed night makes of them; ``calls`` that write by command.
    """

    parent: Zygote
    before: Path
    loaded: Path
    files: Path
    old: Content
    new: Content
    calls: Mapping[str, int]
    seconds: float

    def start(self, home: Path, *, commands: Sequence[str] = COMMANDS, **faults: Any) -> int:
        """A process that does the night's work, or one ``command`` of it; see :func:`tests.writers.night`."""
        told = str(home.with_suffix(".told"))
        return self.parent.start(
            "tests.writers:night", home=str(home), folder=str(self.files), told=told, commands=commands, **faults
        )

    def again(self, home: Path, command: str = COMMANDS[0]) -> Path:
        """The home as it was before that command of the night."""
        shutil.rmtree(home, ignore_errors=True)
        return Path(shutil.copytree(self.before if command == COMMANDS[0] else self.loaded, home))


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
