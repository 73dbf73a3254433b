"""Demand marts: what was sold from which node, where it is listed, and what is planned for it."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from analytics.core.access import ROOT
from data.marts.mart import Inputs, Mart, Slices

UNNAMED = "p:"
"""Before the partner's code: the node of lines that name none."""

OPEN_END = "9999-12-31"


def sell_out(inputs: Inputs) -> ir.Table:
    """Grain: source × node × sku × day × period; what supermarkets report that send no orders."""
    rows = inputs.current("sell_out_agg")
    return rows.select(
        "source", "node", "sku", "day", "period", owner=rows.partner.fill_null(ROOT),
        units=rows.quantity.cast("decimal(18, 3)"),
    )  # fmt: skip


def demand(inputs: Inputs) -> ir.Table:
    """Grain: node × sku × day × period (day, week); order lines and aggregated sell-out are one demand.

    Owner: who owns the node, whoever the order came through: the stock that has to meet it stands there. Lines without
    a node are met by the partner they came through; a node that nobody declared is the brand's.
    """
    lines, reported, declared = inputs.mart("sales_line"), inputs.mart("sell_out"), inputs.current("node")
    ordered = lines.select(
        node=ibis.coalesce(lines.node, ibis.literal(UNNAMED) + lines.owner), sku=lines.sku, day=lines.day,
        period=ibis.literal("day"), units=lines.units.cast("decimal(18, 3)"),
        owner=ibis.ifelse(lines.node.isnull(), lines.owner, ROOT),
    )  # fmt: skip
    sold = ordered.union(reported.mutate(owner=ibis.literal(ROOT)).select(*ordered.columns))
    owners = declared.select("node", declared_owner=declared.partner.fill_null(ROOT))
    joined = sold.left_join(owners, "node")
    owned = joined.mutate(owner=ibis.coalesce(joined.declared_owner, joined.owner))
    summed = owned.group_by("owner", "node", "sku", "day", "period").aggregate(units=owned.units.sum())
    return summed.mutate(units=summed.units.cast("float64"))


def stock_node(inputs: Inputs) -> ir.Table:
    """Grain: node; those declared, and those that only facts name (``listed`` false). Owner: the node's partner."""
    declared, sold = inputs.current("node"), inputs.mart("demand")
    known = declared.select(
        node=declared.node, name=declared.name, kind=declared.kind, region=declared.region,
        owner=declared.partner.fill_null(ROOT), listed=ibis.literal(True),
        latitude=declared.latitude, longitude=declared.longitude, capacity=declared.capacity.cast("float64"),
    )  # fmt: skip
    missing = sold.select("node", "owner").distinct().anti_join(known, "node")
    unlisted = missing.select(
        node=missing.node, name=missing.node.re_replace(f"^{UNNAMED}", ""), kind=ibis.null("string"),
        region=ibis.null("string"), owner=missing.owner, listed=ibis.literal(False),
        latitude=ibis.null("float64"), longitude=ibis.null("float64"), capacity=ibis.null("float64"),
    )  # fmt: skip
    return known.union(unlisted)


def site(inputs: Inputs) -> ir.Table:
    """Grain: declared node; of which kind it is. A shipment from somebody else's node may be told apart by it."""
    return inputs.current("node").select("node", "kind")


def listed(inputs: Inputs) -> ir.Table:
    """Grain: node × sku × first day of a listing; ``last`` is far away where it is open."""
    rows = inputs.current("listing")
    nodes = inputs.mart("stock_node").select("node", "owner")
    joined = rows.inner_join(nodes, "node")
    return joined.select(
        "owner", "node", "sku", first=joined.valid_from, last=joined.valid_to.fill_null(ibis.date(OPEN_END))
    )


def supply_lane(inputs: Inputs) -> ir.Table:
    """Grain: lane. ``sku`` is null for a lane of every SKU of the node.

    ``origin_name``: what the origin is called; who is supplied knows by whom, though that node is another's.
    """
    rows, all_nodes = inputs.current("lane"), inputs.mart("stock_node")
    joined = rows.inner_join(all_nodes.select("node", "owner"), "node")
    origins = all_nodes.select(_origin="node", origin_name="name")
    joined = joined.left_join(origins, joined.origin == origins["_origin"])
    return joined.select(
        "owner", "lane", "origin", "origin_name", "node", "sku", "cut_off",
        lead_days=joined.lead_days.cast("float64"), spread=joined.lead_days_spread.cast("float64"),
        review_weekdays=joined.review_weekdays,
        fixed_cost=joined.fixed_cost.cast("float64"), cost_per_kg=joined.cost_per_kg.cast("float64"),
    )  # fmt: skip


def promotion_plan(inputs: Inputs) -> ir.Table:
    """Grain: promotion, as far as it is authorised; days in the business's own calendar of UTC+8 (see the door)."""
    rows = inputs.current("promotion")
    rows = rows.filter(rows.authorised_by.notnull())
    return rows.select(
        "promotion", "sku", "category", "region", "channel",
        owner=rows.partner.fill_null(ROOT),
        price=rows.price.cast("float64"), discount=rows.discount.cast("float64"),
        first=(rows.starts_at + ibis.interval(hours=8)).date(), last=(rows.ends_at + ibis.interval(hours=8)).date(),
    )  # fmt: skip


def price_plan(inputs: Inputs) -> ir.Table:
    """Grain: sku × valid from; the agreed base price."""
    rows = inputs.current("price_policy")
    return rows.select("sku", first=rows.valid_from, price=rows.base_price.cast("float64"))


MARTS = (
    Mart(
        "sell_out",
        sell_out,
        reads=("sell_out_agg",),
        owner="owner",
        slices=Slices({"sell_out_agg": lambda rows: {"source": rows.source, "node": rows.node}}),
    ),
    Mart(
        "demand",
        demand,
        reads=("node",),
        uses=("sales_line", "sell_out"),
        owner="owner",
        slices=Slices({name: lambda rows: {"day": rows.day} for name in ("sales_line", "sell_out")}),
    ),
    Mart("site", site, reads=("node",)),
    Mart("stock_node", stock_node, reads=("node",), uses=("demand",), owner="owner"),
    Mart("listed", listed, reads=("listing",), uses=("stock_node",), owner="owner"),
    Mart("supply_lane", supply_lane, reads=("lane",), uses=("stock_node",), owner="owner"),
    Mart("promotion_plan", promotion_plan, reads=("promotion",), owner="owner", reference=True),
    Mart("price_plan", price_plan, reads=("price_policy",)),
)
