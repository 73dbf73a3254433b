"""Rolling origins: what each candidate would have said at past origins, from nothing but the past."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analytics.core.errors import DomainError
from analytics.forecasting.candidate import Candidate, Forecaster
from analytics.forecasting.contract import Floats, Ints
from analytics.forecasting.panel import Panel, Past

SILENT = frozenset({"forecast_too_short", "forecast_library_missing"})
"""Refusals that keep one candidate out of the race, and nothing else."""

Progress = Callable[[str, int, int], None]
"""Called with what is done now, how much is done and how much there is; may raise to cancel."""


@dataclass(frozen=True, slots=True)
class Backtest:
    """``said``: candidates × origins × series × horizons; ``came``: origins × series × horizons, NaN where unknown.

    A candidate that could not be fitted at an origin said NaN.
    """

    names: tuple[str, ...]
    origins: Ints
    said: Floats
    came: Floats

    def known_at(self, origin: int, most: int) -> Backtest:
        """The newest ``most`` origins before ``origin``, without what came after it."""
        chosen = np.flatnonzero(self.origins < origin)[-most:]
        steps = np.arange(1, self.came.shape[2] + 1)
        seen = self.origins[chosen][:, None] + steps[None, :] <= origin
        came = np.where(seen[:, None, :], self.came[chosen], np.nan)
        return Backtest(self.names, self.origins[chosen], self.said[:, chosen], came)

    def of(self, name: str) -> Floats:
        return np.asarray(self.said[self.names.index(name)])

    def rows(self, chosen: Ints) -> Backtest:
        return replace(self, said=self.said[:, :, chosen], came=self.came[:, chosen])


def backtest(
    panel: Panel,
    candidates: Sequence[Candidate],
    *,
    origins: Ints,
    horizon: int,
    seed: int,
    refit_every: int = 4,
    progress: Progress | None = None,
) -> Backtest:
    """Let every candidate forecast at every origin; a fit is kept for ``refit_every`` origins, never used before it."""
    shape = (len(origins), panel.size, horizon)
    said = np.full((len(candidates), *shape), np.nan)
    for number, candidate in enumerate(candidates):
        forecaster: Forecaster | None = None
        for step, origin in enumerate(origins):
            if progress:
                progress(candidate.name, number * len(origins) + step, len(candidates) * len(origins))
            past = panel.past(int(origin), horizon)
            if forecaster is None or step % refit_every == 0:
                forecaster = fitted(candidate, past, seed)
            if forecaster is not None:
                said[number, step] = np.maximum(forecaster(past), 0.0)
    return Backtest(
        tuple(candidate.name for candidate in candidates), np.asarray(origins), said, _came(panel, origins, horizon)
    )


def fitted(candidate: Candidate, past: Past, seed: int) -> Forecaster | None:
    """The candidate's forecaster; None where the past is too short for it, or its library is not there."""
    try:
        return candidate.fit(past, seed)
    except DomainError as refused:
        if refused.code not in SILENT:
            raise
        return None


def _came(panel: Panel, origins: Ints, horizon: int) -> Floats:
    came = np.full((len(origins), panel.size, horizon), np.nan)
    for step, origin in enumerate(origins):
        steps = min(horizon, panel.length - 1 - int(origin))
        came[step, :, :steps] = panel.demand[:, origin + 1 : origin + 1 + steps]
    return came
