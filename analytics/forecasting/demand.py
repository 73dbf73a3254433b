"""Demand behind the sales: what an empty shelf hid is estimated where something sold, and masked where nothing could.

A day that sold out tells that demand was at least what was sold. Reading it as demand biases forecasts down; so does
leaving it out, because days of high demand sell out more often. Hence the conditional mean under a negative binomial
law, iterated with the level and the dispersion that it implies (expectation–maximisation).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from analytics.forecasting.contract import Flags, Floats
from analytics.forecasting.dispersion import CELLS, Law, at_least, learnt
from analytics.forecasting.levels import Usual, places
from analytics.forecasting.panel import Panel
from analytics.forecasting.sizes import cut_short

ROUNDS = 10
SLOW = 1.0
"""Below so many units a period most sales are one buyer's: what more a buyer wanted is told by what others took."""


def uncensored(panel: Panel) -> Panel:
    """The panel with ``demand`` estimated; periods fully out of stock are NaN."""
    return replace(panel, demand=np.where(_blind(panel), np.nan, estimated(panel)))


def estimated(panel: Panel) -> Floats:
    """Demand per series and period, also in masked periods; NaN only where a series was not listed or unknown."""
    sold = np.maximum(panel.sold, 0.0)
    if not panel.censored.any():
        return np.asarray(sold)
    return np.asarray(np.where(np.isnan(sold), np.nan, _filled(panel)))


def bias_removed(panel: Panel) -> pd.DataFrame:
    """Columns series, sold, demand (units over the whole past), bias (demand − sold) and censored (periods)."""
    filled = estimated(panel)
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


def _blind(panel: Panel) -> Flags:
    """Fully out of stock and nothing sold; also where the share out is unknown to be less."""
    return panel.censored & ~(np.maximum(np.nan_to_num(panel.sold), 0.0) > 0)


def _filled(panel: Panel) -> Floats:
    sold, censored, blind = np.maximum(panel.sold, 0.0), panel.censored, _blind(panel)
    demand = np.where(blind, np.nan, sold)
    # Expectations cost far more than anything else here, and only these periods need them.
    met = np.nonzero(censored & ~blind & np.isfinite(sold))
    law, usual = Law.chance(panel.series), Usual.none(panel)
    mean = np.zeros_like(sold)
    for _ in range(ROUNDS):
        usual = usual.learnt(demand, law.dispersion)
        mean = usual.local(demand, law.dispersion)
        law = learnt(law, demand, mean, sold, met)
        demand[met] = _behind(panel, mean, sold, met, law)
    return np.where(blind, np.where(np.isnan(mean), sold, mean), demand)


def _behind(panel: Panel, mean: Floats, sold: Floats, met: CELLS, law: Law) -> Floats:
    """What was asked for in the sold-out periods ``met``: of slow sellers by the sizes of their sales, else by the law."""
    slow = (mean < SLOW) & (sold > 0)
    out = np.zeros(sold.shape, dtype=np.bool_)
    out[met] = True
    by_law = at_least(mean[met], sold[met], law.of(mean, met))
    row, column = np.nonzero(slow)
    sizes = np.zeros(sold.shape)
    cut = out[row, column]
    sizes[row[cut], column[cut]] = cut_short(sold[row, column], cut, (law.group[row], places(panel.series["sku"])[row], row))
    return np.asarray(np.where(slow[met], sizes[met], by_law))
