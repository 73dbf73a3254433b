"""Territories, and what of the brand's own orders was delivered in them: sums of whole months, never a row."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from analytics.core.access import ROOT
from data.marts.mart import Inputs, Mart
from data.marts.mentions import REGION
from data.marts.sales import MONEY

SMALLEST_CELL = 5
"""Orders below which a month of a region says too much about single buyers, and is not kept at all."""


def territory(inputs: Inputs) -> ir.Table:
    """Grain: dealer × region × first day. ``last`` is included, null while it is open."""
    rows = inputs.current("territory")
    return rows.select(owner=rows.dealer, scheme=rows.scheme, region=rows.region, first=rows.valid_from,
                       last=rows.valid_to)  # fmt: skip


def territory_month(inputs: Inputs) -> ir.Table:
    """Grain: dealer × region of the territory × month; brand orders delivered there while the dealer held it.

    Only what is nobody's but the brand's counts, never another partner's order. A month is told once it is over, so
    that one day's news does not tell of one order, and only with :data:`SMALLEST_CELL` orders or more.
    """
    lines = inputs.mart("sales_line")
    covered = lines.aggregate(last=lines.day.max())
    named = lines.filter((lines.owner == ROOT) & lines.place.startswith(REGION))
    sold = named.mutate(ship_to=named.place.substr(len(REGION)), month=named.day.truncate("M"))
    held = inputs.mart("territory")
    reached = sold.inner_join(_within(inputs), "ship_to").inner_join(
        held.select("region", "first", "last", dealer=held.owner), "region"
    )
    during = reached.filter((reached.first <= reached.day) & (reached.last.isnull() | (reached.day <= reached.last)))
    # A line counts once however many terms of the same dealer cover its day.
    once = during.select("dealer", "region", "month", "source", "order_id", "line_no", "units", "amount").distinct()
    months = once.group_by("region", "month", owner=once.dealer).aggregate(
        orders=(once.source + "\x1f" + once.order_id).nunique(),
        units=once.units.sum().cast("decimal(18, 3)"),
        amount=once.amount.sum().cast(MONEY),
    )
    over = months.cross_join(covered)
    full = over.filter((over.orders >= SMALLEST_CELL) & (over.month < over["last"].truncate("M")))
    return full.select("owner", "region", "month", "orders", "units", "amount")


def _within(inputs: Inputs) -> ir.Table:
    """Grain: region that orders go to × region that it is or lies in."""
    regions = inputs.mart("region")
    ways = [
        regions.select(ship_to=regions.code, region=regions[above]).filter(lambda rows: rows.region.notnull())
        for above in ("code", "city", "province")
    ]
    return ibis.union(*ways, distinct=True)


MARTS = (
    Mart("territory", territory, reads=("territory",), owner="owner"),
    Mart("territory_month", territory_month, uses=("sales_line", "region", "territory"), owner="owner"),
)
