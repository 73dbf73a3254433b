"""Joint sample paths of demand, and the quantiles that follow from them for sums over time and over groups."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from analytics.forecasting.calibration import OFFSET
from analytics.forecasting.contract import Flags, Floats, Ints
from analytics.forecasting.counts import counted, slow
from analytics.forecasting.errors import GRID, Errors, Families, buyers_of, by_cell, cells
from analytics.forecasting.units import Units

Paths = npt.NDArray[np.float32]
"""Paths × series × horizons, units, never negative."""

SMALL = 20.0
"""Up to this size, units of an integer series are drawn; above, rounding to a unit would change nothing."""


def sample_paths(
    said: Floats,
    promoted: Floats,
    family: Families,
    errors: Errors,
    *,
    units: Units,
    paths: int,
    seed: int,
    first: int = 0,
) -> Paths:
    """Paths around the locations ``said`` (series × horizons) of series that sell in ``units``.

    Path p takes what went wrong at one past origin for all series: slow ones are counted, others take the ranks of a
    series of their own family, chosen at random.
    ``first``: number of the first series, where a panel is drawn in parts; the origin of a path is the same in all.
    """
    generator = np.random.default_rng((seed, first))
    order = np.resize(np.random.default_rng(seed).permutation(errors.known), paths)
    drawn = np.empty((paths, *said.shape), dtype=np.float32)
    few = slow(said, units.whole)
    if few.any():
        rows = np.flatnonzero(few)
        drawn[:, rows] = counted(
            said[rows], promoted[rows], family[rows], errors.counting, units.scatter[rows], order, generator
        )
    if not few.all():
        rows = np.flatnonzero(~few)
        drawn[:, rows] = _measured(said[rows], promoted[rows], family[rows], errors, units.some(rows), order, generator)
    return drawn


def _measured(
    said: Floats, promoted: Floats, family: Families, errors: Errors, units: Units, order: Ints,
    generator: np.random.Generator,
) -> Paths:  # fmt: skip
    said = errors.means.moved(said, promoted)
    ranks = _drawn(errors, family, said.shape, order, generator)
    drawn = np.zeros(ranks.shape, dtype=np.float32)
    for key, where in by_cell(cells(buyers_of(said, units), promoted, errors.cuts)):
        ratio = np.exp(errors.law(key)).astype(np.float32)
        drawn[:, where] = (said[where] + OFFSET) * ratio[(ranks[:, where] * GRID).astype(np.int64)] - OFFSET
    drawn = np.where(np.isnan(said)[None], np.float32(np.nan), np.maximum(drawn, 0))
    return _in_units(drawn, units.whole, generator)


def _drawn(
    errors: Errors, family: Families, shape: tuple[int, ...], order: Ints, generator: np.random.Generator
) -> Floats:
    """Paths × series × horizons of ranks in 0..1; independent uniform ones where no origin is known."""
    if not len(errors.known):
        return generator.random((len(order), *shape))
    origins = sorted(set(order.tolist()))
    drawn = np.empty((len(order), *shape))
    width = np.empty((len(order), shape[0], 1))
    for origin in origins:
        mine = np.flatnonzero(order == origin)
        known = np.flatnonzero(np.isfinite(errors.ranks[origin, :, 0]))
        pool = known[np.argsort(errors.family[known], kind="stable")]
        families = errors.family[pool]
        first = np.searchsorted(families, family, side="left")
        count = np.searchsorted(families, family, side="right") - first
        first, count = np.where(count > 0, first, 0), np.where(count > 0, count, len(pool))
        chosen = pool[first + (generator.random((len(mine), shape[0])) * count).astype(np.int64)]
        drawn[mine] = errors.ranks[origin][chosen]
        width[mine] = (1 / (count * len(errors.known)))[None, :, None]
    # Few errors make wide steps: within its rank an error is spread evenly over its step.
    jitter = (generator.random(drawn.shape) - 0.5) * width
    return np.clip(drawn + jitter, 0.0, 1.0 - 1e-9)


def _in_units(drawn: Paths, whole: Flags, generator: np.random.Generator) -> Paths:
    """Whole units where the series sells whole units: rounded up or down at random, so that the mean stays."""
    small = whole[None, :, None] & (drawn < SMALL)
    rounded = np.floor(drawn + generator.random(drawn.shape, dtype=np.float32))
    large = np.where(whole[None, :, None], np.round(drawn), drawn)
    return np.asarray(np.where(small, rounded, large), dtype=np.float32)


def over(paths: Paths, cover: Floats) -> Paths:
    """Paths × series: demand summed over the horizon with weights ``cover`` (series × horizons, 0 to 1).

    A lead time and review of 10 days in weeks is 1, 3/7, 0 …
    """
    return np.asarray(np.einsum("psh,sh->ps", paths, cover), dtype=np.float32)


def cover_of(days: Floats, horizon: int, bucket_days: int) -> Floats:
    """Weights of the periods that ``days`` from the origin on reach into, per series.

    >>> cover_of(np.array([10.0]), 3, 7).round(3).tolist()
    [[1.0, 0.429, 0.0]]
    """
    begun = np.arange(horizon) * bucket_days
    return np.clip((np.asarray(days, dtype=np.float64)[:, None] - begun[None, :]) / bucket_days, 0.0, 1.0)


def grouped(paths: Paths, group: Ints, groups: int) -> Paths:
    """Paths × groups × horizons: sums over the series of each group."""
    total = np.zeros((len(paths), groups, paths.shape[2]), dtype=np.float32)
    for number in range(groups):
        total[:, number] = np.nansum(paths[:, group == number], axis=1)
    return total


def quantiles(paths: Paths, levels: tuple[float, ...]) -> Floats:
    """Levels × what the paths are of; monotone in the level. Inverse of the distribution, so whole units stay whole."""
    return np.quantile(paths, levels, axis=0, method="inverted_cdf").astype(np.float64)
