"""Metrics of the one pool over literal rows; every expected value is worked out on paper beside the rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pytest

from analytics.core.errors import MissingData
from analytics.metrics import pool
from analytics.policies.policy import Value
from analytics.policies.table import InForce, policy_table
from dashboard.composition import doors
from dashboard.services.ask import Ask
from data.facts import ScopedFacts
from data.marts.mart import Mart
from tests.worlds import CHANNELS, PRODUCTS, REGIONS, World, line, make_world

pytestmark = pytest.mark.slow

NOW = datetime(2026, 3, 20, 4, 0, tzinfo=UTC)
KM = 1 / 111.195
"""Degrees of latitude."""

CITY = {"region": "130100", "region_scheme": "gb-t-2260"}
ELSEWHERE = {"region": "130200", "region_scheme": "gb-t-2260"}
TOWN = {"scheme": "gb-t-2260", "code": "130200", "name": "Tangshan", "level": "city", "parent": "130000"}
DISTRICT = {"scheme": "gb-t-2260", "code": "130102", "name": "Chang'an", "level": "district", "parent": "130100"}
PARTNERS = [
    {"partner": "D1", "name": "Dealer", "kind": "dealer"},
    {"partner": "S1", "name": "One", "kind": "store", "parent": "D1", "latitude": 38.4, "longitude": 114.9, **CITY},
    {"partner": "S2", "name": "Two", "kind": "store", "latitude": 38.4 + 2.9 * KM, "longitude": 114.9, **CITY},
    {"partner": "S3", "name": "Far", "kind": "store", "latitude": 38.4 + 6.0 * KM, "longitude": 114.9, **ELSEWHERE},
]
NODES = [
    {"node": "N1", "name": "Store one", "kind": "store", "partner": "S1", "latitude": 38.4, "longitude": 114.9},
    # Without a position of its own it lies where its partner does.
    {
        "node": "N2",
        "name": "Store two",
        "kind": "store",
        "partner": "S2",
        "region": "130102",
        "region_scheme": "gb-t-2260",
    },
    {"node": "N3", "name": "Store three", "kind": "store", "partner": "S3"},
    {"node": "N4", "name": "Next to it", "kind": "front", **CITY},
    {"node": "N8", "name": "Nobody knows where", "kind": "front"},
    {"node": "N9", "name": "Central", "kind": "central", **CITY},
]
LINES = [
    # N1 sells 34 of rice in the 28 days that end on 10 March (99 on the day before them), N2 one.
    line("A0", "1", "2026-01-01", "shop", "R5", "1", "10", entry_partner="S1", node="N1"),
    line("A1", "1", "2026-02-10", "shop", "R5", "99", "10", entry_partner="S1", node="N1"),
    line("A2", "1", "2026-02-12", "shop", "R5", "28", "10", entry_partner="S1", node="N1"),
    line("B0", "1", "2026-01-01", "shop", "O1", "1", "10", entry_partner="S2", node="N2"),
    line("B1", "1", "2026-02-12", "shop", "R5", "1", "10", entry_partner="S2", node="N2"),
    # On 10 March from S1's door: rice is at N1 and N2, oil at N2 alone (2.9 km), flour nowhere.
    line("C1", "1", "2026-03-10", "shop", "O1", "1", "10", entry_partner="S1", cancelled_at=None),
    line("C2", "1", "2026-03-10", "shop", "R5", "1", "10", entry_partner="S1"),
    line("C2", "2", "2026-03-10", "shop", "O1", "1", "10", entry_partner="S1"),
    line("C3", "1", "2026-03-10", "shop", "R5", "1", "10", entry_partner="S1"),
    line("C3", "2", "2026-03-10", "shop", "F1", "1", "10", entry_partner="S1"),
    # Six kilometres off, and from nowhere in particular.
    line("C4", "1", "2026-03-10", "shop", "R5", "1", "10", entry_partner="S3"),
    line("C5", "1", "2026-03-10", "web", "R5", "6", "10", ship_to_region="130100", node="N1"),
    line("C6", "1", "2026-03-10", "web", "R5", "2", "10", ship_to_region="130100", node="N9"),
    line("C7", "1", "2026-03-10", "web", "R5", "4", "10", ship_to_region="130100", node="N1",
         cancelled_at="2026-03-10T15:00:00"),
    line("C8", "1", "2026-03-10", "web", "R5", "9", "10", ship_to_region="130100"),
    line("E1", "1", "2026-03-10", "web", "R5", "1", "10", ship_to_region="130102"),
    line("E2", "1", "2026-03-10", "web", "R5", "1", "10", ship_to_region="130102"),
    line("E2", "2", "2026-03-10", "web", "F1", "1", "10", ship_to_region="130102"),
    line("C9", "1", "2026-03-10", "shop", "R5", "5", "10", entry_partner="S2", node="N9"),
    # After the day that the last count stands for, nobody knows what was in stock.
    line("D1", "1", "2026-03-19", "shop", "R5", "1", "10", entry_partner="S1"),
]  # fmt: skip


def lot(node: str, day: str, sku: str, on_hand: str, expiry: str | None = None, **more: Any) -> dict[str, Any]:
    return {"as_of": f"{day}T12:00:00", "node": node, "sku": sku, "lot": expiry or "L", "on_hand": on_hand,
            "expiry": expiry, **more}  # fmt: skip


LOTS = [
    lot("N1", "2026-02-01", "R5", "5"),
    lot("N2", "2026-02-01", "R5", "5"),
    lot("N1", "2026-03-10", "R5", "42", "2026-05-08"),
    lot("N2", "2026-03-10", "R5", "50", "2026-05-09", reserved="8"),
    lot("N2", "2026-03-10", "O1", "30", "2026-05-08"),
    lot("N2", "2026-03-10", "F1", "7", "2026-03-10"),
    lot("N9", "2026-03-10", "R5", "900"),
]
LISTINGS = [
    {"node": node, "sku": sku, "valid_from": "2026-03-01"}
    for node, sku in (("N1", "R5"), ("N1", "O1"), ("N2", "R5"), ("N9", "O1"), ("N3", "R5"), ("N4", "R5"), ("N8", "R5"))
]
AVAILABILITY = [
    {"node": node, "sku": "R5", "day": "2026-03-10", "period": "day", "in_stock": False} for node in ("N3", "N4", "N8")
]
TABLES: dict[str, Any] = {
    "channel": CHANNELS, "region": [*REGIONS, TOWN, DISTRICT], "partner": PARTNERS, "product": PRODUCTS,
    "order_line": LINES, "node": NODES, "stock_lot": LOTS, "listing": LISTINGS, "availability": AVAILABILITY,
}  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(Path(tmp_path_factory.mktemp("pool")), TABLES, now=NOW)


def value(
    world: World, metric: str, *where: str, first: str = "2026-03-10", last: str = "2026-03-10",
    grant: str = "brand", policies: dict[tuple[str, str | None], Value] | None = None,
) -> Any:  # fmt: skip
    desk = world.services(grant).desk
    if policies:
        changes = [InForce(name, key, value, date(2026, 3, 10), 1) for (name, key), value in policies.items()]
        desk = replace(desk, policies=lambda: policy_table(changes, number=1))
    days = {"first": date.fromisoformat(first), "last": date.fromisoformat(last)}
    found = Ask(desk).ask((metric,), by=(), where=where, **days).table[metric].to_pylist()
    return found[0] if found else None


SHARED = {("stock.store_reserve", "rice"): 40}


@pytest.mark.parametrize(
    ("metric", "where", "policies", "expected"),
    [
        # Thirty are kept for the shop: 42 → 12, 50 of which 8 are reserved → 12, 30 → 0. What has expired is no stock.
        ("stock_sharing_rate", (), None, 24 / 122),
        ("stock_sharing_rate", ("node=N1",), None, 12 / 42),
        ("stock_sharing_rate", ("sku=O1",), None, 0.0),
        ("stock_sharing_rate", ("category=rice",), SHARED, (2 + 2) / 92),
        ("stock_sharing_rate", ("category=oil",), SHARED, 0.0),
        ("stock_sharing_rate", ("node_kind=central",), None, None),
        # Online: six from a store, two from the central warehouse; nobody knows who sent the nine.
        ("shipped_for_online", (), None, 6 / 8),
        ("shipped_for_online", ("channel=web",), None, 6 / 8),
        ("shipped_for_online", ("channel=shop",), None, None),
        # Empty: oil at N1 and N9, rice at N4 and, in another city, N3; where N8 is, nobody knows. N2 sells a rice a
        # month and has 50; that its oil lies too long nobody can tell after a day, and 900 at the central warehouse,
        # which sells nothing itself, are no overstock.
        ("coexistence_rate", (), None, 1 / 4),
        ("coexistence_rate", ("sku=R5",), None, 1 / 2),
        ("coexistence_rate", ("node=N1",), None, 0.0),
        ("coexistence_rate", (), {("stock.coexistence_cover_days", None): 1400}, 0.0),
        ("coexistence_rate", (), {("stock.coexistence_cover_days", None): 1399}, 1 / 4),
        # At S1's door C1 and C2 find all at N2, C3 no flour; S2 has rice itself; S3 is 3.1 km from N2.
        ("near_node_share", (), None, 3 / 5),
        ("near_node_share", ("channel=shop",), None, 3 / 5),
        ("near_node_share", ("channel=web",), None, None),
        ("near_node_share", ("partner=S1",), None, 2 / 3),
        ("near_node_share", (), {("stock.near_node_km", None): 4}, 4 / 5),
        ("near_node_share", (), {("stock.near_node_km", None): 1}, 1 / 5),
        # Two orders name a district, where N2 stands; it has rice, its flour has expired. A city is no district.
        ("district_stock_share", (), None, 1 / 2),
        ("district_stock_share", ("channel=shop",), None, None),
        # 59 days left are near, 60 are not; a lot without a date never is.
        ("near_expiry_share", (), None, (42 + 30) / (42 + 50 + 30 + 900)),
        ("near_expiry_share", ("node=N2",), None, 30 / 80),
        ("near_expiry_share", (), {("stock.near_expiry_days", "oil"): 59}, 42 / (42 + 50 + 30 + 900)),
        ("near_expiry_share", (), {("stock.near_expiry_days", None): 61}, 122 / (42 + 50 + 30 + 900)),
        # N1 has 42 and sold 34 in 28 days, N2 has 50 and sold one.
        ("cover_days", (), None, (42 + 50) / (34 / 28 + 1 / 28)),
        ("cover_days", ("node=N1",), None, 42 / (34 / 28)),
        ("cover_days", ("sku=O1",), None, None),
    ],
)
def test_on_paper(
    metric: str, where: tuple[str, ...], policies: dict[tuple[str, str | None], Value] | None, expected: float | None,
    world: World,
) -> None:  # fmt: skip
    told = value(world, metric, *where, policies=policies)
    assert told == (None if expected is None else pytest.approx(expected))


def test_orders_of_days_without_a_count_are_unknown(world: World) -> None:
    assert value(world, "near_node_share", first="2026-03-19", last="2026-03-19") is None
    assert value(world, "near_node_share", first="2026-03-10", last="2026-03-19") == pytest.approx(3 / 5)


def test_a_store_is_told_of_the_own_stock_alone(world: World) -> None:
    """Oil for C1 and C2 lies next door, at somebody else's."""
    assert value(world, "near_node_share", grant="S1") == 0.0
    assert value(world, "coexistence_rate", grant="S1") == 0.0
    assert value(world, "stock_sharing_rate", grant="S1") == pytest.approx(12 / 42)
    assert value(world, "near_expiry_share", grant="S2") == pytest.approx(30 / 80)


@pytest.mark.parametrize(
    ("mart", "metric"),
    [("stock_node", "near_node_share"), ("lot_day", "near_expiry_share"), ("stock_day", "stock_sharing_rate")],
)
def test_each_predicate_is_needed(mart: str, metric: str, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    own, kept = value(world, metric, grant="S1"), ScopedFacts._within
    open_too = {mart, "stock_day"}

    def without(self: ScopedFacts, rows: ir.Table, of: Mart) -> ir.Table:
        return rows if of.name in open_too else kept(self, rows, of)

    doors.engine_doors.cache_clear()
    monkeypatch.setattr(ScopedFacts, "_within", without)
    try:
        assert value(world, metric, grant="S1") != own
    finally:
        doors.engine_doors.cache_clear()


def test_without_the_tables_it_is_said_which(tmp_path: Path) -> None:
    bare = make_world(tmp_path, {name: TABLES[name] for name in ("channel", "product", "order_line")}, now=NOW)
    for metric, table in (("coexistence_rate", "listing"), ("near_node_share", "node"), ("cover_days", "stock_lot")):
        with pytest.raises(MissingData, match=table):
            value(bare, metric)


def test_every_metric_of_the_pool_is_tested_here() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    assert all(f'"{metric.name}"' in text for metric in pool.METRICS)
