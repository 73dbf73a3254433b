"""Who speaks for a segment."""

from __future__ import annotations

import numpy as np

from analytics.forecasting.backtest import Backtest
from analytics.forecasting.choice import chosen, cost
from analytics.forecasting.contract import Floats

ORIGINS, SERIES, STEPS = 12, 30, 3


def raced(**said: Floats) -> Backtest:
    came = np.random.default_rng(1).gamma(4.0, 10.0, (ORIGINS, SERIES, STEPS))
    names = tuple(said)
    return Backtest(names, np.arange(ORIGINS), np.stack([came * said[name] for name in names]), came)


def weights(test: Backtest) -> dict[str, float]:
    return dict(chosen(test, np.array(["driven"] * SERIES), 0.83).weights["driven"])


def errors(spread: float) -> Floats:
    return np.exp(np.random.default_rng(2).normal(0, spread, (ORIGINS, SERIES, STEPS)))


def test_who_alone_is_far_worse_does_not_mend_the_errors_of_the_past() -> None:
    """One part of the bad one would take the good one's errors away, here and nowhere else."""
    found = weights(raced(moving_average=errors(0.1), opposite=1 / errors(0.4)))
    assert found == {"moving_average": 1.0}


def test_who_is_as_good_and_errs_otherwise_enters() -> None:
    found = weights(raced(moving_average=errors(0.2), opposite=1 / errors(0.2)))
    assert set(found) == {"moving_average", "opposite"}


def test_a_median_that_has_to_be_lifted_costs_more_than_a_little_more_noise() -> None:
    """By what its errors leave after lifting, the one that says a fifth too much would be the better of the two."""
    test = raced(noisy=errors(0.35), high=1.2 * errors(0.3))
    assert cost(test.came, test.of("noisy"), 0.83) < cost(test.came, test.of("high"), 0.83)


def test_orders_are_for_sums_so_who_errs_alike_in_all_periods_costs_more() -> None:
    once = errors(0.3)
    along = np.repeat(once[:, :, :1], STEPS, axis=2)
    turned = np.concatenate([once[:, :, :1], 1 / once[:, :, :1], np.ones_like(once[:, :, :1])], axis=2)
    along[:, :, 2] = 1.0
    test = raced(along=along, turned=turned)
    assert cost(test.came, test.of("turned"), 0.83) < cost(test.came, test.of("along"), 0.83)
