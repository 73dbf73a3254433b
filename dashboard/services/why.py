"""Why a metric changed: its change taken apart by region, channel, category, partner, product, mode or node."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from analytics.core.access import Action
from analytics.core.calendar import Comparison, Period
from analytics.core.errors import DomainError, MissingData
from analytics.metrics.explain import Explained, Fraction, of_ratio, of_sum
from analytics.metrics.metric import Additivity, Metric
from analytics.metrics.query import Question, known_dimensions, rows_counted, tables_needed
from analytics.metrics.registry import metric_named
from dashboard.services.asked import Where, baseline_of, comparable, period_of, where_of
from dashboard.services.desk import Desk, Opened
from dashboard.services.frames import frame_of
from dashboard.services.kpi import known_value
from dashboard.services.names import names_of
from dashboard.services.requests import Asked
from dashboard.services.use_case import UseCase, reads
from dashboard.services.views import Reasons

CUTS = {"region": "city", **{name: name for name in ("channel", "category", "partner", "sku", "mode", "node")}}
"""What a change can be taken apart by → the dimension of the metrics that it is."""


class Why(UseCase):
    """Use case "why" of a KPI."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @reads
    def explain(self, asked: Asked, metric: str, by: str) -> Reasons:
        """What each part contributed to the change of ``metric`` against the asked baseline.

        Raises DomainError ``dimension_unknown_to_metric`` for a cut that the metric does not know, MissingData
        ``baseline_not_covered`` where no data stand for the days compared with, ``target_has_no_parts`` for a plan.
        """
        opened = self._desk.open(Action.SEE_OVERVIEW)
        known = metric_named(metric)
        opened.actor.require(known.action)
        missing = opened.missing(known)
        if missing:
            raise MissingData("metric_needs_tables", metric=metric, tables=", ".join(missing))
        _check(opened, known, by, asked)
        period, base = period_of(asked, opened.covered), baseline_of(asked, opened.covered)
        if not comparable(base, opened.covered):
            raise MissingData("baseline_not_covered", first=base.first, last=base.last, since=opened.covered.first)
        where = where_of(asked, opened)
        explained = _explained(opened, known, dimension_of(known, by), (period, base), where)
        return Reasons(
            freshness=opened.freshness,
            metric=metric,
            by=by,
            period=period,
            baseline=base,
            now=explained.now if explained else None,
            before=explained.before if explained else None,
            parts=_named(opened, by, explained),
            residual=explained.residual if explained else 0.0,
            rows=_rows(opened, known, period, where),
            tables=tuple(sorted(tables_needed(known))),
        )


def dimension_of(metric: Metric, by: str) -> str:
    """What ``by`` is of ``metric``: where dealers are compared with those below them, a partner is a dealer."""
    dealers = any("dealer" in part.joins for part in metric.parts.values())
    return "dealer" if by == "partner" and dealers else CUTS[by]


def _check(opened: Opened, metric: Metric, by: str, asked: Asked) -> None:
    if by not in CUTS:
        raise DomainError("unknown_dimension", dimension=by, known=", ".join(CUTS))
    if asked.comparison is Comparison.TARGET:
        raise DomainError("target_has_no_parts", metric=metric.name)
    able = () if metric.additivity is Additivity.NONE else known_dimensions(metric, opened.facts.table)
    if dimension_of(metric, by) not in able:
        known = [cut for cut in CUTS if dimension_of(metric, cut) in able]
        raise DomainError("dimension_unknown_to_metric", metric=metric.name, dimensions=by, known=", ".join(known))


def _explained(
    opened: Opened, metric: Metric, dimension: str, days: tuple[Period, Period], where: Where
) -> Explained | None:
    """None where the whole cannot be known in one of the periods."""
    if metric.additivity is Additivity.RATIO:
        cut = [_fractions(opened, metric, (dimension,), period, where) for period in days]
        whole = [_fractions(opened, metric, (), period, where).sum() for period in days]
        totals = [Fraction(float(one["top"]), float(one["bottom"])) for one in whole]
        return of_ratio(*cut, total_now=totals[0], total_before=totals[1])
    columns = [opened.ask(Question((metric.name,), period=period, where=where))[metric.name] for period in days]
    now, before = (_first(column, metric.name) for column in columns)
    if now is None or before is None:
        return None
    parts = [_values(opened, metric, dimension, period, where) for period in days]
    return of_sum(*parts, total_now=now, total_before=before)


def _first(column: pa.ChunkedArray, metric: str) -> float | None:
    value = column[0].as_py() if len(column) else 0
    return known_value(value, metric)


def _values(opened: Opened, metric: Metric, dimension: str, period: Period, where: Where) -> pd.Series:
    found = frame_of(opened.ask(Question((metric.name,), by=(dimension,), period=period, where=where)))
    return found.assign(key=found[dimension].fillna("")).set_index("key")[metric.name].astype(float)


def _fractions(opened: Opened, metric: Metric, by: tuple[str, ...], period: Period, where: Where) -> pd.DataFrame:
    """Both parts of a ratio, by at most one dimension."""
    found = frame_of(opened.ask_parts(Question((metric.name,), by=by, period=period, where=where)))
    top = found[f"{metric.name}__numerator"].astype(float).fillna(0.0)
    if metric.minus is not None:
        top = top - found[f"{metric.name}__minus"].astype(float).fillna(0.0)
    bottom = found[f"{metric.name}__denominator"].astype(float).fillna(0.0)
    keys = found[by[0]].fillna("") if by else None
    return pd.DataFrame({"top": top.to_numpy(), "bottom": bottom.to_numpy()}, index=keys)


def _named(opened: Opened, by: str, explained: Explained | None) -> pd.DataFrame:
    if explained is None:
        return pd.DataFrame({"key": [], "name": [], "now": [], "before": [], "change": []})
    parts = explained.parts
    names = names_of(opened, by, parts["key"].tolist())
    return parts.assign(name=[names.get(key, key) for key in parts["key"]])


def _rows(opened: Opened, metric: Metric, period: Period, where: Where) -> int:
    """Rows of the metric's own fact that stand behind the value of the period."""
    asked = opened.termed(Question((), period=period, where=where))
    behind = rows_counted(metric, asked, opened.facts.table)
    counted = opened.facts.answer(
        behind.aggregate(rows=behind.lines.sum() if "lines" in behind.columns else behind.count())
    )
    return int(counted["rows"][0].as_py() or 0)
