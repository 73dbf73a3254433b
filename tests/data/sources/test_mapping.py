"""A mapping is checked as a whole, and refused once with everything that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics.core.errors import ContractViolation
from data.sources.mapping import MappingRefused, load_mapping
from tests.data.sources.door import Door

SHIPPED = sorted((Path(__file__).parents[3] / "data" / "sources" / "mappings").glob("*.toml"))

CHANNEL = """
[channel.columns]
channel = { constant = "web" }
name = { constant = "Web" }
channel_group = { constant = "online" }
"""


def problems(tmp_path: Path, toml: str) -> list[tuple[str, dict[str, object]]]:
    path = tmp_path / "some.toml"
    path.write_text(toml, encoding="utf-8")
    with pytest.raises(MappingRefused) as refused:
        load_mapping(path)
    assert refused.value.facts["count"] == len(refused.value.problems)
    return [(problem.code, dict(problem.facts)) for problem in refused.value.problems]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_mapping_is_sound(path: Path) -> None:
    assert load_mapping(path).source


def test_defaults(tmp_path: Path) -> None:
    path = tmp_path / "some.toml"
    path.write_text('\ufeffsource = "till"' + CHANNEL, encoding="utf-8")
    mapping = load_mapping(path)
    assert (mapping.timezone, mapping.day_ends, mapping.currency) == ("Asia/Shanghai", 0, "CNY")
    assert (mapping.region_scheme, mapping.coordinates, mapping.name) == ("gb-t-2260", None, "some.toml")
    assert [section.label for section in mapping.sections] == ["channel"]


def test_the_digest_is_that_of_the_content(tmp_path: Path) -> None:
    path = tmp_path / "some.toml"
    path.write_text('source = "till"' + CHANNEL)
    before = load_mapping(path).digest
    path.write_text('source = "till2"' + CHANNEL)
    assert load_mapping(path).digest != before


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    toml = """
timezone = "Asia/Shangai"
day_ends = 24
curency = "CNY"
[files]
sales = { pattern = "*.csv", encoding = "gbk9" }
[order_line]
from = "sale"
where = "Qty >"
[order_line.columns]
order_id = "Nr"
lineno = "Line"
ordered_at = { expression = "timestam(Day)" }
quantity = { column = "Qty", unit = "box" }
"""
    found = problems(tmp_path, toml)
    assert [code for code, _ in found] == [
        "mapping_unknown_key",
        "mapping_missing_key",
        "mapping_wrong_value",
        "mapping_unknown_file",
        "mapping_unknown_column",
        "unknown_function",
        "mapping_unknown_unit",
        "mapping_missing_column",
        "mapping_missing_column",
        "mapping_missing_column",
        "mapping_missing_column",
        "expression_syntax",
        "mapping_wrong_value",
        "mapping_wrong_value",
    ]
    facts = [facts for _, facts in found]
    assert facts[0]["value"] == "curency"
    assert str(facts[0]["close"]).startswith("currency")
    assert facts[2] == {
        "section": "files.sales",
        "key": "encoding",
        "value": "gbk9",
        "expected": "utf-8, utf-16, gb18030, latin-1",
    }
    assert (facts[3]["value"], facts[3]["close"]) == ("sale", "sales")
    assert (facts[4]["section"], facts[4]["value"], facts[4]["close"]) == (
        "order_line",
        "lineno",
        "line_no",
    )
    assert (facts[5]["section"], facts[5]["column"]) == ("order_line", "ordered_at")
    assert [told["column"] for told in facts[7:11]] == ["line_no", "channel", "sku", "amount"]
    assert {told["key"] for told in facts[12:]} == {"timezone", "day_ends"}


@pytest.mark.parametrize(
    ("toml", "code", "value"),
    [
        ('source = "a"', "mapping_without_tables", None),
        ('source = "a"\n[chanel]\n' + CHANNEL, "mapping_unknown_key", "chanel"),
        ('source = "a"\nchannel = 3', "mapping_wrong_value", 3),
        (f'source = "a"{CHANNEL}private_domain = "Flag"', "mapping_missing_key", None),
        (f'source = "a"{CHANNEL}private_domain = 1', "mapping_wrong_value", 1),
        (f'source = "a"{CHANNEL}private_domain = {{ constant = 1, column = "x" }}', "mapping_wrong_value", None),
        (f'source = "a"\ncoordinates = "gcj02"{CHANNEL}', "mapping_wrong_value", "gcj02"),
        (f'source = "a"\n[files]\nx = {{ pattern = "*", delimiter = "::" }}{CHANNEL}', "mapping_wrong_value", "::"),
        (f'source = "a"{CHANNEL}[channel.distinct]\npick = "best"', "mapping_wrong_value", "best"),
        (f'source = "a"{CHANNEL}[channel.join]\nfile = "x"', "mapping_unknown_file", "x"),
        (CHANNEL.replace('"online"', '"shop"') + '[files]\nx="y"', "mapping_wrong_value", "shop"),
    ],
)
def test_single_problems(tmp_path: Path, toml: str, code: str, value: object) -> None:
    found = problems(tmp_path, toml)
    assert code in [problem for problem, _ in found]
    assert value is None or value in [facts.get("value") for _, facts in found]


def test_a_mapping_that_is_not_there_and_one_that_is_no_toml(tmp_path: Path) -> None:
    with pytest.raises(ContractViolation) as refused:
        load_mapping(tmp_path / "none.toml")
    assert refused.value.code == "mapping_not_found"
    (tmp_path / "bad.toml").write_text("source = 'a'\nb = = 1\nc = 2")
    with pytest.raises(ContractViolation) as refused:
        load_mapping(tmp_path / "bad.toml")
    assert refused.value.code == "mapping_not_toml"
    assert "line 2" in str(refused.value.facts["reason"])


ORDERS = """
source = "till"
[files]
lines = "lines.csv"
heads = "heads.csv"
[channel]
from = "lines"
join = { file = "heads", on = { Nr = "Number" } }
[channel.columns]
channel = "Chanel"
name = { expression = 'upper(heads.Title)' }
channel_group = { constant = "online" }
"""


def test_what_the_files_lack_is_told_at_once_and_nothing_is_loaded(door: Door) -> None:
    door.write("lines.csv", "Nr,Channel\n1,web\n")
    door.write("heads.csv", "Nummer,Name\n1,x\n")
    with pytest.raises(MappingRefused) as refused:
        door.bring(ORDERS)
    told = [
        (p.code, p.facts.get("column"), p.facts["value"], str(p.facts["close"]).split(", ")[0])
        for p in refused.value.problems
    ]
    assert told == [
        ("unknown_source_column", "heads", "Number", "Nummer"),
        ("unknown_source_column", "channel", "Chanel", "Channel"),
        ("unknown_source_column", "name", "heads.Title", "–"),
    ]
    assert door.lake.tables() == []
    assert door.loads() == []


def test_a_file_that_is_absent_is_named_unless_it_is_optional(door: Door) -> None:
    door.write("lines.csv", "Nr,Chanel\n1,web\n")
    with pytest.raises(MappingRefused) as refused:
        door.bring(ORDERS)
    assert [(p.code, p.facts["value"]) for p in refused.value.problems] == [("mapping_file_absent", "heads.csv")]
    toml = ORDERS.replace('heads = "heads.csv"', 'heads = { pattern = "heads.csv", optional = true }')
    toml = toml.replace('join = { file = "heads", on = { Nr = "Number" } }\n', "").replace("heads.Title", "Chanel")
    assert door.bring(toml).absent == ("heads",)
    assert door.values("channel", "name") == ["WEB"]
