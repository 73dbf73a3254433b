"""Rows that arrive before what they refer to: counted at once, joined, or picked up, when it arrives."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import ibis
import pytest

from data.marts.build import build
from data.store.records import Build
from tests.data.bad_input.kinds import shows
from tests.data.bad_input.outcome import outcomes
from tests.data.bad_input.test_values import HEAD, TILL
from tests.data.sources.door import JOB, NOW, Door

pytestmark = pytest.mark.slow

CONTRACT = 'source = "till"\ntables = "contract"\n'
LINES = (
    "order_id,line_no,ordered_at,paid_at,channel,sku,quantity,amount,node,entry_partner\n"
    "1,1,2026-02-01,2026-02-01,shop,R5,1,69.00,N1,S1\n"
    "2,1,2026-02-02,2026-02-02,shop,NEW,2,40.00,N9,S9\n"
)
KNOWN = {
    "product.csv": "sku,name,category\nR5,Rice,rice\n",
    "partner.csv": "partner,name,kind\nD1,Dealer,dealer\nS1,Shop,store\n",
    "channel.csv": "channel,name,channel_group\nshop,Shop,store\n",
    "node.csv": "node,name,kind\nN1,One,store\n",
}


def built(door: Door, day: int) -> tuple[Build, dict[str, list[dict[str, Any]]]]:
    """A build, and its marts of partners, products and sales, rows in order."""
    folder = door.folder / "marts"
    made, _ = build(lake=door.lake, store=door.store, actor=JOB, folder=folder, now=NOW + timedelta(days=day))
    rows = {}
    for mart in ("partner", "product", "sales_line"):
        backend = ibis.duckdb.connect(str(folder / made.marts[mart]), read_only=True)
        rows[mart] = backend.table(mart).to_pyarrow().to_pylist()
        backend.disconnect()
    return made, rows


@shows("unknown sku", "unknown node", "unknown partner")
def test_sales_of_unknown_codes_count_at_once_and_join_when_the_dimension_arrives(door: Door) -> None:
    for name, content in {**KNOWN, "order_line.csv": LINES}.items():
        door.write(name, content)
    found = outcomes(door, door.bring(CONTRACT))
    assert (found["order_line.csv"].loaded, found["order_line.csv"].set_aside) == (2, [])
    first, marts = built(door, 0)
    # Money is complete from the first build on.
    assert Decimal(first.totals["sold_amount"]) == Decimal(109)
    assert {row["sku"]: row["listed"] for row in marts["product"]} == {"R5": True, "NEW": False}
    assert {row["partner"]: row["listed"] for row in marts["partner"]}["S9"] is False

    door.write("product.csv", KNOWN["product.csv"] + "NEW,Flour,flour\n")
    door.write("partner.csv", KNOWN["partner.csv"] + "S9,New shop,store\n")
    door.write("node.csv", KNOWN["node.csv"] + "N9,Nine,store\n")
    later = door.bring(CONTRACT, now=NOW + timedelta(days=1))
    assert [file.file for file in later.files if not file.already_loaded] == ["node.csv", "partner.csv", "product.csv"]
    second, marts = built(door, 1)
    assert second.totals == first.totals
    assert {row["sku"]: (row["listed"], row["category"]) for row in marts["product"]} == {
        "R5": (True, "rice"),
        "NEW": (True, "flour"),
    }
    assert {row["partner"]: row["name"] for row in marts["partner"] if row["listed"]}["S9"] == "New shop"
    assert sorted((row["sku"], row["partner"], row["amount"]) for row in marts["sales_line"]) == [
        ("NEW", "S9", Decimal(40)),
        ("R5", "S1", Decimal(69)),
    ]


CODES = TILL.replace('lines = "*.csv"', 'lines = "lines.csv"\ncodes = { pattern = "codes.csv", optional = true }')
CODES = CODES.replace('sku = "Sku"', 'sku = { column = "Sku", code_map = "product" }')
CODES += """
[code_map]
from = "codes"
[code_map.columns]
code_source = { constant = "till" }
kind = { constant = "product" }
code = "theirs"
target = "ours"
"""


@shows("unmapped code")
def test_rows_of_unmapped_codes_are_kept_aside_and_picked_up_when_the_map_arrives(door: Door) -> None:
    door.write("codes.csv", "theirs,ours\n4711,rice\n")
    door.write("lines.csv", HEAD + "1,1,2026-02-01,2026-02-01,4711,1,69,\n2,1,2026-02-02,2026-02-02,4712,1,40,\n")
    found = outcomes(door, door.bring(CODES))["lines.csv"]
    assert (found.loaded, found.set_aside) == (1, [(3, "sku", "4712", "code_not_mapped")])
    [aside] = [load for load in door.loads() if load.file == "lines.csv"]
    first, _ = built(door, 0)
    assert Decimal(first.totals["sold_amount"]) == Decimal(69)

    # Without a new map the same file changes nothing.
    assert all(file.already_loaded for file in door.bring(CODES).files)
    door.write("codes.csv", "theirs,ours\n4711,rice\n4712,oil\n")
    report = door.bring(CODES, now=NOW + timedelta(days=1))
    [file] = [file for file in report.files if file.file == "lines.csv"]
    assert (file.already_loaded, file.tables, file.rows_rejected) == (False, {"order_line": 2}, 0)
    assert file.replaces == (aside.id,)
    # What was kept aside is there, and is listed as set aside no more.
    assert door.rejects() == []
    assert sorted(door.values("order_line", "sku")) == ["oil", "rice"]
    second, _ = built(door, 1)
    assert Decimal(second.totals["sold_amount"]) == Decimal(109)
    assert aside.id not in second.loads


REFUNDS = """
source = "till"
[files]
sales = { pattern = "sales.csv", optional = true }
refunds = { pattern = "refunds.csv", optional = true }
[order_line]
from = "sales"
columns = "contract"
[refund_line]
from = "refunds"
columns = "contract"
"""
SALES = "order_id,line_no,ordered_at,paid_at,channel,sku,quantity,amount\n"
RETURNS = "refund_id,line_no,order_id,refunded_at,sku,quantity,amount\n"


@shows("refund dated before its sale", "refund loaded before its sale")
def test_refunds_before_their_sale_count_and_are_told_whichever_arrives_first(door: Door) -> None:
    sales = SALES + (
        "1,1,2026-02-10 10:00,2026-02-10 10:00,web,rice,1,69\n"
        "2,1,2026-02-10 10:00,2026-02-10 10:00,web,rice,1,69\n"
        "3,1,2026-02-10 10:00,2026-02-10 10:00,web,rice,1,69\n"
        "4,1,2026-02-10 10:00,2026-02-10 10:00,web,rice,1,69\n"
    )
    returns = RETURNS + (
        "a,1,1,2026-02-11 09:00,rice,1,69\n"
        "b,1,2,2026-02-10 09:59,rice,1,69\n"
        # The day alone: no earlier than a sale of that day.
        "c,1,3,2026-02-10,rice,1,69\n"
        "d,1,4,2026-02-09,rice,1,69\n"
        # Money back and the goods kept: nothing looks wrong.
        "e,1,,2026-02-11,rice,0,69\n"
        "f,1,unknown,2026-01-01,rice,1,69\n"
    )
    door.write("sales.csv", sales)
    assert outcomes(door, door.bring(REFUNDS))["sales.csv"].warned == []
    door.write("refunds.csv", returns)
    report = door.bring(REFUNDS)
    found = outcomes(door, report)["refunds.csv"]
    assert (found.read, found.loaded, found.set_aside) == (6, 6, [])
    assert found.warned == [("refund_before_sale", "refunded_at", 2)]
    assert [(one.line, one.facts["order"]) for one in report.warnings[0].examples] == [(3, "2"), (5, "4")]

    # The sale of a refund that was loaded long ago arrives late.
    door.write("sales.csv", SALES + "unknown,1,2026-02-20,2026-02-20,web,rice,1,69\n")
    late = outcomes(door, door.bring(REFUNDS, now=NOW + timedelta(hours=1)))["sales.csv"]
    assert late.warned == [("refund_before_sale", "ordered_at", 1)]
    made, _ = built(door, 1)
    assert Decimal(made.totals["sold_amount"]) == 5 * 69
    assert Decimal(made.totals["returned_amount"]) == 6 * 69
