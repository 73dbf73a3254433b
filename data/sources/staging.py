"""Rows kept in DuckDB between two looks at them, spilling to disk when they are many."""

from __future__ import annotations

import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend
from ibis.util import gen_name


class Staging:
    """Temporary tables of one load; gone with :meth:`forget`."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self._kept: list[str] = []

    def keep(self, rows: ir.Table) -> ir.Table:
        """Compute ``rows`` now and once."""
        name = gen_name("staged")
        table = self.backend.create_table(name, rows, temp=True)
        self._kept.append(name)
        return table

    def count(self, rows: ir.Table) -> int:
        return int(rows.count().to_pyarrow().as_py())

    def total(self, value: ir.Column) -> int:
        return int(value.sum().to_pyarrow().as_py() or 0)

    def stream(self, rows: ir.Table, *, batch: int) -> pa.RecordBatchReader:
        """The rows in pieces of about ``batch``; nothing else may be asked before the last piece.

        Not Ibis' own streaming: it calls a function that DuckDB 2 no longer has. Not a cursor: temporary tables belong
        to one connection.
        """
        statement = self.backend.compile(rows)
        return self.backend.con.sql(statement).to_arrow_reader(batch)

    def forget(self) -> None:
        """Drop everything that was kept."""
        while self._kept:
            self.backend.drop_table(self._kept.pop(), database=("temp", "main"))
