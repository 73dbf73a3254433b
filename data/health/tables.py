"""Each loaded table looked over: rows and days, keys that came twice, empty cells, codes that nothing knows."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from uuid import uuid4

import ibis.expr.types as ir

from data.contract import TABLES, contract_table
from data.contract.schema import Column, Sensitivity, Table
from data.engines.duckdb import Workshop
from data.lake.lake import Lake
from data.marts.current import identity
from data.store.records import Build

EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class ColumnHealth:
    """One column: rows without a value, rows whose code no row of the table ``of`` has, and some such codes.

    ``of`` is None for a column that names no other table, or one that was never loaded.
    """

    column: str
    nulls: int
    of: str | None = None
    orphans: int = 0
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableHealth:
    """One table of a build: rows that were loaded and not deleted, their business days, ``repeated`` rows (whose key
    another row has, too: the newest extract counts), and the columns about which there is something to say.
    """

    table: str
    rows: int
    repeated: int
    first: date | None
    last: date | None
    columns: tuple[ColumnHealth, ...]


def looked_over(lake: Lake, build: Build, folder: Path) -> tuple[TableHealth, ...]:
    """Every table that ``build`` is made of; looked over once per build and remembered in ``folder``."""
    file = folder / f"{build.id}.json"
    if file.exists():
        return tuple(map(_read, json.loads(file.read_text(encoding="utf-8"))))
    found = tuple(_look(lake, build, folder / f"scratch-{uuid4().hex[:8]}"))
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.json"):
        old.unlink(missing_ok=True)
    half = folder / f".{uuid4().hex}"
    half.write_text(json.dumps([asdict(one) for one in found], default=str), encoding="utf-8")
    half.replace(file)
    return found


def _look(lake: Lake, build: Build, scratch: Path) -> Iterator[TableHealth]:
    workshop = Workshop(scratch, memory="1GB")
    try:
        tables = {name: _rows(workshop, lake, name, build) for name in TABLES if name in build.table_versions}
        for name, rows in tables.items():
            yield _health(workshop, contract_table(name), rows, tables)
    finally:
        workshop.close()
        scratch.rmdir() if scratch.is_dir() and not any(scratch.iterdir()) else None


def _rows(workshop: Workshop, lake: Lake, name: str, build: Build) -> ir.Table:
    rows = workshop.parquet(lake.files(name, build.table_versions[name]), f"in_{name}")
    return rows.filter(rows.load_id.isin(build.loads) & ~rows.deleted.fill_null(False))


def _health(workshop: Workshop, table: Table, rows: ir.Table, tables: Mapping[str, ir.Table]) -> TableHealth:
    optional = [column.name for column in table.columns if not column.required and column.name in rows.columns]
    digest = identity(rows, table)
    key = digest[0].fill_null("")
    for part in digest[1:]:
        key = key.concat("\x1f", part.fill_null(""))
    counted = rows.aggregate(
        rows=rows.count(), keys=key.hash().nunique(), first=rows.business_day.min(), last=rows.business_day.max(),
        **{f"null_{name}": rows[name].isnull().sum() for name in optional},
    )  # fmt: skip
    told = workshop.collect(counted).to_pylist()[0]
    nulls = {name: int(told[f"null_{name}"] or 0) for name in optional}
    orphans = {one.column: one for one in _orphans(workshop, table, rows, tables)}
    names = [column.name for column in table.columns if nulls.get(column.name) or column.name in orphans]
    columns = tuple(_column(name, nulls.get(name, 0), orphans.get(name)) for name in names)
    return TableHealth(table.name, told["rows"], told["rows"] - told["keys"], told["first"], told["last"], columns)


def _column(name: str, nulls: int, orphan: ColumnHealth | None) -> ColumnHealth:
    if orphan is None:
        return ColumnHealth(name, nulls)
    return ColumnHealth(name, nulls, orphan.of, orphan.orphans, orphan.examples)


def _orphans(
    workshop: Workshop, table: Table, rows: ir.Table, tables: Mapping[str, ir.Table]
) -> Iterator[ColumnHealth]:
    for column in table.columns:
        target = _target(column, tables)
        if target is None or column.name not in rows.columns:
            continue
        of, key = target
        known = tables[of].select(code=tables[of][key].cast("string")).distinct()
        named = rows.filter(rows[column.name].notnull()).select(code=rows[column.name].cast("string"))
        lost = named.group_by("code").aggregate(rows=named.count()).anti_join(known, "code")
        kept = workshop.keep(lost, f"orphans_{uuid4().hex[:8]}")
        sums = workshop.collect(kept.aggregate(rows=kept["rows"].sum())).to_pylist()[0]["rows"]
        if sums:
            most = workshop.collect(kept.order_by([kept["rows"].desc(), "code"]).limit(EXAMPLES))["code"].to_pylist()
            shown: Sequence[str] = () if column.sensitivity is Sensitivity.PERSONAL or of == "account" else most
            yield ColumnHealth(column.name, 0, of, int(sums), tuple(shown))


def _target(column: Column, tables: Collection[str]) -> tuple[str, str] | None:
    """The table and the column of it that the values of ``column`` repeat; None where it was not loaded."""
    if column.references is None:
        return None
    of, _, key = column.references.partition(".")
    return (of, key or contract_table(of).key[-1]) if of in tables else None


def _read(told: dict[str, object]) -> TableHealth:
    columns = tuple(ColumnHealth(**{**one, "examples": tuple(one["examples"])}) for one in told["columns"])  # type: ignore[attr-defined]
    days = {name: date.fromisoformat(str(told[name])) if told[name] else None for name in ("first", "last")}
    return TableHealth(**{**told, **days, "columns": columns})  # type: ignore[arg-type]
