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
from data.sources.csv_files import BadLine, careful_rows, csv_header, utf8_copy
from data.sources.inputs import Origin, shown

FILE, LINE = "__file", "__line"
_CHUNK = 50_000
_SPREADSHEETS = (".xlsx", ".xlsm", ".xls", ".ods")


@dataclass(frozen=True, slots=True)
class Raw:
    """Rows as the source has them. ``table`` has the source's columns, :data:`FILE` and :data:`LINE` (the number of
    the record within the file; a header is record 1). ``modified`` is None where the source does not tell.
    """

    origin: Origin
    table: ir.Table
    digest: str
    modified: datetime | None
    bad: tuple[BadLine, ...] = ()


def read(origin: Origin, backend: Backend, scratch: Path) -> Raw:
    """Open ``origin``; raises ContractViolation (unreadable_file, empty_file, duplicate_header, unknown_sheet)."""
    if origin.path is None:
        return _database(origin, backend, scratch)
    digest = file_digest(origin.path)
    modified = datetime.fromtimestamp(origin.path.stat().st_mtime, tz=UTC)
    bad: tuple[BadLine, ...] = ()
    suffix = origin.path.suffix.lower()
    if suffix == ".parquet":
        table = _parquet(origin, backend)
    elif suffix in _SPREADSHEETS:
        table = _rows(origin, iter(_sheet(origin)), backend, scratch)
    else:
        table, bad = _csv(origin, backend, scratch)
    return Raw(origin, table.mutate(**{FILE: ibis.literal(origin.label)}), digest, modified, bad)


def file_digest(path: Path) -> str:
    """SHA-256 of a file, read in pieces."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _parquet(origin: Origin, backend: Backend) -> ir.Table:
    try:
        table = backend.read_parquet(str(origin.path), file_row_number=True)
    except Exception as error:  # noqa: BLE001 - DuckDB raises a dozen kinds for one fact: it cannot read the file
        raise _unreadable(origin, error) from None
    return table.mutate(**{LINE: table["file_row_number"] + 1}).drop("file_row_number")


def _csv(origin: Origin, backend: Backend, scratch: Path) -> tuple[ir.Table, tuple[BadLine, ...]]:
    """Fast where every line keeps the format; record by record, naming the bad ones, where one does not."""
    path = utf8_copy(origin, scratch)
    header = csv_header(path, origin)
    _check_header(origin, header)
    try:
        lines = backend.read_csv(
            str(path), columns=dict.fromkeys(header, "VARCHAR"), auto_detect=False, header=True,
            delim=origin.source.delimiter, quote='"', escape='"', null_padding=False,
        )  # fmt: skip
        table = backend.create_table(gen_name("raw"), lines, temp=True)
        return table.mutate(**{LINE: table.rowid() + 2}), ()
    except Exception:  # noqa: BLE001 - whatever the fast reader dislikes, the careful one can name
        bad: list[BadLine] = []
        return _table(origin, header, careful_rows(path, origin, len(header), bad), backend, scratch), tuple(bad)


def _sheet(origin: Origin) -> list[list[object]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(origin.path))
    except CalamineError as error:
        raise _unreadable(origin, error) from None
    name = origin.source.sheet or book.sheet_names[0]
    if name not in book.sheet_names:
        raise ContractViolation("unknown_sheet", file=origin.label, value=name, known=", ".join(book.sheet_names))
    return [list(row) for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)]


def _rows(origin: Origin, rows: Iterator[Sequence[object]], backend: Backend, scratch: Path) -> ir.Table:
    header = [cell_text(cell) or f"column_{position}" for position, cell in enumerate(next(rows, ()), start=1)]
    if not header:
        raise ContractViolation("empty_file", file=origin.label)
    _check_header(origin, header)
    numbered = ((line, [cell_text(cell) for cell in row]) for line, row in enumerate(rows, start=2))
    filled = ((line, cells) for line, cells in numbered if any(cells))
    return _table(origin, header, filled, backend, scratch)


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

    with engine.connect().execution_options(yield_per=_CHUNK) as connection:
        answer = connection.execute(asked)
        table = _table(origin, source.columns.keys(), rows(iter(answer.partitions())), backend, scratch)
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
    twice = sorted({name for name in header if list(header).count(name) > 1})
    if twice:
        raise ContractViolation("duplicate_header", file=origin.label, value=", ".join(twice))


def _unreadable(origin: Origin, error: Exception) -> ContractViolation:
    return ContractViolation("unreadable_file", file=origin.label, reason=str(error).split("\n")[0])
