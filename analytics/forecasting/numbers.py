"""Arithmetic over arrays with gaps: means that ignore what is unknown and stay silent about empty slices."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.forecasting.contract import Flags, Floats, Ints


def mean_of(values: Floats, *, axis: int) -> Floats:
    """Mean of what is known; NaN where nothing is.

    >>> mean_of(np.array([[1.0, np.nan], [np.nan, np.nan]]), axis=1)
    array([ 1., nan])
    """
    known = np.isfinite(values)
    count = known.sum(axis=axis)
    total = np.where(known, values, 0.0).sum(axis=axis)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan))


def spread_of(values: Floats, *, axis: int) -> Floats:
    """Standard deviation of what is known; NaN where fewer than two are."""
    known = np.isfinite(values)
    count = known.sum(axis=axis)
    centre = np.expand_dims(mean_of(values, axis=axis), axis)
    squares = np.where(known, (values - centre) ** 2, 0.0).sum(axis=axis)
    return np.asarray(np.where(count > 1, np.sqrt(squares / np.maximum(count - 1, 1)), np.nan))


def differing(one: np.ndarray, other: np.ndarray) -> Flags:
    """Where two arrays differ; what neither knows is alike.

    >>> differing(np.array([1.0, np.nan, np.nan]), np.array([1.0, np.nan, 2.0])).tolist()
    [False, False, True]
    """
    return np.asarray((one != other) & ~(np.isnan(one) & np.isnan(other)))


def moving_mean(values: Floats, width: int) -> Floats:
    """Centred moving mean along the rows over what is known; the window is cut at the ends."""
    known = np.isfinite(values)
    total = np.cumsum(np.pad(np.where(known, values, 0.0), ((0, 0), (1, 0))), axis=1)
    count = np.cumsum(np.pad(known.astype(np.float64), ((0, 0), (1, 0))), axis=1)
    at = np.arange(values.shape[1])
    low = np.maximum(at - width // 2, 0)
    high = np.minimum(at + width // 2 + 1, values.shape[1])
    counted = count[:, high] - count[:, low]
    return np.asarray(np.where(counted > 0, (total[:, high] - total[:, low]) / np.maximum(counted, 1), np.nan))


def moving_sum(values: Floats, width: int) -> Floats:
    """Centred moving sum along the rows; the window is cut at the ends.

    >>> moving_sum(np.array([[1.0, 2.0, 4.0]]), 3)
    array([[3., 7., 6.]])
    """
    length, half = values.shape[1], width // 2
    total = np.zeros((len(values), length + 2 * half + 1))
    np.cumsum(values, axis=1, out=total[:, half + 1 : half + 1 + length])
    total[:, half + 1 + length :] = total[:, half + length : half + length + 1]
    return np.asarray(total[:, 2 * half + 1 :] - total[:, :length])


def filled(values: Floats) -> Floats:
    """Gaps take the last known value before them; leading gaps the first known; empty rows become zero."""
    at = np.where(np.isfinite(values), np.arange(values.shape[1]), -1)
    last = np.maximum.accumulate(at, axis=1)
    first = np.argmax(at >= 0, axis=1)
    last = np.where(last < 0, first[:, None], last)
    return np.asarray(np.nan_to_num(np.take_along_axis(values, last, axis=1)))


def recency(length: int, half_life: float) -> Floats:
    """Weights of ``length`` periods, the newest 1, halved every ``half_life`` periods."""
    return np.asarray(0.5 ** (np.arange(length - 1, -1, -1) / half_life))


def places(names: pd.Series) -> Ints:
    """A number per distinct name, one of them for what is missing."""
    codes, _ = pd.factorize(names, use_na_sentinel=False)
    return np.asarray(codes, dtype=np.int64)
