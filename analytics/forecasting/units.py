"""What a series' own past tells of its units: whether they are whole, and how widely its counts scatter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.forecasting.contract import Flags, Floats, Ints
from analytics.forecasting.panel import Panel
from analytics.forecasting.pooled import group_label

WORTH = 20.0
"""Units that the wider group weighs as much as: all series for a family, a family for a series."""
LEAST = 0.5
"""Half of what it is if buyers come by chance: what looks steadier has mostly not been seen long."""

ODD = 100.0
"""Times the usual scatter beyond which a series is counted in something else than others are."""


@dataclass(frozen=True, slots=True)
class Units:
    """By series: ``whole``, only ever sold whole units; ``scatter``, variance of a period's count per unit of mean."""

    whole: Flags
    scatter: Floats

    def some(self, rows: Ints | slice) -> Units:
        return Units(self.whole[rows], self.scatter[rows])


def units_of(panel: Panel, end: int) -> Units:
    """From the periods before ``end``."""
    sold = np.nan_to_num(panel.sold[:, :end])
    whole = np.asarray((sold == np.round(sold)).all(axis=1))
    return Units(whole, _scatter(panel, end))


def _scatter(panel: Panel, end: int) -> Floats:
    """Half the squared difference of periods that should be alike, per unit of their mean: a week apart, so that
    weekdays and slow changes of level do not count, and both in or both out of a promotion.

    A few bursts more or less make a slow series' own figure worthless: it is pulled to that of its family.
    """
    apart = panel.bucket.season if panel.bucket.days == 1 else 1
    demand = panel.demand[:, max(0, end - panel.bucket.year) : end]
    later, earlier = demand[:, apart:], demand[:, :-apart]
    alike = np.isfinite(later) & np.isfinite(earlier)
    if "promotion" in panel.drivers:
        promoted = np.nan_to_num(panel.drivers["promotion"][:, max(0, end - panel.bucket.year) : end]) > 0
        alike &= promoted[:, apart:] == promoted[:, :-apart]
    square = np.where(alike, (later - earlier) ** 2 / 2, 0.0).sum(axis=1)
    units = np.where(alike, (later + earlier) / 2, 0.0).sum(axis=1)
    _, family = np.unique(group_label(panel.series).to_numpy(dtype=np.str_), return_inverse=True)
    alike_all = ~_of_another_kind(square, units)
    telling, sold = np.where(alike_all, square, 0.0), np.where(alike_all, units, 0.0)
    everywhere = (WORTH + telling.sum()) / (WORTH + sold.sum())
    of_family = (WORTH * everywhere + np.bincount(family, telling)) / (WORTH + np.bincount(family, sold))
    return np.asarray(np.maximum((WORTH * of_family[family] + square) / (WORTH + units), LEAST))


def _of_another_kind(square: Floats, units: Floats) -> Flags:
    """Series that say nothing about others: one that sells grams, or one barcode typed in as a quantity, would widen
    what everybody else scatters by as many times as it is larger."""
    own = square / np.maximum(units, WORTH)
    told = units >= WORTH
    usual = float(np.median(own[told])) if told.any() else 0.0
    return np.asarray(own > ODD * max(usual, LEAST))
