"""What the calendar says in advance."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from analytics.forecasting.calendar import calendar_of, days_of, last_year_of
from analytics.forecasting.contract import Bucket

DAYS = np.datetime64("2024-01-01") + np.arange(1100)


def on(day: str) -> int:
    return int((np.datetime64(day) - DAYS[0]).astype(int))


@pytest.mark.parametrize(
    ("day", "column", "share"),
    [
        ("2026-02-16", "spring_eve", 1.0),
        ("2026-02-17", "spring_after", 1.0),
        ("2026-02-14", "spring_late", 1.0),
        ("2026-02-03", "spring_early", 1.0),
        ("2026-06-18", "618", 1.0),
        ("2025-11-11", "double_11", 1.0),
        ("2025-11-12", "double_11", 0.0),
        ("2025-03-18", "member_day", 1.0),
        # A Sunday that is worked because of the National Day week, and a Wednesday in that week that is not.
        ("2025-09-28", "workday", 1.0),
        ("2025-10-08", "workday", 0.0),
    ],
)
def test_days(day: str, column: str, share: float) -> None:
    assert calendar_of(DAYS, Bucket.DAY)[column][on(day)] == share


def test_a_week_holds_shares_of_its_days() -> None:
    weeks = np.datetime64("2025-11-03") + np.arange(3) * np.timedelta64(7, "D")
    assert calendar_of(weeks, Bucket.WEEK)["double_11"].tolist() == pytest.approx([0.0, 2 / 7, 0.0])


def test_last_year_follows_the_festival_and_then_the_weekday() -> None:
    back = last_year_of(DAYS, Bucket.DAY)
    assert DAYS[back[on("2026-02-16")]].item() == date(2025, 1, 28)
    assert DAYS[back[on("2026-02-19")]].item() == date(2025, 1, 31)
    assert DAYS[back[on("2025-08-06")]].item() == date(2024, 8, 7)
    assert back[on("2024-05-01")] == -1


def test_years_that_are_not_announced_fall_back_to_weekdays() -> None:
    weeks = np.array([np.datetime64("2031-03-03")])
    assert len(days_of(weeks, Bucket.WEEK)) == 7
    later = np.datetime64("2031-03-03") + np.arange(14)
    assert calendar_of(later, Bucket.DAY)["workday"].tolist() == [1, 1, 1, 1, 1, 0, 0] * 2
