"""Invented jobs, uploads and health of the data, for pages that show them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd

from analytics.core.errors import DomainError
from dashboard.services.data_health import BuildTold, Coverage, SourceHealth, WarnedLoad
from dashboard.services.freshness import Extract, Late
from dashboard.services.upload_files import Upload
from dashboard.services.uploads import Expected
from data.health.rejects import RejectsAsked, RejectsFound
from data.health.tables import ColumnHealth, TableHealth
from data.store.records import Job, JobState
from tests.data.store.samples import a_build

LOADED = Job(
    "j1", "ingest", {"upload": "u1"}, "u1", "li", datetime(2026, 11, 1, 6, tzinfo=UTC), "j1.log",
    state=JobState.SUCCEEDED, started_at=datetime(2026, 11, 1, 6, tzinfo=UTC),
    finished_at=datetime(2026, 11, 1, 6, 1, tzinfo=UTC),
    outcome={
        "source": "shop", "tables": {"product": 2}, "rows_rejected": 1, "absent": ["stores.csv"], "ignored": [],
        "warnings": [
            {"code": "unheard_of", "table": "product", "column": "sku", "rows": 2,
             "examples": [{"file": "goods.csv", "line": 2, "value": "x", "facts": {}}]},
        ],
        "files": [
            {"file": "goods.csv", "already_loaded": False, "rows_read": 3, "rows_rejected": 1, "rows_duplicate": 0,
             "tables": {"product": 2}, "codes": {"required_missing": 1}},
        ],
    },
)  # fmt: skip
LOST = replace(
    LOADED, id="j2", kind="build", state=JobState.LOST, finished_at=None,
    outcome={"error": "job_lost", "facts": {"seen": "2026-11-01", "stage": "sales_day"}},
)  # fmt: skip
RUNNING = replace(
    LOADED, id="j3", state=JobState.RUNNING, finished_at=None, outcome={}, stage="load", done=20_000, total=None
)  # fmt: skip


@dataclass
class FakeJobs:
    """Keeps what it was told in ``commands``."""

    jobs: list[Job] = field(default_factory=lambda: [LOST, LOADED])
    commands: list[Any] = field(default_factory=list)

    def recent(self) -> tuple[Job, ...]:
        return tuple(self.jobs)

    def cancel(self, id: str) -> None:
        self.commands.append(("cancel", id))

    def log(self, id: str) -> str:
        return f"log of {id}"


@dataclass
class FakeUploads:
    """Takes files for the jobs beside it."""

    jobs: FakeJobs

    def mappings(self) -> tuple[str, ...]:
        return ("contract", "shop")

    def expected(self, mapping: str) -> tuple[Expected, ...]:
        return (Expected("goods*.csv", False, ("product",), ("SKU", "Title")),)

    def load(self, files: tuple[Upload, ...], mapping: str | Upload, *, extract_at: str = "") -> tuple[Job, ...]:
        if not files:
            raise DomainError("upload_nothing")
        self.jobs.commands.append((tuple(one.name for one in files), mapping, extract_at))
        self.jobs.jobs.insert(0, RUNNING)
        return (RUNNING,)

    def again(self, job_id: str) -> tuple[Job, ...]:
        self.jobs.commands.append(("again", job_id))
        return ()

    def can_repeat(self, job: Job) -> bool:
        return job.state is JobState.LOST


@dataclass
class FakeFreshness:
    """``late`` sources of whatever tables a page needs."""

    sources: tuple[Late, ...] = ()

    def extracts(self) -> tuple[Extract, ...]:
        return (Extract("shop", "order_line", datetime(2026, 10, 31, tzinfo=UTC)),)

    def late(self, extracts: tuple[Extract, ...], tables: tuple[str, ...]) -> tuple[Late, ...]:
        return tuple(one for one in self.sources if set(one.tables) & set(tables))


SHOP_LATE = Late("shop", ("order_line",), datetime(2026, 10, 31, tzinfo=UTC), 30, 120.0)
REJECTED = pd.DataFrame(
    {
        "source": ["shop", "shop"], "file": ["goods.csv", "goods.csv"], "line": [3, 4], "table": ["product", "product"],
        "column": ["sku", "launched"], "value": [None, "soon"], "code": ["required_missing", "not_a_date"],
        "facts": ["{}", "{}"], "mended": [False, True],
    }
)  # fmt: skip


@dataclass
class FakeHealth:
    """Keeps which rejects it was asked for."""

    asked: list[RejectsAsked] = field(default_factory=list)

    def sources(self) -> tuple[SourceHealth, ...]:
        at = datetime(2026, 10, 31, tzinfo=UTC)
        return (
            SourceHealth("shop", at, at, 3, ("order_line",), 30, SHOP_LATE),
            SourceHealth("erp", at, at, 1, ("product",), 720, None),
        )

    def warned(self) -> tuple[WarnedLoad, ...]:
        first = {"file": "stock.csv", "line": 7, "value": "-3", "facts": {}}
        told = {"code": "negative_stock", "table": "stock_lot", "column": "on_hand", "rows": 4, "examples": [first]}
        return (WarnedLoad("erp", datetime(2026, 10, 31, tzinfo=UTC), told),)

    def builds(self) -> tuple[BuildTold, ...]:
        return (BuildTold(a_build(), "li"),)

    def tables(self) -> tuple[TableHealth, ...]:
        columns = (ColumnHealth("account", 3), ColumnHealth("sku", 0, "product", 2, ("Z9",)))
        return (TableHealth("order_line", 10, 1, date(2026, 1, 1), date(2026, 10, 31), columns),)

    def coverage(self) -> tuple[Coverage, ...]:
        return (Coverage("kit", None, None, None), Coverage("order_line", 10, date(2026, 1, 1), date(2026, 10, 31)))

    def rejects(self, asked: RejectsAsked, limit: int) -> RejectsFound:
        self.asked.append(asked)
        by = ["source", "file", "table", "column", "code"]
        counts = REJECTED.assign(values=1, open=1 - REJECTED["mended"].astype(int))[[*by, "values", "open"]]
        rows = REJECTED if asked.mended_too else REJECTED[~REJECTED["mended"]]
        if asked.column:
            rows = rows[rows["column"] == asked.column]
        return RejectsFound(counts, rows[:limit], len(rows), 1)

    def records(self, asked: RejectsAsked, limit: int) -> tuple[list[str], pd.DataFrame]:
        record = {"load_id": "a" * 32, "file": "goods.csv", "line": 3, "cells": [None, "Rice"], "reasons": ["x:sku"]}
        return ["SKU", "Title"], pd.DataFrame([record])
