"""Exponential smoothing by statsforecast: AutoETS and the optimised Theta method, season taken out beforehand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from analytics.forecasting.contract import Floats
from analytics.forecasting.numbers import filled
from analytics.forecasting.panel import Past
from analytics.forecasting.simple import moving_average, seasonal_factors

SHORTEST = 12
"""With fewer known periods the moving average answers: a smoothing model has too little to choose from."""


def auto_ets(past: Past) -> Floats:
    """The ETS form that AICc prefers; a year's season is beyond ETS, so factors take its place."""
    from statsforecast.models import AutoETS

    return _each(past, lambda: AutoETS(season_length=1))


def optimised_theta(past: Past) -> Floats:
    """Fiorucci's dynamic optimised Theta."""
    from statsforecast.models import DynamicOptimizedTheta

    return _each(past, lambda: DynamicOptimizedTheta(season_length=1))


def _each(past: Past, model: Callable[[], Any]) -> Floats:
    factors = seasonal_factors(past)
    level = filled(past.demand / factors[:, : past.length])
    forecast = moving_average(past)
    enough = np.isfinite(past.demand).sum(axis=1) >= SHORTEST
    for row in np.flatnonzero(enough & (np.ptp(level, axis=1) > 0)):
        first = int(np.argmax(np.isfinite(past.demand[row])))
        mean = model().forecast(y=level[row, first:], h=past.horizon)["mean"]
        if np.isfinite(mean).all():
            forecast[row] = np.maximum(mean, 0.0) * factors[row, past.length :]
    return forecast
