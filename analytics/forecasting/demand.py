"""Demand behind the sales: what an empty shelf hid is estimated where something sold, and masked where nothing could.

A day that sold out tells that demand was at least what was sold. Reading it as demand biases forecasts down; so does
leaving it out, because days of high demand sell out more often. Hence the conditional mean under a negative binomial
law, iterated with the level that it implies (expectation–maximisation).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from analytics.forecasting.contract import Flags, Floats
from analytics.forecasting.numbers import mean_of, moving_mean
from analytics.forecasting.panel import Panel

ROUNDS = 10
WINDOW = {"day": 28, "week": 9}
DRIFT = 0.1
"""Usual variance of a level within a series, as a share of its square."""
MOST = 0.999
"""From this share of the period out of stock, nothing could be sold and nothing is known about demand."""


def uncensored(panel: Panel) -> Panel:
    """The panel with ``demand`` estimated; periods fully out of stock are NaN."""
    return replace(panel, demand=np.where(_blind(panel), np.nan, estimated(panel)))


def estimated(panel: Panel) -> Floats:
    """Demand per series and period, also in masked periods; NaN only where a series was not listed or unknown."""
    sold, censored = np.maximum(panel.sold, 0.0), panel.censored
    if not censored.any():
        return np.asarray(sold)
    touched = np.flatnonzero(censored.any(axis=1))
    filled = sold.copy()
    filled[touched] = _filled(panel, touched)
    return np.asarray(filled)


def bias_removed(panel: Panel) -> pd.DataFrame:
    """Columns series, sold, demand (units over the whole past), bias (demand − sold) and censored (periods)."""
    filled = estimated(panel)
    sold = np.nansum(np.maximum(panel.sold, 0.0), axis=1)
    demand = np.nansum(filled, axis=1)
    return pd.DataFrame(
        {
            "series": panel.series["series"],
            "sold": sold,
            "demand": demand,
            "bias": demand - sold,
            "censored": panel.censored.sum(axis=1),
        }
    )


def _blind(panel: Panel) -> Flags:
    """Fully out of stock and nothing sold; also where the share out is unknown to be less."""
    return panel.censored & ~(np.maximum(np.nan_to_num(panel.sold), 0.0) > 0)


def _filled(panel: Panel, touched: np.ndarray) -> Floats:
    sold = np.maximum(panel.sold[touched], 0.0)
    censored = panel.censored[touched]
    shape = _shape(panel)[None, :]
    blind = censored & ~(np.nan_to_num(sold) > 0)
    demand = np.where(blind, np.nan, sold)
    width = WINDOW[panel.bucket.value]
    # Expectations cost far more than anything else here, and only these periods need them.
    met = censored & ~blind
    law: float | None = None
    mean = np.zeros_like(sold)
    for _ in range(ROUNDS):
        mean = _level(demand / shape, width) * shape
        law = _overdispersion(demand, mean, ~censored) if law is None else _relearnt(sold, mean, law, censored, blind)
        demand[met] = at_least(mean[met], sold[met], law)
    return np.where(blind, np.where(np.isnan(mean), sold, mean), demand)


def _level(demand: Floats, width: int) -> Floats:
    """Centred moving mean over what is known, pulled to the whole mean where it rests on few units.

    What emptied a shelf is a burst of sales that lies in the window: of a slow seller it would be taken for its level.
    """
    local = moving_mean(demand, width)
    whole = mean_of(demand, axis=1)[:, None]
    share = np.nan_to_num(whole) * width * DRIFT
    share = share / (1 + share)
    return np.where(np.isnan(local), whole, share * np.nan_to_num(local) + (1 - share) * whole)


def _shape(panel: Panel) -> Floats:
    """Relative demand of the period's place in the week (days) over all series; 1 for weeks."""
    if panel.bucket.value == "week":
        return np.ones(panel.length)
    known = np.where(panel.censored, np.nan, np.maximum(panel.sold, 0.0))
    total = mean_of(known / np.maximum(mean_of(known, axis=1), 1e-9)[:, None], axis=0)
    place = np.arange(panel.length) % 7
    by_day = np.array([mean_of(total[place == day], axis=0) if (place == day).any() else 1.0 for day in range(7)])
    by_day = np.where(np.isfinite(by_day) & (by_day > 0.05), by_day, 1.0)
    return np.asarray(by_day[place])


def _overdispersion(demand: Floats, mean: Floats, usable: Flags) -> float:
    """Pooled a of Var = m + a m²; 0 is Poisson.

    Measured below the mean, where an empty shelf hides little; above it the largest values are just what is missing.
    """
    usable = usable & np.isfinite(demand) & np.isfinite(mean) & (mean > 0.05) & (np.nan_to_num(demand) < mean)
    if not usable.any():
        return 0.0
    excess = (demand[usable] - mean[usable]) ** 2 - mean[usable]
    return float(np.clip(excess.sum() / (mean[usable] ** 2).sum(), 0.0, 4.0))


def _relearnt(sold: Floats, mean: Floats, law: float, censored: Flags, blind: Flags) -> float:
    """The overdispersion again, now with the spread that censored periods must have had."""
    usable = ~blind & np.isfinite(sold) & np.isfinite(mean) & (mean > 0.05)
    m, units, met = mean[usable], sold[usable], censored[usable]
    first, second = _expected(m[met], units[met], law)
    square = (units - m) ** 2
    square[met] = second + first - 2 * m[met] * first + m[met] ** 2
    return float(np.clip((square - m).sum() / max((m**2).sum(), 1e-9), 0.0, 4.0))


def at_least(mean: Floats, sold: Floats, overdispersion: float) -> Floats:
    """E[D | D ≥ sold] for a negative binomial D of ``mean`` and variance m + a m²; never below ``sold``.

    >>> round(float(at_least(np.array([2.0]), np.array([0.0]), 0.0)[0]), 6)
    2.0
    >>> round(float(at_least(np.array([2.0]), np.array([1.0]), 0.0)[0]), 4)  # 2 / (1 − e⁻²)
    2.313
    """
    return np.asarray(_expected(mean, sold, overdispersion)[0])


def _expected(mean: Floats, sold: Floats, overdispersion: float) -> tuple[Floats, Floats]:
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


def _tail(m: Floats, k: Floats, overdispersion: float, order: int) -> Floats:
    """P(D + order ≥ k) where the moment of that order shifts size and count (Johnson, Kemp & Kotz, ch. 5)."""
    from scipy.special import betainc, gammainc

    least = np.maximum(k - order, 1e-12)
    if overdispersion < 1e-6:
        tail = gammainc(least, m)
    else:
        size = 1.0 / overdispersion
        tail = betainc(least, size + order, m / (m + size))
    return np.asarray(np.where(k > order, tail, 1.0))
