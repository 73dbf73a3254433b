"""The pooled regression made a series' own: responses and levels of its own, as far as its past is evidence for them.

Beside what the pooled regression sees stand the prices and drivers of the period before, for who stocked up on an
offer buys less after it, and what all nodes of the SKU plan, for a promotion that runs everywhere is advertised. Each
series' own level, price and promotion responses deviate from the shared ones by a ridge whose strength is the noise
over the spread such deviations usually have. What a series lately sold above all that moves its level.
"""

from __future__ import annotations

import numpy as np

from analytics.forecasting.contract import Floats
from analytics.forecasting.panel import Past
from analytics.forecasting.pooled import FEWEST_KNOWN, OFFSET, designed, groups, log_price, slopes

RIDGE = 0.05
SPREAD = {"level": 0.3, "price": 0.5, "promotion": 0.3}
"""Usual deviation of a series' response from the shared one: of its level, its elasticity, its uplift, in logs."""
EVERYWHERE = ("sku_promoted", "sku_relative")
HALF_LIFE = {"week": 8.0, "day": 28.0}
DOUBT = {"week": 4.0, "day": 14.0}
"""As many recent periods without any deviation are added to those that were seen."""
MOST = 1.5
"""A single period moves the level by no more than this, in logs."""


def responsive(past: Past) -> Floats:
    """The median that the regression implies, N × H; NaN where a group has too few known periods."""
    columns = [*designed(past), *_before(past), *_everywhere(past)]
    own = _own(past)
    forecast = np.full((len(past.series), past.horizon), np.nan)
    for rows in groups(past.series):
        if np.isfinite(past.demand[rows]).sum() >= FEWEST_KNOWN:
            shape = (len(rows), past.length + past.horizon, 0)
            design = np.stack([column[rows] for column in columns], axis=2) if columns else np.zeros(shape)
            forecast[rows] = _fitted(past, past.demand[rows], design, own[rows])
    return forecast


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


def _fitted(past: Past, demand: Floats, design: Floats, own: Floats) -> Floats:
    known, length = np.asarray(np.isfinite(demand)), past.length
    offset = OFFSET if (demand[known] <= 0).any() else 0.0
    target = np.where(known, np.log(np.maximum(np.nan_to_num(demand), 0.0) + offset + 1e-12 * (offset == 0)), 0.0)
    count = np.maximum(known.sum(axis=1), 1)
    mean = target.sum(axis=1) / count
    design, own = _centred(design, known, count), _centred(own, known, count, first=1)
    shared = design @ slopes(design[:, :length][known], (target - mean[:, None])[known], RIDGE)
    left = np.where(known, target - mean[:, None] - shared[:, :length], 0.0)
    deviation = _deviation(own, left, known)
    left = np.where(known, left - deviation[:, :length], 0.0)
    level = mean + _recent(left, known, past.bucket.value)
    said = np.exp(np.clip(level[:, None] + (shared + deviation)[:, length:], -20, 20)) - offset
    seen = np.asarray(known.any(axis=1))
    return np.where(seen[:, None], np.maximum(said, 0.0), np.nan)


def _centred(columns: Floats, known: np.ndarray, count: np.ndarray, first: int = 0) -> Floats:
    """Columns without their mean over the known past; those before ``first`` as they are."""
    centre = (columns[:, : known.shape[1]] * known[:, :, None]).sum(axis=1) / count[:, None]
    centre[:, :first] = 0.0
    return np.asarray(columns - centre[:, None])


def _deviation(own: Floats, left: Floats, known: np.ndarray) -> Floats:
    """What each series answers beyond the shared responses: a ridge of what is left on its own columns."""
    past = own[:, : known.shape[1]] * known[:, :, None]
    noise = float((left[known] ** 2).mean()) + 1e-9
    gram = np.einsum("ntk,ntl->nkl", past, past) + noise * np.eye(own.shape[2])
    found = np.linalg.solve(gram, np.einsum("ntk,nt->nk", past, left)[:, :, None])
    return np.asarray((own @ found)[:, :, 0])


def _recent(left: Floats, known: np.ndarray, bucket: str) -> Floats:
    age = np.arange(left.shape[1] - 1, -1, -1)
    weight = known * 0.5 ** (age / HALF_LIFE[bucket])
    return np.asarray((np.clip(left, -MOST, MOST) * weight).sum(axis=1) / (weight.sum(axis=1) + DOUBT[bucket]))
