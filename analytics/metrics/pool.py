"""Metrics of the one pool of stock: what can be shared, what lies too long, and what is near enough."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from analytics.metrics.metric import Favourable, Measure, Metric, Unit

SUPPLY = "supply"


def _sum(fact: str, column: str) -> Measure:
    return Measure(fact, lambda rows: rows[column].sum())


def _online_units(rows: ir.Table) -> ir.Scalar:
    return ibis.ifelse(rows.channel_group == "online", rows.units, 0).sum()


def _online_from_stores(rows: ir.Table) -> ir.Scalar:
    return ibis.ifelse((rows.channel_group == "online") & (rows.site == "store"), rows.units, 0).sum()


_orders_placed = Measure("located", lambda rows: rows.count())

METRICS: tuple[Metric, ...] = (
    Metric(
        "stock_sharing_rate",
        Unit.RATE,
        Favourable.UP,
        SUPPLY,
        _sum("pool", "shareable_days"),
        denominator=_sum("pool", "usable_days"),
    ),
    Metric(
        "shipped_for_online",
        Unit.RATE,
        Favourable.UP,
        SUPPLY,
        Measure("shipped", _online_from_stores, joins=("channel_group",)),
        denominator=Measure("shipped", _online_units, joins=("channel_group",)),
    ),
    Metric(
        "coexistence_rate",
        Unit.RATE,
        Favourable.DOWN,
        SUPPLY,
        _sum("coexisting", "days_out"),
        denominator=_sum("empty", "days_out"),
        none_is_zero=True,
    ),
    Metric(
        "near_node_share",
        Unit.RATE,
        Favourable.UP,
        SUPPLY,
        Measure("reached", lambda rows: rows.count()),
        denominator=_orders_placed,
        none_is_zero=True,
    ),
    # As exactly as most orders are placed: a delivery names its district, and no more.
    Metric(
        "district_stock_share",
        Unit.RATE,
        Favourable.UP,
        SUPPLY,
        Measure("within_district", lambda rows: rows.count()),
        denominator=Measure("districted", lambda rows: rows.count()),
        none_is_zero=True,
    ),
    Metric(
        "near_expiry_share",
        Unit.RATE,
        Favourable.DOWN,
        SUPPLY,
        _sum("lot", "near"),
        denominator=_sum("lot", "units"),
    ),
    Metric(
        "cover_days",
        Unit.DAYS,
        Favourable.NEITHER,
        SUPPLY,
        _sum("cover", "usable_days"),
        denominator=_sum("cover", "sold_days"),
    ),
)
