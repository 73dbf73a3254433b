"""Streamlit still makes deferred files the way that is mended here."""

from __future__ import annotations

import inspect
import tomllib
from pathlib import Path

from streamlit.runtime import app_session
from streamlit.runtime.backend_operation_handler import DeferredFileHandler

from dashboard.ui.downloads import NAME_LENGTH, file_name


def test_streamlits_own_handler_still_serves_every_tab() -> None:
    """When it asks whose tab it is, TellingHandler can go."""
    assert "session_id: str,  # noqa: ARG002" in inspect.getsource(DeferredFileHandler.handle)
    assert "DeferredFileHandler(" in inspect.getsource(app_session.AppSession._create_backend_operation_dispatcher)


def test_names_of_files_are_fit_for_every_system() -> None:
    assert (
        file_name(["水位线", "今日: 伙伴 / 销售额 (¥)", "2026-01-01", "D1\\D2"])
        == "水位线_今日-伙伴-销售额-(¥)_2026-01-01_D1-D2"
    )
    assert len(file_name(["x" * 300])) == NAME_LENGTH
    assert file_name(["..", "CON\x00"]) == "CON"


def test_the_grid_has_no_export_of_its_own() -> None:
    config = tomllib.loads((Path(__file__).parents[3] / ".streamlit" / "config.toml").read_text())
    assert config["client"]["disableDataExport"] is True


def test_nobody_else_offers_files() -> None:
    """One call to Streamlit's download button in the whole tree: what it publishes would leave unlogged."""
    root = Path(__file__).parents[3]
    files = [path for folder in ("dashboard", "pages") for path in (root / folder).rglob("*.py")]
    found = [path.name for path in files if "download_button" in path.read_text(encoding="utf-8")]
    assert found == ["downloads.py"]
