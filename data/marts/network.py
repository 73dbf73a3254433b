"""The network of partners as it lives: who was online on which day, and what happened to partners."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from data.marts.mart import Inputs, Mart, Slices

REACH_DAYS = 92
"""Days, that day included, within which a sale is looked for. The policy says how many make a partner online."""


def partner_day(inputs: Inputs) -> ir.Table:
    """Grain: day × declared partner that had joined and not left.

    ``since``: days since it last sold something, null where that is longer ago than :data:`REACH_DAYS` or never was;
    ``told``: days since the data begin, for before them nobody knows. Of days that nobody sold anything on, nothing is
    told.
    """
    sold, opening = inputs.mart("sales_day"), inputs.mart("opening_day")
    days = sold.select("day").distinct().cross_join(opening)
    known = days.select("day", told=days.day.delta(days.opening, unit="day"))
    partners = inputs.mart("partner").filter(lambda t: t.listed)
    there = partners.cross_join(known).filter(
        lambda t: (t.joined.isnull() | (t.joined <= t.day)) & (t.left.isnull() | (t.left > t.day))
    )
    nothing = {"sale": ibis.null("date"), "kind": ibis.literal(1)}
    sale = sold.filter(sold.partner.notnull()).select("partner", "day", sale="day", kind=ibis.literal(0)).distinct()
    marks = there.select("partner", "day", "told", **nothing).union(
        sale.select("partner", "day", told=ibis.null("int64"), sale="sale", kind="kind")
    )
    # Sales of a day stand before the day itself, so that it counts.
    until_then = ibis.cumulative_window(group_by="partner", order_by=["day", "kind"])
    last = marks.mutate(last=marks.sale.max().over(until_then)).filter(lambda t: t.kind == 1)
    since = last.day.delta(last["last"], unit="day")
    found = last.select("partner", "day", "told", since=ibis.ifelse(since < REACH_DAYS, since, ibis.null("int64")))
    return found.mutate(owner=found.partner, place=ibis.literal("p:") + found.partner, partners=ibis.literal(1))


def opening_day(inputs: Inputs) -> ir.Table:
    """One row: the first day that anything was sold on; null where nothing was."""
    return inputs.mart("sales_day").aggregate(opening=lambda t: t.day.min())


def partner_event(inputs: Inputs) -> ir.Table:
    """Grain: event of a partner, on the day that it happened."""
    rows = inputs.current("partner_event")
    return rows.select(
        "partner",
        "kind",
        "passed",
        day=rows.business_day,
        owner=rows.partner,
        place=ibis.literal("p:") + rows.partner,
        lines=ibis.literal(1),
    )


MARTS = (
    Mart("opening_day", opening_day, uses=("sales_day",)),
    Mart(
        "partner_day",
        partner_day,
        uses=("sales_day", "partner", "opening_day"),
        owner="owner",
        slices=Slices(
            {"sales_day": lambda rows: {"day": rows.day}},
            reach={"sales_day": REACH_DAYS - 1},
            whole=("partner", "opening_day"),
        ),
    ),
    Mart("partner_event", partner_event, reads=("partner_event",), owner="owner"),
)
