"""Ten years of Iowa's invoice lines, 26 million of them, and then one more day: from files to a published build."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median

import duckdb

from analytics.core.access import ROOT, Actor, Role
from analytics.core.calendar import Preset
from bench.homes import MAPPING, iowa
from bench.measuring import Cost, Section, measured, megabytes, milliseconds, timed, waterline
from dashboard.composition import services_as
from dashboard.services.requests import Asked, Look
from dashboard.settings import settings_from
from data.store.engine import open_store

COPIES = 5
TWO_YEARS = 728
"""Days between two copies: whole weeks, so that every line keeps its day of the week."""
LAST, NEXT = date(2021, 12, 30), date(2022, 1, 3)
CORRECTED = 1_000
ROUNDS = 9


def generate(source: Path, folder: Path) -> int:
    """Write the published lines five times, each copy two years before the other, one file per copy and year; and
    the files of two later days: new lines alone, and new lines with corrections of old ones. Returns the lines.
    """
    folder.mkdir(parents=True)
    for name in ("stores.csv", "products.csv"):
        shutil.copyfile(source / name, folder / name)
    with duckdb.connect() as connection:
        for copy in range(COPIES):
            for year in (2020, 2021):
                target = folder / f"sales_{year - 2 * copy}.parquet"
                connection.execute(f"COPY ({_lines(source, year, copy)}) TO '{target}' (FORMAT parquet)")
        for number, name in enumerate(("day", "corrections"), 1):
            (folder.parent / name).mkdir()
            target = folder.parent / name / f"sales_{name}.parquet"
            asked = _day(folder, number) if name == "day" else f"{_day(folder, number)} UNION ALL {_corrected(folder)}"
            connection.execute(f"COPY ({asked}) TO '{target}' (FORMAT parquet)")
        found = connection.execute(f"SELECT count(*) FROM read_parquet('{folder}/sales_*.parquet')").fetchone()
    return int(found[0]) if found else 0


def _lines(source: Path, year: int, copy: int) -> str:
    return f"""SELECT 'INV-{copy}' || "Invoice/Item Number"[5:] AS "Invoice/Item Number",
                      "Date" - {TWO_YEARS * copy} AS "Date", * EXCLUDE ("Invoice/Item Number", "Date")
               FROM read_parquet('{source}/sales_{year}.parquet')"""


def _day(folder: Path, number: int) -> str:
    return f"""SELECT 'INV-9{number}' || "Invoice/Item Number"[7:] AS "Invoice/Item Number",
                      DATE '{NEXT}' + {number - 1} AS "Date",
                      * EXCLUDE ("Invoice/Item Number", "Date")
               FROM read_parquet('{folder}/sales_2021.parquet') WHERE "Date" = DATE '{LAST}'"""


def _corrected(folder: Path) -> str:
    return f"""SELECT * REPLACE ("Bottles Sold" + 1 AS "Bottles Sold")
               FROM (FROM read_parquet('{folder}/sales_*.parquet')
                     ORDER BY hash("Invoice/Item Number"), "Invoice/Item Number" LIMIT {CORRECTED})"""


def mapping(folder: Path) -> Path:
    """Iowa's mapping, with costs that are valid for the earlier copies, too, and dimensions that need no file."""
    text = MAPPING.read_text(encoding="utf-8").replace("constant = 2020-01-01", "constant = 2010-01-01")
    for name in ("stores.csv", "products.csv"):
        text = text.replace(f'= "{name}"', f'= {{ pattern = "{name}", optional = true }}')
    file = folder / "iowa_decade.toml"
    file.write_text(text, encoding="utf-8")
    return file


def main() -> Section:
    place = Path(tempfile.mkdtemp(prefix="waterline-decade-", dir=os.environ.get("WATERLINE_BENCH")))
    try:
        return _measured(place)
    finally:
        shutil.rmtree(place)


def _measured(place: Path) -> Section:
    lines = generate(iowa(), place / "files")
    given = ["--mapping", str(mapping(place))]
    home = {"WATERLINE_HOME": str(place / "home"), "WATERLINE_STORE": ""}
    rows: list[tuple[str, ...]] = []

    def night(name: str, about: str) -> None:
        ingest = measured(waterline("ingest", str(place / name), *given), environment=home)
        build = measured(waterline("build"), environment=home)
        rows.extend((_row(f"{about}: ingest", ingest, plain), _row(f"{about}: build", build, plain)))
        rows.append(_row(f"{about}: both", _sum(ingest, build), plain))

    plain = measured([sys.executable, "-m", "bench.baseline", str(place / "files"), str(place / "baseline.duckdb")])
    night("files", f"{lines:,} lines")
    whole = answers(home)
    night("day", "one day on top")
    night("corrections", f"the next day, and {CORRECTED:,} old lines corrected")
    revised = answers(home)
    rows.append(_row("plain SQL, all lines", plain, plain))
    for name, before in whole.items():
        told = f"{milliseconds(before)} → {milliseconds(revised[name])}"
        rows.append(
            (f"{name}: marts made whole → brought up to date twice", told, "", "", f"{revised[name] / before:.2f}")
        )
    return Section(
        "Ten years",
        "python -m bench.iowa_scale",
        f"{COPIES} copies of the two published years, each two years before the other. Whole: ingest and build into "
        "an empty home. Then one more day (two commands, each with the start of its process), then another day with "
        "corrections of lines of all ten years. Baseline: plain SQL over the same ten years, as above. Peak: resident "
        "memory of the whole process tree. Last rows: median of warm answers over 365 days, as head office.",
        ("work", "seconds", "processor seconds", "peak memory", "ratio to baseline"),
        tuple(rows),
    )


def answers(home: dict[str, str], preset: Preset = Preset.LAST_365_DAYS) -> dict[str, float]:
    """Median seconds of the two large answers, warm, asked of marts as they are now."""
    settings = settings_from(home)
    store = open_store(settings.store_url)
    boss = Actor("bench", "bench", frozenset({Role.EXECUTIVE}), frozenset({ROOT}))
    bound, asked = services_as(settings, store, lambda: boss), Asked(preset=preset)
    calls: dict[str, Callable[[], object]] = {
        "today": lambda: bound.overview.today(asked),
        "heatmap": lambda: bound.territory.heatmap(asked, Look("sales"), 5),
    }
    found = {}
    for name, call in calls.items():
        call()
        found[name] = median(timed(call) for _ in range(ROUNDS))
    store.close()
    return found


def _sum(one: Cost, other: Cost) -> Cost:
    return Cost(one.seconds + other.seconds, max(one.peak, other.peak), one.worked + other.worked)


def _row(name: str, cost: Cost, plain: Cost) -> tuple[str, ...]:
    ratio = f"{cost.seconds / plain.seconds:.2f}"
    return name, f"{cost.seconds:.1f}", f"{cost.worked:.1f}", megabytes(cost.peak), ratio


if __name__ == "__main__":
    print(main().markdown())
