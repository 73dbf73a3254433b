"""Presets and the days that data cover."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.core.calendar import Period, Preset, preset_period


@pytest.mark.parametrize("preset", list(Preset))
def test_no_preset_reaches_before_the_first_day_that_has_data(preset: Preset) -> None:
    covered = Period(date(2026, 2, 27), date(2026, 3, 2))
    assert covered.first <= preset_period(preset, covered=covered).first


def test_a_preset_within_the_covered_days_is_whole() -> None:
    covered = Period(date(2025, 1, 1), date(2026, 3, 2))
    assert preset_period(Preset.LAST_30_DAYS, covered=covered) == Period(date(2026, 2, 1), date(2026, 3, 2))
