"""Facts of what shops carry."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from analytics.core.access import ROOT
from analytics.metrics.given import Given
from analytics.metrics.member_facts import asked_days


def spaces(rows: ir.Table, given: Given) -> ir.Table:
    """Every shop × product that some shop lists on the last day asked for: ``spaces`` 1, ``listed`` 1 where it does.

    ``weight`` is what the shop sold in the days asked for, ``listed_weight`` that where it lists the product.
    """
    last = None if given.period is None else ibis.literal(given.period.last)
    held = rows if last is None else rows.filter((rows["first"] <= last) & (rows["last"] >= last))
    nodes = given.tables("stock_node")
    shops = nodes.filter(nodes.kind == "store").select("node", "owner")
    kept = held.semi_join(shops, "node").select(_node="node", _sku="sku", _listed=ibis.literal(1)).distinct()
    lines = asked_days(given.tables("sales_line"), given)
    sold = lines.group_by(_shop=lines.node).aggregate(sold=lines.amount.sum().cast("decimal(18, 4)"))
    every = shops.cross_join(kept.select(sku="_sku").distinct())
    told = every.left_join(kept, [every.node == kept["_node"], every.sku == kept["_sku"]])
    told = told.left_join(sold, told.node == sold["_shop"])
    listed, weight = told["_listed"].fill_null(0), told.sold.fill_null(0)
    return told.select(
        "node",
        "sku",
        day=ibis.null("date") if last is None else last.cast("date"),
        partner=told.owner.nullif(ROOT),
        place=ibis.literal("p:") + told.owner,
        spaces=ibis.literal(1),
        listed=listed,
        weight=weight,
        listed_weight=ibis.ifelse(listed == 1, weight, 0),
    )
