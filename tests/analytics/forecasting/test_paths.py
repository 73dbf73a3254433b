"""Joint sample paths and a whole forecast: adding up, monotone, repeatable, never silent."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from analytics.core.errors import DomainError
from analytics.forecasting.paths import cover_of, grouped, over, quantiles
from analytics.forecasting.run import Forecast, Parameters, forecast
from tests.analytics.forecasting import panels

LEVELS = (0.1, 0.5, 0.83, 0.9)


@cache
def said() -> Forecast:
    return forecast(panels.panel(panels.demand(25, 80), driven=True), Parameters(seed=3, origins=6, slow_series=0))


def all_paths() -> np.ndarray:
    return said().paths(slice(0, 25))


@settings(max_examples=40, deadline=None)
@given(nps.arrays(np.float32, (20, 3, 2), elements=st.floats(0, 1e4, width=32)))
def test_quantiles_rise_with_the_level(paths: np.ndarray) -> None:
    cut = quantiles(paths, LEVELS)
    assert (np.diff(cut, axis=0) >= 0).all()


def test_paths_are_whole_units_and_never_negative() -> None:
    paths = all_paths()
    assert (paths >= 0).all()
    assert np.array_equal(paths, np.round(paths))


def test_means_add_up_and_upper_quantiles_do_not() -> None:
    paths = all_paths()
    nation = grouped(paths, np.zeros(25, dtype=np.int64), 1)
    assert nation.mean(axis=0)[0] == pytest.approx(paths.mean(axis=0).sum(axis=0), rel=1e-5)
    assert (quantiles(nation, (0.9,))[0, 0] < quantiles(paths, (0.9,))[0].sum(axis=0)).all()


def test_a_sum_over_the_lead_time_comes_from_the_paths() -> None:
    paths = all_paths()
    cover = cover_of(np.full(25, 17.5), 3, 7)
    total = over(paths, cover)
    assert total == pytest.approx(paths[:, :, 0] + paths[:, :, 1] + paths[:, :, 2] / 2)
    upper = quantiles(total, (0.9,))[0].sum()
    assert upper < (quantiles(paths, (0.9,))[0] * cover).sum()


def test_same_seed_same_numbers_and_another_seed_others() -> None:
    again = forecast(panels.panel(panels.demand(25, 80), driven=True), Parameters(seed=3, origins=6, slow_series=0))
    assert np.array_equal(again.paths(slice(0, 25)), all_paths())
    other = replace(again, parameters=Parameters(seed=4))
    assert not np.array_equal(other.paths(slice(0, 25)), all_paths())


def test_intervals_cover_about_what_they_promise() -> None:
    sold = panels.demand(60, 95, seed=9)
    of = panels.panel(sold[:, :92])
    test = forecast(of, Parameters(seed=3, origins=10, slow_series=0))
    low, high = quantiles(test.paths(slice(0, 60)), (0.1, 0.9))
    came = panels.in_order(sold)[:, 92:]
    assert 0.7 <= ((came >= low) & (came <= high)).mean() <= 0.93


def test_the_forecast_beats_seasonal_naive_where_there_is_only_noise_and_a_wave() -> None:
    scores = said().choice.scores
    ours = scores[scores["candidate"] == "chosen"]["pinball"].max()
    assert ours < scores[scores["candidate"] == "seasonal_naive"]["pinball"].min()


def test_odd_series_are_flagged_or_refused_and_never_silent() -> None:
    sold = panels.demand(10, 80)
    sold[0] = np.nan
    sold[1, :79] = np.nan
    sold[2] = 0.0
    sold[3, 40:] = 0.0
    sold[4, 30:34] = np.nan
    sold[5, 3] = -2.0
    test = forecast(panels.panel(sold), Parameters(seed=1, origins=4, slow_series=0))
    flags = dict(zip(test.panel.series["series"], test.flags, strict=True))
    assert flags["n0|s0"] == ("look_alike", "no_history")
    assert "one_point" in flags["n1|s0"]
    assert flags["n2|s0"] == ("all_zero",)
    assert flags["n3|s0"] == ("ended_early",)
    assert flags["n4|s0"] == ("gaps",)
    assert flags["n0|s1"] == ("negative_sales",)
    assert flags["n1|s1"] == ()
    assert test.answered.all()
    assert test.location[0].min() > 0


def test_without_anything_alike_there_is_no_number() -> None:
    sold = panels.demand(10, 80)
    sold[0] = np.nan
    of = panels.panel(sold)
    strange = of.series.assign(
        category=of.series["category"].where(of.series["series"] != "n0|s0", "pearls"),
        sku=of.series["sku"].where(of.series["series"] != "n0|s0", "s9"),
    )
    test = forecast(replace(of, series=strange), Parameters(seed=1, origins=4, slow_series=0))
    row = int(np.flatnonzero(of.series["series"] == "n0|s0")[0])
    assert test.flags[row] == ("no_history", "no_look_alike")
    assert np.isnan(test.location[row]).all()
    assert np.isnan(test.paths(slice(row, row + 1))).all()


def test_no_horizon_is_refused() -> None:
    with pytest.raises(DomainError, match="forecast_no_horizon"):
        forecast(panels.panel(panels.demand(5, 30), horizon=0), Parameters(seed=1))
