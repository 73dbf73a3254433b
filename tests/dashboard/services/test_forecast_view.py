"""An outlook cut to what somebody wants to look at."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pandas as pd

from analytics.core.calendar import Period
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
