"""The real server, whose page "today" is one of fragments: ``python -m tests.protocol.with_fragments run app.py``.

It runs in a process of its own, so the list of pages is changed for nobody else.
"""

from __future__ import annotations

import dataclasses
import sys
from functools import partial

import streamlit as st
from streamlit.web.cli import main

import pages
from analytics.core.calendar import Preset
from dashboard.services.requests import Asked
from dashboard.ui.controls import carry_out, tell_outcome
from dashboard.ui.page import Page

EVERYTHING = Asked(preset=Preset.EVERYTHING)


def render(page: Page) -> None:
    """Rows of the asker in three fragments: the kit's own, one that forgot everything, one of remembered answers."""
    page.live("kit", partial(told, page, "kit"))

    @st.fragment
    def careless() -> None:
        told(page, "careless")

    @st.fragment
    def remembered() -> None:
        st.button("remembered", key="remembered")
        st.markdown(" ".join(option.label for option in page.ask(page.services.filters.options).partners))

    careless()
    remembered()


def told(page: Page, name: str) -> None:
    """A button that ends all other sessions, and the names of partners."""

    def pressed() -> None:
        carry_out(name, page.services.sessions.end_others, "ended")

    st.button(name, key=name, on_click=pressed)
    tell_outcome(page.words, name)
    st.markdown(" ".join(option.label for option in page.now(page.services.filters.options).partners))


if __name__ == "__main__":
    pages.PAGES = tuple(
        dataclasses.replace(spec, render=render) if spec.url_path == "today" else spec for spec in pages.PAGES
    )
    sys.exit(main())
