"""Demand of part of a week: as uncertain as its days are, and never more or less than the week says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.replenishment.demand import Floats, Singles, daily, until

WEEKS, PATHS = 4, 400
ENDS: Floats = np.arange(1, WEEKS + 1, dtype=np.float64) * 7.0


def poisson(rate: float, rows: int = 60, *, seed: int = 3) -> Singles:
    generator = np.random.default_rng(seed)
    return generator.poisson(7 * rate, (rows, WEEKS, PATHS)).astype(np.float32)


def between(units: Singles, first: float, last: float) -> Singles:
    told, one = until(units, ENDS), np.ones(len(units))
    return told.at(one * last) - told.at(one * first)


@pytest.mark.parametrize("rate", [2.0, 15.0, 60.0])
@pytest.mark.parametrize(("first", "last"), [(2, 9), (3, 10), (1, 8), (5, 12), (0, 4), (2, 16)])
def test_days_that_do_not_know_of_each_other_scatter_as_much_as_so_many_days_do(
    rate: float, first: int, last: int
) -> None:
    """An even pace gave the seven days from the third on three quarters of a week's spread, and orders too little."""
    told = between(poisson(rate), first, last)
    days = last - first
    assert told.mean() == pytest.approx(rate * days, rel=0.02)
    assert np.sqrt(told.var(axis=1).mean()) == pytest.approx(np.sqrt(rate * days), rel=0.12)
    enough = np.sort(told, axis=1)[:, int(0.95 * PATHS)]
    truth = np.random.default_rng(9).poisson(rate * days, 20_000)
    assert (truth[None, :] <= enough[:, None]).mean() == pytest.approx(0.95, abs=0.025)


def test_what_all_weeks_share_is_no_chance_of_a_day() -> None:
    level = np.random.default_rng(4).gamma(4.0, 20.0, (20, 1, PATHS)) * np.ones((1, WEEKS, 1))
    units = level.astype(np.float32)
    assert between(units, 2, 9) == pytest.approx(units[:, 0], rel=0.02)


def test_shelves_beside_each_other_are_not_lucky_on_the_same_paths() -> None:
    part = until(poisson(15.0, 200), ENDS).at(np.full(200, 3.5))
    assert part.sum(axis=0).std() == pytest.approx(np.sqrt(200 * 15 * 3.5), rel=0.2)


def test_one_path_and_days_have_no_luck() -> None:
    one = np.full((2, WEEKS, 1), 14, np.float32)
    assert daily(one, ENDS, 10) == pytest.approx(np.full((2, 10, 1), 2.0))
    assert until(one, ENDS / 7).bend is None


@given(st.lists(st.integers(0, 40), min_size=12, max_size=12))
def test_nothing_is_given_back_and_weeks_stay_what_they_are(sold: list[int]) -> None:
    units = np.array(sold, dtype=np.float32).reshape(2, 2, 3)
    told = daily(units, ENDS[:2], 14)
    assert (told >= -1e-4).all()
    assert told[:, :7].sum(axis=1) == pytest.approx(units[:, 0], abs=1e-3)
    assert told[:, 7:].sum(axis=1) == pytest.approx(units[:, 1], abs=1e-3)
    alone = daily(units[1:], ENDS[:2], 14)
    assert np.array_equal(alone[0], told[1])
