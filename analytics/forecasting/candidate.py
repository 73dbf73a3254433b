"""What a candidate is: a name, and a fit on the past that yields a forecaster of the periods to come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from analytics.forecasting.contract import Floats
from analytics.forecasting.panel import Past

Forecaster = Callable[[Past], Floats]
"""N × H locations from a past at the same or a later origin than the one that was fitted."""

Again = Callable[[Past], Floats]
"""N × H locations from the same past of the same series, of which something else is planned."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``said``: N × H locations; ``again``: the same forecaster, asked what it would say under another plan."""

    said: Floats
    again: Again


@dataclass(frozen=True, slots=True)
class Planned:
    """A forecaster that sees what is planned."""

    answer: Callable[[Past], Answer]

    def __call__(self, past: Past) -> Floats:
        return self.answer(past).said


@dataclass(frozen=True, slots=True)
class Candidate:
    """``fit(past, seed)`` sees nothing but ``past``. ``slow``: cost per series forbids it on very many series."""

    name: str
    fit: Callable[[Past, int], Forecaster]
    slow: bool = False


def unfitted(forecast: Forecaster) -> Callable[[Past, int], Forecaster]:
    """For candidates that learn nothing across series: what was fitted is forgotten."""
    return lambda _past, _seed: forecast
