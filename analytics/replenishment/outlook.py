"""What every position needs and what it could spare, over all chunks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.replenishment.demand import Demand, Ints, Singles
from analytics.replenishment.positions import Positions, thousandths
from analytics.replenishment.projection import FAN, Delays, Projection, at_level, projected

_WHOLE = ("demand", "with_waste", "with_lost", "need", "net", "assumed")
_REAL = ("mean", "sold_before", "lost_before", "lost_after")


@dataclass(frozen=True, slots=True)
class Outlook(Projection):
    """A projection of all positions, but for ``needs``: those of positions with a need alone, in rows told by
    ``place`` (−1 for the others). ``spare``: thousandths that are not needed before the following receipt, at the level
    at which a giver must not run out. ``known``: whether there was demand to look at.
    """

    spare: Ints
    place: Ints
    known: Ints

    def needs_of(self, rows: Ints) -> Singles:
        return self.needs[self.place[rows]]


def outlook(positions: Positions, demands: Sequence[Demand], late: Delays, *, giver_level: float) -> Outlook:
    """Project every position whose demand is told."""
    size = positions.size
    whole = {name: np.zeros(size, dtype=np.int64) for name in (*_WHOLE, "spare", "known")}
    real = {name: np.zeros(size) for name in _REAL}
    fan, place = np.zeros((size, len(FAN))), np.full(size, -1, dtype=np.int64)
    kept: list[Singles] = []
    count = 0
    for demand in demands:
        for rows, one in projected(positions, demand, late):
            for name in _WHOLE:
                whole[name][rows] = getattr(one, name)
            for name in _REAL:
                real[name][rows] = getattr(one, name)
            fan[rows] = one.fan
            whole["known"][rows] = 1
            whole["spare"][rows] = _spare(positions, rows, one, giver_level)
            wanting = one.need > 0
            place[rows[wanting]] = count + np.arange(int(wanting.sum()))
            count += int(wanting.sum())
            kept.append(one.needs[wanting])
    paths = len(late.order)
    needs = np.concatenate(kept) if kept else np.zeros((0, paths), dtype=np.float32)
    # The names of both groups are those of fields.
    return Outlook(**whole, **real, fan=fan, place=place, needs=needs)  # type: ignore[arg-type]


def _spare(positions: Positions, rows: Ints, one: Projection, giver_level: float) -> Ints:
    """Nothing where the stock is a guess: it could be that there is none."""
    sure = np.maximum(positions.level[rows], giver_level)
    left = np.maximum(-thousandths(at_level(one.needs, sure)), 0)
    return np.where(positions.stock.counted[rows], left, 0)
