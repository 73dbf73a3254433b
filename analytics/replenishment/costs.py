"""What each answer to a shortage costs until the following receipt, in yuan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.replenishment.demand import Floats, Ints, Singles
from analytics.replenishment.positions import Money, Positions
from analytics.replenishment.sharing import left_over, loss


@dataclass(frozen=True, slots=True)
class Priced:
    """Per line. ``cost``: yuan (NaN where margin or cost is unknown); ``lost``: units expected not to be sold."""

    cost: Floats
    lost: Floats


def worth(money: Money) -> Floats:
    """Yuan per unit that is not lost; where the margin is unknown or none the cost, else the price, else 1.

    Shares and urgency need some order; that a number behind it is unknown stands in the line's reasons.
    """
    known = np.isfinite(money.shortage) & (money.shortage > 0)
    price = np.where(np.isfinite(money.price) & (money.price > 0), money.price, 1.0)
    cost = np.where(np.isfinite(money.cost) & (money.cost > 0), money.cost, price)
    return np.asarray(np.where(known, money.shortage, cost), dtype=np.float64)


def kept_for(positions: Positions, rows: Ints) -> Floats:
    """Days for which what is left over when the following order comes was kept."""
    window = positions.window
    return np.asarray(np.maximum(window.following[rows] - window.receipt[rows], 1), dtype=np.float64)


def priced(
    positions: Positions, rows: Ints, needs: Singles, units: Floats, *, before: Floats, freight: Floats
) -> Priced:
    """Of ordering ``units`` on each line. ``before``: units lost before the receipt; ``freight``: yuan of the line."""
    lost = before + loss(needs, units)
    holding = positions.money.holding[rows] * kept_for(positions, rows) * left_over(needs, units)
    return Priced(positions.money.shortage[rows] * lost + holding + freight, lost)


def saving(positions: Positions, rows: Ints, needs: Singles, units: Floats) -> Floats:
    """Yuan that ordering saves against doing nothing, before freight; NaN where unknown."""
    nothing = np.zeros(len(rows))
    sold = loss(needs, nothing) - loss(needs, units)
    more = left_over(needs, units) - left_over(needs, nothing)
    holding = positions.money.holding[rows] * kept_for(positions, rows)
    return np.asarray(positions.money.shortage[rows] * sold - holding * more)
