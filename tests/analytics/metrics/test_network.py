"""Metrics of the network over literal rows; every expected value is worked out on paper beside the rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pytest

from analytics.core.errors import MissingData
from analytics.metrics import network
from analytics.policies.registry import policy_named
from analytics.policies.table import InForce, policy_table
from dashboard.composition import doors
from dashboard.services.ask import Ask
from data.facts import ScopedFacts
from data.marts.mart import Mart
from data.marts.nearness import MOST_KM
from data.marts.network import REACH_DAYS
from tests.worlds import CHANNELS, PRODUCTS, World, line, make_world

pytestmark = pytest.mark.slow

NOW = datetime(2026, 5, 1, 4, 0, tzinfo=UTC)
PARTNERS = [
    {"partner": "D1", "name": "Dealer", "kind": "dealer"},
    {"partner": "S1", "name": "One", "kind": "store", "parent": "D1"},
    {"partner": "S2", "name": "Two", "kind": "store", "joined": "2026-04-02"},
    {"partner": "S3", "name": "Three", "kind": "store", "left": "2026-04-02"},
]
LINES = [
    line("A1", "1", "2026-01-01", "shop", "R5", "1", "10", entry_partner="S1", node="N1"),
    line("A2", "1", "2026-03-02", "shop", "R5", "1", "10", entry_partner="S1", node="N1"),
    line("A3", "1", "2026-03-20", "shop", "F1", "1", "10", entry_partner="S3"),
    line("A4", "1", "2026-04-01", "web", "O1", "1", "10", node="N1"),
    line("A5", "1", "2026-04-02", "web", "O1", "1", "10", node="N1", cancelled_at="2026-04-02T13:00:00"),
    line("A6", "1", "2026-04-02", "shop", "F1", "1", "10", entry_partner="S2"),
    # Sold at N1, but oil: rice there was sold last on 2 March.
    line("A8", "1", "2026-05-01", "web", "F1", "1", "10"),
    line("A7", "1", "2026-04-30", "web", "O1", "1", "10", node="N1"),
]
NODES = [
    {"node": "N1", "name": "Store one", "kind": "store", "partner": "S1"},
    {"node": "N2", "name": "Central", "kind": "central"},
]
COSTS = [{"sku": sku, "cost": cost, "valid_from": "2025-01-01"} for sku, cost in (("R5", "30"), ("O1", "10"))]


def lot(node: str, day: str, sku: str, on_hand: str) -> dict[str, Any]:
    return {"as_of": f"{day}T12:00:00", "node": node, "sku": sku, "lot": "L", "on_hand": on_hand, "expiry": None}


LOTS = [
    # Since 1 January there is rice and oil at N1; on 30 April, 59 days after the last sale, rice still moves.
    lot("N1", "2026-01-01", "R5", "5"),
    lot("N1", "2026-01-01", "O1", "1"),
    lot("N1", "2026-04-30", "R5", "2"),
    lot("N1", "2026-04-30", "O1", "1"),
    # On 1 May it has not sold for 60 days; flour came yesterday.
    lot("N1", "2026-05-01", "R5", "2"),
    lot("N1", "2026-05-01", "O1", "4"),
    lot("N1", "2026-05-01", "F1", "9"),
    # A central warehouse sells nothing itself.
    lot("N2", "2026-01-01", "R5", "100"),
    lot("N2", "2026-05-01", "R5", "100"),
]
EVENTS = [
    {"event": "E1", "happened_at": "2026-04-01T09:00:00", "partner": "S1", "kind": "complaint"},
    {"event": "E2", "happened_at": "2026-04-02T09:00:00", "partner": "S1", "kind": "training"},
    {"event": "E3", "happened_at": "2026-04-02T09:00:00", "partner": "S2", "kind": "complaint"},
]
REFUNDS = [
    {"refund_id": "R1", "line_no": "1", "order_id": "A2", "order_line_no": "1", "refunded_at": "2026-04-01T09:00:00",
     "channel": "shop", "sku": "R5", "quantity": "1", "amount": "4", "reason": "damaged", "entry_partner": "S1"},
    {"refund_id": "R2", "line_no": "1", "refunded_at": "2026-04-01T09:00:00", "channel": "web", "sku": "R5",
     "quantity": "1", "amount": "4", "reason": "returned"},
]  # fmt: skip
TABLES: dict[str, Any] = {
    "channel": CHANNELS, "partner": PARTNERS, "product": PRODUCTS, "product_cost": COSTS, "order_line": LINES,
    "node": NODES, "stock_lot": LOTS, "partner_event": EVENTS, "refund_line": REFUNDS,
}  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(Path(tmp_path_factory.mktemp("network")), TABLES, now=NOW)


def value(world: World, metric: str, first: str, last: str, *where: str, grant: str = "brand") -> Any:
    days = {"first": date.fromisoformat(first), "last": date.fromisoformat(last)}
    found = world.services(grant).ask.ask((metric,), by=(), where=where, **days).table[metric].to_pylist()
    return found[0] if found else None


@pytest.mark.parametrize(
    ("metric", "first", "last", "where", "expected"),
    [
        # 1 April: D1 never sold, S1 thirty days ago (2 March is outside), S3 did; S2 has not joined.
        ("partners_online", "2026-04-01", "2026-04-01", (), 1 / 3),
        ("partners_online", "2026-04-01", "2026-04-01", ("partner=S1",), 0.0),
        # 2 April: S2 joined and sold, S3 has left.
        ("partners_online", "2026-04-02", "2026-04-02", (), 1 / 3),
        ("partners_online", "2026-04-01", "2026-04-02", ("partner_kind=store",), 2 / 4),
        # The 29 days after the first one are not judged: nobody knows what came before.
        ("partners_online", "2026-01-01", "2026-01-29", (), None),
        ("complaints", "2026-04-01", "2026-04-30", (), 2),
        ("complaints", "2026-04-01", "2026-04-30", ("partner=S1",), 1),
        # On 30 April 2 × 30 of rice and 1 × 10 of oil move; on 1 May rice does not, flour is not judged.
        ("slow_stock_share", "2026-04-30", "2026-04-30", (), 0.0),
        ("slow_stock_share", "2026-05-01", "2026-05-01", (), 60 / (60 + 40)),
        ("slow_stock_share", "2026-04-30", "2026-05-01", (), 60 / (60 + 10 + 60 + 40)),
        ("slow_stock_share", "2026-05-01", "2026-05-01", ("sku=O1",), 0.0),
        ("slow_stock_share", "2026-01-01", "2026-01-01", (), None),
        ("slow_stock_share", "2026-05-01", "2026-05-01", ("node=N2",), None),
        ("refund_lines", "2026-04-01", "2026-04-01", ("node=N1",), 1),
        ("refund_lines", "2026-04-01", "2026-04-01", ("node=none",), 1),
    ],
)
def test_on_paper(
    metric: str, first: str, last: str, where: tuple[str, ...], expected: float | None, world: World
) -> None:
    told = value(world, metric, first, last, *where)
    assert told == (None if expected is None else pytest.approx(expected))


def test_the_policy_says_how_many_days_make_a_partner_online(world: World) -> None:
    """On 1 April S1 sold thirty days ago; nobody sold within one day but S3, none of the first days is judged."""
    day = date(2026, 4, 1)

    def online(days: int, first: date = day) -> object:
        changes = [InForce("network.online_days", None, days, date(2026, 1, 1), 1)]
        desk = replace(world.services("brand").desk, policies=lambda: policy_table(changes, number=1))
        found = Ask(desk).ask(("partners_online",), by=(), where=(), first=first, last=first).table
        return found["partners_online"].to_pylist()[0] if found.num_rows else None

    assert online(31) == pytest.approx(2 / 3)
    assert online(13) == pytest.approx(1 / 3)
    assert online(12) == 0.0
    assert online(92) is None


def test_what_a_policy_may_ask_for_is_what_the_marts_hold() -> None:
    assert policy_named("network.online_days").upper == REACH_DAYS
    assert policy_named("stock.near_node_km").upper == Decimal(str(MOST_KM))


def test_a_dealer_is_told_of_the_own_partners_alone(world: World) -> None:
    assert value(world, "partners_online", "2026-04-01", "2026-04-01", grant="S3") == 1.0
    assert value(world, "complaints", "2026-04-01", "2026-04-30", grant="D1") == 1
    assert value(world, "slow_stock_share", "2026-05-01", "2026-05-01", grant="S2") is None


@pytest.mark.parametrize(("mart", "metric"), [("partner_day", "partners_online"), ("partner_event", "complaints")])
def test_each_predicate_is_needed(mart: str, metric: str, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    own, kept = value(world, metric, "2026-04-01", "2026-04-02", grant="D1"), ScopedFacts._within

    def without(self: ScopedFacts, rows: ir.Table, of: Mart) -> ir.Table:
        return rows if of.name == mart else kept(self, rows, of)

    doors.engine_doors.cache_clear()
    monkeypatch.setattr(ScopedFacts, "_within", without)
    try:
        assert value(world, metric, "2026-04-01", "2026-04-02", grant="D1") != own
    finally:
        doors.engine_doors.cache_clear()


def test_without_the_tables_it_is_said_which(tmp_path: Path) -> None:
    bare = make_world(tmp_path, {name: TABLES[name] for name in ("channel", "product", "order_line")}, now=NOW)
    for metric, table in (
        ("partners_online", "partner"), ("complaints", "partner_event"), ("slow_stock_share", "stock_lot")
    ):  # fmt: skip
        with pytest.raises(MissingData, match=table):
            value(bare, metric, "2026-04-01", "2026-04-02")


def test_every_metric_of_the_network_is_tested_here() -> None:
    """Those of distribution are tested beside those of members, whose world has shops that list and sell."""
    files = (Path(__file__), Path(__file__).with_name("test_members.py"))
    text = "".join(file.read_text(encoding="utf-8") for file in files)
    assert all(f'"{metric.name}"' in text for metric in network.METRICS)
