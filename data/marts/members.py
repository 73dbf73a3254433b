"""Members: every order of somebody known, with the order before it, and what they do besides."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from analytics.core.access import ROOT
from data.marts.mart import Inputs, Mart, Slices
from data.marts.mentions import PARTNER


def purchase(inputs: Inputs) -> ir.Table:
    """Grain: order of a known buyer, as in the mart ``document``; ``before`` is the day of the buyer's order before it,
    null for the first one.

    That order may be anybody's: only who sees all orders may be told of it.
    """
    orders = inputs.mart("document").filter(lambda t: (t.kind == "sale") & t.buyer.notnull())
    in_turn = ibis.window(group_by="buyer", order_by=["day", "source", "document", "owner"])
    return orders.select(
        "source", "owner", "document", "day", "channel", "partner", "place", "buyer", "amount", "lines",
        before=orders.day.lag().over(in_turn),
    )  # fmt: skip


def member_event(inputs: Inputs) -> ir.Table:
    """Grain: what a member did besides ordering, on that day; ``referred`` is the account that a referral brought."""
    rows = inputs.current("member_event")
    return rows.select(
        "source", "account", "kind", "channel", "sku", "referred", "partner", day=rows.business_day,
        owner=rows.partner.fill_null(ROOT), place=ibis.literal(PARTNER) + rows.partner,
    )  # fmt: skip


def survey(inputs: Inputs) -> ir.Table:
    """Grain: answer to a survey, on its day; whoever gave it stays out."""
    rows = inputs.current("survey")
    return rows.select(
        "kind", "score", "partner", day=rows.business_day, owner=rows.partner.fill_null(ROOT),
        place=ibis.literal(PARTNER) + rows.partner,
    )  # fmt: skip


def scanned(inputs: Inputs) -> ir.Table:
    """Grain: scan of a code, on its day; who scanned it and where stay out."""
    rows = inputs.current("code_scan")
    return rows.select("code", "kind", "sku", day=rows.business_day, owner=rows.partner.fill_null(ROOT))


MARTS = (
    Mart("member_event", member_event, reads=("member_event",), owner="owner"),
    Mart("survey", survey, reads=("survey",), owner="owner"),
    Mart("scanned", scanned, reads=("code_scan",), owner="owner"),
    Mart(
        "purchase",
        purchase,
        uses=("document",),
        owner="owner",
        slices=Slices({"document": lambda rows: {"buyer": rows.buyer}}),
    ),
)
