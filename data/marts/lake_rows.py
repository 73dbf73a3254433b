"""Contract tables as one build reads them: rows of committed loads, the newest of each key, and what changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import ibis.expr.types as ir
from ibis.util import gen_name

from analytics.core.errors import ContractViolation
from data.contract import contract_table
from data.contract.schema import physical_schema
from data.engines.duckdb import Workshop
from data.lake.lake import Lake
from data.marts.current import newest_by_key
from data.store.records import Load

Loads = Mapping[str, int]
"""Load → rows of one table that it brought."""


@dataclass(frozen=True, slots=True)
class Change:
    """Rows that an input lost and gained: whole documents of a contract table, whole slices of a mart."""

    gone: ir.Table
    come: ir.Table


class LakeRows:
    """The lake at the versions that were newest when the build began."""

    def __init__(self, lake: Lake, loads: Iterable[Load], workshop: Workshop) -> None:
        self._lake = lake
        self._workshop = workshop
        self._every: dict[str, ir.Table | None] = {}
        self._current: dict[str, ir.Table] = {}
        self._found: dict[str, Loads] = {}
        self.loads: dict[str, dict[str, int]] = {}
        for load in loads:
            for table, rows in load.tables.items():
                self.loads.setdefault(table, {})[load.id] = rows
        # Every table that was loaded, also those behind marts that need not be made anew.
        known = ((table, lake.version(table)) for table in sorted(self.loads))
        self.versions = {table: version for table, version in known if version is not None}

    def of(self, table: str) -> Loads:
        """Committed loads of ``table``."""
        return self.loads.get(table, {})

    def holds(self, table: str, loads: Loads) -> bool:
        """Whether the lake still has every row of ``loads``: those of a load that was taken back are swept some day."""
        return all(self._counted(table).get(load, 0) == rows for load, rows in loads.items())

    def current(self, table: str, loads: Loads | None = None) -> ir.Table:
        """The newest row per key among ``loads`` (default: all that are committed).

        Raises ContractViolation ``load_incomplete`` when rows of a committed load are missing.
        """
        if loads is not None:
            return self._read(table, loads)
        if table not in self._current:
            self._nothing_missing(table)
            self._current[table] = self._read(table, self.of(table))
        return self._current[table]

    def change(self, table: str, before: Loads, named: Mapping[str, ir.Table], *, limit: float) -> Change | None:
        """What documents with a row of an added or removed load were and are; so for documents that hold, in a column
        of ``named``, one of the values there. None where those have more than ``limit`` rows.
        """
        every, now = self._rows(table), self.of(table)
        self._nothing_missing(table)
        if every is None:
            nothing = self._read(table, {})
            return Change(nothing, nothing)
        changed = every.filter(every.load_id.isin(sorted(set(before) ^ set(now))))
        document = document_columns(table)
        touched = changed.select(*document)
        for column, values in named.items():
            touched = touched.union(every.semi_join(values, column).select(*document))
        units = self._workshop.keep(touched.distinct(), f"units_{table}")
        places = self._places(table, units)
        if sum(places.values()) > limit:
            return None
        kept = self._kept(table, units, places, {*before, *now})
        return Change(self._newest(table, kept, before), self._newest(table, kept, now))

    def documents(self, table: str, named: ir.Table) -> ir.Table:
        """The newest rows of the documents that ``named`` names by source and, in its other column, the document."""
        self._nothing_missing(table)
        if self._rows(table) is None:
            return self._read(table, {})
        source, column = document_columns(table)
        other = next(name for name in named.columns if name != source)
        units = self._workshop.keep(named.select(source, **{column: named[other]}), gen_name(f"units_{table}"))
        now = self.of(table)
        return self._newest(table, self._kept(table, units, self._places(table, units), now), now)

    def _kept(self, table: str, units: ir.Table, places: Mapping[str, int], loads: Collection[str]) -> ir.Table:
        """Rows of the documents ``units`` in the files ``places``, as far as one of ``loads`` brought them."""
        if not places:
            return self._read(table, {})
        rows = self._workshop.parquet(list(places), gen_name(f"few_{table}"))
        counting = rows.filter(rows.load_id.isin(sorted(loads)))
        return self._workshop.keep(counting.semi_join(units, document_columns(table)), gen_name(f"touched_{table}"))

    def _places(self, table: str, units: ir.Table) -> dict[str, int]:
        """Files that hold a row of ``units``, and how many: most columns are read of no other file."""
        files = self._lake.files(table, self.versions[table])
        placed = self._workshop.parquet(files, f"placed_{table}", filename=True)
        found = placed.semi_join(units, document_columns(table))
        counted = self._workshop.collect(found.group_by("filename").aggregate(rows=found.count())).to_pylist()
        return {row["filename"]: row["rows"] for row in counted}

    def _read(self, table: str, loads: Loads) -> ir.Table:
        every = self._rows(table)
        if every is None or not loads:
            # A name of its own: rows may lie there although no load of them counted at that time.
            return self._workshop.empty(physical_schema(contract_table(table)), f"none_{table}")
        return self._newest(table, every, loads)

    def _newest(self, table: str, rows: ir.Table, loads: Loads) -> ir.Table:
        counted = rows.filter(rows.load_id.isin(sorted(loads)))
        return newest_by_key(counted, contract_table(table), several_loads=len(loads) > 1, keep=self._workshop.keep)

    def _rows(self, table: str) -> ir.Table | None:
        """Every row in the files, whatever load it belongs to; None when the table was never written."""
        if table not in self._every:
            version = self.versions.get(table)
            files = None if version is None else self._lake.files(table, version)
            self._every[table] = self._workshop.parquet(files, f"in_{table}") if files else None
        return self._every[table]

    def _counted(self, table: str) -> Loads:
        if table not in self._found:
            rows = self._rows(table)
            counted = [] if rows is None else self._workshop.collect(
                rows.group_by("load_id").aggregate(rows=rows.count())
            ).to_pylist()  # fmt: skip
            self._found[table] = {row["load_id"]: row["rows"] for row in counted}
        return self._found[table]

    def _nothing_missing(self, table: str) -> None:
        found = self._counted(table)
        for load, expected in self.of(table).items():
            if found.get(load, 0) != expected:
                raise ContractViolation(
                    "load_incomplete", table=table, load=load, expected=expected, found=found.get(load, 0)
                )


def document_columns(table: str) -> list[str]:
    """Columns that name a document of a fact: the source, and the first of its key."""
    return ["source", contract_table(table).key[0]]
