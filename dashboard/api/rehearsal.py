"""Asks once what pages ask, so that nobody is the first to wait."""

from __future__ import annotations

import logging

from analytics.core.access import ROOT, Actor, Role
from analytics.core.errors import DomainError
from analytics.core.geo import RESOLUTIONS
from dashboard.composition import services_as
from dashboard.services.requests import Asked, Look
from dashboard.settings import Settings
from data.store.engine import Store

logger = logging.getLogger(__name__)


def rehearse(settings: Settings, store: Store) -> None:
    """Ask as head office would, and keep nothing but open files and compiled questions; a home without data is fine."""
    actor = Actor("service:rehearsal", "service:rehearsal", frozenset({Role.EXECUTIVE}), frozenset({ROOT}))
    services = services_as(settings, store, lambda: actor)
    try:
        services.filters.options()
        services.glossary.glossary()
        services.completeness.partial(Asked())
        services.overview.today(Asked())
        services.overview.tiers(Asked())
        services.territory.heatmap(Asked(), Look("sales"), min(RESOLUTIONS))
        services.why.explain(Asked(), "sales", "region")
    except DomainError as error:
        logger.info("nothing to rehearse: %s", error)
