"""The usual level of each series, lent to by all others: what few units say of a shelf is weighed by its siblings."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.forecasting.contract import Flags, Floats, Ints
from analytics.forecasting.numbers import moving_sum, places
from analytics.forecasting.panel import Panel

WINDOW = {"day": 28, "week": 9}
"""Periods that tell the level of one series about one of them."""
SEASON = {"day": 7, "week": 3}
"""Periods that tell the same of all series of a category together."""
MOST_DRIFT = 0.3
"""Upper bound of what a level moves within a series, as a variance in shares of its square."""
SURE = 1.64
"""Standard errors below what is measured: a handful of large orders is no moving level."""
ENOUGH = 50.0
"""Expected units at which a category speaks for itself as loudly as all together speak for it."""

TURNS = 12
"""Rounds of fitting node and SKU in turn; they settle within a few."""
MUCH = 1.0
"""Spread of true levels about node × SKU, as a share of its square, where the series cannot tell."""


@dataclass(frozen=True, slots=True)
class Usual:
    """Demand to expect: ``level`` per series × ``season`` per category and period × ``uplift`` where ``promoted``."""

    series: pd.DataFrame
    bucket: str
    category: Ints
    promoted: Flags
    weekday: Ints
    level: Floats
    season: Floats
    uplift: Floats
    by_day: Floats
    drift: float | None
    """Variance of the level within a series, in shares of its square; None before anything was learnt."""

    @classmethod
    def none(cls, panel: Panel) -> Usual:
        """Everything alike, nothing learnt yet."""
        category = places(panel.series["category"])
        planned = panel.drivers.get("promotion")
        shape = panel.sold.shape
        promoted = np.zeros(shape, bool) if planned is None else np.nan_to_num(planned[:, : panel.length]) > 0
        weekday = np.arange(panel.length) % 7 if panel.bucket.value == "day" else np.zeros(panel.length, dtype=np.int64)
        groups = int(category.max()) + 1
        return cls(
            panel.series, panel.bucket.value, category, promoted, weekday,
            level=np.ones(len(panel.series)), season=np.ones((groups, panel.length)), uplift=np.ones(groups),
            by_day=np.ones(7), drift=None,
        )  # fmt: skip

    def learnt(self, demand: Floats, dispersion: Floats) -> Usual:
        """Each factor in turn from what is known, given the others."""
        known = np.isfinite(demand)
        units = np.where(known, demand, 0.0)
        time = np.where(known, self.exposure(), 0.0)
        level = usual_levels(self.series, units.sum(axis=1), time.sum(axis=1), dispersion)
        usual = replace(self, level=np.nan_to_num(level))
        usual = replace(usual, by_day=replace(usual, by_day=np.ones(7))._by_day(units, known))
        usual = replace(usual, uplift=replace(usual, uplift=np.ones_like(usual.uplift))._uplift(units, known))
        usual = replace(usual, season=replace(usual, season=np.ones_like(usual.season))._season(units, known))
        # Chance is not known before the first round, and all that scatters would be taken for a moving level.
        drift = 0.0 if self.drift is None else usual._drift(units, known, dispersion)
        return replace(usual, level=level, drift=drift)

    def exposure(self) -> Floats:
        """Factor by series and period, before the level."""
        usual = self.season[self.category] * self.by_day[self.weekday]
        return np.asarray(np.where(self.promoted, usual * self.uplift[self.category][:, None], usual))

    def _expected(self, known: Flags) -> Floats:
        return np.asarray(np.where(known, self.level[:, None] * self.exposure(), 0.0))

    def _by_day(self, units: Floats, known: Flags) -> Floats:
        total = np.bincount(self.weekday, units.sum(axis=0), 7)
        expected = np.bincount(self.weekday, self._expected(known).sum(axis=0), 7)
        return np.asarray((total + ENOUGH) / (expected + ENOUGH))

    def _uplift(self, units: Floats, known: Flags) -> Floats:
        here = self.promoted & known
        total = np.bincount(self.category, np.where(here, units, 0.0).sum(axis=1))
        expected = np.bincount(self.category, np.where(here, self._expected(known), 0.0).sum(axis=1))
        common = (total.sum() + ENOUGH) / (expected.sum() + ENOUGH)
        return np.asarray((total + ENOUGH * common) / (expected + ENOUGH))

    def _season(self, units: Floats, known: Flags) -> Floats:
        total, expected = np.zeros((2, *self.season.shape))
        np.add.at(total, self.category, units)
        np.add.at(expected, self.category, self._expected(known))
        width = SEASON[self.bucket]
        total, expected = moving_sum(total, width), moving_sum(expected, width)
        common = (total.sum(axis=0) + ENOUGH) / (expected.sum(axis=0) + ENOUGH)
        return np.asarray((total + ENOUGH * common) / (expected + ENOUGH))

    def local(self, demand: Floats, dispersion: Floats) -> Floats:
        """Demand to expect per series and period, moved to what the series sold about that time.

        What emptied a shelf is a burst of sales that lies in the window: of a slow seller it would be taken for its
        level. Hence the window counts only as far as its units outweigh chance.
        """
        known = np.isfinite(demand)
        expected = self.level[:, None] * self.exposure()
        total = moving_sum(np.where(known, demand, 0.0), WINDOW[self.bucket])
        wanted = moving_sum(np.where(known, np.nan_to_num(expected), 0.0), WINDOW[self.bucket])
        drift = self.drift or 0.0
        share = drift * wanted / (dispersion[:, None] + drift * wanted)
        return np.asarray(expected * (1 + share * (total / np.maximum(wanted, 1e-9) - 1)))

    def _drift(self, units: Floats, known: Flags, dispersion: Floats) -> float:
        """What windows that do not overlap differ from what was expected of them, beyond chance and beyond doubt."""
        width = WINDOW[self.bucket]
        total = moving_sum(units, width)[:, width // 2 :: width]
        wanted = moving_sum(self._expected(known), width)[:, width // 2 :: width]
        beyond = (total - wanted) ** 2 - dispersion[:, None] * wanted
        sure = float(beyond.sum()) - SURE * float(np.sqrt((beyond**2).sum()))
        return float(np.clip(sure / max(float((wanted**2).sum()), 1e-9), 0.0, MOST_DRIFT))


def usual_levels(series: pd.DataFrame, units: Floats, time: Floats, dispersion: Floats) -> Floats:
    """Units per period and series, given ``units`` seen in ``time`` periods, and the variance of units per unit.

    A series that was mostly out of stock was seen until something sold: its own mean is too high, or there is none.
    Hence gamma–Poisson credibility (Bühlmann & Straub): its own mean counts as far as its units outweigh chance,
    beside what its node sells at its SKU's rate.
    """
    expected = _node_by_sku(series, units, time)
    gap = (units - expected) ** 2 - dispersion * expected
    whole = float((expected**2).sum())
    spread = float(np.clip(gap.sum() / whole, 0.0, 4.0)) if whole > 0 else MUCH
    share = spread * expected / (dispersion + spread * expected + 1e-12)
    rate = expected / np.maximum(time, 1e-9)
    own = units / np.maximum(time, 1e-9)
    return np.asarray(np.where(time > 0, share * own + (1 - share) * rate, _unseen(series, rate, time)))


def _node_by_sku(series: pd.DataFrame, units: Floats, time: Floats) -> Floats:
    """Units to expect of each series if every node sold every SKU at one ratio (iterative proportional fitting)."""
    node, sku = places(series["node"]), places(series["sku"])
    expected = time * units.sum() / max(float(time.sum()), 1e-9)
    for _ in range(TURNS):
        for place in (node, sku):
            ratio = np.bincount(place, units) / np.maximum(np.bincount(place, expected), 1e-12)
            expected = expected * ratio[place]
    return np.asarray(expected)


def _unseen(series: pd.DataFrame, rate: Floats, time: Floats) -> Floats:
    """Of a series that was never seen: what its SKU sells elsewhere, on average; NaN where nobody ever saw it."""
    sku = places(series["sku"])
    seen = time > 0
    total, count = np.bincount(sku, np.where(seen, rate, 0.0)), np.bincount(sku, seen)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan)[sku])
