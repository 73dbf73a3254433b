"""Plans for parts of a month, for several months, for rates, and plans that leave a day open."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.core.calendar import Period
from analytics.metrics.targets import Target, planned


def period(first: str, last: str) -> Period:
    return Period(date.fromisoformat(first), date.fromisoformat(last))


OCTOBER = Target("month", period("2026-10-01", "2026-10-31"), 310.0)
NOVEMBER = Target("month", period("2026-11-01", "2026-11-30"), 600.0)
QUARTER = Target("quarter", period("2026-10-01", "2026-12-31"), 9_200.0)


def test_a_month_and_its_parts() -> None:
    assert planned([OCTOBER, NOVEMBER], NOVEMBER.days, adds_up=True) == 600
    assert planned([OCTOBER, NOVEMBER], period("2026-10-30", "2026-11-03"), adds_up=True) == pytest.approx(
        2 * 10 + 3 * 20
    )


def test_a_rate_is_averaged_over_days() -> None:
    plans = [Target("month", OCTOBER.days, 0.2), Target("month", NOVEMBER.days, 0.3)]
    assert planned(plans, NOVEMBER.days, adds_up=False) == pytest.approx(0.3)
    assert planned(plans, period("2026-10-31", "2026-11-01"), adds_up=False) == pytest.approx(0.25)


def test_the_finest_plan_that_covers_every_day_counts() -> None:
    assert planned([QUARTER, NOVEMBER], NOVEMBER.days, adds_up=True) == 600
    assert planned([QUARTER, NOVEMBER], period("2026-11-30", "2026-12-01"), adds_up=True) == pytest.approx(200)


def test_a_day_without_a_plan_leaves_it_unknown() -> None:
    assert planned([NOVEMBER], period("2026-11-30", "2026-12-01"), adds_up=True) is None
    assert planned([], NOVEMBER.days, adds_up=True) is None


def test_two_plans_for_one_day_are_no_plan() -> None:
    other = Target("month", NOVEMBER.days, 700.0)
    assert planned([NOVEMBER, other], NOVEMBER.days, adds_up=True) is None


@given(st.lists(st.floats(0, 1e6), min_size=3, max_size=3), st.integers(0, 80), st.integers(1, 10))
def test_plans_of_parts_add_up_to_the_plan_of_the_whole(values: list[float], start: int, length: int) -> None:
    months = [("2026-10-01", "2026-10-31"), ("2026-11-01", "2026-11-30"), ("2026-12-01", "2026-12-31")]
    plans = [Target("month", period(*days), value) for days, value in zip(months, values, strict=True)]
    first = date(2026, 10, 1) + timedelta(days=start)
    whole = Period(first, first + timedelta(days=length))
    days = [Period(first + timedelta(days=day), first + timedelta(days=day)) for day in range(length + 1)]
    parts = [planned(plans, day, adds_up=True) for day in days]
    assert planned(plans, whole, adds_up=True) == pytest.approx(sum(part or 0 for part in parts))
