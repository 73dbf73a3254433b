"""The forecast's sample paths as demand of a plan's positions, with what is wanted further down the lanes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa

from analytics.core.errors import DomainError
from analytics.forecasting.contract import Bucket
from analytics.replenishment.demand import Demand, Floats, Ints, Pause, Singles, daily, loaded
from dashboard.services.desk import Facts
from data.store.records import ForecastRun

DRAWN = 60
"""Paths that are drawn from a run that kept none: the quantiles of its sums, equally likely."""

CHUNK = 2048


def demands_of(forecast: Facts, run: ForecastRun, series: pd.DataFrame, as_of: date) -> list[Demand]:
    """Demand after ``as_of`` per bucket; ``series``: contract columns series, bucket, row of the position.

    Raises DomainError ``plan_forecast_over`` when the run says nothing about the days to come.
    """
    found = []
    for bucket in Bucket:
        mine = series[(series["bucket"] == bucket.value) & series["answered"].astype(bool)]
        if len(mine):
            found.append(_demand(forecast, run, mine, bucket, as_of))
    return [one for one in found if one is not None]


def _demand(forecast: Facts, run: ForecastRun, series: pd.DataFrame, bucket: Bucket, as_of: date) -> Demand | None:
    rows = forecast.table("forecast_ahead")
    mine = rows.semi_join(
        forecast.table("forecast_series").filter(lambda t: t.bucket == bucket.value), "series"
    ).order_by("series", "step")
    told = forecast.answer(mine, many=True)
    periods = sorted(set(told["period"].to_pylist()))
    days = np.array([(_day(one) - as_of).days - 1 for one in periods]) + bucket.days
    ahead = np.flatnonzero(days > 0)
    if not len(ahead):
        raise DomainError("plan_forecast_over", run=run.id, as_of=as_of.isoformat(), last=_day(periods[-1]).isoformat())
    names = told["series"].to_pylist()[:: len(periods)]
    units = _paths(told, len(periods), run)[:, ahead]
    # Of the period that has begun, the days that are over are left out.
    units[:, 0] *= min(days[ahead[0]], bucket.days) / bucket.days
    place = pd.Series(np.arange(len(names)), index=names)
    known = series[series["series"].isin(place.index)]
    order = place.loc[known["series"]].to_numpy()
    pause = _pause(told, len(periods))
    if pause is not None:
        pause = Pause(pause.share[:, ahead][order], pause.markdown[:, ahead][order])
    return loaded(known["row"].to_numpy(dtype=np.int64), days[ahead].astype(float), units[order], pause)


def _pause(told: pa.Table, periods: int) -> Pause | None:
    """Runs of older releases do not tell what pausing a promotion would bring."""
    if "unpromoted" not in told.column_names:
        return None
    share, markdown = (told[name].to_numpy().reshape(-1, periods) for name in ("unpromoted", "markdown"))
    return Pause(share, markdown)


def _day(period: object) -> date:
    return pd.Timestamp(period).date()  # type: ignore[arg-type]


def _paths(told: pa.Table, periods: int, run: ForecastRun) -> Singles:
    """Series × periods × paths."""
    lists = told["paths"].combine_chunks()
    if lists.null_count == 0 and len(lists):
        flat = np.asarray(lists.flatten(), dtype=np.float32)
        return flat.reshape(len(lists) // periods, periods, -1).copy()
    return _drawn(told, periods, tuple(run.parameters["levels"]))


def _drawn(told: pa.Table, periods: int, levels: Sequence[float]) -> Singles:
    """Of a run without paths: the sum up to every period has the quantiles that were kept; each path keeps its rank."""
    sums = np.stack([told[f"s{round(level * 100):02d}"].to_numpy() for level in levels], axis=1)
    sums = sums.reshape(-1, periods, len(levels))
    ranks = (np.arange(DRAWN) + 0.5) / DRAWN
    at = np.interp(ranks, levels, np.arange(len(levels)))
    low = np.minimum(at.astype(int), len(levels) - 2)
    drawn = sums[..., low] + (at - low) * (sums[..., low + 1] - sums[..., low])
    whole = np.maximum.accumulate(np.maximum(drawn, 0.0), axis=1)
    return np.diff(whole, axis=1, prepend=0.0).astype(np.float32)


def with_wanted_below(demands: Sequence[Demand], above: Ints, last: int) -> list[Demand]:
    """Nodes from which others order meet the demand of those as well, path by path, down to the last shelf.

    ``above``: per position the one that it orders from, −1 for none. Circles of lanes are cut where they close.
    """
    parents = np.unique(above[above >= 0])
    if not len(parents) or not demands:
        return list(demands)
    paths = demands[0].load(np.arange(0, 1)).shape[2]
    place = np.full(len(above), -1, dtype=np.int64)
    place[parents] = np.arange(len(parents))
    sums = np.zeros((len(parents), last, paths), dtype=np.float32)
    own = [demand.of(np.setdiff1d(demand.rows, parents)) for demand in demands]
    for demand in demands:
        for start in range(0, demand.size, CHUNK):
            chosen = np.arange(start, min(start + CHUNK, demand.size))
            rows = demand.rows[chosen]
            told = daily(demand.load(chosen), demand.ends, last)
            mine, below = place[rows] >= 0, (place[rows] < 0) & (above[rows] >= 0)
            np.add.at(sums, place[rows[mine]], told[mine])
            np.add.at(sums, place[above[rows[below]]], told[below])
    for row in _deepest_first(parents, above):
        if above[row] >= 0:
            sums[place[above[row]]] += sums[place[row]]
    return [*(one for one in own if one.size), loaded(parents, np.arange(1.0, last + 1), sums)]


def _deepest_first(parents: Ints, above: Ints) -> list[int]:
    """Each node before the one that it orders from; those of a circle are left out."""
    depth = {}
    for row in parents.tolist():
        seen, up = [row], int(above[row])
        while up >= 0 and up not in seen:
            seen.append(up)
            up = int(above[up])
        if up < 0:
            depth[row] = len(seen)
    return sorted(depth, key=lambda row: (-depth[row], row))


def horizon(demands: Sequence[Demand], following: Ints) -> int:
    """Days for which demand by the day is needed."""
    return int(max([*(one.ends[-1] for one in demands), float(following.max(initial=1)), 1.0]))


def reached(demands: Sequence[Demand], size: int) -> Floats:
    """Per position, the last day that its forecast tells of; 0 where it has none."""
    days = np.zeros(size)
    for one in demands:
        days[one.rows] = one.ends[-1]
    return days


def day_after(as_of: date, days: int) -> date:
    return as_of + timedelta(days=days)
