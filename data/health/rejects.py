"""Rows that were set aside, as those who mend them see them: counted by reason, listed, and whether they are mended."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from data.contract import TABLES, contract_table
from data.engines.duckdb import Workshop
from data.lake.lake import RECORDS, REJECTS, SETTLED, Lake, lake_schema
from data.sources.records import key_text
from data.store.records import Load

ROW = ("load_id", "file", "line")
"""What tells one row of one file from all others."""

FILTERS = ("source", "file", "table", "column", "code")


@dataclass(frozen=True, slots=True)
class RejectsAsked:
    """Which rejects: one value per filter or none, and only those that nobody has mended yet unless ``all``."""

    source: str | None = None
    file: str | None = None
    table: str | None = None
    column: str | None = None
    code: str | None = None
    mended_too: bool = False


@dataclass(frozen=True, slots=True)
class RejectsFound:
    """``counts``: source, file, table, column, code, values, open (values of rows that nobody mended), without any
    filter. ``rows``: the newest of the asked ones: source, file, line, table, column, value, code, facts, mended,
    rejected_at. ``total``: how many those are. ``lines``: rows of files that are open, over everything.
    """

    counts: pd.DataFrame
    rows: pd.DataFrame
    total: int
    lines: int


class Rejects:
    """The lake's rejects of the ``loads`` that count, in a workshop of their own; close it."""

    def __init__(self, lake: Lake, loads: Sequence[Load], scratch: Path) -> None:
        self._lake = lake
        self._loads = loads
        self._workshop = Workshop(scratch, memory="1GB")
        self._counting = self._workshop.keep(
            ibis.memtable(pd.DataFrame({"load_id": [load.id for load in loads] or [""]})), "counting"
        )

    def close(self) -> None:
        self._workshop.close()

    def found(self, asked: RejectsAsked, limit: int) -> RejectsFound:
        """Counts of all rejects, and the newest ``limit`` of those asked for."""
        rows = self._judged()
        counts = rows.group_by(list(FILTERS)).aggregate(values=rows.count(), open=(~rows["mended"]).sum())
        wanted = _matching(rows, asked)
        newest = wanted.order_by([wanted["rejected_at"].desc(), "file", "line", "column"]).limit(limit)
        lines = rows.filter(~rows["mended"]).select("load_id", "file", "line").distinct().count()
        return RejectsFound(
            self._frame(counts.order_by([counts["open"].desc(), *FILTERS])),
            self._frame(newest),
            int(wanted.count().to_pyarrow().as_py()),
            int(lines.to_pyarrow().as_py()),
        )

    def records(self, asked: RejectsAsked, limit: int) -> tuple[list[str], pd.DataFrame]:
        """The records behind the asked rejects as the source has them: their columns, and a frame with load_id, file,
        line, cells (one per column) and reasons (code and column of each reject). Of one shape: that of the newest.
        """
        wanted = _matching(self._judged(), asked)
        reasons = wanted.group_by(ROW).aggregate(
            reasons=(wanted["code"] + ":" + wanted["column"]).collect(), rejected_at=wanted["rejected_at"].max()
        )
        records = self._read(RECORDS).select(*ROW, "names", "cells").distinct(on=ROW)
        joined = reasons.inner_join(records, ROW)
        found = self._frame(joined.order_by([joined["rejected_at"].desc(), "file", "line"]).limit(limit))
        if found.empty:
            return [], found
        names = list(found["names"].iloc[0])
        return names, found[[list(one) == names for one in found["names"]]]

    def _judged(self) -> ir.Table:
        """Rejects with ``mended``: the row was handed back and came again, or its key was loaded later."""
        rows = self._read(REJECTS)
        settled = self._read(SETTLED)
        came_again = settled.select(
            load_id=settled["of_load"], file=settled["of_file"], line=settled["of_line"], again=ibis.literal(True)
        ).distinct()
        joined = rows.left_join(came_again, ROW).drop(*(name for name in ("load_id_right", "file_right", "line_right")))
        later = self._loaded_later(rows)
        both = joined.left_join(later, [*ROW, "table"]).drop("load_id_right", "file_right", "line_right", "table_right")
        mended = both["again"].fill_null(False) | both["later"].fill_null(False)
        return self._workshop.keep(both.mutate(mended=mended).drop("again", "later"), "judged")

    def _loaded_later(self, rows: ir.Table) -> ir.Table:
        """Rejected rows whose key another load brought afterwards."""
        records = self._read(RECORDS)
        keyed = records.filter(records["key"].notnull())
        keyed = keyed.inner_join(rows.select(*ROW, "table", "rejected_at").distinct(),
                                 [*ROW, "table"])  # fmt: skip
        keyed = self._workshop.keep(keyed, "keyed")
        parts = [
            self._later_in(name, keyed)
            for name in self._workshop.collect(keyed.select("table").distinct())["table"].to_pylist()
        ]
        known = [part for part in parts if part is not None]
        if not known:
            return keyed.filter(ibis.literal(False)).select(*ROW, "table", later=ibis.literal(True))
        return ibis.union(*known) if len(known) > 1 else known[0]

    def _later_in(self, table: str, keyed: ir.Table) -> ir.Table | None:
        if table not in TABLES or self._lake.version(table) is None:
            return None
        mine = keyed.filter(keyed["table"] == table)
        rows = self._read(table)
        loaded = rows.select(source="source", key=key_text(rows, contract_table(table)), loaded_at="loaded_at")
        wanted = loaded.semi_join(mine, ["source", "key"])
        newest = wanted.group_by(["source", "key"]).aggregate(loaded_at=wanted["loaded_at"].max())
        met = mine.inner_join(newest, ["source", "key"])
        after = met.filter(met["loaded_at"] > met["rejected_at"])
        return after.select(*ROW, "table", later=ibis.literal(True)).distinct()

    def _read(self, table: str) -> ir.Table:
        """Rows of the loads that count; none where the lake has no such table."""
        if self._lake.version(table) is None:
            return self._workshop.empty(lake_schema(table), f"none_{table}")
        rows = self._workshop.parquet(self._lake.files(table), f"in_{table}")
        return rows.semi_join(self._counting, "load_id")

    def _frame(self, rows: ir.Table) -> pd.DataFrame:
        frame: pd.DataFrame = self._workshop.collect(rows).to_pandas()
        return frame


def _matching(rows: ir.Table, asked: RejectsAsked) -> ir.Table:
    for name in FILTERS:
        chosen = getattr(asked, name)
        rows = rows if chosen is None else rows.filter(rows[name] == chosen)
    return rows if asked.mended_too else rows.filter(~rows["mended"])


def facts_of(row: Mapping[Any, Any]) -> dict[str, Any]:
    """What fills the blanks of a reject's remedy."""
    told = json.loads(row["facts"] or "{}")
    return dict(told)
