"""Backups are tried on SQLite and on PostgreSQL."""

from __future__ import annotations

from tests.stores import address, cluster

__all__ = ["address", "cluster"]
