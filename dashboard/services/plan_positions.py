"""Everything about a plan's positions, put together from the frames of a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import pandas as pd

from analytics.decisions.receipts import Key
from analytics.policies.table import PolicyTable
from analytics.replenishment.demand import Demand
from analytics.replenishment.positions import Positions
from analytics.replenishment.reasons import Reason, marked
from dashboard.services.desk import Facts
from dashboard.services.plan_demand import demands_of, horizon, reached, with_wanted_below
from dashboard.services.plan_frames import PlanFrames
from dashboard.services.plan_lanes import PLANT, Routes, room_of, routes_of, stocked, supply_of, with_lanes
from dashboard.services.plan_money import Worth, worth_of
from dashboard.services.plan_stock import StockFound, stock_of
from data.store.proposals import Coming
from data.store.records import ForecastRun

HARMLESS = frozenset({"", "gaps", "no_history", "no_look_alike"})
"""Flags of a forecast that are no doubt of their own: gaps are common, the others have a code of their own."""


@dataclass(frozen=True, slots=True)
class Laid:
    """``rows``: one per position, with what evidence tells of it; ``demands``: of those that can be planned."""

    rows: pd.DataFrame
    positions: Positions
    demands: list[Demand]
    routes: Routes
    worth: Worth
    found: StockFound


@dataclass(frozen=True, slots=True)
class Around:
    """``answered``: which deliveries answer which released proposals. ``now``: local time of the business when the plan
    is for tomorrow, else None. ``horizon_days``: by policy.
    """

    forecast: Facts
    run: ForecastRun
    coming: Sequence[Coming]
    answered: Mapping[Key, str]
    table: PolicyTable
    now: datetime | None
    horizon_days: int


def laid_out(frames: PlanFrames, around: Around) -> Laid:
    """Positions of every forecast series, and of the nodes from which those order."""
    rows = _rows(frames)
    routes = routes_of(frames, rows, around.now, around.horizon_days)
    found = stock_of(frames, rows, around.coming, around.answered)
    days = (routes.window.following - routes.window.receipt).astype(float)
    worth = worth_of(rows, days, around.table, frames.as_of)
    demands = _demands(frames, around, rows, routes)
    known = reached(demands, len(rows))
    reasons = routes.reasons | found.reasons | worth.reasons | _doubts(rows, known, routes)
    positions = Positions(
        node=rows["node"].to_numpy(dtype=object),
        sku=rows["sku"].to_numpy(dtype=object),
        source=routes.source,
        stock=found.stock,
        window=routes.window,
        money=worth.money,
        packs=routes.packs,
        room=room_of(frames, rows, found),
        supply=supply_of(frames, rows, routes, found),
        order_group=routes.order_group,
        level=worth.level,
        priority=np.zeros(len(rows)),
        reasons=reasons,
    )
    return Laid(rows, positions, demands, routes, worth, found)


def _rows(frames: PlanFrames) -> pd.DataFrame:
    """Series of nodes that order, and what their sources have to order in turn; plants make, they do not order."""
    told = frames.series.assign(told=True)
    rows = told
    while True:
        laned = with_lanes(rows[["node", "sku"]], frames.lanes)
        above = laned[laned["origin"].isin(stocked(frames))][["origin", "sku"]].drop_duplicates()
        above = above.rename(columns={"origin": "node"}).merge(rows[["node", "sku"]], "left", indicator=True)
        new = above[above["_merge"] == "left_only"][["node", "sku"]]
        if new.empty:
            break
        rows = pd.concat([rows, new.assign(told=False, answered=True, flags="", methods="", bucket="")])
    owner = frames.nodes["owner"]
    kinds, declared = frames.nodes["kind"], frames.nodes["listed"]
    rows = rows.drop(columns=["owner", "category"]).assign(owner=rows["node"].map(owner))
    rows = rows[rows["node"].map(kinds).ne(PLANT) & rows["owner"].notna()]
    rows = rows.sort_values(["node", "sku"], ignore_index=True)
    rows = rows.merge(frames.terms.reset_index(), "left", on="sku")
    rows = with_lanes(rows, frames.lanes)
    return rows.assign(declared=rows["node"].map(declared).astype(bool), row=np.arange(len(rows)))


def _demands(frames: PlanFrames, around: Around, rows: pd.DataFrame, routes: Routes) -> list[Demand]:
    """Of positions that are declared and will still be sold when the order comes."""
    demands = demands_of(around.forecast, around.run, rows[rows["told"].astype(bool)], frames.as_of)
    index = pd.MultiIndex.from_frame(rows[["node", "sku"]])
    source = pd.MultiIndex.from_arrays([routes.source, rows["sku"]])
    above = index.get_indexer(source).astype(np.int64)
    above[above == np.arange(len(rows))] = -1
    whole = with_wanted_below(demands, above, horizon(demands, routes.window.following))
    open_ = np.flatnonzero(rows["declared"].to_numpy(dtype=bool) & ~_over(frames, rows, routes))
    return [part for part in (demand.of(open_) for demand in whole) if part.size]


def _over(frames: PlanFrames, rows: pd.DataFrame, routes: Routes) -> np.ndarray:
    """Discontinued, or off the list of its node, by the day an order could come."""
    receipt = pd.Timestamp(frames.as_of) + pd.to_timedelta(routes.window.receipt, unit="D")
    ended = pd.to_datetime(rows["discontinued"]).to_numpy() <= receipt.to_numpy()
    last = frames.listed.groupby(["node", "sku"])["last"].max()
    last = pd.to_datetime(last.map(_until).reindex(pd.MultiIndex.from_frame(rows[["node", "sku"]])))
    return np.asarray(ended | (last.to_numpy() < receipt.to_numpy()))


def _until(day: date) -> pd.Timestamp:
    """An open end lies further away than nanoseconds reach."""
    return pd.Timestamp(min(day, date(2200, 1, 1)))


def _doubts(rows: pd.DataFrame, known: np.ndarray, routes: Routes) -> np.ndarray:
    flags = [set(str(told).split(",")) for told in rows["flags"].fillna("")]
    return (
        marked(Reason.NO_HISTORY, np.array(["no_history" in told for told in flags]))
        | marked(Reason.FORECAST_FLAGGED, np.array([bool(told - HARMLESS) for told in flags]))
        | marked(Reason.FORECAST_SHORT, (known > 0) & (known < routes.window.following - 1))
        | marked(Reason.NO_FORECAST, (known == 0) & ~rows["answered"].astype(bool).to_numpy())
        | marked(Reason.NODE_UNKNOWN, ~rows["declared"].to_numpy(dtype=bool))
    )
