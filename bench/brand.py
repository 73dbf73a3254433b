"""The demo world of brand size, some 95 million order lines: written, loaded, built and asked."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

import pyarrow.parquet as pq

from analytics.core.calendar import Preset
from bench.demo_world import LAST_DAY, WRITE
from bench.iowa_scale import answers
from bench.measuring import Cost, Section, measured, megabytes, milliseconds, waterline

PRESETS = (Preset.LAST_30_DAYS, Preset.LAST_365_DAYS)


def main(place: Path | None = None) -> Section:
    """Each step once; with ``place`` what was made stays there, and steps whose result lies there are left out."""
    if place is not None:
        return _measured(place)
    scratch = Path(tempfile.mkdtemp(prefix="waterline-brand-", dir=os.environ.get("WATERLINE_BENCH")))
    try:
        return _measured(scratch)
    finally:
        shutil.rmtree(scratch)


def _measured(place: Path) -> Section:
    files, home = place / "files", place / "home"
    environment = {"WATERLINE_HOME": str(home), "WATERLINE_STORE": ""}
    rows = []
    if not files.exists():
        cost = measured([sys.executable, "-c", WRITE, str(files), LAST_DAY, "brand"])
        rows.append(_row(f"write {_lines(files):,} order lines", cost, files))
    if not home.exists():
        cost = measured(waterline("ingest", str(files), "--mapping", "contract"), environment=environment)
        rows.append(_row("ingest", cost, home / "lake"))
        cost = measured(waterline("build"), environment=environment)
        rows.append(_row("build", cost, home / "marts"))
    for preset in PRESETS:
        found = answers(environment, preset)
        rows.extend((f"{name}, {preset.value}", milliseconds(seconds), "", "", "") for name, seconds in found.items())
    return Section(
        "Brand",
        "python -m bench.brand",
        "The demo world of brand size: 5,000 partners, 200 SKU, 2 million members, all tables of the contract. Each "
        "step is a process of its own, its start included; peak is the resident memory of its process tree. Answers: "
        "median of warm calls of the service, as head office, no cache of pages involved. Targets: written in 900 s "
        "and 8 GB; today and heatmap under a second.",
        ("work", "seconds", "processor seconds", "peak memory", "on disk"),
        tuple(rows),
    )


def _lines(files: Path) -> int:
    return int(pq.read_metadata(files / "order_line.parquet").num_rows)


def _row(work: str, cost: Cost, folder: Path) -> tuple[str, ...]:
    disk = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return work, f"{cost.seconds:,.1f}", f"{cost.worked:,.1f}", megabytes(cost.peak), megabytes(disk)


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--place", type=Path, help="folder that keeps files and home; what lies there is used again")
    print(main(asked.parse_args().place).markdown())
