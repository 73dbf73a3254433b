"""Errors of past forecasts, kept as trajectories over the horizon: what joint sample paths are made of.

An error is log((came + ½) / (said + ½)). Its cell are the forecasts of the same horizon, promotion state and size, and
a cell's errors are moved until paths drawn from them are right on the mean: what was said too low errs further, as a
ratio, than what was said too high. A rank is the error's place in its cell. Ranks of one series at one origin stay
together over the horizon, and a sample path takes the ranks of one origin for all series, so that what goes wrong
together stays together in sums over time and over a group.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.forecasting.calibration import CELL, OFFSET, Groups, ratios
from analytics.forecasting.contract import Floats, Ints
from analytics.forecasting.pooled import group_label

Families = npt.NDArray[np.str_]
"""Name of each series' family: those that share shocks."""

SIZES = 12
"""Cells of size at most; fewer where errors are few."""
ENOUGH = 100
"""Errors that a cell of size should hold."""
FEWEST = 40
"""A cell with fewer errors borrows from its neighbours."""
GRID = 400
"""Errors that a cell is told in, from the smallest to the largest, each as probable as the next."""

Cell = tuple[int, int, int]
"""Horizon, promotion state, size."""


@dataclass(frozen=True, slots=True)
class Errors:
    """Of one location forecast: GRID sorted errors by cell, and ranks (0..1) as origins × series × horizons.

    ``cuts``: limits of size by promotion state; ``family``: names of the families of the series that were raced.
    """

    by_cell: Mapping[Cell, Floats]
    ranks: Floats
    cuts: tuple[Floats, Floats]
    family: Families

    def law(self, key: Cell) -> Floats:
        """Errors of a cell; of the nearest one that was seen where it was not."""
        if key in self.by_cell:
            return self.by_cell[key]
        if not self.by_cell:
            return _unknown(GRID)
        return self.by_cell[min(self.by_cell, key=lambda other: _far(other, key))]


def _far(one: Cell, other: Cell) -> tuple[bool, int, int]:
    return one[1] != other[1], abs(one[2] - other[2]), abs(one[0] - other[0])


def log_error(came: Floats, said: Floats) -> Floats:
    return np.asarray(np.log((came + OFFSET) / (said + OFFSET)))


def learnt(said: Floats, came: Floats, groups: Groups, origins: Ints, *, seed: int) -> Errors:
    """Errors of ``said`` against ``came`` (both origins × series × horizons, as are the ``groups``)."""
    error = log_error(came, said)
    cuts = _cuts(said, groups.promoted)
    cell = cells(said, groups.promoted, cuts)
    places = by_cell(cell)
    left = ratios(said + OFFSET, came + OFFSET, cell, origins, CELL)
    found = {key: error[where & np.isfinite(error)] for key, where in places}
    laws = {key: _law(pooled_errors(found, key), left.get(str(_number(key)), 0.0)) for key in found}
    return Errors(laws, _completed(_ranks(error, places, seed), groups.family), cuts, groups.family)


def _law(errors: Floats, left: float) -> Floats:
    """The errors as GRID sorted ones, moved so that their mean, as a ratio, is exp(``left``)."""
    at = ((np.arange(GRID) + 0.5) / GRID * len(errors)).astype(np.int64)
    grid = np.sort(errors)[at]
    return np.asarray(grid + left - np.log(np.exp(grid).mean()))


def _ranks(error: Floats, places: list[tuple[Cell, np.ndarray]], seed: int) -> Floats:
    """Place of each error in its cell; errors that are equal share theirs out at random."""
    generator = np.random.default_rng(seed)
    ranks = np.full(error.shape, np.nan)
    for _, where in places:
        mine = where & np.isfinite(error)
        ranks[mine] = _places(error[mine], generator.random(int(mine.sum())))
    return ranks


def _places(values: Floats, ties: Floats) -> Floats:
    places = np.empty(len(values))
    places[np.lexsort((ties, values))] = (np.arange(len(values)) + 0.5) / max(1, len(values))
    return places


def family_of(series: pd.DataFrame) -> Families:
    """Name of the group whose series share shocks: a SKU's, or a category's where few nodes sell the SKU."""
    return np.asarray(group_label(series).to_numpy(dtype=np.str_))


def cells(said: Floats, promoted: Floats, cuts: tuple[Floats, Floats]) -> Ints:
    """Cell of each forecast as one number: horizon, promotion, size."""
    state = np.nan_to_num(promoted) > 0
    known = np.nan_to_num(said)
    size = np.where(state, np.searchsorted(cuts[1], known, "right"), np.searchsorted(cuts[0], known, "right"))
    step = np.broadcast_to(np.arange(said.shape[-1]), said.shape)
    return np.asarray((step * 2 + state) * SIZES + size)


def _key(cell: int) -> Cell:
    rest, size = divmod(cell, SIZES)
    step, state = divmod(rest, 2)
    return step, state, size


def _number(key: Cell) -> int:
    step, state, size = key
    return (step * 2 + state) * SIZES + size


def by_cell(cell: Ints) -> list[tuple[Cell, np.ndarray]]:
    return [(_key(int(number)), cell == number) for number in np.unique(cell)]


def pooled_errors(found: Mapping[Cell, Floats], key: Cell) -> Floats:
    """Errors for a cell; where it is thin, with those of cells that differ in horizon, then in size, then more.

    With hardly any error known at all, a wide spread is assumed: silence must not look like certainty.
    """
    step, state, size = key
    nearer: tuple[Callable[[Cell], bool], ...] = (
        lambda other: other == key,
        lambda other: other[1] == state and other[2] == size,
        lambda other: other[0] == step and other[1] == state,
        lambda other: other[1] == state,
        lambda other: True,
    )
    errors = np.zeros(0)
    for like in nearer:
        errors = np.concatenate([*(values for other, values in found.items() if like(other)), np.zeros(0)])
        if len(errors) >= FEWEST:
            return errors
    return np.concatenate([errors, _unknown(FEWEST - len(errors))])


def _unknown(count: int) -> Floats:
    """Errors of somebody who knows next to nothing: off by a factor of two or more one time in three."""
    law = NormalDist(0.0, 0.7)
    return np.array([law.inv_cdf((at + 0.5) / count) for at in range(count)])


def _cuts(said: Floats, promoted: Floats) -> tuple[Floats, Floats]:
    """Limits that make cells of about as many forecasts each, without promotion and with it."""
    state = np.nan_to_num(promoted) > 0
    quiet, loud = (_cut(said[np.isfinite(said) & where], said.shape[-1]) for where in (~state, state))
    return quiet, loud


def _cut(known: Floats, steps: int) -> Floats:
    sizes = int(np.clip(len(known) / steps / ENOUGH, 1, SIZES))
    return np.quantile(known, np.arange(1, sizes) / sizes) if len(known) else np.zeros(0)


def _completed(ranks: Floats, family: Families) -> Floats:
    """A horizon that is not known yet takes the rank of the one before it: what went wrong tends to go on.

    Then ranks of a family are spread evenly again at each horizon: that it was lucky at the few origins that were
    seen says nothing about the next one.
    """
    for step in range(1, ranks.shape[2]):
        ranks[:, :, step] = np.where(np.isnan(ranks[:, :, step]), ranks[:, :, step - 1], ranks[:, :, step])
    for name in np.unique(family):
        mine = np.flatnonzero(family == name)
        for step in range(ranks.shape[2]):
            part = ranks[:, mine, step]
            known = np.isfinite(part)
            part[known] = _places(part[known], np.zeros(int(known.sum())))
            ranks[:, mine, step] = part
    return ranks
