"""What was counted but could not be attributed: unknown partners, products, buyers, positions and costs."""

from __future__ import annotations

from collections.abc import Callable

import ibis.expr.types as ir

from analytics.core.calendar import Period
from analytics.metrics.query import Tables


def _days(rows: ir.Table, period: Period) -> ir.Table:
    return rows.filter(rows.day.between(period.first, period.last))


def partner_unlisted(tables: Tables, period: Period) -> ir.Table:
    """Sales through partners that no partner table declares. Columns: name, lines, amount."""
    rows, partners = _days(tables("sales_day"), period), tables("partner")
    unlisted = partners.filter(~partners.listed).select("partner")
    return _by(rows.semi_join(unlisted, "partner"), "partner")


def product_unlisted(tables: Tables, period: Period) -> ir.Table:
    """Sales of SKUs that no product table declares."""
    rows, products = _days(tables("sales_line"), period), tables("product")
    unlisted = products.filter(~products.listed).select("sku")
    return _by(rows.semi_join(unlisted, "sku").mutate(lines=1), "sku")


def unplaced(tables: Tables, period: Period) -> ir.Table:
    """Sales without a position, by partner, or by place where no partner stands behind them."""
    rows, places = _days(tables("sales_day"), period), tables("place")
    placed = places.filter(places.latitude.notnull()).select("place")
    lost = rows.anti_join(placed, "place")
    return _by(lost.mutate(thing=lost.partner.fill_null(lost.place)), "thing")


def account_unknown(tables: Tables, period: Period) -> ir.Table:
    """Orders of nobody known: neither a member account nor a wholesale partner."""
    rows = _days(tables("document"), period)
    return _by(rows.filter((rows.kind == "sale") & rows.buyer.isnull()).mutate(thing=rows.kind), "thing")


def cost_unknown(tables: Tables, period: Period) -> ir.Table:
    """Sales of SKUs without a cost on the day of the sale; they stay out of margins."""
    rows = _days(tables("sales_line"), period)
    return _by(rows.filter(rows.cost.isnull()).mutate(lines=1), "sku")


def _by(rows: ir.Table, thing: str) -> ir.Table:
    grouped = rows.group_by(name=rows[thing]).aggregate(lines=rows.lines.sum(), amount=rows.amount.sum())
    return grouped.order_by([grouped.amount.desc(), grouped.name])


GAPS: dict[str, Callable[[Tables, Period], ir.Table]] = {
    "partner_unlisted": partner_unlisted,
    "product_unlisted": product_unlisted,
    "unplaced": unplaced,
    "account_unknown": account_unknown,
    "cost_unknown": cost_unknown,
}
