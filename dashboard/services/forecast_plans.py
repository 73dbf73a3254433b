"""Prices and promotions planned for the periods of a panel, known in advance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analytics.forecasting.contract import Bucket


def drivers_of(
    series: pd.DataFrame, promotions: pd.DataFrame, prices: pd.DataFrame, periods: np.ndarray, bucket: Bucket
) -> pd.DataFrame | None:
    """Contract DRIVER_COLUMNS with ``price`` (CNY a unit) and ``promotion`` (share of the period); None without plans.

    A promotion counts where it names no SKU, category or region, or the series' own. The price is the lowest of the
    agreed one and those of the promotions that run.
    """
    if promotions.empty and prices.empty:
        return None
    days = np.repeat(periods, bucket.days) + np.tile(np.arange(bucket.days), len(periods))
    base = _base_prices(series, prices, days)
    promoted = np.zeros((len(series), len(days)))
    lowest = base.copy()
    for row in promotions.itertuples(index=False):
        mine, when = _rows(series, row), _when(row, days)
        if mine.any() and when.any():
            at = np.ix_(mine, when)
            promoted[at] = 1.0
            lowest[at] = np.fmin(lowest[at], _price(row, base[at]))
    shape = (len(series), len(periods), bucket.days)
    columns = {"promotion": promoted.reshape(shape).mean(axis=2)}
    if np.isfinite(lowest).any():
        columns["price"] = lowest.reshape(shape).mean(axis=2)
    keys = {"series": np.repeat(series["series"].to_numpy(), len(periods)), "period": np.tile(periods, len(series))}
    return pd.DataFrame({**keys, **{name: values.ravel() for name, values in columns.items()}})


def _base_prices(series: pd.DataFrame, prices: pd.DataFrame, days: np.ndarray) -> np.ndarray:
    found = np.full((len(series), len(days)), np.nan)
    skus = series["sku"].to_numpy()
    for row in prices.sort_values(["first", "sku"], kind="stable").itertuples(index=False):
        mine = np.flatnonzero(skus == row.sku)
        when = np.flatnonzero(days >= _day(row.first))
        if len(mine) and len(when):
            found[np.ix_(mine, when)] = row.price
    return found


def _rows(series: pd.DataFrame, row: object) -> np.ndarray:
    """Which series the scope of a promotion names."""
    mine = np.ones(len(series), dtype=np.bool_)
    for name in ("sku", "category"):
        wanted = getattr(row, name)
        if _said(wanted):
            mine &= (series[name] == wanted).to_numpy()
    region = getattr(row, "region")  # noqa: B009 - the tuple is untyped
    if _said(region):
        # Codes of the state end in zeros above their level: 130000 holds 130100.
        stem = str(region).rstrip("0") if str(region).isdigit() else str(region)
        mine &= series["region"].astype("string").fillna("").str.startswith(stem).to_numpy(dtype=np.bool_)
    return np.flatnonzero(mine)


def _when(row: object, days: np.ndarray) -> np.ndarray:
    first, last = (_day(getattr(row, name)) for name in ("first", "last"))
    return np.flatnonzero((days >= first) & (days <= last))


def _day(value: Any) -> np.datetime64:
    return np.datetime64(pd.Timestamp(value).date(), "D")


def _price(row: object, base: np.ndarray) -> np.ndarray:
    price, discount = getattr(row, "price"), getattr(row, "discount")  # noqa: B009 - the tuple is untyped
    if _said(price):
        return np.full(base.shape, float(price))
    return base * float(discount) if _said(discount) else base


def _said(value: object) -> bool:
    return not (value is None or value is pd.NaT or value != value)
