"""What is odd about a series: said per line, so that no forecast is silently a zero."""

from __future__ import annotations

import numpy as np

from analytics.forecasting.contract import Flag, Flags
from analytics.forecasting.panel import Panel

SILENT_SEASONS = {"day": 8, "week": 1}
"""Without a sale for so many seasons (weeks of days, a quarter of a year of weeks) a series counts as ended."""
QUARTER = {"day": 1.0, "week": 0.25}


def flags_of(panel: Panel, young: Flags, answered: Flags) -> list[tuple[str, ...]]:
    """Flags of each series, sorted by name; ``answered``: whether any number can be said about it."""
    known, sold = np.isfinite(panel.sold), np.nan_to_num(panel.sold)
    seen = np.isfinite(panel.demand)
    first = np.where(known.any(axis=1), known.argmax(axis=1), panel.length)
    inner = panel.length - first - known.sum(axis=1)
    quiet = int(SILENT_SEASONS[panel.bucket.value] * QUARTER[panel.bucket.value] * panel.bucket.season)
    recent = slice(max(0, panel.length - quiet), panel.length)
    ended = (sold > 0).any(axis=1) & ~(sold[:, recent] > 0).any(axis=1)
    marks = {
        Flag.NO_HISTORY: ~known.any(axis=1),
        Flag.ONE_POINT: known.sum(axis=1) == 1,
        Flag.ALL_ZERO: known.any(axis=1) & ~(sold > 0).any(axis=1),
        Flag.ALL_CENSORED: known.any(axis=1) & ~seen.any(axis=1),
        Flag.ENDED_EARLY: ended | (known.any(axis=1) & ~known[:, recent].any(axis=1)),
        Flag.GAPS: inner > 0,
        Flag.NEGATIVE_SALES: (sold < 0).any(axis=1),
        Flag.LOOK_ALIKE: young & answered,
        Flag.NO_LOOK_ALIKE: ~answered,
    }
    return [tuple(sorted(flag.value for flag, mark in marks.items() if mark[row])) for row in range(panel.size)]
