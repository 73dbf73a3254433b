"""Readiness tells what is missing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from dashboard.services.readiness import Readiness, readiness
from dashboard.settings import settings_from
from data.store.engine import open_store
from data.store.records import Build

BUILD = Build(
    "b1", datetime(2026, 11, 22, tzinfo=UTC), {}, (), {"sales": "sales-b1.duckdb"}, "CNY", None, None, {}, 0.1
)


def test_what_keeps_an_installation_from_answering(tmp_path: Path) -> None:
    settings = settings_from({"WATERLINE_HOME": str(tmp_path)})
    store = open_store(settings.store_url)
    assert readiness(store, settings, latest_build=lambda: None) == Readiness("store_not_migrated")
    store.migrate()
    assert readiness(store, settings, latest_build=lambda: None) == Readiness("no_data_yet")
    assert readiness(store, settings, latest_build=lambda: BUILD) == Readiness("build_missing", "b1")
    settings.marts.mkdir()
    (settings.marts / "sales-b1.duckdb").touch()
    assert readiness(store, settings, latest_build=lambda: BUILD) == Readiness("ready", "b1")
    store.close()
    (tmp_path / "store.db").write_bytes(b"no database any more" * 500)
    for rest in ("store.db-wal", "store.db-shm"):
        (tmp_path / rest).unlink(missing_ok=True)
    assert readiness(store, settings, latest_build=lambda: BUILD) == Readiness("store_unavailable")
    assert [Readiness(state).ready for state in ("ready", "no_data_yet", "build_missing")] == [True, True, False]
