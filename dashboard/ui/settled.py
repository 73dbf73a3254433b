"""What Streamlit works out again for every run although it cannot change while the server runs.

The theme is a seventh of the processor time of a warm run: six sections, each looked up among all options, each
name turned into snake case. It is fixed when the server has started, so both look-ups are remembered.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from streamlit import config
from streamlit.runtime import app_session


def settle_theme() -> None:
    """Remember the theme for the life of the process; call it once, when the configuration has been read."""
    if hasattr(config.get_options_for_section, "remembered"):
        return
    look_up = config.get_options_for_section
    remembered = lru_cache(maxsize=None)(look_up)

    def options_for_section(section: str) -> dict[str, Any]:
        """A copy: callers may change what they get."""
        return dict(remembered(section)) if section.startswith("theme") else look_up(section)

    options_for_section.remembered = remembered  # type: ignore[attr-defined]  # the mark that it is done
    config.get_options_for_section = options_for_section
    internals: Any = app_session
    internals.to_snake_case = lru_cache(maxsize=256)(internals.to_snake_case)
