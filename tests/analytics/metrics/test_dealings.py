"""Metrics of dealings with partners against hand-written SQL over the same literal rows, whole and cut."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from analytics.core.errors import MissingData
from analytics.metrics import dealings
from tests.worlds import CHANNELS, PRODUCTS, REGIONS, World, line, make_world

pytestmark = pytest.mark.slow

NOW = datetime(2026, 5, 1, 4, 0, tzinfo=UTC)
PARTNERS = [
    {"partner": "D1", "name": "Dealer", "kind": "dealer", "region": "130100", "region_scheme": "gb-t-2260"},
    {"partner": "G1", "name": "Wholesaler", "kind": "wholesaler", "parent": "D1"},
    {"partner": "S1", "name": "Of a wholesaler", "kind": "store", "parent": "G1"},
    {"partner": "D2", "name": "Second dealer", "kind": "dealer"},
    {"partner": "M1", "name": "Supermarket", "kind": "supermarket"},
]
LINES = [
    line("A1", "1", "2026-04-01", "shop", "R5", "4", "40", entry_partner="S1", account="m1"),
    line("A2", "1", "2026-04-02", "shop", "O1", "6", "60", entry_partner="D2", account="m2"),
    line("A3", "1", "2026-04-02", "web", "R5", "50", "500", account="m3"),
    line("A4", "1", "2026-04-03", "web", "R5", "1", "10", account="m3"),
    line("A5", "1", "2026-04-30", "shop", "R5", "9", "90", entry_partner="M1"),
]
SELL_IN = [
    {"document": "E1", "line_no": "1", "shipped_at": "2026-04-01T09:00:00", "partner": "D1", "sku": "R5",
     "quantity": "10", "amount": "80"},
    {"document": "E2", "line_no": "1", "shipped_at": "2026-04-02T09:00:00", "partner": "D2", "sku": "O1",
     "quantity": "3", "amount": "20"},
    # A supermarket sells on without orders: what it bought in would have nothing to stand against.
    {"document": "E3", "line_no": "1", "shipped_at": "2026-04-02T09:00:00", "partner": "M1", "sku": "O1",
     "quantity": "100", "amount": "700"},
]  # fmt: skip
EVENTS = [
    {"event": f"V{number}", "happened_at": "2026-04-02T09:00:00", "partner": partner, "kind": kind, "passed": passed}
    for number, (partner, kind, passed) in enumerate([
        ("S1", "display_check", True), ("S1", "display_check", False), ("D2", "display_check", True),
        ("D2", "display_check", None), ("S1", "activity_signed", None), ("S1", "activity_signed", None),
        ("S1", "activity_done", True), ("D2", "activity_signed", None), ("D2", "complaint", True),
    ])
]  # fmt: skip
RECEIVABLES = [
    {"document": "R1", "partner": "D1", "issued": "2026-03-01", "amount": "100", "settled": "2026-04-10"},
    {"document": "R2", "partner": "D2", "issued": "2026-04-01", "amount": "300", "settled": "2026-04-11"},
    {"document": "R3", "partner": "D2", "issued": "2026-04-20", "amount": "50", "settled": "2026-04-15"},
    {"document": "R4", "partner": "D2", "issued": "2026-01-01", "amount": "900", "settled": None},
]
SPEND = [
    {"spend": "P1", "channel": "web", "day": "2026-04-02", "planned": "90", "paid": "60", "verified": "50"},
    {"spend": "P2", "channel": "shop", "day": "2026-04-02", "planned": "40", "paid": "30", "partner": "D2"},
    {"spend": "P3", "day": "2026-04-03", "planned": "10", "paid": None},
]
TABLES: dict[str, Any] = {
    "channel": CHANNELS, "partner": PARTNERS, "product": PRODUCTS, "region": REGIONS, "order_line": LINES,
    "sell_in": SELL_IN, "partner_event": EVENTS, "receivable": RECEIVABLES, "spend": SPEND,
}  # fmt: skip

DEALERS = "partner in ('D1', 'G1', 'S1', 'D2')"
IN = f"(select sum(quantity::double) from sell_in s where {DEALERS} and {{where}})"
OUT = f"(select sum(quantity::double) from order_line s where {DEALERS} and {{where}})"
CHECKS = {
    "sell_in_units": "select sum(quantity::double) from sell_in s where {where}",
    "sell_in_to_sell_out": f"select {IN} / {OUT}",
    "sell_through": f"select {OUT} / {IN}",
    "display_compliance": """select sum(case when passed = 'True' then 1 else 0 end) / count(*)
        from partner_event s where kind = 'display_check' and {where}""",
    "activity_rate": """select sum(case when kind = 'activity_done' then 1 else 0 end)
        / nullif(sum(case when kind = 'activity_signed' then 1 else 0 end), 0) from partner_event s where {where}""",
    "collection_days": """select sum(amount::double * greatest(datediff('day', issued::date, settled::date), 0))
        / sum(amount::double) from receivable s where settled is not null and {where}""",
    "spend_planned": "select sum(planned::double) from spend s where {where}",
    "spend_paid": "select sum(paid::double) from spend s where {where}",
    "spend_verified": "select sum(verified::double) from spend s where {where}",
    "acquisition_cost": """select (select sum(paid::double) from spend s where {where}) / nullif((select count(*)
        from (select account, arg_min(channel, paid_at) channel, arg_min(partner, paid_at) partner, min(day) as day
        from order_line
        where account is not null group by 1) s where {where}), 0)""",
}  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(Path(tmp_path_factory.mktemp("dealings")), TABLES, now=NOW)


@pytest.fixture(scope="module")
def literal() -> Iterator[duckdb.DuckDBPyConnection]:
    """The rows as they were written down."""
    with duckdb.connect() as connection:
        for name in ("order_line", "sell_in", "partner_event", "receivable", "spend"):
            columns = sorted({column for row in TABLES[name] for column in row} | {"partner", "channel"})
            told = {one: [_text(row.get(one, row.get("entry_partner") if one == "partner" else None))
                          for row in TABLES[name]] for one in columns}  # fmt: skip
            rows = pa.table({one: pa.array(values, pa.string()) for one, values in told.items()})
            connection.register("rows", rows)
            day = {"order_line": "paid_at", "sell_in": "shipped_at", "partner_event": "happened_at",
                   "receivable": "settled", "spend": ""}[name]  # fmt: skip
            more = f", {day}[:10] as day" if day else ""
            connection.execute(f"create table {name} as select *{more} from rows")
        yield connection


def _text(value: object) -> str | None:
    return None if value is None else str(value)


@pytest.mark.parametrize("cut", ["", "partner=D2", "partner=D1", "partner=S1", "channel=web", "day=2026-04-10"])
def test_as_in_sql(cut: str, world: World, literal: duckdb.DuckDBPyConnection) -> None:
    name, _, code = cut.partition("=")
    able = [one for one in CHECKS if name != "channel" or one.startswith(("spend", "acquisition"))]
    where = f"{name} = '{code}'" if name in ("partner", "channel") else "day = '2026-04-10'" if name else "true"
    days = {"first": date.fromisoformat(code), "last": date.fromisoformat(code)} if name == "day" else {}
    asked = (cut,) if name in ("partner", "channel") else ()
    found = (
        world.services("brand")
        .ask.ask(tuple(able), by=(), where=asked, first=days.get("first"), last=days.get("last"))
        .table.to_pylist()
    )
    for metric in able:
        expected = literal.execute(CHECKS[metric].format(where=where)).fetchall()[0][0]
        told = found[0][metric] if found else None
        assert (told is None) == (expected is None), metric
        assert expected is None or float(told or 0) == pytest.approx(float(expected)), metric


def test_on_paper(world: World) -> None:
    """D1 bought ten and those below it sold four; D2 bought three and sold six."""
    ask = world.services("brand").ask.ask
    rows = ask(("sell_in_to_sell_out",), by=("dealer",), first=None, last=None, where=()).table.to_pylist()
    told = {row["dealer"]: row["sell_in_to_sell_out"] for row in rows}
    assert (told["D1"], told["D2"], told[None]) == (pytest.approx(2.5), pytest.approx(0.5), None)
    days = ask(("collection_days",), by=(), first=None, last=None, where=()).table["collection_days"][0].as_py()
    assert days == pytest.approx((100 * 40 + 300 * 10 + 50 * 0) / 450)


def test_a_dealer_is_told_of_the_own_dealings_alone(world: World) -> None:
    """The same as the brand is told of the tree below D1, and nothing of the brand's own spend."""
    days = {"first": date(2026, 4, 1), "last": date(2026, 4, 30)}
    own = world.services("D1").ask.ask(tuple(CHECKS), by=(), where=(), **days).table.to_pylist()
    below = ("partner=D1,G1,S1",)
    whole = world.services("brand").ask.ask(tuple(CHECKS), by=(), where=below, **days).table.to_pylist()
    assert own == whole
    assert own[0]["spend_paid"] is None


def test_without_the_tables_it_is_said_which(tmp_path: Path) -> None:
    bare = make_world(tmp_path, {name: TABLES[name] for name in ("channel", "product", "order_line")}, now=NOW)
    for metric, table in (("sell_through", "sell_in"), ("collection_days", "receivable"), ("spend_paid", "spend")):
        with pytest.raises(MissingData, match=table):
            bare.services("brand").ask.ask((metric,), by=(), first=None, last=None, where=())


def test_every_metric_of_dealings_is_tested_here() -> None:
    assert {metric.name for metric in dealings.METRICS} == set(CHECKS)
