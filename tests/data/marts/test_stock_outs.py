"""When shelves were empty, read from counts, movements, sales and availability: one node a case, one build for all."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import pytest

from tests.worlds import CHANNELS, line, make_world

RICE, OIL = "rice", "oil"
Spans = dict[str, list[tuple[str, str, str, float]]]


def lot(node: str, day: str, sku: str, on_hand: float, *, hour: str = "15:59", **more: Any) -> dict[str, Any]:
    return {"as_of": f"{day}T{hour}:00", "node": node, "sku": sku, "lot": "-", "on_hand": on_hand, **more}


def move(node: str, day: str, quantity: float, kind: str, *, sku: str = RICE, hour: str = "12:00") -> dict[str, Any]:
    at = f"{day}T{hour}:00"
    name = f"{node}{sku}{at}{kind}"
    return {"move_id": name, "moved_at": at, "node": node, "sku": sku, "kind": kind, "quantity": quantity}


def listing(node: str, sku: str = RICE, first: str = "2026-01-01", last: str | None = None) -> dict[str, Any]:
    return {"node": node, "sku": sku, "valid_from": first, "valid_to": last}


LOTS = [
    # counted: rice runs out between two counts, the second names it no longer; oil is listed and never there.
    lot("counted", "2026-01-05", RICE, 6), lot("counted", "2026-01-05", "salt", 9),
    lot("counted", "2026-01-19", "salt", 9),
    lot("away", "2026-01-05", RICE, 6),
    # astray: the books lead to 1, the count finds 3.
    lot("astray", "2026-01-05", RICE, 4), lot("astray", "2026-01-12", RICE, 3), lot("astray", "2026-01-14", RICE, 0),
    # forgotten: a count that does not name what the books say is there.
    lot("forgotten", "2026-01-05", RICE, 4), lot("forgotten", "2026-01-12", "salt", 1),
    lot("first", "2026-01-12", RICE, 5),
    lot("sales", "2026-01-05", RICE, 3), lot("sales", "2026-01-12", RICE, 0), lot("sales", "2026-01-19", RICE, 0),
    lot("sales", "2026-01-26", RICE, 7),
    lot("morning", "2026-01-05", RICE, 2, hour="01:00"), lot("morning", "2026-01-09", RICE, 0, hour="01:00"),
    lot("stale", "2026-01-05", RICE, 4, expiry="2026-01-05"),
    lot("unlisted", "2026-01-05", RICE, 2), lot("unlisted", "2026-01-05", "salt", 9),
    lot("delisted", "2026-01-05", RICE, 2), lot("delisted", "2026-01-05", "salt", 9),
]  # fmt: skip
MOVES = [
    move("counted", "2026-01-07", -4, "sale"), move("counted", "2026-01-09", -2, "sale"),
    move("counted", "2026-01-21", 10, "receipt"), move("counted", "2026-01-21", -1, "sale", hour="13:00"),
    move("away", "2026-01-08", -1, "sale"), move("away", "2026-01-08", -5, "transfer", hour="13:00"),
    move("away", "2026-01-11", 3, "receipt"),
    move("astray", "2026-01-07", -4, "sale"), move("astray", "2026-01-10", 1, "receipt"),
    move("astray", "2026-01-13", -3, "sale"), move("astray", "2026-01-15", 2, "receipt"),
    move("forgotten", "2026-01-07", -1, "sale"),
    move("first", "2026-01-02", -3, "sale"), move("first", "2026-01-04", 5, "receipt"),
    move("missing", "2026-01-02", 3, "receipt"), move("missing", "2026-01-03", -3, "sale"),
    move("missing", "2026-01-05", -3, "sale"),
    move("uncounted", "2026-01-02", 3, "receipt"), move("uncounted", "2026-01-03", -3, "sale"),
    move("uncounted", "2026-01-06", 3, "receipt"),
    move("morning", "2026-01-05", -2, "sale"), move("morning", "2026-01-09", 4, "receipt"),
    move("stale", "2026-01-06", -4, "scrap"), move("stale", "2026-01-07", 1, "receipt"),
    move("unlisted", "2026-01-06", -2, "sale"), move("unlisted", "2026-01-09", -1, "sale", sku="salt"),
    move("delisted", "2026-01-06", -2, "sale"), move("delisted", "2026-01-09", -1, "sale", sku="salt"),
]  # fmt: skip
ORDERS = [
    line("o1", "1", "2026-01-06", "shop", RICE, 2, 20, node="sales"),
    line("o2", "1", "2026-01-08", "shop", RICE, 1, 10, node="sales"),
    line("o3", "1", "2026-01-22", "shop", RICE, 4, 40, node="sales"),
]
EXPECTED: Spans = {
    # Half of the 9th, on which sales emptied it, and all days until the delivery; oil from the first count to the end.
    "counted": [
        (OIL, "2026-01-05", "2026-01-21", 1.0),
        (RICE, "2026-01-09", "2026-01-09", 0.5),
        (RICE, "2026-01-10", "2026-01-20", 1.0),
    ],
    "away": [(RICE, "2026-01-09", "2026-01-10", 1.0)],
    # What happened between counts that do not agree is not known; the days after the last count are.
    "astray": [(RICE, "2026-01-13", "2026-01-13", 0.5), (RICE, "2026-01-14", "2026-01-14", 1.0)],
    "forgotten": [],
    "first": [(RICE, "2026-01-02", "2026-01-02", 0.5), (RICE, "2026-01-03", "2026-01-03", 1.0)],
    "missing": [],
    "uncounted": [(RICE, "2026-01-03", "2026-01-03", 0.5), (RICE, "2026-01-04", "2026-01-05", 1.0)],
    # No movements are told: three sales lead from the first count to the second. Then four were sold and seven stand
    # there, so that deliveries are missing and the days between tell nothing.
    "sales": [(RICE, "2026-01-08", "2026-01-08", 0.5), (RICE, "2026-01-09", "2026-01-19", 1.0)],
    # Counted in the morning, before what happened that day.
    "morning": [(RICE, "2026-01-05", "2026-01-05", 0.5), (RICE, "2026-01-06", "2026-01-08", 1.0)],
    "stale": [(RICE, "2026-01-05", "2026-01-05", 1.0)],
    # Nobody says that it should be there: only the day that emptied it.
    "unlisted": [(RICE, "2026-01-06", "2026-01-06", 0.5)],
    "delisted": [(RICE, "2026-01-06", "2026-01-06", 0.5), (RICE, "2026-01-07", "2026-01-07", 1.0)],
    "told": [(RICE, "2026-01-05", "2026-01-05", 0.25), (RICE, "2026-01-12", "2026-01-18", 1.0)],
}
NODES = tuple(EXPECTED)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Spans:
    """Node → spans, days of touching spans of one share put together."""
    tables = {
        "channel": CHANNELS,
        "product": [{"sku": sku, "name": sku, "category": "food"} for sku in (RICE, OIL, "salt")],
        "node": [{"node": node, "name": node, "kind": "store"} for node in NODES],
        "listing": [
            *[listing(node) for node in NODES if node not in ("unlisted", "delisted")],
            listing("counted", OIL),
            listing("delisted", last="2026-01-07"),
        ],
        "stock_lot": LOTS,
        "stock_move": MOVES,
        "order_line": ORDERS,
        "availability": [
            {"node": "told", "sku": RICE, "day": "2026-01-05", "period": "day", "in_stock": True, "hours_out": 6},
            {"node": "told", "sku": RICE, "day": "2026-01-12", "period": "week", "in_stock": False, "hours_out": None},
            {"node": "told", "sku": RICE, "day": "2026-01-19", "period": "day", "in_stock": True, "hours_out": None},
        ],
    }
    world = make_world(tmp_path_factory.mktemp("outs"), tables)
    path = world.settings.marts / world.build.marts["stock_out"]
    with duckdb.connect(str(path), read_only=True) as connection:
        days = connection.execute(
            """
            select node, sku, max(share) as share, day from (
                select node, sku, share, unnest(generate_series("first", "last", interval 1 day))::date as day
                from stock_out)
            group by all order by node, sku, day
            """
        ).fetchall()
    told: Spans = {node: [] for node in NODES}
    for node, sku, share, day in days:
        spans = told[node]
        if (
            spans
            and spans[-1][0] == sku
            and spans[-1][3] == share
            and (day - date.fromisoformat(spans[-1][2])).days == 1
        ):
            spans[-1] = (sku, spans[-1][1], str(day), share)
        else:
            spans.append((sku, str(day), str(day), share))
    return told


@pytest.mark.parametrize("node", NODES)
def test_days_without_stock(found: Spans, node: str) -> None:
    assert found[node] == EXPECTED[node]
