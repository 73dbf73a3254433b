"""Ibis' DuckDB backend without its detours: on small tables they cost more than the work itself.

Ibis asks the database for names that it was just given, writes a statement, reads it again and writes it a second time,
and lets DuckDB plan every question twice. What is asked and what comes back is the same.
"""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import Any

import duckdb
import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends import duckdb as original
from ibis.backends.duckdb.converter import DuckDBPyArrowData
from ibis.backends.sql.compilers.base import AlterTable, RenameTable
from ibis.common.exceptions import TableNotFound
from ibis.util import gen_name
from sqlglot import exp

Place = tuple[str, str]
"""Catalog and schema of a table."""

TEMPORARY: Place = ("temp", "main")
# A copy of few rows is the lesser price: without it DuckDB plans every question twice.
warnings.filterwarnings("ignore", "Arrow output on a DB-API result", UserWarning)


class Backend(original.Backend):  # type: ignore[misc]  # Ibis has no types
    """Keeps the signatures of Ibis as far as this project uses them, over a database in memory."""

    def create_table(
        self, name: str, /, obj: ir.Table | pa.Table, *, database: Place = ("memory", "main"), temp: bool = False,
        overwrite: bool = False,
    ) -> ir.Table:  # fmt: skip
        """A table of the rows of ``obj`` under the types that it declares, computed now."""
        place = TEMPORARY if temp else database
        rows = obj if isinstance(obj, ir.Table) else ibis.memtable(obj)
        # The new rows may be made from the old ones.
        made, final = _table(gen_name("made") if overwrite else name, place), _table(name, place)
        shape = exp.Schema(this=made, expressions=rows.schema().to_sqlglot_column_defs(self.dialect))
        kept = exp.Properties(expressions=[exp.TemporaryProperty()] if temp else [])
        self._run(exp.Create(this=shape, kind="TABLE", properties=kept))
        if isinstance(obj, ir.Table) or len(obj):
            self._put(made, rows)
        if overwrite:
            self._run(exp.Drop(this=final, kind="TABLE", exists=True))
            self._run(AlterTable(this=made, actions=[RenameTable(this=exp.to_identifier(name, quoted=True))]))
        return self.table(name, database=place)

    def insert(self, name: str, /, obj: ir.Table, *, database: Place) -> None:
        """Add the rows of ``obj``, which has the columns of the table."""
        self._put(_table(name, database), obj)

    def _put(self, target: exp.Table, rows: ir.Table) -> None:
        self._run_pre_execute_hooks(rows)
        columns = [exp.to_identifier(name, quoted=True) for name in rows.columns]
        query = self.compiler.to_sqlglot(rows)
        self._run(exp.Insert(this=exp.Schema(this=target, expressions=columns), expression=query))

    def _run(self, statement: exp.Expression) -> None:
        self.con.execute(statement.sql(self.dialect, copy=False))

    def get_schema(self, table_name: str, *, catalog: str | None = None, database: str | None = None) -> ibis.Schema:
        named = exp.table_(table_name, db=database, catalog=catalog, quoted=True)
        try:
            told = self.con.execute(exp.Describe(this=named).sql(self.dialect)).fetchall()
        except duckdb.CatalogException as error:
            raise TableNotFound(table_name) from error
        read = self.compiler.type_mapper
        return ibis.schema({name: _type(read, kind, null == "YES") for name, kind, null, *_ in told})

    def to_pyarrow(self, expr: ir.Expr, /, **asked: Any) -> Any:
        """For answers of few rows; many are streamed."""
        self._run_pre_execute_hooks(expr)
        found = self.con.execute(self.compile(expr.as_table(), **asked)).to_arrow_table()
        return expr.__pyarrow_result__(found, data_mapper=DuckDBPyArrowData)


@lru_cache(maxsize=512)
def _type(mapper: Any, kind: str, nullable: bool) -> dt.DataType:
    return mapper.from_string(kind, nullable=nullable)


def _table(name: str, place: Place) -> exp.Table:
    catalog, schema = (exp.to_identifier(one, quoted=True) for one in place)
    return exp.Table(this=exp.to_identifier(name, quoted=True), db=schema, catalog=catalog)
