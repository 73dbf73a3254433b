"""Which nodes lie near which places, and had what was ordered there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import h3
import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from analytics.core.access import ROOT
from analytics.metrics.pool_facts import LONGEST_COUNT, in_district, until
from data.marts.mart import Inputs, Mart
from data.marts.mentions import PARTNER

MOST_KM = 10.0
"""Nothing farther is told; the policy for what is near may not ask for more."""

GRID = 5
"""H3 resolution whose hexagons and their neighbours hold everything within :data:`MOST_KM`."""

EARTH_KM = 6371.0
ORDERS = 300_000
"""Orders that are matched with nodes at a time."""
SCHEMA = pa.schema([("place", pa.string()), ("node", pa.string()), ("owner", pa.string()), ("km", pa.float64())])


def near(inputs: Inputs) -> pa.Table:
    """Grain: place × node within :data:`MOST_KM`, of places and nodes with a position of their own.

    Owner: the node's partner, so that what is near a place says nothing about the nodes of others.
    """
    placed = inputs.mart("place").filter(lambda t: t.position_from.isin(["cell", "partner"]))
    places = inputs.collect(placed.select("place", "latitude", "longitude", f"cell{GRID}")).to_pylist()
    nodes = inputs.collect(inputs.current("node").select("node", "partner", "latitude", "longitude")).to_pylist()
    pairs = list(_pairs(places, list(_located(nodes, places))))
    columns = zip(*sorted(pairs), strict=True) if pairs else [[]] * len(SCHEMA)
    return pa.table(dict(zip(SCHEMA.names, map(list, columns), strict=True)), schema=SCHEMA)


def _located(nodes: list[dict[str, Any]], places: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Nodes with a position: their own, else that of the partner they belong to."""
    at = {one["place"]: one for one in places}
    for node in nodes:
        known = node if node["latitude"] is not None else at.get(f"{PARTNER}{node['partner']}")
        if known is not None and known["latitude"] is not None and known["longitude"] is not None:
            yield {**node, "latitude": known["latitude"], "longitude": known["longitude"]}


def _pairs(places: list[dict[str, Any]], nodes: list[dict[str, Any]]) -> Iterator[tuple[str, str, str, float]]:
    """Compared within neighbouring hexagons alone: a country of places times all nodes would be too many."""
    around: dict[str, list[dict[str, Any]]] = {}
    for node in nodes:
        cell = h3.latlng_to_cell(node["latitude"], node["longitude"], GRID)
        for neighbour in h3.grid_disk(cell, 1):
            around.setdefault(neighbour, []).append(node)
    by_cell: dict[str, list[dict[str, Any]]] = {}
    for place in places:
        by_cell.setdefault(place[f"cell{GRID}"], []).append(place)
    for cell, here in by_cell.items():
        there = around.get(cell, [])
        if not there:
            continue
        distances = _km(_positions(here)[:, None, :], _positions(there)[None, :, :])
        for row, column in np.argwhere(distances <= MOST_KM):
            node = there[column]
            yield here[row]["place"], node["node"], node["partner"] or ROOT, float(distances[row, column])


def _positions(things: list[dict[str, Any]]) -> np.ndarray:
    return np.radians([[one["latitude"], one["longitude"]] for one in things])


def _km(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Great-circle distance (haversine) of positions in radians."""
    half = np.sin((one - other) / 2) ** 2
    chord = half[..., 0] + np.cos(one[..., 0]) * np.cos(other[..., 0]) * half[..., 1]
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(chord)))


def within_reach(inputs: Inputs) -> ir.Table:
    """Grain: place × node that is near it (``km``), or in the district that the place names (``in_district``)."""
    near, nodes = inputs.mart("near"), inputs.mart("stock_node")
    close = near.select("place", "node", node_owner="owner", km="km", in_district=ibis.literal(False))
    districts = in_district(inputs.mart("place")).select("place", "region")
    there = nodes.select("region", "node", node_owner="owner")
    same = districts.inner_join(there, "region").select(
        "place", "node", "node_owner", km=ibis.null("float64"), in_district=ibis.literal(True)
    )
    both = close.union(same)
    return both.group_by("place", "node", "node_owner").aggregate(km=both.km.min(), in_district=both.in_district.any())


def order_near(inputs: Inputs) -> tuple[ir.Table, ...]:
    """Grain: order × owner of nodes, one of which had everything that was ordered in stock on that day.

    ``km``: to the nearest such node, null where none lies within :data:`MOST_KM` or the order's own position is not
    known so exactly; ``in_district``: whether one of them is in the district that the order names.

    In parts of consecutive days: each line meets all nodes within reach, and the few counts of those days alone.
    """
    sales = inputs.mart("document").filter(lambda t: t.kind == "sale")
    stock = inputs.mart("stock_day").filter(lambda t: t.usable > 0).semi_join(inputs.mart("within_reach"), "node")
    [counted] = inputs.collect(stock.aggregate(first=stock.day.min(), last=until(stock).max())).to_pylist()
    # Before the first count and after the last nobody knows that anything was in stock.
    sales = sales.filter(sales.day.between(counted["first"] or date.max, counted["last"] or date.max))
    by_day = sales.group_by("day").aggregate(orders=sales.count(), through=sales.through.max())
    days = inputs.collect(by_day.order_by("day")).to_pylist()
    return tuple(_order_near(inputs, *part) for part in _parts(days) or [(date.max, date.max, date.max)])


def _parts(days: list[dict[str, Any]]) -> list[tuple[date, date, date]]:
    """First and last day of about :data:`ORDERS` orders, and the last day of any of their lines."""
    parts: list[tuple[date, date, date]] = []
    together: list[dict[str, Any]] = []
    for at, one in enumerate(days, 1):
        together.append(one)
        if at == len(days) or sum(day["orders"] for day in together) + days[at]["orders"] > ORDERS:
            parts.append((together[0]["day"], one["day"], max(day["through"] for day in together)))
            together = []
    return parts


def _order_near(inputs: Inputs, first: date, last: date, through: date) -> ir.Table:
    orders = inputs.mart("document").filter(lambda t: (t.kind == "sale") & t.day.between(first, last))
    head = orders.select("source", "owner", "day", "channel", "partner", "place", order_id="document")
    order = ["source", "owner", "order_id"]
    lines = inputs.mart("sales_line").filter(lambda t: t.day.between(first, through)).semi_join(head, order)
    lines = lines.select(*order, "place", "sku", "day").distinct()
    asked = lines.group_by(order).aggregate(asked=lines.sku.nunique())
    stock = inputs.mart("stock_day").filter(lambda t: (t.usable > 0) & t.day.between(first - LONGEST_COUNT, through))
    held = stock.select(_node="node", _sku="sku", _from="day", _to=until(stock))
    held = held.filter(held["_to"] >= first)
    offered = lines.inner_join(inputs.mart("within_reach"), "place")
    had = offered.semi_join(
        held,
        [
            offered.node == held["_node"],
            offered.sku == held["_sku"],
            offered.day >= held["_from"],
            offered.day <= held["_to"],
        ],
    )
    by_node = had.group_by(*order, "node", "node_owner").aggregate(
        had=had.sku.nunique(),
        km=ibis.ifelse(had.km.count() == had.count(), had.km.max(), ibis.null("float64")),
        in_district=had.in_district.all(),
    )
    whole = by_node.inner_join(asked, order).filter(lambda t: t.had == t.asked)
    found = whole.group_by(*order, "node_owner").aggregate(km=whole.km.min(), in_district=whole.in_district.any())
    return head.inner_join(found, order)


MARTS = (
    Mart("near", near, reads=("node",), uses=("place",), owner="owner"),
    Mart("within_reach", within_reach, uses=("near", "stock_node", "place"), owner="node_owner"),
    Mart(
        "order_near",
        order_near,
        uses=("sales_line", "document", "stock_day", "within_reach"),
        owner="owner",
    ),
)
