"""Demand to come as joint sample paths, added up until any moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pause:
    """Without promotions, rows × periods: ``share`` of the demand that stays; ``markdown``: yuan that a unit gains."""

    share: Floats
    markdown: Floats


@dataclass(frozen=True, slots=True)
class Demand:
    """Paths of some positions. ``rows``: their numbers; ``ends``: days after the day of the plan at which each period
    ends, rising; ``load(places)``: units per period of ``rows[places]``, rows × periods × paths. ``pause``: None where
    promotions are not told of.
    """

    rows: Ints
    ends: Floats
    load: Callable[[Ints], Singles]
    pause: Pause | None = None

    @property
    def size(self) -> int:
        return len(self.rows)

    def of(self, wanted: Ints) -> Demand:
        """That of some of its rows."""
        places = np.flatnonzero(np.isin(self.rows, wanted))
        pause = None if self.pause is None else Pause(self.pause.share[places], self.pause.markdown[places])
        return Demand(self.rows[places], self.ends, lambda chosen: self.load(places[chosen]), pause)


def loaded(rows: Ints, ends: Floats, units: Singles, pause: Pause | None = None) -> Demand:
    """Demand whose paths are at hand."""
    return Demand(rows, np.asarray(ends, dtype=np.float64), lambda places: units[places], pause)


SEED = 20261127
"""Of the order in which the days of a period are luckier or unluckier than its sum."""
MIXER = np.uint64(0x9E3779B97F4A7C15)
"""Spreads numbers that are alike over all places (Knuth, The Art of Computer Programming, vol. 3, 6.4)."""


@dataclass(frozen=True, slots=True)
class Until:
    """Demand added up: rows × (periods + 1) × paths, beginning with 0, and the days at which it is told.

    ``bend``: rows × periods × paths, units by which a path is ahead of an even pace within a period, four times what it
    is in the middle; None where periods are days.
    """

    sums: Singles
    days: Floats
    bend: Singles | None = None

    def at(self, when: Floats) -> Singles:
        """Rows × paths: demand of the first ``when`` days; ``when`` is one number per row, or rows × paths.

        After the last period demand goes on at the last one's pace.
        """
        last = len(self.days) - 1
        when = np.maximum(when, 0.0)
        index = np.clip(np.searchsorted(self.days, when, side="right") - 1, 0, last - 1)
        part = ((when - self.days[index]) / (self.days[index + 1] - self.days[index])).astype(np.float32)
        low, high = self._told(self.sums, index), self._told(self.sums, index + 1)
        part = part[:, None] if when.ndim == 1 else part
        even = low + part * (high - low)
        if self.bend is None or not ((part > 0) & (part < 1)).any():
            return np.asarray(even, dtype=np.float32)
        inside = np.clip(part, 0, 1)
        return np.asarray(even + self._told(self.bend, index) * (inside * (1 - inside)), dtype=np.float32)

    @staticmethod
    def _told(values: Singles, index: Ints) -> Singles:
        if index.ndim == 1:
            return values[np.arange(len(index)), index]
        return np.take_along_axis(values, index[:, None, :], axis=1)[:, 0]

    def some(self, rows: Ints) -> Until:
        return Until(self.sums[rows], self.days, None if self.bend is None else self.bend[rows])


def until(units: Singles, ends: Floats) -> Until:
    """Running sums of demand per period."""
    rows, periods, paths = units.shape
    sums = np.zeros((rows, periods + 1, paths), dtype=np.float32)
    np.cumsum(units, axis=1, out=sums[:, 1:], dtype=np.float32)
    days = np.concatenate([[0.0], ends])
    return Until(sums, days, bent(units) if rows and (np.diff(days) > 1).any() else None)


def bent(units: Singles) -> Singles:
    """How far each path leaves an even pace within its periods: of the shape of ``units``.

    Days that add up to a period vary on their own. Given its sum W, what has been sold after a share p of it varies by
    v p (1 − p), v being the variance of what the days do not share (a Brownian bridge; Poisson counts, binomial given
    their sum, do exactly so). A parabola z 2√v p (1 − p) with standard normal z has that deviation in the middle and
    seven tenths of it a day from either end of a week; cut at W, so that nothing is ever given back. What periods next
    to each other share is no chance of a day: v is the variance over the paths less their covariance.
    """
    spread = units - units.mean(axis=2, keepdims=True)
    variance, together = (spread**2).mean(axis=2), (spread[:, 1:] * spread[:, :-1]).mean(axis=2)
    both = (variance[:, 1:] + variance[:, :-1]) / 2
    shared = np.clip(together.sum(axis=1) / np.maximum(both.sum(axis=1), 1e-9), 0.0, 1.0)
    size = 2 * np.sqrt(variance * (1 - shared)[:, None])
    return np.asarray(np.clip(_luck(units) * size[:, :, None], -units, units), dtype=np.float32)


def normal_quantiles(count: int) -> Floats:
    """So many standard normal values, each as likely as the next, rising."""
    return np.array([NormalDist().inv_cdf((n + 0.5) / count) for n in range(count)])


def _luck(units: Singles) -> Singles:
    """Standard normal quantiles in an order that hangs neither on demand nor on who is asked together with whom."""
    _, periods, paths = units.shape
    grid, random = normal_quantiles(paths).astype(np.float32), np.random.default_rng(SEED)
    orders = np.stack([random.permutation(grid) for _ in range(periods)])
    # A row's own numbers turn the order, so that shelves beside each other are not lucky on the same paths.
    bits = np.ascontiguousarray(units.sum(axis=(1, 2), dtype=np.float32)).view(np.uint32).astype(np.uint64)
    turn = ((bits * MIXER >> np.uint64(40)) % np.uint64(paths)).astype(np.int64)
    place = (np.arange(paths)[None, :] + turn[:, None]) % paths
    return orders[:, place].transpose(1, 0, 2)


def daily(units: Singles, ends: Floats, days: int) -> Singles:
    """The same demand by the day for ``days`` days: rows × days × paths.

    >>> daily(np.full((1, 1, 1), 7, np.float32), np.array([7.0]), 3).ravel().tolist()
    [1.0, 1.0, 1.0]
    """
    told = until(units, ends)
    edges = [told.at(np.full(len(units), float(day))) for day in range(days + 1)]
    return np.asarray(np.diff(np.stack(edges, axis=1), axis=1), dtype=np.float32)
