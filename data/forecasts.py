"""Results of a forecast run as files: written once, named by their content, cut to a scope like marts."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pyarrow as pa

from data.engines.duckdb import Workshop


@dataclass(frozen=True, slots=True)
class ForecastTable:
    """``owner``: column with the partner that owns the row's node. ``reference`` as in marts: rows of the root are the
    root's alone.
    """

    name: str
    owner: str | None = "owner"
    reference: bool = False


FORECAST_TABLES: tuple[ForecastTable, ...] = (
    ForecastTable("forecast_series"),
    ForecastTable("forecast_history"),
    ForecastTable("forecast_ahead"),
    ForecastTable("forecast_said"),
    ForecastTable("backtest_series"),
)


def write_results(tables: Mapping[str, pa.Table], folder: Path) -> dict[str, str]:
    """Write each table into a file of its own; table → file name. Nothing reads them before a run names them."""
    folder.mkdir(parents=True, exist_ok=True)
    scratch = folder / f".scratch-{uuid4().hex[:8]}"
    workshop = Workshop(scratch)
    try:
        named = {}
        for name, rows in tables.items():
            file = f"{name}-{_digest(rows)[:16]}.duckdb"
            if not _refreshed(folder / file):
                workshop.write(rows, name, folder / file)
            named[name] = file
        return named
    finally:
        workshop.close()
        shutil.rmtree(scratch, ignore_errors=True)


def _refreshed(path: Path) -> bool:
    """Whether the file is there already; from now on it counts as new, so that no sweep takes it before it is named."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


def _digest(rows: pa.Table) -> str:
    """SHA-256 over the rows as Arrow writes them; the same rows have the same name."""
    digest = hashlib.sha256()
    for batch in rows.combine_chunks().to_batches():
        digest.update(batch.serialize())
    return digest.hexdigest()
