"""The remembered theme is the theme."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

COMPARE = """
from streamlit import config
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

config.get_config_options()
SECTIONS = ["theme", "theme.light", "theme.dark", "theme.sidebar", "theme.light.sidebar", "server"]

def told():
    messages = [CustomThemeConfig() for _ in SECTIONS[:5]]
    for message, section in zip(messages, SECTIONS):
        app_session._populate_theme_msg(message, section)
    return [message.SerializeToString(deterministic=True) for message in messages]

before, options = told(), [config.get_options_for_section(section) for section in SECTIONS]
from dashboard.ui.settled import settle_theme
settle_theme()
settle_theme()
assert any(before), "the theme says nothing: this compares nothing"
assert told() == before == told()
assert [config.get_options_for_section(section) for section in SECTIONS] == options
config.get_options_for_section("theme").clear()
assert told() == before, "a caller changed what is remembered"
assert config.get_options_for_section.remembered.cache_info().hits > 5
assert app_session.to_snake_case.cache_info().hits > 5, "Streamlit no longer asks here: settle_theme can go"
"""


def test_the_message_is_streamlits_own() -> None:
    """In a process of its own: it replaces functions of Streamlit for good."""
    root = Path(__file__).parents[3]
    ran = subprocess.run(
        [sys.executable, "-c", COMPARE], cwd=root, capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.returncode == 0, ran.stderr
