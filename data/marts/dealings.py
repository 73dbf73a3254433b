"""What passes between the brand and its partners: goods shipped to them, what they owe, what is spent."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from analytics.core.access import ROOT
from data.marts.mart import Inputs, Mart
from data.marts.mentions import PARTNER

MONEY = "decimal(18, 4)"


def sell_in(inputs: Inputs) -> ir.Table:
    """Grain: line of a shipment to a partner, on the day it left."""
    rows = inputs.current("sell_in")
    return rows.select(
        "partner", "sku", "amount", day=rows.business_day, owner=rows.partner, place=_at(rows.partner),
        units=rows.quantity,
    )  # fmt: skip


def receivable(inputs: Inputs) -> ir.Table:
    """Grain: document that was settled in full, on that day; ``amount_days`` is its amount × days since it was issued.

    Settled before it was issued counts as at once.
    """
    rows = inputs.current("receivable").filter(lambda t: t.settled.notnull())
    took = ibis.greatest(rows.settled.delta(rows.issued, unit="day"), 0)
    return rows.select(
        "partner", "amount", day=rows.settled, owner=rows.partner, place=_at(rows.partner),
        amount_days=(rows.amount * took).cast(MONEY),
    )  # fmt: skip


def spend(inputs: Inputs) -> ir.Table:
    """Grain: document of what marketing cost, on the day it belongs to; null where an amount is not told."""
    rows = inputs.current("spend")
    return rows.select(
        "channel", "partner", "planned", "paid", "verified", day=rows.business_day, owner=rows.partner.fill_null(ROOT),
        place=_at(rows.partner),
    )  # fmt: skip


def _at(partner: ir.StringValue) -> ir.StringValue:
    return ibis.literal(PARTNER) + partner


MARTS = (
    Mart("sell_in", sell_in, reads=("sell_in",), owner="owner"),
    Mart("receivable", receivable, reads=("receivable",), owner="owner"),
    Mart("spend", spend, reads=("spend",), owner="owner"),
)
