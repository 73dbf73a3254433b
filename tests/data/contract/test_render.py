"""The document and the JSON say what the declarations say."""

from __future__ import annotations

import json
from pathlib import Path

from data.contract import TABLES
from data.contract.render import SECTIONS, contract_json, contract_markdown
from data.contract.schema import Column, Family, Kind, Sensitivity, Table

DOCUMENT = Path(__file__).parents[3] / "docs" / "contract.md"

LITTLE = Table(
    name="little",
    family=Family.DIMENSION,
    section="master",
    about=("小表", "A little table"),
    key=("little",),
    owner="brand",
    columns=(
        Column("little", Kind.CODE, ("编码", "Id"), required=True),
        Column(
            "cost",
            Kind.MONEY,
            ("成本", "Cost a|b"),
            unit="CNY",
            references="product",
            one_of=("a", "b"),
            low=0,
            high=9.5,
            sensitivity=Sensitivity.COST,
        ),
    ),
)


def test_the_document_equals_the_declarations() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == contract_markdown(TABLES.values()), "run: waterline contract --write"


def test_every_section_has_a_heading() -> None:
    assert {table.section for table in TABLES.values()} == set(SECTIONS)


def test_a_column_shows_all_that_was_declared() -> None:
    text = contract_markdown([LITTLE])
    assert "### little\n\nA little table (小表). Dimension; key `little`; owner the brand.\n" in text
    assert "| `little` | code | yes | Id | 编码 |  |  |" in text
    rules = "→ product; one of `a`, `b`; ≥ 0; ≤ 9.5; **cost**"
    assert f"| `cost` | money |  | Cost a\\|b | 成本 | CNY | {rules} |" in text


def test_a_time_that_has_happened_says_so() -> None:
    text = contract_markdown(TABLES.values())
    assert "| `as_of` | time | yes | Moment of the snapshot | 盘存时点 |  | ≤ now |" in text
    assert "| `ends_at` | time | yes | Ends at | 结束时间 |  |  |" in text


def test_the_json_holds_every_table_and_column() -> None:
    document = json.loads(contract_json(TABLES.values()))
    names = {table["name"]: tuple(column["name"] for column in table["columns"]) for table in document["tables"]}
    assert names == {table.name: table.names for table in TABLES.values()}
    (little,) = json.loads(contract_json([LITTLE]))["tables"]
    assert little["columns"][1] == {
        "name": "cost",
        "kind": "money",
        "physical": "decimal128(18, 4)",
        "required": False,
        "about": {"zh": "成本", "en": "Cost a|b"},
        "unit": "CNY",
        "references": "product",
        "one_of": ["a", "b"],
        "like": None,
        "low": 0,
        "high": 9.5,
        "happened": False,
        "sensitivity": "cost",
    }
