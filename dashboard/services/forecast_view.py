"""What was forecast, how good it was, and what came: answers over the run that was published last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from analytics.core.access import Action, Scope
from analytics.core.errors import NotYet
from analytics.forecasting.accuracy import bias, wape
from analytics.forecasting.calendar import calendar_of
from analytics.forecasting.contract import Bucket
from analytics.forecasting.decomposition import decomposed
from dashboard.services.asked import where_of
from dashboard.services.desk import Desk, Facts, Opened
from dashboard.services.forecast_drivers import drivers_of
from dashboard.services.forecast_levels import accuracy_by_level
from dashboard.services.frames import frame_of
from dashboard.services.requests import Asked
from dashboard.services.search_alerts import search_surges
from dashboard.services.use_case import UseCase, reads
from dashboard.services.views import Freshness
from data.store.records import Build, ForecastRun

LEVELS = (0.1, 0.5, 0.9)
WORST = 50
EVENTS = ("spring_eve", "autumn_eve", "dragon_eve", "618", "double_11", "double_12")


@dataclass(frozen=True, slots=True)
class Outlook:
    """Frames of an answer, and their columns.

    ``history``: period, sold, demand, out (share of series without stock). ``ahead``: step, period, mean, low,
    median, high: 10, 50 and 90 %, NaN where no paths were kept. ``total``: 10 and 90 % of all that lies ahead.
    ``steps``: step, wape, bias, baseline. ``levels``: level, groups, wape, baseline, bias, one period ahead, from fine
    to coarse. ``past``: origin, period, said, baseline, came, one period ahead.
    ``parts``: period, trend, season, rest; empty where the past is too short. ``worst``: the largest errors.
    ``flags``: flag, series. ``events``: event, period. ``drivers``: driver, units, share: what each adds to all that
    lies ahead; empty where the run does not tell. ``surges``: see :func:`search_surges`.
    """

    freshness: Freshness
    run: str
    as_of: date
    bucket: str
    series: int
    other_series: int
    refused: int
    total: tuple[float, float]
    history: pd.DataFrame
    ahead: pd.DataFrame
    steps: pd.DataFrame
    levels: pd.DataFrame
    past: pd.DataFrame
    parts: pd.DataFrame
    worst: pd.DataFrame
    flags: pd.DataFrame
    events: pd.DataFrame
    surges: pd.DataFrame
    drivers: pd.DataFrame

    def since(self, weeks: int) -> Outlook:
        """The same answer with the last ``weeks`` weeks of history, its parts and its events."""
        first = np.datetime64(self.as_of) + 1 - 7 * weeks
        history, parts, events = (_from(rows, first) for rows in (self.history, self.parts, self.events))
        return replace(self, history=history, parts=parts, events=events)

    @property
    def wape(self) -> tuple[float, float]:
        """Ours and seasonal naive's, one period ahead."""
        first = self.steps.iloc[0] if len(self.steps) else None
        return (float("nan"), float("nan")) if first is None else (float(first["wape"]), float(first["baseline"]))

    @property
    def wape_together(self) -> float:
        """Of the sum over all series that were raced, one period ahead."""
        return wape(self.past["came"].to_numpy(), self.past["said"].to_numpy())

    @property
    def bias_removed(self) -> float:
        """Demand that met an empty shelf, as a share of what was sold."""
        sold = float(self.history["sold"].sum())
        return (float(self.history["demand"].sum()) - sold) / sold if sold > 0 else float("nan")


class ForecastView(UseCase):
    """Use cases of everybody who may see forecasts, cut to the own nodes."""

    def __init__(
        self,
        desk: Desk,
        latest: Callable[[], ForecastRun | None],
        door: Callable[[Scope, Build, ForecastRun], Facts],
    ) -> None:
        self._desk = desk
        self._latest = latest
        self._door = door

    @reads
    def outlook(self, asked: Asked) -> Outlook:
        """The forecast of all series that the filters leave; raises NotYet where there is none."""
        opened = self._desk.open(Action.SEE_FORECAST)
        run = self._latest()
        if run is None:
            raise NotYet("no_forecast")
        facts = self._door(opened.actor.scope, opened.build, run)
        series = _chosen(facts, opened, asked)
        if series.empty:
            raise NotYet("forecast_nothing_here")
        bucket = str(series.groupby("bucket")["demand"].sum().idxmax())
        mine = series[series["bucket"] == bucket]
        return _outlook(_Reader(facts, mine, opened), run, bucket, len(series) - len(mine))


def _chosen(facts: Facts, opened: Opened, asked: Asked) -> pd.DataFrame:
    """Rows of forecast_series within the filters; a partner stands for the nodes that it and those below it own."""
    rows = facts.table("forecast_series")
    plain = replace(asked, channels=(), cells=())
    for column, values in where_of(plain, opened):
        rows = rows.filter(rows["owner" if column == "partner" else column].isin(list(values)))
    return frame_of(facts.answer(rows)).sort_values("series", ignore_index=True)


@dataclass(frozen=True, slots=True)
class _Reader:
    facts: Facts
    series: pd.DataFrame
    opened: Opened

    def rows(self, name: str) -> ir.Table:
        """Rows of the chosen series."""
        table = self.facts.table(name)
        return table.filter(table.series.isin(self.series["series"].tolist()))

    def read(self, expression: ir.Table) -> pd.DataFrame:
        return frame_of(self.facts.answer(expression))

    def provinces(self) -> dict[str, str]:
        """Province of each region in one."""
        known = self.opened.facts.table("region")
        found = self.opened.facts.answer(known.filter(known.province.notnull()).select("code", "province"))
        return dict(zip(found["code"].to_pylist(), found["province"].to_pylist(), strict=True))


def _outlook(reader: _Reader, run: ForecastRun, bucket: str, others: int) -> Outlook:
    history = _history(reader)
    ahead, total = _ahead(reader)
    said = reader.read(reader.rows("forecast_said"))
    series = reader.series
    periods = np.concatenate([history["period"].to_numpy(), ahead["period"].to_numpy()]).astype("datetime64[D]")
    return Outlook(
        freshness=reader.opened.freshness,
        run=run.id,
        as_of=run.as_of,
        bucket=bucket,
        series=len(series),
        other_series=others,
        refused=int((~series["answered"]).sum()),
        total=total,
        history=history,
        ahead=ahead,
        steps=_steps(said),
        levels=accuracy_by_level(said, series, reader.provinces()),
        past=_past(said),
        parts=decomposed(history["period"], history["demand"], Bucket(bucket)),
        worst=_worst(series),
        flags=_flags(series),
        events=_events(periods, Bucket(bucket)),
        surges=search_surges(reader.opened, run.as_of),
        drivers=drivers_of(reader.rows("forecast_ahead"), reader.read),
    )


def _from(rows: pd.DataFrame, first: np.datetime64[date]) -> pd.DataFrame:
    return rows[pd.to_datetime(rows["period"]).to_numpy() >= first].reset_index(drop=True)


def _history(reader: _Reader) -> pd.DataFrame:
    rows = reader.rows("forecast_history")
    out = (rows.out > 0).ifelse(1.0, 0.0).mean()
    summed = rows.group_by("period").aggregate(sold=rows.sold.sum(), demand=rows.demand.sum(), out=out)
    return reader.read(summed.order_by("period"))


def _ahead(reader: _Reader) -> tuple[pd.DataFrame, tuple[float, float]]:
    """Means add up; quantiles of the group, and of its sum over time, come from the paths, summed path by path."""
    rows = reader.rows("forecast_ahead").filter(lambda t: ~t["mean"].isnan())
    means = reader.read(rows.group_by("step", "period").aggregate(mean=rows["mean"].sum()).order_by("step"))
    cut = means.assign(low=np.nan, median=np.nan, high=np.nan)
    with_paths = rows.filter(rows.paths.notnull())
    found = reader.facts.answer(with_paths.select("step", "paths"), many=True)
    steps = found["step"].to_numpy()
    if len(steps) == 0:
        return cut, (float("nan"), float("nan"))
    flat = found["paths"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
    paths = flat.reshape(len(steps), -1)
    whole = np.zeros(paths.shape[1])
    for at, step in enumerate(cut["step"]):
        total = paths[steps == step].sum(axis=0, dtype=np.float64)
        whole += total
        cut.loc[at, ["low", "median", "high"]] = np.quantile(total, LEVELS)
    low, _, high = np.quantile(whole, LEVELS)
    return cut, (float(low), float(high))


def _steps(said: pd.DataFrame) -> pd.DataFrame:
    rows = [
        {
            "step": step,
            "wape": wape(part["came"].to_numpy(), part["said"].to_numpy()),
            "bias": bias(part["came"].to_numpy(), part["said"].to_numpy()),
            "baseline": wape(part["came"].to_numpy(), part["baseline"].to_numpy()),
        }
        for step, part in said.groupby("step")
    ]
    return pd.DataFrame(rows, columns=["step", "wape", "bias", "baseline"])


def _past(said: pd.DataFrame) -> pd.DataFrame:
    """What was said one period ahead, of the series that were raced, and what came."""
    first = said[said["step"] == 1]
    summed = first.groupby(["origin", "period"], as_index=False)[["said", "baseline", "came"]].sum()
    return summed.sort_values("period", ignore_index=True)


def _worst(series: pd.DataFrame) -> pd.DataFrame:
    """By units missed: what it would pay to look at."""
    came = series["came"].where(series["came"] > 0)
    told = series.assign(wape=series["missed"] / came, baseline=series["baseline_missed"] / came)
    ordered = told[told["missed"].notna()].sort_values(["missed", "series"], ascending=[False, True]).head(WORST)
    columns = [
        "series",
        "node",
        "sku",
        "node_name",
        "name",
        "missed",
        "wape",
        "baseline",
        "segment",
        "methods",
        "flags",
    ]
    return ordered[columns].reset_index(drop=True)


def _flags(series: pd.DataFrame) -> pd.DataFrame:
    named = series["flags"].str.split(",").explode()
    counted = named[named != ""].value_counts().sort_index()
    return pd.DataFrame({"flag": counted.index.astype(str), "series": counted.to_numpy()})


def _events(periods: np.ndarray, bucket: Bucket) -> pd.DataFrame:
    """First period of each festival or shopping event within the picture."""
    columns = calendar_of(periods, bucket) if len(periods) else {}
    found = [
        {"event": name, "period": period}
        for name in EVENTS
        if name in columns
        for at, period in enumerate(periods)
        if columns[name][at] > 0 and (at == 0 or columns[name][at - 1] == 0)
    ]
    return pd.DataFrame(found, columns=["event", "period"])
