"""Sharing what is scarce: room at a node among its SKUs, a week's supply among the nodes that want it.

The units that a line would lose fall convexly with what it gets, so that taking the packs in the order of what each
saves per unit, best first, is the optimum for packs of one size (a separable concave allocation under one sum; Fox,
"Discrete optimization via marginal analysis", 1966). No line gets a pack that no longer fits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.replenishment.demand import Floats, Ints, Singles
from analytics.replenishment.positions import Limits, Packs
from analytics.replenishment.rounding import smallest

MOST_PACKS = 256
"""Packs of one line that are told apart; of more, several are taken at a time."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Lines that may want more than there is. ``wanted`` in thousandths, whole packs; ``needs``: rows × paths, units;
    ``worth``: yuan per unit that is not lost; ``priority``: 0 to 1, what stars add to it, at most by the cap.
    """

    wanted: Ints
    packs: Packs
    needs: Singles
    worth: Floats
    priority: Floats


def loss(needs: Singles, quantity: Floats) -> Floats:
    """Units expected to be lost with each quantity: rows; quantities are per row.

    >>> loss(np.array([[1, 2, 3, 4]], np.float32), np.array([2.0])).tolist()
    [0.75]
    """
    short: Floats = np.maximum(needs - np.asarray(quantity)[:, None], 0).mean(axis=1, dtype=np.float64)
    return short


def left_over(needs: Singles, quantity: Floats) -> Floats:
    """Units expected to be there still when the following order comes."""
    over: Floats = np.maximum(np.asarray(quantity)[:, None] - needs, 0).mean(axis=1, dtype=np.float64)
    return over


def shared(claims: Claims, limits: Limits, *, fairness_cap: float) -> Ints:
    """What each line gets; the lines of a group never get more than is left of it."""
    got = claims.wanted.copy()
    grouped = limits.group >= 0
    total = np.bincount(limits.group[grouped], claims.wanted[grouped], minlength=len(limits.left))
    for number in np.flatnonzero((total > limits.left) & (total > 0)).tolist():
        rows = np.flatnonzero((limits.group == number) & (claims.wanted > 0))
        got[rows] = _shared(claims, rows, int(limits.left[number]), fairness_cap)
    return got


def _shared(claims: Claims, rows: Ints, supply: int, fairness_cap: float) -> Ints:
    line, size, gain = _blocks(claims, rows, fairness_cap)
    order = np.lexsort((line, -gain))
    got, closed, left = np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows), dtype=np.bool_), max(supply, 0)
    for at in order.tolist():
        one = int(line[at])
        if closed[one]:
            continue
        if size[at] > left:
            # Later packs of the line save less; none of them is taken before this one.
            closed[one] = True
            continue
        got[one] += size[at]
        left -= int(size[at])
    return got


def _blocks(claims: Claims, rows: Ints, fairness_cap: float) -> tuple[Ints, Ints, Floats]:
    """Packs in the order in which a line takes them: line, size, and yuan saved per thousandth of a unit."""
    edges = _edges(np.minimum(smallest(claims.packs)[rows], claims.wanted[rows]), claims, rows)
    needs = claims.needs[rows]
    lost = np.stack([loss(needs, edges[:, at] / 1000) for at in range(edges.shape[1])], axis=1)
    size = np.diff(edges, axis=1)
    weight = claims.worth[rows] * (1 + fairness_cap * claims.priority[rows])
    real = size > 0
    each = -np.diff(lost, axis=1) * weight[:, None] / np.where(real, size, 1)
    # Convex in truth; the last digits of sums must not turn two packs of a line round.
    gain = np.minimum.accumulate(each, axis=1)
    return np.nonzero(real)[0].astype(np.int64), size[real], gain[real]


def _edges(first: Ints, claims: Claims, rows: Ints) -> Ints:
    """Lines × packs: what a line has after each; those beyond what it wants add nothing."""
    rest = claims.wanted[rows] - first
    step = np.maximum(1, -(-(rest // claims.packs.multiple[rows]) // MOST_PACKS)) * claims.packs.multiple[rows]
    number = np.arange(int((-(-rest // step)).max(initial=0)) + 1)
    after = np.minimum(first[:, None] + number * step[:, None], claims.wanted[rows][:, None])
    return np.concatenate([np.zeros((len(rows), 1), dtype=np.int64), after], axis=1)
