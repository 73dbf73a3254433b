"""The glossary: every metric of the registry, and whether the loaded tables can answer it."""

from __future__ import annotations

from analytics.core.access import Action
from analytics.core.calendar import Period
from analytics.metrics.metric import Metric
from analytics.metrics.query import tables_needed
from analytics.metrics.registry import METRICS
from dashboard.services.desk import Desk
from dashboard.services.use_case import UseCase, reads
from dashboard.services.views import Definition, Freshness, Glossary


class GlossaryService(UseCase):
    """Use case of ``overview/glossary``; works without any data, too."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @reads
    def glossary(self) -> Glossary:
        """Every definition, also of metrics whose values the actor may not see; raises AccessDenied."""
        self._desk.actor(Action.SEE_GLOSSARY)
        build = self._desk.latest_build()
        loaded = dict(build.table_versions) if build else {}
        fresh = None
        if build and build.first_day and build.last_day:
            fresh = Freshness(build.id, build.published_at, Period(build.first_day, build.last_day), build.currency)
        return Glossary(
            definitions=tuple(_definition(metric, loaded) for metric in METRICS),
            freshness=fresh,
            loaded=loaded,
        )


def _definition(metric: Metric, loaded: dict[str, int]) -> Definition:
    needed = tables_needed(metric)
    return Definition(
        metric=metric.name,
        unit=metric.unit.value,
        additivity=metric.additivity.value,
        favourable=metric.favourable.value,
        owner=metric.owner,
        fact=metric.numerator.fact,
        needs=tuple(sorted(needed)),
        available=needed <= set(loaded),
    )
