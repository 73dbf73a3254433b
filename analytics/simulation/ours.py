"""The plan itself as a policy: what `waterline plan` would propose that evening, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from analytics.forecasting.contract import Floats
from analytics.forecasting.paths import Paths
from analytics.replenishment.demand import loaded
from analytics.replenishment.plan import Terms, planned
from analytics.replenishment.positions import NOTHING, Limits, Money, Positions, Stock, Window
from analytics.simulation.policy import Seen
from analytics.simulation.simple import level_of

FAIRNESS, GIVER = 0.0, 0.9
"""Supply is not scarce in a replay and nobody gives: neither is looked at."""


class Foresight(Protocol):
    """Forecasts as they were made."""

    def paths(self, origin: int) -> Paths:
        """Joint sample paths (paths × all series × periods ahead) from what was known when period ``origin`` was over;
        NaN where nothing can be said."""
        ...


@dataclass(frozen=True, slots=True)
class OrderUpTo:
    """Order-up-to from the quantile of summed sample paths at the critical ratio, with what is lost meanwhile."""

    foresight: Foresight
    seed: int
    name: str = "waterline"

    def order(self, seen: Seen) -> Floats:
        paths = self.foresight.paths(seen.origin)[:, seen.rows]
        told = np.flatnonzero(np.isfinite(paths).all(axis=(0, 2)))
        units = np.zeros(len(seen.rows))
        if not len(told):
            return units
        demand = loaded(
            told, np.arange(1.0, paths.shape[2] + 1), np.ascontiguousarray(paths[:, told].transpose(1, 2, 0))
        )
        terms = Terms(seed=self.seed, paths=len(paths), giver_level=GIVER, fairness_cap=FAIRNESS)
        plan = planned(positions_of(seen), [demand], terms)
        units[plan.rows] = plan.quantity / 1000.0
        return units


def positions_of(seen: Seen) -> Positions:
    """A replay's evening as the positions of a plan: a period is a day, and the plan is made on day 0.

    What expires before the order after this one cannot be meant to last until then.
    """
    size, terms = len(seen.rows), seen.terms
    receipt = terms.lead + 1
    lasts = np.minimum(seen.gap, terms.shelf)
    names = np.array([""] * size, dtype=object)
    none, sure = np.zeros(size), np.ones(size, dtype=np.bool_)
    return Positions(
        node=names,
        sku=names,
        source=names,
        stock=Stock(seen.stock, none, none, none, sure, ~sure, seen.lots, seen.coming, NOTHING),
        window=Window(np.zeros(size, dtype=np.int64), receipt, receipt + lasts, terms.spread, terms.spread),
        money=Money(terms.cost, terms.cost + terms.shortage, terms.shortage, terms.holding, terms.freight, terms.fixed),
        packs=terms.packs,
        room=_unlimited(size),
        supply=_unlimited(size),
        order_group=np.unique(terms.group, return_inverse=True)[1].astype(np.int64),
        level=level_of(seen),
        priority=none,
        reasons=np.zeros(size, dtype=np.int64),
    )


def _unlimited(size: int) -> Limits:
    return Limits(np.full(size, -1, dtype=np.int64), np.zeros(0, dtype=np.int64))
