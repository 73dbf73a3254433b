"""A copy of the lake's tables at their present versions, while loads go on being appended."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
from deltalake import DeltaTable

from data.lake.lake import Lake

LOG = "_delta_log"


def files_to_copy(lake: Lake, table: str) -> Iterator[Path]:
    """Files below ``lake.root`` that make up ``table`` at its newest version: data first, then the log up to it.

    Files of a version stay for a day after another has replaced it, longer than copying takes.
    """
    folder = lake.root / table
    delta = DeltaTable(folder)
    version = delta.version()
    yield from (folder / path for path in _column(delta, "path"))
    # Without its pointer a checkpoint is found by name; the pointer may name one of a later version.
    for entry in sorted((folder / LOG).iterdir()):
        number = entry.name.split(".")[0]
        if number.isdigit() and int(number) <= version:
            yield entry


def row_counts(lake: Lake) -> dict[str, int]:
    """Rows per table as their logs count them, those of loads that were taken back included."""
    tables = ((name, DeltaTable(lake.root / name)) for name in lake.tables())
    return {name: sum(_column(delta, "num_records")) for name, delta in tables}


def _column(delta: DeltaTable, name: str) -> list[Any]:
    found: list[Any] = pa.table(delta.get_add_actions(flatten=True))[name].to_pylist()
    return found
