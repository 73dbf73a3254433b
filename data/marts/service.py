"""How orders were fulfilled: one row per paid line."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from analytics.core.access import ROOT
from data.marts.mart import Inputs, Mart, Slices
from data.marts.mentions import place_key


def fulfilment(inputs: Inputs) -> ir.Table:
    """Grain: paid order line, cancelled or not, on the day it was paid.

    ``tracked``: 1 where a promise and a delivery can be compared. ``on_time_in_full``: 1 where everything was delivered
    by the promised time. ``open_until``: first day on which a promise that is neither kept nor broken yet counts as
    broken; null for the others. ``oversold``: cancelled for no stock.
    """
    lines = inputs.current("order_line")
    paid = lines.filter(lines.paid_at.notnull())
    sent = _sent(inputs).rename(sent_by="source", sent_order="order_id")
    rows = paid.left_join(
        sent, [paid.source == sent.sent_by, paid.order_id == sent.sent_order, paid.line_no == sent.sent_line]
    )
    cancelled = rows.cancelled_at.notnull()
    tracked = rows.promised_at.notnull() & ~cancelled
    whole = (rows.sent >= rows.quantity) & (rows.undelivered == 0) & (rows.late == 0)
    # The day after the promise, because a promise keeps its instant and not the day of its own place.
    judged = (rows.promised_at + ibis.interval(days=1)).date()
    return rows.select(
        day=rows.business_day,
        owner=rows.entry_partner.fill_null(ROOT),
        source=rows.source,
        order_id=rows.order_id,
        line_no=rows.line_no,
        channel=rows.channel,
        partner=rows.entry_partner,
        sku=rows.sku,
        node=rows.node,
        place=place_key(rows),
        mode=rows.fulfilment,
        reason=rows.cancel_reason,
        units=rows.quantity,
        amount=rows.amount,
        lines=ibis.literal(1),
        cancelled=ibis.ifelse(cancelled, 1, 0),
        oversold=ibis.ifelse(cancelled & (rows.cancel_reason == "no_stock"), 1, 0),
        tracked=ibis.ifelse(tracked, 1, 0),
        on_time_in_full=ibis.ifelse(tracked & whole, 1, 0),
        open_until=ibis.ifelse(tracked & ~whole & (rows.late == 0), judged, ibis.null("date")),
    )


def _sent(inputs: Inputs) -> ir.Table:
    """Shipments added up per order line: units sent, parts not delivered yet, parts delivered late, last promise."""
    rows = inputs.current("shipment_line")
    late = rows.promised_at.notnull() & rows.delivered_at.notnull() & (rows.delivered_at > rows.promised_at)
    return rows.group_by("source", "order_id", sent_line=rows.order_line_no).aggregate(
        sent=rows.quantity.sum().cast("decimal(18, 3)"),
        undelivered=ibis.ifelse(rows.delivered_at.isnull(), 1, 0).sum().cast("int64"),
        late=ibis.ifelse(late, 1, 0).sum().cast("int64"),
        promised_at=rows.promised_at.max(),
    )


MARTS = (
    Mart(
        "fulfilment",
        fulfilment,
        reads=("order_line", "shipment_line"),
        owner="owner",
        slices=Slices(
            {"order_line": lambda rows: {"source": rows.source, "order_id": rows.order_id}},
            joined={"shipment_line": ("order_id", _sent)},
        ),
    ),
)
