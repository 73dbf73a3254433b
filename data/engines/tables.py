"""Tables of an engine, made from expressions and from rows in memory.

What Ibis does for this asks the engine what became of every table, copies statements, and reads its own SQL again:
dearer than most tables are, where a build makes a hundred of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend
from ibis.backends.sql.datatypes import DuckDBType
from ibis.expr import operations as ops
from ibis.util import gen_name
from sqlglot import exp

TEMPORARY = ("temp", "main")
"""Catalog and schema of tables that go with the connection."""


def create(
    backend: Backend, name: str, rows: ir.Table | pa.Table, *, place: tuple[str, str] = TEMPORARY, replace: bool = False
) -> ir.Table:
    """Make the table ``name``, with the columns that ``rows`` declare; ``replace`` one that is there, unless ``rows``
    read it.
    """
    schema = ibis.schema(rows.schema) if isinstance(rows, pa.Table) else rows.schema()
    columns = ", ".join(
        f"{quoted(column)} {sql_type(kind)}{'' if kind.nullable else ' NOT NULL'}" for column, kind in schema.items()
    )
    kind = f"{'OR REPLACE ' if replace else ''}{'TEMPORARY ' if place == TEMPORARY else ''}TABLE"
    backend.con.execute(f"CREATE {kind} {named(name, place)} ({columns})")
    insert(backend, name, rows, place=place)
    return _known(backend, name, {one: _held(kind) for one, kind in schema.items()}, place)


def insert(backend: Backend, name: str, rows: ir.Table | pa.Table, *, place: tuple[str, str]) -> None:
    """Add ``rows`` to the table ``name``, column by column of the same name."""
    if isinstance(rows, pa.Table):
        _insert_from_memory(backend, name, rows, place)
        return
    # Rows in memory and functions of ours become known to the engine.
    backend._run_pre_execute_hooks(rows)
    _insert(backend, name, backend.compiler.to_sqlglot(rows), rows.columns, place)


def _insert_from_memory(backend: Backend, name: str, rows: pa.Table, place: tuple[str, str]) -> None:
    if not rows.num_rows:
        return
    view = gen_name("memory")
    backend.con.register(view, rows)
    try:
        columns = [exp.column(one, quoted=True) for one in rows.column_names]
        query = exp.select(*columns).from_(exp.table_(view, quoted=True))
        _insert(backend, name, query, rows.column_names, place)
    finally:
        backend.con.unregister(view)


def _insert(backend: Backend, name: str, query: exp.Query, columns: Sequence[str], place: tuple[str, str]) -> None:
    into = exp.table_(name, db=place[1], catalog=place[0], quoted=True)
    names: list[str | exp.Identifier] = [exp.to_identifier(column, quoted=True) for column in columns]
    backend.con.execute(exp.insert(query, into, names, copy=False).sql("duckdb", copy=False))


def found(backend: Backend, name: str, place: tuple[str, str]) -> ir.Table:
    """The table ``name``, with the columns that the engine tells."""
    columns = backend.con.execute(f"DESCRIBE {named(name, place)}").fetchall()
    schema = {column: _read(kind, nullable == "YES") for column, kind, nullable, *_ in columns}
    return _known(backend, name, schema, place)


def _known(backend: Backend, name: str, schema: Mapping[str, Any], place: tuple[str, str]) -> ir.Table:
    namespace = ops.Namespace(catalog=place[0], database=place[1])
    return ops.DatabaseTable(name, schema=ibis.schema(schema), source=backend, namespace=namespace).to_expr()


def named(name: str, place: tuple[str, str]) -> str:
    return ".".join(map(quoted, (*place, name)))


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@lru_cache(maxsize=512)
def sql_type(kind: Any) -> str:
    return str(DuckDBType.to_string(kind))


@lru_cache(maxsize=512)
def _held(kind: Any) -> Any:
    """What the engine makes of a declared type: for instance, it has decimals of some precision only."""
    return _read(sql_type(kind), kind.nullable)


@lru_cache(maxsize=512)
def _read(kind: str, nullable: bool) -> Any:
    return DuckDBType.from_string(kind, nullable=nullable)
