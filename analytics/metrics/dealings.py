"""Metrics of dealings with partners: goods pushed in, agreements kept, money owed, money spent on buyers."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from analytics.metrics.metric import Favourable, Measure, Metric, Unit

SALES, MEMBERS, PARTNERS = "sales", "members", "partners"


def _sum(fact: str, column: str) -> Measure:
    return Measure(fact, lambda rows: rows[column].sum())


def _units_of_dealers(rows: ir.Table) -> ir.Scalar:
    """Units of dealers and of those below them; null, not zero, where there are none."""
    return ibis.ifelse(rows.dealer.notnull(), rows.units, ibis.null(rows.units.type())).sum()


def _events(kind: str, *, passed: bool = False) -> Measure:
    def count(rows: ir.Table) -> ir.Scalar:
        meant = rows.kind == kind
        return ibis.ifelse(meant & rows.passed.fill_null(False) if passed else meant, 1, 0).sum()

    return Measure("partner_event", count)


_bought_in = Measure("bought_in", _units_of_dealers, joins=("dealer",))
_sold_on = Measure("sales", _units_of_dealers, joins=("dealer",))

METRICS: tuple[Metric, ...] = (
    Metric("sell_in_units", Unit.UNITS, Favourable.NEITHER, SALES, _sum("sell_in", "units")),
    # Above one, dealers are filled faster than they empty.
    Metric(
        "sell_in_to_sell_out",
        Unit.RATE,
        Favourable.DOWN,
        SALES,
        _bought_in,
        denominator=_sold_on,
        needs=("partner",),
    ),
    Metric("sell_through", Unit.RATE, Favourable.UP, SALES, _sold_on, denominator=_bought_in, needs=("partner",)),
    Metric(
        "display_compliance",
        Unit.RATE,
        Favourable.UP,
        PARTNERS,
        _events("display_check", passed=True),
        denominator=_events("display_check"),
    ),
    Metric(
        "activity_rate",
        Unit.RATE,
        Favourable.UP,
        PARTNERS,
        _events("activity_done"),
        denominator=_events("activity_signed"),
    ),
    Metric(
        "collection_days",
        Unit.DAYS,
        Favourable.DOWN,
        PARTNERS,
        _sum("settled", "amount_days"),
        denominator=_sum("settled", "amount"),
    ),
    Metric("spend_planned", Unit.MONEY, Favourable.NEITHER, SALES, _sum("spend", "planned")),
    Metric("spend_paid", Unit.MONEY, Favourable.NEITHER, SALES, _sum("spend", "paid")),
    Metric("spend_verified", Unit.MONEY, Favourable.NEITHER, SALES, _sum("spend", "verified")),
    Metric(
        "acquisition_cost",
        Unit.MONEY,
        Favourable.DOWN,
        MEMBERS,
        _sum("spend", "paid"),
        denominator=Measure("first_purchase", lambda rows: rows.count()),
    ),
)
