"""Parts and residual make the change, whatever the parts are."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.metrics.explain import Explained, Fraction, of_ratio, of_sum

Parts = dict[str, tuple[float, float]]

AMOUNTS = st.dictionaries(st.sampled_from("abcdef"), st.floats(-1e7, 1e7), max_size=6)
FRACTIONS = st.dictionaries(
    st.sampled_from("abcdef"), st.tuples(st.floats(0, 1e6), st.sampled_from([0.0, 1.0, 7.5, 1e3, 1e6])), max_size=6
)


def series(parts: dict[str, float]) -> pd.Series:
    return pd.Series(parts, dtype=float)


def fractions(parts: Parts) -> pd.DataFrame:
    return pd.DataFrame(list(parts.values()), index=list(parts), columns=["top", "bottom"], dtype=float)


def of(now: Parts, before: Parts, overlap: float = 0.0) -> Explained | None:
    """``overlap``: members of the denominator that are counted in several parts."""
    wholes = [
        Fraction(sum(top for top, _ in parts.values()), sum(bottom for _, bottom in parts.values()) - overlap)
        for parts in (now, before)
    ]
    return of_ratio(fractions(now), fractions(before), total_now=wholes[0], total_before=wholes[1])


def adds_up(found: Explained, scale: float) -> None:
    assert math.fsum([*found.parts["change"], found.residual]) == pytest.approx(found.change, abs=1e-9 * scale + 1e-9)


@given(AMOUNTS, AMOUNTS, st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_parts_of_a_sum_and_the_residual_make_the_change(
    now: dict[str, float], before: dict[str, float], over: float, under: float
) -> None:
    """``over`` and ``under``: the whole need not be the sum of its parts, as distinct buyers by channel are not."""
    total_now, total_before = math.fsum(now.values()) - over, math.fsum(before.values()) - under
    found = of_sum(series(now), series(before), total_now=total_now, total_before=total_before)
    adds_up(found, 1e7)
    assert set(found.parts["key"]) == set(now) | set(before)
    assert found.parts["change"].abs().is_monotonic_decreasing


@given(FRACTIONS, FRACTIONS)
def test_parts_of_a_ratio_make_its_change(now: Parts, before: Parts) -> None:
    found = of(now, before)
    bottoms = [sum(bottom for _, bottom in parts.values()) for parts in (now, before)]
    if not all(bottoms):
        assert found is None
        return
    assert found is not None
    tops = [sum(top for top, _ in parts.values()) for parts in (now, before)]
    assert found.change == pytest.approx(tops[0] / bottoms[0] - tops[1] / bottoms[1], rel=1e-9, abs=1e-9)
    scale = max(
        tops[0] / bottoms[0], tops[1] / bottoms[1], *found.parts["now"].fillna(0), *found.parts["before"].fillna(0)
    )
    adds_up(found, scale)
    assert found.residual == pytest.approx(0, abs=1e-8 * scale + 1e-9)
    effects = found.parts["rate_effect"] + found.parts["mix_effect"]
    assert effects.tolist() == pytest.approx(found.parts["change"].tolist())


def test_the_same_rates_with_another_weight_are_all_mix() -> None:
    now, before = {"web": (10.0, 100.0), "shop": (30.0, 100.0)}, {"web": (30.0, 300.0), "shop": (30.0, 100.0)}
    found = of(now, before)
    assert found is not None
    assert found.parts["rate_effect"].abs().max() == pytest.approx(0)
    assert found.parts["mix_effect"].sum() == pytest.approx(0.2 - 0.15)


def test_the_same_weights_with_other_rates_are_all_rate() -> None:
    now, before = {"web": (20.0, 100.0), "shop": (30.0, 100.0)}, {"web": (10.0, 100.0), "shop": (30.0, 100.0)}
    found = of(now, before)
    assert found is not None
    assert dict(zip(found.parts["key"], found.parts["rate_effect"], strict=True)) == {
        "web": pytest.approx(0.05),
        "shop": 0,
    }
    assert found.parts["mix_effect"].abs().max() == pytest.approx(0)


def test_a_part_that_is_new_moves_weight_alone() -> None:
    now, before = {"web": (10.0, 100.0), "live": (40.0, 100.0)}, {"web": (10.0, 100.0)}
    found = of(now, before)
    assert found is not None
    assert found.parts["rate_effect"].abs().max() == pytest.approx(0)
    assert found.change == pytest.approx(0.15)


def test_orders_of_several_products_are_the_residual() -> None:
    """100 yuan in 3 orders of two products each are 6 orders of products."""
    parts, twice = {"rice": (60.0, 6.0), "oil": (60.0, 6.0)}, {"rice": (30.0, 5.0), "oil": (30.0, 4.0)}
    found = of(parts, twice, overlap=3.0)
    assert found is not None
    assert found.change == pytest.approx(120 / 9 - 60 / 6)
    assert found.residual != 0
    adds_up(found, 10)
