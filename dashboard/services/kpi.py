"""KPI tiles: value, baseline, target, daily line, and whether the move is out of the ordinary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

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
    found = _by_bucket(view, able)
    now = _whole(view, able, found)
    targets = targets_of(opened, view.asked, able, view.period)
    before = targets if view.against_target else totals(view, able, view.base) if view.base else {}
    lines, judged = _lines(view, able, found), _judged(view, able, found, sigmas=sigmas)
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


@dataclass(frozen=True, slots=True)
class _Found:
    """Summed parts or, of metrics that do not pool, values; by bucket, over ``days``, which may begin with history."""

    bucket: str
    days: Period
    rows: Mapping[str, Mapping[date, Mapping[str, Any]]]

    def value(self, metric: str, day: date) -> float | None:
        row = self.rows[metric].get(day, {})
        known = REGISTRY[metric]
        return known_value(known.value(row) if known.pools else row.get(metric), metric)


def _by_bucket(view: Compared, metrics: tuple[str, ...]) -> _Found:
    """Nobody judges a rate by its past: rates are asked for the days that are shown alone."""
    bucket = bucket_of(view.period)
    first = max(view.opened.covered.first, view.period.first - HISTORY) if bucket == "day" else view.period.first
    past = Period(min(first, view.period.first), view.period.last)
    summed = tuple(name for name in metrics if _adds_up(name))
    pooled = tuple(name for name in metrics if name not in summed and REGISTRY[name].pools)
    others = tuple(name for name in metrics if name not in summed and name not in pooled)
    rows: dict[str, Mapping[date, Mapping[str, Any]]] = {}
    for names, days, ask in (
        (summed, past, view.opened.ask),
        (pooled, view.period, view.opened.ask_parts),
        (others, view.period, view.opened.ask),
    ):
        if names:
            answer = ask(Question(names, by=(bucket,), period=days, where=view.where)).to_pylist()
            # What is only counted is its own numerator.
            counted = {f"{name}__numerator": name for name in names if name in summed}
            by_day = {row[bucket]: row | {part: row[name] for part, name in counted.items()} for row in answer}
            rows |= dict.fromkeys(names, by_day)
    return _Found(bucket, past, rows)


def _whole(view: Compared, metrics: tuple[str, ...], found: _Found) -> dict[str, float | None]:
    """Values of the period: what pools from its days, which are known already, the others asked for."""
    pooled = tuple(name for name in metrics if REGISTRY[name].pools)
    told = totals(view, tuple(name for name in metrics if name not in pooled), view.period)
    for name in pooled:
        metric = REGISTRY[name]
        days = [row for day, row in found.rows[name].items() if found.bucket != "day" or day >= view.period.first]
        sums = {part: [row[part] for row in days if row[part] is not None] for part in metric.parts}
        told[name] = known_value(metric.value({part: sum(all_) for part, all_ in sums.items() if all_}), name)
    return told


def _lines(view: Compared, metrics: tuple[str, ...], found: _Found) -> dict[str, tuple[float | None, ...]]:
    shown = buckets(view.period, found.bucket)
    return {name: tuple(found.value(name, day) for day in shown) for name in metrics}


def _adds_up(metric: str) -> bool:
    """Whether it is only counted, so that its days can be judged by those before."""
    known = REGISTRY[metric]
    return known.additivity is Additivity.SUM and known.minus is None


def _judged(view: Compared, metrics: tuple[str, ...], found: _Found, *, sigmas: float) -> dict[str, Limits]:
    """Where buckets are days, the limits of the ordinary of what adds up."""
    if found.bucket != "day":
        return {}
    every = [found.days.first + timedelta(days=step) for step in range(found.days.days)]
    told = {}
    for name in metrics:
        if _adds_up(name):
            daily = pd.Series([found.value(name, day) or 0.0 for day in every], dtype=float)
            told[name] = limits(daily, length=view.period.days, sigmas=sigmas)
    return {name: one for name, one in told.items() if one is not None}
