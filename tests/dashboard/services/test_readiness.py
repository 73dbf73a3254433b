"""Readiness tells what is missing, and when a server may be sent visitors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dashboard.services.readiness import Readiness, readiness
from dashboard.settings import Settings, settings_from
from data.store.engine import Store, open_store
from data.store.records import Build

BUILD = Build(
    "b1", datetime(2026, 1, 1, tzinfo=UTC), {}, (), {"sales_day": "sales_day-1.duckdb"}, "CNY", None, None, {}, 1.0
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_from({"WATERLINE_HOME": str(tmp_path)})


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    store = open_store(settings.store_url)
    store.migrate()
    yield store
    store.close()


def test_what_keeps_an_installation_from_answering(tmp_path: Path, settings: Settings) -> None:
    store = open_store(settings.store_url)
    assert readiness(store, settings, latest_build=lambda: None) == Readiness("store_not_migrated")
    store.migrate()
    assert readiness(store, settings, latest_build=lambda: None) == Readiness("no_data_yet")
    assert readiness(store, settings, latest_build=lambda: BUILD) == Readiness("build_missing", "b1")
    settings.marts.mkdir()
    (settings.marts / "sales_day-1.duckdb").touch()
    assert readiness(store, settings, latest_build=lambda: BUILD) == Readiness("ready", "b1")
    store.close()
    (tmp_path / "store.db").write_bytes(b"no database any more" * 500)
    for rest in ("store.db-wal", "store.db-shm"):
        (tmp_path / rest).unlink(missing_ok=True)
    assert readiness(store, settings, latest_build=lambda: BUILD) == Readiness("store_unavailable")
    assert [Readiness(state).ready for state in ("ready", "no_data_yet", "build_missing")] == [True, True, False]


def test_it_is_ready_once_its_questions_were_asked(store: Store, settings: Settings) -> None:
    settings.marts.mkdir(parents=True)
    (settings.marts / "sales_day-1.duckdb").touch()
    cold = readiness(store, settings, latest_build=lambda: BUILD, rehearsed=lambda: False)
    assert cold == Readiness("warming_up", "b1")
    assert not cold.ready
    assert readiness(store, settings, latest_build=lambda: BUILD, rehearsed=lambda: True).ready


def test_a_home_without_data_waits_for_nothing(store: Store, settings: Settings) -> None:
    assert readiness(store, settings, latest_build=lambda: None, rehearsed=lambda: False).ready
