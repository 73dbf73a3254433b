"""What other quantities of an order would have cost, now that the demand is known which it was meant for.

The projection of :mod:`analytics.replenishment.projection` along the one path that came: no spread of demand or lead
time is left. With R the day of the receipt, F that of the following one, x the units ordered, N the need between R and
F, and over = max(x − N, 0) what is left at F:

    cost(x) = s · (lost before R + max(N − x, 0)) + h · over · (F − R + min(over / 2μ, 365))
              + c · wasted(x) + f · used(x)

with s yuan per unit not sold, h per unit kept for a day, c the cost of a unit, f freight per unit, and μ the pace of
demand: what is left is sold at it and kept until then. ``wasted`` is the part of it that would not be sold within the
days that its shelf life leaves at F. ``used`` is what was needed and what is wasted: the freight of what is left saves
that of the next order. An order's fixed cost is left out: the lorry goes for all of its lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.replenishment.demand import Demand, Floats
from analytics.replenishment.positions import Positions
from analytics.replenishment.projection import Delays, projected

LONGEST = 365.0
"""Days that a surplus is kept at most in the reckoning: of what nobody buys any more, a year is enough to tell."""

ON_TIME = Delays(np.zeros(1), np.zeros(1))


@dataclass(frozen=True, slots=True)
class Lived:
    """Per position; ``lost``, ``over``, ``wasted`` (units) and ``cost`` (yuan, NaN where a price is unknown) have one
    column per quantity. ``need``: units that the order had to cover.
    """

    demand: Floats
    need: Floats
    lost: Floats
    over: Floats
    wasted: Floats
    cost: Floats


def lived(positions: Positions, demands: Sequence[Demand], units: Floats, *, pace: Floats, life: Floats) -> Lived:
    """``units``: positions × quantities; ``pace``: units a day, by position; ``life``: days for which a unit can be
    sold after the receipt (inf: for ever); ``demands``: one path, the demand that came.
    """
    size = len(units)
    demand, need, before = np.zeros(size), np.zeros(size), np.zeros(size)
    for one in demands:
        for rows, seen in projected(positions, one, ON_TIME):
            demand[rows], need[rows], before[rows] = seen.mean, seen.needs[:, 0], seen.lost_before
    window, money = positions.window, positions.money
    kept = np.maximum(window.following - window.receipt, 1).astype(np.float64)
    lost = before[:, None] + np.maximum(need[:, None] - units, 0.0)
    over = np.maximum(units - need[:, None], 0.0)
    sold_in = _days(over, pace)
    left = np.nan_to_num(np.maximum(life - kept, 0.0), posinf=np.inf)
    wasted = np.minimum(units, np.maximum(over - _sold(pace, left)[:, None], 0.0))
    cost = (
        money.shortage[:, None] * lost
        + money.holding[:, None] * over * (kept[:, None] + np.minimum(sold_in / 2, LONGEST))
        + money.cost[:, None] * wasted
        + money.freight[:, None] * (units - np.minimum(units, over) + wasted)
    )
    return Lived(demand, need, lost, over, wasted, cost)


def _days(over: Floats, pace: Floats) -> Floats:
    """Days that a surplus takes to be sold; without demand it never is."""
    slow = np.where(pace > 0, pace, np.nan)[:, None]
    return np.asarray(np.where(over > 0, np.nan_to_num(over / slow, nan=2 * LONGEST), 0.0))


def _sold(pace: Floats, days: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(np.isinf(days), np.inf, pace * days))
