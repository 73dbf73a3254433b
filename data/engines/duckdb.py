"""The embedded engine: one DuckDB process-wide connection over a build's immutable mart files."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend
from ibis.common.exceptions import TableNotFound
from ibis.expr.operations import Node
from sqlglot import exp

NOTES = "made_from"
"""Table beside a mart, in its file: what the mart was made from."""
ROW = "row"
"""Column that numbers the rows of a mart's file."""
# A copy of few rows is the lesser price: without it DuckDB plans every question twice.
warnings.filterwarnings("ignore", "Arrow output on a DB-API result", UserWarning)
_TARGET = ("target", "main")
_AT_ONCE = 1 << 30


class DuckDBEngine:
    """Answers expressions over the marts of one build.

    One connection is shared and every call takes its own ``cursor()``: a connection used by several threads at once
    hands one thread the rows of another.
    """

    def __init__(self, marts: Mapping[str, Path]) -> None:
        self._connection = duckdb.connect(":memory:")
        self._tables: dict[str, ir.Table] = {}
        with self._connection.cursor() as cursor:
            cursor.execute("SET enable_progress_bar = false")
            for name, file in marts.items():
                cursor.execute(f"ATTACH '{_quoted(file)}' AS {_alias(name)} (READ_ONLY)")
                cursor.execute(f"CREATE VIEW {name} AS FROM {_alias(name)}.main.{name}")
        backend = ibis.duckdb.from_connection(self._connection.cursor())
        for name in marts:
            self._tables[name] = ibis.table(backend.table(name).schema(), name=name)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._tables)

    def table(self, name: str) -> ir.Table:
        """The mart as an unbound expression; knows its columns, holds no connection."""
        return self._tables[name]

    def answer(self, expression: ir.Table, *, many: bool = False) -> pa.Table:
        """Execute and return every row, in the types the expression declares; decimals stay decimals.

        ``many``: rows by the hundred thousand are handed over without a copy; for fewer the copy is the lesser price,
        for without it DuckDB plans every question twice.
        """
        statement = _compiled(expression.op())
        with self._connection.cursor() as cursor:
            asked: Any = cursor.sql(statement) if many else cursor.execute(statement)
            found: pa.Table = asked.to_arrow_table()
        # DuckDB sums 64-bit integers into 128 bits and truncates dates to timestamps; the declaration is what counts.
        return found.cast(expression.schema().to_pyarrow())

    def close(self) -> None:
        self._connection.close()


@lru_cache(maxsize=2048)
def _compiled(question: Node) -> str:
    """SQL of an expression; nodes compare by structure, so the same question is compiled once."""
    return str(ibis.to_sql(question.to_expr(), dialect="duckdb", pretty=False))


def _alias(name: str) -> str:
    return f"mart_{name}"


def _copy(file: Path, target: Path) -> None:
    """Copy a file; where the file system can, both share their content until one of them is written."""
    with file.open("rb") as source, target.open("wb") as copy:
        try:
            while os.copy_file_range(source.fileno(), copy.fileno(), _AT_ONCE):
                pass
        except (AttributeError, OSError):
            # Not on this system, or not from there to here.
            shutil.copyfile(file, target)


def _quoted(file: Path) -> str:
    return str(file).replace("'", "''")


class Workshop:
    """A scratch DuckDB in which marts are built: reads lake files, writes one immutable file per mart."""

    def __init__(self, scratch: Path, *, memory: str = "2GB", threads: int | None = None) -> None:
        scratch.mkdir(parents=True, exist_ok=True)
        self._raw = duckdb.connect(":memory:")
        self._raw.execute(f"SET temp_directory = '{_quoted(scratch)}'")
        self._raw.execute(f"SET memory_limit = '{memory}'")
        self._raw.execute("SET enable_progress_bar = false")
        if threads:
            self._raw.execute(f"SET threads = {int(threads)}")
        self.backend: Backend = ibis.duckdb.from_connection(self._raw)
        self._attached: dict[Path, str] = {}

    def parquet(self, files: list[str], name: str, *, filename: bool = False) -> ir.Table:
        """Lake files as a table; the month comes from the folder names of the partitions.

        ``filename`` adds a column of that name: the file that holds the row.
        """
        return self.backend.read_parquet(
            sorted(files), table_name=name, hive_partitioning=True, union_by_name=True, filename=filename
        )

    def empty(self, schema: pa.Schema, name: str) -> ir.Table:
        return self.backend.create_table(name, schema.empty_table(), temp=True, overwrite=True)

    def keep(self, expression: ir.Table, name: str) -> ir.Table:
        """Compute now and keep inside the workshop, for expressions that several marts use."""
        return self.backend.create_table(name, expression, temp=True, overwrite=True)

    def write(
        self,
        expression: ir.Table | pa.Table | tuple[ir.Table, ...],
        name: str,
        file: Path,
        notes: pa.Table | None = None,
    ) -> None:
        """Write the mart ``name``, at once or part by part, into ``file``, with ``notes`` in a table beside it; all of
        it appears or nothing."""
        first, *rest = expression if isinstance(expression, tuple) else (expression,)
        with self._appearing(file) as half, self._target(half):
            self.backend.create_table(name, first, database=_TARGET)
            for part in rest:
                self.backend.insert(name, part, database=_TARGET)
            self._note(notes)

    def revise(
        self, base: Path, name: str, gone: ir.Table, come: ir.Table, file: Path, notes: pa.Table | None = None
    ) -> None:
        """Write into ``file`` what ``base`` holds, without the rows that ``gone`` numbers in ROW, and with ``come``."""
        with self._appearing(file) as half:
            _copy(base, half)
            with self._target(half):
                rows = self.backend.compiler.to_sqlglot(gone.select(ROW))
                out = exp.delete(exp.table_(name, db="main", catalog="target"))
                self._raw.execute(out.where(exp.column("rowid").isin(query=rows)).sql("duckdb"))
                self.backend.insert(name, come, database=_TARGET)
                self._note(notes)

    def _note(self, notes: pa.Table | None) -> None:
        if notes is not None:
            self.backend.create_table(NOTES, notes, database=_TARGET, overwrite=True)

    @contextmanager
    def _appearing(self, file: Path) -> Iterator[Path]:
        """A name to write under; it becomes ``file`` at the end, unless something went wrong."""
        file.parent.mkdir(parents=True, exist_ok=True)
        # A name of its own: two builds at once must not write into one file.
        half = file.with_name(f"{file.stem}-{uuid4().hex[:8]}.half")
        try:
            yield half
            half.replace(file)
        finally:
            half.unlink(missing_ok=True)

    @contextmanager
    def _target(self, file: Path) -> Iterator[None]:
        self._raw.execute(f"ATTACH '{_quoted(file)}' AS target")
        try:
            yield
        finally:
            self._raw.execute("DETACH target")

    def notes(self, file: Path) -> pa.Table | None:
        """The notes that were written beside a mart; None where there are none."""
        try:
            return self.backend.table(NOTES, database=(self._catalog(file), "main")).to_pyarrow()
        except TableNotFound:
            return None

    def attach(self, name: str, file: Path) -> ir.Table:
        """A mart that was built before, as a table."""
        return self.backend.table(name, database=(self._catalog(file), "main"))

    def _catalog(self, file: Path) -> str:
        """What this workshop calls a finished mart file; attaches it the first time.

        Never a second time: DuckDB 2.0 waits for ever in ATTACH IF NOT EXISTS for a file that this connection knows
        under another name and another connection of the process under this one.
        """
        if file not in self._attached:
            alias = f"mart_{len(self._attached)}"
            self._raw.execute(f"ATTACH '{_quoted(file)}' AS {alias} (READ_ONLY)")
            self._attached[file] = alias
        return self._attached[file]

    def collect(self, expression: ir.Table) -> pa.Table:
        return expression.to_pyarrow()

    def close(self) -> None:
        self._raw.close()
