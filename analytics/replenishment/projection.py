"""Stock projected along every sample path until the receipt of an order and the one after it, sales lost not made up.

Along one path, days counted from the day of the plan, with the order received at R and the next one at F:

- the oldest lot sells first: by the day lot k expires, lots 1…k sold S(k) = min(S(k−1) + q(k), D(until then)), where D
  is demand added up, and the rest of it, W(k), is waste;
- until R stock falls by what is sold and wasted and rises by what arrives; what is missing is lost;
- from R to F the order has to cover the greatest shortfall there would be without it,
  need = max over t of D(R,t) + W(R,t) − A(R,t) − stock(R), with A what else arrives.

The quantity is the need's quantile over the paths at the position's level; the units lost with a quantity q are
max(0, need − q) on each path (a reflected sum), so that the expected loss is convex in q.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analytics.replenishment.demand import Demand, Floats, Ints, Singles, Until, normal_quantiles, until
from analytics.replenishment.events import ARRIVAL, Events, events_of
from analytics.replenishment.positions import Flags, Positions, Stock, Window, thousandths

CHUNK = 2048
"""Positions at a time: their paths stay in the processor's cache."""

FAN = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)


@dataclass(frozen=True, slots=True)
class Projection:
    """Of rows of one chunk. ``demand`` … ``need`` are thousandths, one after the other: the quantile of demand until
    the following receipt; with what expires unsold; less what is lost before the order can arrive; and what is needed.

    ``net``: what there is and what comes in time. ``fan``: rows × levels of FAN. ``sold_before``: units expected to be
    sold before the receipt; ``lost_before`` and ``lost_after``: lost before and after it without an order. ``needs``:
    rows × paths, rising.
    """

    demand: Ints
    with_waste: Ints
    with_lost: Ints
    need: Ints
    net: Ints
    assumed: Ints
    fan: Floats
    mean: Floats
    sold_before: Floats
    lost_before: Floats
    lost_after: Floats
    needs: Singles


@dataclass(frozen=True, slots=True)
class Delays:
    """How late, in standard deviations, the order and the following one are on each path."""

    order: Floats
    following: Floats


def delays(paths: int, seed: int) -> Delays:
    """Normal quantiles in an order of their own, so that lateness hangs neither on demand nor on the other order."""
    grid, random = normal_quantiles(paths), np.random.default_rng(seed)
    return Delays(random.permutation(grid), random.permutation(grid))


def projected(
    positions: Positions, demand: Demand, late: Delays, window: Window | None = None
) -> Iterator[tuple[Ints, Projection]]:
    """Rows (numbers of positions) and their projection, chunk by chunk. ``window``: another one than the lane's."""
    times, events = window or positions.window, events_of(positions.stock)
    for start in range(0, demand.size, CHUNK):
        rows = demand.rows[start : start + CHUNK]
        told = until(demand.load(np.arange(start, start + len(rows))), demand.ends)
        level = positions.level[rows]
        yield rows, _one(told, _Held.of(positions.stock, rows), events.some(rows), times.some(rows), level, late)


@dataclass(frozen=True, slots=True)
class _Held:
    """Stock of some rows: free and owed units, whether it is known, and what comes together with the order."""

    free: Floats
    owed: Floats
    counted: Flags
    empty: Flags

    @classmethod
    def of(cls, stock: Stock, rows: Ints) -> _Held:
        return cls(stock.free[rows], stock.owed[rows], stock.counted[rows], stock.empty[rows])


def _one(told: Until, held: _Held, events: Events, window: Window, level: Floats, late: Delays) -> Projection:
    first, second = _moments(window, late)
    there, end = told.at(first), told.at(second)
    ranked_demand = np.sort(end, axis=1)
    wanted = at_level(ranked_demand, level)
    assumed = _assumed(held, wanted, there, end)
    joint = events.together(window)
    steps = _walked(told, held.free + assumed, events.apart(window), first, second, there)
    stock = steps.stock + joint[:, None].astype(np.float32)
    need = _greatest(steps, stock, first, second, there, end) + held.owed[:, None].astype(np.float32)
    wasted = at_level(np.sort(end + steps.waste, axis=1), level) if steps.wastes else wanted
    lost = at_level(np.sort(end + steps.waste - steps.lost, axis=1), level) if steps.loses else wasted
    needs = np.sort(need, axis=1)
    net = held.free + assumed - held.owed + joint + events.apart(window).arriving(window.following)
    return Projection(
        demand=thousandths(wanted),
        with_waste=thousandths(wasted),
        with_lost=thousandths(lost),
        need=thousandths(at_level(needs, level)),
        net=thousandths(net),
        assumed=thousandths(assumed),
        fan=np.stack([at_level(ranked_demand, np.full(len(level), one)) for one in FAN], axis=1),
        mean=end.mean(axis=1, dtype=np.float64),
        sold_before=(there - steps.lost).mean(axis=1, dtype=np.float64),
        lost_before=steps.lost.mean(axis=1, dtype=np.float64),
        lost_after=np.maximum(needs, 0).mean(axis=1, dtype=np.float64),
        needs=needs,
    )


def at_level(ranked: Singles, level: Floats) -> Floats:
    """The least value that is enough on the share ``level`` of the paths; ``ranked``: rows × paths, rising.

    >>> at_level(np.array([[1, 2, 3, 4]], np.float32), np.array([0.75])).tolist()
    [3.0]
    """
    paths = ranked.shape[1]
    place = np.clip(np.ceil(level * paths - 1e-9).astype(np.int64) - 1, 0, paths - 1)
    return np.asarray(ranked[np.arange(len(ranked)), place], dtype=np.float64)


def _moments(window: Window, late: Delays) -> tuple[Floats, Floats]:
    """Days of demand before the receipt and before the following one, rows × paths. Goods sell on the day they come."""
    base, after = window.receipt[:, None] - 1.0, window.following[:, None] - 1.0
    first = np.maximum(
        base + np.rint(window.spread[:, None] * late.order), np.maximum(window.order - 1.0, 0.0)[:, None]
    )
    return first, np.maximum(after + np.rint(window.following_spread[:, None] * late.following), first)


def _assumed(held: _Held, wanted: Floats, there: Singles, end: Singles) -> Floats:
    """Units taken to be on hand where nobody knows: the order replaces what one review is expected to sell."""
    one_review = (end - there).mean(axis=1, dtype=np.float64)
    return np.where(held.counted | held.empty, 0.0, np.maximum(wanted + held.owed - one_review, 0.0))


@dataclass(frozen=True, slots=True)
class _Walk:
    """Rows × paths: ``stock`` just before the receipt, ``waste`` until the following one, ``lost`` before the receipt.

    ``events``: per event the rows it is of, its moment, demand until then, and what stock changes by.
    """

    stock: Singles
    waste: Singles
    lost: Singles
    wastes: bool
    loses: bool
    events: tuple[tuple[Ints, Floats, Singles, Singles], ...]


def _walked(told: Until, free: Floats, events: Events, first: Floats, second: Floats, there: Singles) -> _Walk:
    shape = there.shape
    stock = np.broadcast_to(free[:, None].astype(np.float32), shape).copy()
    seen, lost, waste, sold = (np.zeros(shape, dtype=np.float32) for _ in range(4))
    lots = events.within(free)
    kept = []
    for rows, moment, units, kind in lots.in_turn():
        demand = told.some(rows).at(moment)
        change = np.broadcast_to(units[:, None].astype(np.float32), demand.shape).copy()
        lot = kind != ARRIVAL
        if lot.any():
            by_then = np.minimum(sold[rows[lot]] + change[lot], demand[lot])
            gone = np.maximum(change[lot] - (by_then - sold[rows[lot]]), 0)
            sold[rows[lot]] = by_then
            waste[rows[lot]] += np.where(moment[lot][:, None] < second[rows[lot]], gone, 0)
            change[lot] = -gone
        upto = np.minimum(demand, there[rows])
        left = stock[rows] - (upto - seen[rows])
        lost[rows] += np.maximum(-left, 0)
        before = moment[:, None] <= first[rows]
        stock[rows] = np.maximum(np.maximum(left, 0) + np.where(before, change, 0), 0)
        seen[rows] = upto
        kept.append((rows, moment, demand, change))
    left = stock - (there - seen)
    lost += np.maximum(-left, 0)
    return _Walk(np.maximum(left, 0), waste, lost, bool(lots.expires), bool(lost.any()), tuple(kept))


def _greatest(walk: _Walk, stock: Singles, first: Floats, second: Floats, there: Singles, end: Singles) -> Singles:
    """The greatest shortfall between the two receipts without the order; negative where something is always left."""
    shortfall = np.full(stock.shape, -np.inf, dtype=np.float32)
    change = np.zeros(stock.shape, dtype=np.float32)
    for rows, moment, demand, moved in walk.events:
        inside = (moment[:, None] > first[rows]) & (moment[:, None] < second[rows])
        here = demand - there[rows] - change[rows] - stock[rows]
        shortfall[rows] = np.maximum(shortfall[rows], np.where(inside, here, -np.inf))
        change[rows] += np.where(inside, moved, 0)
    greatest: Singles = np.maximum(shortfall, end - there - change - stock)
    return greatest
