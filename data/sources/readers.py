"""Reads files and database tables into one table of text columns, each row with its file and record number."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends.duckdb import Backend
from ibis.util import gen_name

from analytics.core.errors import ContractViolation
from data.sources.csv_files import BadLine, Header, careful_rows, csv_header, ends_open
from data.sources.encodings import utf8_copy
from data.sources.handed_back import as_expected
from data.sources.inputs import Origin, shown
from data.sources.sheets import SPREADSHEETS, sheet, unreadable
from data.sources.steadiness import Look
from data.sources.totals import without_totals

FILE, LINE = "__file", "__line"
_CHUNK = 50_000


@dataclass(frozen=True, slots=True)
class Raw:
    """Rows as the source has them. ``table`` has the source's columns, :data:`FILE` and :data:`LINE` (the number of
    the record within the file; a header is record 1). ``modified`` is None where the source does not tell. ``bad``:
    records that are no rows of the table; ``open_end``: the last line may be cut off; ``look``: the file as it was.
    """

    origin: Origin
    table: ir.Table
    digest: str
    modified: datetime | None
    bad: tuple[BadLine, ...] = ()
    open_end: bool = False
    look: Look | None = None


def read(origin: Origin, look: Look | None, backend: Backend, scratch: Path) -> Raw:
    """Open ``origin``, a file at which was looked before, or a table of a database.

    Raises ContractViolation (unreadable_file, empty_file, duplicate_header, unknown_sheet, merged_header,
    header_beyond_file, workbook_too_large, wrong_encoding_declared, database_unreachable).
    """
    if look is None:
        return _database(origin, backend, scratch)
    modified = datetime.fromtimestamp(look.changed / 1e9, tz=UTC)
    suffix, open_end = look.path.suffix.lower(), False
    if look.size == 0:
        raise ContractViolation("empty_file", file=origin.label)
    bad: tuple[BadLine, ...] = ()
    if suffix == ".parquet":
        table = _parquet(origin, look.path, backend)
    elif suffix in SPREADSHEETS:
        table, bad = without_totals(_workbook(origin, look.path, backend, scratch), LINE)
    else:
        table, bad = _csv(origin, look.path, backend, scratch)
        open_end = ends_open(look.path)
    return Raw(origin, table.mutate(**{FILE: ibis.literal(origin.label)}), look.digest, modified, bad, open_end, look)


def _parquet(origin: Origin, path: Path, backend: Backend) -> ir.Table:
    """Members of structures become columns of their own: ``address.city``."""
    try:
        _check_header(origin, pq.read_schema(path).names)
        table = backend.read_parquet(str(path), file_row_number=True)
    except ContractViolation:
        raise
    except Exception as error:  # noqa: BLE001 - two libraries raise a dozen kinds for one fact: it cannot be read
        raise unreadable(origin, error) from None
    flat = table.select(**{name: value for column in table.columns for name, value in _members(column, table[column])})
    return flat.mutate(**{LINE: flat["file_row_number"] + 1}).drop("file_row_number")


def _members(name: str, value: ir.Value) -> Iterator[tuple[str, ir.Value]]:
    if not value.type().is_struct():
        yield name, value
        return
    for member in value.names:
        yield from _members(f"{name}.{member}", value[member])


def _csv(asked: Origin, given: Path, backend: Backend, scratch: Path) -> tuple[ir.Table, tuple[BadLine, ...]]:
    """Fast where every line keeps the format; record by record, naming the bad ones, where one does not."""
    expected, origin = as_expected(given, asked, scratch)
    path, nul = utf8_copy(expected, origin, scratch)
    header = csv_header(path, origin)
    _check_header(origin, header.names)
    quick = None if nul else _quick(path, origin, header, backend)
    bad: list[BadLine] = []
    if quick is None:
        quick = _table(origin, header.names, careful_rows(path, origin, header, bad), backend, scratch)
    table, totals = without_totals(quick, LINE)
    return table, (*bad, *totals)


def _quick(path: Path, origin: Origin, header: Header, backend: Backend) -> ir.Table | None:
    try:
        lines = backend.read_csv(
            str(path), columns=dict.fromkeys(header.names, "VARCHAR"), auto_detect=False, header=False,
            skip=header.lines, delim=origin.source.delimiter, quote='"', escape='"', null_padding=False,
        )  # fmt: skip
        table = backend.create_table(gen_name("raw"), lines, temp=True)
    except Exception:  # noqa: BLE001 - whatever the fast reader dislikes, the careful one can name
        return None
    return table.mutate(**{LINE: table.rowid() + header.last + 1})


def _workbook(origin: Origin, path: Path, backend: Backend, scratch: Path) -> ir.Table:
    header, rows = sheet(origin, path)
    _check_header(origin, header.names)
    texts = ((line, [cell_text(cell) for cell in row]) for line, row in enumerate(rows, start=header.last + 1))
    filled = ((line, cells) for line, cells in texts if any(cells))
    return _table(origin, header.names, filled, backend, scratch)


def _table(
    origin: Origin,
    header: Sequence[str],
    rows: Iterator[tuple[int, Sequence[str | None]]],
    backend: Backend,
    scratch: Path,
) -> ir.Table:
    """Write numbered rows of text to a Parquet file in ``scratch``, a chunk at a time, and read it from there."""
    schema = pa.schema([*((name, pa.string()) for name in header), (LINE, pa.int64())])
    file = scratch / f"{gen_name('rows')}.parquet"
    with pq.ParquetWriter(file, schema) as writer:
        for chunk in _chunks(rows):
            columns = zip(*(cells for _, cells in chunk), strict=True)
            arrays = [pa.array(list(column), pa.string()) for column in columns]
            writer.write_batch(pa.record_batch([*arrays, pa.array([line for line, _ in chunk])], schema=schema))
    return backend.read_parquet(str(file))


def _chunks(
    rows: Iterator[tuple[int, Sequence[str | None]]],
) -> Iterator[list[tuple[int, Sequence[str | None]]]]:
    chunk: list[tuple[int, Sequence[str | None]]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _database(origin: Origin, backend: Backend, scratch: Path) -> Raw:
    from sqlalchemy import MetaData, Table, create_engine, select
    from sqlalchemy.exc import SQLAlchemyError

    engine = create_engine(origin.url or "")
    source = Table(origin.source.pattern, MetaData(), autoload_with=engine)
    # The primary key gives the rows an order, so that the same content has the same digest and line numbers.
    asked = select(source).order_by(*source.primary_key.columns)
    digest = hashlib.sha256("\x1f".join(source.columns.keys()).encode())

    def rows(chunks: Iterator[Sequence[Sequence[object]]]) -> Iterator[tuple[int, list[str | None]]]:
        line = 0
        for chunk in chunks:
            for row in chunk:
                line += 1
                cells = [cell_text(cell) for cell in row]
                digest.update("\x1f".join("\x00" if cell is None else cell for cell in cells).encode() + b"\x1e")
                yield line, cells

    try:
        with engine.connect().execution_options(yield_per=_CHUNK) as connection:
            answer = connection.execute(asked)
            table = _table(origin, source.columns.keys(), rows(iter(answer.partitions())), backend, scratch)
    except SQLAlchemyError as error:
        told = {"url": shown(origin.url or ""), "reason": str(error).split("\n")[0]}
        raise ContractViolation("database_unreachable", **told) from None
    finally:
        engine.dispose()
    label = f"{shown(origin.url or '')}#{origin.label}"
    return Raw(origin, table.mutate(**{FILE: ibis.literal(label)}), digest.hexdigest(), None)


def cell_text(cell: object) -> str | None:
    """A cell as text: whole floats lose their ``.0``, times are ISO 8601, nothing is None."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, (datetime, date, time)):
        return cell.isoformat()
    return cell.hex() if isinstance(cell, bytes) else str(cell)


def _check_header(origin: Origin, header: Sequence[str]) -> None:
    """Names that differ in case only are the same column to the engine."""
    seen = [name.casefold() for name in header]
    twice = sorted({name for name in header if seen.count(name.casefold()) > 1})
    if twice:
        raise ContractViolation("duplicate_header", file=origin.label, value=", ".join(twice))
