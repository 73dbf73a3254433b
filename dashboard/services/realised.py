"""What really happened after a plan: demand by day, also of nodes that supply others, and deliveries as they came."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

import numpy as np
import pandas as pd

from analytics.decisions.receipts import Key
from dashboard.services.desk import Facts
from dashboard.services.frames import frame_of
from dashboard.services.plan_counts import carried
from dashboard.services.plan_frames import StockFrames, lots_until, nodes_of, stock_frames
from dashboard.services.plan_lanes import DEEPEST, stocked_of, with_lanes
from dashboard.services.plan_stock import KEY

PACE_DAYS = 28
"""Days before the window whose sales, as far as there was stock, tell the pace at which a product sells."""
DAY = "datetime64[D]"


def realised_demand(facts: Facts, first: date, last: date) -> pd.DataFrame:
    """Demand of every node and SKU by day, PACE_DAYS before ``first`` to ``last``: node, sku, day, units, estimated.

    On days without stock demand is what was sold and, for the share of the day without, the pace of days with stock;
    ``estimated`` is that second part. Nodes from which others order meet the demand of those as well.
    """
    own = _own(facts, first, last)
    lanes, stocked = frame_of(facts.answer(facts.table("supply_lane"))), stocked_of(nodes_of(facts))
    whole, below = [own], own
    for _ in range(DEEPEST):
        pairs = below[KEY].drop_duplicates(ignore_index=True)
        if pairs.empty or lanes.empty:
            break
        above = with_lanes(pairs, lanes)[[*KEY, "origin"]]
        above = above[above["origin"].isin(stocked) & (above["origin"] != above["node"])]
        moved = below.merge(above, on=KEY)
        below = moved.assign(node=moved["origin"]).drop(columns="origin")
        below = below.groupby([*KEY, "day"], as_index=False).sum()
        whole.append(below)
    return pd.concat(whole, ignore_index=True).groupby([*KEY, "day"], as_index=False).sum()


def _own(facts: Facts, first: date, last: date) -> pd.DataFrame:
    begin = first - timedelta(days=PACE_DAYS)
    rows = facts.table("demand")
    told = frame_of(facts.answer(
        rows.filter((rows.day >= begin - timedelta(days=6)) & (rows.day <= last))
        .select(*KEY, "day", "period", "units"),
        many=True,
    ))  # fmt: skip
    weekly = told["period"].eq("week").to_numpy()
    sold = _spread(told, np.where(weekly, 7, 1), told["units"].to_numpy(dtype=float) / np.where(weekly, 7, 1), "units")
    gaps = facts.table("stock_out")
    outs = frame_of(
        facts.answer(gaps.filter((gaps["first"] <= last) & (gaps["last"] >= begin)).drop("owner"), many=True)
    )
    starts = np.maximum(outs["first"].to_numpy().astype(DAY), np.datetime64(begin, "D"))
    # An open end lies further away than nanoseconds reach.
    length = (np.minimum(outs["last"].to_numpy().astype(DAY), np.datetime64(last, "D")) - starts).astype(int) + 1
    out = _spread(outs.assign(day=starts), length, outs["share"].to_numpy(dtype=float), "out")
    both = sold.groupby([*KEY, "day"], as_index=False)["units"].sum().merge(
        out.groupby([*KEY, "day"], as_index=False)["out"].max(), "outer", on=[*KEY, "day"]
    ).fillna(0.0)  # fmt: skip
    both = both[(both["day"] >= pd.Timestamp(begin)) & (both["day"] <= pd.Timestamp(last))]
    pace = _pace(both, (last - begin).days + 1)
    found = both.merge(pace, "left", on=KEY)
    found = found.assign(estimated=found["out"] * found["pace"])
    found = found.assign(units=found["units"] + found["estimated"])
    told_of: pd.DataFrame = found[[*KEY, "day", "units", "estimated"]]
    return told_of


def _spread(rows: pd.DataFrame, days: np.ndarray, each: np.ndarray, name: str) -> pd.DataFrame:
    """A row per day, ``days`` from ``day`` on."""
    days = np.maximum(days.astype(int), 0)
    at = np.repeat(np.arange(len(rows)), days)
    step = np.arange(days.sum()) - np.repeat(np.cumsum(days) - days, days)
    day = pd.to_datetime(rows["day"]).to_numpy()[at] + step * np.timedelta64(1, "D")
    return pd.DataFrame({"node": rows["node"].to_numpy()[at], "sku": rows["sku"].to_numpy()[at], "day": day,
                         name: each[at]})  # fmt: skip


def _pace(both: pd.DataFrame, days: int) -> pd.DataFrame:
    """Units a day over days with stock; days without a row were in stock and sold nothing."""
    there = both[both["out"] == 0].groupby(KEY)["units"].sum()
    gone = both[both["out"] > 0].groupby(KEY).size()
    index = there.index.union(gone.index)
    known = np.maximum(days - gone.reindex(index).fillna(0.0).to_numpy(), 1.0)
    pace = there.reindex(index).fillna(0.0).to_numpy() / known
    return pd.DataFrame({"pace": pace}, index=index).reset_index()


def stock_then(
    facts: Facts, as_of: date, answers: dict[Key, str], own: set[str], mornings: Collection[str] = ()
) -> StockFrames:
    """Stock on the evening of ``as_of``, and what came after it, on the days on which it came.

    Deliveries that answer one of the lines ``own`` are left out: they are what is judged. ``mornings``: nodes of which
    the plan read the count of the next morning.
    """
    held = stock_frames(facts, as_of)
    lots = held.lots
    if mornings:
        next_day = carried(facts, lots_until(facts, as_of + timedelta(days=1)), as_of)
        lots = pd.concat([lots[~lots["node"].isin(mornings)], next_day[next_day["node"].isin(mornings)]])
    lines = facts.table("inbound_line")
    rows = frame_of(facts.answer(lines.filter(lines.received_on > as_of)))
    keys = zip(rows["node"], rows["sku"], rows["inbound_id"], rows["line_no"], strict=True)
    ours = np.array([answers.get(key) in own for key in keys], dtype=bool)
    came = pd.to_datetime(rows["received_on"])
    later = (came > pd.Timestamp(as_of)).to_numpy() & ~ours & (rows["received"].to_numpy(dtype=float) > 0)
    rows = rows[later]
    arrived = rows.assign(
        promised=rows["received_on"], open=rows["received"], quantity=rows["received"], closed=True
    )  # fmt: skip
    return StockFrames(
        as_of=as_of, first=held.first, lots=lots, moved=held.moved, available=held.available, inbound=arrived,
    )  # fmt: skip
