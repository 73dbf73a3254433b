"""An unusual period is marked, an ordinary one is not, and too little history says nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.metrics.control import LEVEL_DAYS, WINDOWS_NEEDED, limits

WEEK = np.array([0.9, 0.88, 0.9, 0.93, 1.02, 1.22, 1.15])


def shop(days: int, seed: int, noise: float = 0.05) -> pd.Series:
    rng = np.random.default_rng(seed)
    return pd.Series(1000 * np.resize(WEEK, days) * np.exp(rng.normal(0, noise, days)))


@pytest.mark.parametrize("length", [1, 7, 30])
def test_ordinary_periods_are_seldom_marked(length: int) -> None:
    marked = []
    for seed in range(200):
        found = limits(shop(240, seed), length=length, sigmas=3)
        assert found is not None
        marked.append(found.unusual)
    # Three sigmas of a normal error are passed by 0.3 %; the spread is an estimate, so some more are.
    assert np.mean(marked) < 0.05


@pytest.mark.parametrize("length", [1, 7, 30])
@pytest.mark.parametrize("factor", [0.6, 1.5])
def test_a_break_is_marked(length: int, factor: float) -> None:
    days = shop(240, 7)
    days.iloc[-length:] *= factor
    found = limits(days, length=length, sigmas=3)
    assert found is not None
    assert found.unusual
    assert (found.actual > found.upper) == (factor > 1)


def test_a_weekend_is_no_news() -> None:
    """Saturday sells 22 % above the mean: against other Saturdays that is nothing."""
    days = shop(7 * 30, 3, noise=0.02)[: 7 * 30 - 1]
    found = limits(days, length=1, sigmas=3)
    assert found is not None
    assert found.actual > 1.1 * days.mean()
    assert not found.unusual


def test_the_period_does_not_judge_itself() -> None:
    """However wild the days judged are, the limits stay where the days before put them."""
    calm, wild = shop(200, 5), shop(200, 5)
    wild.iloc[-7:] = [0, 9e6, 0, 9e6, 0, 9e6, 0]
    one, other = limits(calm, length=7, sigmas=3), limits(wild, length=7, sigmas=3)
    assert one is not None
    assert other is not None
    assert (one.lower, one.upper, one.expected) == (other.lower, other.upper, other.expected)


def test_too_little_history_says_nothing() -> None:
    enough = LEVEL_DAYS + WINDOWS_NEEDED + 2 * 7 - 1
    assert limits(shop(enough, 1), length=7, sigmas=3) is not None
    assert limits(shop(enough - 1, 1), length=7, sigmas=3) is None
    assert limits(pd.Series([0.0] * 200), length=7, sigmas=3) is None
    assert limits(shop(200, 1), length=0, sigmas=3) is None
