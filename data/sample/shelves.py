"""Stock by lot: taking the oldest first, more or less, and keeping account of every unit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.sample.cells import Pairs
from data.sample.nodes import NONE


@dataclass(frozen=True, slots=True)
class Parts:
    """Quantities cut into pieces of one lot each: which claim, which slot, how many units."""

    claim: np.ndarray
    slot: np.ndarray
    units: np.ndarray


def split(row: np.ndarray, units: np.ndarray, taken: np.ndarray) -> Parts:
    """Hand out what was taken to the claims on it, in their order.

    ``row`` (ascending) and ``units`` belong to the claims; ``taken`` has a row for each value of ``row`` and a column
    for each lot. The claims on a row add up to what was taken there.

    >>> parts = split(np.array([0, 0]), np.array([3, 2]), np.array([[4, 1]]))
    >>> list(zip(parts.claim.tolist(), parts.slot.tolist(), parts.units.tolist()))
    [(0, 0, 3), (1, 0, 1), (1, 1, 1)]
    """
    lot = np.flatnonzero(taken.ravel())
    claims_end, lots_end = np.cumsum(units), np.cumsum(taken.ravel()[lot])
    ends = np.union1d(claims_end, lots_end)
    ends = ends[ends > 0]
    claim = np.searchsorted(claims_end, ends)
    slot = lot[np.searchsorted(lots_end, ends)] % taken.shape[1]
    return Parts(claim, slot, np.diff(ends, prepend=0))


class Shelves:
    """On hand by pair and lot. A lot is told by its SKU and a running number; the newest stands in the last column.

    ``made`` and ``expires`` hold the day of each lot by SKU and column; ``newest`` is the number of the last lot.
    """

    def __init__(self, pairs: Pairs, life: np.ndarray, slots: int) -> None:
        self.pairs = pairs
        self.life = life
        self.slots = slots
        self.stock = np.zeros((len(pairs.node), slots), dtype=np.int32)
        self.newest = np.full(len(life), slots - 1, dtype=np.int64)
        self.made = np.full((len(life), slots), -(10**5), dtype=np.int64)
        self.dropped = 0
        self.births: list[list[int]] = [[] for _ in life]
        self.of_sku = [np.flatnonzero(pairs.sku == sku) for sku in range(len(life))]
        self._fresh = np.ones((len(life), slots), dtype=bool)
        # By pair and lot, 1 where it can be sold: looking it up by SKU each time is what took longest.
        self._mask = np.ones_like(self.stock)

    def begin(self, day: int) -> None:
        """Lots that expire today can be sold no more."""
        fresh = self.made + self.life[:, None] > day
        for sku in np.flatnonzero((fresh != self._fresh).any(axis=1)).tolist():
            self._mask[self.of_sku[sku]] = fresh[sku]
        self._fresh = fresh

    def add_lot(self, sku: int, day: int) -> None:
        """A new lot is made; the oldest one, long expired and scrapped, leaves the account."""
        rows = self.of_sku[sku]
        self.dropped += int(self.stock[rows, 0].sum())
        self.stock[rows, :-1] = self.stock[rows, 1:]
        self.stock[rows, -1] = 0
        self.made[sku, :-1] = self.made[sku, 1:]
        self.made[sku, -1] = day
        self._fresh[sku, :-1] = self._fresh[sku, 1:]
        self._fresh[sku, -1] = True
        self._mask[rows] = self._fresh[sku]
        self.newest[sku] += 1
        self.births[sku].append(day)

    def usable(self, rows: np.ndarray) -> np.ndarray:
        """Units of each pair that have not expired."""
        return np.asarray(np.einsum("ij,ij->i", self.stock[rows], self._mask[rows]), dtype=np.int64)

    def all_usable(self) -> np.ndarray:
        return np.asarray(np.einsum("ij,ij->i", self.stock, self._mask), dtype=np.int64)

    def take(self, rows: np.ndarray, units: np.ndarray, *, newest_first: np.ndarray) -> np.ndarray:
        """Take ``units`` off each pair, at most what is usable there; returns what came from each lot."""
        held = self.stock[rows] * self._mask[rows]
        held[newest_first] = held[newest_first, ::-1]
        taken = np.minimum(np.cumsum(held, axis=1), units[:, None])
        taken[:, 1:] -= taken[:, :-1].copy()
        taken[newest_first] = taken[newest_first, ::-1]
        self.stock[rows] -= taken
        return np.asarray(taken)

    def put(self, rows: np.ndarray, lot: np.ndarray, units: np.ndarray) -> None:
        """Put units of lots (by number) on pairs, several on one if need be."""
        np.add.at(self.stock, (rows, self.slot(rows, lot)), units)

    def slot(self, rows: np.ndarray, lot: np.ndarray) -> np.ndarray:
        """Column of each lot number. Raises ValueError for a lot that has left the account."""
        found = self.slots - 1 - (self.newest[self.pairs.sku[rows]] - lot)
        if (found < 0).any():
            raise ValueError("a lot came back that is older than any on the books")
        return np.asarray(found)

    def lot(self, rows: np.ndarray, slot: np.ndarray) -> np.ndarray:
        """Number of the lot in a column."""
        return np.asarray(self.newest[self.pairs.sku[rows]] - (self.slots - 1 - slot))

    def born(self, sku: np.ndarray, lot: np.ndarray) -> np.ndarray:
        """Day on which each lot was made."""
        starts = np.cumsum([0, *(len(days) for days in self.births)])
        days = np.concatenate([np.array(one, dtype=np.int64) for one in self.births])
        return np.asarray(days[starts[sku] + lot - self.slots])

    def expired(self) -> tuple[np.ndarray, np.ndarray]:
        """Pairs and columns that hold expired units."""
        stale = np.flatnonzero(~self._fresh.all(axis=1))
        if not len(stale):
            return np.array([], int), np.array([], int)
        rows = np.concatenate([self.of_sku[sku] for sku in stale])
        at, slot = np.nonzero((self.stock[rows] > 0) & (self._mask[rows] == 0))
        return rows[at], slot


@dataclass(frozen=True, slots=True)
class Moves:
    """Movements of stock as parallel arrays; ``kind`` indexes :data:`KINDS`, ``units`` are positive inwards,
    ``other`` is the node on the other side or :data:`NONE`, ``document`` a number or :data:`NONE`.
    """

    day: np.ndarray
    kind: np.ndarray
    pair: np.ndarray
    lot: np.ndarray
    units: np.ndarray
    other: np.ndarray
    document: np.ndarray


KINDS = ("receipt", "sale", "transfer", "return", "scrap", "count")
RECEIPT, SALE, TRANSFER, RETURN, SCRAP, COUNT = range(6)


def moves(
    day: int, kind: int, pair: np.ndarray, lot: np.ndarray, units: np.ndarray, *,
    other: np.ndarray | None = None, document: np.ndarray | None = None,
) -> Moves:  # fmt: skip
    """Movements of one day and kind."""
    count = len(pair)
    none = np.full(count, NONE)
    return Moves(
        np.full(count, day),
        np.full(count, kind),
        pair,
        lot,
        units,
        none if other is None else other,
        none if document is None else document,
    )
