"""Plain links to the shell's own addresses; the one place that writes HTML.

Streamlit's own link elements open a new tab, which is wrong for signing out or changing the language.
"""

from __future__ import annotations

from html import escape
from urllib.parse import quote

import streamlit as st

_SHEET = """<style>
[data-testid="stMetricValue"],[data-testid="stMetricDelta"],[data-testid="stMarkdownContainer"]{
 font-variant-numeric:tabular-nums}
.waterline-links{display:flex;gap:1rem;flex-wrap:wrap;font-size:.9rem;align-items:center}
.waterline-links a{white-space:nowrap;color:inherit}
.st-key-frame-lead p{font-size:1.2rem;line-height:1.55}
</style>"""


def address(path: str, *, following: str) -> str:
    """A local ``path`` that leads back to ``following`` (a local path with its query) afterwards.

    >>> address("/language/en", following="/today?period=last_day")
    '/language/en?next=%2Ftoday%3Fperiod%3Dlast_day'
    """
    return f"{path}?next={quote(following, safe='')}"


def links(entries: list[tuple[str, str]]) -> None:
    """Draw (label, local address) pairs side by side; both are escaped."""
    anchors = "".join(f'<a href="{escape(target)}">{escape(label)}</a>' for label, target in entries)
    st.html(f'<nav class="waterline-links">{anchors}</nav>')


def style_sheet() -> None:
    """Tabular figures, which the theme settings cannot ask for."""
    st.html(_SHEET)
