"""A small world with a forecast written by hand: ten a day on every shelf, so that quantities can be worked out."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from dashboard.composition import planning_for
from dashboard.services.planning import Planned
from dashboard.services.users import job_actor
from dashboard.settings import settings_from
from data.forecasts import write_results
from data.store.engine import open_store
from data.store.records import ForecastRun
from data.store.unit_of_work import UnitOfWork
from tests.worlds import BRAND, CHANNELS, PARTNERS, World, line, make_world

AS_OF = date(2026, 2, 28)
"""A Saturday, the last day with data."""

NOW = datetime(2026, 3, 1, 1, tzinfo=UTC)
"""Nine in the morning after it, where the business is."""

PATHS, DAYS = 20, 28
LEVELS = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)

NODES: Sequence[Mapping[str, Any]] = (
    {"node": "P1", "name": "Plant", "kind": "plant"},
    {"node": "W1", "name": "Warehouse One", "kind": "central"},
    {"node": "N1", "name": "Shelf of S1", "kind": "store", "partner": "S1", "latitude": 38.4, "longitude": 114.9},
    {"node": "N2", "name": "Shelf of S2", "kind": "store", "partner": "S2", "latitude": 38.5, "longitude": 114.9},
    {"node": "N3", "name": "Canary Shelf Three", "kind": "store", "partner": "S3"},
    {"node": "N4", "name": "Shelf of faults", "kind": "store", "capacity": "900"},
)
WEEKLY = {"lead_days": 5.0, "review_weekdays": "1", "fixed_cost": "0"}
TWICE = {"lead_days": 2.0, "review_weekdays": "1,4", "fixed_cost": "0", "cut_off": "16:00"}
LANES: Sequence[Mapping[str, Any]] = (
    {"lane": "L1", "origin": "P1", "node": "W1", **WEEKLY},
    {"lane": "L2", "origin": "W1", "node": "N1", **TWICE},
    {"lane": "L3", "origin": "W1", "node": "N2", **TWICE},
    {"lane": "L4", "origin": "SUPPLIER", "node": "N4", **TWICE},
    {"lane": "L5", "origin": "SUPPLIER", "node": "N4", "sku": "LEAD0", **TWICE, "lead_days": 0.0},
)
FAULTS = ("NOCOST", "NOPRICE", "LOSS", "NEG", "FLAGGED", "NOHIST", "NOTHING", "MOQ", "LEAD0", "OVER", "NOKG")
SKUS = ("R5", "HELP", "SHARE", "BELOW", "PAST", *FAULTS)
FLAGS = {"FLAGGED": "one_point", "NOHIST": "look_alike,no_history", "NOTHING": "no_look_alike"}
SERIES = (
    ("N1", "R5", ""),
    *((node, sku, "") for node in ("N1", "N2") for sku in ("HELP", "SHARE", "BELOW")),
    ("N1", "PAST", ""),
    ("N3", "NOCOST", ""),
    *(("N4", sku, FLAGS.get(sku, "")) for sku in FAULTS),
)
"""Node, SKU and flags of what was forecast.

R5: an empty shelf. HELP: a neighbour has too much. SHARE: the warehouse has less than two shelves want. BELOW: the
warehouse itself has little. PAST: stock and deliveries on other days. The others are faulty in the way they are named.
"""

COUNTS = {
    ("W1", "R5"): "5000", ("N1", "R5"): "0",
    ("W1", "HELP"): "5000", ("N1", "HELP"): "0", ("N2", "HELP"): "900",
    ("W1", "SHARE"): "40", ("N1", "SHARE"): "0", ("N2", "SHARE"): "0",
    ("W1", "BELOW"): "40", ("N1", "BELOW"): "400", ("N2", "BELOW"): "400",
    ("W1", "PAST"): "5000", ("N1", "PAST"): "500",
    **{("N4", sku): "-4" if sku == "NEG" else "0" for sku in FAULTS},
}  # fmt: skip
EARLIER = {("N1", "PAST"): "25", ("N1", "R5"): "0", ("W1", "PAST"): "5000", ("W1", "R5"): "5000"}
"""Counts of the 14th of February."""


def counted(day: str, counts: Mapping[tuple[str, str], str]) -> list[dict[str, Any]]:
    """Lots on the evening of a day, which never expire."""
    return [
        {"as_of": f"{day}T15:00:00", "node": node, "sku": sku, "lot": "-", "on_hand": held}
        for (node, sku), held in counts.items()
    ]


def product(sku: str) -> dict[str, Any]:
    more = {"MOQ": {"moq": "5000"}, "OVER": {"discontinued": "2026-03-01"}}.get(sku, {})
    return {
        "sku": sku,
        "name": sku,
        "category": "rice",
        "kg": None if sku == "NOKG" else 5.0,
        "units_per_case": "1",
        **more,
    }


TABLES: Mapping[str, Any] = {
    "channel": CHANNELS,
    "partner": PARTNERS,
    "node": NODES,
    "lane": LANES,
    "product": [product(sku) for sku in SKUS],
    "product_cost": [
        {"sku": sku, "cost": "80" if sku == "LOSS" else "45", "valid_from": "2026-01-01"}
        for sku in SKUS if sku != "NOCOST"
    ],
    "price_policy": [
        {"sku": sku, "base_price": "69", "valid_from": "2026-01-01"} for sku in SKUS if sku != "NOPRICE"
    ],
    "order_line": [
        line("A1", "1", "2026-01-01", "shop", "R5", "1", "69", node="N1"),
        line("A2", "1", AS_OF.isoformat(), "shop", "R5", "1", "69", node="N1"),
    ],
    "stock_lot": [*counted(AS_OF.isoformat(), COUNTS), *counted("2026-02-14", EARLIER)],
    "inbound": [
        {"inbound_id": "I", "line_no": "1", "node": "N1", "sku": "PAST", "origin": "W1", "quantity": "12",
         "ordered_at": "2026-02-12T03:00:00", "promised_at": "2026-02-18T03:00:00", "received": "12",
         "received_at": "2026-02-20T03:00:00", "closed": True},
    ],
}  # fmt: skip


def planning_world(home: Path) -> World:
    """The world, and a forecast of SERIES."""
    world = make_world(home, TABLES)
    publish(world)
    return world


def fork(world: World, home: Path) -> World:
    """The same world in a home of its own, to do things in."""
    shutil.copytree(world.settings.home, home)
    settings = settings_from({"WATERLINE_HOME": str(home), "WATERLINE_STORE": ""})
    return World(settings, open_store(settings.store_url), world.build)


def publish(
    world: World, series: Sequence[tuple[str, str, str]] = SERIES, *, as_of: date = AS_OF, units: float = 10.0,
    at: datetime = NOW, paths: bool = True,
) -> None:  # fmt: skip
    """A run of that day: every series sells ``units`` a day, on every path; without paths its quantiles say so."""
    named = sorted(series)
    rows = {"forecast_series": _series(named), "forecast_ahead": _ahead(named, as_of, units, paths=paths)}
    run = ForecastRun(
        id=f"{as_of:%Y%m%d}-{units:g}-{at:%H%M}", published_at=at, build=world.build.id, as_of=as_of, horizon_days=DAYS,
        seed=1, series=len(named), parameters={"levels": LEVELS}, versions={}, accuracy={}, flags={},
        files=write_results(rows, world.settings.forecasts), asked_by="test", seconds=0.0,
    )  # fmt: skip
    with UnitOfWork(world.store, BRAND) as unit:
        unit.forecast_runs.publish(run)
        unit.commit()


def _series(named: Sequence[tuple[str, str, str]]) -> pa.Table:
    owners = {str(node["node"]): str(node.get("partner", "brand")) for node in NODES}
    return pa.table({
        "owner": [owners[node] for node, _, _ in named], "series": [f"{node}|{sku}" for node, sku, _ in named],
        "node": [node for node, _, _ in named], "sku": [sku for _, sku, _ in named], "category": ["rice"] * len(named),
        "bucket": ["day"] * len(named), "answered": ["no_look_alike" not in flags for _, _, flags in named],
        "flags": [flags for _, _, flags in named], "methods": ["naive"] * len(named),
    })  # fmt: skip


def _ahead(named: Sequence[tuple[str, str, str]], as_of: date, units: float, *, paths: bool) -> pa.Table:
    days = [as_of + timedelta(days=step) for step in range(1, DAYS + 1)]
    told = [one for one in named if "no_look_alike" not in one[2]]
    count = len(told) * DAYS
    drawn = np.full((count, PATHS), units).tolist() if paths else [None] * count
    sums = np.tile(np.arange(1, DAYS + 1) * units, len(told))
    owners = {str(node["node"]): str(node.get("partner", "brand")) for node in NODES}
    return pa.table({
        "owner": [owners[node] for node, _, _ in told for _ in days],
        "series": [f"{node}|{sku}" for node, sku, _ in told for _ in days],
        "step": list(range(1, DAYS + 1)) * len(told), "period": days * len(told),
        "mean": np.full(count, units),
        "paths": pa.array(drawn, pa.list_(pa.float32())), **{f"s{round(level * 100):02d}": sums for level in LEVELS},
    })  # fmt: skip


def plan(world: World, as_of: date | None = None, now: datetime = NOW) -> Planned:
    return planning_for(world.settings, world.store, job_actor("plan", "test")).run(as_of=as_of, now=now)
