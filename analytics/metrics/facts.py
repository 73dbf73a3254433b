"""Facts that metrics aggregate, and the dimensions that facts can be cut by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from analytics.core.geo import RESOLUTIONS
from analytics.metrics import member_facts, pool_facts, shelf_facts
from analytics.metrics.given import Given, Prepare


def _as_it_is(rows: ir.Table, given: Given) -> ir.Table:
    del given
    return rows


@dataclass(frozen=True, slots=True)
class Fact:
    """``tables``: marts that hold the fact, the coarsest first; the first with every column that is asked for serves.

    ``needs``: contract tables without which the fact is unknown. ``prepare`` runs on scoped rows, before any filter;
    ``beside`` names the other marts that it reads, ``columns`` those of its own rows, where an old build may lack them.
    ``blind``: columns that its marts have and that mean nothing for it: what was kept has no cause.
    ``adds``: columns to cut by that ``prepare`` makes.
    ``summed``: those of ``tables`` that are sums over all partners: they serve who sees every row.
    ``unfiltered``: whether its rows mean nothing once some of them are left out.
    """

    name: str
    tables: tuple[str, ...]
    needs: tuple[str, ...]
    prepare: Prepare = _as_it_is
    beside: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    blind: tuple[str, ...] = ()
    adds: tuple[str, ...] = ()
    summed: tuple[str, ...] = ()
    unfiltered: bool = False

    def spares(self, mart: str) -> bool:
        """Whether ``mart`` only answers sooner what a finer one knows, too: an older build may lack it."""
        return mart in self.summed or mart != self.tables[-1]


def _counted(rows: ir.Table, given: Given) -> ir.Table:
    del given
    if "lines" in rows.columns:
        return rows
    return rows.mutate(lines=ibis.literal(1), costed_lines=ibis.ifelse(rows.cost.notnull(), 1, 0))


def _orders(rows: ir.Table, given: Given) -> ir.Table:
    del given
    if "orders" in rows.columns:
        return rows
    sales, nobody = rows.filter(rows.kind == "sale"), rows.buyer.isnull()
    return sales.mutate(
        orders=ibis.literal(1),
        told=ibis.ifelse(nobody, 0, 1),
        untold_amount=ibis.ifelse(nobody, rows.amount, 0),
    )


def _kind(wanted: str) -> Prepare:
    return lambda rows, _: rows.filter(rows.kind == wanted)


def _due(rows: ir.Table, given: Given) -> ir.Table:
    """A promise that may still be kept is not judged: the data end before it counts as broken."""
    del given
    pending = (rows.open_until > rows.day.max().as_scalar()).fill_null(False)
    return rows.mutate(tracked=ibis.ifelse(pending, 0, rows.tracked))


def _online(rows: ir.Table, given: Given) -> ir.Table:
    """``online``: 1 where something was sold within the policy's days. Of the first days of the data nobody knows."""
    days = given.terms.online_days
    known = rows.filter(rows.told >= days - 1)
    return known.mutate(online=ibis.ifelse((known.since < days).fill_null(False), 1, 0))


CAUSE = ("reason",)
STOCK = ("span", "reserved", "told", "lain", "idle", "recent")

FACTS: dict[str, Fact] = {
    fact.name: fact
    for fact in (
        Fact("sales", ("sales_day", "product_day", "sales_line"), ("order_line",), _counted, summed=("product_day",)),
        Fact("sales_line", ("sales_line",), ("order_line",)),
        Fact("order", ("order_day", "document"), ("order_line",), _orders, blind=CAUSE),
        Fact("ordering", ("document",), ("order_line",), _kind("sale"), blind=CAUSE),
        Fact(
            "buyer",
            ("buyer_day",),
            ("order_line",),
            member_facts.once_in_period,
            summed=("buyer_day",),
            unfiltered=True,
        ),
        Fact("refund", ("refund_line",), ("refund_line",)),
        Fact("refund_document", ("document",), ("refund_line",), _kind("refund")),
        Fact("document", ("document",), ("order_line",), blind=CAUSE),
        Fact("fulfilment", ("fulfilment",), ("order_line",), _due, blind=CAUSE),
        Fact("cancellation", ("fulfilment",), ("order_line",)),
        Fact("purchase", ("purchase",), ("order_line",), member_facts.with_gap),
        Fact("shelf", ("shelf_day",), ("listing",)),
        Fact("stock", ("stock_day",), ("stock_lot",), pool_facts.judged, columns=STOCK),
        Fact("pool", ("stock_day",), ("stock_lot", "node"), pool_facts.shared, ("product", "site"), STOCK),
        Fact("cover", ("stock_day",), ("stock_lot", "order_line"), pool_facts.paced, columns=STOCK),
        Fact("lot", ("lot_day",), ("stock_lot",), pool_facts.ageing, beside=("product",), columns=("place",)),
        Fact("empty", ("shelf_day",), ("listing", "region"), pool_facts.empty, beside=("place",)),
        Fact(
            "coexisting",
            ("shelf_day",),
            ("listing", "stock_lot", "order_line"),
            pool_facts.coexisting,
            beside=("stock_day", "place"),
        ),
        Fact(
            "shipped",
            ("fulfilment",),
            ("order_line", "node", "channel"),
            pool_facts.shipped,
            beside=("site",),
            blind=CAUSE,
        ),
        Fact(
            "located",
            ("document",),
            ("order_line", "stock_lot", "node"),
            pool_facts.located,
            beside=("place", "stock_day"),
            blind=CAUSE,
        ),
        Fact("reached", ("order_near",), ("order_line", "stock_lot", "node"), pool_facts.reached, ("stock_node",)),
        Fact(
            "districted",
            ("document",),
            ("order_line", "stock_lot", "node", "region"),
            pool_facts.districted,
            beside=("place", "stock_day"),
            blind=CAUSE,
        ),
        Fact(
            "within_district",
            ("order_near",),
            ("order_line", "stock_lot", "node", "region"),
            pool_facts.within_district,
            beside=("stock_node",),
        ),
        Fact("sell_in", ("sell_in",), ("sell_in",)),
        # Dealers sell on in other places than those where they take delivery.
        Fact("bought_in", ("sell_in",), ("sell_in",), blind=("place",)),
        Fact("partner_event", ("partner_event",), ("partner_event",), columns=("passed",)),
        Fact("settled", ("receivable",), ("receivable",)),
        Fact("spend", ("spend",), ("spend",)),
        Fact("network", ("partner_day",), ("order_line", "partner"), _online, columns=("since", "told")),
        *(
            Fact(
                f"retained_{days}",
                ("first_purchase",),
                ("order_line",),
                member_facts.retained(days),
                beside=("purchase",),
            )
            for days in member_facts.RETAINED_DAYS
        ),
        Fact(
            "converted",
            ("first_purchase",),
            ("order_line", "channel"),
            member_facts.converted(member_facts.CONVERTED_DAYS),
            beside=("purchase", "channel"),
        ),
        Fact(
            "variety",
            ("sales_line",),
            ("order_line", "product", "channel"),
            member_facts.variety,
            beside=("product", "channel"),
        ),
        Fact("joined", ("member_event",), ("member_event",), _kind("join")),
        Fact("referral", ("member_event",), ("member_event",), _kind("referral")),
        Fact("nps", ("survey",), ("survey",), _kind("nps")),
        Fact("satisfaction", ("survey",), ("survey",), _kind("satisfaction")),
        # The holder of a code is a dealer, sales are told by those below: only products can be compared.
        Fact("scan", ("scanned",), ("code_scan",), _kind("product")),
        Fact(
            "space",
            ("listed",),
            ("listing", "node"),
            shelf_facts.spaces,
            beside=("stock_node", "sales_line"),
            adds=("day", "partner", "place"),
        ),
        Fact("complaint", ("partner_event",), ("partner_event",), _kind("complaint")),
        Fact("first_purchase", ("first_purchase",), ("order_line",), member_facts.first_in_scope),
    )
}


@dataclass(frozen=True, slots=True)
class Dimension:
    """``column`` of the fact itself, or of ``table`` joined on ``key``; ``derive`` makes it from the fact's rows."""

    name: str
    key: str
    table: str | None = None
    column: str | None = None
    derive: Callable[[ir.Table], ir.Value] | None = None


def _truncated(unit: str) -> Callable[[ir.Table], ir.Value]:
    return lambda rows: rows.day.truncate(unit)


DIMENSIONS: dict[str, Dimension] = {
    dimension.name: dimension
    for dimension in (
        Dimension("day", "day"),
        Dimension("week", "day", derive=_truncated("W")),
        Dimension("month", "day", derive=_truncated("M")),
        Dimension("year", "day", derive=_truncated("Y")),
        Dimension("channel", "channel"),
        Dimension("channel_group", "channel", "channel", "channel_group"),
        Dimension("private_domain", "channel", "channel", "private_domain"),
        Dimension("mode", "mode"),
        Dimension("node", "node"),
        Dimension("node_kind", "node", "site", "kind"),
        Dimension("partner", "partner"),
        Dimension("partner_kind", "partner", "partner", "kind"),
        Dimension("dealer", "partner", "partner", "dealer"),
        Dimension("sku", "sku"),
        Dimension("category", "sku", "product", "category"),
        Dimension("brand", "sku", "product", "brand"),
        Dimension("identified", "identified"),
        Dimension("reason", "reason"),
        Dimension("place", "place"),
        Dimension("region", "place", "place", "region"),
        Dimension("city", "place", "place", "city"),
        Dimension("province", "place", "place", "province"),
        *(Dimension(f"cell{resolution}", "place", "place", f"cell{resolution}") for resolution in RESOLUTIONS),
    )
}
