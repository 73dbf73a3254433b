"""What happens to stock on days that are known: deliveries arrive, lots expire."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.replenishment.demand import Floats, Ints
from analytics.replenishment.positions import Flags, Stock, Window

ARRIVAL, PROPOSED, EXPIRY = 0, 1, 2

Kinds = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Events:
    """Ordered by row and day; ``row`` counts within ``rows`` positions. All of it happens in the morning."""

    rows: int
    row: Ints
    day: Ints
    units: Floats
    kind: Kinds

    @property
    def expires(self) -> bool:
        return bool((self.kind == EXPIRY).any())

    @property
    def moment(self) -> Floats:
        """Days of demand before it."""
        return np.asarray(np.maximum(self.day - 1.0, 0.0), dtype=np.float64)

    def where(self, chosen: Flags) -> Events:
        return Events(self.rows, self.row[chosen], self.day[chosen], self.units[chosen], self.kind[chosen])

    def some(self, rows: Ints) -> Events:
        """Those of some positions, whose numbers rise or not, renumbered in their order."""
        first, last = np.searchsorted(self.row, rows, "left"), np.searchsorted(self.row, rows, "right")
        count = last - first
        at = np.repeat(first - np.cumsum(count) + count, count) + np.arange(count.sum())
        new = np.repeat(np.arange(len(rows)), count)
        return Events(len(rows), new, self.day[at], self.units[at], self.kind[at])

    def _joint(self, window: Window) -> Flags:
        return np.asarray((self.kind == PROPOSED) & (self.day == window.receipt[self.row]))

    def together(self, window: Window) -> Floats:
        """Units of proposals that come on the day this order would: the same lorry, however late it is."""
        joint = self._joint(window)
        return _sums(self, joint)

    def apart(self, window: Window) -> Events:
        """All others, as far as they can matter: lateness reaches beyond the following receipt by a few days."""
        reach = window.following + np.ceil(4 * window.following_spread).astype(np.int64)
        return self.where(~self._joint(window) & (self.day < reach[self.row]))

    def arriving(self, before: Ints) -> Floats:
        """Units that arrive before a day, by row."""
        chosen = (self.kind != EXPIRY) & (self.day < before[self.row])
        return _sums(self, chosen)

    def within(self, free: Floats) -> Events:
        """Lots cut to the free stock of their row, the last to expire first."""
        lots = self.kind == EXPIRY
        if not lots.any():
            return self
        row, units = self.row[lots], self.units[lots]
        sums = np.cumsum(units)
        starts = np.searchsorted(row, row, "left")
        begun = sums - (sums[starts] - units[starts])
        kept = np.clip(units - np.maximum(begun - free[row], 0.0), 0.0, None)
        changed = self.units.copy()
        changed[lots] = kept
        return Events(self.rows, self.row, self.day, changed, self.kind)

    def in_turn(self) -> Iterator[tuple[Ints, Floats, Floats, Kinds]]:
        """The first event of every row that has one, then the second … : rows, moments, units and kinds."""
        place = np.arange(len(self.row)) - np.searchsorted(self.row, self.row, "left")
        kind = np.where(self.kind == EXPIRY, EXPIRY, ARRIVAL)
        for turn in range(int(place.max(initial=-1)) + 1):
            at = place == turn
            yield self.row[at], self.moment[at], self.units[at], kind[at]


def _sums(events: Events, chosen: Flags) -> Floats:
    """Units by row."""
    return np.asarray(np.bincount(events.row[chosen], events.units[chosen], minlength=events.rows), dtype=np.float64)


def events_of(stock: Stock) -> Events:
    """Deliveries, proposals and expiring lots of every position; a lot expires before what arrives that morning."""
    parts = ((stock.inbound, ARRIVAL), (stock.coming, PROPOSED), (stock.lots, EXPIRY))
    row, day = (np.concatenate([getattr(part, name) for part, _ in parts]) for name in ("row", "day"))
    units = np.concatenate([part.units for part, _ in parts])
    kind = np.concatenate([np.full(len(part.row), number) for part, number in parts])
    order = np.lexsort((-kind, day, row))
    return Events(len(stock.on_hand), row[order], day[order], units[order], kind[order])
