"""Marts of one build while they are made: kept where nothing changed, brought up to date where little did."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path

import ibis.expr.types as ir
import pyarrow as pa

from data.engines.duckdb import Workshop
from data.lake.lake import Lake
from data.marts.base import Base, code_print, file_of, notes_of
from data.marts.changes import Changes
from data.marts.lake_rows import Change, LakeRows
from data.marts.mart import Mart
from data.marts.revising import revised
from data.store.records import Build, Load


class Making:
    """What marts read while they are made (``Inputs``); knows which files are still good.

    ``base`` is the published build, whose files are brought up to date instead of making all of them anew.
    """

    def __init__(
        self, lake: Lake, loads: Iterable[Load], folder: Path, *, marts: tuple[Mart, ...], base: Build | None
    ) -> None:
        self._folder = folder
        self._scratch = folder / f"scratch-{uuid.uuid4().hex[:8]}"
        self._workshop = Workshop(self._scratch)
        self._code = code_print()
        self._marts = marts
        self.rows = LakeRows(lake, loads, self._workshop)
        self.base = Base(base, folder, self._workshop, self._code, marts)
        self.changes = Changes(self, self._workshop, marts)
        self.files: dict[str, str] = {}

    def close(self) -> None:
        self._workshop.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    @property
    def versions(self) -> Mapping[str, int]:
        return self.rows.versions

    def current(self, table: str) -> ir.Table:
        return self.rows.current(table)

    def mart(self, name: str) -> ir.Table:
        return self._workshop.attach(name, self._folder / self.files[name])

    def collect(self, expression: ir.Table) -> pa.Table:
        return self._workshop.collect(expression)

    def changed(self, table: str) -> Change | None:
        """What contract table ``table`` lost and gained since the base; None where it is unknown or very much."""
        return self.changes.of_table(table)

    def make_all(self) -> Iterable[tuple[Mart, bool]]:
        """Every mart in turn, with whether it was made."""
        for mart in self._marts:
            yield mart, self._make(mart)

    def _make(self, mart: Mart) -> bool:
        """Make ``mart`` unless a file of the same inputs and code exists."""
        name = file_of(mart, self._code, self.rows.loads, self.files)
        self.files[mart.name] = name
        file, published = self._folder / name, self.base.file(mart.name)
        if file.exists():
            # Of a file that is older than the published one nobody knows what lies between the two.
            same = published is not None and published.name == name
            self.changes.note(mart.name, self.changes.none(self.mart(mart.name)) if same else None)
            return False
        revision = None if published is None else revised(mart, self, self._workshop)
        notes = notes_of(mart, self.rows.loads)
        if revision is None or published is None:
            self._workshop.write(mart.build(self), mart.name, file, notes)
            self.changes.note(mart.name, None)
        elif revision.whole is not None:
            self._workshop.write(revision.whole, mart.name, file, notes)
            self.changes.note(mart.name, None)
        else:
            self._workshop.revise(published, mart.name, revision.gone, revision.come, file, notes)
            self.changes.note(mart.name, Change(revision.gone, revision.come))
        return True
