"""Which candidates speak for a segment: a greedy average of those whose errors would have cost least.

Half the cost is the absolute error of single periods, of the location as it was said. The other half is the pinball
loss at the critical ratio, of periods and of their sum over the horizon, after a location's own errors have lifted it
to that quantile: orders are for sums. Where most periods sell nothing sums alone count, for single periods would let a
zero win. Averages are geometric, and a candidate may enter several times, which is its weight.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.forecasting.accuracy import bias, pinball, wape
from analytics.forecasting.backtest import Backtest
from analytics.forecasting.calibration import OFFSET
from analytics.forecasting.contract import Floats
from analytics.forecasting.errors import log_error
from analytics.forecasting.panel import Past

STEPS = 8
MOST_COST = 1.25
"""Who alone costs more than so many times the best does not enter an average: there it would only fit the past."""
SIZES = 6
FALLBACK = "moving_average"
FEWEST_KNOWN = {"week": 8, "day": 28}

Segments = npt.NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Choice:
    """``weights``: segment → candidate → weight, adding up to 1. ``scores``: segment, candidate, wape, bias, pinball;
    losses of a candidate at the critical ratio, and under the name ``chosen`` those of the average."""

    weights: Mapping[str, Mapping[str, float]]
    scores: pd.DataFrame

    @property
    def needed(self) -> tuple[str, ...]:
        return tuple(sorted({name for weights in self.weights.values() for name in weights}))


def segments_of(past: Past) -> Segments:
    """``new``, ``intermittent``, ``lumpy``, ``driven`` (prices or promotions move) or ``smooth`` per series."""
    known = np.isfinite(past.demand)
    count = known.sum(axis=1)
    zeros = np.where(known, np.nan_to_num(past.demand) <= 0, False).sum(axis=1) / np.maximum(count, 1)
    driven = np.zeros(len(count), dtype=np.bool_)
    for values in past.drivers.values():
        driven |= np.nanmax(np.nan_to_num(values[:, : past.length]), axis=1) > np.nanmin(
            np.where(np.isfinite(values[:, : past.length]), values[:, : past.length], np.inf), axis=1
        )
    return np.select(
        [count < FEWEST_KNOWN[past.bucket.value], zeros > 0.5, zeros > 0.1, driven],
        ["new", "intermittent", "lumpy", "driven"],
        "smooth",
    )


def chosen(test: Backtest, segments: Segments, level: float) -> Choice:
    """Weights per segment and the scores behind them; ``level`` is the critical ratio."""
    weights: dict[str, Mapping[str, float]] = {}
    scores: list[pd.DataFrame] = []
    for segment in np.unique(segments):
        part = test.rows(np.flatnonzero(segments == segment))
        names = [name for at, name in enumerate(test.names) if _complete(part, at)]
        if not np.isfinite(part.came).any() or not names:
            weights[str(segment)] = {FALLBACK: 1.0}
            continue
        weights[str(segment)] = _greedy(part, names, level)
        scores.append(_scores(part, names, weights[str(segment)], level).assign(segment=str(segment)))
    return Choice(weights, pd.concat(scores, ignore_index=True) if scores else _no_scores())


def _no_scores() -> pd.DataFrame:
    return pd.DataFrame(columns=["candidate", "wape", "bias", "pinball", "segment"])


def _complete(part: Backtest, at: int) -> bool:
    """A candidate that was silent about a twentieth of what came cannot be compared with the others."""
    came = np.isfinite(part.came)
    return bool((np.isfinite(part.said[at]) & came).sum() >= 0.95 * came.sum())


def lifted(said: Floats, came: Floats, level: float) -> Floats:
    """Locations moved to the quantile ``level`` by their own errors, horizon by horizon and size by size.

    By size, as paths are drawn: else a location that overstates what is large would win the upper quantile.
    """
    error = log_error(came, said)
    moved = np.full(said.shape, np.nan)
    for step in range(said.shape[-1]):
        where = np.flatnonzero(np.isfinite(error[..., step]))
        values, errors = said[..., step].ravel()[where], error[..., step].ravel()[where]
        lift = np.empty(len(where))
        for part in np.array_split(np.argsort(values, kind="stable"), SIZES):
            if len(part):
                lift[part] = np.quantile(errors[part], level)
        column = np.full(moved[..., step].size, np.nan)
        column[where] = (values + OFFSET) * np.exp(lift) - OFFSET
        moved[..., step] = column.reshape(moved.shape[:-1])
    return moved


def cost(came: Floats, said: Floats, level: float) -> float:
    """Half the loss of the median of periods, a quarter each that of the upper quantile of periods and of their sums.

    The median is judged as it was said: lifting by what came flatters who needs much of it. Sums alone, and both of
    their quantiles lifted, where half of the periods or more sold nothing: a zero would win there, and say nothing of
    the rest.
    """
    whole = np.isfinite(came).all(axis=-1)
    if came.shape[-1] == 1 or not whole.any():
        return _lifted_loss(came, said, level)
    total, told = came.sum(axis=-1, keepdims=True), said.sum(axis=-1, keepdims=True)
    if np.nanmedian(came) <= 0:
        return _lifted_loss(total, told, level)
    sums = pinball(total, lifted(told, total, level), level)
    return pinball(came, said, 0.5) / 2 + (sums + pinball(came, lifted(said, came, level), level)) / 4


def _lifted_loss(came: Floats, said: Floats, level: float) -> float:
    """Mean of the pinball losses at ``level`` and at the median, both after lifting."""
    return (pinball(came, lifted(said, came, level), level) + pinball(came, lifted(said, came, 0.5), 0.5)) / 2


def averaged(said: Mapping[str, Floats], weights: Mapping[str, float]) -> Floats:
    """Weighted geometric mean; where a candidate is silent the others speak."""
    logs = np.stack([np.log(said[name] + OFFSET) for name in weights])
    shares = np.array(list(weights.values())).reshape((-1,) + (1,) * (logs.ndim - 1))
    present = np.where(np.isfinite(logs), shares, 0.0)
    total = present.sum(axis=0)
    mean = (np.nan_to_num(logs) * present).sum(axis=0) / np.where(total > 0, total, 1.0)
    return np.asarray(np.where(total > 0, np.maximum(np.exp(mean) - OFFSET, 0.0), np.nan))


def _greedy(part: Backtest, names: list[str], level: float) -> dict[str, float]:
    alone = {name: cost(part.came, part.of(name), level) for name in names}
    names = [name for name in names if not alone[name] > MOST_COST * min(alone.values())]
    logs = {name: np.log(part.of(name) + OFFSET) for name in names}
    total = np.zeros(part.came.shape)
    taken: list[str] = []
    best: tuple[float, list[str]] = (np.inf, [])
    for step in range(1, STEPS + 1):
        losses = {name: cost(part.came, np.exp((total + logs[name]) / step) - OFFSET, level) for name in names}
        winner = min(sorted(losses), key=lambda name: losses[name])
        taken.append(winner)
        total = total + logs[winner]
        if losses[winner] < best[0]:
            best = losses[winner], list(taken)
    if not best[1]:  # Nothing was sold at all: no loss tells the candidates apart.
        return {FALLBACK: 1.0}
    return {name: best[1].count(name) / len(best[1]) for name in sorted(set(best[1]))}


def _scores(part: Backtest, names: list[str], weights: Mapping[str, float], level: float) -> pd.DataFrame:
    said = {name: part.of(name) for name in names}
    said["chosen"] = averaged(said, weights)
    rows = [
        {
            "candidate": name,
            "wape": wape(part.came, values),
            "bias": bias(part.came, values),
            "pinball": pinball(part.came, lifted(values, part.came, level), level),
        }
        for name, values in said.items()
    ]
    return pd.DataFrame(rows)


def located(said: Mapping[str, Floats], choice: Choice, segments: Segments) -> Floats:
    """Locations of all series: each by its segment's weights; segments nobody raced take the moving average."""
    out = np.full(next(iter(said.values())).shape, np.nan)
    for segment in np.unique(segments):
        weights = choice.weights.get(str(segment), {FALLBACK: 1.0})
        mine = segments == segment
        out[..., mine, :] = averaged({name: values[..., mine, :] for name, values in said.items()}, weights)
    fallback = said[FALLBACK]
    return np.where(np.isfinite(out), out, fallback)
