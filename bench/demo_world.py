"""How long the demo world takes: writing it in each size, and the whole way from nothing to a home that answers."""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import sys
import tempfile
from pathlib import Path

import pyarrow.parquet as pq

from bench.measuring import Cost, Section, measured, megabytes, waterline

LAST_DAY = "2026-11-21"
SIZES = ("tiny", "small")
WRITE = (
    "import sys; from datetime import date; from pathlib import Path; from data.sample.world import write_sample; "
    "write_sample(Path(sys.argv[1]), seed=7, last_day=date.fromisoformat(sys.argv[2]), size=sys.argv[3])"
)


def main(sizes: tuple[str, ...] = SIZES) -> Section:
    """One row per size, and one for a demo home of the default size."""
    rows = [_written(size) for size in sizes]
    if sizes == SIZES:
        rows.append(_home())
    return Section(
        "Demo world",
        "python -m bench.demo_world",
        "Each in a process of its own, its start included. Lines: of orders. A home: the small world written, loaded "
        "through the door as a user would, and built. Processor: seconds on one core, whatever else the machine does. "
        "Peak: resident memory of the process tree.",
        ("work", "rows", "order lines", "on disk", "seconds", "processor", "peak memory"),
        tuple(rows),
    )


def _written(size: str) -> tuple[str, ...]:
    folder = Path(tempfile.mkdtemp(prefix="demo-world-", dir=os.environ.get("WATERLINE_BENCH")))
    try:
        cost, processor = _measured([sys.executable, "-c", WRITE, str(folder), LAST_DAY, size])
        counts = {file.stem: pq.read_metadata(file).num_rows for file in folder.glob("*.parquet")}
        disk = sum(file.stat().st_size for file in folder.glob("*.parquet"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return _row(f"write {size}", sum(counts.values()), counts["order_line"], disk, (cost, processor))


def _home() -> tuple[str, ...]:
    folder = Path(tempfile.mkdtemp(prefix="demo-home-"))
    try:
        made = {"WATERLINE_HOME": str(folder), "WATERLINE_STORE": ""}
        cost, processor = _measured(waterline("demo"), environment=made)
        disk = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return _row("a demo home", None, None, disk, (cost, processor))


def _measured(command: list[str], *, environment: dict[str, str] | None = None) -> tuple[Cost, float]:
    """What a command took, and its seconds on a processor with those of its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    cost = measured(command, environment=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return cost, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _row(work: str, rows: int | None, lines: int | None, disk: int, cost: tuple[Cost, float]) -> tuple[str, ...]:
    counts = tuple("" if count is None else f"{count:,}" for count in (rows, lines))
    spent, processor = cost
    return (work, *counts, megabytes(disk), f"{spent.seconds:,.1f}", f"{processor:,.1f}", megabytes(spent.peak))


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("sizes", nargs="*", default=SIZES, help="sizes to write; brand takes minutes and some gigabytes")
    print(main(tuple(asked.parse_args().sizes)).markdown())
