"""The panel: series × periods as dense arrays, and what of it is known at an origin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from analytics.core.errors import DomainError
from analytics.forecasting.contract import (
    DRIVER_COLUMNS,
    SALES_COLUMNS,
    SERIES_COLUMNS,
    SPAN_COLUMNS,
    Bucket,
    Flags,
    Floats,
    Ints,
    demand_columns,
)
from analytics.forecasting.market import Market, market_of
from analytics.forecasting.outside import Outside

DAY_NS = "datetime64[D]"


@dataclass(frozen=True, slots=True)
class Panel:
    """N series in the order of their names × T past periods, drivers and calendar H periods further.

    ``sold`` is NaN where nothing is known; ``out`` the share of the period out of stock (NaN: unknown); ``demand``
    the estimate behind the sales, NaN where it is masked. ``drivers`` hold N × (T + H) arrays, ``calendar`` columns of
    length T + H, ``last_year`` the index of the period one year, or one festival, earlier (−1: before the data);
    ``market`` what the plan of all series says about each (:func:`market_of`), made before any rows are chosen.
    ``outside``: weather and searches as they were told at each period's end.
    ``daily``: of a weekly panel, the days of those series whose sales and stock-outs are told by the day.
    """

    series: pd.DataFrame
    periods: np.ndarray
    bucket: Bucket
    sold: Floats
    out: Floats
    demand: Floats
    drivers: Mapping[str, Floats]
    calendar: Mapping[str, Floats]
    last_year: Ints
    market: Market
    outside: Outside = field(default_factory=dict)
    daily: Daily | None = None

    @property
    def size(self) -> int:
        return len(self.series)

    @property
    def length(self) -> int:
        return int(self.sold.shape[1])

    @property
    def horizon(self) -> int:
        return len(self.periods) - self.length

    @property
    def censored(self) -> Flags:
        """Periods in which some demand may have met an empty shelf."""
        return np.nan_to_num(self.out) > 0

    def rows(self, chosen: Ints) -> Panel:
        """The panel of some series."""
        return replace(
            self,
            series=self.series.iloc[chosen].reset_index(drop=True),
            sold=self.sold[chosen],
            out=self.out[chosen],
            demand=self.demand[chosen],
            drivers={name: values[chosen] for name, values in self.drivers.items()},
            market={name: values[chosen] for name, values in self.market.items()},
            outside={name: told.rows(chosen) for name, told in self.outside.items()},
            daily=self.daily.rows(chosen, self.size) if self.daily else None,
        )

    def until(self, length: int) -> Panel:
        """The panel as it was known when ``length`` periods had passed; what is planned stays."""
        return replace(
            self,
            sold=self.sold[:, :length],
            out=self.out[:, :length],
            demand=self.demand[:, :length],
            daily=self.daily.until(length * self.bucket.days) if self.daily else None,
        )

    def past(self, origin: int, horizon: int) -> Past:
        """What is known at the end of period ``origin`` about it and the next ``horizon`` periods."""
        end = origin + 1
        if not 0 <= origin < self.length or end + horizon > len(self.periods):
            raise DomainError("forecast_origin", origin=origin, length=self.length, horizon=horizon)
        return Past(
            series=self.series,
            bucket=self.bucket,
            demand=self.demand[:, :end],
            drivers={name: values[:, : end + horizon] for name, values in self.drivers.items()},
            calendar={name: values[: end + horizon] for name, values in self.calendar.items()},
            last_year=self.last_year[: end + horizon],
            market={name: values[:, : end + horizon] for name, values in self.market.items()},
            outside={name: told.until(end) for name, told in self.outside.items()},
            horizon=horizon,
        )


@dataclass(frozen=True, slots=True)
class Daily:
    """Days of some rows of a weekly panel, in their order, over the whole of its past; seven a week."""

    row: Ints
    panel: Panel

    def rows(self, chosen: Ints, size: int) -> Daily:
        """Those of the ``chosen`` rows of a panel of ``size``."""
        place = np.full(size, -1)
        place[self.row] = np.arange(len(self.row))
        found = place[chosen]
        return Daily(np.flatnonzero(found >= 0), self.panel.rows(found[found >= 0]))

    def until(self, days: int) -> Daily:
        return Daily(self.row, self.panel.until(days))


@dataclass(frozen=True, slots=True)
class Past:
    """All that a candidate may see: demand up to the origin, and what is planned for the periods after it."""

    series: pd.DataFrame
    bucket: Bucket
    demand: Floats
    drivers: Mapping[str, Floats]
    calendar: Mapping[str, Floats]
    last_year: Ints
    market: Market
    horizon: int
    outside: Outside = field(default_factory=dict)

    @property
    def length(self) -> int:
        return int(self.demand.shape[1])

    def before(self, origin: int) -> Past:
        """The past as it was at the end of period ``origin``, with the same horizon."""
        end = origin + 1
        return replace(
            self,
            demand=self.demand[:, :end],
            drivers={name: values[:, : end + self.horizon] for name, values in self.drivers.items()},
            calendar={name: values[: end + self.horizon] for name, values in self.calendar.items()},
            last_year=self.last_year[: end + self.horizon],
            market={name: values[:, : end + self.horizon] for name, values in self.market.items()},
            outside={name: told.until(end) for name, told in self.outside.items()},
        )

    def rows(self, chosen: Ints) -> Past:
        return replace(
            self,
            series=self.series.iloc[chosen].reset_index(drop=True),
            demand=self.demand[chosen],
            drivers={name: values[chosen] for name, values in self.drivers.items()},
            market={name: values[chosen] for name, values in self.market.items()},
            outside={name: told.rows(chosen) for name, told in self.outside.items()},
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """What is known in advance. ``drivers``: contract DRIVER_COLUMNS; ``calendar``: one value per period."""

    drivers: pd.DataFrame | None = None
    calendar: Mapping[str, Floats] | None = None
    last_year: Ints | None = None


def panel_of(
    sales: pd.DataFrame,
    series: pd.DataFrame,
    spans: pd.DataFrame,
    *,
    periods: np.ndarray,
    horizon: int,
    bucket: Bucket,
    plan: Plan | None = None,
) -> Panel:
    """Lay frames under their contracts out as a panel over ``periods`` (past and ``horizon`` future first days).

    A period without a row is zero inside a listed span and unknown outside. Rows after the past are refused by
    leaving them out: nothing that happened later can be seen. Raises ContractViolation and DomainError.
    """
    for frame, wanted, name in (
        (sales, SALES_COLUMNS, "sales"),
        (series, SERIES_COLUMNS, "series"),
        (spans, SPAN_COLUMNS, "spans"),
    ):
        demand_columns(frame, wanted, name)
    known = series.sort_values("series", kind="stable").drop_duplicates("series").reset_index(drop=True)
    length = len(periods) - horizon
    if length < 1:
        raise DomainError("forecast_no_past", periods=len(periods), horizon=horizon)
    axis = pd.Index(np.asarray(periods, dtype=DAY_NS))
    sold, out = _laid(sales, known, axis[:length], ("sold", "out"))
    listed = _listed(spans, known, np.asarray(axis[:length], dtype=DAY_NS), bucket)
    sold = np.where(np.isnan(sold) & listed, 0.0, sold)
    given = plan or Plan()
    drivers = _drivers(given.drivers, known, axis)
    return Panel(
        series=known,
        periods=np.asarray(axis, dtype=DAY_NS),
        bucket=bucket,
        sold=sold,
        out=out,
        demand=np.maximum(sold, 0.0),
        drivers=drivers,
        calendar=dict(given.calendar or {}),
        last_year=_last_year(given.last_year, len(axis), bucket),
        market=market_of(drivers, known, bucket),
    )


def _laid(frame: pd.DataFrame, known: pd.DataFrame, axis: pd.Index, names: tuple[str, ...]) -> list[Floats]:
    row = pd.Index(known["series"]).get_indexer(pd.Index(frame["series"]))
    column = axis.get_indexer(pd.Index(frame["period"].to_numpy().astype(DAY_NS)))
    inside = (row >= 0) & (column >= 0)
    laid = []
    for name in names:
        values = np.full((len(known), len(axis)), np.nan)
        values[row[inside], column[inside]] = frame[name].to_numpy(dtype=np.float64)[inside]
        laid.append(values)
    return laid


def _listed(spans: pd.DataFrame, known: pd.DataFrame, axis: np.ndarray, bucket: Bucket) -> Flags:
    """Whether the whole period lies in a span of the series."""
    row = pd.Index(known["series"]).get_indexer(pd.Index(spans["series"]))
    first = spans["first"].to_numpy().astype(DAY_NS)[row >= 0]
    last = spans["last"].to_numpy().astype(DAY_NS)[row >= 0]
    begins = np.searchsorted(axis, first, side="left")
    ends = np.searchsorted(axis + np.timedelta64(bucket.days - 1, "D"), last, side="right")
    steps = np.zeros((len(known), len(axis) + 1))
    some = ends > begins
    np.add.at(steps, (row[row >= 0][some], begins[some]), 1)
    np.add.at(steps, (row[row >= 0][some], ends[some]), -1)
    return np.asarray(steps.cumsum(axis=1)[:, :-1] > 0)


def _drivers(frame: pd.DataFrame | None, known: pd.DataFrame, axis: pd.Index) -> dict[str, Floats]:
    if frame is None:
        return {}
    demand_columns(frame, DRIVER_COLUMNS, "drivers")
    names = tuple(name for name in frame.columns if name not in DRIVER_COLUMNS)
    return dict(zip(names, _laid(frame, known, axis, names), strict=True))


def _last_year(given: Ints | None, length: int, bucket: Bucket) -> Ints:
    if given is not None:
        return given
    return np.maximum(np.arange(length) - bucket.year, -1)
