"""Every metric against hand-written SQL over the same literal rows, whole and cut by dimensions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from analytics.metrics import dealings, members, network, pool, service
from analytics.metrics.registry import METRICS
from tests.worlds import CHANNELS, COSTS, LINES, REFUNDS, TABLES, World, make_world

PAID = "paid_at is not null and cancelled_at is null"
SOLD = f"(select *, coalesce(source, 'test') as src from order_line where {PAID})"
COSTED = f"""(select s.*, s.quantity * (select cost from product_cost c where c.sku = s.sku
    and c.valid_from <= s.paid_at::timestamp::date order by c.valid_from desc limit 1) as line_cost from {SOLD} s)"""
GROUP = "(select channel_group from channel c where c.channel = s.channel)"
BUYER = f"""coalesce('a:' || src || '/' || account,
    case when {GROUP} = 'wholesale' then 'p:' || entry_partner end)"""

CHECKS = {
    "sales": f"select sum(amount) from {SOLD} s where {{where}}",
    "refunds": "select sum(amount) from refund_line s where {where}",
    "net_sales": f"""select (select coalesce(sum(amount), 0) from {SOLD} s where {{where}})
        - (select coalesce(sum(amount), 0) from refund_line s where {{where}})""",
    "orders": f"select count(distinct src || '/' || order_id) from {SOLD} s where {{where}}",
    "refund_documents": "select count(distinct refund_id) from refund_line s where {where}",
    "refund_lines": "select count(*) from refund_line s where {where}",
    "documents": f"""select (select count(distinct src || '/' || order_id) from {SOLD} s where {{where}})
        + (select count(distinct refund_id) from refund_line s where {{where}})""",
    "order_lines": f"select count(*) from {SOLD} s where {{where}}",
    "units": f"select sum(quantity) from {SOLD} s where {{where}}",
    "average_order_value": f"""select sum(amount)::double / count(distinct src || '/' || order_id)
        from {SOLD} s where {{where}}""",
    "gross_margin": f"""select sum(case when line_cost is not null then amount end) - sum(line_cost)
        from {COSTED} s where {{where}}""",
    "gross_margin_rate": f"""select ((sum(case when line_cost is not null then amount end) - sum(line_cost))
        / sum(case when line_cost is not null then amount end))::double from {COSTED} s where {{where}}""",
    "buyers": f"select count(distinct {BUYER}) from {SOLD} s where {{where}}",
    "new_buyers": f"""select count(*) from (select {BUYER} as buyer, min(paid_at) as first,
        arg_min(channel, paid_at) as channel from {SOLD} s group by 1) s where buyer is not null and {{where}}""",
    "accounts_seen": f"""select count(distinct src || '/' || account) from (select src, account, channel from {SOLD} s
        union all select 'test', account, channel from refund_line) s where {{where}}""",
    "partners_buying": f"select count(distinct entry_partner) from {SOLD} s where {{where}}",
    "online_share": f"""select (sum(case when {GROUP} = 'online'
        then amount else 0 end) / sum(case when {GROUP} is not null then amount end))::double
        from {SOLD} s where {{where}}""",
}  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(Path(tmp_path_factory.mktemp("world")), TABLES)


@pytest.fixture(scope="module")
def literal() -> Iterator[duckdb.DuckDBPyConnection]:
    """The rows as they were written down, without lake, marts or registry in between."""
    connection = duckdb.connect()
    for name, rows in {"order_line": LINES, "refund_line": REFUNDS, "channel": CHANNELS, "product_cost": COSTS}.items():
        columns = sorted({column for row in rows for column in row})
        arrow = pa.table({column: [_text(row.get(column)) for row in rows] for column in columns})
        connection.register(f"{name}_text", arrow)
        numbers = {
            "quantity": "decimal(18,3)",
            "amount": "decimal(18,4)",
            "cost": "decimal(18,4)",
            "valid_from": "date",
        }
        cast = ", ".join(f'"{column}"::{numbers.get(column, "varchar")} as "{column}"' for column in columns)
        connection.execute(f"create table {name} as select {cast} from {name}_text")
    yield connection
    connection.close()


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def test_every_metric_has_a_check_query() -> None:
    """Those of service, network, pool, dealings and members have theirs in tests of their own."""
    elsewhere = {metric.name for one in (service, network, pool, dealings, members) for metric in one.METRICS}
    assert {metric.name for metric in METRICS} - elsewhere == set(CHECKS)


@pytest.mark.parametrize("metric", sorted(CHECKS))
def test_whole(metric: str, world: World, literal: duckdb.DuckDBPyConnection) -> None:
    answer = world.services("brand").ask.ask((metric,), by=(), first=None, last=None, where=())
    expected = literal.execute(CHECKS[metric].format(where="true")).fetchall()[0][0]
    _same(answer.table[metric][0].as_py(), expected)


@pytest.mark.parametrize("metric", sorted(CHECKS))
@pytest.mark.parametrize("channel", ["web", "shop", "bulk"])
def test_by_channel(metric: str, channel: str, world: World, literal: duckdb.DuckDBPyConnection) -> None:
    """Cutting by a dimension and filtering on it agree with each other and with SQL."""
    services = world.services("brand")
    cut = services.ask.ask((metric,), by=("channel",), first=None, last=None, where=()).table.to_pylist()
    kept = services.ask.ask((metric,), by=(), first=None, last=None, where=(f"channel={channel}",)).table.to_pylist()
    found = next((row[metric] for row in cut if row["channel"] == channel), None)
    expected = literal.execute(CHECKS[metric].format(where=f"channel = '{channel}'")).fetchall()[0][0]
    _same(found, expected)
    _same(kept[0][metric] if kept else None, expected)


def _same(found: object, expected: object) -> None:
    if isinstance(expected, float):
        assert found == pytest.approx(expected, rel=1e-12)
    else:
        assert Decimal(str(found or 0)) == Decimal(str(expected or 0))


def test_known_answers_worked_out_by_hand(world: World) -> None:
    """Independent of SQL: sums of the literal rows above, done on paper."""
    names = ("sales", "net_sales", "orders", "units", "buyers", "new_buyers", "gross_margin")
    row = world.services("brand").ask.ask(names, by=(), first=None, last=None, where=()).table.to_pylist()[0]
    assert row["sales"] == Decimal("1007.3750")
    assert row["net_sales"] == Decimal("1007.3750") - Decimal("89.50")
    assert row["orders"] == 8
    assert row["units"] == Decimal("22.500")
    # m1, m2, m3, the m2 of the other source, and the wholesale partners S2 and X9; A3 was bought by nobody known.
    assert row["buyers"] == 6
    assert row["new_buyers"] == 6
    # Rice: 138-80 + 69-45 + 600-450 + 65.55-45 and a zero line; flour without cost of its own: 3.335 + 0.
    assert row["gross_margin"] == Decimal("58") + 24 + 150 + Decimal("20.55") + Decimal("3.335")


def test_orders_by_sku_count_distinct_orders(world: World) -> None:
    rows = (
        world.services("brand")
        .ask.ask(("orders", "buyers"), by=("sku",), first=None, last=None, where=())
        .table.to_pylist()
    )
    assert {row["sku"]: (row["orders"], row["buyers"]) for row in rows} == {
        "R5": (5, 4), "O1": (3, 3), "F1": (2, 1), "Z9": (1, 1),
    }  # fmt: skip


def test_a_margin_without_any_cost_is_unknown_not_zero(world: World) -> None:
    answer = world.services("brand").ask.ask(("gross_margin",), by=(), first=None, last=None, where=("sku=O1",))
    assert answer.table["gross_margin"][0].as_py() is None


@pytest.mark.parametrize("metric", ["buyers", "new_buyers"])
def test_buyers_of_whom_nothing_is_known_are_unknown_not_zero(metric: str, world: World) -> None:
    """The one order of the shop for flour names nobody; a day with nothing but a refund has nobody to name."""
    ask = world.services("brand").ask.ask
    nameless = ask(("buyers",), by=(), first=None, last=None, where=("sku=F1", "channel=shop")).table
    by_day = ask((metric,), by=("day",), first=None, last=None, where=()).table.to_pylist()
    nobody = ask((metric,), by=(), first=date(2026, 2, 21), last=date(2026, 2, 21), where=()).table
    assert nameless["buyers"][0].as_py() is None
    assert all(row[metric] is not None for row in by_day if row["day"] != date(2026, 2, 10))
    assert nobody[metric][0].as_py() == 0


def test_sales_of_channels_that_nobody_described_are_neither_online_nor_offline(tmp_path: Path) -> None:
    known = [channel for channel in CHANNELS if channel["channel"] != "bulk"]
    ask = make_world(tmp_path, {**TABLES, "channel": known}).services("brand").ask.ask
    found = ask(("online_share",), by=(), first=None, last=None, where=()).table["online_share"][0].as_py()
    # Web 158.50 of web and shop 168.875 together; bulk 680.00 counts for neither side.
    assert found == pytest.approx(158.5 / (158.5 + 168.875), rel=1e-12)
