"""Every store test runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from tests.stores import address, cluster, store

__all__ = ["address", "cluster", "store"]
