"""Parquet files that grow while the world goes on."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

from data.sample.columns import shape

ROWS_PER_GROUP = 500_000
"""Rows that are held before they are written: enough to compress well, few enough to stay out of the memory figures."""


class Files:
    """One ``<table>.parquet`` per table in ``folder``; what is added is written in groups of rows."""

    def __init__(self, folder: Path, names: tuple[str, ...]) -> None:
        self.folder = folder
        self.rows = dict.fromkeys(names, 0)
        self._waiting: dict[str, list[pa.Table]] = {name: [] for name in names}
        self._writers: dict[str, pq.ParquetWriter] = {}

    def __enter__(self) -> Files:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in self.rows:
            if kind is None:
                self._flush(name)
        for writer in self._writers.values():
            writer.close()

    def add(self, name: str, table: pa.Table) -> None:
        """Append rows of one table."""
        self._waiting[name].append(table)
        self.rows[name] += table.num_rows
        if sum(one.num_rows for one in self._waiting[name]) >= ROWS_PER_GROUP:
            self._flush(name)

    def _flush(self, name: str) -> None:
        if name not in self._writers:
            self._writers[name] = pq.ParquetWriter(self.folder / f"{name}.parquet", shape(name), compression="zstd")
        waiting, self._waiting[name] = self._waiting[name], []
        if waiting:
            self._writers[name].write_table(pa.concat_tables(waiting).combine_chunks(), row_group_size=ROWS_PER_GROUP)
