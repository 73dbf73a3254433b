"""What the global model sees of one origin: lags, levels, last year, drivers and their changes, relative to a base.

Everything stands relative to a base forecast or to the series' own scale, so that one model serves all sizes. Demand
that was masked is a gap in lags and means, never a zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.forecasting.contract import Floats, Ints
from analytics.forecasting.numbers import mean_of, spread_of
from analytics.forecasting.panel import Past
from analytics.forecasting.pooled import log_price, rivals
from analytics.forecasting.responsive import responsive
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


def seen_from(past: Past, steps: Ints | None = None) -> Seen:
    """Features of the H periods after the past, or of those of them that ``steps`` names (0 is the first)."""
    wanted = np.arange(past.horizon) if steps is None else steps
    scale = np.maximum(np.nan_to_num(mean_of(past.demand[:, -past.bucket.year :], axis=1)), 1e-3)
    base = base_of(past, scale)[:, wanted]
    still = np.column_stack([*_levels(past, scale), np.log(scale)])
    shelf = _shelf(past)
    columns = [list(_columns(past, shelf, scale, base[:, at], int(step))) for at, step in enumerate(wanted)]
    ahead = [np.column_stack([still, *moving]).astype(np.float32) for moving in columns]
    return Seen(np.stack(ahead, axis=1), base, scale)


def base_of(past: Past, scale: Floats) -> Floats:
    """The responsive regression, or the moving average where it says nothing; at least a hundredth of the scale."""
    regression = responsive(past)
    base = np.where(np.isfinite(regression), regression, moving_average(past))
    return np.asarray(np.maximum(base, 0.01 * scale[:, None]))


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Log prices N × (T + H), the usual one of the past year, and of the H periods the rivals' cheapest and mean."""

    price: Floats
    usual: Floats
    cheapest: Floats
    rivals: Floats


def _shelf(past: Past) -> _Shelf | None:
    if "price" not in past.drivers:
        return None
    price = log_price(past.drivers["price"])
    usual = np.median(price[:, max(0, past.length - past.bucket.year) : past.length], axis=1)
    others = rivals(price[:, past.length :], past.series)
    if others.shape[2] < 2:
        nobody = np.full((len(price), past.horizon), np.nan)
        return _Shelf(price, usual, nobody, nobody)
    cheapest = np.where(np.isfinite(others), others, np.inf).min(axis=2)
    return _Shelf(price, usual, np.where(np.isfinite(cheapest), cheapest, np.nan), mean_of(others, axis=2))


def _columns(past: Past, shelf: _Shelf | None, scale: Floats, base: Floats, step: int) -> Iterator[Floats]:
    at = past.length + step
    yield from _last_year(past, scale, at)
    yield np.log(base / scale)
    yield np.full(len(scale), float(step + 1))
    if shelf is not None:
        yield from _price(past, shelf, scale, step)
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


def _price(past: Past, shelf: _Shelf, scale: Floats, step: int) -> Iterator[Floats]:
    """Planned price against usual, last, recent and rivals' prices; demand in similar periods."""
    at = past.length + step
    price, now = shelf.price, shelf.price[:, at]
    recent = price[:, max(0, at - 4) : at]
    yield now - shelf.usual
    yield now - price[:, past.length - 1]
    yield now - price[:, at - 1]
    yield recent.mean(axis=1) - shelf.usual
    yield recent[:, -3:].min(axis=1) - shelf.usual
    yield shelf.cheapest[:, step] - now
    yield shelf.rivals[:, step] - now
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
