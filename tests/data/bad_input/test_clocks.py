"""Clocks that are put back and forward, seen from a source whose times carry no offset."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.data.bad_input.kinds import shows
from tests.data.bad_input.outcome import outcomes
from tests.data.bad_input.test_values import HEAD, TILL
from tests.data.sources.door import NOW, Door

pytestmark = pytest.mark.slow


def line(order: int, paid: str) -> str:
    return f"{order},1,{paid},{paid},rice,1,1,\n"


@shows("repeated hour", "skipped hour", "time without offset")
def test_hours_that_come_twice_or_never_are_loaded_and_told(door: Door) -> None:
    times = (
        "2025-11-02 00:59:59",
        "2025-11-02 01:00:00",
        "2025-11-02 01:59:59",
        "2025-11-02 02:00:00",
        # With an offset there is no doubt.
        "2025-11-02T01:30:00-05:00",
        "2025-11-02T01:30:00-06:00",
        "2026-03-08 01:59:59",
        "2026-03-08 02:30:00",
        "2026-03-08 03:00:00",
    )
    door.write("p.csv", HEAD + "".join(line(number, paid) for number, paid in enumerate(times)))
    report = door.bring(f'timezone = "America/Chicago"\n{TILL}', now=NOW.replace(month=4))
    found = outcomes(door, report)["p.csv"]
    assert (found.read, found.loaded, found.set_aside) == (9, 9, [])
    assert found.warned == [
        ("time_repeats", "ordered_at", 2),
        ("time_repeats", "paid_at", 2),
        ("time_skipped", "ordered_at", 1),
        ("time_skipped", "paid_at", 1),
    ]
    [repeats] = [one for one in report.warnings if (one.code, one.column) == ("time_repeats", "paid_at")]
    assert [(example.line, example.value) for example in repeats.examples] == [(3, times[1]), (4, times[2])]
    paid = door.values("order_line", "paid_at")
    assert paid[4:6] == [datetime(2025, 11, 2, 6, 30, tzinfo=UTC), datetime(2025, 11, 2, 7, 30, tzinfo=UTC)]
    assert [f"{day:%m-%d}" for day in door.values("order_line", "business_day")] == ["11-02"] * 6 + ["03-08"] * 3


def test_where_clocks_stand_still_nothing_is_told(door: Door) -> None:
    door.write("p.csv", HEAD + line(1, "2025-11-02 01:30:00") + line(2, "2026-02-08 02:30:00"))
    assert outcomes(door, door.bring(TILL))["p.csv"].warned == []
