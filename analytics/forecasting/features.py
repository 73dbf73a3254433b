"""What the global model sees of one origin: lags, levels, last year, drivers and their changes, relative to a base.

Everything stands relative to a base forecast or to the series' own scale, so that one model serves all sizes. Demand
that was masked is a gap in lags and means, never a zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.forecasting.candidate import Again, Answer
from analytics.forecasting.contract import Flags, Floats, Ints
from analytics.forecasting.numbers import differing, mean_of, recency, spread_of
from analytics.forecasting.outside import foreseen, seen_now
from analytics.forecasting.panel import Past
from analytics.forecasting.plans import changed, outside_alone, tail
from analytics.forecasting.pooled import log_price
from analytics.forecasting.responsive import responding
from analytics.forecasting.simple import moving_average

LAGS = (0, 1, 2, 3, 5, 7)
WINDOWS = (4, 8, 13, 26, 52)
NEAR = 0.06
"""Width in log price within which past periods count as similar to a planned one."""
FADING = 100.0
"""Periods after which a similar period of the past counts less by a factor e."""
HALF_LIFE = {"week": 13.0, "day": 91.0}
"""Of what is remembered about demand with and without a promotion."""
LONGEST = 8
"""Periods over which recent prices are looked at."""
LONG_AGO = 60.0
"""Periods since the last promotion, or in one, at most."""
DOUBT = 0.1
"""Σ squared changes of log price below which a series says little about its own elasticity."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Of one origin: N × H × K features, N × H base locations, N scales."""

    features: npt.NDArray[np.float32]
    base: Floats
    scale: Floats
    again: Again
    """The base under another plan."""


def seen_from(past: Past, steps: Ints | None = None, based: Answer | None = None) -> Seen:
    """Features of the H periods after the past, or of those of them that ``steps`` names (0 is the first).

    ``based``: base locations that are known already.
    """
    wanted = np.arange(past.horizon) if steps is None else steps
    scale = scale_of(past)
    based = based or base_of(past, scale)
    base = based.said[:, wanted]
    elasticity = _elasticity(past, scale)
    still = np.column_stack([*_levels(past, scale), *_answers(past, scale), elasticity, np.log(scale)])
    price = log_price(past.drivers["price"]) if "price" in past.drivers else None
    similar = None if price is None else _Similar.of(past, price)
    columns = [list(_columns(past, similar, scale, base[:, at], int(step))) for at, step in enumerate(wanted)]
    if "relative" in past.market:
        for step, column in zip(wanted, columns, strict=True):
            column.append(elasticity * past.market["relative"][:, past.length + step])
    for step, column in zip(wanted, columns, strict=True):
        column.extend(_outside(past, int(step)))
    ahead = [np.column_stack([still, *moving]).astype(np.float32) for moving in columns]
    return Seen(np.stack(ahead, axis=1), base, scale, based.again)


def seen_again(seen: Seen, before: Past, plan: Past) -> Iterator[tuple[Ints, Ints, Seen]]:
    """What another plan changes of what was ``seen`` of all horizons, in parts: rows, steps, and their features.

    ``before``: tail of the plan as it was.
    """
    after = tail(plan)
    if plan.outside and outside_alone(before, after):
        yield from _retold(seen, plan)
        return
    base = seen.again(plan)
    moved, steps = changed(before, after)
    steps = steps | (base != seen.base)[~moved].any(axis=0)
    for rows, at in (
        (np.flatnonzero(moved), np.arange(plan.horizon)),
        (np.flatnonzero(~moved), np.flatnonzero(steps)),
    ):
        if len(rows) and len(at):
            yield rows, at, seen_from(plan.rows(rows), at, Answer(base[rows], seen.again))


def _retold(seen: Seen, plan: Past) -> Iterator[tuple[Ints, Ints, Seen]]:
    """Of a plan that differs in the world outside alone: its columns stand last, and the base does not hear of it."""
    told = np.stack([np.column_stack(_outside(plan, step)) for step in range(plan.horizon)], axis=1).astype(np.float32)
    first = seen.features.shape[2] - told.shape[2]
    other: Flags = np.any(differing(told, seen.features[:, :, first:]), axis=2)
    rows, at = np.flatnonzero(other.any(axis=1)), np.flatnonzero(other.any(axis=0))
    if len(rows):
        part = np.ix_(rows, at)
        features = np.concatenate([seen.features[part][:, :, :first], told[part]], axis=2)
        yield rows, at, Seen(features, seen.base[part], seen.scale[rows], seen.again)


def scale_of(past: Past) -> Floats:
    return np.maximum(np.nan_to_num(mean_of(past.demand[:, -past.bucket.year :], axis=1)), 1e-3)


def base_of(past: Past, scale: Floats) -> Answer:
    """The responsive regression, or the moving average where it says nothing; at least a hundredth of the scale."""
    regression, average, least = responding(past), moving_average(past), 0.01 * scale[:, None]

    def at_least(said: Floats) -> Floats:
        return np.asarray(np.maximum(np.where(np.isfinite(said), said, average), least))

    return Answer(at_least(regression.said), lambda plan: at_least(regression.again(plan)))


def _outside(past: Past, step: int) -> list[Floats]:
    origin = past.length - 1
    return [*seen_now(past.outside, origin), *foreseen(past.outside, origin, step)]


def _columns(past: Past, similar: _Similar | None, scale: Floats, base: Floats, step: int) -> Iterator[Floats]:
    at = past.length + step
    yield from _last_year(past, scale, at)
    yield np.log(base / scale)
    yield np.full(len(scale), float(step + 1))
    if similar is not None:
        yield from _price(past, similar.price, at)
        yield from similar.at(at, scale)
    yield from _market(past, at)
    for name, values in sorted(past.drivers.items()):
        if name != "price":
            yield from _driver(past, values, at)
    if "promotion" in past.drivers:
        yield from _rhythm(past.drivers["promotion"], at)
    for _, values in sorted(past.calendar.items()):
        yield np.full(len(scale), values[at])


def _levels(past: Past, scale: Floats) -> Iterator[Floats]:
    demand, length = past.demand, past.length
    for lag in LAGS:
        yield _relative(demand[:, length - 1 - lag], scale) if lag < length else np.full(len(scale), np.nan)
    for window in WINDOWS:
        yield _relative(mean_of(demand[:, max(0, length - window) :], axis=1), scale)
    year = demand[:, max(0, length - past.bucket.year) :]
    yield spread_of(np.log1p(year), axis=1)
    yield mean_of(np.where(np.isfinite(year), (year <= 0).astype(np.float64), np.nan), axis=1)


def _answers(past: Past, scale: Floats) -> Iterator[Floats]:
    """Recent mean of log demand in periods with a promotion, and in periods without one."""
    if "promotion" not in past.drivers:
        return
    promoted = np.nan_to_num(past.drivers["promotion"][:, : past.length]) > 0
    demand = _relative(past.demand, scale[:, None])
    age = recency(past.length, HALF_LIFE[past.bucket.value])
    for state in (promoted, ~promoted):
        weight = np.where(np.isfinite(demand) & state, age, 0.0)
        total = weight.sum(axis=1)
        mean = (weight * np.nan_to_num(demand)).sum(axis=1) / np.maximum(total, 1e-9)
        yield np.where(total > 0, mean, np.nan)


def _elasticity(past: Past, scale: Floats) -> Floats:
    """Slope of log demand on log price over the series' own past, pulled to 0 where its price hardly moved."""
    if "relative" not in past.market:
        return np.full(len(scale), np.nan)
    price = past.market["relative"][:, : past.length].astype(np.float64)
    demand = _relative(past.demand, scale[:, None])
    known = np.isfinite(price) & np.isfinite(demand)
    x, y = (np.where(known, values, np.nan) for values in (price, demand))
    x, y = (np.nan_to_num(values - mean_of(values, axis=1)[:, None]) for values in (x, y))
    return np.asarray((x * y).sum(axis=1) / ((x * x).sum(axis=1) + DOUBT))


def _last_year(past: Past, scale: Floats, at: int) -> Iterator[Floats]:
    """The same period a year (or a festival) earlier, and the mean around it."""
    back = int(past.last_year[at])
    if not 0 <= back < past.length:
        yield np.full(len(scale), np.nan)
        yield np.full(len(scale), np.nan)
        return
    yield _relative(past.demand[:, back], scale)
    yield _relative(mean_of(past.demand[:, max(0, back - 1) : min(back + 2, past.length)], axis=1), scale)


def _price(past: Past, price: Floats, at: int) -> Iterator[Floats]:
    """Planned price against the last ones, and against the lowest ever."""
    now = price[:, at]
    yield now - price[:, past.length - 1]
    yield now - price[:, at - 1]
    yield now - price[:, :at].min(axis=1)


def _market(past: Past, at: int) -> Iterator[Floats]:
    """What the plan of all series says about the period, how that changed, and how deep prices lately went."""
    first = max(0, at - LONGEST)
    market = {name: values[:, first : at + 1].astype(np.float64) for name, values in sorted(past.market.items())}
    for name, values in market.items():
        yield values[:, -1]
        if name in {"sku_promoted", "sku_relative", "rivals_promoted", "rivals_relative"}:
            yield values[:, -1] - values[:, -2]
    if "relative" in market:
        own = market["relative"]
        yield own[:, -1] - market["sku_relative"][:, -1]
        yield own[:, -3:][:, 0]
        yield own[:, -5:-1].mean(axis=1)
        yield own[:, -4:-1].min(axis=1)
        yield own[:, :-1].min(axis=1)


def _rhythm(promotion: Floats, at: int) -> Iterator[Floats]:
    """Periods since the last one with a promotion, and how long the present run of them has gone on."""
    on = promotion[:, :at] > 0
    for state in (on, ~on):
        since = np.where(state.any(axis=1), state[:, ::-1].argmax(axis=1) + 1.0, LONG_AGO)
        yield np.minimum(since, LONG_AGO)


@dataclass(frozen=True, slots=True)
class _Similar:
    """The past that a planned period is compared with; made once for all periods that are planned."""

    demand: Floats
    known: Flags
    price: Floats
    promotion: Floats | None
    faded: Floats

    @classmethod
    def of(cls, past: Past, price: Floats) -> _Similar:
        promotion = past.drivers.get("promotion")
        return cls(
            demand=np.nan_to_num(past.demand),
            known=np.isfinite(past.demand),
            price=price,
            promotion=None if promotion is None else np.nan_to_num(promotion),
            faded=np.arange(past.length, 0, -1) / FADING,
        )

    def at(self, at: int, scale: Floats) -> Iterator[Floats]:
        """Demand at similar price and promotion in the past of the series itself, and how much of it there was."""
        length = len(self.faded)
        far = np.abs(self.price[:, :length] - self.price[:, at, None]) / NEAR + self.faded
        if self.promotion is not None:
            far = far + (self.promotion[:, :length] != self.promotion[:, at, None])
        weight = np.where(self.known, np.exp(-far), 0.0)
        total = weight.sum(axis=1)
        yield _relative((weight * self.demand).sum(axis=1) / np.maximum(total, 1e-9), scale)
        yield total


def _driver(past: Past, values: Floats, at: int) -> Iterator[Floats]:
    """Planned value, the one before it, the one at the origin, and the mean of the eight before."""
    for one in (at, at - 1, past.length - 1):
        yield np.nan_to_num(values[:, one])
    yield np.nan_to_num(values[:, max(0, at - 8) : at]).mean(axis=1)


def _relative(values: Floats, scale: Floats) -> Floats:
    return np.asarray(np.log(np.maximum(values, 0.0) / scale + 0.01))
