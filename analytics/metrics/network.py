"""Metrics of what stands still: partners that sell nothing, stock that nobody buys; and complaints."""

from __future__ import annotations

import ibis.expr.types as ir

from analytics.metrics.metric import Favourable, Measure, Metric, Unit

SUPPLY, PARTNERS = "supply", "partners"


def _sum(fact: str, column: str) -> Measure:
    return Measure(fact, lambda rows: rows[column].sum())


def _slow(rows: ir.Table) -> ir.Scalar:
    """Nothing slow is none of it; where nothing can be judged, the denominator is not known, either."""
    return rows.slow_days.fill_null(0).sum()


METRICS: tuple[Metric, ...] = (
    # Of the value that lay there day by day, what had not sold for 60 days.
    Metric(
        "slow_stock_share",
        Unit.RATE,
        Favourable.DOWN,
        SUPPLY,
        Measure("stock", _slow),
        denominator=_sum("stock", "judged_days"),
        needs=("product_cost", "order_line"),
    ),
    # Over several days the mean of the days: a partner that was online on half of them counts by half.
    Metric(
        "partners_online",
        Unit.RATE,
        Favourable.UP,
        PARTNERS,
        _sum("network", "online"),
        denominator=_sum("network", "partners"),
    ),
    # Of all shops × products that could stand there on the last day, those that do.
    Metric(
        "numeric_distribution",
        Unit.RATE,
        Favourable.UP,
        PARTNERS,
        _sum("space", "listed"),
        denominator=_sum("space", "spaces"),
    ),
    Metric(
        "weighted_distribution",
        Unit.RATE,
        Favourable.UP,
        PARTNERS,
        _sum("space", "listed_weight"),
        denominator=_sum("space", "weight"),
        needs=("order_line",),
    ),
    Metric("complaints", Unit.COUNT, Favourable.DOWN, PARTNERS, _sum("complaint", "lines")),
)
