"""What is planned elsewhere: by the SKU's other nodes and by the node's other SKUs, and never from later on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analytics.forecasting.contract import Bucket, Floats
from analytics.forecasting.features import seen_from
from analytics.forecasting.market import market_of, usual
from tests.analytics.forecasting import panels

SERIES = pd.DataFrame(
    {
        "series": ["a|x", "a|y", "a|z", "b|x", "b|y", "c|w"],
        "node": ["a", "a", "a", "b", "b", "c"],
        "sku": ["x", "y", "z", "x", "y", "w"],
        "category": ["rice", "rice", "rice", "rice", "rice", ""],
    }
)


def plan(length: int = 12) -> dict[str, Floats]:
    generator = np.random.default_rng(3)
    promotion = (generator.random((6, length)) < 0.3).astype(float)
    price = np.where(promotion > 0, 8.0, 10.0) * (1 + np.arange(6)[:, None] / 10)
    promotion[4] = np.nan
    price[4] = np.nan
    return {"price": price, "promotion": promotion}


def test_others_equal_the_slow_loop() -> None:
    given = plan()
    found = market_of(given, SERIES, Bucket.WEEK)
    price = np.log(given["price"])
    relative = price - usual(price, Bucket.WEEK)
    for row in range(6):
        mates = [
            other for other in range(6) if other != row and SERIES["node"][other] == SERIES["node"][row] and other != 4
        ]
        same = [other for other in range(6) if SERIES["sku"][other] == SERIES["sku"][row] and other != 4]
        for at in range(12):
            for name, values, rows, of in (
                ("rivals_promoted", given["promotion"], mates, np.mean),
                ("sku_promoted", given["promotion"], same, np.mean),
                ("sku_relative", relative, same, np.mean),
                ("rivals_deepest", relative, mates, np.min),
                ("rivals_cheapest", price - price[row, at], mates, np.min),
            ):
                wanted = of([values[other, at] for other in rows]) if rows else np.nan
                assert found[name][row, at] == pytest.approx(wanted, abs=1e-6, nan_ok=True), (name, row, at)


def test_a_shelf_of_one_has_no_rivals_and_a_series_without_price_no_relation() -> None:
    found = market_of(plan(), SERIES, Bucket.WEEK)
    assert np.isnan(found["rivals_cheapest"][5]).all()
    assert np.isfinite(found["sku_promoted"][5]).all()
    assert np.isnan(found["relative"][4]).all()


def test_nothing_is_told_of_a_later_plan() -> None:
    given = plan()
    later = {name: values.copy() for name, values in given.items()}
    for values in later.values():
        values[:, 7:] = 3.0
    before, after = (market_of(one, SERIES, Bucket.WEEK) for one in (given, later))
    for name in before:
        assert np.array_equal(before[name][:, :7], after[name][:, :7], equal_nan=True), name


def test_without_a_plan_there_is_no_market() -> None:
    assert market_of({}, SERIES, Bucket.WEEK) == {}


def test_what_is_planned_elsewhere_is_the_same_when_rows_are_chosen() -> None:
    of = panels.panel(panels.demand(), driven=True)
    rows = np.array([2, 9])
    whole, part = of.past(80, 3), of.rows(rows).past(80, 3)
    for name, values in whole.market.items():
        assert np.array_equal(values[rows], part.market[name], equal_nan=True), name


def test_the_model_sees_what_is_planned_elsewhere() -> None:
    of = panels.panel(panels.demand(), driven=True)
    promotion = of.drivers["promotion"].copy()
    rows = np.flatnonzero((of.series["sku"] == of.series["sku"][0]) & (of.series["node"] != of.series["node"][0]))
    promotion[rows, 81] = 1 - promotion[rows, 81]
    drivers = {**of.drivers, "promotion": promotion}
    other = replace(of, drivers=drivers, market=market_of(drivers, of.series, of.bucket))
    mine = np.array([0])
    before, after = (seen_from(one.rows(mine).past(80, 3)).features for one in (of, other))
    assert not np.array_equal(before[:, 0], after[:, 0], equal_nan=True)
