"""How long the demo world takes: writing it in each size, and the whole way from nothing to a home that answers."""

from __future__ import annotations

import argparse
import os
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
        "through the door as a user would, and built. Peak: resident memory of the process tree.",
        ("work", "rows", "order lines", "on disk", "seconds", "peak memory"),
        tuple(rows),
    )


def _written(size: str) -> tuple[str, ...]:
    folder = Path(tempfile.mkdtemp(prefix="demo-world-", dir=os.environ.get("WATERLINE_BENCH")))
    try:
        cost = measured([sys.executable, "-c", WRITE, str(folder), LAST_DAY, size])
        counts = {file.stem: pq.read_metadata(file).num_rows for file in folder.glob("*.parquet")}
        disk = sum(file.stat().st_size for file in folder.glob("*.parquet"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return _row(f"write {size}", sum(counts.values()), counts["order_line"], disk, cost)


def _home() -> tuple[str, ...]:
    folder = Path(tempfile.mkdtemp(prefix="demo-home-"))
    try:
        cost = measured(waterline("demo"), environment={"WATERLINE_HOME": str(folder), "WATERLINE_STORE": ""})
        disk = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return _row("a demo home", None, None, disk, cost)


def _row(work: str, rows: int | None, lines: int | None, disk: int, cost: Cost) -> tuple[str, ...]:
    counts = tuple("" if count is None else f"{count:,}" for count in (rows, lines))
    return (work, *counts, megabytes(disk), f"{cost.seconds:,.1f}", megabytes(cost.peak))


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("sizes", nargs="*", default=SIZES, help="sizes to write; brand takes minutes and some gigabytes")
    print(main(tuple(asked.parse_args().sizes)).markdown())
