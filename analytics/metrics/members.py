"""Metrics of members: who stays, how soon they come back, what else they buy, what they say."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from analytics.metrics.member_facts import RETAINED_DAYS
from analytics.metrics.metric import Additivity, Favourable, Measure, Metric, Unit

MEMBERS = "members"
SEVERAL = 2
PROMOTERS, DETRACTORS = 9, 6
"""Answers of 9 and 10 recommend, those of 6 and less advise against (Reichheld, Harvard Business Review 12/2003)."""


def _sum(fact: str, column: str) -> Measure:
    return Measure(fact, lambda rows: rows[column].sum())


def _count(fact: str) -> Measure:
    return Measure(fact, lambda rows: rows.count())


def _several(column: str) -> Measure:
    def count(rows: ir.Table) -> ir.IntegerScalar:
        return ibis.ifelse(rows[column] >= SEVERAL, rows.buyer, ibis.null("string")).nunique()

    return Measure("variety", count, Additivity.DISTINCT)


def _some(column: str) -> Measure:
    """Buyers of whom at least one is known: a product without a category says nothing about variety."""

    def count(rows: ir.Table) -> ir.IntegerScalar:
        return ibis.ifelse(rows[column] >= 1, rows.buyer, ibis.null("string")).nunique()

    return Measure("variety", count, Additivity.DISTINCT)


def _scored(fact: str, low: float, high: float) -> Measure:
    return Measure(fact, lambda rows: ibis.ifelse(rows.score.between(low, high), 1, 0).sum())


def _retention(days: int, column: str, suffix: str) -> Metric:
    fact = f"retained_{days}"
    name = f"retention_{days}{suffix}"
    return Metric(name, Unit.RATE, Favourable.UP, MEMBERS, _sum(fact, column), denominator=_count(fact))


METRICS: tuple[Metric, ...] = (
    *(_retention(days, "back", "") for days in RETAINED_DAYS),
    *(_retention(days, "exact", "_exact") for days in RETAINED_DAYS),
    Metric(
        "repurchase_cycle",
        Unit.DAYS,
        Favourable.DOWN,
        MEMBERS,
        Measure("purchase", lambda rows: rows.gap.median().cast("float64"), Additivity.NONE),
    ),
    Metric(
        "cross_category_rate",
        Unit.RATE,
        Favourable.UP,
        MEMBERS,
        _several("categories"),
        denominator=_some("categories"),
    ),
    Metric("cross_channel_buyers", Unit.RATE, Favourable.UP, MEMBERS, _several("groups"), denominator=_some("groups")),
    Metric(
        "cross_channel_rate",
        Unit.RATE,
        Favourable.UP,
        MEMBERS,
        _sum("converted", "online"),
        denominator=_count("converted"),
    ),
    Metric(
        "referral_rate",
        Unit.RATE,
        Favourable.UP,
        MEMBERS,
        Measure("referral", lambda rows: rows.referred.nunique(), Additivity.DISTINCT),
        denominator=_count("joined"),
        none_is_zero=True,
    ),
    Metric(
        "scan_rate",
        Unit.RATE,
        Favourable.UP,
        MEMBERS,
        Measure("scan", lambda rows: rows.code.nunique(), Additivity.DISTINCT),
        denominator=_sum("sales", "units"),
        none_is_zero=True,
    ),
    # Between -1 and 1; what is usually written as -100 to 100.
    Metric(
        "nps",
        Unit.RATE,
        Favourable.UP,
        MEMBERS,
        _scored("nps", PROMOTERS, 10),
        minus=_scored("nps", 0, DETRACTORS),
        denominator=_count("nps"),
    ),
    Metric(
        "satisfaction",
        Unit.SCORE,
        Favourable.UP,
        MEMBERS,
        _sum("satisfaction", "score"),
        denominator=_count("satisfaction"),
    ),
)
