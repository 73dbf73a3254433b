"""The registry: every metric exactly once."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from analytics.core.access import Action
from analytics.core.errors import DomainError
from analytics.metrics import dealings, members, network, pool, service
from analytics.metrics.metric import Additivity, Favourable, Measure, Metric, Unit

SALES, SUPPLY, MEMBERS, PARTNERS = "sales", "supply", "members", "partners"
"""Departments that own a metric's definition."""


def _sum(fact: str, column: str) -> Measure:
    return Measure(fact, lambda rows: rows[column].sum())


def _distinct(fact: str, column: str, finer: Measure | None = None) -> Measure:
    return Measure(fact, lambda rows: rows[column].nunique(), Additivity.DISTINCT, finer=finer)


def _order_of_line(rows: ir.Table) -> ir.IntegerScalar:
    """As in the mart ``document``: an order that came through two partners is an order of each of them."""
    return (rows.source + "\x1f" + rows.owner + "\x1f" + rows.order_id).nunique()


def _account_of_source(rows: ir.Table) -> ir.IntegerScalar:
    """An account is a member as one source knows it; the same number elsewhere is somebody else until proven."""
    return (rows.source + "\x1f" + rows.account).nunique()


def _counted(fact: str, column: str, finer: Measure, additivity: Additivity = Additivity.SUM) -> Measure:
    """What rows of ``fact`` have counted already; without a row it is 0, as a count is."""
    return Measure(fact, lambda rows: rows[column].sum().fill_null(0), additivity, finer=finer)


def _online_amount(rows: ir.Table) -> ir.Scalar:
    return ibis.ifelse(rows.channel_group == "online", rows.amount, 0).sum()


def _grouped_amount(rows: ir.Table) -> ir.Scalar:
    """Sales of channels whose group is known: one that nobody described is neither online nor offline."""
    return ibis.ifelse(rows.channel_group.notnull(), rows.amount, 0).sum()


def _buyers_told(rows: ir.Table) -> ir.IntegerScalar:
    """0 when there are orders and none says who bought; without orders there is nothing that could be unknown."""
    return ibis.ifelse(rows.count() == 0, 1, rows.buyer.count())


def _orders_told(rows: ir.Table) -> ir.IntegerScalar:
    return ibis.ifelse(rows.count() == 0, 1, rows.told.sum())


_amount = _sum("sales", "amount")
_orders = _counted("order", "orders", Measure("sales_line", _order_of_line, Additivity.DISTINCT))
_told = Measure("order", _orders_told, finer=Measure("sales_line", _buyers_told))

METRICS: tuple[Metric, ...] = (
    Metric("sales", Unit.MONEY, Favourable.UP, SALES, _amount),
    Metric("refunds", Unit.MONEY, Favourable.DOWN, SALES, _sum("refund", "amount")),
    Metric(
        "net_sales",
        Unit.MONEY,
        Favourable.UP,
        SALES,
        _amount,
        minus=_sum("refund", "amount"),
        needs=("refund_line",),
    ),
    Metric("orders", Unit.COUNT, Favourable.UP, SALES, _orders),
    Metric(
        "refund_documents", Unit.COUNT, Favourable.DOWN, SALES, Measure("refund_document", lambda rows: rows.count())
    ),
    Metric("refund_lines", Unit.COUNT, Favourable.DOWN, SALES, Measure("refund", lambda rows: rows.count())),
    Metric("documents", Unit.COUNT, Favourable.NEITHER, SALES, Measure("document", lambda rows: rows.count())),
    Metric("order_lines", Unit.COUNT, Favourable.NEITHER, SALES, _sum("sales", "lines")),
    Metric("units", Unit.UNITS, Favourable.UP, SALES, _sum("sales", "units")),
    Metric("average_order_value", Unit.MONEY, Favourable.UP, SALES, _amount, denominator=_orders),
    Metric(
        "gross_margin",
        Unit.MONEY,
        Favourable.UP,
        SALES,
        _sum("sales", "costed_amount"),
        minus=_sum("sales", "cost"),
        needs=("product_cost",),
        action=Action.SEE_COST,
    ),
    Metric(
        "gross_margin_rate",
        Unit.RATE,
        Favourable.UP,
        SALES,
        _sum("sales", "costed_amount"),
        minus=_sum("sales", "cost"),
        denominator=_sum("sales", "costed_amount"),
        needs=("product_cost",),
        action=Action.SEE_COST,
    ),
    Metric(
        "buyers",
        Unit.COUNT,
        Favourable.UP,
        MEMBERS,
        _counted(
            "buyer", "buyers", _distinct("ordering", "buyer", _distinct("sales_line", "buyer")), Additivity.DISTINCT
        ),
        known=_told,
    ),
    Metric(
        "new_buyers",
        Unit.COUNT,
        Favourable.UP,
        MEMBERS,
        _counted("buyer", "new", Measure("first_purchase", lambda rows: rows.count())),
        known=_told,
        none_is_zero=True,
    ),
    Metric(
        "accounts_seen",
        Unit.COUNT,
        Favourable.UP,
        MEMBERS,
        Measure("document", _account_of_source, Additivity.DISTINCT),
    ),
    Metric(
        "partners_buying",
        Unit.COUNT,
        Favourable.UP,
        PARTNERS,
        _distinct("order", "partner", _distinct("sales_line", "partner")),
        needs=("partner",),
    ),
    Metric(
        "online_share",
        Unit.RATE,
        Favourable.NEITHER,
        SALES,
        Measure("sales", _online_amount, joins=("channel_group",)),
        denominator=Measure("sales", _grouped_amount, joins=("channel_group",)),
        needs=("channel",),
    ),
    *service.METRICS,
    *network.METRICS,
    *pool.METRICS,
    *dealings.METRICS,
    *members.METRICS,
)

REGISTRY: dict[str, Metric] = {metric.name: metric for metric in METRICS}


def metric_named(name: str) -> Metric:
    """The metric; raises DomainError that lists what exists."""
    try:
        return REGISTRY[name]
    except KeyError:
        raise DomainError("unknown_metric", metric=name, known=", ".join(sorted(REGISTRY))) from None
