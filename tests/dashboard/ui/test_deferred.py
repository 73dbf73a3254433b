"""Streamlit still makes deferred files the way that is mended here."""

from __future__ import annotations

import inspect

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
