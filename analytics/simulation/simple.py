"""Rules of thumb: what is done today, and what ours has to beat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.forecasting.contract import Floats, Ints
from analytics.forecasting.numbers import mean_of
from analytics.replenishment.projection import at_level
from analytics.replenishment.target import critical_ratio, level
from analytics.simulation.policy import Seen

RECENT = 13
RESIDUALS = 156
"""Past sums at most whose errors the newsvendor learns from."""


def recent_mean(demand: Floats, periods: int) -> Floats:
    """Mean of the last periods, of those that are known; 0 where none is."""
    return np.asarray(np.nan_to_num(mean_of(demand[:, -periods:], axis=1)))


def level_of(seen: Seen) -> Floats:
    """The share of futures that an order should suffice in: the critical ratio until the next review."""
    terms = seen.terms
    ratio = critical_ratio(terms.shortage, terms.holding * np.maximum(seen.gap, 1))
    return level(ratio=ratio, service=terms.service, by_service=terms.by_service)


@dataclass(frozen=True, slots=True)
class MovingAverage:
    """Orders up to ``cover`` periods of the mean of the last ``periods``."""

    cover: float
    periods: int = RECENT

    @property
    def name(self) -> str:
        return f"moving_average:{self.periods}:{self.cover:g}"

    def order(self, seen: Seen) -> Floats:
        return self.cover * recent_mean(seen.demand, self.periods) - seen.position


@dataclass(frozen=True, slots=True)
class MinMax:
    """Where stock and orders have fallen to ``low`` periods of mean demand, orders up to ``high`` periods of it."""

    low: float
    high: float
    periods: int = RECENT

    @property
    def name(self) -> str:
        return f"min_max:{self.low:g}:{self.high:g}"

    def order(self, seen: Seen) -> Floats:
        mean, position = recent_mean(seen.demand, self.periods), seen.position
        return np.where(position <= self.low * mean, self.high * mean - position, 0.0)


@dataclass(frozen=True, slots=True)
class Newsvendor:
    """Orders up to last season's demand over lead time and review, and the quantile of how wrong that was before.

    Without a season of history the mean of the last periods takes its place.
    """

    season: int
    name: str = "newsvendor"

    def order(self, seen: Seen) -> Floats:
        target = np.zeros(len(seen.rows))
        sure = level_of(seen)
        for ahead in np.unique(seen.protected).tolist():
            mine = np.flatnonzero(seen.protected == ahead)
            target[mine] = self._target(seen.demand[mine], int(ahead), sure[mine])
        return target - seen.position

    def _target(self, demand: Floats, ahead: int, sure: Floats) -> Floats:
        said, came = self._sums(demand, ahead)
        errors = came[:, :-1] - said[:, :-1]
        if not errors.shape[1]:
            return said[:, -1]
        ranked = np.sort(errors[:, -RESIDUALS:], axis=1).astype(np.float32)
        return np.asarray(np.maximum(said[:, -1] + at_level(ranked, sure), 0.0))

    def _sums(self, demand: Floats, ahead: int) -> tuple[Floats, Floats]:
        """Sums over ``ahead`` periods after past origins, the last one now: as said a season before, and as they came.

        What is not known is taken to have been the mean.
        """
        length = demand.shape[1]
        season = -(-ahead // self.season) * self.season
        known = np.where(np.isfinite(demand), demand, recent_mean(demand, length)[:, None])
        if length < season:
            return recent_mean(demand, RECENT)[:, None] * ahead, np.zeros((len(demand), 1))
        sums = np.cumsum(np.pad(known, ((0, 0), (1, 0))), axis=1)
        windows = sums[:, ahead:] - sums[:, :-ahead]
        origins = _origins(length, season, ahead)
        said = windows[:, origins - season + 1]
        came = np.concatenate([windows[:, origins[:-1] + 1], np.zeros((len(demand), 1))], axis=1)
        return said, came


def _origins(length: int, season: int, ahead: int) -> Ints:
    """Last known periods of past sums that are known whole, and now."""
    past = np.arange(season - 1, length - ahead)
    return np.append(past, length - 1).astype(np.int64)
