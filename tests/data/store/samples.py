"""Literal records for the store's tests."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from analytics.core.access import ROOT, Scope
from data.store.records import Build, Load

NOW = datetime(2026, 11, 22, 8, 30, 15, 123456, tzinfo=UTC)
SHANGHAI = timezone(timedelta(hours=8))
BRAND = Scope(frozenset({ROOT}))
DEALER = Scope(frozenset({"D01"}))


def a_load(number: int = 1) -> Load:
    return Load(
        id=f"load-{number}",
        source="iowa",
        mapping="iowa_liquor",
        mapping_digest="m" * 64,
        file=f"/data/{number}.csv",
        content_digest=f"{number:064d}",
        tables={"order_line": 10 + number, "partner": 2},
        rows_read=13,
        rows_rejected=1,
        rows_duplicate=0,
        currency="CNY",
        timezone="Asia/Shanghai",
        extract_at=NOW - timedelta(days=1),
        loaded_at=NOW + timedelta(minutes=number),
        files_digest="f" * 64,
        warnings=({"code": "zero_quantity", "table": "order_line", "column": "quantity", "rows": 2, "examples": []},),
    )


def a_build(number: int = 1) -> Build:
    return Build(
        id=f"build-{number}",
        published_at=NOW,
        table_versions={"order_line": number},
        loads=("load-1", "load-2"),
        marts={"sales_day": f"sales_day-{number}.duckdb"},
        currency="CNY",
        first_day=date(2026, 1, 1),
        last_day=date(2026, 11, 21),
        totals={"paid_amount": "12345678901234.5600"},
        seconds=1.5,
    )
