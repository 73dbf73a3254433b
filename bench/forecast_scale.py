"""How many series a forecast can carry: weekly ones of a realistic mix, made up in memory, from panel to quantiles."""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

import numpy as np
import pandas as pd

from analytics.forecasting.calendar import calendar_of, last_year_of
from analytics.forecasting.contract import Bucket, Floats
from analytics.forecasting.market import market_of
from analytics.forecasting.panel import Panel
from analytics.forecasting.run import Forecast, Parameters, forecast
from bench.measuring import Section
from dashboard.services.forecast_results import Results, results_of

WEEKS, HORIZON, SKUS, CATEGORIES = 104, 8, 200, 20
FIRST_MONDAY = np.datetime64("2024-11-25")
SEED = 20261126
Made = TypeVar("Made")


def panel(size: int) -> Panel:
    """``size`` series of nodes × 200 SKUs in 20 categories: a third sells less than once in two weeks, all have a
    year's season, one price in eight is cut, half of the cuts at all nodes, and one week in fifty lacks stock.
    """
    random = np.random.default_rng(SEED)
    number = np.arange(size)
    sku, node = number % SKUS, number // SKUS
    length = WEEKS + HORIZON
    everywhere = random.random((SKUS, length)) < 1 / 16
    promotion = everywhere[sku] | (random.random((size, length)) < 1 / 16)
    price = (10.0 + sku % 7)[:, None] * np.where(promotion, 0.8, 1.0)
    wave = np.sin(2 * np.pi * (np.arange(length)[None, :] + (sku % CATEGORIES)[:, None]) / 52)
    level = np.exp(random.normal(0.5, 1.5, size))[:, None]
    mean = level * np.exp(0.3 * wave + 0.9 * promotion)
    demand = random.poisson(mean[:, :WEEKS] * random.gamma(5.0, 0.2, (size, WEEKS))).astype(np.float64)
    out = np.where(random.random((size, WEEKS)) < 0.02, random.uniform(0.1, 1.0, (size, WEEKS)), np.nan)
    sold = np.floor(demand * (1 - np.nan_to_num(out)))
    series = _series(node, sku)
    order = np.argsort(series["series"].to_numpy(), kind="stable")
    told = price[order], promotion[order]
    drivers: dict[str, Floats] = {
        name: np.asarray(values, dtype=np.float64) for name, values in zip(("price", "promotion"), told, strict=True)
    }
    named = series.iloc[order].reset_index(drop=True)
    periods = FIRST_MONDAY + np.arange(length) * np.timedelta64(7, "D")
    return Panel(
        series=named, periods=periods, bucket=Bucket.WEEK, sold=sold[order], out=out[order], demand=sold[order].copy(),
        drivers=drivers, calendar=calendar_of(periods, Bucket.WEEK), last_year=last_year_of(periods, Bucket.WEEK),
        market=market_of(drivers, named, Bucket.WEEK),
    )  # fmt: skip


def _series(node: np.ndarray, sku: np.ndarray) -> pd.DataFrame:
    place, article = np.char.add("N", node.astype(str)), np.char.add("SP", sku.astype(str))
    return pd.DataFrame({
        "series": np.char.add(np.char.add(place, "|"), article), "node": place, "sku": article,
        "category": np.char.add("C", (sku % CATEGORIES).astype(str)), "region": "", "owner": "brand",
        "node_name": place, "name": article, "lead_days": 7.0, "review_days": 7.0,
    })  # fmt: skip


def made(size: int) -> tuple[Forecast, Results, Mapping[str, tuple[float, float]]]:
    """A forecast of ``size`` series, its tables, and (seconds, processor seconds) by step."""
    told: dict[str, tuple[float, float]] = {}
    of = _timed(told, "panel", lambda: panel(size))
    said = _timed(told, "race, choice and locations", lambda: forecast(of, Parameters(seed=SEED)))
    results = _timed(told, "paths, quantiles and tables", lambda: results_of([said]))
    return said, results, told


def _timed(told: dict[str, tuple[float, float]], name: str, work: Callable[[], Made]) -> Made:
    started, before = time.perf_counter(), time.process_time()
    done = work()
    told[name] = time.perf_counter() - started, time.process_time() - before
    return done


def main(size: int = 100_000) -> Section:
    """Seconds by step, and the peak of memory."""
    said, results, told = made(size)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    whole = tuple(sum(parts) for parts in zip(*told.values(), strict=True))
    rows = [(name, f"{took:,.1f}", f"{worked:,.1f}") for name, (took, worked) in [*told.items(), ("all", whole)]]
    answered = int(said.answered.sum())
    return Section(
        "Forecast of many series",
        "python -m bench.forecast_scale",
        f"{size:,} weekly series × {WEEKS} weeks, {HORIZON} weeks ahead, to nine quantiles of each week and of the "
        f"sum up to it ({results.tables['forecast_ahead'].num_rows:,} rows; {answered:,} series answered), in one "
        "process. A third of the series sells less than once in two weeks; prices, promotions and stock-outs are made "
        f"up. Peak memory {peak:,.0f} MiB. Target for 100,000 on two cores: 900 s and 8 GB.",
        ("work", "seconds", "processor seconds"),
        tuple(rows),
    )


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("size", nargs="?", type=int, default=100_000, help="series to forecast")
    print(main(asked.parse_args().size).markdown())
