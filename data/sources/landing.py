"""Puts sifted rows into the lake, with the columns that the door adds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from data.contract import contract_table
from data.contract.schema import Family, Kind, Table
from data.lake.lake import REJECTS, Lake, lake_schema
from data.sources.csv_files import BadLine
from data.sources.declarations import Mapping
from data.sources.limits import FIELD_CHARACTERS
from data.sources.mapping import DELETED
from data.sources.readers import FILE, LINE
from data.sources.report import Progress
from data.sources.sections import local_name
from data.sources.sifting import REJECT_COLUMNS
from data.sources.staging import Staging

_BATCH = 100_000
"""Rows handed over at a time: large enough to be cheap, small enough to stay out of the memory figures."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What all rows of one load share."""

    mapping: Mapping
    load_id: str
    extract_at: datetime
    loaded_at: datetime


@dataclass(frozen=True, slots=True)
class Landing:
    """Appends to the lake on behalf of one load."""

    stamp: Stamp
    staging: Staging
    lake: Lake
    progress: Progress

    def land(self, name: str, good: ir.Table) -> int:
        """Append good rows to contract table ``name``; returns how many."""
        return self.append(name, _lake_rows(contract_table(name), good, self.stamp))

    def set_aside(self, rejects: Sequence[ir.Table]) -> tuple[int, dict[str, int]]:
        """Append rejects; returns the number of rows they come from and of values per code."""
        if not rejects:
            return 0, {}
        stacked = ibis.union(*rejects) if len(rejects) > 1 else rejects[0]
        staged = self.staging.keep(stacked)
        self.append(REJECTS, _reject_rows(staged, self.stamp))
        lines = self.staging.count(staged.select(FILE, LINE).distinct())
        counted = staged.group_by("code").aggregate(n=staged.count()).order_by("code").to_pyarrow().to_pylist()
        return lines, {row["code"]: row["n"] for row in counted}

    def append(self, name: str, rows: ir.Table) -> int:
        """Append ``rows`` to the lake's table ``name``; returns how many."""
        schema = lake_schema(name)
        counted = _Counted(self.progress)
        batches = self.staging.stream(rows.select(schema.names), batch=_BATCH)
        first = next(batches, None)
        # A table that would get no row gets no version either.
        if first is not None and first.num_rows:
            flow = counted.flow(first, batches, schema)
            self.lake.append(name, pa.RecordBatchReader.from_batches(schema, flow))
        return counted.rows


class _Counted:
    """Counts rows while they pass."""

    def __init__(self, progress: Progress) -> None:
        self.rows = 0
        self._progress = progress

    def flow(self, first: pa.RecordBatch, others: pa.RecordBatchReader, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        batch: pa.RecordBatch | None = first
        while batch is not None:
            self.rows += batch.num_rows
            yield batch.cast(schema)
            self._progress("load", self.rows, None)
            batch = next(others, None)


def unreadable_lines(lines: Sequence[tuple[str, BadLine]], table: str) -> ir.Table:
    """Records that could not be split into columns, as rejects of ``table``."""
    rows = [(file, bad.line, table, "", bad.value, bad.code, _facts_of(bad)) for file, bad in lines]
    kinds = {name: pa.int64() if name == LINE else pa.string() for name in REJECT_COLUMNS}
    columns = [pa.array([row[at] for row in rows], kind) for at, kind in enumerate(kinds.values())]
    return ibis.memtable(pa.table(columns, schema=pa.schema(list(kinds.items()))))


def _facts_of(bad: BadLine) -> str:
    return json.dumps({"expected": bad.expected, "found": bad.found, "limit": FIELD_CHARACTERS})


def _reject_rows(staged: ir.Table, stamp: Stamp) -> ir.Table:
    return staged.mutate(
        load_id=ibis.literal(stamp.load_id),
        source=ibis.literal(stamp.mapping.source),
        file=staged[FILE],
        line=staged[LINE],
        rejected_at=ibis.literal(stamp.loaded_at, type="timestamp('UTC', 6)"),
    )


def _lake_rows(table: Table, good: ir.Table, stamp: Stamp) -> ir.Table:
    schema = lake_schema(table.name)
    own = {name: ibis.null(ibis.dtype(schema.field(name).type)) for name in table.names if name not in good.columns}
    rows = good.mutate(**own) if own else good
    day, filed = _days(table, rows, stamp.mapping)
    return rows.mutate(
        source=ibis.literal(stamp.mapping.source),
        load_id=ibis.literal(stamp.load_id),
        file=rows[FILE],
        line=rows[LINE],
        extract_at=ibis.literal(stamp.extract_at, type="timestamp('UTC', 6)"),
        loaded_at=ibis.literal(stamp.loaded_at, type="timestamp('UTC', 6)"),
        deleted=rows[DELETED].fill_null(False) if DELETED in good.columns else ibis.literal(False),
        business_day=day,
        month=ibis.literal("all") if table.family is Family.DIMENSION else filed.strftime("%Y-%m").fill_null("all"),
    )


def _days(table: Table, rows: ir.Table, mapping: Mapping) -> tuple[ir.Value, ir.Value]:
    """Business day, and the day whose month files the row: also a row that has no business day (an unpaid order) lies
    in a month, that of its first required time.
    """
    if table.time is None:
        return ibis.null("date"), ibis.null("date")
    required = [column.name for column in table.columns if column.required and column.kind in (Kind.TIME, Kind.DATE)]
    names = [table.time, *(name for name in required if name != table.time)]
    days = [_business_day(rows, name, mapping) for name in names]
    return days[0], ibis.coalesce(*days)


def _business_day(rows: ir.Table, name: str, mapping: Mapping) -> ir.Value:
    if rows[name].type().is_date():
        return rows[name]
    if local_name(name) not in rows.columns:
        return ibis.null("date")
    local = rows[local_name(name)]
    return (local - ibis.interval(hours=mapping.day_ends)).date() if mapping.day_ends else local.date()
