"""Errors of past forecasts, kept as trajectories over the horizon: what joint sample paths are made of.

An error is log((came + ½) / (said + ½)). Its cell are the forecasts of the same horizon and promotion state that as
many buyers stand behind, and a cell's errors are moved until paths drawn from them are right on the mean: what was said
too low errs further, as a ratio, than what was said too high. A rank is the error's place in its cell. Ranks of one
series at one origin stay together over the horizon, and a sample path takes the ranks of one origin for all series, so
that what goes wrong together stays together in sums over time and over a group.

How many buyers stand behind a forecast is what was said by the series' own scatter: a hundred units that come in dozens
err as widely as eight that come one by one. Series that sell a few units are not drawn from errors, but counted
(:mod:`analytics.forecasting.counts`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.forecasting.calibration import CELL, OFFSET, Groups, ratios
from analytics.forecasting.contract import Flags, Floats, Ints
from analytics.forecasting.counts import SLOW, Counting, counting
from analytics.forecasting.pooled import group_label
from analytics.forecasting.units import Units

Families = npt.NDArray[np.str_]
"""Name of each series' family: those that share shocks."""

SIZES = 12
"""Cells of size at most; fewer where errors are few."""
ENOUGH = 100
"""Errors that a cell of size should hold."""
FEWEST = 40
"""A cell with fewer errors borrows from its neighbours."""
BY_CHANCE = 0.75
"""Power of the scatter by which large forecasts are sorted; not 1, for what is misjudged is not chance alone."""
BELIEVED = 0.75
"""Share of what a size's ratio differs from others' by that locations are moved by before errors are taken: series that
were small and grew need not grow on."""
GRID = 400
"""Errors that a cell is told in, from the smallest to the largest, each as probable as the next."""

Cell = tuple[int, int, int]
"""Horizon, promotion state, size."""


@dataclass(frozen=True, slots=True)
class Means:
    """Log of what came by what was said, by number of a cell of size (limits ``cuts``); 0 where none was seen."""

    cuts: tuple[Floats, Floats]
    left: Mapping[str, float]

    def moved(self, said: Floats, promoted: Floats) -> Floats:
        """Locations, of the same shape, after which no size is too high or too low on the mean."""
        numbers, place = np.unique(cells(said, promoted, self.cuts), return_inverse=True)
        left = np.array([self.left.get(str(number), 0.0) for number in numbers])[place].reshape(said.shape)
        return np.asarray(np.maximum((said + OFFSET) * np.exp(left) - OFFSET, 0.0))


@dataclass(frozen=True, slots=True)
class Errors:
    """Of one location forecast: GRID sorted errors by cell, and ranks (0..1) as origins × series × horizons.

    ``means``: what moves locations first; ``cuts``: limits in buyers by promotion state; ``family``: names of the
    families of the series that were raced; ``counting``: the law of slow series, with as many origins.
    """

    means: Means
    by_cell: Mapping[Cell, Floats]
    ranks: Floats
    cuts: tuple[Floats, Floats]
    family: Families
    counting: Counting

    @property
    def known(self) -> Ints:
        """Origins that tell anything."""
        return np.flatnonzero(np.isfinite(self.ranks[:, :, 0]).any(axis=1))

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


def learnt(said: Floats, came: Floats, groups: Groups, origins: Ints, units: Units, *, seed: int) -> Errors:
    """Errors of ``said`` against ``came`` (origins × series × horizons, as are the ``groups``; ``units`` by series)."""
    told = np.where(_measured(said, came, units)[:, :, None], came, np.nan)
    means = _means(said, told, groups, origins)
    moved = means.moved(said, groups.promoted)
    error, buyers = log_error(told, moved), buyers_of(moved, units)
    cuts = _cuts(buyers, groups.promoted)
    cell = cells(buyers, groups.promoted, cuts)
    places = by_cell(cell)
    left = ratios(moved + OFFSET, told + OFFSET, cell, origins, CELL)
    found = {key: error[where & np.isfinite(error)] for key, where in places}
    laws = {key: _law(pooled_errors(found, key), left.get(str(_number(key)), 0.0)) for key in found}
    ranks = _completed(_ranks(error, places, seed), groups.family)
    return Errors(means, laws, ranks, cuts, groups.family, counting(said, came, groups, origins, units))


def _means(said: Floats, came: Floats, groups: Groups, origins: Ints) -> Means:
    """Ratios by size, believed in part; their total by horizon and promotion state is believed whole."""
    cuts = _cuts(said, groups.promoted)
    cell = cells(said, groups.promoted, cuts)
    found = ratios(said + OFFSET, came + OFFSET, cell, origins, CELL)
    known = np.isfinite(said) & np.isfinite(came)
    numbers, place = np.unique(cell[known], return_inverse=True)
    left = np.array([found[str(number)] for number in numbers])
    units = np.bincount(place, said[known] + OFFSET, len(numbers))
    _, group = np.unique(numbers // SIZES, return_inverse=True)
    whole, part = (np.bincount(group, units * np.exp(share * left)) for share in (1.0, BELIEVED))
    left = BELIEVED * left + np.log(whole / part)[group]
    return Means(cuts, {str(number): float(one) for number, one in zip(numbers, left, strict=True)})


def buyers_of(said: Floats, units: Units) -> Floats:
    """Of locations (… × series × horizons): about how many would have to come one by one to be as unsure as these."""
    return np.asarray(said / units.scatter[:, None] ** BY_CHANCE)


def _measured(said: Floats, came: Floats, units: Units) -> Flags:
    """Whose errors tell of series that are not counted, origins × series; all, where hardly any do."""
    far = ~(units.whole & (said.max(axis=-1) < SLOW / 2))
    known = (np.isfinite(said) & np.isfinite(came)).any(axis=-1)
    return far if (far & known).sum() >= FEWEST else np.ones_like(far)


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
    """A horizon that is not known yet goes on like that of an older origin; a gap takes the rank of the one before it.

    Then ranks of a family are spread evenly again at each horizon: that it was lucky at the few origins that were
    seen says nothing about the next one.
    """
    _, code = np.unique(family, return_inverse=True)
    _continue(ranks, code)
    for step in range(1, ranks.shape[2]):
        ranks[:, :, step] = np.where(np.isnan(ranks[:, :, step]), ranks[:, :, step - 1], ranks[:, :, step])
    for number in range(int(code.max(initial=-1)) + 1):
        mine = np.flatnonzero(code == number)
        for step in range(ranks.shape[2]):
            part = ranks[:, mine, step]
            known = np.isfinite(part)
            part[known] = _places(part[known], np.zeros(int(known.sum())))
            ranks[:, mine, step] = part
    return ranks


def _continue(ranks: Floats, code: Ints) -> None:
    """Give each origin the end of one older origin: each series that of the one of its family that stood nearest to it.

    Carried on as it was last seen, one day's chance would become a level for the rest of the horizon.
    """
    seen: Flags = np.any(np.isfinite(ranks), axis=1)
    whole = np.flatnonzero(seen[:, -1])
    for origin in np.flatnonzero(seen[:, 0] & ~seen[:, -1]) if len(whole) else []:
        last, donor = int(np.flatnonzero(seen[origin])[-1]), int(whole[origin % len(whole)])
        pool = np.flatnonzero(np.isfinite(ranks[donor, :, last:]).all(axis=1))
        mine = np.flatnonzero(np.isfinite(ranks[origin, :, last]))
        if len(pool):
            pool = pool[np.argsort(2 * code[pool] + ranks[donor, pool, last])]
            place = np.searchsorted(
                2 * code[pool] + ranks[donor, pool, last], 2 * code[mine] + ranks[origin, mine, last]
            )
            ranks[origin, mine, last + 1 :] = ranks[donor, pool[np.minimum(place, len(pool) - 1)], last + 1 :]
