"""Whether this installation can answer: store reachable and migrated, published build in place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dashboard.settings import Settings
from data.store.engine import Store, StoreUnavailable
from data.store.records import Build


@dataclass(frozen=True, slots=True)
class Readiness:
    """``state`` is ready, no_data_yet (also fine to serve), store_unavailable, store_not_migrated or build_missing."""

    state: str
    build: str | None = None

    @property
    def ready(self) -> bool:
        return self.state in {"ready", "no_data_yet"}


def readiness(store: Store, settings: Settings, *, latest_build: Callable[[], Build | None]) -> Readiness:
    """Look at the store and at the files of the published build."""
    try:
        if not store.migrated:
            return Readiness("store_not_migrated")
        build = latest_build()
    except StoreUnavailable:
        return Readiness("store_unavailable")
    if build is None:
        return Readiness("no_data_yet")
    complete = all((settings.marts / name).is_file() for name in build.marts.values())
    return Readiness("ready" if complete else "build_missing", build.id)
