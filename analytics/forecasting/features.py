"""What the global model sees of one origin: lags, levels, last year, drivers and their changes, relative to a base.

Everything stands relative to a base forecast or to the series' own scale, so that one model serves all sizes. Demand
that was masked is a gap in lags and means, never a zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.forecasting.contract import Floats
from analytics.forecasting.numbers import mean_of, spread_of
from analytics.forecasting.panel import Past
from analytics.forecasting.pooled import log_price, pooled, rivals
from analytics.forecasting.simple import moving_average

LAGS = (0, 1, 2, 3, 5, 7)
WINDOWS = (4, 8, 13, 26, 52)
NEAR = 0.06
"""Width in log price within which past periods count as similar to a planned one."""
FADING = 100.0
"""Periods after which a similar period of the past counts less by a factor e."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Of one origin: N × H × K features, N × H base locations, N scales."""

    features: npt.NDArray[np.float32]
    base: Floats
    scale: Floats


def seen_from(past: Past) -> Seen:
    """Features of the H periods after the past."""
    scale = np.maximum(np.nan_to_num(mean_of(past.demand[:, -past.bucket.year :], axis=1)), 1e-3)
    base = base_of(past, scale)
    ahead = [np.column_stack(list(_columns(past, scale, base, step))) for step in range(past.horizon)]
    return Seen(np.stack(ahead, axis=1).astype(np.float32), base, scale)


def base_of(past: Past, scale: Floats) -> Floats:
    """The pooled regression, or the moving average where it says nothing; at least a hundredth of the scale."""
    regression = pooled(past)
    base = np.where(np.isfinite(regression), regression, moving_average(past))
    return np.asarray(np.maximum(base, 0.01 * scale[:, None]))


def _columns(past: Past, scale: Floats, base: Floats, step: int) -> Iterator[Floats]:
    at = past.length + step
    yield from _levels(past, scale)
    yield from _last_year(past, scale, at)
    yield np.log(scale)
    yield np.log(base[:, step] / scale)
    yield np.full(len(scale), float(step + 1))
    if "price" in past.drivers:
        yield from _price(past, scale, at)
    for name, values in sorted(past.drivers.items()):
        if name != "price":
            yield from _driver(past, values, at)
    for _, values in sorted(past.calendar.items()):
        yield np.full(len(scale), values[at])


def _levels(past: Past, scale: Floats) -> Iterator[Floats]:
    demand, length = past.demand, past.length
    for lag in LAGS:
        yield _relative(demand[:, length - 1 - lag], scale) if lag < length else np.full(len(scale), np.nan)
    for window in WINDOWS:
        yield _relative(mean_of(demand[:, max(0, length - window) :], axis=1), scale)
    year = demand[:, max(0, length - past.bucket.year) :]
    yield spread_of(np.log1p(year), axis=1)
    yield mean_of(np.where(np.isfinite(year), (year <= 0).astype(np.float64), np.nan), axis=1)


def _last_year(past: Past, scale: Floats, at: int) -> Iterator[Floats]:
    """The same period a year (or a festival) earlier, and the mean around it."""
    back = int(past.last_year[at])
    if not 0 <= back < past.length:
        yield np.full(len(scale), np.nan)
        yield np.full(len(scale), np.nan)
        return
    yield _relative(past.demand[:, back], scale)
    yield _relative(mean_of(past.demand[:, max(0, back - 1) : min(back + 2, past.length)], axis=1), scale)


def _price(past: Past, scale: Floats, at: int) -> Iterator[Floats]:
    """Planned price against usual, last, recent and rivals' prices; demand in similar periods."""
    price = log_price(past.drivers["price"])
    now, usual = price[:, at], np.median(price[:, max(0, at - past.bucket.year) : at], axis=1)
    recent = price[:, max(0, at - 4) : at]
    yield now - usual
    yield now - price[:, past.length - 1]
    yield now - price[:, at - 1]
    yield recent.mean(axis=1) - usual
    yield recent[:, -3:].min(axis=1) - usual
    others = rivals(price, past.series)[:, at]
    if others.shape[1] > 1:
        cheapest = np.where(np.isfinite(others), others, np.inf).min(axis=1)
        yield np.where(np.isfinite(cheapest), cheapest - now, np.nan)
        yield mean_of(others, axis=1) - now
    yield from _similar(past, price, scale, at)


def _similar(past: Past, price: Floats, scale: Floats, at: int) -> Iterator[Floats]:
    """Demand at similar price and promotion in the past of the series itself, and how much of it there was."""
    length = past.length
    far = np.abs(price[:, :length] - price[:, at, None]) / NEAR + np.arange(length, 0, -1) / FADING
    promotion = past.drivers.get("promotion")
    if promotion is not None:
        plan = np.nan_to_num(promotion)
        far = far + (plan[:, :length] != plan[:, at, None])
    weight = np.where(np.isfinite(past.demand), np.exp(-far), 0.0)
    total = weight.sum(axis=1)
    yield _relative((weight * np.nan_to_num(past.demand)).sum(axis=1) / np.maximum(total, 1e-9), scale)
    yield total


def _driver(past: Past, values: Floats, at: int) -> Iterator[Floats]:
    """Planned value, the one before it, the one at the origin, and the mean of the eight before."""
    known = np.nan_to_num(values)
    yield known[:, at]
    yield known[:, at - 1]
    yield known[:, past.length - 1]
    yield known[:, max(0, at - 8) : at].mean(axis=1)


def _relative(values: Floats, scale: Floats) -> Floats:
    return np.asarray(np.log(np.maximum(values, 0.0) / scale + 0.01))
