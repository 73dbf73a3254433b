"""How much more was asked for when a slow seller sold out: learnt from the sizes of what was sold, cut short or not."""

from __future__ import annotations

import numpy as np

from analytics.forecasting.contract import Flags, Floats, Ints

FINEST = 200
"""Sizes that are told apart; of more, as many quantiles."""
OWN = 3.0
"""Sizes at risk at which a group speaks for itself as loudly as the larger one speaks for it."""


def cut_short(sold: Floats, censored: Flags, groups: tuple[Ints, ...]) -> Floats:
    """E[D | D ≥ sold] of the ``censored`` among the sizes ``sold`` (> 0), in their order.

    Chances that a size ends where it ends after Kaplan & Meier (1958): what was cut short is larger than what was sold,
    or equal. ``groups`` from coarse to fine: the chances of each are weighed with those of the group before.

    >>> cut_short(np.array([2.0, 2.0] + [1.0, 3.0] * 20), np.array([True, False] + [False] * 40), ()).round(2)
    array([2.96])
    """
    grid = _grid(sold)
    if not len(grid):
        return np.asarray(sold[censored])
    at = np.minimum(np.searchsorted(grid, sold, side="left"), len(grid) - 1)
    ended, risk = _counted(at, sold, censored, grid, np.zeros(len(sold), dtype=np.int64))
    everywhere = ended.sum() / max(risk.sum(), 1.0)
    chance, place = (ended + OWN * everywhere) / (risk + OWN), np.zeros(len(sold), dtype=np.int64)
    for group in groups:
        ended, risk = _counted(at, sold, censored, grid, group)
        above = np.zeros(len(ended), dtype=np.int64)
        above[group] = place
        chance, place = (ended + OWN * chance[above]) / (risk + OWN), group
    excess = _excess(chance, grid)
    ahead = np.maximum(grid[at] - sold, 0.0)
    return np.asarray((sold + ahead + excess[place, at])[censored])


def _grid(sold: Floats) -> Floats:
    sizes = np.unique(sold)
    return sizes if len(sizes) <= FINEST else np.unique(np.quantile(sizes, np.linspace(0, 1, FINEST)))


def _counted(at: Ints, sold: Floats, censored: Flags, grid: Floats, group: Ints) -> tuple[Floats, Floats]:
    """Group × size: how many ended there, of how many that were seen to reach it; a size cut there was not."""
    shape = (int(group.max(initial=0)) + 1, len(grid))
    ended, cut = np.zeros((2, *shape))
    np.add.at(ended, (group[~censored], at[~censored]), 1.0)
    np.add.at(cut, (group[censored], at[censored]), 1.0)
    reached = ended[:, ::-1].cumsum(axis=1)[:, ::-1]
    beyond = cut[:, ::-1].cumsum(axis=1)[:, ::-1] - cut
    return ended, reached + beyond


def _excess(chance: Floats, grid: Floats) -> Floats:
    """Group × size: E[D − size | D ≥ size]; beyond the largest, sizes fall off evenly."""
    stays = 1.0 - chance
    step = np.diff(grid, append=2 * grid[-1] - (grid[-2] if len(grid) > 1 else 0.0))
    excess = np.zeros_like(chance)
    excess[:, -1] = stays[:, -1] * step[-1] / np.maximum(chance[:, -1], 0.05)
    for place in range(len(grid) - 2, -1, -1):
        excess[:, place] = stays[:, place] * (step[place] + excess[:, place + 1])
    return excess
