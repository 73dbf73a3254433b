"""What paths say on the mean comes true, with promotions and without, at origins that nothing was learnt from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.forecasting.accuracy import bias, coverage
from analytics.forecasting.backtest import Backtest, backtest
from analytics.forecasting.calibration import Groups, calibrated, ratios
from analytics.forecasting.candidates import candidates
from analytics.forecasting.contract import Floats
from analytics.forecasting.errors import family_of, learnt
from analytics.forecasting.panel import Panel
from analytics.forecasting.paths import quantiles, sample_paths
from analytics.forecasting.run import promoted_after
from analytics.forecasting.units import units_of
from tests.analytics.forecasting import panels

ORIGINS = np.arange(84, 116)
LEARNT = 20
HORIZON = 3


def promoted() -> Panel:
    """Promotions multiply demand by 1.2 to 9, differently by series; noise is skewed, and grows with a promotion."""
    generator = np.random.default_rng(8)
    flat = panels.panel(np.ones((400, 120)), driven=True)
    promotion = flat.drivers["promotion"][:, :120]
    uplift = np.exp(generator.normal(1.2, 0.5, (400, 1)))
    level = np.exp(generator.normal(2.5, 0.4, (400, 1)))
    noise = np.exp(generator.normal(0, 1, promotion.shape) * (0.3 + 0.25 * promotion))
    sold = np.round(level * np.where(promotion > 0, uplift, 1.0) * noise)
    return replace(flat, sold=sold, demand=sold)


def drawn(of: Panel, name: str, judged: slice) -> tuple[Backtest, Floats, Floats]:
    """What the candidate said, 1 where promoted, and mean, 10 and 90 % of paths by the errors of the first origins."""
    field = [one for one in candidates() if one.name == name]
    test = backtest(of, field, origins=ORIGINS, horizon=HORIZON, seed=1)
    groups = Groups(np.full(of.size, "driven"), family_of(of.series), promoted_after(of, ORIGINS))
    known = test.known_at(int(ORIGINS[LEARNT]), LEARNT)
    then = replace(groups, promoted=groups.promoted[:LEARNT])
    calibration = calibrated(known.said[0], known.came, then, known.origins)
    units = units_of(of, int(ORIGINS[LEARNT]) + 1)
    errors = learnt(calibration.of(known.said[0], then), known.came, then, known.origins, units, seed=1)
    said = calibration.of(test.said[0], groups)
    cut = np.full((3, *said.shape), np.nan)
    for at in range(*judged.indices(len(ORIGINS))):
        state = groups.promoted[at]
        paths = sample_paths(said[at], state, then.family, errors, units=units, paths=200, seed=at)
        cut[:, at] = paths.mean(axis=0), *quantiles(paths, (0.1, 0.9))
    return test, groups.promoted, cut


@pytest.mark.parametrize("name", ["pooled", "naive"])
def test_the_mean_of_the_paths_is_right_at_later_origins_promoted_or_not(name: str) -> None:
    """Even of the last value: after a high one less comes, after a low one more."""
    test, promotion, (mean, low, high) = drawn(promoted(), name, slice(LEARNT, None))
    for state in (0, 1):
        came = np.where(promotion == state, test.came, np.nan)
        assert abs(bias(came, mean)) <= 0.05, state
        assert 0.75 <= coverage(came, low, high) <= 0.87, state
    # A location is no mean: otherwise the test would say nothing.
    assert bias(np.where(promotion == 1, test.came, np.nan), test.said[0]) < -0.1


def test_the_mean_of_the_paths_is_right_where_errors_are_too_few_for_cells_of_size() -> None:
    test, _, (mean, _, _) = drawn(promoted().rows(np.arange(20)), "naive", slice(0, LEARNT))
    assert abs(bias(test.came, mean)) <= 0.05


def test_few_periods_hardly_move_a_ratio_and_many_that_agree_do() -> None:
    labels = np.full((20, 10, 1), "a")
    said, twice = np.full(labels.shape, 10.0), np.full(labels.shape, 20.0)
    assert ratios(said, twice, labels, np.arange(20), 0.1) == {"a": pytest.approx(np.log(2))}
    once = np.where(np.arange(20)[:, None, None] == 3, twice, np.nan)
    assert ratios(said, once, labels, np.arange(20), 0.1) == {"a": 0.0}
    wild = np.where(np.arange(20)[:, None, None] % 10 == 3, 110.0, 10.0) * np.ones(labels.shape)
    assert 0 < ratios(said, wild, labels, np.arange(20), 0.1)["a"] < np.log(2) / 10
