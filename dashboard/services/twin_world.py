"""From scoped marts to worlds of the twin: true demand, lanes, costs and the stock of the day before a window."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from analytics.core.errors import DomainError
from analytics.forecasting.contract import Bucket, Flags, Floats, Ints
from analytics.forecasting.demand import estimated, uncensored
from analytics.forecasting.panel import Panel
from analytics.policies.table import PolicyTable
from analytics.replenishment.order_days import REVIEW_DAYS, weekdays_of
from analytics.replenishment.positions import Stock
from analytics.simulation.shocks import Setting
from analytics.simulation.simple import recent_mean
from analytics.simulation.world import NEVER, Terms, World, delays
from dashboard.services.desk import Facts
from dashboard.services.forecast_inputs import Frames, panels_of
from dashboard.services.frames import frame_of
from dashboard.services.plan_frames import PlanFrames, frames_at
from dashboard.services.plan_lanes import Routes, routes_of, with_lanes
from dashboard.services.plan_money import Worth, sure_of, worth_of
from dashboard.services.plan_stock import stock_of

RECENT_DAYS = 91


@dataclass(frozen=True, slots=True)
class Source:
    """``frames``: demand of all series; ``table``: policies in force."""

    facts: Facts
    frames: Frames
    table: PolicyTable


@dataclass(frozen=True, slots=True)
class Staged:
    """Everything to replay the series of one bucket. ``rows``: who they are; ``panel``: demand as policies come to know
    it, period by period; ``counted``: series whose stock at the beginning was counted, not assumed.
    """

    bucket: Bucket
    rows: pd.DataFrame
    panel: Panel
    world: World
    setting: Setting
    counted: Flags

    @property
    def origins(self) -> range:
        """Evenings of the window."""
        return range(self.world.start, self.world.start + self.world.periods)

    @property
    def reach(self) -> int:
        """Periods ahead that an order has to look."""
        return int((self.world.terms.lead[:, None] + self.world.gap).max(initial=1))


def staged(source: Source, first: date, last: date, *, seed: int) -> Iterator[Staged]:
    """A world per bucket, of the whole periods within the window; nothing for a bucket that has no past before it."""
    days = int(np.ceil(float((source.frames.series["lead_days"].fillna(0) + REVIEW_DAYS).max()))) + 2 * REVIEW_DAYS
    for panel in _panels(source.frames, last, days):
        start = int(np.searchsorted(panel.periods, np.datetime64(first)))
        if not 1 <= start < panel.length:
            continue
        truth = estimated(panel)
        known = uncensored(panel.until(start)).demand
        played = np.isfinite(truth[:, start:]).any(axis=1) & np.isfinite(known).any(axis=1)
        if played.any():
            yield _staged(source, panel, np.flatnonzero(played), truth, known, seed)


def _panels(frames: Frames, last: date, days: int) -> Iterator[Panel]:
    """Panels of the buckets that have a whole period by ``last``: days have one before weeks do."""
    try:
        yield from panels_of(frames, last, days)
    except DomainError as refused:
        if refused.code != "forecast_as_of_before":
            raise


def _staged(source: Source, panel: Panel, chosen: Ints, truth: Floats, known: Floats, seed: int) -> Staged:
    """``truth``: what was wanted, by all that is known today; ``known``: the past before the window, by what was known
    then."""
    start, mine = known.shape[1], panel.rows(chosen)
    demand = np.concatenate([known[chosen], truth[chosen][:, start:]], axis=1)
    as_of = date.fromisoformat(str(panel.periods[start])) - timedelta(days=1)
    frames = frames_at(source.facts, mine.series.assign(answered=True, flags="", methods="", bucket=""), as_of)
    rows = _rows(mine.series, frames)
    routes = routes_of(frames, rows, None, source.table.whole("replenishment.horizon_days", as_of=as_of))
    between = (routes.window.following - routes.window.receipt).astype(float)
    worth = worth_of(rows, between, source.table, as_of)
    terms = _terms(rows, routes, worth, sure_of(rows, source.table, as_of), panel.bucket)
    periods = panel.length - start
    gap = _gaps(rows, as_of, periods, panel.bucket)
    stock = stock_of(frames, rows, (), {}).stock
    usual = recent_mean(demand[:, :start], RECENT_DAYS // panel.bucket.days)
    opening = _opening(stock, usual * (terms.lead + gap.max(axis=1, initial=1)), periods, panel.bucket)
    world = World(
        demand=demand,
        start=start,
        terms=terms,
        gap=gap,
        delay=delays(terms.spread, periods, seed),
        open=np.ones(gap.shape, dtype=np.bool_),
        opening=opening,
        inbound=_inbound(stock, periods, panel.bucket),
    )
    setting = Setting(_regions(source.facts, rows), panel.periods[start : panel.length], panel.bucket.days)
    return Staged(panel.bucket, rows, replace(mine, demand=demand), world, setting, stock.counted)


def _rows(series: pd.DataFrame, frames: PlanFrames) -> pd.DataFrame:
    """Series with the terms of their SKU and their lane."""
    base = series[["owner", "series", "node", "node_name", "sku", "name", "region"]]
    return with_lanes(base.merge(frames.terms.reset_index(), "left", on="sku"), frames.lanes)


def _terms(rows: pd.DataFrame, routes: Routes, worth: Worth, sure: tuple[Floats, Flags], bucket: Bucket) -> Terms:
    money, length = worth.money, bucket.days
    lead = np.ceil((routes.window.receipt - routes.window.order) / length).astype(np.int64)
    life = rows["life"].to_numpy(dtype=float) // length
    groups = pd.MultiIndex.from_arrays([routes.source, rows["node"]])
    return Terms(
        lead=lead,
        spread=routes.window.spread / length,
        shelf=np.where(np.isfinite(life), np.maximum(np.nan_to_num(life), 1), NEVER).astype(np.int64),
        packs=routes.packs,
        group=pd.factorize(groups)[0].astype(np.int64),
        shortage=money.shortage,
        holding=money.holding * length,
        cost=money.cost,
        freight=money.freight,
        fixed=money.fixed,
        service=sure[0],
        by_service=sure[1],
    )


def _gaps(rows: pd.DataFrame, as_of: date, periods: int, bucket: Bucket) -> Ints:
    """Periods until the next review, 0 on evenings without one. An order of an evening is that of the next morning.

    Weeks are reviewed at their end.
    """
    if bucket is Bucket.WEEK:
        return np.ones((len(rows), periods), dtype=np.int64)
    habits, place = np.unique(rows["review_weekdays"].fillna("").astype(str), return_inverse=True)
    told = np.stack([gaps_of(weekdays_of(habit), as_of, periods) for habit in habits])
    return np.asarray(told[place], dtype=np.int64)


def gaps_of(weekdays: frozenset[int], as_of: date, periods: int) -> Ints:
    mornings = [as_of + timedelta(days=2 + evening) for evening in range(periods + REVIEW_DAYS)]
    known = weekdays or frozenset({mornings[0].isoweekday()})
    reviews = np.flatnonzero([day.isoweekday() in known for day in mornings])
    gaps = np.zeros(periods, dtype=np.int64)
    inside = reviews[:-1][reviews[:-1] < periods]
    gaps[inside] = np.diff(reviews)[: len(inside)]
    return gaps


def _opening(stock: Stock, assumed: Floats, periods: int, bucket: Bucket) -> Floats:
    """What was counted, by when it expires; where nobody counts, what lead time and review usually sell."""
    free = np.where(stock.counted, stock.free, np.where(stock.empty, 0.0, assumed))
    opening = np.zeros((len(free), periods + 1))
    lots = stock.lots
    before = np.cumsum(lots.units) - lots.units
    begun = before - before[np.searchsorted(lots.row, lots.row, "left")] if len(lots.row) else before
    kept = np.clip(free[lots.row] - begun, 0.0, lots.units)
    column = np.minimum((lots.day - 1) // bucket.days, periods)
    np.add.at(opening, (lots.row, np.maximum(column, 0)), kept)
    opening[:, -1] += np.maximum(free - opening.sum(axis=1), 0.0)
    return opening


def _inbound(stock: Stock, periods: int, bucket: Bucket) -> Floats:
    """Open deliveries by the first whole period that they can be sold in; later ones lie outside the window."""
    due = stock.inbound
    period = -(-(np.maximum(due.day, 1) - 1) // bucket.days)
    inside = period < periods
    found = np.zeros((len(stock.on_hand), periods))
    np.add.at(found, (due.row[inside], period[inside]), due.units[inside])
    return found


def _regions(facts: Facts, rows: pd.DataFrame) -> Mapping[str, Flags]:
    """Which series lie in a region, by its code and its name, of every level."""
    table = facts.table("region")
    told = frame_of(facts.answer(table.select("code", "name", "city", "province"))).drop_duplicates("code")
    names = dict(zip(told["code"], told["name"], strict=True))
    own = rows[["region"]].merge(told, "left", left_on="region", right_on="code")
    found: dict[str, Flags] = {}
    for column in ("province", "city", "region"):
        codes = own[column].to_numpy(dtype=object)
        for code in sorted({one for one in codes if isinstance(one, str) and one}):
            there = np.asarray(codes == code)
            for label in (code, names.get(code)):
                if isinstance(label, str) and label:
                    found[label] = found.get(label, np.zeros(len(rows), dtype=np.bool_)) | there
    return found
