"""Levels that series lend each other, sizes that were cut short, and weeks made of days."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.forecasting import sizes
from analytics.forecasting.contract import Bucket, Floats
from analytics.forecasting.demand import bias_removed, estimated, masked
from analytics.forecasting.levels import usual_levels
from analytics.forecasting.numbers import moving_sum
from analytics.forecasting.panel import Daily, Panel
from analytics.forecasting.sizes import cut_short
from tests.analytics.forecasting import panels


@settings(max_examples=40, deadline=None)
@given(width=st.integers(1, 12), values=st.lists(st.floats(0, 50), min_size=1, max_size=30))
def test_moving_sum_equals_the_slow_one(width: int, values: list[float]) -> None:
    half = width // 2
    slow = [sum(values[max(0, at - half) : at + half + 1]) for at in range(len(values))]
    assert moving_sum(np.array([values]), width)[0] == pytest.approx(slow, abs=1e-9)


def _slow_kaplan_meier(sold: Floats, censored: np.ndarray, at: float) -> float:
    """E[D | D ≥ at] from the chances at each size, written down one by one; nothing lies beyond the largest."""
    mean, stays = 0.0, 1.0
    for size in np.unique(sold[sold >= at]):
        ended = ((sold == size) & ~censored).sum()
        risk = ((sold >= size) & ~censored).sum() + ((sold > size) & censored).sum()
        chance = ended / risk if risk else 1.0
        mean, stays = mean + stays * chance * size, stays * (1 - chance)
    return float(mean / (1 - stays))


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_sizes_cut_short_are_those_of_kaplan_and_meier(seed: int) -> None:
    generator = np.random.default_rng(seed)
    wanted, stock = generator.integers(1, 6, 400), generator.integers(1, 9, 400)
    sold, censored = np.minimum(wanted, stock).astype(float), wanted >= stock
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sizes, "OWN", 1e-9)
        found = cut_short(sold, censored, ())
    slow = [_slow_kaplan_meier(sold, censored, one) for one in sold[censored]]
    assert found == pytest.approx(slow, rel=1e-6)


def test_sizes_are_learnt_per_sku_where_there_are_enough() -> None:
    """Bags are bought singly, cans by three and more; one shelf of each sold one and was empty."""
    sold = np.array([1.0] * 200 + [1.0, 3.0, 3.0, 5.0] * 50 + [1.0, 1.0])
    censored = np.array([False] * 400 + [True, True])
    sku = np.array([0] * 200 + [1] * 200 + [0, 1])
    bag, can = cut_short(sold, censored, (sku,))
    assert bag == pytest.approx(1.0, abs=0.05)
    assert can == pytest.approx(3.0, abs=0.05)


def test_a_shelf_that_was_hardly_seen_takes_the_level_of_its_siblings() -> None:
    generator = np.random.default_rng(5)
    node, sku = np.repeat(np.arange(20), 5), np.tile(np.arange(5), 20)
    rate = 0.05 * (1 + node / 10) * (1 + sku)
    time = np.full(100, 300.0)
    time[7], time[13] = 10.0, 0.0
    units = generator.poisson(rate * time).astype(float)
    units[7] = 4.0
    series = pd.DataFrame({"node": node, "sku": sku})
    level = usual_levels(series, units, time, np.ones(100))
    assert level[7] < 2 * rate[7]
    assert level[13] == pytest.approx(rate[sku == 3].mean(), rel=0.15)
    assert level.sum() == pytest.approx(rate.sum(), rel=0.05)


def _in_weeks(days: Panel) -> Panel:
    """A weekly panel of the same series, and the days behind it."""
    sold = days.sold.reshape(days.size, -1, 7).sum(axis=2)
    out = np.nan_to_num(days.out).reshape(days.size, -1, 7).mean(axis=2)
    weekly = panels.panel(sold, bucket=Bucket.WEEK)
    return replace(weekly, series=days.series, sold=sold, demand=sold, out=out, daily=Daily(np.arange(days.size), days))


@pytest.fixture
def days() -> tuple[Panel, Floats]:
    """Days of 60 shelves that hold four units after each delivery on Monday, and what was asked for."""
    generator = np.random.default_rng(11)
    wanted = generator.poisson(0.5, (60, 140)).astype(float)
    sold, out = np.zeros_like(wanted), np.zeros_like(wanted)
    left = np.zeros(60)
    for day in range(140):
        left = np.where(day % 7 == 0, 4.0, left)
        sold[:, day] = np.minimum(wanted[:, day], left)
        out[:, day] = np.where(left <= 0, 1.0, np.where(left - sold[:, day] <= 0, 0.5, 0.0))
        left = left - sold[:, day]
    return panels.panel(sold, bucket=Bucket.DAY, out=out, horizon=0), panels.in_order(wanted)


def test_weeks_take_what_was_asked_for_on_each_of_their_days(days: tuple[Panel, Floats]) -> None:
    by_day, wanted = days
    weekly = _in_weeks(by_day)
    short = weekly.censored
    asked = wanted.reshape(60, -1, 7).sum(axis=2)[short].sum()
    assert weekly.sold[short].sum() < 0.88 * asked
    assert estimated(weekly)[short].sum() == pytest.approx(asked, rel=0.04)


def test_weeks_without_known_days_lack_the_part_of_the_week_that_was_empty(days: tuple[Panel, Floats]) -> None:
    weekly = replace(_in_weeks(days[0]), daily=None)
    missing = estimated(weekly) - weekly.sold
    assert (missing[weekly.censored] > 0).all()
    assert missing.sum() == pytest.approx(bias_removed(weekly)["bias"].sum())
    usual = days[1].mean() * 7
    assert missing[weekly.censored].sum() == pytest.approx(weekly.out[weekly.censored].sum() * usual, rel=0.15)


def test_days_follow_their_weeks(days: tuple[Panel, Floats]) -> None:
    weekly = _in_weeks(days[0])
    few = weekly.rows(np.array([40, 3])).until(5)
    assert few.daily is not None
    assert few.daily.row.tolist() == [0, 1]
    assert few.daily.panel.series["series"].tolist() == few.series["series"].tolist()
    assert few.daily.panel.sold.shape == (2, 35)
    assert few.daily.panel.sold.sum(axis=1).tolist() == few.sold.sum(axis=1).tolist()


def test_a_week_is_masked_from_half_of_it_on() -> None:
    sold = np.full((5, 40), 6.0)
    sold[0, 10:12] = 0.0
    out = np.zeros_like(sold)
    out[0, 10], out[0, 11] = 3 / 7, 4 / 7
    panel = panels.panel(sold, out=out)
    known = masked(panel, estimated(panel)).demand[0]
    assert known[10] == pytest.approx(6.0 * 3 / 7, rel=0.1)
    assert np.isnan(known[11])
