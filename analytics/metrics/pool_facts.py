"""Facts of the one pool of stock, made from scoped rows under the policies in force."""

from __future__ import annotations

from datetime import timedelta

import ibis
import ibis.expr.types as ir

from analytics.metrics.given import Given
from analytics.metrics.member_facts import asked_days

PACE_DAYS = 28
"""Days that the pace of sales is taken from: four of each day of the week."""

LONGEST_COUNT = timedelta(days=31)
"""What a count stands for at most: after a month without one nobody knows what is there."""

EXACT = ("cell", "partner")
"""Places with a position of their own; the centre of a district says nothing about three kilometres."""


def judged(rows: ir.Table, given: Given) -> ir.Table:
    """``judged_days`` and ``slow_days``: value that can be known to move or not, and that of it which did not sell.

    Judged where the node's sales are known for long enough, and the product lay there that long ago.
    """
    after = given.terms.slow_days
    known = ((rows.told >= after) & (rows.lain >= after)).fill_null(False)
    slow = known & (rows.idle.isnull() | (rows.idle >= after))
    return rows.mutate(
        judged_days=ibis.ifelse(known, rows.value_days, ibis.null(rows.value_days.type())),
        slow_days=ibis.ifelse(slow, rows.value_days, ibis.null(rows.value_days.type())),
    )


def shared(rows: ir.Table, given: Given) -> ir.Table:
    """Stock of stores: ``usable_days`` and ``shareable_days``, units for every day that they lay there.

    Shareable is what is left of the usable after reservations and the units that the shop keeps for itself.
    """
    sites, products = given.tables("site"), given.tables("product")
    stores = rows.semi_join(sites.filter(sites.kind == "store"), "node")
    known = stores.left_join(products.select("category", _sku=products.sku), stores.sku == products.sku).drop("_sku")
    left = known.usable - known.reserved - given.terms.reserve.of(known.category).cast("decimal(18, 3)")
    return known.mutate(usable_days=known.usable * known.span, shareable_days=ibis.greatest(left, 0) * known.span).drop(
        "category"
    )


def paced(rows: ir.Table, given: Given) -> ir.Table:
    """Stock whose pace is known: ``usable_days`` and ``sold_days``, units sold on a mean day for every day."""
    del given
    known = rows.filter((rows.told >= PACE_DAYS) & (rows.lain >= PACE_DAYS))
    return known.mutate(usable_days=known.usable * known.span, sold_days=known.recent * known.span / PACE_DAYS)


def ageing(rows: ir.Table, given: Given) -> ir.Table:
    """Lots with stock that has not expired: ``units``, and ``near`` of them that expire before long."""
    products = given.tables("product").select("category", _sku="sku")
    alive = rows.filter((rows.on_hand > 0) & (rows.expiry.isnull() | (rows.expiry > rows.day)))
    known = alive.left_join(products, alive.sku == products["_sku"]).drop("_sku")
    left = known.expiry.delta(known.day, unit="day")
    near = (left < given.terms.expiry_days.of(known.category)).fill_null(False)
    return known.mutate(units=known.on_hand, near=ibis.ifelse(near, known.on_hand, 0.0)).drop("category")


def empty(rows: ir.Table, given: Given) -> ir.Table:
    """Shelves that stood empty in a city that is known, with ``_city``."""
    return _in_city(rows.filter(rows.days_out > 0), given)


def coexisting(rows: ir.Table, given: Given) -> ir.Table:
    """Those of :func:`empty` whose product lay elsewhere in the same city for longer than the policy's days of sales.

    In a whole country there is nearly always some such place; in the same city somebody can act on it.
    """
    stock = _within(given.tables("stock_day"), given)
    known = stock.filter((stock.usable > 0) & (stock.told >= PACE_DAYS) & (stock.lain >= PACE_DAYS))
    long = known.filter(known.usable * PACE_DAYS > known.recent * given.terms.cover_days)
    lying = _in_city(long, given)
    spans = lying.select(_sku="sku", _there="_city", _from="day", _to=until(lying)).distinct()
    shelves = empty(rows, given)
    return shelves.semi_join(
        spans,
        [
            shelves.sku == spans["_sku"],
            shelves["_city"] == spans["_there"],
            shelves.day >= spans["_from"],
            shelves.day <= spans["_to"],
        ],
    )


def _in_city(rows: ir.Table, given: Given) -> ir.Table:
    places = given.tables("place")
    known = places.filter(places.city.notnull()).select(_place="place", _city="city")
    return rows.inner_join(known, rows.place == known["_place"]).drop("_place")


def shipped(rows: ir.Table, given: Given) -> ir.Table:
    """Lines that were kept, of nodes whose kind is known, with ``site``."""
    sites = given.tables("site").select(_node="node", site="kind")
    kept = rows.filter(rows.cancelled == 0)
    return kept.inner_join(sites, kept.node == sites["_node"]).drop("_node")


def located(rows: ir.Table, given: Given) -> ir.Table:
    """Orders from a place with a position of its own, on days of which it is known what was in stock."""
    places = given.tables("place")
    exact = places.filter(places.position_from.isin(EXACT))
    return _on_counted_days(asked_days(rows.filter(rows.kind == "sale"), given).semi_join(exact, "place"), given)


def _on_counted_days(orders: ir.Table, given: Given) -> ir.Table:
    """Day by day first: there are few days, and many orders."""
    stock = _within(given.tables("stock_day"), given)
    told = stock.select(_from=stock.day, _to=until(stock)).distinct()
    days = orders.select("day").distinct()
    return orders.semi_join(days.semi_join(told, [days.day >= told["_from"], days.day <= told["_to"]]), "day")


def reached(rows: ir.Table, given: Given) -> ir.Table:
    """Those of :func:`located` to which some node near enough had every product of the order in stock."""
    return _once(rows.filter(rows.km <= given.terms.near_km), given)


def districted(rows: ir.Table, given: Given) -> ir.Table:
    """Orders that name a district, on days of which it is known what was in stock."""
    named = in_district(given.tables("place"))
    return _on_counted_days(asked_days(rows.filter(rows.kind == "sale"), given).semi_join(named, "place"), given)


def within_district(rows: ir.Table, given: Given) -> ir.Table:
    """Those of :func:`districted` of which some node in that district had every product in stock."""
    return _once(rows.filter(rows.in_district), given)


def in_district(places: ir.Table) -> ir.Table:
    """Places whose region is smaller than a city."""
    return places.filter((places.region != places.city) & (places.region != places.province))


def _once(rows: ir.Table, given: Given) -> ir.Table:
    """Each order once, as far as the nodes are the asker's own: what others have in stock is theirs to tell."""
    nodes = given.tables("stock_node").select(_own="owner").distinct()
    own = asked_days(rows, given).semi_join(nodes, rows.node_owner == nodes["_own"])
    return own.select("source", "owner", "order_id", "day", "channel", "partner", "place").distinct()


def until(stock: ir.Table) -> ir.Value:
    """The last day that a count stands for."""
    return (stock.day + (stock.span - 1).as_interval("D")).cast("date")


def _within(stock: ir.Table, given: Given) -> ir.Table:
    """Counts that may stand for one of the days asked for."""
    if given.period is None:
        return stock
    first, last = given.period.first - LONGEST_COUNT, given.period.last
    return stock.filter(stock.day.between(ibis.literal(first), ibis.literal(last)))
