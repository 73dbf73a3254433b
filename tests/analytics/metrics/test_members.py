"""Metrics of members and of distribution against hand-written SQL over the same literal rows, whole and cut."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from analytics.core.access import Action
from analytics.core.errors import DomainError, MissingData
from analytics.metrics import members
from dashboard.composition import doors
from dashboard.services.requests import Asked
from data.facts import ScopedFacts
from data.marts.mart import Mart
from tests.worlds import CHANNELS, PRODUCTS, REGIONS, World, line, make_world

pytestmark = pytest.mark.slow

NOW = datetime(2026, 5, 1, 4, 0, tzinfo=UTC)
FIRST, LAST = date(2026, 4, 1), date(2026, 4, 30)
PARTNERS = [
    {"partner": "D1", "name": "Dealer", "kind": "dealer", "region": "130100", "region_scheme": "gb-t-2260"},
    {"partner": "S1", "name": "One", "kind": "store", "parent": "D1"},
    {"partner": "S2", "name": "Two", "kind": "store"},
]
LINES = [
    # m1 is new on 25 March in S1: back on the 7th day there, online on the 30th.
    line("A1", "1", "2026-03-25", "shop", "R5", "1", "10", entry_partner="S1", account="m1", node="N1"),
    line("A2", "1", "2026-04-01", "shop", "O1", "1", "20", entry_partner="S1", account="m1", node="N1"),
    line("A3", "1", "2026-04-24", "web", "R5", "1", "30", account="m1"),
    line("A4", "1", "2026-04-24", "web", "R5", "1", "30", account="m1"),
    # m2 is new on 1 April, twice on one day, and back after 3 days elsewhere.
    line("B1", "1", "2026-04-01", "shop", "R5", "1", "10", entry_partner="S2", account="m2", node="N2"),
    line("B2", "1", "2026-04-01", "shop", "R5", "1", "10", entry_partner="S2", account="m2", node="N2"),
    line("B3", "1", "2026-04-04", "shop", "R5", "1", "10", entry_partner="S1", account="m2", node="N1"),
    # m3 is new on 20 January, in S1, back on the 90th day, and to S2 between.
    line("C1", "1", "2026-01-20", "shop", "R5", "1", "10", entry_partner="S1", account="m3", node="N1"),
    line("C2", "1", "2026-03-20", "shop", "O1", "1", "10", entry_partner="S2", account="m3", node="N2"),
    line("C3", "1", "2026-04-20", "shop", "F1", "1", "10", entry_partner="S1", account="m3", node="N1"),
    # m4 never comes back; nobody knows who bought the last.
    line("E1", "1", "2026-01-20", "shop", "R5", "1", "10", entry_partner="S1", account="m4", node="N1"),
    line("F1", "1", "2026-04-20", "shop", "R5", "4", "40", entry_partner="S2", node="N2"),
]
EVENTS = [
    {"event": f"V{number}", "happened_at": f"2026-04-{day:02}T09:00:00", "account": who, "kind": kind,
     "referred": referred, "partner": partner}
    for number, (day, who, kind, referred, partner) in enumerate([
        (2, "m2", "join", None, "S1"), (3, "m5", "join", None, "S1"), (3, "m6", "join", None, None),
        (2, "m1", "referral", "m5", "S1"), (2, "m3", "referral", "m5", "S1"), (5, "m1", "browse", None, "S1"),
        (5, "m1", "browse", None, "Z9"),
    ])
]  # fmt: skip
SURVEYS = [
    {"answer": f"W{number}", "answered_at": "2026-04-02T09:00:00", "kind": kind, "score": score, "partner": partner}
    for number, (kind, score, partner) in enumerate([
        ("nps", 9, "S1"), ("nps", 10, "S1"), ("nps", 8, "S1"), ("nps", 6, "S2"), ("nps", 0, "S2"),
        ("satisfaction", 7, "S1"), ("satisfaction", 4, "S2"),
    ])
]  # fmt: skip
SCANS = [
    {"scan": f"Q{number}", "scanned_at": "2026-04-03T09:00:00", "code": code, "kind": kind, "sku": sku, "partner": "D1"}
    for number, (code, kind, sku) in enumerate([
        ("c1", "product", "R5"), ("c1", "product", "R5"), ("c2", "product", "R5"), ("c3", "product", "O1"),
        ("s1", "store", None),
    ])
]  # fmt: skip
NODES = [
    {"node": "N1", "name": "One", "kind": "store", "partner": "S1"},
    {"node": "N2", "name": "Two", "kind": "store", "partner": "S2"},
    {"node": "N9", "name": "Central", "kind": "central"},
]
LISTINGS = [
    {"node": "N1", "sku": "R5", "valid_from": "2026-01-01"},
    {"node": "N1", "sku": "O1", "valid_from": "2026-01-01"},
    {"node": "N2", "sku": "R5", "valid_from": "2026-01-01"},
    # Over, not begun, and at no shop.
    {"node": "N2", "sku": "O1", "valid_from": "2026-01-01", "valid_to": "2026-04-29"},
    {"node": "N2", "sku": "F1", "valid_from": "2026-05-01"},
    {"node": "N9", "sku": "F1", "valid_from": "2026-01-01"},
]
TABLES: dict[str, Any] = {
    "channel": CHANNELS, "partner": PARTNERS, "product": PRODUCTS, "region": REGIONS, "order_line": LINES,
    "member_event": EVENTS, "survey": SURVEYS, "code_scan": SCANS, "node": NODES, "listing": LISTINGS,
}  # fmt: skip

RETAINED = """with o as (select account, partner, channel, day::date as day, order_id from order_line
        where account is not null and {visible}),
    f as (select account, min(day) as first, arg_min(partner, (day, order_id)) as partner,
        arg_min(channel, (day, order_id)) as channel from o group by 1)
    select count(distinct case when {back} then f.account end) / nullif(count(distinct f.account), 0)
    from f left join o on o.account = f.account
    where f.first + {days} between date '2026-04-01' and date '2026-04-30' and {first} and {where}"""
WITHIN = "o.day > f.first and o.day <= f.first + {days}"
VARIETY = """with b as (select account, {counted} as many from (select * from order_line where {{visible}}) s
        join (select sku, category from product) using (sku)
        join (select channel, channel_group from channel) using (channel)
        where account is not null and day between '2026-04-01' and '2026-04-30'
        group by 1)
    select count(distinct case when many >= 2 then account end) / nullif(count(distinct account), 0)
    from b join order_line f using (account) where f.day between '2026-04-01' and '2026-04-30' and {{visible}}
        and {{where}}"""
SPACES = """with shops as (select node, partner, coalesce((select sum(amount::double) from order_line o where
        o.node = n.node and o.day between '2026-04-01' and '2026-04-30'), 0) as sold from node n
        where kind = 'store' and {visible}),
    held as (select * from listing join shops using (node) where valid_from <= '2026-04-30'
        and coalesce(valid_to, '9999') >= '2026-04-30')
    select {value} from shops f cross join (select distinct sku from held) k
    left join held h on h.node = f.node and h.sku = k.sku where {where}"""


def retained(days: int, *, exact: bool = False) -> str:
    back = f"o.day = f.first + {days}" if exact else WITHIN.format(days=days)
    return RETAINED.replace("{days}", str(days)).replace("{back}", back).replace("{first}", "true")


CHECKS = {
    **{f"retention_{days}": retained(days) for days in (7, 30, 90)},
    **{f"retention_{days}_exact": retained(days, exact=True) for days in (7, 30, 90)},
    "cross_channel_rate": RETAINED.replace("{days}", "90").replace("{first}", "f.channel = 'shop'").replace(
        "{back}", WITHIN.format(days=90) + " and o.channel = 'web'"
    ),
    "repurchase_cycle": """with o as (select partner, day::date as day, account, lag(day::date) over
            (partition by account order by day, order_id) as before from order_line where account is not null
            and {visible})
        select median(datediff('day', before, day)) from o f where day between '2026-04-01' and '2026-04-30'
            and {where}""",
    "cross_category_rate": VARIETY.format(counted="count(distinct category)"),
    "cross_channel_buyers": VARIETY.format(counted="count(distinct channel_group)"),
    "referral_rate": """select count(distinct referred) / nullif(sum(case when kind = 'join' then 1 else 0 end), 0)
        from member_event f where {visible} and {where}""",
    "nps": """select (sum((score::double >= 9)::int) - sum((score::double <= 6)::int)) / count(*) from survey f
        where kind = 'nps' and {visible} and {where}""",
    "satisfaction": "select avg(score::double) from survey f where kind = 'satisfaction' and {visible} and {where}",
    "numeric_distribution": SPACES.replace("{value}", "count(h.sku) / nullif(count(*), 0)"),
    "weighted_distribution": SPACES.replace(
        "{value}", "sum(case when h.sku is null then 0 else f.sold end) / nullif(sum(f.sold), 0)"
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(Path(tmp_path_factory.mktemp("members")), TABLES, now=NOW)


@pytest.fixture(scope="module")
def literal() -> Iterator[duckdb.DuckDBPyConnection]:
    """The rows as they were written down."""
    with duckdb.connect() as connection:
        for name in ("order_line", "member_event", "survey", "node", "listing", "product", "channel"):
            columns = sorted({column for row in TABLES[name] for column in row} | {"partner", "day"})
            told = {one: [_text(row, one) for row in TABLES[name]] for one in columns}
            connection.register("rows", pa.table({one: pa.array(values, pa.string()) for one, values in told.items()}))
            connection.execute(f"create table {name} as select * from rows")
        yield connection


def _text(row: dict[str, Any], column: str) -> str | None:
    value = row.get(column, row.get("entry_partner") if column == "partner" else None)
    if column == "day":
        value = row.get("paid_at", "")[:10] or None
    return None if value is None else str(value)


def ask(world: World, *metrics: str, where: tuple[str, ...] = (), grant: str = "brand") -> dict[str, Any]:
    found = world.services(grant).ask.ask(metrics, by=(), first=FIRST, last=LAST, where=where).table.to_pylist()
    return found[0] if found else dict.fromkeys(metrics)


@pytest.mark.parametrize(
    ("grant", "visible"), [("brand", "true"), ("D1", "partner = 'S1'"), ("S2", "partner = 'S2'")]
)  # fmt: skip
@pytest.mark.parametrize("cut", ["", "S1", "S2"])
def test_as_in_sql(grant: str, visible: str, cut: str, world: World, literal: duckdb.DuckDBPyConnection) -> None:
    """What is hidden from the asker is as if it had never been: who came back there has not come back here."""
    where = f"f.partner = '{cut}'" if cut else "true"
    told = ask(world, *CHECKS, where=(f"partner={cut}",) if cut else (), grant=grant)
    for metric, sql in CHECKS.items():
        expected = literal.execute(sql.format(visible=visible, where=where)).fetchall()[0][0]
        assert (told[metric] is None) == (expected is None), metric
        assert expected is None or float(told[metric]) == pytest.approx(float(expected)), metric


def test_on_paper(world: World) -> None:
    told = ask(world, *(metric.name for metric in members.METRICS), "numeric_distribution", "weighted_distribution")
    # Seven days ago in April: m1 (25 March) and m2 (1 April), both back in time, m1 on the very day.
    assert (told["retention_7"], told["retention_7_exact"]) == (1.0, 0.5)
    # Thirty days: m1 alone; m2's thirtieth day is in May. He was online on that very day.
    assert (told["retention_30"], told["retention_30_exact"]) == (1.0, 1.0)
    # Ninety days: m3 and m4, of whom m3 came on the very day, and never online.
    assert (told["retention_90"], told["retention_90_exact"], told["cross_channel_rate"]) == (0.5, 0.5, 0.0)
    # Gaps of April: 7, 23, 0 (m1), 0, 3 (m2), 31 (m3).
    assert told["repurchase_cycle"] == 5.0
    # m1 bought oil and rice, in a store and online; m2 rice alone; m3 flour.
    assert (told["cross_category_rate"], told["cross_channel_buyers"]) == (pytest.approx(1 / 3), pytest.approx(1 / 3))
    assert told["referral_rate"] == pytest.approx(1 / 3)
    # Three codes on the ten units of April.
    assert told["scan_rate"] == pytest.approx(3 / 11)
    assert (told["nps"], told["satisfaction"]) == (0.0, 5.5)
    # Two shops, two products; N2 has no oil. N1 sold 40 in April, N2 60.
    assert told["numeric_distribution"] == pytest.approx(3 / 4)
    assert told["weighted_distribution"] == pytest.approx(140 / 200)


def test_scans_are_cut_by_product_alone(world: World) -> None:
    assert ask(world, "scan_rate", where=("sku=O1",))["scan_rate"] == 1.0
    with pytest.raises(DomainError, match="dimension_unknown_to_metric"):
        ask(world, "scan_rate", where=("partner=S1",))
    assert ask(world, "scan_rate", grant="S2")["scan_rate"] == 0.0, "the codes are D1's"


def test_whoever_holds_the_root_sees_rows_of_partners_that_nobody_declared(world: World) -> None:
    """Nothing is silently dropped; nobody else is told of them."""
    for grant, expected in (("brand", {"Z9"}), ("D1", set())):
        facts = world.services(grant).desk.open(Action.SEE_OVERVIEW).facts
        owners = set(facts.answer(facts.table("member_event").select("owner"))["owner"].to_pylist())
        assert owners & {"Z9"} == expected


def test_a_median_has_no_parts_and_that_is_said(world: World) -> None:
    with pytest.raises(DomainError) as told:
        world.services("brand").why.explain(Asked(first=FIRST, last=LAST), "repurchase_cycle", "partner")
    assert (told.value.code, told.value.facts["known"]) == ("dimension_unknown_to_metric", "")


def test_parts_and_residual_are_the_change(world: World) -> None:
    asked = Asked(first=date(2026, 4, 16), last=date(2026, 4, 30))
    for metric, by in (("cross_category_rate", "partner"), ("nps", "partner"), ("numeric_distribution", "sku")):
        told = world.services("brand").why.explain(asked, metric, by)
        if told.now is not None and told.before is not None:
            assert told.parts["change"].sum() + told.residual == pytest.approx(told.now - told.before)


@pytest.mark.parametrize(
    ("mart", "metric"),
    [
        ("purchase", "retention_7"), ("first_purchase", "retention_90"), ("member_event", "referral_rate"),
        ("survey", "nps"), ("stock_node", "numeric_distribution"), ("scanned", "scan_rate"),
    ],
)  # fmt: skip
def test_each_predicate_is_needed(mart: str, metric: str, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    own, kept = ask(world, metric, grant="S2")[metric], ScopedFacts._within

    def without(self: ScopedFacts, rows: ir.Table, of: Mart) -> ir.Table:
        return rows if of.name == mart else kept(self, rows, of)

    doors.engine_doors.cache_clear()
    monkeypatch.setattr(ScopedFacts, "_within", without)
    try:
        assert ask(world, metric, grant="S2")[metric] != own
    finally:
        doors.engine_doors.cache_clear()


def test_without_the_tables_it_is_said_which(tmp_path: Path) -> None:
    bare = make_world(tmp_path, {name: TABLES[name] for name in ("channel", "product", "order_line")}, now=NOW)
    for metric, table in (("nps", "survey"), ("referral_rate", "member_event"), ("scan_rate", "code_scan"),
                          ("numeric_distribution", "listing")):  # fmt: skip
        with pytest.raises(MissingData, match=table):
            ask(bare, metric)


def test_every_metric_of_members_is_tested_here() -> None:
    assert {metric.name for metric in members.METRICS} == ({*CHECKS} | {"scan_rate"}) - {
        "numeric_distribution", "weighted_distribution",
    }  # fmt: skip
