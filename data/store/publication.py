"""Which build is published: the one thing of the brand that everybody may know, health checks included."""

from __future__ import annotations

from analytics.core.access import ROOT, Scope
from data.store.engine import Store
from data.store.records import Build
from data.store.repositories import Builds


def latest_build(store: Store) -> Build | None:
    """The build published last; None before the first one. Raises StoreUnavailable."""
    with store.reading() as connection:
        return Builds(connection, Scope(frozenset({ROOT}))).latest()
