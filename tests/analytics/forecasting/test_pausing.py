"""What stays of demand when a promotion is paused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.forecasting.market import market_of
from analytics.forecasting.panel import Panel
from analytics.forecasting.pausing import paused
from tests.analytics.forecasting import panels

ROW, STEP = 4, 1


def promoted(*, planned: bool, priced: bool = True) -> Panel:
    """Promotions at 8 instead of 10 treble demand; one is planned for one series in the second week ahead."""
    generator = np.random.default_rng(6)
    flat = panels.panel(np.ones((10, 90)), driven=True)
    promotion = (generator.random((10, 93)) < 0.15).astype(float)
    promotion[:, 90:] = 0.0
    promotion[ROW, 90 + STEP] = float(planned)
    price = np.where(promotion > 0, 8.0, 10.0)
    drivers = {"promotion": promotion} | ({"price": price} if priced else {})
    sold = 20 * np.where(promotion > 0, 3.0, 1.0)[:, :90] * np.exp(generator.normal(0, 0.1, (10, 90)))
    market = market_of(drivers, flat.series, flat.bucket)
    return replace(flat, sold=sold, demand=sold, drivers=drivers, market=market)


def test_a_third_stays_where_promotions_treble_demand_and_a_unit_brings_the_usual_price() -> None:
    found = paused(promoted(planned=True).past(89, 3))
    assert found.share[ROW, STEP] == pytest.approx(1 / 3, rel=0.1)
    assert found.markdown[ROW, STEP] == pytest.approx(2.0)
    found.share[ROW, STEP], found.markdown[ROW, STEP] = 1.0, 0.0
    assert found.share == pytest.approx(np.ones((10, 3)), abs=0.12)
    assert (np.delete(found.share, ROW, axis=0) == 1.0).all()
    assert not found.markdown.any()


def test_without_a_plan_everything_stays() -> None:
    found = paused(promoted(planned=False).past(89, 3))
    assert (found.share == 1.0).all()
    assert not found.markdown.any()


def test_without_prices_the_markdown_is_unknown_and_not_zero() -> None:
    found = paused(promoted(planned=True, priced=False).past(89, 3))
    assert found.share[ROW, STEP] == pytest.approx(1 / 3, rel=0.1)
    assert np.argwhere(np.isnan(found.markdown)).tolist() == [[ROW, STEP]]


def test_pausing_changes_nothing_that_was_planned() -> None:
    past = promoted(planned=True).past(89, 3)
    before = {name: values.copy() for name, values in past.drivers.items()}
    paused(past)
    assert all(np.array_equal(before[name], values) for name, values in past.drivers.items())
