"""Stock, period by period, under one policy. The order of events in a period is fixed:

1. in the morning what has expired is thrown away, then deliveries arrive;
2. during the period demand is met from what expires first; what is not there is lost, nothing is made up later;
3. at the end what is left is charged for holding, what was lost for shortage, what was thrown away for its cost;
4. in the evening, where it is a review, the policy sees everything up to now and orders; an order of the evening of
   period t with lead time L is there in the morning of period t + 1 + L. The order is charged when it is placed.

All series at once; the only loop is over periods.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.forecasting.contract import Floats, Ints
from analytics.replenishment.positions import Packs, dated, thousandths
from analytics.replenishment.rounding import least, packed
from analytics.simulation.policy import Policy, Seen
from analytics.simulation.world import NEVER, World

FORGOTTEN = 1e-9
"""Units below which nothing is left of a lot: what sums of fractions leave behind."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """What happened, N × T, in units: ``received`` and ``wasted`` in the morning, ``sold`` and ``lost`` by the evening,
    ``stock`` left then, ``ordered`` after it. ``lines``: orders placed, 0 or 1; ``fixed``: share of the order's cost.
    ``pending``: N, ordered and not received when the window ends.
    """

    policy: str
    world: World
    received: Floats
    wasted: Floats
    sold: Floats
    lost: Floats
    stock: Floats
    ordered: Floats
    lines: Ints
    fixed: Floats
    pending: Floats


def replay(world: World, policy: Policy) -> Ledger:
    """Run the window. The same world and policy give the same ledger to the last bit."""
    shelf = _Shelf(world)
    pipeline = _Pipeline(world)
    kept = {name: np.zeros((world.size, world.periods)) for name in _KEPT}
    lines = np.zeros((world.size, world.periods), dtype=np.int64)
    for period in range(world.periods):
        kept["wasted"][:, period] = shelf.expire(period)
        arrived = pipeline.inbound[:, period]
        shelf.receive(period, arrived)
        kept["received"][:, period] = arrived
        wanted = world.wanted[:, period]
        kept["sold"][:, period] = sold = shelf.sell(period, wanted)
        kept["lost"][:, period] = wanted - sold
        kept["stock"][:, period] = shelf.lots.sum(axis=1)
        rows = np.flatnonzero(world.gap[:, period] > 0)
        if len(rows):
            units = orderable(policy.order(_seen(world, shelf, pipeline, rows, period)), world.terms.some(rows).packs)
            pipeline.place(period, rows, units)
            kept["ordered"][rows, period] = units
            lines[rows, period] = units > 0
            kept["fixed"][rows, period] = _shares(world, rows, units)
    return Ledger(policy.name, world, **kept, lines=lines, pending=pipeline.pending())


_KEPT = ("received", "wasted", "sold", "lost", "stock", "ordered", "fixed")


def orderable(units: Floats, packs: Packs) -> Floats:
    """Rounded up to the least quantity and to whole packs; nothing where nothing, or nothing known, is wanted."""
    wanted = thousandths(np.maximum(np.nan_to_num(units), 0.0))
    return np.asarray(packed(least(wanted, packs), packs) / 1000.0)


def _shares(world: World, rows: Ints, units: Floats) -> Floats:
    """The cost of an order, shared by its lines."""
    group = world.terms.group[rows]
    _, place = np.unique(group, return_inverse=True)
    lines = np.bincount(place, units > 0)
    return np.where(units > 0, world.terms.fixed[rows] / np.maximum(lines[place], 1), 0.0)


class _Shelf:
    """Lots by the period in whose morning they expire; the last column outlasts the window."""

    def __init__(self, world: World) -> None:
        self._life = np.minimum(world.terms.shelf, NEVER)
        self._periods = world.periods
        lasts = bool((self._life >= world.periods).all()) and not world.opening[:, :-1].any()
        # Where nothing can expire, one column holds all.
        self._first = world.periods if lasts else 0
        self.lots = world.opening[:, self._first :].copy()
        self._rows = np.arange(world.size)

    def expire(self, period: int) -> Floats:
        if self._first:
            return np.zeros(len(self.lots))
        gone = self.lots[:, period].copy()
        self.lots[:, period] = 0.0
        return gone

    def receive(self, period: int, units: Floats) -> None:
        column = np.minimum(period + self._life, self._periods) - self._first
        self.lots[self._rows, np.maximum(column, 0)] += units

    def sell(self, period: int, wanted: Floats) -> Floats:
        """Units sold, what expires first going first."""
        left = self.lots[:, max(period + 1 - self._first, 0) :]
        before = np.cumsum(left, axis=1) - left
        taken = np.clip(wanted[:, None] - before, 0.0, left)
        left -= taken
        left[left < FORGOTTEN] = 0.0
        return np.asarray(np.minimum(taken.sum(axis=1), wanted))

    def expiring(self, rows: Ints, period: int) -> tuple[Ints, Ints, Floats]:
        """Row, periods until the morning it expires, units."""
        if self._first:
            return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
        ahead = self.lots[rows, period + 1 : self._periods]
        row, column = np.nonzero(ahead)
        return row, column + 1, ahead[row, column]


class _Pipeline:
    """Orders under way: when they really come, and when whoever ordered expects them.

    Columns of ``_units`` are what was under way at the start, by the morning it was expected, then orders by the
    evening they were placed.
    """

    def __init__(self, world: World) -> None:
        size, periods = world.size, world.periods
        self._world, self._periods = world, periods
        self._next_open = _next_open(world.open)
        self._units = np.concatenate([world.inbound, np.zeros((size, periods))], axis=1)
        evenings = np.arange(periods)[None, :] + 1 + world.terms.lead[:, None]
        self._expected = np.concatenate([np.broadcast_to(np.arange(periods), (size, periods)), evenings], axis=1)
        self._comes = np.concatenate([self._next_open, evenings], axis=1)
        self.inbound = np.zeros((size, periods))
        row, period = np.nonzero(world.inbound)
        self._send(row, self._comes[row, period], world.inbound[row, period])

    def place(self, period: int, rows: Ints, units: Floats) -> None:
        comes = period + 1 + self._world.terms.lead[rows] + self._world.delay[rows, period]
        # To a closed place it comes on the first morning that it is open again.
        last = np.minimum(comes, self._periods - 1)
        comes = np.where(comes < self._periods, self._next_open[rows, last], comes)
        self._units[rows, self._periods + period] = units
        self._comes[rows, self._periods + period] = comes
        self._send(rows, comes, units)

    def _send(self, rows: Ints, comes: Ints, units: Floats) -> None:
        inside = comes < self._periods
        np.add.at(self.inbound, (rows[inside], comes[inside]), units[inside])

    def open_orders(self, rows: Ints, period: int) -> tuple[Ints, Ints, Floats]:
        """Row, periods until the morning it is expected (1 where it is overdue), units."""
        known = slice(0, self._periods + period)
        units = np.where(self._comes[rows, known] > period, self._units[rows, known], 0.0)
        row, column = np.nonzero(units)
        expected = self._expected[rows[row], column]
        return row, np.maximum(expected - period, 1), units[row, column]

    def pending(self) -> Floats:
        """Units that do not come within the window."""
        return np.asarray(np.where(self._comes >= self._periods, self._units, 0.0).sum(axis=1))


def _next_open(open_: np.ndarray) -> Ints:
    """For each morning the first one from then on at which the place is open; T where there is none."""
    periods = open_.shape[1]
    at = np.where(open_, np.arange(periods), periods)
    return np.asarray(np.minimum.accumulate(at[:, ::-1], axis=1)[:, ::-1], dtype=np.int64)


def _seen(world: World, shelf: _Shelf, pipeline: _Pipeline, rows: Ints, period: int) -> Seen:
    origin = world.start + period
    return Seen(
        rows=rows,
        origin=origin,
        demand=world.demand[rows, : origin + 1],
        stock=shelf.lots[rows].sum(axis=1),
        lots=dated(*shelf.expiring(rows, period)),
        coming=dated(*pipeline.open_orders(rows, period)),
        gap=world.gap[rows, period],
        terms=world.terms.some(rows),
    )
