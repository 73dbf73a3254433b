"""Environment variables → one frozen Settings value."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DEMO_READY = "ready"
"""Content of the demo marker once the demo home is complete."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where this installation lives and how it is reached.

    ``home`` holds lake, marts, published heads of the audit trail and (by default) the store. ``base_url`` is the
    public address: cookies are ``Secure`` unless it is http on localhost. ``geojson`` and ``tile_url`` are the user's
    own map backdrop, both optional.
    """

    home: Path
    store_url: str
    base_url: str
    geojson: Path | None = None
    tile_url: str | None = None

    @property
    def lake(self) -> Path:
        return self.home / "lake"

    @property
    def marts(self) -> Path:
        return self.home / "marts"

    @property
    def forecasts(self) -> Path:
        """Results of forecast runs, in files named by their content."""
        return self.home / "forecasts"

    @property
    def backtests(self) -> Path:
        """Results of replays, likewise."""
        return self.home / "backtests"

    @property
    def audit(self) -> Path:
        """Published heads of the audit trail, outside the store; copy them where the store's keeper cannot write."""
        return self.home / "audit"

    @property
    def jobs(self) -> Path:
        """One log file per job, and scratch space of those that run."""
        return self.home / "jobs"

    @property
    def uploads(self) -> Path:
        """Files that came through the page and wait to be loaded."""
        return self.home / "uploads"

    @property
    def demo_marker(self) -> Path:
        """Present in a demo home only; demo accounts are refused without it."""
        return self.home / "DEMO"


def settings_from(environment: Mapping[str, str] | None = None) -> Settings:
    """Read WATERLINE_HOME, WATERLINE_STORE, WATERLINE_BASE_URL, WATERLINE_GEOJSON and WATERLINE_TILE_URL."""
    given = os.environ if environment is None else environment
    home = Path(given.get("WATERLINE_HOME") or ".waterline").expanduser().resolve()
    geojson = given.get("WATERLINE_GEOJSON")
    return Settings(
        home=home,
        store_url=given.get("WATERLINE_STORE") or f"sqlite:///{home / 'store.db'}",
        base_url=given.get("WATERLINE_BASE_URL") or "http://localhost:8501",
        geojson=Path(geojson) if geojson else None,
        tile_url=given.get("WATERLINE_TILE_URL") or None,
    )
