"""Arrays and rows of the demo world → Arrow tables in the shape of the contract."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.contract import contract_table


def shape(name: str) -> pa.Schema:
    """Arrow schema of contract table ``name`` as a file holds it: its columns, without those added at the door."""
    return pa.schema([pa.field(column.name, column.physical) for column in contract_table(name).columns])


def from_rows(name: str, rows: Iterable[Mapping[str, object]]) -> pa.Table:
    """Rows as dictionaries; columns that a row leaves out are null."""
    return pa.Table.from_pylist([dict(row) for row in rows], schema=shape(name))


def from_columns(name: str, columns: Mapping[str, pa.Array], rows: int) -> pa.Table:
    """Columns by name; those left out are null. Raises KeyError on a column that the table does not have."""
    schema = shape(name)
    unknown = sorted(set(columns) - set(schema.names))
    if unknown:
        raise KeyError(f"{name} has no column {', '.join(unknown)}")
    arrays = [
        columns[field.name].cast(field.type) if field.name in columns else pa.nulls(rows, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def fixed_point(values: np.ndarray, *, given: int, kind: pa.Decimal128Type) -> pa.Array:
    """Whole numbers with ``given`` decimals implied → decimals, without passing through a float.

    >>> fixed_point(np.array([6_900]), given=2, kind=pa.decimal128(18, 4)).to_pylist()
    [Decimal('69.0000')]
    """
    scaled = values.astype(np.int64) * 10 ** (kind.scale - given)
    words = np.empty((len(scaled), 2), dtype=np.int64)
    words[:, 0] = scaled
    words[:, 1] = scaled >> 63  # the sign fills the upper half of the 128 bits
    return pa.Array.from_buffers(kind, len(scaled), [None, pa.py_buffer(words)])


def money(fen: np.ndarray) -> pa.Array:
    return fixed_point(fen, given=2, kind=pa.decimal128(18, 4))


def units(count: np.ndarray) -> pa.Array:
    return fixed_point(count, given=0, kind=pa.decimal128(18, 3))


def moments(seconds: np.ndarray, origin: int) -> pa.Array:
    """Seconds after ``origin`` (epoch seconds) → times in UTC; negative ones are null."""
    micros = (seconds.astype(np.int64) + origin) * 1_000_000
    return pa.array(micros, mask=seconds < 0).cast(pa.timestamp("us", tz="UTC"))


def named(names: Iterable[Any], index: np.ndarray) -> pa.Array:
    """``names[index]`` as text; a negative index is null."""
    known = names if isinstance(names, pa.Array) else named_texts(tuple(names))
    absent = index < 0
    return known.take(pa.array(index, mask=absent) if absent.any() else pa.array(index))


@lru_cache(maxsize=256)
def named_texts(names: tuple[Any, ...]) -> pa.Array:
    """The same few lists of names are looked up week after week, and kept; a week's own names are not for here."""
    return pa.array(names, pa.string())


def texts(prefix: str, numbers: np.ndarray, digits: int) -> pa.Array:
    """Identifiers: a prefix and a running number with leading zeros.

    >>> texts("TK", np.array([7]), 4).to_pylist()
    ['TK0007']
    """
    rest, start = numbers.astype(np.int64), prefix.encode()
    if len(rest) and not (int(rest.min()) >= 0 and int(rest.max()) < 10**digits):
        padded = pc.utf8_lpad(pa.array(rest).cast(pa.string()), digits, padding="0")
        return pc.binary_join_element_wise(prefix, padded, "")
    # All of one length: the letters are laid out at once, which takes a tenth of padding and joining texts.
    width = len(start) + digits
    letters = np.empty((len(rest), width), dtype=np.uint8)
    letters[:, : len(start)] = np.frombuffer(start, dtype=np.uint8)
    for place in range(width - 1, len(start) - 1, -1):
        rest, digit = np.divmod(rest, 10)
        letters[:, place] = digit + ord("0")
    ends = np.arange(0, (len(letters) + 1) * width, width, dtype=np.int32)
    return pa.StringArray.from_buffers(len(letters), pa.py_buffer(ends), pa.py_buffer(letters))


def joined(*parts: pa.Array | str) -> pa.Array:
    """Texts put together element by element; null where a part is null."""
    return pc.binary_join_element_wise(*parts, "")


def flags(values: np.ndarray) -> pa.Array:
    return pa.array(values.astype(bool))


def dates(days: np.ndarray, origin: np.datetime64, *, absent: np.ndarray | None = None) -> pa.Array:
    """Days after ``origin`` → dates; null where ``absent``."""
    return pa.array((origin + days.astype("timedelta64[D]")).astype("datetime64[D]"), mask=absent)
