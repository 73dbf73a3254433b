"""Stock as it was counted: what stood on listed shelves, and what it was worth."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from analytics.core.access import ROOT
from analytics.metrics.pool_facts import LONGEST_COUNT, PACE_DAYS
from data.marts.mart import Inputs, Mart
from data.marts.mentions import PARTNER, REGION
from data.marts.sales import unit_cost

MONEY = "decimal(18, 4)"


def shelf_day(inputs: Inputs) -> ir.Table:
    """Grain: day × node × sku that the node lists; ``days`` that the row stands for, ``days_out`` of them without.

    A source that tells availability is believed; elsewhere a count tells: what it does not name was not there.
    """
    listed, told = _listed(inputs), inputs.current("availability")
    length = ibis.ifelse(told.period == "week", 7, 1)
    known = told.select("node", "sku", "day", days=length, days_out=ibis.ifelse(told.in_stock, 0, length))
    counted = inputs.mart("stock_day")
    counts = counted.select("node", "day").distinct()
    every = listed.inner_join(counts, "node").filter(lambda t: (t.day >= t.valid_from) & (t.day <= t.valid_to))
    shelves = every.select("node", "sku", "day").distinct()
    found = shelves.left_join(counted.select("node", "sku", "day", "usable"), ["node", "sku", "day"])
    from_counts = found.select(
        "node", "sku", "day", days=ibis.literal(1), days_out=ibis.ifelse(found.usable.fill_null(0) > 0, 0, 1)
    ).anti_join(known.select("node", "sku", "day"), ["node", "sku", "day"])
    within = known.semi_join(
        listed,
        [
            known.node == listed.node,
            known.sku == listed.sku,
            known.day >= listed.valid_from,
            known.day <= listed.valid_to,
        ],
    )
    rows = within.mutate(days=within.days.cast("int32"), days_out=within.days_out.cast("int32")).union(
        from_counts.mutate(days=from_counts.days.cast("int32"), days_out=from_counts.days_out.cast("int32"))
    )
    return _placed(inputs, rows)


def stock_day(inputs: Inputs) -> ir.Table:
    """Grain: day of a count × node × sku; units of all lots, as of the day's last count.

    ``usable`` leaves out what has expired and counts a negative lot as nothing; ``reserved`` is that of all lots.
    ``span``: days until the node's next count. ``value`` is usable × unit cost of the day (null without a cost),
    ``value_days`` that value for every day of the span. What moves it, where the node sells at all: see :func:`_moves`.
    """
    lots = inputs.current("stock_lot")
    last = lots.as_of.max().over(group_by=["node", "business_day"])
    newest = lots.mutate(last=last).filter(lambda t: t.as_of == t.last)
    good = newest.expiry.isnull() | (newest.expiry > newest.business_day)
    held = newest.group_by("node", "sku", day=newest.business_day).aggregate(
        on_hand=newest.on_hand.sum().cast("decimal(18, 3)"),
        usable=ibis.ifelse(good & (newest.on_hand > 0), newest.on_hand, 0).sum().cast("decimal(18, 3)"),
        reserved=newest.reserved.fill_null(0).sum().cast("decimal(18, 3)"),
    )
    days = held.select("node", "day").distinct()
    following = days.day.lead().over(group_by="node", order_by="day")
    spans = days.mutate(span=following.delta(days.day, unit="day").fill_null(1).clip(upper=LONGEST_COUNT.days))
    costs = unit_cost(inputs).rename(cost_sku="sku")
    rows = held.inner_join(spans, ["node", "day"])
    costed = rows.left_join(costs, [rows.sku == costs.cost_sku, rows.day >= costs.cost_from, rows.day < costs.cost_to])
    value = (costed.usable * costed.unit_cost).cast(MONEY)
    valued = costed.select(
        "node", "sku", "day", "on_hand", "usable", "reserved", span=costed.span.cast("int32"), value=value,
        value_days=(value * costed.span).cast(MONEY),
    )  # fmt: skip
    moving = valued.left_join(_moves(inputs, valued), ["node", "sku", "day"])
    return _placed(inputs, moving.select(*valued.columns, "told", "lain", "idle", "recent"))


def _moves(inputs: Inputs, stock: ir.Table) -> ir.Table:
    """Count × node × sku, of nodes that sell: days that the node's sales are known for (``told``), since the product
    first lay there (``lain``) and since it was last sold there (``idle``; null where it never was), and the units that
    were sold there in the :data:`PACE_DAYS` that end on the day (``recent``).
    """
    # Lines of nodes whose stock nobody counts would be ranked for nothing.
    sales = inputs.mart("fulfilment").filter(lambda t: t.cancelled == 0).semi_join(stock, "node")
    since = sales.group_by(seller=sales.node).aggregate(known=sales.day.min())
    sold = sales.group_by("node", "sku", "day").aggregate(units=sales.units.sum().cast("decimal(18, 3)"))
    nothing = {"sale": ibis.null("date"), "units": ibis.literal(0).cast("decimal(18, 3)"), "kind": ibis.literal(1)}
    marks = stock.filter(stock.usable > 0).select("node", "sku", "day", **nothing)
    marks = marks.union(sold.select("node", "sku", "day", sale="day", units="units", kind=ibis.literal(0)))
    # Sales of a day stand before its count.
    until_then = ibis.cumulative_window(group_by=["node", "sku"], order_by=["day", "kind"])
    days = ibis.range_window(
        preceding=ibis.interval(days=PACE_DAYS - 1), following=ibis.interval(days=0), group_by=["node", "sku"],
        order_by="day",
    )  # fmt: skip
    counted = ibis.ifelse(marks.kind == 1, marks.day, ibis.null("date"))
    told = marks.mutate(
        last=marks.sale.max().over(until_then),
        first=counted.min().over(until_then),
        recent=marks.units.sum().over(days),
    )
    counts = told.filter(told.kind == 1)
    told = counts.inner_join(since, counts.node == since.seller)
    return told.select(
        "node",
        "sku",
        "day",
        told=told.day.delta(told.known, unit="day"),
        lain=told.day.delta(told["first"], unit="day"),
        idle=told.day.delta(told["last"], unit="day"),
        recent=told.recent.cast("decimal(18, 3)"),
    )


def _listed(inputs: Inputs) -> ir.Table:
    rows = inputs.current("listing")
    return rows.select("node", "sku", "valid_from", valid_to=rows.valid_to.fill_null(ibis.date("9999-12-31")))


def _placed(inputs: Inputs, rows: ir.Table) -> ir.Table:
    """With the node's partner (the brand owns the others) and its place."""
    nodes = inputs.current("node")
    known = nodes.select(
        "node",
        partner=nodes.partner,
        owner=nodes.partner.fill_null(ROOT),
        place=ibis.coalesce(ibis.literal(PARTNER) + nodes.partner, ibis.literal(REGION) + nodes.region),
    )
    return rows.left_join(known, "node").drop("node_right").mutate(owner=lambda t: t.owner.fill_null(ROOT))


MARTS = (
    Mart(
        "stock_day",
        stock_day,
        reads=("stock_lot", "node", "product_cost"),
        uses=("fulfilment",),
        owner="owner",
    ),
    Mart("shelf_day", shelf_day, reads=("availability", "listing", "node"), uses=("stock_day",), owner="owner"),
)
