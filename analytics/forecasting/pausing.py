"""What would be asked for if a planned promotion were paused at one node, and what a unit would then bring more.

The responsive regression is asked twice, about the plan as it stands and about the same plan without the promotion and
at the usual price; what other nodes do stays as it is. Demand moved in time moves back: who does not stock up on an
offer buys later, so that a share can lie above 1 after a promotion.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analytics.forecasting.contract import Flags, Floats
from analytics.forecasting.market import usual
from analytics.forecasting.panel import Past
from analytics.forecasting.plans import promoted_in
from analytics.forecasting.pooled import groups
from analytics.forecasting.responsive import responsive

LEAST, MOST = 0.05, 2.0
"""Shares further out rest on responses that few promotions have told."""


@dataclass(frozen=True, slots=True)
class Paused:
    """Series × horizons. ``share``: of expected demand that stays, 1 where no promotion is planned; ``markdown``: by
    how much the planned price lies below the usual one, 0 without a promotion and NaN where prices are unknown."""

    share: Floats
    markdown: Floats


def paused(past: Past) -> Paused:
    """Of every promotion that is planned after the past."""
    shape = (len(past.series), past.horizon)
    share, markdown = np.ones(shape), np.zeros(shape)
    planned = promoted_in(past) > 0
    touched = [rows for rows in groups(past.series) if planned[rows].any()]
    if not touched:
        return Paused(share, markdown)
    rows = np.sort(np.concatenate(touched))
    some, ahead = past.rows(rows), planned[rows]
    calm, saved = without_promotions(some, ahead)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = responsive(calm) / responsive(some)
    known = np.isfinite(found) & ahead.any(axis=1)[:, None]
    share[rows] = np.where(known, np.clip(found, LEAST, MOST), 1.0)
    markdown[rows] = saved
    return Paused(share, markdown)


def without_promotions(past: Past, planned: Flags) -> tuple[Past, Floats]:
    """The same plan without the promotions ahead, and what its prices are higher by; what is told of others stays."""
    end = past.length
    drivers = {name: values.copy() for name, values in past.drivers.items()}
    drivers["promotion"][:, end:][planned] = 0.0
    price = drivers.get("price")
    if price is None:
        return replace(past, drivers=drivers), np.where(planned, np.nan, 0.0)
    before = price[:, end:].copy()
    regular = np.exp(usual(np.log(np.where(price > 0, price, np.nan)), past.bucket))[:, end:]
    higher = planned & (regular > before)
    price[:, end:][higher] = regular[higher]
    return replace(past, drivers=drivers), np.where(planned, np.maximum(regular - before, 0.0), 0.0)
