"""One question from the shell or another system, answered through the same scope as a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from analytics.core.access import Action
from analytics.core.calendar import Period
from analytics.core.errors import DomainError, MissingData
from analytics.metrics.facts import DIMENSIONS
from analytics.metrics.metric import Metric
from analytics.metrics.query import Question
from analytics.metrics.registry import metric_named
from dashboard.services.desk import Desk, Opened
from dashboard.services.use_case import UseCase, reads
from dashboard.services.views import Freshness

FLAGS = frozenset({"identified", "private_domain"})
"""Dimensions whose values are yes and no."""

UNKNOWN = "none"
"""How a shell says "where the value is not known"."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Exact values (decimals as decimals), with the dates and the build that they come from."""

    question: Question
    freshness: Freshness
    period: Period
    table: pa.Table


class Ask(UseCase):
    """``waterline ask``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @reads
    def ask(
        self,
        metrics: tuple[str, ...],
        *,
        by: tuple[str, ...],
        first: date | None,
        last: date | None,
        where: tuple[str, ...],
    ) -> Answer:
        """Answer; open ends of the period mean the ends of the covered days.

        Raises DomainError for unknown names, MissingData for tables that were not loaded, AccessDenied for a metric
        whose action the actor lacks.
        """
        opened = self._desk.open(Action.SEE_OVERVIEW)
        metrics, by = tuple(dict.fromkeys(metrics)), tuple(dict.fromkeys(by))
        for name in metrics:
            self._admit(opened, metric_named(name))
        period = _asked_period(opened.covered, first, last)
        question = Question(metrics, by=by, period=period, where=tuple(_condition(text) for text in where))
        table = opened.ask(question)
        return Answer(
            question, opened.freshness, period, table.sort_by([(name, "ascending") for name in by]) if by else table
        )

    def _admit(self, opened: Opened, metric: Metric) -> None:
        opened.actor.require(metric.action)
        missing = opened.missing(metric)
        if missing:
            raise MissingData("metric_needs_tables", metric=metric.name, tables=", ".join(missing))


def _asked_period(covered: Period, first: date | None, last: date | None) -> Period:
    """Days before or after all data are refused: an answer of zero would claim to know them."""
    outside = (first and first > covered.last) or (last and last < covered.first)
    if outside:
        given = f"{first or ''} – {last or ''}"
        raise MissingData("period_not_covered", given=given, first=covered.first, last=covered.last)
    return Period(first or covered.first, last or covered.last)


def _condition(text: str) -> tuple[str, tuple[str | bool | None, ...]]:
    """``k=v`` or ``k=v1,v2``; ``none`` means unknown, ``yes``/``no`` belong to flags."""
    name, equals, values = text.partition("=")
    if not equals or name not in DIMENSIONS:
        raise DomainError("where_malformed", given=text, known=", ".join(DIMENSIONS))
    return name, tuple(_value(name, value) for value in values.split(","))


def _value(name: str, text: str) -> str | bool | None:
    if text == UNKNOWN:
        return None
    if DIMENSIONS[name].key == "day":
        return _first_day(name, text)
    if name not in FLAGS:
        return text
    if text not in {"yes", "no"}:
        raise DomainError("where_flag", given=text, dimension=name)
    return text == "yes"


def _first_day(name: str, text: str) -> str:
    """A day, or the first day of a week, month or year, as ISO text."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise DomainError("where_malformed", given=f"{name}={text}", known=", ".join(DIMENSIONS)) from None
