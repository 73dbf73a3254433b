"""The script that the server runs for every view of every page.

It alone, of all modules here, imports ``pages``: it is the door from the server to them, not a part of the kit.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.composition import services_for
from dashboard.settings import settings_from
from dashboard.ui import frame, identity
from dashboard.ui.links import style_sheet
from dashboard.words import words
from data.store.engine import Store, open_store
from pages import PAGES

ICON = Path(__file__).parent / "static" / "icon.png"


@st.cache_resource(show_spinner=False)
def store_at(url: str) -> Store:
    """One store per process; it is safe to use from any thread."""
    return open_store(url)


def run() -> None:
    """Draw one view."""
    settings = settings_from()
    said = words(identity.language())
    # A Material icon here would make every browser ask a foreign host for it.
    st.set_page_config(page_title=said.t("frame.product"), page_icon=str(ICON), layout="wide")
    style_sheet()
    frame.show(
        said,
        settings,
        PAGES,
        lambda: services_for(settings, store_at(settings.store_url), identity.session_token(settings)),
    )


if __name__ == "__main__":
    run()
