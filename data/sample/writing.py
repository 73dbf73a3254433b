"""Parquet files that grow while the world goes on."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.sample.columns import shape

ROWS_PER_GROUP = 500_000
"""Rows that are held before they are written: enough to compress well, few enough to stay out of the memory figures."""


LOOKED_AT = 20_000
"""Rows that tell which columns have few values."""


AHEAD = 200 << 20
"""Bytes that may wait to be written while the world goes on: a week of a large world is some gigabytes."""


class Files:
    """One ``<table>.parquet`` per table in ``folder``; what is added is written in groups of rows.

    Another thread writes, one group after the other: compressing takes a fifth of all work, and needs nothing of what
    goes on meanwhile.
    """

    def __init__(self, folder: Path, names: tuple[str, ...]) -> None:
        self.folder = folder
        self.rows = dict.fromkeys(names, 0)
        self._waiting: dict[str, list[pa.Table]] = {name: [] for name in names}
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._scribe = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sample-writer")
        self._ahead: deque[tuple[Future[None], int]] = deque()

    def __enter__(self) -> Files:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                for name in self.rows:
                    self._flush(name)
                self._catch_up(-1)
        finally:
            self._scribe.shutdown(cancel_futures=True)
            for writer in self._writers.values():
                writer.close()

    def add(self, name: str, table: pa.Table) -> None:
        """Append rows of one table; raises what went wrong with rows that were added before."""
        self._waiting[name].append(table)
        self.rows[name] += table.num_rows
        if sum(one.num_rows for one in self._waiting[name]) >= ROWS_PER_GROUP:
            self._flush(name)

    def _flush(self, name: str) -> None:
        waiting, self._waiting[name] = self._waiting[name], []
        if waiting or name not in self._writers:
            size = sum(one.nbytes for one in waiting)
            self._ahead.append((self._scribe.submit(self._write, name, waiting), size))
            del waiting
            self._catch_up(AHEAD)

    def _catch_up(self, most: int) -> None:
        """Wait until at most so many bytes are still to be written."""
        while self._ahead and (self._ahead[0][0].done() or sum(size for _, size in self._ahead) > most):
            self._ahead.popleft()[0].result()

    def _write(self, name: str, waiting: list[pa.Table]) -> None:
        rows = pa.concat_tables([shape(name).empty_table(), *waiting])
        if name not in self._writers:
            self._writers[name] = self._begun(name, rows.slice(0, LOOKED_AT))
        if waiting:
            self._writers[name].write_table(rows.combine_chunks(), row_group_size=ROWS_PER_GROUP)

    def _begun(self, name: str, first: pa.Table) -> pq.ParquetWriter:
        """A file whose columns have dictionaries but for those of numbers that never come again, where it were in vain.

        Nobody looks for ranges in these files, so that they carry no statistics.
        """
        again = [one for one in first.column_names if not _ever_new(first[one])]
        return pq.ParquetWriter(
            self.folder / f"{name}.parquet", shape(name), compression="zstd", use_dictionary=again,
            write_statistics=False,
        )  # fmt: skip


def _ever_new(column: pa.ChunkedArray) -> bool:
    """What lies under a null is read differently without a dictionary, so that columns with nulls keep theirs."""
    return column.null_count == 0 and 2 * len(pc.unique(column)) > len(column)
