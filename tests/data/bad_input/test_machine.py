"""The machine gets in the way: files that change, disks that are full, homes that cannot be written."""

from __future__ import annotations

import ctypes
import errno
import json
import os
import random
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data.engines.disk import disk_trouble
from data.lake.lake import Lake
from tests.data.bad_input.goods import as_csv, goods
from tests.data.bad_input.kinds import shows
from tests.data.bad_input.outcome import outcomes, refused
from tests.data.sources.door import Door

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[3]
CAN_OVERRIDE, CAN_READ_ALL = 1, 2
"""Capabilities by which root passes over permissions."""
_DROP = 24


def rows(count: int) -> tuple[tuple[str, ...], ...]:
    chance = random.Random(7)  # noqa: S311 - text that does not compress, no secret
    return tuple((f"{n}", f"{chance.getrandbits(400):x}", "", "1") for n in range(count))


@shows("file changes while read")
@pytest.mark.parametrize("how", ["grows", "same size and time"])
def test_a_file_that_is_written_while_it_is_read_is_refused(
    door: Door, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    path = door.write("p.csv", as_csv())
    append = Lake.append

    def writing(lake: Lake, table: str, batches: Any) -> int:
        version = append(lake, table, batches)
        before = path.stat()
        content = path.read_bytes()
        path.write_bytes(content + b"1003,x,,\r\n" if how == "grows" else content.replace(b"5.5", b"6.5"))
        if how != "grows":
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        return version

    monkeypatch.setattr(Lake, "append", writing)
    error = refused(door, lambda: door.bring(goods()), naming="p.csv")
    assert error.code == "file_changed"
    assert door.rows("product") == []
    monkeypatch.undo()
    assert outcomes(door, door.bring(goods()))["p.csv"].loaded == (3 if how == "grows" else 2)


def test_a_file_that_is_gone_when_it_was_read_is_refused(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    path = door.write("p.csv", as_csv())
    append = Lake.append

    def deleting(lake: Lake, table: str, batches: Any) -> int:
        path.unlink()
        return append(lake, table, batches)

    monkeypatch.setattr(Lake, "append", deleting)
    assert refused(door, lambda: door.bring(goods()), naming="p.csv").code == "file_changed"


def shell(door: Door, limit: Callable[[], object]) -> tuple[int, dict[str, Any], str]:
    """``waterline ingest`` of the door's files into its home, under ``limit``: exit code, error and standard error."""
    done = subprocess.run(
        [sys.executable, "-m", "dashboard.cli", "ingest", str(door.files), "--mapping",
         str(door.folder / "mapping.toml"), "--json"],
        cwd=ROOT, env={**os.environ, "WATERLINE_HOME": str(door.folder), "LANG": "en"}, preexec_fn=limit,
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    told = done.stderr.strip().splitlines()
    return done.returncode, json.loads(told[-1]) if told and told[-1].startswith("{") else {}, done.stderr


@shows("disk full")
def test_a_full_disk_is_told_and_the_next_run_completes(door: Door) -> None:
    door.write("a.csv", as_csv(rows(10)))
    door.write("b.csv", as_csv(rows(60_000)))
    door.mapping(goods())
    most = 2 * 2**20
    code, told, stderr = shell(door, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)))
    assert (code, told.get("error")) == (2, "disk_full"), stderr
    assert told["home"] == str(door.folder)
    # What was whole before the disk was full stands, nothing of the rest is seen.
    assert len(door.rows("product")) == 10
    report = door.bring(goods())
    assert [(file.file, file.already_loaded) for file in report.files] == [("a.csv", True), ("b.csv", False)]
    assert len(door.rows("product")) == 60_010


def without_privileges() -> None:
    """Root obeys permissions from the next program on; for others nothing changes."""
    libc = ctypes.CDLL(None)
    for capability in (CAN_OVERRIDE, CAN_READ_ALL):
        libc.prctl(_DROP, capability, 0, 0, 0)


@shows("read-only home")
def test_a_home_that_cannot_be_written_is_told_and_works_once_it_can(door: Door) -> None:
    door.write("a.csv", as_csv())
    door.mapping(goods())
    places = [door.folder, door.folder / "store.db"]
    door.store.close()
    for place in places:
        place.chmod(0o555)
    try:
        code, told, stderr = shell(door, without_privileges)
    finally:
        for place in places:
            place.chmod(0o755)
    assert (code, told.get("error")) == (2, "home_read_only"), stderr
    assert str(door.folder) in told["home"]
    assert door.loads() == []
    assert outcomes(door, door.bring(goods()))["a.csv"].loaded == 2


@shows("file that cannot be opened")
def test_a_file_that_cannot_be_opened_is_named(door: Door) -> None:
    path = door.write("a.csv", as_csv())
    door.mapping(goods())
    path.chmod(0)
    code, told, stderr = shell(door, without_privileges)
    assert (code, told.get("error"), told.get("file")) == (2, "unreadable_file", "a.csv"), stderr
    assert door.loads() == []


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "disk_full"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "disk_full"),
        (OSError(errno.EFBIG, "File too large"), "disk_full"),
        (OSError("Generic LocalFileSystem error: No space left on device (os error 28)"), "disk_full"),
        (OSError(errno.EROFS, "Read-only file system"), "home_read_only"),
        (PermissionError(errno.EACCES, "Permission denied"), "home_read_only"),
        (RuntimeError("attempt to write a readonly database"), "home_read_only"),
        (ValueError("no trouble with the disk"), None),
    ],
)
def test_trouble_is_told_apart_also_when_a_library_tells_it(error: Exception, code: str | None, tmp_path: Path) -> None:
    wrapped = RuntimeError("something failed")
    wrapped.__cause__ = error
    for raised in (error, wrapped):
        found = disk_trouble(raised, tmp_path)
        assert (found.code if found else None) == code
