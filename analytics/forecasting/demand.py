"""Demand behind the sales: what an empty shelf hid is estimated where something sold, and masked where nothing could.

A day that sold out tells that demand was at least what was sold. Reading it as demand biases forecasts down; so does
leaving it out, because days of high demand sell out more often. Hence the conditional mean under a negative binomial
law, iterated with the level and the dispersion that it implies (expectation–maximisation).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from analytics.forecasting.contract import Bucket, Flags, Floats
from analytics.forecasting.dispersion import CELLS, Law, at_least, learnt
from analytics.forecasting.levels import Usual
from analytics.forecasting.numbers import places
from analytics.forecasting.panel import Panel
from analytics.forecasting.sizes import cut_short

ROUNDS = 10
SETTLED = 0.002
"""Change of the units behind sold-out periods, from one round to the next, at which they are taken as found."""
SLOW = 1.0
"""Below so many units a period most sales are one buyer's: what more a buyer wanted is told by what others took."""
HALF = 0.5
"""From this share of a week out of stock, no sale tells nothing of the week."""


def uncensored(panel: Panel) -> Panel:
    """The panel with ``demand`` estimated; periods fully out of stock are NaN."""
    return masked(panel, estimated(panel))


def masked(panel: Panel, filled: Floats) -> Panel:
    """The panel with the demand of :func:`estimated`, NaN where the shelf told nothing."""
    return replace(panel, demand=np.where(_blind(panel), np.nan, filled))


def estimated(panel: Panel) -> Floats:
    """Demand per series and period, also in masked periods; NaN only where a series was not listed or unknown."""
    sold = np.maximum(panel.sold, 0.0)
    if not panel.censored.any():
        return np.asarray(sold)
    filled = np.where(np.isnan(sold), np.nan, _filled(panel))
    if panel.daily:
        _weeks_from_days(filled, panel)
    return np.asarray(filled)


def bias_removed(panel: Panel, filled: Floats | None = None) -> pd.DataFrame:
    """Columns series, sold, demand (units over the whole past), bias (demand − sold) and censored (periods).

    ``filled``: what :func:`estimated` says of the panel, where it is at hand.
    """
    filled = estimated(panel) if filled is None else filled
    sold = np.nansum(np.maximum(panel.sold, 0.0), axis=1)
    demand = np.nansum(filled, axis=1)
    return pd.DataFrame(
        {
            "series": panel.series["series"],
            "sold": sold,
            "demand": demand,
            "bias": demand - sold,
            "censored": panel.censored.sum(axis=1),
        }
    )


def _weeks_from_days(filled: Floats, panel: Panel) -> None:
    """Weeks whose days are known take the sum of what was asked for on each: a shelf empties within a day."""
    daily = panel.daily
    if daily is None:
        return
    by_day = np.nan_to_num(estimated(daily.panel)).reshape(len(daily.row), -1, panel.bucket.days).sum(axis=2)
    known = panel.censored[daily.row] & np.isfinite(filled[daily.row])
    filled[daily.row] = np.where(known, by_day, filled[daily.row])


def _blind(panel: Panel) -> Flags:
    """Out of stock and nothing sold: all of a day, as far as is known, or at least half a week."""
    nothing = ~(np.nan_to_num(panel.sold) > 0)
    return panel.censored & nothing & ((panel.out >= HALF) | (panel.bucket is Bucket.DAY))


def _filled(panel: Panel) -> Floats:
    sold, censored, blind = np.maximum(panel.sold, 0.0), panel.censored, _blind(panel)
    demand = np.where(blind, np.nan, sold)
    # Expectations cost far more than anything else here, and only these periods need them.
    met = np.nonzero(censored & ~blind & np.isfinite(sold))
    law, usual = Law.chance(panel.series), Usual.none(panel)
    mean, before = np.zeros_like(sold), np.inf
    for _ in range(ROUNDS):
        usual = usual.learnt(demand, law.dispersion)
        mean = usual.local(demand, law.dispersion)
        law = learnt(law, demand, mean, sold, met)
        demand[met] = _behind(panel, mean, sold, met, law)
        behind = float(np.nansum(np.where(blind, mean, demand)[censored]))
        if abs(behind - before) <= SETTLED * behind:
            break
        before = behind
    return np.where(blind, np.where(np.isnan(mean), sold, mean), demand)


def _behind(panel: Panel, mean: Floats, sold: Floats, met: CELLS, law: Law) -> Floats:
    """What was asked for in the periods ``met``: of slow sellers by the sizes of their sales, else by the law.

    A week that was out of stock for part of the time lacks that part of its usual demand.
    """
    by_law = at_least(mean[met], sold[met], law.of(mean, met))
    if panel.bucket is Bucket.WEEK:
        share = panel.out[met]
        return np.asarray(np.where(share < 1, sold[met] + share * mean[met], by_law))
    row, column = np.nonzero((mean < SLOW) & (sold > 0))
    out = np.zeros(sold.shape, dtype=np.bool_)
    out[met] = True
    cut = out[row, column]
    sizes = np.zeros(sold.shape)
    sizes[row[cut], column[cut]] = cut_short(
        sold[row, column], cut, (law.group[row], places(panel.series["sku"])[row], row)
    )
    return np.asarray(np.where(mean[met] < SLOW, sizes[met], by_law))
