"""What a policy is, and all that it may see when it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from analytics.forecasting.contract import Floats, Ints
from analytics.replenishment.positions import Dated
from analytics.simulation.world import Terms


@dataclass(frozen=True, slots=True)
class Seen:
    """The evening after period ``origin``, of the series ``rows`` whose review it is; nothing later is in here.

    ``demand``: rows × (origin + 1). ``stock``: units on the shelf; ``lots``: those of them that expire, by periods
    until the morning of that; ``coming``: ordered and not received, by periods until the morning it is expected (1 is
    the next one). ``gap``: periods until the next review.
    """

    rows: Ints
    origin: int
    demand: Floats
    stock: Floats
    lots: Dated
    coming: Dated
    gap: Ints
    terms: Terms

    @property
    def position(self) -> Floats:
        """Stock and everything ordered, units."""
        due = np.bincount(self.coming.row, self.coming.units, minlength=len(self.rows))
        return np.asarray(self.stock + due)

    @property
    def protected(self) -> Ints:
        """Periods of demand that must be met before the order after this one arrives."""
        return np.asarray(self.terms.lead + self.gap)


class Policy(Protocol):
    """Units to order for each of ``seen.rows``; the twin rounds them to what can be ordered."""

    @property
    def name(self) -> str: ...

    def order(self, seen: Seen) -> Floats: ...
