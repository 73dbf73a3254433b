"""A world of literal rows, laid into a lake and built as real data are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from analytics.core.access import ROOT, Actor, Role, Scope
from dashboard.composition import Services, services_as
from dashboard.settings import Settings, settings_from
from data.contract import contract_table
from data.contract.schema import Kind, physical_schema
from data.lake.lake import Lake
from data.marts.build import build
from data.store.engine import Store, open_store
from data.store.records import Build, Load
from data.store.unit_of_work import UnitOfWork
from tests.kept_marts import KeptMarts

NOW = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
BRAND = Scope(frozenset({ROOT}))
JOB = Actor("service:test", "service:test", frozenset({Role.SERVICE}), frozenset({ROOT}))
Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class World:
    """A home on disk with one published build."""

    settings: Settings
    store: Store
    build: Build

    def actor(self, *grants: str, roles: frozenset[Role] = frozenset({Role.EXECUTIVE})) -> Actor:
        return Actor("user", "user", roles, frozenset(grants))

    def services(self, *grants: str, role: Role = Role.EXECUTIVE) -> Services:
        actor = self.actor(*grants, roles=frozenset({role}))
        return services_as(self.settings, self.store, lambda: actor)


def make_world(
    home: Path, tables: Mapping[str, Rows], *, currency: str = "CNY", store_url: str = "", now: datetime = NOW
) -> World:
    """Load every table as one load of its own, and build; marts that another world made of these rows are taken."""
    settings = settings_from({"WATERLINE_HOME": str(home), "WATERLINE_STORE": store_url})
    store = open_store(settings.store_url)
    store.migrate()
    for name, rows in tables.items():
        load_rows(settings, store, name, rows, load_id=f"load-{name}", currency=currency)
    kept = KeptMarts(tables, {name: {f"load-{name}": len(rows)} for name, rows in tables.items()})
    kept.lend(settings.marts)
    built, _ = build(lake=Lake(settings.lake), store=store, actor=JOB, folder=settings.marts, now=now)
    kept.keep(settings.marts)
    return World(settings, store, built)


def load_rows(
    settings: Settings,
    store: Store,
    table: str,
    rows: Rows,
    *,
    load_id: str,
    extract_at: datetime = NOW,
    currency: str = "CNY",
    commit: bool = True,
) -> None:
    """Append literal rows as one load; ``commit=False`` leaves them without a load row, as a killed ingest would."""
    schema = physical_schema(contract_table(table))
    full = [_full(table, row, load_id, extract_at) for row in rows]
    Lake(settings.lake).append(table, pa.Table.from_pylist(full, schema=schema).to_reader())
    if not commit:
        return
    load = Load(
        load_id, "test", "test", load_id, load_id, load_id, {table: len(rows)}, len(rows), 0, 0, currency,
        "Asia/Shanghai", extract_at, NOW,
    )  # fmt: skip
    with UnitOfWork(store, BRAND) as unit:
        unit.loads.add(load)
        unit.commit()


def _full(table: str, row: Mapping[str, Any], load_id: str, extract_at: datetime) -> dict[str, Any]:
    declared = contract_table(table)
    typed = {name: _typed(declared.column(name).kind, value) for name, value in row.items() if name in declared.names}
    day = typed.get(declared.time) if declared.time else None
    day = day.date() if isinstance(day, datetime) else day
    system = {
        "source": row.get("source", "test"),
        "load_id": load_id,
        "file": row.get("file", f"{table}.csv"),
        "line": 2,
        "extract_at": extract_at,
        "loaded_at": NOW,
        "deleted": row.get("deleted", False),
        "business_day": day,
        "month": f"{day:%Y-%m}" if day else "all",
    }
    return {**typed, **system}


def _typed(kind: Kind, value: Any) -> Any:
    if value is None:
        return None
    if kind in {Kind.MONEY, Kind.QUANTITY}:
        return Decimal(str(value))
    if kind is Kind.TIME:
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return date.fromisoformat(value) if kind is Kind.DATE else value


def line(
    order: str, no: str, day: str | None, channel: str, sku: str, quantity: Any, amount: Any, **more: Any
) -> dict[str, Any]:
    """One order line; paid at noon of ``day`` unless day is None."""
    at = f"{day or '2026-02-01'}T12:00:00"
    return {
        "order_id": order, "line_no": no, "ordered_at": at, "paid_at": at if day else None, "channel": channel,
        "sku": sku, "quantity": quantity, "amount": amount, **more,
    }  # fmt: skip


CHANNELS: Rows = (
    {"channel": "web", "name": "Web", "channel_group": "online", "private_domain": False},
    {"channel": "shop", "name": "Shop", "channel_group": "store", "private_domain": True},
    {"channel": "bulk", "name": "Bulk", "channel_group": "wholesale", "private_domain": False},
)
PARTNERS: Rows = (
    {"partner": "D1", "name": "Canary Dealer One", "kind": "dealer", "region": "130100", "region_scheme": "gb-t-2260"},
    {
        "partner": "S1",
        "name": "Canary Store One",
        "kind": "store",
        "parent": "D1",
        "latitude": 38.4,
        "longitude": 114.9,
    },
    {"partner": "S2", "name": "Canary Store Two", "kind": "store", "parent": "D1"},
    {"partner": "D2", "name": "Canary Dealer Two", "kind": "dealer"},
    {
        "partner": "S3",
        "name": "Canary Store Three",
        "kind": "store",
        "parent": "D2",
        "latitude": 36.65,
        "longitude": 117.12,
    },
    # Next door to S1, yet another dealer's: what the map says of their common hexagon must not come from here.
    {
        "partner": "S4",
        "name": "Canary Store Four",
        "kind": "store",
        "parent": "D2",
        "latitude": 38.4,
        "longitude": 114.9,
        "city": "Canary City",
    },
)
REGIONS: Rows = (
    {"scheme": "gb-t-2260", "code": "130000", "name": "Hebei", "level": "province"},
    {
        "scheme": "gb-t-2260",
        "code": "130100",
        "name": "Shijiazhuang",
        "level": "city",
        "parent": "130000",
        "latitude": 38.05,
        "longitude": 114.5,
    },
)
PRODUCTS: Rows = (
    {"sku": "R5", "name": "Rice 5 kg", "category": "rice"},
    {"sku": "O1", "name": "Oil 1 l", "category": "oil"},
    {"sku": "F1", "name": "Flour 1 kg", "category": "flour"},
)
COSTS: Rows = (
    {"sku": "R5", "cost": "40", "valid_from": "2026-01-01"},
    {"sku": "R5", "cost": "45", "valid_from": "2026-02-10"},
    {"sku": "F1", "cost": "0", "valid_from": "2026-01-01"},
)
LINES: Rows = (
    line("A1", "1", "2026-02-01", "web", "R5", "2", "138.00", account="m1", ship_to_region="130100"),
    line("A1", "2", "2026-02-01", "web", "O1", "1", "20.50", account="m1", ship_to_region="130100"),
    line("A2", "1", "2026-02-10", "shop", "R5", "1", "69.00", account="m1", entry_partner="S1"),
    line("A3", "1", "2026-02-10", "shop", "F1", "0.5", "3.335", entry_partner="S1"),
    line("A4", "1", "2026-02-11", "bulk", "R5", "10", "600.00", entry_partner="S2"),
    line("A5", "1", "2026-02-12", "shop", "R5", "1", "65.55", account="m2", entry_partner="S3"),
    line("A5", "2", "2026-02-12", "shop", "Z9", "1", "9.99", account="m2", entry_partner="S3"),
    line("A6", "1", "2026-02-13", "bulk", "O1", "4", "80.00", entry_partner="X9"),
    # A gift without value, a zero quantity, an unpaid line and a cancelled one.
    line("A7", "1", "2026-02-14", "web", "F1", "1", "0", account="m3", gift=True),
    line("A7", "2", "2026-02-14", "web", "R5", "0", "0", account="m3"),
    line("A8", "1", None, "web", "R5", "5", "345.00", account="m4"),
    line("A9", "1", "2026-02-15", "web", "R5", "5", "345", account="m4", cancelled_at="2026-02-15T13:00:00"),
    # The same order number in another source is another order.
    line("A1", "1", "2026-02-16", "shop", "O1", "1", "21.00", account="m2", entry_partner="S1", source="other"),
)  # fmt: skip
REFUNDS: Rows = (
    {
        "refund_id": "C1", "line_no": "1", "order_id": "A1", "order_line_no": "1", "refunded_at": "2026-02-20T09:00:00",
        "channel": "web", "account": "m1", "sku": "R5", "quantity": "1", "amount": "69.00", "reason": "returned",
    },
    {
        "refund_id": "C2", "line_no": "1", "refunded_at": "2026-02-21T09:00:00", "channel": "shop", "account": "m5",
        "sku": "O1", "quantity": "1", "amount": "20.50", "reason": "damaged", "entry_partner": "S3",
    },
)  # fmt: skip

TABLES: Mapping[str, Rows] = {
    "channel": CHANNELS,
    "partner": PARTNERS,
    "region": REGIONS,
    "product": PRODUCTS,
    "product_cost": COSTS,
    "order_line": LINES,
    "refund_line": REFUNDS,
}
