"""The declarations keep their law, and each rule of the law can fail."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from analytics.core.errors import ContractViolation
from data.contract import TABLES, contract_table
from data.contract.schema import PHYSICAL, Column, Family, Kind, Sensitivity, Table, physical_schema
from tests.data.contract.law import faults

SPEC_TABLES = [
    "region",
    "partner",
    "territory",
    "node",
    "product",
    "kit",
    "product_cost",
    "lane",
    "supply_limit",
    "listing",
    "channel",
    "account",
    "identifier",
    "consent",
    "code_map",
    "order_line",
    "refund_line",
    "order_discount",
    "shipment_line",
    "sell_out_agg",
    "stock_lot",
    "stock_move",
    "availability",
    "inbound",
    "sell_in",
    "price_policy",
    "price_band",
    "promotion",
    "price_observation",
    "code_scan",
    "member_event",
    "points",
    "subscription",
    "group_buy",
    "campaign",
    "campaign_exposure",
    "spend",
    "rate_card",
    "partner_event",
    "receivable",
    "survey",
    "weather",
    "search_index",
    "market",
    "competitor_price",
    "target",
]


def test_every_table_is_declared_once() -> None:
    assert sorted(TABLES) == sorted(SPEC_TABLES)


def test_the_declarations_keep_the_law() -> None:
    assert faults(TABLES) == []


def test_an_unknown_table_is_refused_with_what_exists() -> None:
    with pytest.raises(ContractViolation) as refused:
        contract_table("orders")
    assert refused.value.code == "unknown_table"
    assert "order_line" in str(refused.value.facts["known"])


@pytest.mark.parametrize("name", sorted(TABLES))
def test_the_physical_schema_has_contract_columns_then_system_columns(name: str) -> None:
    schema = physical_schema(TABLES[name])
    assert tuple(schema.names[: len(TABLES[name].names)]) == TABLES[name].names
    assert schema.names[-2:] == ["business_day", "month"]
    assert set(PHYSICAL) == set(Kind)


def test_identifiers_and_costs_are_protected() -> None:
    assert contract_table("identifier").column("value").sensitivity is Sensitivity.PERSONAL
    assert contract_table("product_cost").column("cost").sensitivity is Sensitivity.COST


ID = Column("thing", Kind.CODE, ("编码", "Id"), required=True)
DAY = Column("day", Kind.DATE, ("日期", "Day"), required=True)
SOUND = Table("thing", Family.FACT, ("事物", "A thing"), ("thing",), (ID, DAY), "brand", "day", "test")


def _with(**column: Any) -> dict[str, Any]:
    added = {"name": "more", "kind": Kind.CODE, "about": ("更多", "More")} | column
    return {"columns": (ID, DAY, Column(**added))}


BREACHES: dict[str, tuple[dict[str, Any], str]] = {
    "name": ({"name": "Thing"}, "not snake_case"),
    "chinese": ({"about": ("thing", "A thing")}, "no Chinese"),
    "english": ({"about": ("事物", " ")}, "no English"),
    "punctuation": ({"about": ("事物,东西", "A thing")}, "half-width"),
    "section": ({"section": ""}, "no section"),
    "no key": ({"key": ()}, "no key"),
    "key": ({"key": ("other",)}, "key column other does not exist"),
    "optional key": (_with() | {"key": ("more",)}, "key column more is not required"),
    "owner": ({"owner": "dealer"}, "owner column dealer does not exist"),
    "owner of what": ({"owner": "thing"}, "does not reference partner"),
    "no time": ({"time": None}, "a fact without a time"),
    "time": ({"time": "at"}, "time column at does not exist"),
    "time kind": ({"time": "thing"}, "time column thing is a code"),
    "optional time": (_with(kind=Kind.TIME) | {"time": "more"}, "time column more is not required"),
    "twice": (_with(name="day"), "declared twice"),
    "system": (_with(name="month"), "filled at the door"),
    "column name": (_with(name="More"), "not snake_case"),
    "column chinese": (_with(about=("", "More")), "no Chinese"),
    "limits": (_with(kind=Kind.NUMBER, low=2, high=1), "lies above"),
    "values": (_with(one_of=("a", "a")), "allowed twice"),
    "values of number": (_with(kind=Kind.NUMBER, one_of=("1",)), "one_of on a number"),
    "unit": (_with(kind=Kind.MONEY), "without a unit"),
    "cost": (_with(name="fixed_cost", kind=Kind.MONEY, unit="CNY"), "everybody sees"),
    "reference": (_with(references="nothing"), "does not exist"),
    "reference column": (_with(references="product.name"), "no key column"),
    "reference kind": (_with(references="product", kind=Kind.INTEGER), "another kind"),
    "scheme": (_with(references="region"), "without its code scheme"),
}


@pytest.mark.parametrize("case", BREACHES)
def test_each_rule_of_the_law_can_fail(case: str) -> None:
    changes, expected = BREACHES[case]
    broken = replace(SOUND, **changes)
    assert any(expected in fault for fault in faults({**TABLES, broken.name: broken}))
    assert faults({**TABLES, SOUND.name: SOUND}) == []
