"""A home with a lake and a store, and files to bring in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as pads

from analytics.core.access import ROOT, Actor, Role, Scope
from data.lake.lake import Lake, lake_schema
from data.sources.ingest import ingest
from data.sources.mapping import load_mapping
from data.sources.report import IngestReport
from data.store.engine import Store, open_store
from data.store.records import Load
from data.store.unit_of_work import UnitOfWork

NOW = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
BRAND = Scope(frozenset({ROOT}))
JOB = Actor("service:test", "service:test", frozenset({Role.SERVICE}), frozenset({ROOT}))
Row = dict[str, Any]


@dataclass(frozen=True)
class Door:
    """Brings files in through a mapping written down in the test."""

    folder: Path
    lake: Lake
    store: Store

    @property
    def files(self) -> Path:
        return self.folder / "files"

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.files / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def mapping(self, toml: str) -> Path:
        path = self.folder / "mapping.toml"
        path.write_text(toml, encoding="utf-8")
        return path

    def bring(self, toml: str, path: Path | str | None = None, **options: Any) -> IngestReport:
        given: dict[str, Any] = {"lake": self.lake, "store": self.store, "actor": JOB, "now": NOW} | options
        return ingest(path or self.files, load_mapping(self.mapping(toml)), **given)

    def rows(self, table: str, *columns: str) -> list[Row]:
        """Committed rows of a lake table, in the order of file and line."""
        if self.lake.version(table) is None:
            return []
        data = pads.dataset(
            self.lake.files(table),
            schema=lake_schema(table),
            partitioning=pads.partitioning(pa.schema([("month", pa.string())]), flavor="hive"),
            partition_base_dir=str(self.folder / "lake" / table),
        )
        committed = {load.id for load in self.loads()}
        rows = [row for row in data.to_table().to_pylist() if row["load_id"] in committed]
        ordered = sorted(rows, key=lambda row: (row["file"], row["line"], row.get("column") or ""))
        return [{name: row[name] for name in columns} for row in ordered] if columns else ordered

    def values(self, table: str, column: str) -> list[Any]:
        return [row[column] for row in self.rows(table, column)]

    def rejects(self) -> list[tuple[Any, ...]]:
        """File, line, table, column, value and code of what was set aside."""
        names = ("file", "line", "table", "column", "value", "code")
        return [tuple(row[name] for name in names) for row in self.rows("rejects")]

    def loads(self) -> Sequence[Load]:
        with UnitOfWork(self.store, BRAND, reading=True) as work:
            return work.loads.all()


def open_door(folder: Path) -> Door:
    (folder / "files").mkdir(parents=True)
    store = open_store(f"sqlite:///{folder / 'store.db'}")
    store.migrate()
    return Door(folder, Lake(folder / "lake"), store)
