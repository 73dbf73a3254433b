"""Numbers, days and periods look right at every edge, in both languages."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.core.calendar import Period
from analytics.metrics.metric import Unit
from dashboard.ui.formatting import MINUS, NOTHING, Format
from dashboard.words import words

ZH, EN = Format(words("zh")), Format(words("en"), "USD")
POWERS = {"万亿": 12, "万": 4, "亿": 8, "K": 3, "M": 6, "B": 9, "T": 12}


@pytest.mark.parametrize(
    ("value", "unit", "zh", "en"),
    [
        (None, Unit.MONEY, NOTHING, NOTHING),
        (float("nan"), Unit.RATE, NOTHING, NOTHING),
        (float("inf"), Unit.COUNT, NOTHING, NOTHING),
        (0, Unit.MONEY, "¥0.00", "$0.00"),
        (-0.001, Unit.MONEY, "¥0.00", "$0.00"),
        (69, Unit.MONEY, "¥69.00", "$69.00"),
        (999.994, Unit.MONEY, "¥999.99", "$999.99"),
        (999.995, Unit.MONEY, "¥1,000", "$1,000"),
        (9_999.4, Unit.MONEY, "¥9,999", "$9,999"),
        (9_999.5, Unit.MONEY, "¥1.00万", "$10.0K"),
        (99_949, Unit.COUNT, "9.99万", "99.9K"),
        (99_950, Unit.COUNT, "10.0万", "100K"),
        (999_500, Unit.COUNT, "100万", "1.00M"),
        (99_994_999, Unit.MONEY, "¥9,999万", "$100M"),
        (99_995_000, Unit.MONEY, "¥1.00亿", "$100M"),
        (99_999_999, Unit.MONEY, "¥1.00亿", "$100M"),
        (999_999_999_999, Unit.MONEY, "¥1.00万亿", "$1.00T"),
        (10**18, Unit.COUNT, "1,000,000万亿", "1,000,000T"),
        (-12_345, Unit.MONEY, f"{MINUS}¥1.23万", f"{MINUS}$12.3K"),
        (2.5, Unit.UNITS, "2.5", "2.5"),
        (99.96, Unit.UNITS, "100", "100"),
        (3, Unit.UNITS, "3", "3"),
        (0.2345, Unit.RATE, "23.5%", "23.5%"),
        (-0.0001, Unit.RATE, "0.0%", "0.0%"),
        (-0.05, Unit.RATE, f"{MINUS}5.0%", f"{MINUS}5.0%"),
        (Decimal("18204"), Unit.COUNT, "1.82万", "18.2K"),
    ],
)
def test_short_forms(value: float | Decimal | None, unit: Unit, zh: str, en: str) -> None:
    assert (ZH.value(value, unit), EN.value(value, unit)) == (zh, en)


def read(shown: str) -> float:
    """The number that a reader takes from a short form."""
    match = re.fullmatch(rf"({MINUS}?)[¥$]?([\d,.]+)(万亿|万|亿|K|M|B|T)?", shown)
    assert match, shown
    size = float(match[2].replace(",", "")) * 10.0 ** POWERS.get(match[3] or "", 0)
    return -size if match[1] else size


amounts = st.floats(min_value=-1e15, max_value=1e15, allow_nan=False)


@given(amounts, st.sampled_from([ZH, EN]), st.sampled_from([Unit.MONEY, Unit.COUNT, Unit.UNITS]))
def test_a_short_form_is_near_what_it_stands_for(value: float, fmt: Format, unit: Unit) -> None:
    assert read(fmt.value(value, unit)) == pytest.approx(value, rel=0.0051, abs=0.51)


@given(amounts, amounts, st.sampled_from([ZH, EN]))
def test_more_never_looks_like_less(one: float, other: float, fmt: Format) -> None:
    low, high = sorted((one, other))
    assert read(fmt.value(low, Unit.MONEY)) <= read(fmt.value(high, Unit.MONEY))


@given(amounts, st.sampled_from([ZH, EN]))
def test_no_unit_is_left_uncarried(value: float, fmt: Format) -> None:
    digits = re.sub(r"[^\d.]", "", fmt.value(value, Unit.COUNT).rstrip("万亿KMBT"))
    limit = 10_000 if abs(value) < 1e15 else float("inf")
    assert float(digits) < limit


@pytest.mark.parametrize(
    ("ratio", "shown"),
    [
        (0.042, "+4.2%"),
        (-0.0384, f"{MINUS}3.8%"),
        (0.0, "0.0%"),
        (-0.0004, "0.0%"),
        (10.3, "+1,030.0%"),
        (None, NOTHING),
    ],
)
def test_changes_carry_their_sign(ratio: float | None, shown: str) -> None:
    assert ZH.change(ratio) == shown


def test_a_rate_changes_by_points() -> None:
    assert ZH.points(0.0034) == "+0.3百分点"
    assert EN.points(-0.0034) == f"{MINUS}0.3 pp"
    assert EN.points(None) == NOTHING


def test_a_difference_keeps_sign_and_currency_together() -> None:
    assert ZH.difference(18_400, Unit.MONEY) == "+\u2060¥1.84万"
    assert EN.difference(-18_400, Unit.MONEY) == f"{MINUS}\u2060$18.4K"


def test_full_values_hide_nothing() -> None:
    assert ZH.full(1_234_567.891, Unit.MONEY) == "¥1,234,567.89"
    assert EN.full(1_234.5, Unit.UNITS) == "1,234.500"
    assert EN.full(None, Unit.MONEY) == NOTHING


def test_an_unknown_currency_shows_its_code() -> None:
    assert Format(words("en"), "THB").value(5, Unit.MONEY) == "THB 5.00"


def test_periods_and_days() -> None:
    month = Period(date(2026, 10, 2), date(2026, 10, 31))
    assert ZH.period(month) == "2026年10月2日至31日"
    assert re.sub(r"\s", " ", EN.period(month)) == "Oct 2 – 31, 2026"
    assert ZH.period(Period(date(2026, 1, 1), date(2026, 1, 1))) == "2026年1月1日"
