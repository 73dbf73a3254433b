"""Errors of past forecasts, kept as trajectories over the horizon: what joint sample paths are made of.

An error is log((came + ½) / (said + ½)). It is ranked within its cell: forecasts of the same horizon, promotion state
and size. Ranks of one series at one origin stay together over the horizon, and a sample path takes the ranks
of one origin for all series, so that what goes wrong together stays together in sums over time and over a group.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.forecasting.contract import Floats, Ints
from analytics.forecasting.pooled import group_label

Families = npt.NDArray[np.str_]
"""Name of each series' family: those that share shocks."""

OFFSET = 0.5
SIZES = 3
FEWEST = 40
"""A cell with fewer errors borrows from its neighbours."""


Cell = tuple[int, int, int]
"""Horizon, promotion state, size."""


@dataclass(frozen=True, slots=True)
class Errors:
    """Of one location forecast: sorted errors by cell, and ranks (0..1) as origins × series × horizons.

    ``cuts``: limits of size; ``family``: names of the families of the series that were raced.
    """

    by_cell: dict[Cell, Floats]
    ranks: Floats
    cuts: Floats
    family: Families


def log_error(came: Floats, said: Floats) -> Floats:
    return np.asarray(np.log((came + OFFSET) / (said + OFFSET)))


def learnt(said: Floats, came: Floats, promoted: Floats, family: Families) -> Errors:
    """Errors of ``said`` against ``came`` (both origins × series × horizons); ``promoted`` is 0 or 1 alike."""
    error = log_error(came, said)
    cuts = _cuts(said)
    cell = cells(said, promoted, cuts)
    sorted_errors = _sorted(error, cell)
    ranks = np.full(error.shape, np.nan)
    for key, where in by_cell(cell):
        errors, mine = pooled_errors(sorted_errors, key), where & np.isfinite(error)
        if mine.any():
            low = np.searchsorted(errors, error[mine], side="left")
            high = np.searchsorted(errors, error[mine], side="right")
            ranks[mine] = (low + high) / (2 * len(errors))
    return Errors(sorted_errors, _completed(ranks), cuts, family)


def family_of(series: pd.DataFrame) -> Families:
    """Name of the group whose series share shocks: a SKU's, or a category's where few nodes sell the SKU."""
    return np.asarray(group_label(series).to_numpy(dtype=np.str_))


def cells(said: Floats, promoted: Floats, cuts: Floats) -> Ints:
    """Cell of each forecast as one number: horizon, promotion, size."""
    size = np.searchsorted(cuts, np.nan_to_num(said), side="right")
    step = np.broadcast_to(np.arange(said.shape[-1]), said.shape)
    state = (np.nan_to_num(promoted) > 0).astype(np.int64)
    return np.asarray((step * 2 + state) * SIZES + size)


def _key(cell: int) -> Cell:
    rest, size = divmod(cell, SIZES)
    step, state = divmod(rest, 2)
    return step, state, size


def by_cell(cell: Ints) -> list[tuple[Cell, np.ndarray]]:
    return [(_key(int(number)), cell == number) for number in np.unique(cell)]


def _sorted(error: Floats, cell: Ints) -> dict[Cell, Floats]:
    known = np.isfinite(error)
    return {key: np.sort(error[where & known]) for key, where in by_cell(cell) if (where & known).any()}


def pooled_errors(by_cell: Mapping[Cell, Floats], key: Cell) -> Floats:
    """Sorted errors for a cell; where it is thin, with those of cells that differ in size, then in horizon, then more.

    With hardly any error known at all, a wide spread is assumed: silence must not look like certainty.
    """
    step, state, size = key
    nearer: tuple[Callable[[Cell], bool], ...] = (
        lambda other: other == key,
        lambda other: other[0] == step and other[1] == state,
        lambda other: other[1] == state and other[2] == size,
        lambda other: other[0] == step,
        lambda other: True,
    )
    found = np.zeros(0)
    for like in nearer:
        found = np.concatenate([*(values for other, values in by_cell.items() if like(other)), np.zeros(0)])
        if len(found) >= FEWEST:
            return np.sort(found)
    return np.sort(np.concatenate([found, _unknown(FEWEST - len(found))]))


def _unknown(count: int) -> Floats:
    """Errors of somebody who knows next to nothing: off by a factor of two or more one time in three."""
    law = NormalDist(0.0, 0.7)
    return np.array([law.inv_cdf((at + 0.5) / count) for at in range(count)])


def _cuts(said: Floats) -> Floats:
    known = said[np.isfinite(said)]
    return np.quantile(known, np.arange(1, SIZES) / SIZES) if len(known) else np.zeros(SIZES - 1)


def _completed(ranks: Floats) -> Floats:
    """A horizon that is not known yet takes the rank of the one before it: what went wrong tends to go on."""
    for step in range(1, ranks.shape[2]):
        ranks[:, :, step] = np.where(np.isnan(ranks[:, :, step]), ranks[:, :, step - 1], ranks[:, :, step])
    return ranks
