"""The pooled regression made a series' own: responses and levels of its own, as far as its past is evidence for them.

Beside what the pooled regression sees stand the prices and drivers of the period before, for who stocked up on an
offer buys less after it, and what all nodes of the SKU plan, for a promotion that runs everywhere is advertised. Each
series' own level, price and promotion responses deviate from the shared ones by a ridge whose strength is the noise
over the spread such deviations usually have. What a series lately sold above all that moves its level.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.forecasting.candidate import Answer
from analytics.forecasting.contract import Flags, Floats, Ints
from analytics.forecasting.panel import Past
from analytics.forecasting.plans import tail
from analytics.forecasting.pooled import FEWEST_KNOWN, OFFSET, designed, groups, log_price, shifts, slopes

RIDGE = 0.05
SPREAD = {"level": 0.3, "price": 0.5, "promotion": 0.3}
"""Usual deviation of a series' response from the shared one: of its level, its elasticity, its uplift, in logs."""
EVERYWHERE = ("sku_promoted", "sku_relative")
HALF_LIFE = {"week": 8.0, "day": 28.0}
DOUBT = {"week": 4.0, "day": 14.0}
"""As many recent periods without any deviation are added to those that were seen."""
MOST = 1.5
"""A single period moves the level by no more than this, in logs."""


@dataclass(frozen=True, slots=True)
class _Law:
    """What was learnt of one group: logs of the demand ahead, shared ``slopes`` and each series' ``deviation``."""

    location: Floats
    offset: float
    slopes: Floats
    deviation: Floats
    seen: Flags

    def said(self, shift: Floats | float = 0.0) -> Floats:
        said = np.exp(np.clip(self.location + shift, -20, 20)) - self.offset
        return np.where(self.seen[:, None], np.maximum(said, 0.0), np.nan)


def responsive(past: Past) -> Floats:
    """The median that the regression implies, N × H; NaN where a group has too few known periods."""
    return responding(past).said


def responding(past: Past) -> Answer:
    """The same, to be asked again under other plans without another fit."""
    columns, own = _columns(past), _own(past)
    forecast = np.full((len(past.series), past.horizon), np.nan)
    laws: list[tuple[Ints, _Law]] = []
    for rows in groups(past.series):
        if np.isfinite(past.demand[rows]).sum() >= FEWEST_KNOWN:
            shape = (len(rows), past.length + past.horizon, 0)
            design = np.stack([column[rows] for column in columns], axis=2) if columns else np.zeros(shape)
            law = _fitted(past, past.demand[rows], design, own[rows])
            forecast[rows] = law.said()
            laws.append((rows, law))
    before = tail(past)

    def again(plan: Past) -> Floats:
        after = tail(plan)
        shared = shifts(_columns(before), _columns(after))
        alone = shifts(list(np.moveaxis(_own(before), 2, 0)), list(np.moveaxis(_own(after), 2, 0)))
        said = forecast.copy()
        for rows, law in laws:
            shift = sum((moved[rows] * law.slopes[at] for at, moved in shared.items()), np.zeros(law.location.shape))
            for at, moved in alone.items():
                shift = shift + moved[rows] * law.deviation[:, at, None]
            said[rows] = law.said(shift)
        return said

    return Answer(forecast, again)


def _columns(past: Past) -> list[Floats]:
    return [*designed(past), *_before(past), *_everywhere(past)]


def _before(past: Past) -> list[Floats]:
    """Price and the other drivers of the period before."""
    drivers = [np.nan_to_num(values) for name, values in sorted(past.drivers.items()) if name != "price"]
    price = past.drivers.get("price")
    known = drivers if price is None else [log_price(price), *drivers]
    return [np.concatenate([values[:, :1], values[:, :-1]], axis=1) for values in known]


def _everywhere(past: Past) -> list[Floats]:
    """Promotion of the SKU and its price against the usual one, over all its nodes."""
    told = [past.market[name] for name in EVERYWHERE if name in past.market]
    return [np.nan_to_num(values).astype(np.float64) for values in told]


def _own(past: Past) -> Floats:
    """N × (T + H) × 3: what a series may answer in its own way, and how far; absent drivers are zero."""
    shape = (len(past.series), past.length + past.horizon)
    price, promotion = past.drivers.get("price"), past.drivers.get("promotion")
    return np.stack(
        [
            np.full(shape, SPREAD["level"]),
            np.zeros(shape) if price is None else SPREAD["price"] * log_price(price),
            np.zeros(shape) if promotion is None else SPREAD["promotion"] * np.nan_to_num(promotion),
        ],
        axis=2,
    )


def _fitted(past: Past, demand: Floats, design: Floats, own: Floats) -> _Law:
    known, length = np.asarray(np.isfinite(demand)), past.length
    offset = OFFSET if (demand[known] <= 0).any() else 0.0
    target = np.where(known, np.log(np.maximum(np.nan_to_num(demand), 0.0) + offset + 1e-12 * (offset == 0)), 0.0)
    count = np.maximum(known.sum(axis=1), 1)
    mean = target.sum(axis=1) / count
    design, own = _centred(design, known, count), _centred(own, known, count, first=1)
    response = slopes(design[:, :length][known], (target - mean[:, None])[known], RIDGE)
    shared = design @ response
    left = np.where(known, target - mean[:, None] - shared[:, :length], 0.0)
    found = _deviation(own, left, known)
    deviation = np.asarray((own @ found[:, :, None])[:, :, 0])
    left = np.where(known, left - deviation[:, :length], 0.0)
    level = mean + _recent(left, known, past.bucket.value)
    location = level[:, None] + (shared + deviation)[:, length:]
    return _Law(location, offset, response, found, np.asarray(known.any(axis=1)))


def _centred(columns: Floats, known: np.ndarray, count: np.ndarray, first: int = 0) -> Floats:
    """Columns without their mean over the known past; those before ``first`` as they are."""
    centre = (columns[:, : known.shape[1]] * known[:, :, None]).sum(axis=1) / count[:, None]
    centre[:, :first] = 0.0
    return np.asarray(columns - centre[:, None])


def _deviation(own: Floats, left: Floats, known: np.ndarray) -> Floats:
    """What each series answers beyond the shared responses, series × own columns: a ridge of what is left on them."""
    past = own[:, : known.shape[1]] * known[:, :, None]
    noise = float((left[known] ** 2).mean()) + 1e-9
    gram = np.einsum("ntk,ntl->nkl", past, past) + noise * np.eye(own.shape[2])
    return np.asarray(np.linalg.solve(gram, np.einsum("ntk,nt->nk", past, left)[:, :, None])[:, :, 0])


def _recent(left: Floats, known: np.ndarray, bucket: str) -> Floats:
    age = np.arange(left.shape[1] - 1, -1, -1)
    weight = known * 0.5 ** (age / HALF_LIFE[bucket])
    return np.asarray((np.clip(left, -MOST, MOST) * weight).sum(axis=1) / (weight.sum(axis=1) + DOUBT[bucket]))
