"""Sales marts: paid, not cancelled order lines and refunds, at the grains that questions need."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from analytics.core.access import ROOT
from data.marts.mart import Inputs, Mart, Slices
from data.marts.mentions import place_key

MONEY = "decimal(18, 4)"


def sales_line(inputs: Inputs) -> ir.Table:
    """Grain: order line that was paid and not cancelled.

    ``cost`` is quantity × the unit cost valid on the day, null where no cost is known; ``costed_amount`` is the amount
    of the lines whose cost is known, so that a margin rate never divides by sales without cost. ``buyer`` is the member
    account, or the partner itself for wholesale orders, else null.
    """
    lines = inputs.current("order_line")
    sold = lines.filter(lines.paid_at.notnull() & lines.cancelled_at.isnull())
    sold = sold.left_join(_groups(inputs), "channel").drop("channel_right")
    cost = unit_cost(inputs).rename(cost_sku="sku")
    costed = sold.left_join(
        cost, [sold.sku == cost.cost_sku, sold.business_day >= cost.cost_from, sold.business_day < cost.cost_to]
    )
    line_cost = (costed.quantity * costed.unit_cost).cast(MONEY)
    return costed.select(
        day=costed.business_day,
        owner=costed.entry_partner.fill_null(ROOT),
        source=costed.source,
        order_id=costed.order_id,
        line_no=costed.line_no,
        channel=costed.channel,
        partner=costed.entry_partner,
        account=costed.account,
        buyer=buyer(costed),
        sku=costed.sku,
        node=costed.node,
        mode=costed.fulfilment,
        place=place_key(costed),
        units=costed.quantity,
        amount=costed.amount,
        cost=line_cost,
        costed_amount=ibis.ifelse(line_cost.notnull(), costed.amount, ibis.null(MONEY)),
    )


def buyer(rows: ir.Table) -> ir.StringValue:
    """Who bought: ``a:`` source and account (a member as one system knows it), or ``p:`` partner in wholesale.

    Null when nobody is known.
    """
    partner = ibis.ifelse(
        rows.channel_group == "wholesale", ibis.literal("p:") + rows.entry_partner, ibis.null("string")
    )
    return ibis.coalesce(ibis.literal("a:") + rows.source + "\x1f" + rows.account, partner)


def _groups(inputs: Inputs) -> ir.Table:
    return inputs.current("channel").select("channel", "channel_group")


def unit_cost(inputs: Inputs) -> ir.Table:
    """Unit cost per SKU from ``cost_from`` until before ``cost_to``."""
    costs = inputs.current("product_cost")
    following = costs.valid_from.lead().over(group_by="sku", order_by="valid_from")
    return costs.select(
        sku=costs.sku,
        unit_cost=costs.cost,
        cost_from=costs.valid_from,
        cost_to=following.fill_null(ibis.date("9999-12-31")),
    )


def sales_day(inputs: Inputs) -> ir.Table:
    """Grain: day × owner × partner × channel × place × whether the buyer is a known account; sums of sales_line."""
    lines = inputs.mart("sales_line")
    return lines.group_by("day", "owner", "partner", "channel", "place", identified=lines.account.notnull()).aggregate(
        lines=lines.count(),
        units=lines.units.sum().cast("decimal(18, 3)"),
        amount=lines.amount.sum().cast(MONEY),
        cost=lines.cost.sum().cast(MONEY),
        costed_amount=lines.costed_amount.sum().cast(MONEY),
    )


def source_day(inputs: Inputs) -> ir.Table:
    """Grain: source × day on which it told of a sale; whether, and not how many, so that it says nothing of anybody."""
    return inputs.mart("sales_line").select("source", "day").distinct()


def refund_line(inputs: Inputs) -> ir.Table:
    """Grain: refund line, on the day of the refund; the sale stays as it was, and tells its node and mode."""
    refunds, sent = inputs.current("refund_line"), _nodes(inputs).rename(sold_by="source", sold_order="order_id")
    rows = refunds.left_join(
        sent,
        [
            refunds.source == sent.sold_by,
            refunds.order_id == sent.sold_order,
            refunds.order_line_no == sent.sold_line,
        ],
    )
    return rows.select(
        day=rows.business_day,
        owner=rows.entry_partner.fill_null(ROOT),
        source=rows.source,
        refund_id=rows.refund_id,
        channel=rows.channel,
        partner=rows.entry_partner,
        account=rows.account,
        sku=rows.sku,
        place=place_key(rows),
        node=rows.node,
        mode=rows.mode,
        reason=rows.reason,
        units=rows.quantity,
        amount=rows.amount,
    )


def _nodes(inputs: Inputs) -> ir.Table:
    """Node and mode of every order line that names one of them."""
    lines = inputs.current("order_line")
    told = lines.filter(lines.node.notnull() | lines.fulfilment.notnull())
    return told.select("source", "order_id", "node", mode=told.fulfilment, sold_line=told.line_no)


def document(inputs: Inputs) -> ir.Table:
    """Grain: document × owner; an order (kind sale) or a refund document (kind refund), on the day of its first line.

    An order that came through two partners is an order of each of them: were it given to one, what one partner sees
    would depend on the other's rows. Where the lines of an order name several channels it counts for the smallest.
    """
    sales, refunds = inputs.mart("sales_line"), inputs.mart("refund_line")
    orders = sales.group_by("source", "owner", document=sales.order_id).aggregate(
        kind=ibis.literal("sale"), reason=ibis.null("string"), **_head(sales), buyer=sales.buyer.min()
    )
    returned = refunds.group_by("source", "owner", document=refunds.refund_id).aggregate(
        kind=ibis.literal("refund"), reason=refunds.reason.min(), **_head(refunds), buyer=ibis.null("string")
    )
    return orders.union(returned.select(*orders.columns))


def _document(kind: str, source: ir.Value, document: ir.Value) -> dict[str, ir.Value]:
    return {"kind": ibis.literal(kind), "source": source, "document": document}


def _head(rows: ir.Table) -> dict[str, ir.Value]:
    return {
        "day": rows.day.min(),
        "through": rows.day.max(),
        "channel": rows.channel.min(),
        "partner": rows.partner.min(),
        "account": rows.account.min(),
        "place": rows.place.min(),
        "lines": rows.count(),
        "amount": rows.amount.sum().cast(MONEY),
    }


def first_purchase(inputs: Inputs) -> ir.Table:
    """Grain: buyer × owner; the buyer's first order with that owner (earliest day, then smallest order number)."""
    orders = inputs.mart("document").filter(lambda t: (t.kind == "sale") & t.buyer.notnull())
    place_in_line = ibis.row_number().over(group_by=["buyer", "owner"], order_by=["day", "source", "document"])
    ranked = orders.mutate(nth=place_in_line)
    return ranked.filter(ranked.nth == 0).select("buyer", "owner", "day", "channel", "partner", "place")


MARTS = (
    Mart(
        "sales_line",
        sales_line,
        reads=("order_line", "product_cost", "channel"),
        owner="owner",
        slices=Slices(
            {"order_line": lambda rows: {"source": rows.source, "order_id": rows.order_id}},
            joined={"product_cost": ("sku", unit_cost), "channel": ("channel", _groups)},
        ),
    ),
    Mart(
        "sales_day",
        sales_day,
        uses=("sales_line",),
        owner="owner",
        slices=Slices({"sales_line": lambda rows: {"day": rows.day}}),
    ),
    Mart(
        "source_day",
        source_day,
        uses=("sales_line",),
        slices=Slices({"sales_line": lambda rows: {"day": rows.day}}),
    ),
    Mart(
        "refund_line",
        refund_line,
        reads=("refund_line", "order_line"),
        owner="owner",
        slices=Slices(
            {"refund_line": lambda rows: {"source": rows.source, "refund_id": rows.refund_id}},
            joined={"order_line": ("order_id", _nodes)},
            alone=("order_line",),
        ),
    ),
    Mart(
        "document",
        document,
        uses=("sales_line", "refund_line"),
        owner="owner",
        slices=Slices(
            {
                "sales_line": lambda rows: _document("sale", rows.source, rows.order_id),
                "refund_line": lambda rows: _document("refund", rows.source, rows.refund_id),
            }
        ),
    ),
    Mart(
        "first_purchase",
        first_purchase,
        uses=("document",),
        owner="owner",
        slices=Slices({"document": lambda rows: {"buyer": rows.buyer, "owner": rows.owner}}),
    ),
)
