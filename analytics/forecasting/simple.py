"""Candidates that need no model: naive, seasonal naive, moving average with seasonal factors; SBA and TSB."""

from __future__ import annotations

import numpy as np

from analytics.forecasting.contract import Floats
from analytics.forecasting.numbers import filled, mean_of
from analytics.forecasting.panel import Past

ALPHA = 0.1
"""Smoothing of sizes and of intervals in SBA and TSB, the value of Syntetos and Boylan (2005)."""

WINDOW = {"day": 56, "week": 13}
SHRINK = 4.0
"""Seasonal factors are pulled to 1 as if so many cycles without any season had been seen."""


def naive(past: Past) -> Floats:
    """The last known period, again and again."""
    return np.repeat(filled(past.demand)[:, -1:], past.horizon, axis=1)


def seasonal_naive(past: Past) -> Floats:
    """The same place of the last season (weekday, week of the year); where it is unknown, the last known period."""
    ahead = np.arange(past.length, past.length + past.horizon)
    season = past.bucket.season
    back = ahead - season * ((ahead - past.length) // season + 1)
    values = np.where(back >= 0, past.demand[:, np.maximum(back, 0)], np.nan)
    return np.where(np.isnan(values), naive(past), values)


def moving_average(past: Past) -> Floats:
    """Mean of the last periods without their season, times the season of the period to come."""
    factors = seasonal_factors(past)
    window = slice(max(0, past.length - WINDOW[past.bucket.value]), past.length)
    level = mean_of(past.demand[:, window] / factors[:, window], axis=1)
    level = np.where(np.isnan(level), np.nan_to_num(mean_of(past.demand, axis=1)), level)
    return np.asarray(level[:, None] * factors[:, past.length :])


def seasonal_factors(past: Past) -> Floats:
    """N × (T + H) factors around 1, pooled over the category and pulled to 1 where cycles are few."""
    season = past.bucket.season
    place = np.arange(past.length + past.horizon) % season
    factors = np.ones((len(past.series), len(place)))
    cycles = past.length / season
    if cycles < 2:
        return factors
    codes, _ = past.series["category"].astype("string").fillna("").factorize(sort=True)
    own = past.demand / np.maximum(mean_of(past.demand, axis=1), 1e-9)[:, None]
    for code in np.unique(codes):
        shape = mean_of(own[codes == code], axis=0)
        by_place = np.array([mean_of(shape[place[: past.length] == at], axis=0) for at in range(season)])
        by_place = np.where(np.isfinite(by_place), by_place, 1.0)
        pulled = (by_place / max(by_place.mean(), 1e-9) * cycles + SHRINK * (season > 7)) / (
            cycles + SHRINK * (season > 7)
        )
        factors[codes == code] = np.maximum(pulled, 0.05)[place]
    return factors


def sba(past: Past) -> Floats:
    """Croston's method as corrected by Syntetos and Boylan: size / interval × (1 − α / 2)."""
    size, interval, since = _first_sizes(past.demand)
    for column in past.demand.T:
        known, sold = np.isfinite(column), np.nan_to_num(column) > 0
        since = since + known
        size = np.where(sold, size + ALPHA * (np.nan_to_num(column) - size), size)
        interval = np.where(sold, interval + ALPHA * (since - interval), interval)
        since = np.where(sold, 0.0, since)
    return np.repeat((size / np.maximum(interval, 1.0) * (1 - ALPHA / 2))[:, None], past.horizon, axis=1)


def tsb(past: Past) -> Floats:
    """Teunter, Syntetos and Babai: size × probability of a sale; falls when an item dies."""
    size, interval, _ = _first_sizes(past.demand)
    chance = 1.0 / np.maximum(interval, 1.0)
    for column in past.demand.T:
        known, sold = np.isfinite(column), np.nan_to_num(column) > 0
        chance = np.where(known, chance + ALPHA * (sold - chance), chance)
        size = np.where(sold, size + ALPHA * (np.nan_to_num(column) - size), size)
    return np.repeat((size * chance)[:, None], past.horizon, axis=1)


def _first_sizes(demand: Floats) -> tuple[Floats, Floats, Floats]:
    """Starting size and interval: means over the first half, so that the end is learnt and not given."""
    half = demand[:, : max(1, demand.shape[1] // 2)]
    sold = np.where(np.nan_to_num(half) > 0, half, np.nan)
    size = np.nan_to_num(mean_of(sold, axis=1))
    known, times = np.isfinite(half).sum(axis=1), np.isfinite(sold).sum(axis=1)
    return size, known / np.maximum(times, 1), np.zeros(len(demand))
