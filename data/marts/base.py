"""The published build that the next one starts from, as far as its files are there and were made by this very code."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import ibis.expr.types as ir
import pyarrow as pa

from data.engines.duckdb import Workshop
from data.marts.lake_rows import Loads
from data.marts.mart import Mart
from data.store.records import Build

_NOTED = pa.schema([("table", pa.string()), ("load", pa.string()), ("rows", pa.int64())])
"""Beside every mart that reads contract tables: the loads that it was made from."""


def file_of(mart: Mart, code: str, loads: Mapping[str, Loads], files: Mapping[str, str]) -> str:
    """Name of the mart's file: it follows from the mart, the code, the loads it reads and the files it uses."""
    read = [digest(sorted(loads.get(table, ()))) for table in mart.reads]
    return f"{mart.name}-{digest([mart.name, code, *read, *(files[name] for name in mart.uses)])[:16]}.duckdb"


def code_print() -> str:
    here = Path(__file__).parent
    return digest([file.read_text(encoding="utf-8") for file in sorted(here.glob("*.py"))])


def digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def notes_of(mart: Mart, loads: Mapping[str, Loads]) -> pa.Table | None:
    """What is written beside ``mart``; None for one that reads no contract table."""
    rows = [(table, load, count) for table in mart.reads for load, count in sorted(loads.get(table, {}).items())]
    columns = zip(*rows, strict=True) if rows else ([], [], [])
    return pa.table([list(column) for column in columns], schema=_NOTED) if mart.reads else None


class Base:
    """``build`` is None before anything was published."""

    def __init__(self, build: Build | None, folder: Path, workshop: Workshop, code: str, marts: Iterable[Mart]) -> None:
        self._build = build
        self._folder = folder
        self._workshop = workshop
        self._loads: dict[str, Loads] = {}
        self._good: set[str] = set()
        for mart in marts if build else ():
            self._look_at(mart, dict(build.marts) if build else {}, code)

    def _look_at(self, mart: Mart, files: Mapping[str, str], code: str) -> None:
        name = files.get(mart.name)
        if name is None or not (self._folder / name).exists() or not set(mart.uses) <= files.keys():
            return
        loads = self._noted(mart, self._folder / name)
        if loads is not None and name == file_of(mart, code, loads, files):
            self._good.add(mart.name)
            self._loads |= loads

    def _noted(self, mart: Mart, file: Path) -> dict[str, Loads] | None:
        if not mart.reads:
            return {}
        notes = self._workshop.notes(file)
        if notes is None:
            return None
        loads: dict[str, dict[str, int]] = {table: {} for table in mart.reads}
        for row in notes.to_pylist():
            if row["table"] not in loads:
                # Made by an older version, of which the mart read other tables.
                return None
            loads[row["table"]][row["load"]] = row["rows"]
        return dict(loads)

    def loads(self, table: str) -> Loads | None:
        """Loads of a contract table that the published marts were made from; None where no file of theirs tells."""
        return self._loads.get(table)

    def file(self, name: str) -> Path | None:
        """The published file of a mart; None unless it is as good as new."""
        return self._folder / self._build.marts[name] if self._build and name in self._good else None

    def mart(self, name: str) -> ir.Table:
        """Rows of a published mart for which there is a :meth:`file`."""
        return self._workshop.attach(name, self._folder / (self._build.marts[name] if self._build else ""))

    def totals(self) -> Mapping[str, str]:
        return self._build.totals if self._build else {}
