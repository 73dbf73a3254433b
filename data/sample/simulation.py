"""Day after day: goods arrive, people buy what is there, plants make, nodes order, suppliers ship."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from data.sample.demand import Demand, Lines, join, pick
from data.sample.nodes import NONE
from data.sample.shelves import COUNT, RETURN, SALE, SCRAP, Moves, Parts, moves, split
from data.sample.supply import Deliveries, Supply


@dataclass(frozen=True, slots=True)
class Day:
    """What happened on one day. ``parts`` tell which lots the units of ``lines`` came from (claim = line, slot = number
    of the lot). ``wanted`` and ``sold`` are units per pair, gifts left out; ``left`` is what could be sold in the
    evening, ``closing`` the stock by pair and slot on days with a snapshot.
    """

    day: int
    lines: Lines
    parts: Parts
    moves: list[Moves]
    sent: list[Deliveries]
    received: list[Deliveries]
    wanted: np.ndarray
    sold: np.ndarray
    left: np.ndarray
    closing: np.ndarray | None
    newest: np.ndarray


@dataclass(frozen=True, slots=True)
class Calendar:
    """All days played: ``first`` is the index of the first one that is told, those before let the world settle."""

    days: list[date]
    first: int
    ahead: np.ndarray
    """SKU × day: demand of the coming weeks against the present, as planners see it."""

    @property
    def last(self) -> int:
        return len(self.days) - 1


class Simulation:
    """The world in motion; every unit that leaves one account enters another."""

    def __init__(
        self, rng: np.random.Generator, calendar: Calendar, demand: Demand, supply: Supply, *, snapshots: frozenset[int]
    ) -> None:  # fmt: skip
        self.rng, self.calendar, self.demand, self.supply, self.snapshots = rng, calendar, demand, supply, snapshots
        self.shelves, self.places, self.pairs = supply.shelves, supply.places, supply.pairs
        self.damaged, self.counted = supply.parameters.damaged, supply.parameters.counts
        self.returning: defaultdict[int, list[Lines]] = defaultdict(list)

    def fill(self) -> None:
        """Stock on the eve of the first day: two or three batches of each SKU, spread as a going concern has it."""
        for age in (3, 2, 1, 0):
            for sku in np.flatnonzero(self.supply.made_by != NONE).tolist():
                self.shelves.add_lot(sku, -int(age * self.supply.interval[sku]) - 1)
        rows = np.arange(len(self.pairs.node))
        wanted = np.rint(self.supply.rate * self.supply.cover * 0.9).astype(np.int64)
        wanted += (self.pairs.level >= 4) & (wanted == 0)
        rows = rows[(self.supply.active_from <= 0) & (wanted > 0)]
        older = self.rng.random(len(rows)) < 0.3
        self.shelves.put(rows, self.shelves.newest[self.pairs.sku[rows]] - older, wanted[rows])

    def play(self) -> Iterator[Day]:
        """Every day in turn."""
        self.fill()
        for day in range(len(self.calendar.days)):
            yield self._one(day)

    def _one(self, day: int) -> Day:
        self.shelves.begin(day)
        booked: list[Moves] = []
        weekday = self.calendar.days[day].weekday()
        ahead = self.calendar.ahead[:, day]
        came, entered = self.supply.receive(day)
        made = self.supply.make(day, ahead)
        lines = self.demand.draw(day)
        served, taken, rows, sold = self._sell(lines)
        parts = self._parts(served, rows, taken)
        booked += [one for one in (entered, made, self._sales(day, rows, taken)) if one is not None]
        booked += self._returned(day, served)
        gone = sold.copy()
        sent = []
        for delivery, left in (self._ordered(day, weekday, ahead), self._weekly(day, weekday)):
            if delivery is not None and left is not None:
                sent.append(delivery)
                booked.append(left)
                np.add.at(gone, delivery.source, delivery.units)
        booked += self._scrapped(day, weekday) + self._counted(day)
        self.supply.remember(day, gone)
        asked = ~served.gift & ~served.phantom
        return Day(
            day, served, parts, booked, sent, [came] if came is not None else [],
            wanted=np.bincount(served.pair[asked], served.wanted[asked], minlength=len(gone)).astype(np.int64),
            sold=np.bincount(served.pair[asked], served.units[asked], minlength=len(gone)).astype(np.int64),
            left=self.shelves.all_usable(),
            closing=self.shelves.stock.copy() if day in self.snapshots else None,
            newest=self.shelves.newest.copy(),
        )  # fmt: skip

    def _ordered(self, day: int, weekday: int, ahead: np.ndarray) -> tuple[Deliveries | None, Moves | None]:
        today = self.calendar.days[day]
        return self.supply.order(day, weekday, ahead, quarter_ends=today.month % 3 == 0 and today.day > 20)

    def _weekly(self, day: int, weekday: int) -> tuple[Deliveries | None, Moves | None]:
        return self.supply.clear(day) if weekday == 0 else (None, None)

    def _sell(self, lines: Lines) -> tuple[Lines, np.ndarray, np.ndarray, np.ndarray]:
        """Hand out what is there, in the order in which people come; returns the lines by pair, what was taken from
        each lot, the pairs that it was taken from, and units per pair.
        """
        lines = pick(lines, np.lexsort((self.rng.random(len(lines.pair)), lines.gift, lines.phantom, lines.pair)))
        claims = np.where(lines.phantom, 0, lines.wanted)
        usable = self.shelves.all_usable()
        before = np.cumsum(claims) - claims
        first = np.searchsorted(lines.pair, lines.pair)
        served = np.clip(usable[lines.pair] - (before - before[first]), 0, claims) if len(claims) else claims
        lines.units[:] = served
        sold = np.bincount(lines.pair, served, minlength=len(usable)).astype(np.int64)
        rows = np.flatnonzero(sold)
        careless = self.rng.random(len(rows)) > self.places.fefo[self.pairs.node[rows]]
        return lines, self.shelves.take(rows, sold[rows], newest_first=careless), rows, sold

    def _parts(self, lines: Lines, rows: np.ndarray, taken: np.ndarray) -> Parts:
        some = np.flatnonzero(lines.units)
        cut = split(np.searchsorted(rows, lines.pair[some]), lines.units[some], taken)
        claim = some[cut.claim]
        lot = self.shelves.lot(lines.pair[claim], cut.slot)
        lines.lot[claim[::-1]] = lot[::-1]
        return Parts(claim, lot, cut.units)

    def _sales(self, day: int, rows: np.ndarray, taken: np.ndarray) -> Moves:
        at, slot = np.nonzero(taken)
        return moves(day, SALE, rows[at], self.shelves.lot(rows[at], slot), -taken[at, slot])

    def _returned(self, day: int, lines: Lines) -> list[Moves]:
        """What comes back today goes into its lot again, or into the bin when it is damaged or too old."""
        due = lines.back_day[lines.back > 0]
        for when in np.unique(due[due <= self.calendar.last]).tolist():
            chosen = (lines.back > 0) & (lines.back_day == when) & (lines.units >= lines.back) & ~lines.gift
            self.returning[when].append(pick(lines, chosen & (lines.kit == NONE)))
        waiting = self.returning.pop(day, None)
        if waiting is None:
            return []
        back = join(waiting)
        if not len(back.pair):
            return []
        self.shelves.put(back.pair, back.lot, back.back)
        made = [moves(day, RETURN, back.pair, back.lot, back.back)]
        damaged = np.flatnonzero(self.rng.random(len(back.pair)) < self.damaged)
        if len(damaged):
            made.append(self._bin(day, back.pair[damaged], back.lot[damaged], back.back[damaged]))
        return made

    def _bin(self, day: int, rows: np.ndarray, lot: np.ndarray, units: np.ndarray) -> Moves:
        self.shelves.put(rows, lot, -units)
        return moves(day, SCRAP, rows, lot, -units)

    def _scrapped(self, day: int, weekday: int) -> list[Moves]:
        """Expired goods are cleared away once a week, and at once where the account of their lot ends."""
        if weekday != 0:
            return []
        rows, slot = self.shelves.expired()
        units = self.shelves.stock[rows, slot]
        return [self._bin(day, rows, self.shelves.lot(rows, slot), units)] if len(rows) else []

    def _counted(self, day: int) -> list[Moves]:
        """On the last evening of a month some shelves are found to hold a unit more or less than the books say."""
        days = self.calendar.days
        if day == self.calendar.last or days[day].month == days[day + 1].month:
            return []
        rows = np.flatnonzero(self.rng.random(len(self.pairs.node)) < self.counted)
        held = self.shelves.stock[rows]
        rows, held = rows[held.any(axis=1)], held[held.any(axis=1)]
        lot = self.shelves.lot(rows, held.argmax(axis=1))
        found = np.where(self.rng.random(len(rows)) < 0.7, -1, 1)
        self.shelves.put(rows, lot, found)
        return [moves(day, COUNT, rows, lot, found)]
