"""The lake: one Delta table per contract table, and those about rows that were set aside."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import TableNotFoundError
from pyarrow.dataset import dataset

from analytics.core.errors import MissingData
from data.contract import TABLES, contract_table
from data.contract.schema import Family, physical_schema

REJECTS = "rejects"
REJECT_SCHEMA = pa.schema(
    [
        ("load_id", pa.string()),
        ("source", pa.string()),
        ("file", pa.string()),
        ("line", pa.int64()),
        ("table", pa.string()),
        ("column", pa.string()),
        ("value", pa.string()),
        ("code", pa.string()),
        ("facts", pa.string()),
        ("rejected_at", pa.timestamp("us", tz="UTC")),
    ]
)
"""One row per offending column. ``code`` names the sentence with the remedy (``reject.<code>``), ``facts`` is a JSON
object that fills its blanks."""

HALF = re.compile(r"#\d+$|\.tmp$")
"""Names under which files and entries of the log are written before they get their own."""

RECORDS = "reject_records"
SETTLED = "settled_rejects"
RECORD_SCHEMA = pa.schema(
    [
        ("load_id", pa.string()),
        ("source", pa.string()),
        ("file", pa.string()),
        ("line", pa.int64()),
        ("table", pa.string()),
        ("key", pa.string()),
        ("names", pa.list_(pa.string())),
        ("cells", pa.list_(pa.string())),
    ]
)
"""The record behind a reject as the source has it, its key in the contract's terms where it could be read."""
SETTLED_SCHEMA = pa.schema(
    [
        ("load_id", pa.string()),
        ("source", pa.string()),
        ("of_load", pa.string()),
        ("of_file", pa.string()),
        ("of_line", pa.int64()),
    ]
)
"""Rejects of earlier loads whose rows came again, mended, with this load."""

_BESIDE = {REJECTS: REJECT_SCHEMA, RECORDS: RECORD_SCHEMA, SETTLED: SETTLED_SCHEMA}
"""Tables beside those of the contract."""

SMALL_FILES = 64
"""Files of one partition from which rewriting them pays: opening a file costs about as much as reading a megabyte."""


def lake_schema(table: str) -> pa.Schema:
    """Arrow schema of ``table`` in the lake; raises ContractViolation for an unknown one."""
    return _BESIDE[table] if table in _BESIDE else physical_schema(contract_table(table))


class Lake:
    """Delta tables under ``root``. Rows are only ever appended; whether a row counts is told by its ``load_id``."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def append(self, table: str, batches: pa.RecordBatchReader) -> int:
        """Append ``batches`` (schema of :func:`lake_schema`) as one transaction; returns the table's new version."""
        path = self._path(table)
        path.mkdir(parents=True, exist_ok=True)
        write_deltalake(path, batches, mode="append", partition_by=_partitions(table))
        return DeltaTable(path).version()

    def tables(self) -> list[str]:
        """Names of the tables that have been written, those about rejects included, sorted."""
        return sorted(name for name in (*TABLES, *_BESIDE) if self.version(name) is not None)

    def version(self, table: str) -> int | None:
        """Newest version of ``table``; None when nothing was ever loaded into it."""
        try:
            return DeltaTable(self._path(table)).version()
        except TableNotFoundError:
            return None

    def files(self, table: str, version: int | None = None) -> list[str]:
        """Parquet files of ``table`` at ``version`` (default: the newest). The value of a partition (``month``)
        stands in the path alone. Raises MissingData when the table was never written.
        """
        try:
            return DeltaTable(self._path(table), version=version).file_uris()
        except TableNotFoundError:
            raise MissingData("table_not_loaded", tables=table) from None

    def compact(self, table: str) -> int:
        """Merge small files where a partition holds many; returns the version to read from now on."""
        delta = DeltaTable(self._path(table))
        if len(delta.file_uris()) >= SMALL_FILES:
            delta.optimize.compact()
        return delta.version()

    def sweep(self, table: str, *, committed: Collection[str], untouched_since: datetime) -> int:
        """Delete rows whose load is not ``committed`` from files that are older than that; returns how many.

        Younger files may belong to a load that is still running.
        """
        delta = DeltaTable(self._path(table))
        limit = untouched_since.timestamp() * 1000
        written = pa.table(delta.get_add_actions(flatten=True)).to_pylist()
        old = [str(self._path(table) / file["path"]) for file in written if file["modification_time"] < limit]
        if not old:
            return 0
        seen = pc.unique(dataset(old).to_table(columns=["load_id"])["load_id"]).to_pylist()
        abandoned = sorted(set(seen) - set(committed))
        if not abandoned:
            return 0
        listed = ", ".join("'" + load.replace("'", "''") + "'" for load in abandoned)
        return int(delta.delete(f"load_id IN ({listed})")["num_deleted_rows"])

    def vacuum(self, table: str, *, keep: timedelta) -> list[str]:
        """Delete files that no version younger than ``keep`` reads, those of appends that never ended included; returns
        their names.
        """
        hours = int(keep.total_seconds() // 3600)
        delta = DeltaTable(self._path(table))
        return delta.vacuum(retention_hours=hours, dry_run=False, enforce_retention_duration=False, full=True)

    def leftovers(self) -> Iterator[Path]:
        """What writers that were killed left and no version of any table can speak of: halves of files, and files of
        tables whose first append never ended.
        """
        written = set(self.tables())
        for table in (*TABLES, REJECTS):
            files = (path for path in sorted((self.root / table).rglob("*")) if path.is_file())
            yield from (path for path in files if table not in written or HALF.search(path.name))

    def _path(self, table: str) -> Path:
        lake_schema(table)
        return self.root / table


def _partitions(table: str) -> list[str] | None:
    if table in _BESIDE or contract_table(table).family is Family.DIMENSION:
        return None
    return ["month"]
