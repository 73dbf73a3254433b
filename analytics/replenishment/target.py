"""How sure an order should be: the critical ratio of what a shortage and a surplus cost, or a service level."""

from __future__ import annotations

import numpy as np

from analytics.replenishment.demand import Floats
from analytics.replenishment.positions import Flags

LOWEST, HIGHEST = 0.01, 0.999


def critical_ratio(shortage: Floats, holding: Floats) -> Floats:
    """shortage / (shortage + holding), both in yuan per unit and review; NaN where one of them is unknown.

    Arrow, Harris, Marschak, "Optimal inventory policy", 1951. A loaf that earns 3 and costs 1 to keep:

    >>> critical_ratio(np.array([3.0]), np.array([1.0])).tolist()
    [0.75]
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(shortage / (shortage + holding))


def level(*, ratio: Floats, service: Floats, by_service: Flags) -> Floats:
    """The ratio, or the service level where policy wants it or where the ratio cannot be known or makes no sense."""
    usable = np.isfinite(ratio) & (ratio > 0) & ~by_service
    return np.clip(np.where(usable, ratio, service), LOWEST, HIGHEST)
