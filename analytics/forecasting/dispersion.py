"""How widely demand scatters about its mean: learnt per category, from sold-out periods as well."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.forecasting.contract import Floats, Ints
from analytics.forecasting.numbers import places

MOST = (20.0, 4.0)
"""Upper bounds of both parameters: beyond, a handful of periods speaks for all."""
ENOUGH = 200.0
"""Expected units at which a category speaks for itself as loudly as all together speak for it."""
CELLS = tuple[np.ndarray, ...]
"""Rows and columns of single periods."""


@dataclass(frozen=True, slots=True)
class Law:
    """Negative binomial: variance = ``dispersion`` × mean + ``spread`` × mean².

    ``dispersion`` per series, at least 1: people come rarely and take several (a compound Poisson law has just that).
    ``spread``: what the level does not know of the day; the same for all.
    """

    group: Ints
    dispersion: Floats
    spread: float

    @classmethod
    def chance(cls, series: pd.DataFrame) -> Law:
        """Poisson, with the groups that dispersion is learnt for."""
        return cls(places(series["category"]), np.ones(len(series)), 0.0)

    def of(self, mean: Floats, cells: CELLS) -> Floats:
        """Overdispersion a of Var = m + a m² in single periods."""
        m = np.maximum(np.nan_to_num(mean[cells]), 1e-9)
        return np.asarray((self.dispersion[cells[0]] - 1.0) / m + self.spread)


def learnt(law: Law, demand: Floats, mean: Floats, sold: Floats, met: CELLS) -> Law:
    """The law again from squared distances to the mean; those of ``met`` periods as the last law expects them."""
    usable = np.isfinite(demand) & np.isfinite(mean) & (mean > 0)
    m = np.where(usable, mean, 0.0)
    excess = np.where(usable, (np.nan_to_num(demand) - m) ** 2 - m, 0.0)
    at = m[met]
    first, second = expected(at, sold[met], law.of(mean, met))
    excess[met] = np.where(usable[met], second + first - 2 * at * first + at**2 - at, 0.0)
    units, surplus = m.sum(axis=1), excess.sum(axis=1)
    steep = (float((m**2).sum()), float((excess * m).sum()), float((m**3).sum()))
    common, spread = _solved(float(units.sum()), float(surplus.sum()), *steep)
    squares = (m**2).sum(axis=1)
    by_group = np.bincount(law.group, surplus - spread * squares) + ENOUGH * common
    own = by_group / (np.bincount(law.group, units) + ENOUGH)
    return replace(law, dispersion=1.0 + np.clip(own, 0.0, MOST[0])[law.group], spread=spread)


def _solved(units: float, surplus: float, squares: float, product: float, cubes: float) -> tuple[float, float]:
    """Least squares of excess = c m + a m² with weights 1 / m; neither below zero."""
    if units <= 0:
        return 0.0, 0.0
    determinant = units * cubes - squares**2
    if determinant > 1e-9 * units * cubes:
        common = (surplus * cubes - product * squares) / determinant
        spread = (product * units - surplus * squares) / determinant
        if common >= 0 and spread >= 0:
            return min(common, MOST[0]), min(spread, MOST[1])
        if common < 0:
            return 0.0, float(np.clip(product / cubes, 0.0, MOST[1]))
    return float(np.clip(surplus / units, 0.0, MOST[0])), 0.0


def at_least(mean: Floats, sold: Floats, overdispersion: Floats | float) -> Floats:
    """E[D | D ≥ sold] for a negative binomial D of ``mean`` and variance m + a m²; never below ``sold``.

    >>> round(float(at_least(np.array([2.0]), np.array([0.0]), 0.0)[0]), 6)
    2.0
    >>> round(float(at_least(np.array([2.0]), np.array([1.0]), 0.0)[0]), 4)  # 2 / (1 − e⁻²)
    2.313
    """
    return np.asarray(expected(mean, sold, overdispersion)[0])


def expected(mean: Floats, sold: Floats, overdispersion: Floats | float) -> tuple[Floats, Floats]:
    """E[D | D ≥ sold] and E[D (D − 1) | D ≥ sold]."""
    m = np.maximum(np.nan_to_num(mean), 1e-9)
    k = np.maximum(np.ceil(np.nan_to_num(sold)), 0.0)
    tails = [_tail(m, k, overdispersion, order) for order in (0, 1, 2)]
    with np.errstate(divide="ignore", invalid="ignore"):
        first = m * tails[1] / tails[0]
        second = m**2 * (1 + overdispersion) * tails[2] / tails[0]
    # Far in the tail all go to zero; the sale itself is then all that is known.
    floor = np.nan_to_num(sold)
    first = np.maximum(np.where(np.isfinite(first), first, floor), floor)
    return first, np.where(np.isfinite(second), second, floor * np.maximum(floor - 1, 0))


def _tail(m: Floats, k: Floats, overdispersion: Floats | float, order: int) -> Floats:
    """P(D + order ≥ k) where the moment of that order shifts size and count (Johnson, Kemp & Kotz, ch. 5)."""
    from scipy.special import betainc, gammainc

    least = np.maximum(k - order, 1e-12)
    wide = np.broadcast_to(np.asarray(overdispersion, dtype=np.float64), m.shape)
    size = 1.0 / np.maximum(wide, 1e-6)
    tail = np.where(wide < 1e-6, gammainc(least, m), betainc(least, size + order, m / (m + size)))
    return np.asarray(np.where(k > order, tail, 1.0))
