"""The numbers that a map colours: measured by place, divided by stores or households, beside their baseline."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from analytics.core.calendar import Comparison, Period, baseline
from analytics.core.errors import DomainError, MissingData
from analytics.metrics.metric import Additivity, Unit
from analytics.metrics.query import Question, known_dimensions
from analytics.metrics.registry import metric_named
from dashboard.services.asked import Where, baseline_of, comparable, period_of, piece_of, steps_of, where_of
from dashboard.services.desk import Opened
from dashboard.services.frames import frame_of
from dashboard.services.requests import PER, STEPS, Asked, Look

METRICS = ("sales", "orders", "buyers", "growth", "in_stock_rate")
DIVIDED = ("sales", "orders", "buyers")
"""Metrics that can be divided by stores or households."""

HOUSEHOLDS_TOLD = 1000
"""Households that a value is told for: for one alone, most numbers would begin with a zero."""


@dataclass(frozen=True, slots=True)
class Values:
    """One question of a map: what is measured, when, against what, and where. ``base`` is None without a baseline."""

    opened: Opened
    metric: str
    per: str
    step: str
    steps: tuple[date, ...]
    window: Period
    period: Period
    baseline: Period
    base: Period | None
    where: Where

    @property
    def measured(self) -> str:
        return "sales" if self.metric == "growth" else self.metric

    @property
    def is_rate(self) -> bool:
        return metric_named(self.measured).unit is Unit.RATE

    @property
    def adds_up(self) -> bool:
        return self.metric != "growth" and metric_named(self.measured).additivity is Additivity.SUM

    def undivided(self, *more: tuple[str, tuple[str | bool | None, ...]]) -> Values:
        """The same as it is measured, for lists of partners, with ``more`` conditions."""
        return replace(self, per="", where=(*self.where, *more))

    def by(self, *dimensions: str) -> pd.DataFrame:
        """Columns: the dimensions, measured, baseline, growth and value; of a rate, growth is the difference."""
        keys = list(dimensions)
        now = self.in_days(self.period, *dimensions).rename(columns={self.measured: "measured"})
        if self.base is None:
            now = now.assign(baseline=float("nan"))
        else:
            before = self.in_days(self.base, *dimensions).rename(columns={self.measured: "baseline"})
            # Growth needs the cells that sold before and no longer do; the others only what sells now.
            now = now.merge(before, on=keys, how="outer" if self.metric == "growth" else "left")
        if self.metric == "growth":
            now = now.assign(measured=now["measured"].fillna(0))
        change = now["measured"] - now["baseline"]
        growth = change if self.is_rate else change / now["baseline"].where(now["baseline"] > 0)
        return now.assign(growth=growth, value=growth if self.metric == "growth" else now["measured"])

    def in_days(self, period: Period, *dimensions: str) -> pd.DataFrame:
        """Columns: the dimensions (the last one a place) and what is measured, divided as asked; NaN where unknown."""
        if self.per == "store":
            return self._per_store(period, dimensions)
        return self._per_household(period, dimensions) if self.per else self._ask(period, dimensions)

    def _per_store(self, period: Period, dimensions: tuple[str, ...]) -> pd.DataFrame:
        """The mean of the stores that sold there: what came through no partner is no store's."""
        found = self._ask(period, (*dimensions, "partner"))
        through = found[found["partner"].notna()]
        mean = through.groupby(list(dimensions), dropna=False, as_index=False)[[self.measured]].mean()
        return _kept(found, mean, dimensions)

    def _per_household(self, period: Period, dimensions: tuple[str, ...]) -> pd.DataFrame:
        """By the districts that the place's sales lie in, pooled: what they sold together over all who live there.

        A hexagon does not end where a district ends, so that its own sales over a district's households would be
        nobody's number.

            cell region sold households      cell per 1,000
            A    1      30   1000            A    30 + 10 over 1000 = 40
            B    1      10                   B    (40 + 60) over 3000 = 33.3
            B    2      60   2000
        """
        *times, place = dimensions
        rows = self._ask(period, (*dimensions, "region"))
        known = rows.merge(self._households(), on="region").assign(sold=lambda t: t[self.measured].astype(float))
        districts = known.groupby([*times, "region"], as_index=False).agg({"sold": "sum", "households": "first"})
        touched = known[[*times, place, "region"]].drop_duplicates().merge(districts, on=[*times, "region"])
        pooled = touched.groupby(list(dimensions), as_index=False)[["sold", "households"]].sum()
        value = pooled["sold"] / pooled["households"] * HOUSEHOLDS_TOLD
        return _kept(rows, pooled[list(dimensions)].assign(**{self.measured: value}), dimensions)

    def _households(self) -> pd.DataFrame:
        """Region and its households, of the finest regions alone: a city's own would count its districts' twice."""
        regions = self.opened.facts.table("region")
        above = regions.filter(regions.parent.notnull()).select(code=regions.parent).distinct()
        finest = regions.filter(regions.households > 0).anti_join(above, "code")
        found = frame_of(self.opened.facts.answer(finest.select(region="code", households="households")))
        return found.drop_duplicates("region")

    def _ask(self, period: Period, dimensions: tuple[str, ...]) -> pd.DataFrame:
        found = frame_of(self.opened.ask(Question((self.measured,), by=dimensions, period=period, where=self.where)))
        return found.assign(**{self.measured: found[self.measured].astype(float)})


def _kept(rows: pd.DataFrame, found: pd.DataFrame, dimensions: tuple[str, ...]) -> pd.DataFrame:
    """``found`` for every place of ``rows``: one without a number stays, unknown."""
    return rows[list(dimensions)].drop_duplicates().merge(found, on=list(dimensions), how="left")


def values_of(opened: Opened, asked: Asked, look: Look) -> Values:
    """What a look asks; raises DomainError for an unknown metric or way to divide, or a filter that it does not know,
    MissingData for tables that were not loaded.
    """
    _check(look)
    covered, where = opened.covered, where_of(asked, opened, cells=False)
    _answerable(opened, look, where)
    window = period_of(asked, covered)
    steps = steps_of(window, look.step) if look.step else ()
    period, compared = window, baseline_of(asked, covered)
    if steps:
        period = piece_of(look.at if look.at in steps else steps[-1], look.step)
        compared = baseline(period, asked.comparison)
    if look.past:
        period, compared = compared, baseline(compared, asked.comparison)
    known = comparable(compared, covered) and asked.comparison is not Comparison.TARGET
    return Values(
        opened, look.metric, look.per if look.metric in DIVIDED else "", look.step if steps else "", steps, window,
        period, compared, compared if known else None, where,
    )  # fmt: skip


def _check(look: Look) -> None:
    if look.metric not in METRICS:
        raise DomainError("unknown_metric", metric=look.metric, known=", ".join(METRICS))
    for given, known in ((look.per, PER), (look.step, STEPS)):
        if given and given not in known:
            raise DomainError("unknown_look", given=given, known=", ".join(known))


def _answerable(opened: Opened, look: Look, where: Where) -> None:
    metric = metric_named("sales" if look.metric == "growth" else look.metric)
    missing = opened.missing(metric)
    if missing:
        raise MissingData("metric_needs_tables", metric=metric.name, tables=", ".join(missing))
    unknown = {name for name, _ in where} - set(known_dimensions(metric, opened.facts.table))
    if unknown:
        raise DomainError("filter_unknown_to_metric", metric=metric.name, filters=", ".join(sorted(unknown)))
