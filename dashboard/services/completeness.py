"""Whether the days that are asked about are all there: what a page must say before somebody trusts a fall."""

from __future__ import annotations

from datetime import date, timedelta

from analytics.core.access import Action
from analytics.core.calendar import Comparison, Period
from analytics.metrics.completeness import WEEKS, missing_days
from dashboard.services.asked import baseline_of, period_of
from dashboard.services.desk import Desk, Opened
from dashboard.services.requests import Asked
from dashboard.services.use_case import UseCase, reads
from dashboard.services.views import Hole, Partial


class Completeness(UseCase):
    """What is missing of a period. Which source is late is nobody's secret, so it is told to everybody."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @reads
    def partial(self, asked: Asked) -> Partial:
        """Sources without orders on days of the period, or of what it is compared with, that should have some."""
        opened = self._desk.open(Action.SEE_GLOSSARY)
        period, base = period_of(asked, opened.covered), baseline_of(asked, opened.covered)
        against = () if asked.comparison is Comparison.TARGET else _holes(opened, base)
        return Partial(period, _holes(opened, period), against)


def _holes(opened: Opened, period: Period) -> tuple[Hole, ...]:
    """None of what an older build cannot tell."""
    if not opened.facts.has("source_day"):
        return ()
    days = opened.facts.table("source_day")
    first = period.first - timedelta(weeks=WEEKS)
    told: dict[str, list[date]] = {}
    for row in opened.facts.answer(days.filter(days.day.between(first, period.last))).to_pylist():
        told.setdefault(row["source"], []).append(row["day"])
    found = {source: missing_days(days, period) for source, days in sorted(told.items())}
    return tuple(Hole(source, missing) for source, missing in found.items() if missing)
