"""The law of slow series: units are counted, and what is unsure about their mean is told apart from chance.

The log errors of whole units that sell once in a while hold little but the chance of the count. Drawn again and
rounded, that chance comes twice; carried through the horizon, it looks like a level that was misjudged. So a slow
series' paths come from a negative binomial law around its mean, each period on its own, and the mean itself wavers by
path: with what all series share, with what a family shares, for a whole horizon or for a single period, and with the
series' own level.

How much of each there is follows from products of misses that share no chance: of two periods of one series (level),
of two series of one family (shock), of two families. On average such products are the variance of what both share,
however few units sold. What remains of the squares of single misses is the chance of the count.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.forecasting.calibration import CELL, Groups, ratios
from analytics.forecasting.contract import Flags, Floats, Ints
from analytics.forecasting.units import Units

SLOW = 20.0
"""Series that should sell fewer units in every period ahead are counted; above, whole units hardly matter, and what is
not known of a mean (how well a promotion goes) is more than the chance of the count."""
SIZES = 4
ENOUGH = 400
"""Trajectories that a class of size should hold."""
STEADY = 0.02
"""Scatter beyond chance below which a count is Poisson's."""
MOST = 0.25
"""Largest variance of a mean, relative to its square, that is believed of one layer."""
WIDER = 10.0
"""Largest factor on a series' own scatter, and smallest the other way."""
LARGEST = 3.0
"""Factor up or down that no shock exceeds: rarer ones come by the few units that were seen."""
LEVEL = 0.01
"""Variance of a series' own level that is always reckoned with: nobody knows a mean to the last unit."""


@dataclass(frozen=True, slots=True)
class Counting:
    """By class of size (limits ``cuts``): variance of a series' own ``level``; 2 × classes, without promotion and with
    it: log ``ratio`` of what came to what was said, ``factor`` on a series' own scatter.

    ``shocks``: origins × 1 + families × horizons, factors of mean 1 that families share, the first row for families
    that were not seen; ``families``: their names, sorted.
    """

    cuts: Floats
    ratio: Floats
    factor: Floats
    level: Floats
    shocks: Floats
    families: npt.NDArray[np.str_]

    def sized(self, said: Floats) -> Ints:
        return np.asarray(np.searchsorted(self.cuts, size_of(said), "right"))

    def shared(self, family: npt.NDArray[np.str_]) -> Ints:
        """Row of ``shocks`` of each family."""
        at = np.searchsorted(self.families, family)
        near = np.minimum(at, max(0, len(self.families) - 1))
        known = self.families[near] == family if len(self.families) else np.zeros(len(family), dtype=np.bool_)
        return np.where(known, at + 1, 0)


def size_of(said: Floats) -> Floats:
    """Mean over the horizon, NaN where nothing is said about a part of it."""
    return np.asarray(said.mean(axis=-1))


def slow(said: Floats, whole: Flags) -> Flags:
    """Series × (or origins × series ×) horizons of locations: which series are counted."""
    return np.asarray(whole & (said.max(axis=-1) < SLOW))


@dataclass(frozen=True, slots=True)
class _Shared:
    """Variance of what misses share, relative to the mean's square: by all, by a family, by one series; over the
    horizon (``level``) and, beyond it, within one period."""

    common_level: float
    common_period: float
    family_level: float
    family_period: float

    @property
    def total(self) -> float:
        return self.common_level + self.common_period + self.family_level + self.family_period


def counting(said: Floats, came: Floats, groups: Groups, origins: Ints, units: Units) -> Counting:
    """Learn the law from ``said`` and ``came`` (origins × series × horizons, as ``groups``; ``units`` by series)."""
    mine = slow(said, units.whole)
    known = mine[:, :, None] & np.isfinite(said) & np.isfinite(came)
    cuts = _cuts(size_of(said)[mine])
    size = np.where(mine, np.searchsorted(cuts, np.nan_to_num(size_of(said)), "right"), 0)
    cell = np.broadcast_to(size[:, :, None], said.shape)
    state = (np.nan_to_num(groups.promoted) > 0).astype(np.int64)
    both = state * (len(cuts) + 1) + cell
    left = ratios(np.where(known, said, np.nan), np.where(known, came, np.nan), both, origins, CELL, by_series=True)
    ratio = np.array([left.get(str(one), 0.0) for one in range(2 * len(cuts) + 2)]).reshape(2, -1)
    mean = np.where(known, said * np.exp(ratio)[state, cell], 0.0)
    miss = np.where(known, came, 0.0) - mean
    names, family = np.unique(groups.family, return_inverse=True)
    shared = _shared(miss, mean, family)
    level = _levels(miss, mean, size, shared, len(cuts) + 1)
    expected = mean * units.scatter[None, :, None]
    beyond_level = np.where(known, miss**2 - (level[cell] + shared.total) * mean**2, 0.0)
    factor = _factors(beyond_level, expected, both, len(cuts) + 1)
    chance = factor[state, cell] * expected + level[cell] * mean**2
    return Counting(cuts, ratio, factor, level, _shocks(miss, mean, chance, family, shared), names)


def _cuts(sizes: Floats) -> Floats:
    classes = int(np.clip(len(sizes) / ENOUGH, 1, SIZES))
    return np.quantile(sizes, np.arange(1, classes) / classes) if len(sizes) else np.zeros(0)


def _by_family(values: Floats, family: Ints) -> Floats:
    """Origins × families × horizons: sums over the series of each."""
    total = np.zeros((values.shape[0], int(family.max()) + 1 if len(family) else 0, values.shape[2]))
    for origin, of in zip(total, values, strict=True):
        np.add.at(origin, family, of)
    return total


def _products(values: Floats, family: Ints) -> Floats:
    """Sums of products of two values of one origin: of one series, two of a family, two families; first those of one
    period, then those of two."""
    kin, everyone = _by_family(values, family), values.sum(axis=1)
    same = [float((each**2).sum()) for each in (values, kin, everyone)]
    whole = [float((each.sum(axis=-1) ** 2).sum()) for each in (values, kin, everyone)]
    return np.array([np.diff(same, prepend=0.0), np.diff(np.subtract(whole, same), prepend=0.0)])


def _shared(miss: Floats, mean: Floats, family: Ints) -> _Shared:
    of, by = _products(miss, family), _products(mean, family)
    share = np.where(by > 0, of / np.where(by > 0, by, 1.0), 0.0)
    common_level = _believed(share[1, 2])
    common_period = _believed(share[0, 2] - common_level)
    family_level = _believed(share[1, 1] - common_level)
    return _Shared(
        common_level, common_period, family_level,
        _believed(share[0, 1] - common_level - common_period - family_level),
    )  # fmt: skip


def _believed(variance: float) -> float:
    return float(np.clip(variance, 0.0, MOST))


def _levels(miss: Floats, mean: Floats, size: Ints, shared: _Shared, classes: int) -> Floats:
    """Variance of a series' own level by class of size."""
    both, means = (
        _pooled(values.sum(axis=-1) ** 2 - (values**2).sum(axis=-1), size, classes, ENOUGH) for values in (miss, mean)
    )
    return np.clip(both / np.maximum(means, 1e-9) - shared.common_level - shared.family_level, LEVEL, MOST)


def _factors(beyond_level: Floats, expected: Floats, cell: Ints, classes: int) -> Floats:
    """2 × classes: how much wider or narrower than its own past tells a series scatters about what was said."""
    enough = ENOUGH * cell.shape[-1]
    square, chance = (_pooled(values, cell, 2 * classes, enough) for values in (beyond_level, expected))
    found = np.where(chance > 0, square / np.maximum(chance, 1e-9), 1.0)
    return np.clip(found, 1 / WIDER, WIDER).reshape(2, classes)


def _pooled(values: Floats, of: Ints, classes: int, enough: float) -> Floats:
    """Sums by class, each with as much of all classes as ``enough`` values are worth."""
    found = np.bincount(of.ravel(), values.ravel(), classes)
    return np.asarray(found + found.sum() * enough / max(1.0, float(np.count_nonzero(values))))


def _shocks(miss: Floats, mean: Floats, chance: Floats, family: Ints, shared: _Shared) -> Floats:
    """What was seen of each shock, made as large as shocks are: chance in few units would make it larger."""
    every = np.zeros_like(family)
    rows = []
    for kin, level, period in (
        (every, shared.common_level, shared.common_period),
        (family, shared.family_level, shared.family_period),
    ):
        missed, said, noise = (_by_family(values, kin) for values in (miss, mean, chance))
        over = _scaled(missed.sum(-1, keepdims=True), said.sum(-1, keepdims=True), noise.sum(-1, keepdims=True), level)
        seen = np.where(
            said > 0, missed - missed.sum(-1, keepdims=True) / _positive(said.sum(-1, keepdims=True)) * said, 0.0
        )
        rows.append(over * _from_known(_scaled(seen, said, noise, period), said > 0))
    common, own = rows
    shocks = np.concatenate([common, common * own], axis=1)
    shocks = np.clip(shocks, 1 / LARGEST, LARGEST)
    return np.asarray(shocks / _positive(shocks.mean(axis=0, keepdims=True)))


def _scaled(missed: Floats, said: Floats, noise: Floats, variance: float) -> Floats:
    """1 + relative miss, shrunk until its variance is ``variance``."""
    relative, by_chance = missed / _positive(said), noise / _positive(said) ** 2
    share = np.sqrt(variance / np.maximum(variance + by_chance, 1e-12))
    return np.asarray(np.where(said > 0, np.maximum(1 + relative * share, 0.1), 1.0))


def _positive(values: Floats) -> Floats:
    return np.asarray(np.where(values > 0, values, 1.0))


def _from_known(shocks: Floats, known: Flags) -> Floats:
    """Periods that an origin does not know yet take what others saw at that horizon, the same one for all families."""
    found = shocks.copy()
    for step in range(shocks.shape[2]):
        seen = np.flatnonzero(known[:, :, step].any(axis=1))
        for origin in range(shocks.shape[0] if len(seen) else 0):
            if origin not in seen:
                found[origin, :, step] = shocks[seen[origin % len(seen)], :, step]
    return found


def counted(
    said: Floats,
    promoted: Floats,
    family: npt.NDArray[np.str_],
    law: Counting,
    scatter: Floats,
    order: Ints,
    generator: np.random.Generator,
) -> npt.NDArray[np.float32]:
    """Paths × series × horizons of whole units around ``said``; path p has the shocks of the origin ``order[p]``."""
    size = law.sized(said)
    state = (np.nan_to_num(promoted) > 0).astype(np.int64)
    mean = (said * np.exp(law.ratio[state, size[:, None]])).astype(np.float32)
    beyond = np.maximum(law.factor[state, size[:, None]] * scatter[:, None] - 1.0, STEADY).astype(np.float32)
    level = law.level[size].astype(np.float32)
    own = generator.standard_gamma(np.broadcast_to(1 / level, (len(order), len(level))), dtype=np.float32) * level
    wavering = (mean / beyond)[None] * own[:, :, None]
    if len(law.shocks) and not (law.shocks == 1.0).all():
        wavering *= law.shocks.astype(np.float32)[order][:, law.shared(family), : mean.shape[1]]
    rate = generator.standard_gamma(wavering, dtype=np.float32) * beyond
    return generator.poisson(rate).astype(np.float32)
