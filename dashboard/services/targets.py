"""Plans for what is asked: targets cut exactly as the question is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

from analytics.core.access import ROOT
from analytics.core.calendar import Period
from analytics.metrics.metric import Additivity
from analytics.metrics.registry import REGISTRY
from analytics.metrics.targets import Target, planned
from dashboard.services.desk import Opened
from dashboard.services.requests import Asked

SCOPES = ("region", "channel", "category", "partner")


def targets_of(opened: Opened, asked: Asked, metrics: Iterable[str], period: Period) -> dict[str, float | None]:
    """Planned value per metric for exactly these days and filters; None where it was not planned so."""
    wanted = [name for name in metrics if opened.actor.may(REGISTRY[name].action)]
    plans = _plans(opened, wanted)
    cuts = _cuts(opened, asked)
    return {name: _whole(plans.get(name, {}), cuts, period, _adds_up(name)) for name in wanted}


def targets_by_partner(opened: Opened, asked: Asked, metric: str, period: Period) -> dict[str, float]:
    """Planned value of ``metric`` per partner that has a plan for all these days; other filters as asked."""
    plans = _plans(opened, [metric]).get(metric, {})
    partners = {cut[3] for cut in plans if cut[3] is not None}
    others = _lists(opened, asked)
    if others is None:
        return {}
    found = {}
    for partner in partners:
        cuts = list(product(*others[:3], (partner,)))
        value = _whole(plans, cuts, period, _adds_up(metric))
        if value is not None:
            found[partner] = value
    return found


Cut = tuple[str | None, ...]


def _plans(opened: Opened, metrics: list[str]) -> dict[str, dict[Cut, list[Target]]]:
    """Metric → cut (region, channel, category, partner; None means all) → its targets."""
    if not opened.facts.has("target") or not metrics:
        return {}
    table = opened.facts.table("target")
    plans: dict[str, dict[Cut, list[Target]]] = {}
    for row in opened.facts.answer(table.filter(table.metric.isin(metrics))).to_pylist():
        cut = tuple(row[name] for name in SCOPES)
        plans.setdefault(row["metric"], {}).setdefault(cut, []).append(_target(row))
    return plans


def _target(row: Mapping[str, Any]) -> Target:
    return Target(row["period"], Period(row["first"], row["last"]), float(row["value"]))


def _cuts(opened: Opened, asked: Asked) -> list[Cut]:
    """Every combination of what is filtered; none where no plan is made so finely."""
    lists = _lists(opened, asked)
    return [] if lists is None else list(product(*lists))


def _lists(opened: Opened, asked: Asked) -> tuple[tuple[str | None, ...], ...] | None:
    if asked.skus or asked.cells or asked.modes or asked.nodes or asked.reasons:
        return None
    everything: tuple[str | None, ...] = (None,)
    anchors = opened.actor.scope.anchors
    own = everything if ROOT in anchors else tuple(sorted(anchors))
    return (everything, asked.channels or everything, asked.categories or everything, asked.partners or own)


def _whole(plans: Mapping[Cut, list[Target]], cuts: list[Cut], period: Period, adds_up: bool) -> float | None:
    """All cuts together: one without a plan leaves the whole unknown, and rates of several have no common plan."""
    values = [planned(plans.get(cut, ()), period, adds_up=adds_up) for cut in cuts]
    if not values or (len(values) > 1 and not adds_up):
        return None
    return None if any(value is None for value in values) else sum(value for value in values if value is not None)


def _adds_up(metric: str) -> bool:
    return REGISTRY[metric].additivity is Additivity.SUM
