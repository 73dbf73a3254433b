"""Metrics of service over literal rows; every expected value is worked out on paper beside the rows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from analytics.core.access import Action
from analytics.core.errors import DomainError, MissingData
from analytics.metrics import service
from analytics.metrics.facts import FACTS
from analytics.metrics.given import Given
from dashboard.composition import doors
from dashboard.services.requests import Asked
from data.facts import ScopedFacts
from data.marts.mart import Mart
from tests.worlds import CHANNELS, PRODUCTS, World, line, make_world

pytestmark = pytest.mark.slow

NOW = datetime(2026, 3, 16, 4, 0, tzinfo=UTC)


def shipment(
    order: str, no: str, quantity: str, promised: str | None, delivered: str | None, **more: Any
) -> dict[str, Any]:
    return {
        "shipment_id": f"F-{order}-{no}-{quantity}", "line_no": "1", "order_id": order, "order_line_no": no,
        "node": "N1", "sku": "R5", "quantity": quantity, "shipped_at": "2026-02-02T09:00:00",
        "promised_at": promised and f"{promised}T18:00:00",
        "delivered_at": delivered and f"{delivered}T12:00:00", **more,
    }  # fmt: skip


LINES = [
    # m1 comes back after 5 and after 60 days, m2 after 120, m3 never; S1's wholesale order is the partner's own.
    line("A1", "1", "2026-01-01", "web", "R5", "2", "100", account="m1"),
    line("A2", "1", "2026-01-06", "web", "R5", "1", "50", account="m1"),
    line("A3", "1", "2026-03-07", "shop", "R5", "1", "50", account="m1", entry_partner="S1"),
    line("B1", "1", "2025-11-01", "web", "R5", "1", "40", account="m2"),
    line("B2", "1", "2026-03-01", "web", "R5", "1", "60", account="m2", cancelled_at="2026-03-01T15:00:00",
         cancel_reason="no_stock"),
    line("B3", "1", "2026-03-01", "web", "R5", "3", "60", account="m2", fulfilment="express"),
    line("C1", "1", "2026-03-02", "shop", "O1", "1", "20", account="m3", cancelled_at="2026-03-02T15:00:00",
         cancel_reason="customer"),
    line("C2", "1", "2026-03-03", "shop", "O1", "1", "20", account="m3"),
    line("C3", "1", None, "shop", "O1", "1", "20", account="m3"),
]  # fmt: skip
SHIPMENTS = [
    shipment("A1", "1", "2", "2026-02-05", "2026-02-05"),
    # Half of it came late.
    shipment("B3", "1", "1", "2026-03-03", "2026-03-02"),
    shipment("B3", "1", "2", "2026-03-03", "2026-03-04"),
    # Not whole, not there yet, without a promise, and of a line that was cancelled.
    shipment("A2", "1", "0.5", "2026-02-05", "2026-02-04"),
    shipment("A3", "1", "1", "2026-03-20", None),
    shipment("C2", "1", "1", None, "2026-03-04"),
    shipment("B2", "1", "1", "2026-03-03", "2026-03-02"),
]
REFUNDS = [
    {"refund_id": "R1", "line_no": "1", "refunded_at": "2026-03-05T09:00:00", "channel": "web", "sku": "R5",
     "quantity": "1", "amount": "15", "reason": "quality", "order_id": "B3", "order_line_no": "1"},
]  # fmt: skip
NODES = [
    {"node": "N1", "name": "Store one", "kind": "store", "partner": "S1"},
    {"node": "N2", "name": "Central", "kind": "central"},
    {"node": "N3", "name": "Supermarket", "kind": "store", "partner": "S3"},
]
LISTINGS = [
    {"node": "N1", "sku": "R5", "valid_from": "2026-01-01"},
    {"node": "N1", "sku": "O1", "valid_from": "2026-01-01", "valid_to": "2026-03-01"},
    {"node": "N2", "sku": "R5", "valid_from": "2026-01-01"},
    {"node": "N3", "sku": "R5", "valid_from": "2026-01-01"},
]
PARTNERS = [
    {"partner": "D1", "name": "Dealer", "kind": "dealer"},
    {"partner": "S1", "name": "Store", "kind": "store", "parent": "D1"},
    {"partner": "S3", "name": "Supermarket", "kind": "supermarket"},
]


def lot(
    node: str, day: str, sku: str, on_hand: str, expiry: str | None = None, name: str = "L1", hour: int = 12
) -> dict[str, Any]:
    # Stamped in UTC; the business day is the day itself.
    return {
        "as_of": f"{day}T{hour:02}:00:00",
        "node": node,
        "sku": sku,
        "lot": name,
        "on_hand": on_hand,
        "expiry": expiry,
    }


LOTS = [
    # N1, 1 March: ten of rice, of which four have expired; oil is not counted: it is out. An earlier count is no news.
    lot("N1", "2026-03-01", "R5", "99", hour=8),
    lot("N1", "2026-03-01", "R5", "6", "2026-09-01"),
    lot("N1", "2026-03-01", "R5", "4", "2026-03-01", "L2"),
    # N1, 3 March: only expired rice is left: out. Oil is listed no more.
    lot("N1", "2026-03-03", "R5", "4", "2026-03-01", "L2"),
    # N2, 1 March: a negative lot counts as nothing.
    lot("N2", "2026-03-01", "R5", "-5"),
    lot("N2", "2026-03-01", "R5", "20", None, "L2"),
]
AVAILABILITY = [
    {"node": "N3", "sku": "R5", "day": "2026-03-02", "period": "week", "in_stock": True},
    {"node": "N3", "sku": "R5", "day": "2026-03-09", "period": "week", "in_stock": False},
    {"node": "N3", "sku": "O1", "day": "2026-03-09", "period": "week", "in_stock": False},
]
COSTS = [{"sku": "R5", "cost": "30", "valid_from": "2025-01-01"}]
TABLES: dict[str, Any] = {
    "channel": CHANNELS, "partner": PARTNERS, "product": PRODUCTS, "product_cost": COSTS, "order_line": LINES,
    "refund_line": REFUNDS, "shipment_line": SHIPMENTS, "node": NODES, "listing": LISTINGS, "stock_lot": LOTS,
    "availability": AVAILABILITY,
}  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(Path(tmp_path_factory.mktemp("service")), TABLES, now=NOW)


def value(
    world: World, metric: str, *where: str, first: str = "2026-03-01", last: str = "2026-03-15", grant: str = "brand"
) -> Any:
    ask = world.services(grant).ask.ask
    days = {"first": date.fromisoformat(first), "last": date.fromisoformat(last)}
    found = ask((metric,), by=(), where=where, **days).table[metric].to_pylist()
    return found[0] if found else None


ALL = {"first": "2025-11-01", "last": "2026-03-15"}


@pytest.mark.parametrize(
    ("metric", "where", "expected"),
    [
        # Paid and kept in March: A3 50, B3 60, C2 20.
        ("refund_rate", (), 15 / 130),
        ("refund_rate", ("channel=web",), 15 / 60),
        # The shop is private domain, the web is not.
        ("private_domain_share", (), 70 / 130),
        # Buyers of March: m1 (60 days after the last), m2 (120), m3 (first order).
        ("repurchase_30", (), 0.0),
        ("repurchase_90", (), 1 / 3),
        ("repurchase_180", (), 2 / 3),
        ("repurchase_365", (), 2 / 3),
        ("repurchase_90", ("channel=web",), 0.0),
        # Paid lines of March: A3, B2, B3, C1, C2; B2 for no stock, C1 by the customer.
        ("paid_lines", (), 5),
        ("cancelled_lines", (), 2),
        ("cancelled_lines", ("reason=no_stock",), 1),
        ("cancellation_rate", (), 2 / 5),
        ("oversell_rate", (), 1 / 5),
        ("oversell_rate", ("channel=shop",), 0.0),
        # A cause is of what went wrong: what that is a share of stays whole.
        ("paid_lines", ("reason=no_stock",), 5),
        ("cancellation_rate", ("reason=no_stock",), 1 / 5),
        ("oversell_rate", ("reason=customer",), 0.0),
        ("refund_rate", ("reason=quality",), 15 / 130),
        ("refund_rate", ("reason=customer",), 0.0),
        # Refunds have the mode of what was sold.
        ("refund_rate", ("mode=express",), 15 / 60),
        ("cancelled_lines", ("mode=express",), 0),
        # With a promise in March: B3 (half of it late); A3's may still be kept.
        ("on_time_in_full", (), 0.0),
        # Counted in March: N1 rice and oil on the 1st, rice on the 3rd; N2 rice on the 1st; N3 rice for two weeks.
        ("out_of_stock_rate", (), (1 + 1 + 7) / (3 + 1 + 14)),
        ("in_stock_rate", (), (18 - 9) / 18),
        ("out_of_stock_rate", ("partner=S1",), 2 / 3),
        ("out_of_stock_rate", ("sku=O1",), 1.0),
        ("out_of_stock_rate", ("node=N2",), 0.0),
    ],
)
def test_on_paper(metric: str, where: tuple[str, ...], expected: float, world: World) -> None:
    assert value(world, metric, *where) == pytest.approx(expected)


@pytest.mark.parametrize("metric", ["on_time_in_full", "orders", "repurchase_90", "stock_turns"])
def test_what_has_no_cause_is_not_cut_by_one(metric: str, world: World) -> None:
    with pytest.raises(DomainError, match="dimension_unknown_to_metric"):
        value(world, metric, "reason=no_stock")


def test_tiles_say_by_which_filter_they_cannot_be_cut(world: World) -> None:
    """Rates of cancellation stay, a cause has nothing to do with shelves: that is said, and is no missing data."""
    told = world.services("brand").fulfilment.service(Asked(reasons=("no_stock",), modes=("express",)))
    by_name = {tile.metric: tile for tile in told.tiles}
    assert by_name["cancellation_rate"].value == 0.0
    assert by_name["cancellation_rate"].uncut == ()
    assert by_name["on_time_in_full"].uncut == ("reason",)
    assert by_name["stock_turns"].uncut == ("mode", "reason")
    assert by_name["stock_turns"].needs == ()
    assert by_name["stock_turns"].value is None
    assert told.channels.set_index("key").loc["web", "paid_lines"] == 1, "what rates are shares of stays"


def test_a_change_is_taken_apart_by_mode_and_node(world: World) -> None:
    """Of March against February: one cancelled line at no node, told as unknown; parts and residual are the change."""
    asked = Asked(first=date(2026, 3, 1), last=date(2026, 3, 10))
    for by in ("mode", "node"):
        told = world.services("brand").why.explain(asked, "cancelled_lines", by)
        assert told.now == 2
        assert told.parts["change"].sum() + told.residual == pytest.approx(2)


def test_on_time_in_full_of_all_time(world: World) -> None:
    """A1 came whole and in time, A2 was not whole, B3 was late. What has no promise is not judged, nor is A3, which is
    not there, but promised for a day after the last one that the data know.
    """
    assert value(world, "on_time_in_full", **ALL) == pytest.approx(1 / 3)


def nothing(name: str) -> ir.Table:
    raise AssertionError(name)


def test_a_promise_counts_as_broken_from_the_day_after_it_on() -> None:
    newest, after = date(2026, 3, 7), date(2026, 3, 8)
    rows = pa.table({
        "name": ["kept or broken", "promised for the day before", "promised for the newest day"],
        "day": [newest, date(2026, 3, 1), date(2026, 3, 1)], "open_until": [None, newest, after], "tracked": [1, 1, 1],
    })  # fmt: skip
    judged = FACTS["fulfilment"].prepare(ibis.memtable(rows), Given(nothing, None, None))
    told = judged.select("name", "tracked").to_pyarrow().to_pylist()
    assert {row["name"]: row["tracked"] for row in told} == {
        "kept or broken": 1, "promised for the day before": 1, "promised for the newest day": 0,
    }  # fmt: skip


def test_stock_turns_on_paper(world: World) -> None:
    # Cost of March: A3 1, B3 3 units of rice at 30; oil has no cost. N1: 6 × 30 for two days, then nothing for one; N2
    # 20 × 30 for its one day.
    expected = (4 * 30 * 365) / (6 * 30 * 2 + 0 + 20 * 30)
    assert value(world, "stock_turns") == pytest.approx(expected)
    assert value(world, "stock_turns", "sku=O1") is None


def test_a_dealer_is_told_of_the_own_shelves_alone(world: World) -> None:
    assert value(world, "out_of_stock_rate", grant="D1") == pytest.approx(2 / 3)
    assert value(world, "on_time_in_full", grant="D1") is None
    assert value(world, "cancellation_rate", grant="D1") == 0.0


def test_coming_back_is_judged_by_ones_own_orders(world: World) -> None:
    """m1 bought from the brand before; S1 must not learn it from a rate."""
    assert value(world, "repurchase_365", grant="D1") == 0.0


@pytest.mark.parametrize(
    ("mart", "metric"),
    [("fulfilment", "cancellation_rate"), ("shelf_day", "out_of_stock_rate"), ("stock_day", "stock_turns")],
)
def test_each_predicate_is_needed(mart: str, metric: str, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its predicate a mart tells a dealer of others: the tests above would turn red."""
    own, kept = value(world, metric, grant="D1"), ScopedFacts._within

    def without(self: ScopedFacts, rows: ir.Table, of: Mart) -> ir.Table:
        return rows if of.name == mart else kept(self, rows, of)

    doors.engine_doors.cache_clear()
    monkeypatch.setattr(ScopedFacts, "_within", without)
    try:
        assert value(world, metric, grant="D1") != own
    finally:
        doors.engine_doors.cache_clear()


def test_days_without_a_count_are_unknown_not_zero(world: World) -> None:
    assert value(world, "out_of_stock_rate", first="2026-01-01", last="2026-02-01") is None


def test_without_the_tables_it_is_said_which(tmp_path: Path) -> None:
    bare = make_world(tmp_path, {name: TABLES[name] for name in ("channel", "product", "order_line")}, now=NOW)
    with pytest.raises(MissingData, match="listing"):
        value(bare, "out_of_stock_rate")
    with pytest.raises(MissingData, match="stock_lot"):
        value(bare, "stock_turns")
    with pytest.raises(MissingData, match="shipment_line"):
        value(bare, "on_time_in_full")
    assert value(bare, "cancellation_rate") == pytest.approx(2 / 5)


def test_every_metric_of_service_is_tested_here() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    assert all(f'"{metric.name}"' in text for metric in service.METRICS)


def test_expired_stock_is_worth_nothing_and_a_negative_lot_counts_as_none(world: World) -> None:
    facts = world.services("brand").desk.open(Action.SEE_OVERVIEW).facts
    rows = {(row["node"], str(row["day"])): row for row in facts.answer(facts.table("stock_day")).to_pylist()}
    assert rows["N1", "2026-03-01"]["usable"] == Decimal(6)
    assert rows["N1", "2026-03-03"]["usable"] == Decimal(0)
    assert (rows["N2", "2026-03-01"]["on_hand"], rows["N2", "2026-03-01"]["usable"]) == (Decimal(15), Decimal(20))
