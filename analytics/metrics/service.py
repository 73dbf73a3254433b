"""Metrics of service: who came back, whether orders were kept, and what stood on the shelves."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from analytics.metrics.metric import Additivity, Favourable, Measure, Metric, Unit

SALES, SUPPLY, MEMBERS = "sales", "supply", "members"
REPURCHASE_DAYS = (30, 90, 180, 365)
"""Labelled variants of the repurchase rate; 90 days is the one that is meant where nothing is said."""
YEAR = 365
CAUSE = ("reason",)


def _sum(fact: str, column: str) -> Measure:
    return Measure(fact, lambda rows: rows[column].sum())


def _private_amount(rows: ir.Table) -> ir.Scalar:
    return ibis.ifelse(rows.private_domain, rows.amount, 0).sum()


def _domain_known(rows: ir.Table) -> ir.Scalar:
    """Sales of channels that are known to be private domain or not."""
    return ibis.ifelse(rows.private_domain.notnull(), rows.amount, 0).sum()


def _back_within(days: int) -> Measure:
    def came_back(rows: ir.Table) -> ir.IntegerScalar:
        return ibis.ifelse(rows.gap <= days, rows.buyer, ibis.null("string")).nunique()

    return Measure("purchase", came_back, Additivity.DISTINCT)


def _repurchase(days: int) -> Metric:
    buyers = Measure("purchase", lambda rows: rows.buyer.nunique(), Additivity.DISTINCT)
    return Metric(f"repurchase_{days}", Unit.RATE, Favourable.UP, MEMBERS, _back_within(days), denominator=buyers)


_paid = Measure("fulfilment", lambda rows: rows.lines.sum(), whole=CAUSE)


def _yearly_cost(rows: ir.Table) -> ir.Scalar:
    return rows.cost.sum() * YEAR


METRICS: tuple[Metric, ...] = (
    Metric(
        "refund_rate",
        Unit.RATE,
        Favourable.DOWN,
        SALES,
        _sum("refund", "amount"),
        denominator=Measure("sales", lambda rows: rows.amount.sum(), whole=CAUSE),
        needs=("refund_line",),
        none_is_zero=True,
    ),
    Metric(
        "private_domain_share",
        Unit.RATE,
        Favourable.UP,
        MEMBERS,
        Measure("sales", _private_amount, joins=("private_domain",)),
        denominator=Measure("sales", _domain_known, joins=("private_domain",)),
        needs=("channel",),
    ),
    Metric("paid_lines", Unit.COUNT, Favourable.NEITHER, SALES, _paid),
    Metric("cancelled_lines", Unit.COUNT, Favourable.DOWN, SALES, _sum("cancellation", "cancelled")),
    *(_repurchase(days) for days in REPURCHASE_DAYS),
    Metric(
        "cancellation_rate",
        Unit.RATE,
        Favourable.DOWN,
        SALES,
        _sum("cancellation", "cancelled"),
        denominator=_paid,
        none_is_zero=True,
    ),
    Metric(
        "oversell_rate",
        Unit.RATE,
        Favourable.DOWN,
        SUPPLY,
        _sum("cancellation", "oversold"),
        denominator=_paid,
        none_is_zero=True,
    ),
    Metric(
        "on_time_in_full",
        Unit.RATE,
        Favourable.UP,
        SUPPLY,
        _sum("fulfilment", "on_time_in_full"),
        denominator=_sum("fulfilment", "tracked"),
        needs=("shipment_line",),
    ),
    Metric(
        "out_of_stock_rate",
        Unit.RATE,
        Favourable.DOWN,
        SUPPLY,
        _sum("shelf", "days_out"),
        denominator=_sum("shelf", "days"),
    ),
    Metric(
        "in_stock_rate",
        Unit.RATE,
        Favourable.UP,
        SUPPLY,
        _sum("shelf", "days"),
        minus=_sum("shelf", "days_out"),
        denominator=_sum("shelf", "days"),
    ),
    # Sold cost over the mean value in stock, for a year: both added up over days, the number of days falls out.
    Metric(
        "stock_turns",
        Unit.TIMES,
        Favourable.UP,
        SUPPLY,
        Measure("sales", _yearly_cost),
        denominator=_sum("stock", "value_days"),
        needs=("product_cost",),
    ),
)
