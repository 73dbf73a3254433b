"""Facts of buyers: when they came back, and what else they bought; made from scoped rows."""

from __future__ import annotations

from datetime import timedelta

import ibis
import ibis.expr.types as ir

from analytics.metrics.given import Given, Prepare

RETAINED_DAYS = (7, 30, 90)
"""Labelled variants of retention."""

CONVERTED_DAYS = 90
"""Days after a first order in a store within which an online order counts as a conversion."""


def asked_days(rows: ir.Table, given: Given) -> ir.Table:
    """Rows of the days asked for, before anything is joined to them."""
    if given.period is None:
        return rows
    return rows.filter(rows.day.between(ibis.literal(given.period.first), ibis.literal(given.period.last)))


def once_in_period(rows: ir.Table, given: Given) -> ir.Table:
    """Orders by the day of the order before, with ``buyers``: those that are their buyer's first in the piece of time
    that they count in (a day, a week, the whole period), and ``new``: those that are the first there ever was.
    """
    first, start = rows.before.isnull(), given.starts(rows)
    since = first if start is None else first | (rows.before < start)
    return rows.mutate(buyers=ibis.ifelse(since, rows.orders, 0), new=ibis.ifelse(first, rows.orders, 0))


def with_gap(rows: ir.Table, given: Given) -> ir.Table:
    """Orders of known buyers with ``gap``: days since the order before, among the orders that the asker may see.

    The mart knows the order before, whoever's it was. Who sees a part of them has few orders, which are ranked anew.
    """
    if given.whole:
        return rows.mutate(gap=rows.day.delta(rows.before, unit="day"))
    before = rows.day.lag().over(group_by="buyer", order_by=["day", "source", "document", "owner"])
    return rows.mutate(gap=rows.day.delta(before, unit="day"))


def first_in_scope(rows: ir.Table, given: Given, days: int = 0) -> ir.Table:
    """A buyer is new once within what the asker may see: the earliest of the first orders per owner.

    Those of the days asked for, or of so many ``days`` before them: who bought earlier is not ranked.
    """
    if given.period:
        since, until = (day - timedelta(days=days) for day in (given.period.first, given.period.last))
        earlier = rows.filter(rows.day < ibis.literal(since)).select("buyer").distinct()
        within = rows.day.between(ibis.literal(since), ibis.literal(until))
        rows = rows.filter(within).anti_join(earlier, "buyer")
    order = ibis.row_number().over(group_by="buyer", order_by=["day", "owner"])
    return rows.mutate(nth=order).filter(lambda t: t.nth == 0).drop("nth")


def retained(days: int) -> Prepare:
    """Buyers on the day that is so many days after their first order: ``back`` is 1 who ordered again until that day,
    ``exact`` who did on that very day. So nobody is judged before the days are over.
    """

    def prepare(rows: ir.Table, given: Given) -> ir.Table:
        buyers = _after(first_in_scope(rows, given, days), days)
        again = _later_orders(buyers, given, days)
        by_buyer = again.group_by("buyer").aggregate(_last=again["_day"].max())
        told = buyers.left_join(by_buyer, "buyer").drop("buyer_right")
        return told.mutate(
            back=ibis.ifelse(told["_last"].notnull(), 1, 0),
            exact=ibis.ifelse((told["_last"] == told.day).fill_null(False), 1, 0),
        )

    return prepare


def converted(days: int) -> Prepare:
    """Buyers whose first order was in a store, so many days after it; ``online`` is 1 who ordered online until then."""

    def prepare(rows: ir.Table, given: Given) -> ir.Table:
        groups = given.tables("channel").select(_channel="channel", group="channel_group")
        buyers = first_in_scope(rows, given, days)
        in_store = buyers.semi_join(groups.filter(groups.group == "store"), buyers.channel == groups["_channel"])
        buyers = _after(in_store, days)
        again = _later_orders(buyers, given, days)
        online = again.semi_join(groups.filter(groups.group == "online"), again["_in"] == groups["_channel"])
        whose = online.select(_who="buyer").distinct()
        found = buyers.left_join(whose, buyers.buyer == whose["_who"])
        return found.mutate(online=ibis.ifelse(found["_who"].notnull(), 1, 0)).drop("_who")

    return prepare


def _after(firsts: ir.Table, days: int) -> ir.Table:
    """First orders, dated so many days later; ``first`` keeps their own day."""
    return firsts.mutate(first=firsts.day, day=(firsts.day + ibis.interval(days=days)).cast("date"))


def _later_orders(buyers: ir.Table, given: Given, days: int) -> ir.Table:
    """Orders of ``buyers`` on days after their first and until their own ``day``: buyer, _day, _in (channel)."""
    orders = given.tables("purchase")
    if given.period:
        since = given.period.first - timedelta(days=days)
        orders = orders.filter(orders.day.between(ibis.literal(since), ibis.literal(given.period.last)))
    later = orders.select("buyer", _day="day", _in="channel")
    own = buyers.select("buyer", _first="first", _until="day")
    both = later.inner_join(own, "buyer")
    return both.filter((both["_day"] > both["_first"]) & (both["_day"] <= both["_until"]))


def variety(rows: ir.Table, given: Given) -> ir.Table:
    """Lines of known buyers with ``categories`` and ``groups``: how many of them the buyer bought in the days asked."""
    lines = asked_days(rows.filter(rows.buyer.notnull()), given)
    products = given.tables("product").select(_sku="sku", _category="category")
    channels = given.tables("channel").select(_channel="channel", _group="channel_group")
    told = lines.left_join(products, lines.sku == products["_sku"])
    told = told.left_join(channels, told.channel == channels["_channel"])
    by_buyer = told.group_by(_buyer=told.buyer).aggregate(
        categories=told["_category"].nunique(), groups=told["_group"].nunique()
    )
    return lines.inner_join(by_buyer, lines.buyer == by_buyer["_buyer"]).drop("_buyer")
