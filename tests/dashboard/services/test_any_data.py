"""Any data with a few tables runs from files to a plan: by the day, by the week, whatever else is missing or odd."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analytics.core.errors import DomainError
from dashboard.composition import doors, forecasting_for, loading_for, planning_for
from dashboard.services.planning import Planned
from dashboard.services.users import job_actor, service_actor
from dashboard.settings import Settings, settings_from
from data.store.engine import Store, open_store
from data.store.records import ForecastRun
from tests.worlds import BRAND
from tests.writers import write_csv

pytestmark = pytest.mark.slow

LAST = date(2026, 2, 22)
"""A Sunday: the last day, and the end of the last week."""
NOW = datetime(2026, 2, 23, 1, tzinfo=UTC)
DAYS, WEEKS = 120, 40
Rows = list[dict[str, Any]]
ODD = ("ONE", "ZERO", "EARLY", "GAPS", "NOLANE", "NEGATIVE")
"""SKUs that are faulty in the way they are named, at N1, beside A and B at both nodes."""


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a home of files."""

    settings: Settings
    store: Store
    run: ForecastRun
    series: Mapping[str, Mapping[str, Any]]
    ahead: Mapping[str, float]
    planned: Planned


def units(sku: str, node: str, count: int) -> list[int | None]:
    """What a series sells in each period, the newest last; None: no row."""
    sold: list[int | None] = list(np.random.default_rng(len(sku + node)).poisson(9, count).tolist())
    if sku == "ONE":
        return [None] * (count - 1) + sold[-1:]
    if sku == "ZERO":
        return [0] * count
    if sku == "EARLY":
        return sold[: count // 6] + [None] * (count - count // 6)
    if sku == "GAPS":
        return [one if at % 5 else None for at, one in enumerate(sold)]
    return sold


def series() -> list[tuple[str, str]]:
    return [*((node, sku) for node in ("N1", "N2") for sku in ("A", "B")), *(("N1", sku) for sku in ODD)]


def base() -> dict[str, Rows]:
    """What every home has: places, products, lanes; no price, cost, member, partner, promotion or listing."""
    lane = {"origin": "SUPPLIER", "lead_days": 3}
    return {
        "node": [{"node": node, "name": node, "kind": "store"} for node in ("N1", "N2")],
        "product": [{"sku": sku, "name": sku} for sku in ("A", "B", *ODD, "NEVER")],
        "lane": [
            {"lane": "LNEVER", "node": "N1", "sku": "NEVER", **lane},
            # A way from a place to itself is none.
            {**lane, "lane": "LSELF", "node": "N1", "sku": "NOLANE", "origin": "N1"},
            *({"lane": f"L{node}{sku}", "node": node, "sku": sku, **lane, "lead_days": 0 if sku == "GAPS" else 3}
              for node, sku in series() if sku != "NOLANE"),
        ],
    }  # fmt: skip


def orders() -> Rows:
    return [
        {"order_id": f"{node}{sku}{at}", "line_no": 1, "ordered_at": f"{day}T12:00:00+08:00", "node": node,
         "paid_at": f"{day}T12:00:00+08:00", "channel": "shop", "sku": sku, "quantity": sold, "amount": sold}
        for node, sku in series()
        for at, (day, sold) in enumerate(zip(days(), units(sku, node, DAYS), strict=True)) if sold
    ]  # fmt: skip


def reported(period: str) -> Rows:
    when = days() if period == "day" else mondays()
    return [
        {"node": node, "sku": sku, "day": day, "period": period, "quantity": sold}
        for node, sku in series()
        for day, sold in zip(when, units(sku, node, len(when)), strict=True) if sold is not None
    ]  # fmt: skip


def days() -> list[str]:
    return [(LAST - timedelta(days=back)).isoformat() for back in range(DAYS - 1, -1, -1)]


def mondays() -> list[str]:
    return [(LAST - timedelta(days=6 + 7 * back)).isoformat() for back in range(WEEKS - 1, -1, -1)]


def counted() -> Rows:
    return [
        {"as_of": f"{LAST}T23:00:00+08:00", "node": node, "sku": sku, "lot": "-",
         "on_hand": -3 if sku == "NEGATIVE" else 2}
        for node, sku in series()
    ]  # fmt: skip


def shelves() -> Rows:
    """Whether A was there on the last three weeks' days at N1; of the others nothing is told."""
    return [
        {"node": "N1", "sku": "A", "day": day, "period": "day", "in_stock": at % 6 != 0}
        for at, day in enumerate(days()[-21:])
    ]


def daily(tables: dict[str, Rows]) -> dict[str, Rows]:
    """With two order days a week."""
    return {**tables, "lane": [{**row, "review_weekdays": "1,4"} for row in tables["lane"]]}


@cache
def contents(name: str) -> dict[str, Rows]:
    told: Mapping[str, dict[str, Rows]] = {
        "orders by the day, counted": daily({**base(), "order_line": orders(), "stock_lot": counted()}),
        "sell-out by the day, seen on the shelf": daily(
            {**base(), "sell_out_agg": reported("day"), "availability": shelves()}
        ),
        "sell-out by the week, counted": {**base(), "sell_out_agg": reported("week"), "stock_lot": counted()},
        "orders by the week, seen on the shelf": {**base(), "order_line": orders(), "availability": shelves()},
    }
    return told[name]


WAYS = (
    ("orders by the day, counted", "day"),
    ("sell-out by the day, seen on the shelf", "day"),
    ("sell-out by the week, counted", "week"),
    ("orders by the week, seen on the shelf", "week"),
)


def whole_way(home: Path, tables: Mapping[str, Sequence[Mapping[str, object]]]) -> Made:
    """From CSV files to a plan, each step as its command does it."""
    for name, rows in tables.items():
        write_csv(home / "files" / f"{name}.csv", rows)
    settings = settings_from({"WATERLINE_HOME": str(home / "home"), "WATERLINE_STORE": ""})
    settings.home.mkdir()
    store = open_store(settings.store_url)
    store.migrate()
    loading = loading_for(settings, store, service_actor("ingest"))
    report = loading.ingest(str(home / "files"), Path("contract"), now=NOW)
    assert report.rows_rejected == 0, report
    build, _ = loading.build(now=NOW)
    run = forecasting_for(settings, store, job_actor("forecast", "test")).run(as_of=None, horizon_days=14, now=NOW)
    door = doors.run_facts(settings, BRAND, build, run)
    series = door.answer(door.table("forecast_series")).to_pylist()
    ahead = door.answer(door.table("forecast_ahead")).to_pandas()
    planned = planning_for(settings, store, job_actor("plan", "test")).run(as_of=None, now=NOW)
    return Made(
        settings, store, run, {row["series"]: row for row in series}, ahead.groupby("series")["mean"].mean(), planned
    )


@pytest.fixture(scope="module", params=WAYS, ids=[name for name, _ in WAYS])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Made, str]:
    name, bucket = request.param
    return whole_way(Path(tmp_path_factory.mktemp("any")), contents(name)), bucket


def test_plain_series_are_forecast_and_ordered_for(made: tuple[Made, str]) -> None:
    came, bucket = made
    # Without a lane that says otherwise, orders are reviewed weekly; what others report by the day stays by the day.
    assert {row["bucket"] for row in came.series.values() if row["sku"] != "NOLANE"} == {bucket}
    assert came.run.as_of == LAST
    per_period = 9 * 7 if bucket == "week" and "order_line" in came_tables(came) else 9
    for node in ("N1", "N2"):
        for sku in ("A", "B"):
            assert came.ahead[f"{node}|{sku}"] == pytest.approx(per_period, rel=0.4), (node, sku)
    ordered = {(one.node, one.sku) for one in came.planned.proposals}
    assert {("N2", "A"), ("N2", "B")} <= ordered


def came_tables(came: Made) -> set[str]:
    return {path.name for path in came.settings.lake.iterdir()}


def test_no_series_is_lost_and_each_odd_one_says_why(made: tuple[Made, str]) -> None:
    came, _ = made
    by_rows = "order_line" in came_tables(came)
    known = {f"{node}|{sku}" for node, sku in series() if not (by_rows and sku == "ZERO")}
    assert known <= set(came.series)
    flags = {row["sku"]: set(row["flags"].split(",")) for row in came.series.values() if row["node"] == "N1"}
    assert flags["ONE"] & {"one_point", "look_alike"}
    assert "ended_early" in flags["EARLY"]
    if not by_rows:
        assert "all_zero" in flags["ZERO"]
    told = {(one.node, one.sku): set(one.reasons) for one in came.planned.left_out}
    told |= {(one.node, one.sku): set(one.reasons) for one in came.planned.proposals}
    assert came.planned.positions == len(came.series)
    # Only what nobody buys any more needs neither an order nor a word.
    assert {tuple(name.split("|")) for name in known} - set(told) <= {("N1", "ZERO"), ("N1", "EARLY")}
    assert any("lane" in reason for reason in told["N1", "NOLANE"]), told
    # With a lane of its own, on no list, and never sold.
    assert told["N1", "NEVER"] == {"no_history", "no_forecast"}
    assert any("cost" in reason for reason in told["N1", "A"]), told


def test_a_day_outside_the_data_is_refused(made: tuple[Made, str]) -> None:
    came, _ = made
    job = forecasting_for(came.settings, came.store, job_actor("forecast", "test"))
    for day, code in ((LAST + timedelta(days=1), "future"), (date(2020, 1, 1), "before")):
        with pytest.raises(DomainError, match=f"forecast_as_of_{code}"):
            job.run(as_of=day, horizon_days=7, now=NOW)
        with pytest.raises(DomainError):
            planning_for(came.settings, came.store, job_actor("plan", "test")).run(as_of=day, now=NOW)
