"""From a location to an expectation: how much more came than was said, by segment, promotion and family.

A location may be a median; what is ordered against and added up has to be right on the mean. The ratio Σ came / Σ said
of a group is pulled to that of the wider group, the more so the less its periods and origins agree on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from analytics.forecasting.contract import Floats, Ints

OFFSET = 0.5
"""Half a unit on both sides of every ratio, so that a forecast of nothing can be wrong."""

WIDE, CELL, NARROW = 0.5, 0.3, 0.1
"""Standard deviation, in logs, of a ratio before anything is seen: of a segment with or without promotion, which a
candidate may know nothing of; of a size and a horizon of it; of a family."""

Labels = npt.NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Groups:
    """What a forecast belongs to: ``segment`` and ``family`` by series, ``promoted`` (0 or 1) by series and horizon,
    with the origins before them where there are any."""

    segment: Labels
    family: Labels
    promoted: Floats

    def stages(self) -> tuple[Labels, ...]:
        """Names of the groups at each stage, of the shape of ``promoted``."""
        shape = self.promoted.shape
        segment, family = (np.broadcast_to(one[:, None], shape) for one in (self.segment, self.family))
        state = np.where(self.promoted > 0, "+", "-")
        return segment, np.char.add(segment, state), np.char.add(family, state)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Logs of the factors, by stage and group; a group that was never seen keeps what its wider group says."""

    stages: tuple[Mapping[str, float], ...]

    def of(self, said: Floats, groups: Groups) -> Floats:
        """Expectations, of the shape of ``said``, never negative."""
        log = np.log(said + OFFSET)
        for factors, labels in zip(self.stages, groups.stages(), strict=True):
            log = log + _looked_up(factors, labels)
        return np.maximum(np.exp(log) - OFFSET, 0.0)


def calibrated(said: Floats, came: Floats, groups: Groups, origins: Ints) -> Calibration:
    """Learn the factors of ``said`` (origins × series × horizons, as are ``came`` and ``groups.promoted``)."""
    log = np.log(said + OFFSET)
    stages: list[Mapping[str, float]] = []
    for prior, labels in zip((WIDE, WIDE, NARROW), groups.stages(), strict=True):
        factors = ratios(np.exp(log), came + OFFSET, labels, origins, prior)
        log = log + _looked_up(factors, labels)
        stages.append(factors)
    return Calibration(tuple(stages))


def _looked_up(factors: Mapping[str, float], labels: Labels) -> Floats:
    names, place = np.unique(labels, return_inverse=True)
    found: Floats = np.array([factors.get(str(name), 0.0) for name in names])[place].reshape(labels.shape)
    return found


def ratios(
    said: Floats, came: Floats, labels: npt.NDArray[Any], origins: Ints, prior: float, *, by_series: bool = False
) -> dict[str, float]:
    """Log of Σ came / Σ said by group, pulled to 0; ``prior``: its standard deviation before anything is seen.

    ``by_series``: misses of one series go together, too, so that a few of them prove little.
    """
    known = np.isfinite(came) & np.isfinite(said)
    names, place = np.unique(labels, return_inverse=True)
    place = place.reshape(labels.shape)[known]
    step = np.broadcast_to(np.arange(said.shape[2]), said.shape)
    origin = np.broadcast_to(np.arange(said.shape[0])[:, None, None], said.shape)
    when = np.broadcast_to(origins[:, None, None], said.shape) + step
    there, here = said[known], came[known]
    total, got = (np.bincount(place, weights, len(names)) for weights in (there, here))
    ratio = np.where(got > 0, got, OFFSET) / np.maximum(total, 1e-9)
    missed = here - ratio[place] * there
    axes = [origin, when]
    if by_series:
        axes.append(np.broadcast_to(np.arange(said.shape[1])[None, :, None], said.shape))
    error = np.max([_error(missed, place, _codes(axis[known]), len(names)) for axis in axes], axis=0)
    share = prior**2 / (prior**2 + (error / np.maximum(got, 1e-9)) ** 2)
    return {str(name): float(log) for name, log in zip(names, np.log(ratio) * share, strict=True)}


def _codes(values: npt.NDArray[Any]) -> Ints:
    found: Ints = np.unique(values, return_inverse=True)[1]
    return found


def _error(missed: Floats, place: Ints, cluster: Ints, groups: int) -> Floats:
    """Standard error of a group's sum where misses of one cluster go together; infinite with a single cluster."""
    if not len(missed):
        return np.full(groups, np.inf)
    clusters = int(cluster.max()) + 1
    keys, inverse = np.unique(place * clusters + cluster, return_inverse=True)
    sums, of = np.bincount(inverse, missed), keys // clusters
    count = np.bincount(of, minlength=groups)
    square = np.bincount(of, sums**2, groups)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(count > 1, np.sqrt(square * count / (count - 1)), np.inf)
