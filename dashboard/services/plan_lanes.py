"""The lane of every position: from where, when to order, when it arrives, in which packs and within which limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from analytics.replenishment.order_days import REVIEW_DAYS, OrderDays, order_days
from analytics.replenishment.positions import Limits, Packs, Window, thousandths
from analytics.replenishment.reasons import Bits, Reason, marked
from dashboard.services.plan_frames import PlanFrames
from dashboard.services.plan_stock import KEY, StockFound

PLANT = "plant"
DEEPEST = 10
"""Steps of a way from plant to shelf: circles of lanes end there."""


def with_lanes(rows: pd.DataFrame, lanes: pd.DataFrame) -> pd.DataFrame:
    """``rows`` with the columns of their lane: the SKU's own before the node's, then the quickest. Nothing is ordered
    from where it is wanted.
    """
    others = lanes[lanes["origin"] != lanes["node"]]
    ordered = others.sort_values(["lead_days", "lane"], kind="stable").drop(columns="owner")
    own = ordered[ordered["sku"].notna()].drop_duplicates(KEY)
    any_sku = ordered[ordered["sku"].isna()].drop_duplicates("node").drop(columns="sku")
    with_own = rows.merge(own, "left", on=KEY)
    with_any = rows.merge(any_sku, "left", on="node")
    return with_own.where(with_own["lane"].notna(), with_any[with_own.columns])


@dataclass(frozen=True, slots=True)
class Routes:
    """Per position. ``decide_by``: days until the following order day; ``order_group`` numbers source × node × day."""

    source: np.ndarray
    window: Window
    packs: Packs
    order_group: np.ndarray
    decide_by: np.ndarray
    reasons: Bits


def routes_of(frames: PlanFrames, rows: pd.DataFrame, now: datetime | None, horizon_days: int) -> Routes:
    """``rows``: :func:`with_lanes`, with the columns of the SKU's terms. Where there is no lane, an order tomorrow is
    taken to have to last for the days of policy.
    """
    laned = rows["lane"].notna().to_numpy()
    days = _order_days(frames, rows, now)
    soonest = (frames.first - frames.as_of).days
    order = np.where(laned, days["order"], soonest)
    following = np.where(laned, days["following"], soonest + REVIEW_DAYS)
    unknown = max(horizon_days - REVIEW_DAYS, 1)
    told = np.nan_to_num(rows["lead_days"].to_numpy(dtype=float), nan=unknown)
    lead = np.where(laned, np.ceil(told - 1e-9), unknown).astype(np.int64)
    spread = np.where(laned, np.nan_to_num(rows["spread"].to_numpy(dtype=float), nan=0.0), 0.0)
    source = rows["origin"].where(rows["lane"].notna(), rows["supplier"]).fillna("").to_numpy(dtype=object)
    groups = pd.MultiIndex.from_arrays([source, rows["node"], order])
    return Routes(
        source=source,
        window=Window(order, order + lead, following + lead, spread, spread),
        packs=_packs(frames, rows, source),
        order_group=pd.factorize(groups)[0].astype(np.int64),
        decide_by=following,
        reasons=marked(Reason.NO_LANE, ~laned) | marked(Reason.LEAD_ZERO, laned & (lead == 0)),
    )


def _order_days(frames: PlanFrames, rows: pd.DataFrame, now: datetime | None) -> pd.DataFrame:
    """Days after the plan's day of the next order and the one after it; the same lane habits are worked out once."""
    known: dict[tuple[str | None, str | None], OrderDays] = {}
    found = np.ones((len(rows), 2), dtype=np.int64)
    for at, habit in enumerate(zip(_texts(rows["review_weekdays"]), _texts(rows["cut_off"]), strict=True)):
        if habit not in known:
            known[habit] = order_days(*habit, after=frames.first - timedelta(days=1), now=now)
        found[at] = [(day - frames.as_of).days for day in (known[habit].order_by, known[habit].following)]
    return pd.DataFrame(found, columns=["order", "following"])


def _texts(values: pd.Series) -> list[str | None]:
    return [value if isinstance(value, str) else None for value in values]


def _packs(frames: PlanFrames, rows: pd.DataFrame, source: np.ndarray) -> Packs:
    """The least quantity is the supplier's: a warehouse that ships on asks for whole cases alone."""
    ships_on = np.isin(source, stocked(frames))
    moq = np.where(ships_on, 0.0, np.nan_to_num(rows["moq"].to_numpy(dtype=float), nan=0.0))
    multiple = np.nan_to_num(rows["multiple"].to_numpy(dtype=float), nan=1.0)
    return Packs(thousandths(moq), np.maximum(thousandths(np.where(multiple > 0, multiple, 1.0)), 1))


def stocked(frames: PlanFrames) -> list[str]:
    """Nodes that hold stock without making it."""
    return stocked_of(frames.nodes)


def stocked_of(nodes: pd.DataFrame) -> list[str]:
    return [str(node) for node, kind in nodes["kind"].items() if kind != PLANT]


def room_of(frames: PlanFrames, rows: pd.DataFrame, found: StockFound) -> Limits:
    """Capacity beside everything at the node and on its way there; a node that nobody counts is not limited."""
    counted = set(frames.lots["node"])
    limited = frames.nodes[frames.nodes["capacity"].notna() & frames.nodes.index.isin(counted)]
    codes = pd.Index(limited.index)
    there = frames.lots.assign(held=frames.lots["on_hand"].clip(lower=0.0)).groupby("node")["held"].sum()
    stock = found.stock
    coming = pd.Series(np.bincount(stock.coming.row, stock.coming.units, minlength=len(rows)))
    on_way = frames.inbound.groupby("node")["open"].sum().add(coming.groupby(rows["node"]).sum(), fill_value=0.0)
    taken = there.reindex(codes).fillna(0.0) + on_way.reindex(codes).fillna(0.0)
    left = thousandths((limited["capacity"] - taken).to_numpy(dtype=float))
    return Limits(codes.get_indexer(pd.Index(rows["node"])).astype(np.int64), left)


def supply_of(frames: PlanFrames, rows: pd.DataFrame, routes: Routes, found: StockFound) -> Limits:
    """What a source can deliver of a SKU: its week's limit, less what was ordered in it; else what stands there.

    A node that only ships on can give what is good and free and what reaches it before the order, not more.
    """
    days = [frames.as_of + timedelta(days=int(day)) for day in routes.window.order]
    monday = [day - timedelta(days=day.weekday()) for day in days]
    keys = pd.MultiIndex.from_arrays([routes.source, rows["sku"], monday], names=["supplier", "sku", "week"])
    weekly = _weekly(frames, found).reindex(keys).to_numpy(dtype=float)
    standing = _standing(frames, rows, routes, found).to_numpy(dtype=float)
    most = np.where(np.isfinite(weekly), weekly, standing)
    week = [day if told else None for day, told in zip(monday, np.isfinite(weekly), strict=True)]
    groups = pd.MultiIndex.from_arrays([routes.source, rows["sku"], week])
    number, _ = pd.factorize(groups)
    limited = np.isfinite(most)
    left = np.zeros(int(number.max(initial=-1)) + 1)
    left[number[limited]] = most[limited]
    return Limits(np.where(limited, number, -1).astype(np.int64), thousandths(np.maximum(left, 0.0)))


def _weekly(frames: PlanFrames, found: StockFound) -> pd.Series:
    """Units left by supplier, sku and week."""
    limits = frames.limits.groupby(["supplier", "sku", "week"])["quantity"].sum()
    ordered = pd.to_datetime(frames.inbound["ordered"])
    week = (ordered - pd.to_timedelta(ordered.dt.weekday, unit="D")).dt.date
    keys = [frames.inbound["origin"].rename("supplier"), frames.inbound["sku"], week.rename("week")]
    taken = frames.inbound.groupby(keys)["quantity"].sum().reindex(limits.index).fillna(0.0)
    # Of which week a proposal will be is not known before it is released: it counts against every one.
    pairs = pd.MultiIndex.from_arrays([limits.index.get_level_values(name) for name in ("supplier", "sku")])
    promised = found.spoken_for.reindex(pairs).fillna(0.0).to_numpy(dtype=float)
    left: pd.Series = limits - taken - promised
    return left


def _standing(frames: PlanFrames, rows: pd.DataFrame, routes: Routes, found: StockFound) -> pd.Series:
    """Units that stand at the source or reach it before the order is due; NaN where it holds no known stock."""
    lots, inbound, as_of = frames.lots, frames.inbound, pd.Timestamp(frames.as_of)
    good = ~(pd.to_datetime(lots["expiry"]) <= as_of)
    free = (lots["on_hand"].clip(lower=0.0) - lots["reserved"].fillna(0.0)).where(good, 0.0)
    there = free.groupby([lots["node"], lots["sku"]]).sum()
    due = pd.to_datetime(inbound["promised"]).fillna(
        pd.to_datetime(inbound["ordered"]) + pd.Timedelta(days=REVIEW_DAYS)
    )
    first = int(routes.window.order.min()) if len(rows) else 1
    soon = inbound["open"].where(due <= as_of + pd.Timedelta(days=first), 0.0)
    arriving = soon.groupby([inbound["node"], inbound["sku"]]).sum()
    keys = pd.MultiIndex.from_arrays([routes.source, rows["sku"]])
    left = there.reindex(keys).fillna(0.0) + arriving.reindex(keys).fillna(0.0)
    left = left - found.spoken_for.reindex(keys).fillna(0.0)
    counts = np.isin(routes.source, list(set(lots["node"]) & set(stocked(frames))))
    return pd.Series(np.where(counts, left.to_numpy(), np.nan))
