"""The buckets of a trend."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.core.calendar import Period
from dashboard.services.asked import bucket_start, buckets


@pytest.mark.parametrize(
    ("first", "last", "bucket", "expected"),
    [
        # 2026-02-02 is a Monday.
        (date(2026, 2, 2), date(2026, 2, 15), "week", [date(2026, 2, 2), date(2026, 2, 9)]),
        (date(2026, 2, 1), date(2026, 2, 16), "week", [date(2026, 2, 2), date(2026, 2, 9)]),
        (date(2026, 1, 31), date(2026, 3, 31), "month", [date(2026, 2, 1), date(2026, 3, 1)]),
        (date(2026, 12, 1), date(2027, 1, 31), "month", [date(2026, 12, 1), date(2027, 1, 1)]),
        (date(2026, 2, 3), date(2026, 2, 5), "day", [date(2026, 2, 3), date(2026, 2, 4), date(2026, 2, 5)]),
        # No week is whole: both halves are better than nothing.
        (date(2026, 2, 4), date(2026, 2, 10), "week", [date(2026, 2, 2), date(2026, 2, 9)]),
    ],
)
def test_what_the_period_cuts_is_left_out(first: date, last: date, bucket: str, expected: list[date]) -> None:
    assert buckets(Period(first, last), bucket) == expected


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(62, 900), st.sampled_from(["day", "week", "month"]))
def test_buckets_follow_each_other_without_a_gap_and_lose_less_than_one_at_each_end(
    first: date, days: int, bucket: str
) -> None:
    period = Period(first, first + timedelta(days=days - 1))
    found = buckets(period, bucket)
    assert found == sorted({bucket_start(day, bucket) for day in _between(found[0], found[-1])})
    longest = {"day": 1, "week": 7, "month": 31}[bucket]
    assert period.first <= found[0] < period.first + timedelta(days=longest)
    assert found[-1] > period.last - timedelta(days=2 * longest)


def _between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]
