"""Trend, season and rest of one history, by STL."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.forecasting.contract import Bucket
from analytics.forecasting.numbers import filled


def decomposed(periods: pd.Series, demand: pd.Series, bucket: Bucket) -> pd.DataFrame:
    """Columns period, trend, season, rest, which add up to the demand; empty below two seasons.

    Robust STL (Cleveland et al. 1990), so that a promotion stays in the rest.
    """
    columns = ["period", "trend", "season", "rest"]
    if len(demand) < 2 * bucket.season:
        return pd.DataFrame(columns=columns)
    from statsmodels.tsa.seasonal import STL

    values = filled(np.asarray(demand, dtype=np.float64)[None, :])[0]
    parts = STL(values, period=bucket.season, robust=True).fit()
    return pd.DataFrame(
        {"period": periods.to_numpy(), "trend": parts.trend, "season": parts.seasonal, "rest": parts.resid}
    )
