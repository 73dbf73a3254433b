"""The columns of the tables about service."""

from __future__ import annotations

from dashboard.ui.tables import Column

RATES = (
    Column("paid_lines", "metric.paid_lines.label", "count", 90),
    Column("share", "column.share", "rate", 70),
    Column("on_time_in_full", "metric.on_time_in_full.label", "rate"),
    Column("cancellation_rate", "metric.cancellation_rate.label", "rate"),
    Column("oversell_rate", "metric.oversell_rate.label", "rate"),
)
MODES = (Column("name", "column.mode", width=90), *RATES)
CHANNELS = (Column("name", "column.channel", width=130), *RATES)
CAUSES = (
    Column("what", "column.what", width=60),
    Column("name", "column.cause", width=100),
    Column("lines", "metric.order_lines.label", "count", 90),
    Column("share", "column.share", "rate", 62),
)
PLACES = (
    Column("name", "column.partner", width=160),
    Column("out_of_stock_rate", "metric.out_of_stock_rate.label", "rate"),
    Column("on_time_in_full", "metric.on_time_in_full.label", "rate"),
    Column("cancellation_rate", "metric.cancellation_rate.label", "rate"),
    Column("refund_rate", "metric.refund_rate.label", "rate"),
    Column("complaints", "metric.complaints.label", "count"),
)
NODES = (
    Column("name", "column.node", width=160),
    Column("paid_lines", "metric.paid_lines.label", "count"),
    Column("cancelled_lines", "metric.cancelled_lines.label", "count"),
    Column("refund_lines", "metric.refund_lines.label", "count"),
    Column("cause", "column.main_cause", width=110),
    Column("on_time_in_full", "metric.on_time_in_full.label", "rate"),
    Column("out_of_stock_rate", "metric.out_of_stock_rate.label", "rate"),
)
