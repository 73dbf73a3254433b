"""One global LightGBM over all series: it corrects a base forecast by what lags, prices and calendar tell.

Two losses: the absolute error of the logarithm (a median, sturdy where promotions make demand leap) and Tweedie (a
mean, for series with many zeros). Both are weighted by the size of the series and by recency.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from analytics.core.errors import DomainError
from analytics.forecasting.candidate import Answer, Candidate, Forecaster, Planned
from analytics.forecasting.contract import Floats, Ints
from analytics.forecasting.features import Seen, seen_again, seen_from
from analytics.forecasting.panel import Past
from analytics.forecasting.plans import digest, tail

FIRST_ORIGIN = {"week": 26, "day": 56}
MOST_ROWS = 120_000
MOST_ORIGINS = 40
FEWEST_STEPS = 4
"""Where there are too many rows, an origin teaches at least so many of its horizons, drawn anew for each origin."""
HALF_LIFE = {"week": 104, "day": 240}
SETTINGS: dict[str, Any] = {
    "learning_rate": 0.05,
    "num_leaves": 15,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "verbose": -1,
    "num_threads": 1,
    "deterministic": True,
    "force_col_wise": True,
    "max_bin": 63,
}
ROUNDS = 250
LEAVES = (200, 400)
"""Fewest and most rows that a leaf must hold at least, a three-hundredth of all in between."""
KEPT = 16
"""Origins whose features are kept for the next candidate."""


@dataclass(slots=True)
class Memory:
    """Features by origin, kept over the fits on one panel: what an origin saw never changes."""

    seen: dict[tuple[int, int], Seen] = field(default_factory=dict)
    newest: dict[tuple[int, int, int, bytes], Seen] = field(default_factory=dict)

    def at(self, past: Past, chosen: Ints, origin: int, steps: Ints) -> Seen:
        key = (origin, past.horizon)
        if key not in self.seen:
            self.seen[key] = seen_from(past.before(origin).rows(chosen), steps)
        return self.seen[key]

    def now(self, past: Past) -> Seen:
        """Features at the end of ``past`` under its plan, shared by the candidates that ask one after the other."""
        key = (past.length, past.horizon, hash(tuple(past.series["series"])), digest(past))
        if key not in self.newest:
            if len(self.newest) >= KEPT:
                self.newest.clear()
            self.newest[key] = seen_from(past)
        return self.newest[key]


def boosted(name: str, loss: str, memory: Memory) -> Candidate:
    """``loss`` is ``log`` or ``tweedie``; candidates on one panel share a ``memory``."""

    def fit(past: Past, seed: int) -> Forecaster:
        return _fit(past, seed, loss, memory)

    return Candidate(name, fit)


def _fit(past: Past, seed: int, loss: str, memory: Memory) -> Forecaster:
    lightgbm = _library()
    rows = training_rows(past, seed, memory)
    if rows is None:
        raise DomainError(
            "forecast_too_short", length=past.length, needed=FIRST_ORIGIN[past.bucket.value] + past.horizon + 1
        )
    features, base, scale, demand, weight = rows
    settings = {**SETTINGS, "seed": seed, "min_data_in_leaf": int(np.clip(len(demand) // 300, *LEAVES))}
    if loss == "log":
        target = np.log((demand + 0.01 * scale) / (base + 0.01 * scale))
        weight = weight * (base + 0.1 * scale)
        data = lightgbm.Dataset(features, target, weight=weight / weight.mean())
        model = lightgbm.train({**settings, "objective": "l1"}, data, ROUNDS)
    else:
        weight = weight * np.sqrt(scale)
        data = lightgbm.Dataset(
            features, demand / scale, weight=weight / weight.mean(), init_score=np.log(base / scale)
        )
        power = {"objective": "tweedie", "tweedie_variance_power": 1.4, "boost_from_average": False}
        model = lightgbm.train({**settings, **power}, data, ROUNDS)
    return Planned(lambda now: _answer(model, memory.now(now), tail(now), loss))


def _answer(model: Any, seen: Seen, before: Past, loss: str) -> Answer:
    said = _predicted(model, seen, loss)

    def again(plan: Past) -> Floats:
        other = said.copy()
        for rows, steps, part in seen_again(seen, before, plan):
            other[np.ix_(rows, steps)] = _predicted(model, part, loss)
        return other

    return Answer(said, again)


def _library() -> Any:
    try:
        import lightgbm
    except OSError as missing:  # The system's OpenMP (Debian: libgomp1) is not there.
        raise DomainError("forecast_library_missing", library="lightgbm") from missing
    return lightgbm


def training_rows(
    past: Past, seed: int, memory: Memory
) -> tuple[npt.NDArray[np.float32], Floats, Floats, Floats, Floats] | None:
    """Features, base, scale, demand and weight of known targets at earlier origins; None when there is none."""
    first, last = FIRST_ORIGIN[past.bucket.value], past.length - 2
    origins = np.arange(last, first - 1, -1)
    origins = origins[:: max(1, -(-len(origins) // MOST_ORIGINS))]
    if not len(origins):
        return None
    size, each = len(past.series), MOST_ROWS // MOST_ORIGINS
    steps = min(past.horizon, max(FEWEST_STEPS, each // size))
    most = max(1, each // steps)
    chosen = np.arange(size) if size <= most else np.sort(np.random.default_rng(seed).choice(size, most, replace=False))
    parts = [_rows_of(past, chosen, int(origin), _steps(past, int(origin), steps, seed), memory) for origin in origins]
    features, base, scale, demand, weight = (np.concatenate(column) for column in zip(*parts, strict=True))
    return (features, base, scale, demand, weight) if len(demand) else None


def _steps(past: Past, origin: int, count: int, seed: int) -> Ints:
    if count >= past.horizon:
        return np.arange(past.horizon)
    return np.sort(np.random.default_rng((seed, origin)).choice(past.horizon, count, replace=False))


def _rows_of(past: Past, chosen: Ints, origin: int, steps: Ints, memory: Memory) -> tuple[Any, ...]:
    known = memory.at(past, chosen, origin, steps)
    at = origin + 1 + steps
    demand = past.demand[np.ix_(chosen, np.minimum(at, past.length - 1))]
    usable = np.isfinite(demand) & (at < past.length)[None, :]
    scale = np.broadcast_to(known.scale[:, None], demand.shape)[usable]
    age = 0.5 ** ((past.length - 1 - origin) / HALF_LIFE[past.bucket.value])
    return known.features[usable], known.base[usable], scale, demand[usable], np.full(len(scale), age)


def _predicted(model: Any, seen: Seen, loss: str) -> Floats:
    shape = seen.base.shape
    raw = model.predict(seen.features.reshape(-1, seen.features.shape[2]), raw_score=True).reshape(shape)
    scale = seen.scale[:, None]
    if loss == "log":
        return np.asarray(np.maximum((seen.base + 0.01 * scale) * np.exp(np.clip(raw, -4, 4)) - 0.01 * scale, 0.0))
    return np.asarray(seen.base * np.exp(np.clip(raw, -6, 6)))
