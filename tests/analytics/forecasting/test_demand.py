"""Demand behind sales, and the panel that frames are laid out in."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.core.errors import ContractViolation
from analytics.forecasting.contract import Bucket
from analytics.forecasting.demand import bias_removed, estimated, uncensored
from analytics.forecasting.dispersion import at_least
from analytics.forecasting.panel import panel_of
from tests.analytics.forecasting import panels


@settings(max_examples=60, deadline=None)
@given(mean=st.floats(0.2, 30), sold=st.integers(0, 60), law=st.sampled_from([0.0, 0.1, 0.8]))
def test_conditional_mean_equals_the_slow_sum(mean: float, sold: int, law: float) -> None:
    from scipy.stats import nbinom, poisson

    values = np.arange(0, 4000)
    chances = poisson.pmf(values, mean) if law == 0 else nbinom.pmf(values, 1 / law, 1 / (1 + law * mean))
    tail = chances[values >= sold].sum()
    if tail < 1e-12:
        return
    slow = (values * chances)[values >= sold].sum() / tail
    fast = at_least(np.array([mean]), np.array([float(sold)]), law)[0]
    assert fast == pytest.approx(slow, rel=1e-4)


def test_sold_out_days_lose_their_bias() -> None:
    generator = np.random.default_rng(3)
    true = generator.poisson(20, (60, 140)).astype(float)
    stock = generator.poisson(23, true.shape).astype(float)
    sold = np.minimum(true, stock)
    out = np.where(true >= stock, 0.3, 0.0)
    panel = panels.panel(sold, bucket=Bucket.DAY, out=out)
    true, sold, censored = panels.in_order(true), panel.sold, panel.censored
    assert censored.mean() > 0.2
    removed = estimated(panel)[censored].mean() / true[censored].mean() - 1
    naive = sold[censored].mean() / true[censored].mean() - 1
    assert naive < -0.06
    assert abs(removed) < 0.02


def test_a_day_that_was_empty_from_the_start_is_masked_and_told() -> None:
    sold = np.full((5, 40), 6.0)
    sold[0, 10:20] = 0.0
    out = np.zeros_like(sold)
    out[0, 10:20] = 1.0
    panel = panels.panel(sold, bucket=Bucket.DAY, out=out)
    assert np.isnan(uncensored(panel).demand[0, 10:20]).all()
    told = bias_removed(panel).iloc[0]
    assert (told["sold"], told["censored"]) == (180.0, 10)
    assert told["bias"] == pytest.approx(60.0, rel=0.02)


def test_a_missing_row_is_no_sale_only_where_listed() -> None:
    sold = np.full((5, 10), 4.0)
    sold[:, 3:6] = np.nan
    sales, series = panels.frames(sold, Bucket.WEEK)
    axis = panels.periods(12, Bucket.WEEK)
    spans = panels.no_spans().reindex(range(1))
    spans = spans.assign(series="n0|s0", first=axis[4], last=axis[8] + np.timedelta64(6, "D"))
    laid = panel_of(sales, series, spans, periods=axis, horizon=2, bucket=Bucket.WEEK)
    assert laid.demand[0].tolist()[3:7] == [pytest.approx(np.nan, nan_ok=True), 0.0, 0.0, 4.0]
    assert np.isnan(laid.demand[1, 3:6]).all()


def test_a_week_that_is_listed_in_part_is_unknown() -> None:
    sales, series = panels.frames(np.full((1, 4), np.nan), Bucket.WEEK)
    axis = panels.periods(5, Bucket.WEEK)
    spans = panels.no_spans().reindex(range(1))
    spans = spans.assign(series="n0|s0", first=axis[1] + np.timedelta64(2, "D"), last=axis[3] + np.timedelta64(6, "D"))
    laid = panel_of(sales, series, spans, periods=axis, horizon=1, bucket=Bucket.WEEK)
    assert np.isnan(laid.demand[0]).tolist() == [True, True, False, False]


def test_missing_columns_are_named() -> None:
    sales, series = panels.frames(np.ones((1, 4)), Bucket.WEEK)
    with pytest.raises(ContractViolation, match="missing=sold"):
        panel_of(
            sales.drop(columns="sold"), series, panels.no_spans(),
            periods=panels.periods(5, Bucket.WEEK), horizon=1, bucket=Bucket.WEEK,
        )  # fmt: skip


def test_a_burst_that_empties_the_shelf_of_a_slow_seller_is_not_its_level() -> None:
    """Ten dry days follow each day on which more than one unit was sold; its window alone would say 0.21 a day."""
    generator = np.random.default_rng(7)
    true = generator.poisson(0.1, (400, 200)).astype(float)
    out = np.zeros(true.shape)
    for row, at in zip(*np.nonzero(true > 1), strict=True):
        out[row, at + 1 : at + 11] = 1.0
    panel = panels.panel(np.where(out > 0, 0.0, true), bucket=Bucket.DAY, out=out)
    dry = panel.censored
    assert dry.sum() > 1000
    assert 0.09 < estimated(panel)[dry].mean() < 0.15
