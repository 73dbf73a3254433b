"""Sums of days: what a page asks of a hundred million order lines, added up once per build."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from analytics.core.access import ROOT
from data.marts.mart import Inputs, Mart, Slices
from data.marts.sales import MONEY


def order_day(inputs: Inputs) -> ir.Table:
    """Grain: day × owner × partner × channel × place; orders as in the mart ``document``.

    ``told``: orders of which it is known who bought; ``untold_amount``: what the others sold.
    """
    orders = inputs.mart("document").filter(lambda t: t.kind == "sale")
    return orders.group_by("day", "owner", "partner", "channel", "place").aggregate(
        orders=orders.count(),
        told=orders.buyer.count(),
        lines=orders.lines.sum(),
        untold_amount=ibis.ifelse(orders.buyer.isnull(), orders.amount, 0).sum().cast(MONEY),
    )


def buyer_day(inputs: Inputs) -> ir.Table:
    """Grain: day × day of the buyer's order before (null for the first); orders of known buyers.

    Buyers of a period are those of its orders whose order before lies before the period. Owner: the root, for the
    order before may be anybody's.
    """
    orders = inputs.mart("purchase")
    return orders.group_by("day", "before", owner=ibis.literal(ROOT)).aggregate(
        orders=orders.count(), lines=orders.lines.sum()
    )


def product_day(inputs: Inputs) -> ir.Table:
    """Grain: day × channel × sku; sums of sales_line over all partners. Owner: the root, who alone sees them all.

    ``costed_lines``: lines whose cost is known.
    """
    lines = inputs.mart("sales_line")
    return lines.group_by("day", "channel", "sku", owner=ibis.literal(ROOT)).aggregate(
        lines=lines.count(),
        costed_lines=lines.cost.count(),
        units=lines.units.sum().cast("decimal(18, 3)"),
        amount=lines.amount.sum().cast(MONEY),
        cost=lines.cost.sum().cast(MONEY),
        costed_amount=lines.costed_amount.sum().cast(MONEY),
    )


def _by_day(mart: str) -> Slices:
    return Slices({mart: lambda rows: {"day": rows.day}})


MARTS = (
    Mart("order_day", order_day, uses=("document",), owner="owner", slices=_by_day("document")),
    Mart("buyer_day", buyer_day, uses=("purchase",), owner="owner", slices=_by_day("purchase")),
    Mart("product_day", product_day, uses=("sales_line",), owner="owner", slices=_by_day("sales_line")),
)
