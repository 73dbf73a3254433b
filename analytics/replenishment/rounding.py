"""From what is needed to what can be ordered: least quantities and packs. All in whole thousandths of a unit."""

from __future__ import annotations

import numpy as np

from analytics.replenishment.demand import Ints
from analytics.replenishment.positions import Packs


def least(need: Ints, packs: Packs) -> Ints:
    """The need, or the least quantity that can be ordered; 0 where nothing is needed.

    >>> least(np.array([0, 5_000]), Packs(np.array([9_000, 9_000]), np.array([1_000, 1_000]))).tolist()
    [0, 9000]
    """
    return np.where(need > 0, np.maximum(need, packs.moq), 0)


def packed(units: Ints, packs: Packs) -> Ints:
    """Rounded up to whole packs."""
    return -(-units // packs.multiple) * packs.multiple


def smallest(packs: Packs) -> Ints:
    """The smallest line that can be ordered at all."""
    return packed(np.maximum(packs.moq, packs.multiple), packs)


def rounded_down(units: Ints, packs: Packs) -> Ints:
    """Whole packs that fit into ``units``; 0 where that would be less than the least quantity."""
    down = np.maximum(units, 0) // packs.multiple * packs.multiple
    return np.where(down >= smallest(packs), down, 0)
