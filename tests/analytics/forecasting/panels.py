"""Small panels for the tests: a few nodes and SKUs with level, season, price and promotion."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.forecasting.contract import Bucket, Floats
from analytics.forecasting.panel import Panel, Plan, panel_of

MONDAY = np.datetime64("2024-01-01")


def periods(count: int, bucket: Bucket) -> np.ndarray:
    return MONDAY + np.arange(count) * np.timedelta64(bucket.days, "D")


def frames(sold: Floats, bucket: Bucket, out: Floats | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Sales and series frames; series are node n × sku s, five nodes a SKU."""
    names = [f"n{row % 5}|s{row // 5}" for row in range(len(sold))]
    row, column = np.nonzero(np.isfinite(sold))
    shares = np.full(sold.shape, np.nan) if out is None else out
    sales = pd.DataFrame(
        {
            "series": np.array(names)[row],
            "period": periods(sold.shape[1], bucket)[column],
            "sold": sold[row, column],
            "out": shares[row, column],
        }
    )
    series = pd.DataFrame(
        {
            "series": names,
            "node": [name.split("|")[0] for name in names],
            "sku": [name.split("|")[1] for name in names],
            "category": "rice",
            "region": "",
        }
    )
    return sales, series


def in_order(values: Floats) -> Floats:
    """Rows in the order of the panel, which sorts series by name."""
    names = [f"n{row % 5}|s{row // 5}" for row in range(len(values))]
    return np.asarray(values[np.argsort(names, kind="stable")])


def no_spans() -> pd.DataFrame:
    days = np.array([], dtype="datetime64[D]")
    return pd.DataFrame({"series": pd.Series(dtype="str"), "first": days, "last": days})


def panel(
    sold: Floats, *, horizon: int = 3, bucket: Bucket = Bucket.WEEK, out: Floats | None = None, driven: bool = False
) -> Panel:
    sales, series = frames(sold, bucket, out)
    axis = periods(sold.shape[1] + horizon, bucket)
    plan = Plan(drivers=_drivers(series, axis)) if driven else None
    return panel_of(sales, series, no_spans(), periods=axis, horizon=horizon, bucket=bucket, plan=plan)


def _drivers(series: pd.DataFrame, axis: np.ndarray) -> pd.DataFrame:
    generator = np.random.default_rng(5)
    promotion = generator.random((len(series), len(axis))) < 0.15
    return pd.DataFrame(
        {
            "series": np.repeat(series["series"].to_numpy(), len(axis)),
            "period": np.tile(axis, len(series)),
            "price": np.where(promotion, 8.0, 10.0).ravel(),
            "promotion": promotion.astype(float).ravel(),
        }
    )


def demand(series: int = 15, length: int = 90, *, seed: int = 1, level: float = 12.0) -> Floats:
    """Whole units: levels between a third and three times ``level``, a yearly wave and Poisson noise."""
    generator = np.random.default_rng(seed)
    levels = level * np.exp(generator.uniform(-1.1, 1.1, (series, 1)))
    wave = 1 + 0.3 * np.sin(2 * np.pi * np.arange(length) / 52)
    return generator.poisson(levels * wave).astype(np.float64)
