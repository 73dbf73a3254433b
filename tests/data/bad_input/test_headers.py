"""Column names: what is missing, renamed, doubled or below a title is told before a row is loaded."""

from __future__ import annotations

import json

import pytest

from tests.data.bad_input.goods import NAMES, ROWS, as_csv, goods
from tests.data.bad_input.kinds import shows
from tests.data.bad_input.outcome import outcomes, refused
from tests.data.sources.door import Door

pytestmark = pytest.mark.slow


def problems(facts: object) -> list[dict[str, str]]:
    return [{"code": one["code"], **one["facts"]} for one in json.loads(str(facts))]


@shows("missing column", "renamed column")
def test_missing_and_renamed_columns_are_told_at_once_with_the_nearest_name(door: Door) -> None:
    door.write("p.csv", as_csv(names=("商品编码", "品名（新）", "上市", "Kilo")))
    error = refused(door, lambda: door.bring(goods()), naming="商品编码")
    assert error.code == "mapping_refused"
    told = [(one["value"], one["close"], one["file"], one["section"]) for one in problems(error.facts["problems"])]
    assert told == [
        ("编码", "商品编码", "p.csv", "product"),
        ("品名", "品名（新）", "p.csv", "product"),
        ("重量", "–", "p.csv", "product"),
    ]


@shows("missing column")
def test_a_column_that_the_contract_requires_is_told(door: Door) -> None:
    door.write("product.csv", "name\nRice\n")
    error = refused(door, lambda: door.bring('source = "a"\ntables = "contract"'), naming="sku")
    [one] = problems(error.facts["problems"])
    assert (one["code"], one["column"], one["table"]) == ("mapping_missing_column", "sku", "product")


@shows("duplicated column")
@pytest.mark.parametrize("second", ["编码", "SKU"])
def test_a_column_twice_is_refused_whatever_its_case(door: Door, second: str) -> None:
    first = "编码" if second == "编码" else "sku"
    door.write("p.csv", as_csv((("1", "米", "", "", "2"),), (first, *NAMES[1:], second)))
    error = refused(door, lambda: door.bring(goods()), naming=second)
    assert error.code == "duplicate_header"


@shows("reordered columns")
def test_the_order_of_columns_does_not_matter(door: Door) -> None:
    door.write("a.csv", as_csv(tuple(row[::-1] for row in ROWS), NAMES[::-1]))
    door.write("b.csv", as_csv())
    found = outcomes(door, door.bring(goods()))
    assert [found[name].loaded for name in ("a.csv", "b.csv")] == [2, 2]
    rows = [(row["sku"], row["name"], row["kg"]) for row in door.rows("product")]
    assert rows[:2] == rows[2:] == [("1001", "五常大米", 5.5), ("1002", "菜籽油", 0.25)]


def test_names_below_a_title_are_found_where_the_mapping_says(door: Door) -> None:
    door.write("p.csv", "2026年商品表\r\n\r\n" + as_csv() + "合计,,,5.75\r\n")
    found = outcomes(door, door.bring(goods(options="header = 3")))["p.csv"]
    assert (found.read, found.loaded) == (3, 2)
    assert found.set_aside == [(6, "", "合计,,,5.75", "totals_row")]
    assert door.values("product", "line") == [4, 5]


def test_names_beyond_the_end_are_refused(door: Door) -> None:
    door.write("p.csv", as_csv())
    error = refused(door, lambda: door.bring(goods(options="header = 9")), naming="9")
    assert (error.code, error.facts["rows"]) == ("header_beyond_file", 3)
