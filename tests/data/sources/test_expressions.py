"""Each function of the expression language on literal rows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.core.errors import ContractViolation
from data.sources.expressions import compute, parse_expression
from data.sources.functions import Rows

COLUMNS: dict[str, list[str | None]] = {
    "Invoice": ["A-1", "A-1", "B-22", None],
    "Qty": ["2", "-3", "0.125", "x"],
    "Price": ["2.555", "0.1", "", None],
    "Item No": [" ab ", "ab", "", "Cd"],
    "Day": ["2026-01-31", "31.01.2026", "2026-02-30", None],
}


def table() -> Rows:
    rows = ibis.memtable(pa.table({**COLUMNS, "__position": [2, 3, 4, 5]}))
    return Rows(rows, (rows["__position"],), "Asia/Shanghai")


def values(expression: str) -> list[Any]:
    rows = table()
    value = compute(parse_expression(expression), rows).value
    return list(rows.table.select("__position", value=value).order_by("__position").to_pyarrow()["value"].to_pylist())


def failures(expression: str) -> list[int]:
    """Numbers of the rows in which an input could not be read."""
    rows = table()
    failed = compute(parse_expression(expression), rows).failed
    if failed is None:
        return []
    told = rows.table.select("__position", failed=failed.fill_null(False)).order_by("__position").to_pyarrow()
    return [number for number, bad in enumerate(told["failed"].to_pylist()) if bad]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("Invoice", ["A-1", "A-1", "B-22", None]),
        ('col("Item No")', [" ab ", "ab", "", "Cd"]),
        ('concat(Invoice, "/", Qty)', ["A-1/2", "A-1/-3", "B-22/0.125", "/x"]),
        ('upper(col("Item No"))', [" AB ", "AB", "", "CD"]),
        ('lower(col("Item No"))', [" ab ", "ab", "", "cd"]),
        ('trim(col("Item No"))', ["ab", "ab", "", "Cd"]),
        ('replace(Invoice, "-", "")', ["A1", "A1", "B22", None]),
        ("left(Invoice, 1)", ["A", "A", "B", None]),
        ("left(Invoice, -2)", ["A", "A", "B-", None]),
        ("right(Invoice, 2)", ["-1", "-1", "22", None]),
        ("substr(Invoice, 2)", ["-1", "-1", "-22", None]),
        ("substr(Invoice, 3, 1)", ["1", "1", "2", None]),
        ('split(Invoice, "-", 1)', ["A", "A", "B", None]),
        ('split(Invoice, "-", -1)', ["1", "1", "22", None]),
        ('starts_with(Invoice, "A")', [True, True, False, None]),
        ("is_null(Price)", [False, False, True, True]),
        ('coalesce(Price, Qty, "none")', ["2.555", "0.1", "0.125", "x"]),
        ('if_(starts_with(Invoice, "A"), "first", Invoice)', ["first", "first", "B-22", None]),
        ('Invoice == "A-1"', [True, True, False, None]),
        ('Invoice != "A-1"', [False, False, True, None]),
        ('Invoice in ("A-1", "C")', [True, True, False, None]),
        ('Invoice not in ("A-1", "C")', [False, False, True, None]),
        ("ordinal(Invoice)", [1, 2, 1, 1]),
        ("ordinal(Invoice, Qty)", [1, 1, 1, 1]),
    ],
)
def test_text_and_choice(expression: str, expected: list[object]) -> None:
    assert values(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("Qty * Price", ["5.11", "-0.3", None, None]),
        ("Qty + 1", ["3", "-2", "1.125", None]),
        ("Qty - 0.1", ["1.9", "-3.1", "0.025", None]),
        ("-Qty", ["-2", "3", "-0.125", None]),
        ("Qty / 3", ["0.666667", "-1", "0.041667", None]),
        ("abs(Qty)", ["2", "3", "0.125", None]),
        ("round(Price, 2)", ["2.56", "0.1", None, None]),
        ("round(Price)", ["3", "0", None, None]),
        ("number(Qty)", ["2", "-3", "0.125", None]),
        ("Qty * Qty * Qty", ["8", "-27", "0.001953125", None]),
        ("if_(Qty > 0, Qty, 0)", ["2", "0", "0.125", "0"]),
    ],
)
def test_numbers_are_exact(expression: str, expected: list[str | None]) -> None:
    assert values(expression) == [None if told is None else Decimal(told) for told in expected]


def test_comparison_of_numbers_is_not_that_of_texts() -> None:
    assert values("Qty > 1") == [True, False, False, None]
    assert values("Qty <= 2 and not is_null(Price)") == [True, True, False, False]
    assert values("Qty >= 2 or Qty < 0") == [True, True, False, None]


def test_dates_and_times() -> None:
    assert values("date(Day)") == [date(2026, 1, 31), None, None, None]
    assert values('date(Day, "%d.%m.%Y")') == [None, date(2026, 1, 31), None, None]
    midnight = datetime(2026, 1, 30, 16, tzinfo=UTC)
    assert values("timestamp(Day)")[0] == midnight
    assert values('timestamp("2026-01-31T00:00:00+08:00")')[0] == midnight
    assert values('timestamp("2026-01-30 16:00Z")')[0] == midnight
    assert values('timestamp("31/01/2026 00:00", "%d/%m/%Y %H:%M")')[0] == midnight
    assert values('date("2026-01-31") == Day')[0] is True


@pytest.mark.parametrize(
    ("expression", "rows"),
    [
        ("number(Qty)", [3]),
        ("Qty * Price", [3]),
        ("Qty > 0", [3]),
        ("date(Day)", [1, 2]),
        ("timestamp(Day)", [1, 2]),
        ("Qty / 0", [0, 1, 2, 3]),
        # Only the branch that is taken counts.
        ('if_(Invoice == "B-22", date(Day), date("2026-01-01"))', [2]),
        ("if_(is_null(Invoice), 0, number(Qty))", []),
        ("is_null(number(Qty))", []),
        ("upper(Invoice)", []),
    ],
)
def test_a_value_that_cannot_be_read_is_a_failure_not_a_gap(expression: str, rows: list[int]) -> None:
    assert failures(expression) == rows


@given(
    quantity=st.decimals(-99999, 99999, places=3),
    price=st.decimals(0, 99999, places=4),
)
def test_quantity_times_price_equals_the_decimal_product(quantity: Decimal, price: Decimal) -> None:
    rows = ibis.memtable(pa.table({"q": [str(quantity)], "p": [str(price)]}))
    computed = compute(parse_expression("q * p"), Rows(rows, (), "UTC")).value
    assert rows.select(value=computed).to_pyarrow()["value"].to_pylist() == [quantity * price]


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("Qty +", "expression_syntax"),
        ("__import__('os').system('true')", "expression_not_allowed"),
        ("Invoice[0]", "expression_not_allowed"),
        ("[x for x in Invoice]", "expression_not_allowed"),
        ("lambda: 1", "expression_not_allowed"),
        ("Qty ** 2", "expression_not_allowed"),
        ("1 < Qty < 3", "expression_not_allowed"),
        ("b'x'", "expression_not_allowed"),
        ("f'{Qty}'", "expression_not_allowed"),
        ("Invoice.a.b", "expression_not_allowed"),
        ("upper(text=Invoice)", "expression_not_allowed"),
        ("uper(Invoice)", "unknown_function"),
        ("eval(Invoice)", "unknown_function"),
        ("left(Invoice)", "wrong_arguments"),
        ("left(Invoice, Qty)", "wrong_arguments"),
        ("replace(Invoice, 1, 2)", "wrong_arguments"),
        ("trim(Invoice, Qty)", "wrong_arguments"),
    ],
)
def test_what_is_not_on_the_white_list_is_refused(expression: str, code: str) -> None:
    with pytest.raises(ContractViolation) as refused:
        parse_expression(expression)
    assert refused.value.code == code
    assert refused.value.facts["value"] == expression


def test_an_unknown_function_is_told_with_what_was_probably_meant() -> None:
    with pytest.raises(ContractViolation) as refused:
        parse_expression("uper(Invoice)")
    assert refused.value.facts["close"] == "upper, number"


def test_an_unknown_column_is_told_with_what_exists() -> None:
    with pytest.raises(ContractViolation) as refused:
        values("Invoce")
    assert refused.value.code == "unknown_source_column"
    assert refused.value.facts["close"] == "Invoice"
    assert refused.value.facts["known"] == "Invoice, Qty, Price, Item No, Day"


def test_the_columns_of_an_expression_are_known_without_data() -> None:
    assert parse_expression('if_(a > 1, col("b c"), stores.d)').columns == ("a", "b c", "stores.d")
