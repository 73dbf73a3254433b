"""Ingest and build of 5.2 million Iowa lines, against plain SQL that writes the same tables."""

from __future__ import annotations

import shutil
import sys

from bench.homes import BASELINE, FOLDER, HOME, MAPPING, add_account, environment, home, iowa
from bench.measuring import Cost, Section, measured, megabytes, waterline


def main() -> Section:
    folder = iowa()
    shutil.rmtree(HOME, ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    ingest = measured(waterline("ingest", str(folder), "--mapping", str(MAPPING)), environment=environment())
    build = measured(waterline("build"), environment=environment())
    again = measured(waterline("ingest", str(folder), "--mapping", str(MAPPING)), environment=environment())
    plain = measured([sys.executable, "-m", "bench.baseline", str(folder), str(BASELINE)])
    add_account(home()[1])
    both = Cost(ingest.seconds + build.seconds, max(ingest.peak, build.peak))
    return Section(
        "Loading",
        "python -m bench.iowa_load",
        "From files to a published build: two commands, each with the start of its process. Baseline: one process that "
        "reads the same files with DuckDB SQL and writes the same tables, without checks of any line, lake, load "
        "records or rejects. Peak: resident memory of the whole process tree.",
        ("work", "seconds", "peak memory", "seconds / baseline"),
        tuple(
            (name, f"{cost.seconds:.1f}", megabytes(cost.peak), f"{cost.seconds / plain.seconds:.1f}")
            for name, cost in (
                ("ingest", ingest),
                ("build", build),
                ("both", both),
                ("the same files once more", again),
                ("plain SQL", plain),
            )
        ),
    )


if __name__ == "__main__":
    print(main().markdown())
