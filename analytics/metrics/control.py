"""Is a change out of the ordinary? Control limits from how well the same forecast did before.

What a period should have brought is the level of the weeks before it, shaped by the days of the week. How far such an
expectation is usually off is learned from the past itself: the same expectation is made for every window of the same
length that lies before the period. A period is unusual when its error is far outside that spread (Shewhart's limits
with a robust spread, 1.4826 × the median absolute deviation).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

LEVEL_DAYS = 28
"""Days that the level is taken from: four of each day of the week."""

WINDOWS_NEEDED = 28
"""Past windows below which nothing is said: a spread of fewer is a guess."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a period was expected to bring, and where the unusual begins; all in the unit of the series."""

    expected: float
    lower: float
    upper: float
    actual: float

    @property
    def unusual(self) -> bool:
        return not self.lower <= self.actual <= self.upper


def limits(daily: pd.Series, *, length: int, sigmas: float) -> Limits | None:
    """Limits for the sum of the last ``length`` days of ``daily`` (one value per day without gaps, oldest first).

    None where there is too little history, or where the level is not above zero: then no ratio says anything.
    """
    values = daily.to_numpy(dtype=float)
    starts = np.arange(LEVEL_DAYS, len(values) - length + 1)
    if length < 1 or len(starts) - length < WINDOWS_NEEDED:
        return None
    expected = _expected(values, starts, length)
    actual = np.convolve(values, np.ones(length), "valid")[starts]
    # Windows that overlap the period judged would judge it by itself.
    past = slice(0, len(starts) - length)
    usable = (expected[past] > 0) & (actual[past] > 0)
    if usable.sum() < WINDOWS_NEEDED or expected[-1] <= 0:
        return None
    errors = np.log(actual[past][usable] / expected[past][usable])
    centre = float(np.median(errors))
    spread = 1.4826 * float(np.median(np.abs(errors - centre)))
    middle = float(expected[-1])
    reach = sigmas * spread
    return Limits(
        middle * float(np.exp(centre)),
        middle * float(np.exp(centre - reach)),
        middle * float(np.exp(centre + reach)),
        float(actual[-1]),
    )


def _expected(values: np.ndarray, starts: np.ndarray, length: int) -> np.ndarray:
    """Sum of ``length`` days from each start: each day as the mean of the same weekday in the four weeks before."""
    before = np.lib.stride_tricks.sliding_window_view(values, LEVEL_DAYS)[starts - LEVEL_DAYS]
    weeks = before.reshape(len(starts), -1, 7).mean(axis=1)
    repeated = np.tile(weeks, (1, -(-length // 7)))[:, :length]
    return np.asarray(repeated.sum(axis=1))
