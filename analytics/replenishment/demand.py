"""Demand to come as joint sample paths, added up until any moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Until:
    """Demand added up: rows × (periods + 1) × paths, beginning with 0, and the days at which it is told."""

    sums: Singles
    days: Floats

    def at(self, when: Floats) -> Singles:
        """Rows × paths: demand of the first ``when`` days; ``when`` is one number per row, or rows × paths.

        Within a period demand is even; after the last one it goes on at the last period's pace.
        """
        last = len(self.days) - 1
        when = np.maximum(when, 0.0)
        index = np.clip(np.searchsorted(self.days, when, side="right") - 1, 0, last - 1)
        part = ((when - self.days[index]) / (self.days[index + 1] - self.days[index])).astype(np.float32)
        if when.ndim == 1:
            rows = np.arange(len(when))
            low, high, part = self.sums[rows, index], self.sums[rows, index + 1], part[:, None]
        else:
            low, high = (np.take_along_axis(self.sums, (index + n)[:, None, :], axis=1)[:, 0] for n in (0, 1))
        return np.asarray(low + part * (high - low), dtype=np.float32)

    def some(self, rows: Ints) -> Until:
        return Until(self.sums[rows], self.days)


def until(units: Singles, ends: Floats) -> Until:
    """Running sums of demand per period."""
    rows, periods, paths = units.shape
    sums = np.zeros((rows, periods + 1, paths), dtype=np.float32)
    np.cumsum(units, axis=1, out=sums[:, 1:], dtype=np.float32)
    return Until(sums, np.concatenate([[0.0], ends]))


def daily(units: Singles, ends: Floats, days: int) -> Singles:
    """The same demand by the day for ``days`` days: rows × days × paths.

    >>> daily(np.full((1, 1, 1), 7, np.float32), np.array([7.0]), 3).ravel().tolist()
    [1.0, 1.0, 1.0]
    """
    told = until(units, ends)
    edges = [told.at(np.full(len(units), float(day))) for day in range(days + 1)]
    return np.asarray(np.diff(np.stack(edges, axis=1), axis=1), dtype=np.float32)
