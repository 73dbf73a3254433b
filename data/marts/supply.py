"""Supply marts: stock by lot, deliveries on their way, limits of supply, costs."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from analytics.core.access import ROOT
from data.marts.mart import Inputs, Mart
from data.marts.mentions import PARTNER, REGION
from data.marts.sales import unit_cost

EAST = ibis.interval(hours=8)
"""Days are those of the business's own calendar of UTC+8 (see the door)."""


def lot_day(inputs: Inputs) -> ir.Table:
    """Grain: node × day of a count × sku × lot; the node's last count of that day. Owner: the node's partner.

    A node's count tells of everything there: what it does not name was not on hand.
    """
    lots = inputs.current("stock_lot")
    last = lots.as_of.max().over(group_by=["node", "business_day"])
    newest = lots.mutate(last=last).filter(lambda t: t.as_of == t.last)
    # Whose node it is, not who sent the row.
    nodes = inputs.mart("stock_node").select("node", "owner", "region")
    owned = newest.drop("partner").inner_join(nodes, "node")
    owned = owned.mutate(partner=owned.owner.nullif(ROOT))
    place = ibis.coalesce(ibis.literal(PARTNER) + owned.partner, ibis.literal(REGION) + owned.region)
    return owned.select(
        "owner", "node", "sku", "lot", "expiry", "partner", place=place, day=owned.business_day,
        on_hand=owned.on_hand.cast("float64"), reserved=owned.reserved.cast("float64"),
    )  # fmt: skip


def moved_day(inputs: Inputs) -> ir.Table:
    """Grain: node × sku × day; net movement of those that are never counted by lot."""
    moves = inputs.current("stock_move")
    uncounted = moves.anti_join(inputs.current("stock_lot").select("node").distinct(), "node")
    daily = uncounted.group_by("node", "sku", day=uncounted.business_day).aggregate(
        units=uncounted.quantity.cast("float64").sum()
    )
    return _owned(inputs, daily).select("owner", "node", "sku", "day", "units")


def available_day(inputs: Inputs) -> ir.Table:
    """Grain: node × sku × last day that is told of; whether it was in stock."""
    rows = inputs.current("availability")
    days = ibis.ifelse(rows.period == "week", rows.day + ibis.interval(days=6), rows.day.cast("timestamp")).cast("date")
    owned = _owned(inputs, rows.select("node", "sku", "in_stock", day=days))
    return owned.group_by("owner", "node", "sku", "day").aggregate(in_stock=owned.in_stock.any())


def inbound_line(inputs: Inputs) -> ir.Table:
    """Grain: line of a delivery, open or not: what was ordered, and what had come by which day."""
    rows = inputs.current("inbound")
    owned = _owned(inputs, rows)
    return owned.select(
        "owner", "node", "sku", "origin", "inbound_id", "line_no",
        ordered=_day(owned.ordered_at), promised=_day(owned.promised_at),
        quantity=owned.quantity.cast("float64"), received=owned.received.cast("float64").fill_null(0.0),
        received_on=_day(owned.received_at), closed=owned.closed.fill_null(False),
    )  # fmt: skip


def unit_cost_day(inputs: Inputs) -> ir.Table:
    """Grain: sku × first day of a cost; ``until`` is the day on which the next one begins."""
    rows = unit_cost(inputs)
    return rows.select("sku", cost=rows.unit_cost.cast("float64"), first=rows.cost_from, until=rows.cost_to)


def supply_week(inputs: Inputs) -> ir.Table:
    """Grain: supplier or plant × sku × Monday of a week; units that can be delivered."""
    rows = inputs.current("supply_limit")
    return rows.select("supplier", "sku", "week", quantity=rows.quantity.cast("float64"))


def _owned(inputs: Inputs, rows: ir.Table) -> ir.Table:
    """With the node's owner, whoever sent the row."""
    nodes = inputs.mart("stock_node").select("node", "owner")
    kept = rows.drop("owner") if "owner" in rows.columns else rows
    return kept.inner_join(nodes, "node")


def _day(moment: ir.Value) -> ir.Value:
    return (moment + EAST).date()


MARTS = (
    Mart("lot_day", lot_day, reads=("stock_lot",), uses=("stock_node",), owner="owner"),
    Mart("moved_day", moved_day, reads=("stock_move", "stock_lot"), uses=("stock_node",), owner="owner"),
    Mart("available_day", available_day, reads=("availability",), uses=("stock_node",), owner="owner"),
    Mart("inbound_line", inbound_line, reads=("inbound",), uses=("stock_node",), owner="owner"),
    Mart("unit_cost", unit_cost_day, reads=("product_cost",)),
    Mart("supply_week", supply_week, reads=("supply_limit",)),
)
