"""Facts that metrics aggregate, and the dimensions that facts can be cut by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from analytics.core.geo import RESOLUTIONS


def _as_it_is(rows: ir.Table) -> ir.Table:
    return rows


@dataclass(frozen=True, slots=True)
class Fact:
    """``tables``: marts that hold the fact, the coarsest first; the first with every column that is asked for serves.

    ``needs``: contract tables without which the fact is unknown. ``prepare`` runs on scoped rows, before any filter.
    """

    name: str
    tables: tuple[str, ...]
    needs: tuple[str, ...]
    prepare: Callable[[ir.Table], ir.Table] = _as_it_is


def _counted(rows: ir.Table) -> ir.Table:
    return rows if "lines" in rows.columns else rows.mutate(lines=ibis.literal(1))


def _kind(wanted: str) -> Callable[[ir.Table], ir.Table]:
    return lambda rows: rows.filter(rows.kind == wanted)


def _first_in_scope(rows: ir.Table) -> ir.Table:
    """A buyer is new once within what the asker may see: the earliest of the first orders per owner."""
    order = ibis.row_number().over(group_by="buyer", order_by=["day", "owner"])
    return rows.mutate(nth=order).filter(lambda t: t.nth == 0).drop("nth")


def _with_gap(rows: ir.Table) -> ir.Table:
    """Orders of known buyers with ``gap``: days since the order before, among the orders that the asker may see."""
    orders = rows.filter((rows.kind == "sale") & rows.buyer.notnull())
    before = orders.day.lag().over(group_by="buyer", order_by=["day", "source", "document"])
    return orders.mutate(gap=orders.day.delta(before, unit="day"))


def _due(rows: ir.Table) -> ir.Table:
    """A promise that may still be kept is not judged: the data end before it counts as broken."""
    pending = (rows.open_until > rows.day.max().as_scalar()).fill_null(False)
    return rows.mutate(tracked=ibis.ifelse(pending, 0, rows.tracked))


FACTS: dict[str, Fact] = {
    fact.name: fact
    for fact in (
        Fact("sales", ("sales_day", "sales_line"), ("order_line",), _counted),
        Fact("sales_line", ("sales_line",), ("order_line",)),
        Fact("order", ("document",), ("order_line",), _kind("sale")),
        Fact("refund", ("refund_line",), ("refund_line",)),
        Fact("refund_document", ("document",), ("refund_line",), _kind("refund")),
        Fact("document", ("document",), ("order_line",)),
        Fact("fulfilment", ("fulfilment",), ("order_line",), _due),
        Fact("purchase", ("document",), ("order_line",), _with_gap),
        Fact("shelf", ("shelf_day",), ("listing",)),
        Fact("stock", ("stock_day",), ("stock_lot",)),
        Fact("network", ("partner_day",), ("order_line", "partner")),
        Fact("complaint", ("partner_event",), ("partner_event",), _kind("complaint")),
        Fact("first_purchase", ("first_purchase",), ("order_line",), _first_in_scope),
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
        Dimension("partner", "partner"),
        Dimension("partner_kind", "partner", "partner", "kind"),
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
