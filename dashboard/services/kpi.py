"""KPI tiles: value, baseline, target, daily line, and whether the move is out of the ordinary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from analytics.core.calendar import Comparison, Period
from analytics.metrics.control import Limits, limits
from analytics.metrics.metric import Additivity, Metric
from analytics.metrics.query import Question, filters_known
from analytics.metrics.registry import REGISTRY
from dashboard.services.asked import Where, baseline_of, bucket_of, buckets, comparable, period_of, where_of
from dashboard.services.desk import Opened
from dashboard.services.requests import Asked
from dashboard.services.targets import targets_of
from dashboard.services.views import Tile

HISTORY = timedelta(days=240)
"""Days before a period that its control limits are learned from."""

Values = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Compared:
    """A question with what it is compared with: ``base`` is None where no data cover the baseline."""

    opened: Opened
    asked: Asked
    period: Period
    baseline: Period
    base: Period | None
    where: Where

    @property
    def against_target(self) -> bool:
        return self.asked.comparison is Comparison.TARGET


def compared(opened: Opened, asked: Asked) -> Compared:
    """The asked period and baseline over what the build covers."""
    period, base = period_of(asked, opened.covered), baseline_of(asked, opened.covered)
    known = comparable(base, opened.covered) and asked.comparison is not Comparison.TARGET
    return Compared(opened, asked, period, base, base if known else None, where_of(asked, opened))


def tiles_of(view: Compared, names: Iterable[str], *, sigmas: float) -> tuple[Tile, ...]:
    """Tiles of the metrics that the actor may see, in that order."""
    opened = view.opened
    allowed = [REGISTRY[name] for name in names if opened.actor.may(REGISTRY[name].action)]
    missing = {metric.name: opened.missing(metric) for metric in allowed}
    unbuilt = {metric.name: bool(opened.unbuilt(metric)) for metric in allowed}
    asked = [metric for metric in allowed if not missing[metric.name] and not unbuilt[metric.name]]
    uncut = {metric.name: not_cut_by(view, metric) for metric in asked}
    able = tuple(metric.name for metric in asked if not uncut[metric.name])
    now = totals(view, able, view.period)
    targets = targets_of(opened, view.asked, able, view.period)
    before = targets if view.against_target else totals(view, able, view.base) if view.base else {}
    lines, judged = _daily(view, able, sigmas=sigmas)
    return tuple(
        Tile(
            metric.name,
            now.get(metric.name),
            before.get(metric.name),
            lines.get(metric.name, ()),
            missing[metric.name],
            targets.get(metric.name),
            judged.get(metric.name),
            unbuilt[metric.name],
            uncut.get(metric.name, ()),
        )
        for metric in allowed
    )


def not_cut_by(view: Compared, metric: Metric) -> tuple[str, ...]:
    """Filters that are set and that ``metric`` cannot be cut by, as the address names them."""
    wanted = [name for name, _ in view.where]
    unknown = {*wanted} - filters_known(metric, wanted, view.opened.facts.table)
    return tuple(dict.fromkeys("cell" if name.startswith("cell") else name for name in wanted if name in unknown))


def totals(view: Compared, metrics: tuple[str, ...], period: Period) -> dict[str, float | None]:
    """Values of the whole period; an additive metric without a row is zero, because its table is there."""
    if not metrics:
        return {}
    rows = view.opened.ask(Question(metrics, period=period, where=view.where)).to_pylist()
    found = rows[0] if rows else {}
    return {name: known_value(found.get(name), name) for name in metrics}


def known_value(value: object, metric: str) -> float | None:
    """The answer to a question about ``metric``: no row of what is only counted is none of it."""
    return _nothing(metric) if value is None else float(value)  # type: ignore[arg-type]


def _nothing(metric: str) -> float | None:
    known = REGISTRY[metric]
    parts = (known.minus, known.denominator, known.known)
    return 0.0 if all(part is None for part in parts) else None


def _daily(
    view: Compared, metrics: tuple[str, ...], *, sigmas: float
) -> tuple[dict[str, tuple[float | None, ...]], dict[str, Limits]]:
    """The line of each tile in the period's buckets; where those are days, also the limits of the ordinary."""
    bucket = bucket_of(view.period)
    summed = tuple(name for name in metrics if _adds_up(name))
    others = tuple(name for name in metrics if name not in summed)
    first = max(view.opened.covered.first, view.period.first - HISTORY) if bucket == "day" else view.period.first
    past = Period(min(first, view.period.first), view.period.last)
    # Nobody judges a rate by its past: those are asked for the days that are shown alone.
    by_day = _in_buckets(view, summed, past, bucket), _in_buckets(view, others, view.period, bucket)
    shown = buckets(view.period, bucket)
    lines = {
        name: tuple(known_value(found.get(day, {}).get(name), name) for day in shown)
        for names, found in zip((summed, others), by_day, strict=True)
        for name in names
    }
    if bucket != "day":
        return lines, {}
    judged = {name: _judged(by_day[0], name, past, view.period.days, sigmas) for name in summed}
    return lines, {name: one for name, one in judged.items() if one is not None}


def _in_buckets(
    view: Compared, metrics: tuple[str, ...], days: Period, bucket: str
) -> Mapping[date, Mapping[str, object]]:
    if not metrics:
        return {}
    rows = view.opened.ask(Question(metrics, by=(bucket,), period=days, where=view.where)).to_pylist()
    return {row[bucket]: row for row in rows}


def _adds_up(metric: str) -> bool:
    return REGISTRY[metric].additivity is Additivity.SUM and REGISTRY[metric].minus is None


def _judged(
    by_day: Mapping[date, Mapping[str, object]], metric: str, days: Period, length: int, sigmas: float
) -> Limits | None:
    every = [days.first + timedelta(days=step) for step in range(days.days)]
    values = [known_value(by_day.get(day, {}).get(metric), metric) or 0.0 for day in every]
    return limits(pd.Series(values, dtype=float), length=length, sigmas=sigmas)
