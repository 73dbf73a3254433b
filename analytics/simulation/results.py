"""What came of a replay, and how sure that is: sums, ratios and intervals by resampling series."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analytics.core.errors import DomainError
from analytics.forecasting.contract import Flags, Floats
from analytics.simulation.twin import Ledger

DRAWS = 1000
LOW, HIGH = 0.05, 0.95
"""Edges of the interval: nine of ten resamplings lie between them."""

MEASURES = ("fill_rate", "lost", "holding", "waste", "orders", "cost")
COSTS = ("holding", "shortage", "waste", "ordering")


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums over the counted periods, N of each: units ``demand`` … ``ordered`` (``held``: units × periods), ``orders``
    placed, and yuan: ``holding`` of what was kept, ``shortage`` of what was lost, ``waste``, ``ordering``."""

    policy: str
    units: Mapping[str, Floats]
    yuan: Mapping[str, Floats]

    @property
    def cost(self) -> Floats:
        """Yuan per series."""
        return np.asarray(sum(self.yuan[name] for name in COSTS))


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and the interval that resampled series leave it."""

    value: float
    low: float
    high: float


def tally(ledger: Ledger, counted: Flags | None = None) -> Tally:
    """Sum a ledger up; ``counted`` (N × T): periods that are judged, all of them by default.

    What is unknown about a cost (NaN) is counted as nothing.
    """
    world, terms = ledger.world, ledger.world.terms
    inside = np.ones(ledger.sold.shape, dtype=np.bool_) if counted is None else counted

    def total(values: Floats) -> Floats:
        return np.asarray(np.where(inside, values, 0.0).sum(axis=1))

    units = {
        "demand": total(world.wanted),
        "sold": total(ledger.sold),
        "lost": total(ledger.lost),
        "held": total(ledger.stock),
        "wasted": total(ledger.wasted),
        "ordered": total(ledger.ordered),
        "orders": total(ledger.lines.astype(np.float64)),
    }
    yuan = {
        "holding": np.nan_to_num(terms.holding) * units["held"],
        "shortage": np.nan_to_num(terms.shortage) * units["lost"],
        "waste": np.nan_to_num(terms.cost) * units["wasted"],
        "ordering": np.nan_to_num(terms.freight) * units["ordered"] + total(ledger.fixed),
    }
    return Tally(ledger.policy, units, yuan)


def measures(one: Tally, weights: Floats) -> dict[str, Floats]:
    """Each of MEASURES under each row of ``weights`` (draws × N): units, but yuan for holding and cost."""
    sums = {name: weights @ values for name, values in one.units.items()}
    with np.errstate(invalid="ignore", divide="ignore"):
        filled = np.where(sums["demand"] > 0, sums["sold"] / sums["demand"], np.nan)
    return {
        "fill_rate": filled,
        "lost": sums["lost"],
        "holding": weights @ one.yuan["holding"],
        "waste": sums["wasted"],
        "orders": sums["orders"],
        "cost": weights @ one.cost,
    }


def resampled(size: int, seed: int) -> Floats:
    """How often each series was drawn, DRAWS × N; the same for every policy, so that differences are of pairs."""
    if size < 1:
        raise DomainError("twin_no_series")
    drawn = np.random.default_rng(seed).multinomial(size, np.full(size, 1 / size), size=DRAWS)
    return drawn.astype(np.float64)


def estimates(one: Tally, seed: int) -> dict[str, Estimate]:
    """MEASURES with their intervals."""
    size = len(one.cost)
    whole, drawn = measures(one, np.ones((1, size))), measures(one, resampled(size, seed))
    return {name: _estimate(float(whole[name][0]), drawn[name]) for name in MEASURES}


def cheaper(one: Tally, other: Tally, seed: int) -> Estimate:
    """Share of ``other``'s cost that ``one`` saves, negative where it costs more; NaN where the other costs nothing."""
    weights = resampled(len(one.cost), seed)
    with np.errstate(invalid="ignore", divide="ignore"):
        drawn = 1 - (weights @ one.cost) / (weights @ other.cost)
        value = 1 - float(one.cost.sum()) / np.float64(other.cost.sum())
    return _estimate(float(value), np.where(np.isfinite(drawn), drawn, np.nan))


def _estimate(value: float, drawn: Floats) -> Estimate:
    known = drawn[np.isfinite(drawn)]
    if not len(known):
        return Estimate(value, float("nan"), float("nan"))
    low, high = np.quantile(known, (LOW, HIGH))
    return Estimate(value, float(low), float(high))
