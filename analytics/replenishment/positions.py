"""What a plan looks at: one position per node and SKU, as parallel arrays. Nothing is ever added up over nodes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.replenishment.demand import Floats, Ints
from analytics.replenishment.reasons import Bits

Texts = npt.NDArray[np.object_]
Flags = npt.NDArray[np.bool_]

NEVER = 1_000_000
"""Days until something that does not happen."""


@dataclass(frozen=True, slots=True)
class Dated:
    """Units of positions on days, ordered by ``row``, then ``day`` (days after the day of the plan)."""

    row: Ints
    day: Ints
    units: Floats


def dated(row: Ints, day: Ints, units: Floats) -> Dated:
    """The same in order."""
    order = np.lexsort((day, row))
    return Dated(
        np.asarray(row, dtype=np.int64)[order],
        np.asarray(day, dtype=np.int64)[order],
        np.asarray(units, dtype=np.float64)[order],
    )


NOTHING = dated(np.array([]), np.array([]), np.array([]))


@dataclass(frozen=True, slots=True)
class Stock:
    """Units by position. ``on_hand``: what was counted, a negative lot as nothing; ``expired``: the part of it that is
    over; ``reserved``: promised to orders; ``outgoing``: promised to other nodes by proposals.

    ``lots``: good lots with an expiry day, each net of what is reserved of it; a lot can be sold until the day before.
    ``inbound``: open deliveries; ``coming``: pending and approved proposals. ``counted``: False where nobody knows
    what is on hand; ``empty``: where at least that is known.
    """

    on_hand: Floats
    expired: Floats
    reserved: Floats
    outgoing: Floats
    counted: Flags
    empty: Flags
    lots: Dated = NOTHING
    inbound: Dated = NOTHING
    coming: Dated = NOTHING

    @property
    def free(self) -> Floats:
        """What can be sold to come, before any of it expires."""
        return np.maximum(self._left, 0.0)

    @property
    def owed(self) -> Floats:
        """What was promised beyond the stock that there is."""
        return np.maximum(-self._left, 0.0)

    @property
    def _left(self) -> Floats:
        return np.asarray(self.on_hand - self.expired - self.reserved - self.outgoing)


@dataclass(frozen=True, slots=True)
class Window:
    """Days after the day of the plan, by position: when to order, when that arrives, when the order after it arrives.

    ``spread`` and ``following_spread``: standard deviation of the two deliveries' days.
    """

    order: Ints
    receipt: Ints
    following: Ints
    spread: Floats
    following_spread: Floats

    def some(self, rows: Ints) -> Window:
        return Window(*(getattr(self, name)[rows] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Money:
    """Yuan, by position, NaN where unknown. ``cost``, ``price``: of a unit; ``shortage``: a unit that is not sold;
    ``holding``: a unit that is kept for a day; ``freight``: a unit on its way; ``fixed``: an order on its lane.
    """

    cost: Floats
    price: Floats
    shortage: Floats
    holding: Floats
    freight: Floats
    fixed: Floats


@dataclass(frozen=True, slots=True)
class Packs:
    """Thousandths of a unit: least quantity of a line (0: none), and what it must be a multiple of (1 or more)."""

    moq: Ints
    multiple: Ints


@dataclass(frozen=True, slots=True)
class Limits:
    """A resource that positions share: ``group`` per position (−1: unlimited), ``left`` per group, thousandths.

    Of room: what the node's capacity leaves beside all that is there and on its way, which may be less than nothing.
    """

    group: Ints
    left: Ints

    def some(self, rows: Ints) -> Limits:
        return Limits(self.group[rows], self.left)


@dataclass(frozen=True, slots=True)
class Positions:
    """``source``: where it would be ordered; ``level``: the share of futures in which the order should suffice;
    ``order_group``: number of the order (source × node × order day) that a line would be part of; ``priority``: 0 to 1,
    how far up stars put the node where supply is scarce.
    """

    node: Texts
    sku: Texts
    source: Texts
    stock: Stock
    window: Window
    money: Money
    packs: Packs
    room: Limits
    supply: Limits
    order_group: Ints
    level: Floats
    priority: Floats
    reasons: Bits

    @property
    def size(self) -> int:
        return len(self.node)


def thousandths(units: Floats) -> Ints:
    """Whole thousandths, of hundredths: paths hold single precision, and a pack must not hang on its last digit."""
    return np.asarray(np.rint(np.asarray(units, dtype=np.float64) * 100), dtype=np.int64) * 10
