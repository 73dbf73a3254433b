"""Finding a mapping, and where the demo may not go."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from analytics.core.errors import DomainError
from dashboard.composition import loading_for, work_of
from dashboard.services.loading import MAPPINGS, mapping_file
from dashboard.services.users import create_admin, service_actor, shell_actor
from dashboard.settings import DEMO_READY, settings_from
from data.store.engine import open_store

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)


def test_a_folder_of_the_same_name_does_not_hide_a_shipped_mapping(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("iowa_liquor").mkdir()
    assert mapping_file(Path("iowa_liquor")) == MAPPINGS / "iowa_liquor.toml"
    with pytest.raises(DomainError, match="mapping_unknown"):
        mapping_file(tmp_path)


def test_the_demo_does_not_join_accounts_of_ones_own(tmp_path: Path) -> None:
    settings = settings_from({"WATERLINE_HOME": str(tmp_path)})
    store = open_store(settings.store_url)
    store.migrate()
    create_admin(work_of(store, shell_actor()), name="root", display_name="", password="a long password", now=NOW)
    with pytest.raises(DomainError, match="home_not_empty"):
        loading_for(settings, store, service_actor("demo")).demo(now=NOW)
    assert not settings.demo_marker.exists()


def test_a_demo_home_takes_no_other_data(tmp_path: Path) -> None:
    settings = settings_from({"WATERLINE_HOME": str(tmp_path)})
    store = open_store(settings.store_url)
    store.migrate()
    settings.demo_marker.write_text(DEMO_READY)
    loading = loading_for(settings, store, service_actor("ingest"))
    with pytest.raises(DomainError, match="demo_home_takes_nothing"):
        loading.ingest(str(tmp_path), Path("contract"), now=NOW)
    with pytest.raises(DomainError, match="demo_ready"):
        loading.demo(now=NOW)
