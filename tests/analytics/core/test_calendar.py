"""Presets and the days that data cover."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.core.calendar import Comparison, Period, Preset, baseline, preset_period


@pytest.mark.parametrize("preset", list(Preset))
def test_no_preset_reaches_before_the_first_day_that_has_data(preset: Preset) -> None:
    covered = Period(date(2026, 2, 27), date(2026, 3, 2))
    assert covered.first <= preset_period(preset, covered=covered).first


def test_a_preset_within_the_covered_days_is_whole() -> None:
    covered = Period(date(2025, 1, 1), date(2026, 3, 2))
    assert preset_period(Preset.LAST_30_DAYS, covered=covered) == Period(date(2026, 2, 1), date(2026, 3, 2))


PARTS = [
    # The part of a week, month, quarter or year meets the same part of the one before.
    (Preset.WEEK_TO_DATE, ("2026-11-23", "2026-11-25"), ("2026-11-16", "2026-11-18")),
    (Preset.MONTH_TO_DATE, ("2026-11-01", "2026-11-20"), ("2026-10-01", "2026-10-20")),
    # A month longer than the one before meets the whole of it, never the first days of itself.
    (Preset.MONTH_TO_DATE, ("2026-03-01", "2026-03-30"), ("2026-02-01", "2026-02-28")),
    (Preset.MONTH_TO_DATE, ("2026-02-01", "2026-02-28"), ("2026-01-01", "2026-01-31")),
    (Preset.QUARTER_TO_DATE, ("2026-10-01", "2026-11-15"), ("2026-07-01", "2026-08-15")),
    (Preset.YEAR_TO_DATE, ("2026-01-01", "2026-11-15"), ("2025-01-01", "2025-11-15")),
    (None, ("2026-11-01", "2026-11-30"), ("2026-10-01", "2026-10-31")),
    (None, ("2026-11-02", "2026-11-08"), ("2026-10-26", "2026-11-01")),
    # Data that begin within the month: no part of it, so as many days before.
    (Preset.MONTH_TO_DATE, ("2026-11-05", "2026-11-20"), ("2026-10-20", "2026-11-04")),
]


@pytest.mark.parametrize(("preset", "days", "expected"), PARTS)
def test_parts_are_compared_like_for_like(
    preset: Preset | None, days: tuple[str, str], expected: tuple[str, str]
) -> None:
    period, wanted = (Period(*(date.fromisoformat(day) for day in one)) for one in (days, expected))
    assert baseline(period, Comparison.PREVIOUS, preset) == wanted


FESTIVALS = [
    # Chinese new year, lantern festival, dragon boat, mid-autumn and the ninth of the ninth, from the almanac.
    ("2026-02-17", "2025-01-29"),
    ("2026-03-03", "2025-02-12"),
    ("2026-06-19", "2025-05-31"),
    ("2026-09-25", "2025-10-06"),
    ("2026-10-18", "2025-10-29"),
    ("2025-10-06", "2024-09-17"),
]


@pytest.mark.parametrize(("day", "then"), FESTIVALS)
def test_festivals_meet_themselves_a_lunar_year_earlier(day: str, then: str) -> None:
    period = Period(date.fromisoformat(day), date.fromisoformat(day) + timedelta(days=6))
    found = baseline(period, Comparison.LUNAR_YEAR)
    assert (found.first.isoformat(), found.days) == (then, 7)


@given(st.dates(date(1995, 1, 1), date(2095, 12, 31)), st.integers(0, 400))
def test_every_day_has_a_lunar_counterpart_about_a_year_before(day: date, more: int) -> None:
    period = Period(day, day + timedelta(days=more))
    found = period.lunar_last_year()
    assert found.days == period.days
    assert 320 <= (period.first - found.first).days <= 420


def test_a_target_is_for_the_same_days() -> None:
    period = Period(date(2026, 11, 1), date(2026, 11, 20))
    assert baseline(period, Comparison.TARGET, Preset.MONTH_TO_DATE) == period
