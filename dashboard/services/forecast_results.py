"""From a forecast to the tables that are kept: series, history, what lies ahead, and what was said on past dates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from analytics.forecasting.accuracy import bias, coverage, pinball, wape
from analytics.forecasting.candidates import BASELINE
from analytics.forecasting.contract import Floats
from analytics.forecasting.errors import learnt
from analytics.forecasting.paths import quantiles, sample_paths
from analytics.forecasting.run import Forecast

PATHS_KEPT = 100
"""Sample paths kept per series, for quantiles of groups; of very many series none are kept."""

MOST_WITH_PATHS = 30_000
HISTORY_KEPT = {"day": 366, "week": 104}


@dataclass(frozen=True, slots=True)
class Results:
    """``tables`` by name; ``accuracy`` and ``flags`` for the run's row."""

    tables: Mapping[str, pa.Table]
    accuracy: Mapping[str, Any]
    flags: Mapping[str, int]


def results_of(made: Sequence[Forecast]) -> Results:
    """Tables over all buckets of a run."""
    keeps_paths = sum(one.panel.size for one in made) <= MOST_WITH_PATHS
    parts = [
        {
            "forecast_series": _series(one),
            "forecast_history": _history(one),
            "forecast_ahead": pa.concat_tables(_ahead(one, keeps_paths)),
            "forecast_said": _said(one),
        }
        for one in made
    ]
    tables = {name: pa.concat_tables([part[name] for part in parts]) for name in parts[0]}
    flags = Counter(flag for one in made for flags in one.flags for flag in flags)
    return Results(tables, {one.panel.bucket.value: _accuracy(one) for one in made}, dict(sorted(flags.items())))


def _series(one: Forecast) -> pa.Table:
    panel, removed = one.panel, one.bias
    ours, theirs = _by_series(one, one.said["chosen"]), _by_series(one, one.said[BASELINE])
    frame = panel.series[["owner", "series", "node", "node_name", "sku", "name", "category", "region"]].assign(
        bucket=panel.bucket.value,
        lead_days=panel.series["lead_days"].astype(float),
        review_days=panel.series["review_days"].astype(float),
        segment=one.segments,
        methods=[", ".join(sorted(one.choice.weights.get(str(segment), {}))) for segment in one.segments],
        flags=[",".join(flags) for flags in one.flags],
        answered=one.answered,
        sold=removed["sold"].to_numpy(),
        demand=removed["demand"].to_numpy(),
        censored=removed["censored"].to_numpy(),
        missed=ours[0],
        came=ours[1],
        baseline_missed=theirs[0],
    )
    told = pa.Table.from_pandas(frame, preserve_index=False)
    # A column in which nothing is known has no type of its own.
    typed = [pa.field(one.name, pa.string()) if pa.types.is_null(one.type) else one for one in told.schema]
    return told.cast(pa.schema(typed))


def _by_series(one: Forecast, said: Floats) -> tuple[Floats, Floats]:
    """Σ|error| and Σ demand of each raced series over the race; NaN for series that were not raced."""
    came = one.test.came
    known = np.isfinite(came) & np.isfinite(said)
    missed, total = np.full(one.panel.size, np.nan), np.full(one.panel.size, np.nan)
    missed[one.raced] = np.where(known, np.abs(said - np.nan_to_num(came)), 0.0).sum(axis=(0, 2))
    total[one.raced] = np.where(known, np.nan_to_num(came), 0.0).sum(axis=(0, 2))
    return missed, total


def _history(one: Forecast) -> pa.Table:
    panel = one.panel
    first = max(0, panel.length - HISTORY_KEPT[panel.bucket.value])
    sold, demand = panel.sold[:, first:], one.filled[:, first:]
    row, column = np.nonzero(np.isfinite(sold) | np.isfinite(demand))
    frame = {
        "owner": panel.series["owner"].to_numpy()[row],
        "series": panel.series["series"].to_numpy()[row],
        "period": panel.periods[first : panel.length][column],
        "sold": sold[row, column],
        "demand": demand[row, column],
        "out": np.nan_to_num(panel.out[:, first:])[row, column],
    }
    return pa.table(frame)


def _ahead(one: Forecast, keeps_paths: bool) -> Iterator[pa.Table]:
    """Grain: series × step. ``q05`` … of the period, ``s05`` … of the sum from the first period to this one;
    ``unpromoted``: share of the demand that stays without the promotion, ``markdown``: what a unit is cheaper by;
    ``without_…``: share that stays without a driver, null where the data do not tell of it.
    """
    panel, levels = one.panel, one.parameters.levels
    ahead = panel.periods[panel.length :]
    for rows, paths in one.chunks():
        size, steps = paths.shape[1], paths.shape[2]
        sums = np.cumsum(paths, axis=2, dtype=np.float32)
        columns: dict[str, Any] = {
            "owner": np.repeat(panel.series["owner"].to_numpy()[rows], steps),
            "series": np.repeat(panel.series["series"].to_numpy()[rows], steps),
            "step": np.tile(np.arange(1, steps + 1, dtype=np.int32), size),
            "period": np.tile(ahead, size),
            "mean": paths.mean(axis=0, dtype=np.float64).ravel(),
            "sum_mean": sums.mean(axis=0, dtype=np.float64).ravel(),
            "unpromoted": one.paused.share[rows].ravel(),
            "markdown": one.paused.markdown[rows].ravel(),
        }
        for name, share in one.staying.items():
            columns[f"without_{name}"] = pa.array(share[rows].ravel(), pa.float64(), from_pandas=True)
        for letter, values in (("q", paths), ("s", sums)):
            cut = quantiles(values, levels)
            columns |= {f"{letter}{round(level * 100):02d}": cut[at].ravel() for at, level in enumerate(levels)}
        kept = paths[:PATHS_KEPT].transpose(1, 2, 0).reshape(size * steps, -1) if keeps_paths else None
        columns["paths"] = _lists(kept, size * steps)
        yield pa.table(columns)


def _lists(values: np.ndarray | None, rows: int) -> pa.Array:
    if values is None:
        return pa.nulls(rows, pa.list_(pa.float32()))
    flat = pa.array(values.ravel(), pa.float32())
    return pa.ListArray.from_arrays(np.arange(0, values.size + 1, values.shape[1], dtype=np.int32), flat)


def _said(one: Forecast) -> pa.Table:
    """Grain: raced series × origin × step: what was said, what seasonal naive said, what came."""
    came = one.test.came
    origin, row, step = np.nonzero(np.isfinite(came) & np.isfinite(one.said["chosen"]))
    at = one.test.origins[origin]
    series = one.panel.series.iloc[one.raced[row]]
    frame = {
        "owner": series["owner"].to_numpy(),
        "series": series["series"].to_numpy(),
        "origin": one.panel.periods[at],
        "step": (step + 1).astype(np.int32),
        "period": one.panel.periods[at + 1 + step],
        "said": one.said["chosen"][origin, row, step],
        "baseline": one.said[BASELINE][origin, row, step],
        "came": came[origin, row, step],
    }
    return pa.table(frame)


def _accuracy(one: Forecast) -> dict[str, Any]:
    """Of the race: overall, by horizon, and by segment and candidate, beside seasonal naive."""
    came, said, naive = one.test.came, one.said["chosen"], one.said[BASELINE]
    steps = [
        {"step": step + 1, "wape": _plain(wape(came[..., step], said[..., step])),
         "bias": _plain(bias(came[..., step], said[..., step])),
         "baseline": _plain(wape(came[..., step], naive[..., step]))}
        for step in range(came.shape[2])
    ]  # fmt: skip
    scores = [
        {name: _plain(value) if isinstance(value, float) else value for name, value in row.items()}
        for row in one.choice.scores.to_dict("records")
    ]
    return {
        "wape": _plain(wape(came, said)),
        "bias": _plain(bias(came, said)),
        "baseline": _plain(wape(came, naive)),
        **_held_out(one),
        "steps": steps,
        "scores": scores,
        "weights": {segment: dict(weights) for segment, weights in one.choice.weights.items()},
    }


def _held_out(one: Forecast) -> dict[str, float | None]:
    """Pinball loss and 80 % coverage at the newest origin whose whole horizon came, by the errors before it."""
    test, horizon = one.test, one.test.came.shape[2]
    whole = np.flatnonzero(test.origins + horizon <= one.panel.length - 1)
    if len(whole) < 2:
        return {"pinball": None, "covered": None}
    at = int(whole[-1])
    known = test.known_at(int(test.origins[at]), at)
    said, then = one.said["chosen"], one.then
    before = replace(then, promoted=then.promoted[:at])
    units = one.units.some(one.raced)
    errors = learnt(said[:at], known.came, before, known.origins, units, seed=one.parameters.seed)
    paths = sample_paths(
        said[at], then.promoted[at], then.family, errors,
        units=units, paths=one.parameters.paths, seed=one.parameters.seed,
    )  # fmt: skip
    low, level, high = quantiles(paths, (0.1, one.parameters.level, 0.9))
    came = test.came[at]
    return {
        "pinball": _plain(pinball(came, level, one.parameters.level)),
        "covered": _plain(coverage(came, low, high)),
    }


def _plain(value: float) -> float | None:
    """JSON knows no NaN."""
    return round(value, 6) if np.isfinite(value) else None


def versions() -> dict[str, str]:
    """What the numbers were made with."""
    from importlib.metadata import version

    return {name: version(name) for name in ("numpy", "pandas", "statsforecast", "lightgbm", "statsmodels")}
