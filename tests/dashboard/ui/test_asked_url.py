"""A question survives the way through an address; an address cannot ask for what is not offered."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from analytics.core.calendar import Comparison, Period, Preset
from dashboard.services.requests import Asked
from dashboard.services.views import FilterOptions, Option
from dashboard.ui.asked_url import MOST, from_params, to_params

OPTIONS = FilterOptions(
    channels=(Option("tmall", "T"), Option("jd", "J")),
    partners=tuple(Option(f"S{index}", "same name") for index in range(5)),
    categories=(Option("rice & oil", "R"), Option("杂粮", "Z")),
    regions=(Option("370000", "Shandong"), Option("370100", "Shandong · Jinan")),
    skus=tuple(Option(code, code) for code in ("a", "b-1", "c", *(f"p{index}" for index in range(5000)))),
    covered=Period(date(2025, 1, 1), date(2026, 1, 1)),
)
days = st.dates(min_value=date(2020, 1, 1), max_value=date(2030, 1, 1))


@st.composite
def questions(draw: st.DrawFn) -> Asked:
    first = draw(st.none() | days)
    return Asked(
        preset=draw(st.sampled_from(Preset)) if first is None else Asked().preset,
        first=first,
        last=first + timedelta(days=draw(st.integers(0, 400))) if first else None,
        comparison=draw(st.sampled_from(Comparison)),
        channels=tuple(draw(st.lists(st.sampled_from(["tmall", "jd"]), unique=True))),
        partners=tuple(draw(st.lists(st.sampled_from([f"S{index}" for index in range(5)]), unique=True))),
        categories=tuple(draw(st.lists(st.sampled_from(["rice & oil", "杂粮"]), unique=True))),
        skus=tuple(draw(st.lists(st.sampled_from(["a", "b-1", "c"]), unique=True, max_size=3))),
        regions=tuple(draw(st.lists(st.sampled_from(["370000", "370100"]), unique=True))),
        modes=tuple(draw(st.lists(st.sampled_from(["express", "pickup"]), unique=True))),
        nodes=tuple(draw(st.lists(st.sampled_from(["N1", "N 2"]), unique=True))),
        reasons=tuple(draw(st.lists(st.sampled_from(["no_stock", "质量"]), unique=True))),
        cells=tuple(draw(st.lists(st.text("0123456789abcdef", min_size=15, max_size=15), unique=True, max_size=3))),
    )


@given(questions())
def test_round_trip(asked: Asked) -> None:
    assert from_params(to_params(asked), OPTIONS) == (asked, 0)


def test_the_default_question_leaves_the_address_clean() -> None:
    assert to_params(Asked()) == {}


def test_values_that_are_not_offered_are_set_aside() -> None:
    asked, aside = from_params({"partner": ["S1", "S99", "brand"], "channel": ["tmall"]}, OPTIONS)
    assert (asked.partners, asked.channels, aside) == (("S1",), ("tmall",), 2)


def test_nonsense_is_the_default_question() -> None:
    said = {"period": ["yesteryear"], "compare": ["<script>"], "from": ["2026-13-01"], "to": [""], "cell": ["../x"]}
    assert from_params(said, OPTIONS) == (Asked(), 1)


def test_days_the_wrong_way_round_are_ignored() -> None:
    assert from_params({"from": ["2025-02-02"], "to": ["2025-01-01"]}, OPTIONS)[0] == Asked()


def test_an_address_cannot_hold_endless_values() -> None:
    asked, _ = from_params({"sku": [f"p{index}" for index in range(5000)]}, OPTIONS)
    assert len(asked.skus) == MOST
