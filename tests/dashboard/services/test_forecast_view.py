"""An outlook cut to what somebody wants to look at."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pandas as pd

from analytics.core.calendar import Period
from dashboard.services.forecast_levels import accuracy_by_level
from dashboard.services.requests import Asked
from dashboard.services.views import Freshness
from tests.dashboard.ui.fake_forecast import FakeForecast

FRESH = Freshness("build", datetime(2026, 11, 1, tzinfo=UTC), Period(date(2025, 9, 1), date(2026, 10, 25)), "CNY")


def test_history_parts_and_events_begin_so_many_weeks_before_the_end_and_nothing_else_changes() -> None:
    whole = FakeForecast(FRESH).outlook(Asked())
    cut = whole.since(13)
    assert len(cut.history) == 13
    assert cut.history["period"].min() == pd.Timestamp("2026-07-27")
    assert len(cut.parts) == 13
    assert cut.events.empty
    assert whole.since(52).events["event"].tolist() == ["double_11"]
    assert cut.ahead.equals(whole.ahead)
    assert cut.steps.equals(whole.steps)
    assert cut.past.equals(whole.past)


def test_errors_that_cancel_out_are_none_of_the_sum_and_who_says_nothing_is_not_judged() -> None:
    said = pd.DataFrame(
        {
            "series": ["a", "b", "c", "a"], "origin": [1] * 4, "step": [1, 1, 1, 2], "period": [2, 2, 2, 3],
            "said": [12.0, 8, 10, 0], "baseline": [15.0, 10, float("nan"), 0], "came": [10.0, 10, 10, 10],
        }
    )  # fmt: skip
    series = pd.DataFrame(
        {
            "series": ["a", "b", "c"], "node": ["x", "x", "y"], "sku": ["s", "t", "t"], "category": [None] * 3,
            "region": ["130100", "130200", "abroad"],
        }
    )  # fmt: skip
    told = accuracy_by_level(said, series, {"130100": "130000", "130200": "130000"}).set_index("level")
    assert told.index.tolist() == ["series", "node", "sku", "region", "all"]
    assert told["groups"].tolist() == [3, 2, 2, 2, 1]
    assert told["wape"].tolist() == [4 / 30, 0.0, 4 / 30, 0.0, 0.0]
    assert told["baseline"].tolist() == [0.25] * 5
    assert accuracy_by_level(said[:0], series, {}).empty
