"""Every metric of a department at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analytics.core.calendar import Period
from analytics.metrics.registry import METRICS
from dashboard.services.views import Freshness, Tile

BOARDS: Mapping[str, tuple[str, ...]] = {
    owner: tuple(metric.name for metric in METRICS if metric.owner == owner)
    for owner in dict.fromkeys(metric.owner for metric in METRICS)
}
"""Department → its metrics, in the order of the registry."""


@dataclass(frozen=True, slots=True)
class Board:
    """Answer of ``overview/kpis``: a tile for every metric of the department ``owner``."""

    freshness: Freshness
    period: Period
    baseline: Period
    owner: str
    tiles: tuple[Tile, ...]
