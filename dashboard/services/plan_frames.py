"""From scoped marts to what a plan looks at, as of a day: stock by lot, deliveries, lanes, costs, limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from analytics.replenishment.order_days import REVIEW_DAYS
from dashboard.services.desk import Facts
from dashboard.services.frames import frame_of
from dashboard.services.plan_counts import carried

PRICED_DAYS = 90
"""Days of sales whose mean price stands in where no price is agreed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StockFrames:
    """What was there and on its way as of the end of the day ``as_of``; ``moved``: balance by node and SKU. ``first``:
    the next day on which something can be ordered or arrive; later than the day after where data come late.
    """

    as_of: date
    first: date
    lots: pd.DataFrame
    moved: pd.DataFrame
    available: pd.DataFrame
    inbound: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFrames(StockFrames):
    """Everything as it was known at the end of the day ``as_of``.

    ``series``: owner, node, sku, category, bucket, answered, flags, methods, per forecast series. ``terms`` by SKU:
    supplier, kg, life (days that a unit can be sold), moq, multiple, cost, price, discontinued. ``families``: owner →
    the top of its branch of the tree.
    """

    series: pd.DataFrame
    nodes: pd.DataFrame
    lanes: pd.DataFrame
    terms: pd.DataFrame
    limits: pd.DataFrame
    listed: pd.DataFrame
    families: pd.Series


def plan_frames(
    facts: Facts, forecast: Facts, as_of: date, waited: date | None = None, today: date | None = None
) -> PlanFrames:
    """Read marts and the run's series; what came after ``as_of`` is left out. The others: see :func:`stock_frames`."""
    series = _read(forecast, "forecast_series", "owner", "series", "node", "sku", "category", "bucket", "answered",
                   "flags", "methods")  # fmt: skip
    return frames_at(facts, series, as_of, waited, today)


def frames_at(
    facts: Facts, series: pd.DataFrame, as_of: date, waited: date | None = None, today: date | None = None
) -> PlanFrames:
    """The same for series that are known otherwise, with the columns of PlanFrames.series."""
    held = stock_frames(facts, as_of, waited, today)
    return PlanFrames(
        as_of=as_of,
        first=held.first,
        series=series.sort_values("series", ignore_index=True),
        nodes=nodes_of(facts),
        lots=held.lots,
        moved=held.moved,
        available=held.available,
        inbound=held.inbound,
        lanes=_read(facts, "supply_lane"),
        terms=_terms(facts, as_of),
        limits=_read(facts, "supply_week"),
        listed=_read(facts, "listed", "node", "sku", "first", "last"),
        families=families_of(facts),
    )


def stock_frames(facts: Facts, as_of: date, waited: date | None = None, today: date | None = None) -> StockFrames:
    """Stock alone, as of a day.

    ``waited``: the oldest plan of which something is still waited for, None where nothing is. What is over by then and
    was ordered before it answers none of those lines. ``today``: where the plan is for now and not for a day in the
    past. Then a count of the day after ``as_of``, of which no sales are told, is the stock of that evening, and what
    was ordered since is on its way.
    """
    morrow = as_of + timedelta(days=1)
    seen = as_of if today is None else max(as_of, today)
    return StockFrames(
        as_of=as_of,
        first=max(morrow, seen),
        lots=carried(facts, lots_until(facts, min(morrow, seen)), as_of),
        moved=_moved(facts, as_of),
        available=_available(facts, as_of),
        inbound=_inbound(facts, as_of, as_of if waited is None else min(waited, as_of), seen),
    )


def last_count(facts: Facts, today: date) -> date | None:
    """Day of the newest count of any node."""
    rows = facts.table("lot_day")
    last: date | None = facts.answer(rows.filter(rows.day <= today).aggregate(last=rows.day.max())).to_pylist()[0][
        "last"
    ]
    return last


def nodes_of(facts: Facts) -> pd.DataFrame:
    """By node: owner, kind, listed, latitude, longitude, capacity."""
    nodes = _read(facts, "stock_node", "owner", "node", "kind", "listed", "latitude", "longitude", "capacity")
    return nodes.drop_duplicates("node").set_index("node")


def _read(facts: Facts, name: str, *columns: str) -> pd.DataFrame:
    rows = facts.table(name)
    return frame_of(facts.answer(rows.select(*columns) if columns else rows, many=True))


def lots_until(facts: Facts, as_of: date) -> pd.DataFrame:
    """The last count of each node: node, sku, lot, expiry, day, on_hand, reserved."""
    rows = facts.table("lot_day")
    past = rows.filter(rows.day <= as_of)
    last = past.group_by("node").aggregate(last=past.day.max())
    newest = past.inner_join(last, "node").filter(lambda t: t.day == t.last)
    return frame_of(
        facts.answer(newest.select("node", "sku", "lot", "expiry", "day", "on_hand", "reserved"), many=True)
    )


def _moved(facts: Facts, as_of: date) -> pd.DataFrame:
    """Balance of movements; of those that were ever below zero the beginning is missing, so nothing is known."""
    rows = facts.table("moved_day")
    moves = frame_of(facts.answer(rows.filter(rows.day <= as_of).select("node", "sku", "day", "units"), many=True))
    moves = moves.sort_values(["node", "sku", "day"])
    moves = moves.assign(balance=moves.groupby(["node", "sku"])["units"].cumsum())
    told = moves.groupby(["node", "sku"], as_index=False).agg(
        balance=("balance", "last"), lowest=("balance", "min"), day=("day", "max")
    )
    return told[told["lowest"] >= 0]


def _available(facts: Facts, as_of: date) -> pd.DataFrame:
    """Whether it was in stock, told by the last day of which its node tells anything: node, sku, in_stock.

    Some sources name only what is out. What was out a month ago and is not named today is not out today.
    """
    rows = facts.table("available_day")
    past = rows.filter((rows.day <= as_of) & (rows.day > as_of - timedelta(days=REVIEW_DAYS)))
    last = past.group_by("node").aggregate(last=past.day.max())
    newest = past.inner_join(last, "node").filter(lambda t: t.day == t.last)
    return frame_of(facts.answer(newest.select("node", "sku", "in_stock"), many=True))


def _inbound(facts: Facts, as_of: date, waited: date, seen: date) -> pd.DataFrame:
    """Deliveries that were open that evening, ordered until ``seen`` or ordered since ``waited``, from that week's
    Monday on: limits of supply count weeks. Columns node, sku, origin, ordered, promised, quantity, open.
    """
    rows = facts.table("inbound_line")
    first = waited - timedelta(days=waited.weekday())
    over = (rows.closed | (rows.received >= rows.quantity)) & (rows.received_on <= as_of).fill_null(True)
    told = frame_of(facts.answer(rows.filter((rows.ordered <= seen) & ((rows.ordered >= first) | ~over)), many=True))
    later = pd.to_datetime(told["received_on"]) > pd.Timestamp(as_of)
    came = told["received"].where(~later, 0.0)
    shut = told["closed"].astype(bool) & ~later
    return told.assign(
        received=came, closed=shut, open=(told["quantity"] - came).where(~shut, 0.0).clip(lower=0.0)
    )  # fmt: skip


def _terms(facts: Facts, as_of: date) -> pd.DataFrame:
    """By sku: supplier, kg, life, moq, multiple, cost, price, discontinued."""
    names = ("sku", "category", "supplier", "kg", "moq", "multiple", "units_per_case", "discontinued")
    life = "shelf_life_days"
    # A build that was published by an earlier release tells no shelf life.
    told_of = life in facts.table("product").columns
    terms = _read(facts, "product", *names, *([life] if told_of else []))
    terms = terms.rename(columns={life: "life"}) if told_of else terms.assign(life=np.nan)
    terms = terms.assign(multiple=terms["multiple"].fillna(terms["units_per_case"]))
    costs = _read(facts, "unit_cost")
    costs = costs[(costs["first"] <= as_of) & (costs["until"] > as_of)][["sku", "cost"]]
    plans = _read(facts, "price_plan")
    agreed = plans[plans["first"] <= as_of].sort_values(["sku", "first"]).drop_duplicates("sku", keep="last")
    told = terms.merge(costs.drop_duplicates("sku"), "left", on="sku").merge(agreed[["sku", "price"]], "left", on="sku")
    paid = _paid(facts, as_of).reindex(told["sku"]).to_numpy()
    return told.assign(price=told["price"].fillna(pd.Series(paid, index=told.index))).set_index("sku")


def _paid(facts: Facts, as_of: date) -> pd.Series:
    """Yuan a unit by SKU over the last months, gifts left out."""
    rows = facts.table("sales_line")
    recent = rows.filter((rows.day <= as_of) & (rows.day > as_of - timedelta(days=PRICED_DAYS)) & (rows.amount > 0))
    sums = frame_of(facts.answer(recent.group_by("sku").aggregate(
        units=recent.units.sum().cast("float64"), amount=recent.amount.sum().cast("float64")
    )))  # fmt: skip
    units = sums["units"].to_numpy(dtype=float)
    price = np.divide(sums["amount"].to_numpy(dtype=float), units, out=np.full(len(sums), np.nan), where=units > 0)
    return pd.Series(price, index=sums["sku"])


def families_of(facts: Facts) -> pd.Series:
    """Partner → the top of its branch of the tree."""
    partners = _read(facts, "partner", "partner", "parent").drop_duplicates("partner")
    parent = dict(zip(partners["partner"], partners["parent"], strict=True))
    tops = {}
    for one in parent:
        top = one
        # The tree has no circles: the build refuses them.
        while isinstance(parent.get(top), str) and parent[top] in parent:
            top = parent[top]
        tops[one] = top
    return pd.Series(tops, dtype=object)
