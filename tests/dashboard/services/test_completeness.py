"""Which days are missing: by the weekdays of a source's own past, and for everybody alike."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from analytics.core.calendar import Comparison, Period
from analytics.metrics.completeness import missing_days
from dashboard.services.completeness import Completeness
from dashboard.services.requests import Asked
from dashboard.services.views import Hole
from tests.worlds import CHANNELS, PARTNERS, PRODUCTS, World, line, make_world

MONDAY = date(2026, 3, 2)


def days(*numbers: int) -> list[date]:
    return [MONDAY + timedelta(days=number) for number in numbers]


EVERY_DAY, WORKDAYS = days(*range(-56, 0)), [one for one in days(*range(-56, 0)) if one.weekday() < 5]
WEEK = Period(MONDAY, MONDAY + timedelta(days=6))


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([*EVERY_DAY, *days(0, 1, 3, 4, 5, 6)], days(2)),
        ([*WORKDAYS, *days(0, 1, 2, 3, 4)], []),
        ([*WORKDAYS, *days(0, 1, 2, 3)], days(4)),
        # It ended a while ago: four weeks of eight are not most of them.
        (days(*range(-70, -28)), []),
        (days(*range(-70, -27)), days(0)),
        # Too young to be expected.
        (days(-14, -7), []),
        (days(-21, -14, -7), days(0)),
        ([], []),
    ],
    ids=["a day", "closed at weekends", "a working day", "ended", "nearly ended", "young", "old enough", "nothing"],
)
def test_the_weekdays_before_say_what_should_be_there(told: list[date], expected: list[date]) -> None:
    assert list(missing_days(told, WEEK)) == expected


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Two systems that sell every day; the second told nothing of 26 February and of the last two days."""
    every = [date(2026, 1, 1) + timedelta(days=number) for number in range(59)]
    silent = {date(2026, 2, 26), date(2026, 2, 27), date(2026, 2, 28), date(2026, 2, 10)}
    rows = [line(f"A{day}", "1", f"{day}", "web", "R5", "1", "10", source="first") for day in every]
    rows += [line(f"B{day}", "1", f"{day}", "shop", "R5", "1", "10", entry_partner="S1", source="second")
             for day in every if day not in silent]  # fmt: skip
    tables = {"channel": CHANNELS, "product": PRODUCTS, "partner": PARTNERS, "order_line": rows}
    now = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
    return make_world(Path(tmp_path_factory.mktemp("holes")), tables, now=now)


@pytest.mark.parametrize("grant", ["brand", "S3"])
def test_both_periods_are_looked_at(grant: str, world: World) -> None:
    """S3 sold nothing, and learns no more than that the second system was silent."""
    asked = Asked(first=date(2026, 2, 22), last=date(2026, 2, 28), comparison=Comparison.PREVIOUS)
    told = Completeness(world.services(grant).desk).partial(asked)
    assert told.holes == (Hole("second", (date(2026, 2, 26), date(2026, 2, 27), date(2026, 2, 28))),)
    assert told.before == ()
    assert len(told.days) == 3


def test_what_is_compared_with_is_looked_at_too(world: World) -> None:
    asked = Asked(first=date(2026, 2, 15), last=date(2026, 2, 21), comparison=Comparison.PREVIOUS)
    told = Completeness(world.services("brand").desk).partial(asked)
    assert (told.holes, told.before) == ((), (Hole("second", (date(2026, 2, 10),)),))
