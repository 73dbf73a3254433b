"""Sweeping: what no build, forecast or load speaks of any more is deleted, never what may still be in the making."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from data.lake.lake import Lake
from data.store.records import Build, ForecastRun

GRACE = timedelta(days=7)
"""Age below which a file may belong to a load or a build that is still running, or to a store about to be restored."""

READERS = timedelta(days=1)
"""How long files that a newer version of a lake table has replaced stay, for a build that reads the version before."""


@dataclass(frozen=True, slots=True)
class Swept:
    """``rows`` of loads that never counted or were taken back; ``files`` and ``bytes`` deleted from the disk."""

    rows: int
    files: int
    bytes: int


def vacuum(
    *,
    lake: Lake,
    committed: Collection[str],
    builds: Iterable[Build],
    folder: Path,
    runs: Iterable[ForecastRun],
    forecasts: Path,
    scratch: Collection[Path],
    now: datetime,
) -> Swept:
    """Delete marts that none of ``builds`` names, results of forecasts that none of ``runs`` names, ``scratch`` files
    and folders, rows of loads that are not ``committed``, and files of the lake that newer versions have replaced or
    that no version ever named.
    """
    made = {
        folder: {file for build in builds for file in build.marts.values()},
        forecasts: {file for run in runs for file in run.files.values()},
    }
    before = _size(*made, lake.root, *scratch)
    rows = 0
    for table in lake.tables():
        rows += lake.sweep(table, committed=committed, untouched_since=now - GRACE)
        lake.vacuum(table, keep=READERS)
    unnamed = [path for inside, named in made.items() for path in inside.glob("*") if path.name not in named]
    for path in (*unnamed, *scratch, *lake.leftovers()):
        if _modified(path) < now - GRACE:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    after = _size(*made, lake.root, *scratch)
    return Swept(rows, before[0] - after[0], before[1] - after[1])


def _modified(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _size(*folders: Path) -> tuple[int, int]:
    """Number of data files and their bytes; the lake's own log grows with every sweep and does not count."""
    sizes = [path.stat().st_size for path in _files(folders)]
    return len(sizes), sum(sizes)


def _files(folders: Iterable[Path]) -> Iterable[Path]:
    for folder in folders:
        inner = [folder] if folder.is_file() else folder.rglob("*")
        yield from (path for path in inner if path.is_file() and "_delta_log" not in path.parts)
