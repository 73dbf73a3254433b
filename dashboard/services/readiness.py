"""Whether this installation can answer: store reachable and migrated, published build in place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dashboard.settings import Settings
from data.store.engine import Store, StoreUnavailable
from data.store.records import Build


@dataclass(frozen=True, slots=True)
class Readiness:
    """``state`` is ready, no_data_yet (also fine to serve), warming_up (answers, but the first would wait),
    store_unavailable, store_not_migrated or build_missing."""

    state: str
    build: str | None = None

    @property
    def ready(self) -> bool:
        return self.state in {"ready", "no_data_yet"}


def readiness(
    store: Store,
    settings: Settings,
    *,
    latest_build: Callable[[], Build | None],
    rehearsed: Callable[[], bool] = lambda: True,
) -> Readiness:
    """Look at the store and at the files of the published build; ``rehearsed``: whether questions were asked once."""
    try:
        if not store.migrated:
            return Readiness("store_not_migrated")
        build = latest_build()
    except StoreUnavailable:
        return Readiness("store_unavailable")
    if build is None:
        return Readiness("no_data_yet")
    complete = all((settings.marts / name).is_file() for name in build.marts.values())
    if not complete:
        return Readiness("build_missing", build.id)
    return Readiness("ready" if rehearsed() else "warming_up", build.id)
