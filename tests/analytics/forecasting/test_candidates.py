"""No candidate sees the future, says less than zero or cares for the order of rows."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from analytics.core.errors import DomainError
from analytics.forecasting.backtest import Backtest, backtest
from analytics.forecasting.candidates import candidates
from analytics.forecasting.contract import Bucket, Floats
from analytics.forecasting.market import market_of
from analytics.forecasting.panel import Panel
from analytics.forecasting.responsive import responsive
from analytics.forecasting.simple import ALPHA, sba, seasonal_naive, tsb
from tests.analytics.forecasting import panels

ORIGINS = np.arange(78, 82)
NAMES = tuple(candidate.name for candidate in candidates())


def run(of: Panel) -> Backtest:
    return backtest(of, candidates(), origins=ORIGINS, horizon=3, seed=7)


@cache
def driven() -> tuple[Panel, Backtest]:
    of = panels.panel(panels.demand(), driven=True)
    return of, run(of)


def test_what_comes_later_changes_nothing_that_was_said() -> None:
    of, before = driven()
    later = of.demand.copy()
    later[:, ORIGINS[1] + 1 :] = 1e6
    after = run(replace(of, demand=later, sold=later))
    assert np.array_equal(before.said[:, :2], after.said[:, :2], equal_nan=True)


def test_a_plan_beyond_the_horizon_changes_nothing() -> None:
    of, before = driven()
    moved = {name: values.copy() for name, values in of.drivers.items()}
    for values in moved.values():
        values[:, ORIGINS[0] + 4 :] = 0.5
    after = run(replace(of, drivers=moved, market=market_of(moved, of.series, of.bucket)))
    assert np.array_equal(before.said[:, :1], after.said[:, :1], equal_nan=True)


def test_nothing_is_negative_and_every_candidate_speaks() -> None:
    _, test = driven()
    assert np.nanmin(test.said) >= 0
    for name in NAMES:
        assert np.isfinite(test.of(name)).all(), name


def test_the_order_of_the_rows_does_not_matter() -> None:
    _, before = driven()
    sold = panels.demand()
    sales, series = panels.frames(sold, Bucket.WEEK)
    shuffled = sales.sample(frac=1, random_state=1), series.sample(frac=1, random_state=2)
    from analytics.forecasting.panel import Plan, panel_of

    axis = panels.periods(93, Bucket.WEEK)
    plan = Plan(drivers=panels._drivers(series, axis).sample(frac=1, random_state=3))
    after = run(panel_of(*shuffled, panels.no_spans(), periods=axis, horizon=3, bucket=Bucket.WEEK, plan=plan))
    assert np.array_equal(before.said, after.said, equal_nan=True)


def test_known_at_hides_what_came_after_the_origin() -> None:
    _, test = driven()
    known = test.known_at(int(ORIGINS[2]), 10)
    assert known.origins.tolist() == ORIGINS[:2].tolist()
    assert np.isfinite(known.came[0]).all(axis=0).tolist() == [True, True, False]
    assert np.isfinite(known.came[1]).all(axis=0).tolist() == [True, False, False]


def test_a_horizon_beyond_the_plan_is_refused() -> None:
    of, _ = driven()
    with pytest.raises(DomainError, match="forecast_origin"):
        of.past(of.length - 1, 4)


def test_seasonal_naive_equals_the_slow_loop() -> None:
    sold = panels.demand(5, 30)
    sold[2, 23:27] = np.nan
    past = panels.panel(sold, horizon=9, bucket=Bucket.DAY).past(29, 9)
    slow = np.empty((5, 9))
    for row in range(5):
        for step in range(9):
            at = 30 + step
            while at >= 30:
                at -= 7
            value = past.demand[row, at]
            slow[row, step] = value if np.isfinite(value) else past.demand[row][np.isfinite(past.demand[row])][-1]
    assert np.array_equal(seasonal_naive(past), slow)


def intermittent() -> Floats:
    generator = np.random.default_rng(4)
    return np.where(generator.random((5, 60)) < 0.3, generator.poisson(4, (5, 60)) + 1.0, 0.0)


@pytest.mark.parametrize("method", [sba, tsb])
def test_intermittent_methods_equal_the_slow_loop(method: object) -> None:
    sold = intermittent()
    past = panels.panel(sold).past(59, 3)
    for row in range(5):
        half = sold[row, :30]
        size, interval = half[half > 0].mean(), 30 / (half > 0).sum()
        chance, since = 1 / interval, 0
        for value in sold[row]:
            since += 1
            if value > 0:
                size += ALPHA * (value - size)
                interval += ALPHA * (since - interval)
                since = 0
            chance += ALPHA * ((value > 0) - chance)
        expected = size / interval * (1 - ALPHA / 2) if method is sba else size * chance
        assert method(past)[row] == pytest.approx([expected] * 3)  # type: ignore[operator]


def test_a_promotion_that_runs_at_all_nodes_is_answered_otherwise_than_a_local_one() -> None:
    """Advertised ones treble demand, local ones hardly move it; price and promotion of the node itself are the same."""
    generator = np.random.default_rng(6)
    flat = panels.panel(np.ones((10, 90)), driven=True)
    everywhere = generator.random((2, 93)) < 0.15
    promotion = np.where(np.repeat(everywhere, 5, axis=0), 1.0, (generator.random((10, 93)) < 0.15).astype(float))
    order = np.argsort(flat.series["sku"].to_numpy(), kind="stable")
    wide, of_node = np.empty((10, 93), dtype=np.bool_), np.empty((10, 93))
    wide[order], of_node[order] = np.repeat(everywhere, 5, axis=0), promotion
    of_node[:, 90:], wide[:, 90:] = 0.0, False
    of_node[:, 91], wide[:, 91] = 1.0, True
    of_node[0, 92] = 1.0
    sold = (
        20 * np.where(wide, 3.0, np.where(of_node > 0, 1.1, 1.0))[:, :90] * np.exp(generator.normal(0, 0.1, (10, 90)))
    )
    drivers = {"price": np.where(of_node > 0, 8.0, 10.0), "promotion": of_node}
    told = replace(
        flat, sold=sold, demand=sold, drivers=drivers, market=market_of(drivers, flat.series, flat.bucket)
    ).past(89, 3)
    said = responsive(told)
    assert said[0, 1] / said[0, 0] > 2.2
    assert said[0, 2] / said[0, 0] < 1.6
