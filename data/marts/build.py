"""One build: pinned loads → marts that changed → totals checked → published in one row of the store."""

from __future__ import annotations

import hashlib
import shutil
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

import ibis.expr.types as ir
import pyarrow as pa

from analytics.core.access import Actor
from analytics.core.errors import ContractViolation
from data.contract import contract_table
from data.contract.schema import physical_schema
from data.engines.duckdb import Workshop
from data.lake.lake import Lake
from data.marts import MARTS
from data.marts.checks import nothing_after, totals_survive
from data.marts.current import newest_by_key
from data.marts.mart import Mart
from data.store.audit import Deed, Subject
from data.store.engine import Store
from data.store.records import Build, Load
from data.store.unit_of_work import UnitOfWork

Progress = Callable[[str, int, int], None]
"""Called with the mart's name, how many are done and how many there are."""

DEFAULT_CURRENCY = "CNY"


def build(
    *, lake: Lake, store: Store, actor: Actor, folder: Path, now: datetime, progress: Progress | None = None
) -> tuple[Build, tuple[str, ...]]:
    """Build what changed and publish; returns the build and the names of the marts that were made anew.

    Raises ContractViolation when sources state different currencies or when a total does not survive; nothing is
    published then and readers keep the build before.
    """
    started = time.perf_counter()
    with UnitOfWork(store, actor.scope) as unit:
        loads, latest = unit.loads.all(), unit.builds.latest()
    if not loads:
        raise ContractViolation("nothing_loaded")
    currency = _one_currency(loads)
    bench = _Bench(lake, loads, folder)
    try:
        made = _make(bench, progress)
        if latest and dict(latest.marts) == bench.files and not made:
            return latest, ()
        totals = totals_survive(bench)
        # A day of grace, for whoever's day began before ours.
        nothing_after(bench, now.date() + timedelta(days=1))
        covered = _covered(bench)
    finally:
        bench.close()
    published = Build(
        id=f"{now:%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:6]}",
        published_at=now,
        table_versions=bench.versions,
        loads=tuple(sorted(load.id for load in loads)),
        marts=bench.files,
        currency=currency,
        first_day=covered[0],
        last_day=covered[1],
        totals=totals,
        seconds=round(time.perf_counter() - started, 3),
    )
    with UnitOfWork(store, actor.scope) as unit:
        unit.builds.publish(published)
        unit.audit.append(actor, Deed.BUILD_PUBLISHED, Subject("build", published.id), _facts(published), at=now)
        unit.commit()
    return published, made


def _facts(published: Build) -> dict[str, object]:
    """What the audit trail keeps of a build; the names of its files carry the digest of loads and code."""
    return {
        "loads": len(published.loads),
        "marts": dict(published.marts),
        "totals": dict(published.totals),
        "currency": published.currency,
        "first_day": published.first_day.isoformat() if published.first_day else None,
        "last_day": published.last_day.isoformat() if published.last_day else None,
    }


def _make(bench: _Bench, progress: Progress | None) -> tuple[str, ...]:
    made: list[str] = []
    for done, mart in enumerate(MARTS):
        if progress:
            progress(mart.name, done, len(MARTS))
        if bench.make(mart):
            made.append(mart.name)
    if progress:
        progress("", len(MARTS), len(MARTS))
    return tuple(made)


def _one_currency(loads: Iterable[Load]) -> str:
    stated = sorted({load.currency for load in loads if load.currency and _has_money(load)})
    if len(stated) > 1:
        raise ContractViolation("mixed_currencies", currencies=", ".join(stated))
    return stated[0] if stated else DEFAULT_CURRENCY


def _has_money(load: Load) -> bool:
    return bool({"order_line", "refund_line", "product_cost"} & set(load.tables))


def _covered(bench: _Bench) -> tuple[date | None, date | None]:
    days = bench.mart("document")
    row = bench.collect(days.aggregate(first=days.day.min(), last=days.day.max())).to_pylist()[0]
    return row["first"], row["last"]


class _Bench:
    """What marts read while they are made; knows which mart files are still good."""

    def __init__(self, lake: Lake, loads: list[Load], folder: Path) -> None:
        self._lake = lake
        self._loads = loads
        self._folder = folder
        self._scratch = folder / f"scratch-{uuid.uuid4().hex[:8]}"
        self._workshop = Workshop(self._scratch)
        self._tables: dict[str, ir.Table] = {}
        self._prints: dict[str, str] = {}
        self._code = _code_print()
        self.files: dict[str, str] = {}
        # Every table that was loaded, also those behind marts that need not be made anew.
        loaded = sorted({table for load in loads for table in load.tables})
        self.versions = {table: known for table in loaded if (known := lake.version(table)) is not None}

    def close(self) -> None:
        self._workshop.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def current(self, table: str) -> ir.Table:
        if table not in self._tables:
            self._tables[table] = self._read(table)
        return self._tables[table]

    def mart(self, name: str) -> ir.Table:
        return self._workshop.attach(name, self._folder / self.files[name])

    def collect(self, expression: ir.Table) -> pa.Table:
        return self._workshop.collect(expression)

    def make(self, mart: Mart) -> bool:
        """Make ``mart`` unless a file of the same inputs and code exists; tells whether it was made."""
        inputs = [*(self._load_print(name) for name in mart.reads), *(self._prints[name] for name in mart.uses)]
        self._prints[mart.name] = _digest([mart.name, self._code, *inputs])
        file = f"{mart.name}-{self._prints[mart.name][:16]}.duckdb"
        self.files[mart.name] = file
        if (self._folder / file).exists():
            return False
        self._workshop.write(mart.build(self), mart.name, self._folder / file)
        return True

    def _load_print(self, table: str) -> str:
        return _digest(sorted(load.id for load in self._loads if table in load.tables))

    def _read(self, table: str) -> ir.Table:
        declared = contract_table(table)
        ids = sorted(load.id for load in self._loads if table in load.tables)
        version = self.versions.get(table)
        if not ids or version is None:
            return self._workshop.empty(physical_schema(declared), f"in_{table}")
        rows = self._workshop.parquet(self._lake.files(table, version), f"in_{table}")
        committed = rows.filter(rows.load_id.isin(ids))
        self._nothing_missing(table, committed)
        return newest_by_key(committed, declared, several_loads=len(ids) > 1, collect=self.collect)

    def _nothing_missing(self, table: str, committed: ir.Table) -> None:
        counted = self.collect(committed.group_by("load_id").aggregate(rows=committed.count())).to_pylist()
        found = {row["load_id"]: row["rows"] for row in counted}
        for load in self._loads:
            expected = load.tables.get(table, 0)
            if found.get(load.id, 0) != expected:
                raise ContractViolation(
                    "load_incomplete", table=table, load=load.id, expected=expected, found=found.get(load.id, 0)
                )


def _code_print() -> str:
    here = Path(__file__).parent
    return _digest([file.read_text(encoding="utf-8") for file in sorted(here.glob("*.py"))])


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def mart_files(published: Build, folder: Path) -> Mapping[str, Path]:
    """Mart name → file of a published build."""
    return {name: folder / file for name, file in published.marts.items()}
