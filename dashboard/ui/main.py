"""The script that the server runs for every view of every page.

It alone, of all modules here, imports ``pages``: it is the door from the server to them, not a part of the kit.
"""

from __future__ import annotations

import streamlit as st

from dashboard.composition import services_for
from dashboard.settings import settings_from
from dashboard.ui import frame, identity, live, turns
from dashboard.ui.cache import store_at
from dashboard.words import words
from pages import PAGES


def run() -> None:
    """Draw one view."""
    settings = settings_from()
    said = words(identity.language())
    # A Material icon here would make every browser ask a foreign host for it.
    st.set_page_config(page_title=said.t("frame.product"), page_icon=identity.icon(), layout="wide")
    store = store_at(settings.store_url)
    with turns.turn():
        frame.show(
            said,
            settings,
            PAGES,
            lambda: services_for(settings, store, identity.session_token(settings), attended=live.attended),
        )


if __name__ == "__main__":
    run()
