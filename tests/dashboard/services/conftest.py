"""Stores of both kinds, for services that write."""

from __future__ import annotations

from tests.stores import address, cluster, store

__all__ = ["address", "cluster", "store"]
