"""The one place that writes HTML: links to the shell's own addresses, and the key of a map.

Streamlit's own link elements open a new tab, which is wrong for signing out or changing the language. A key drawn by
the chart library would make every visitor of a map load that library for a strip of colours.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import quote

import streamlit as st

Links = Sequence[tuple[str, str]]
"""Pairs of label and local address."""


def address(path: str, *, following: str) -> str:
    """A local ``path`` that leads back to ``following`` (a local path with its query) afterwards.

    >>> address("/language/en", following="/today?period=last_day")
    '/language/en?next=%2Ftoday%3Fperiod%3Dlast_day'
    """
    return f"{path}?next={quote(following, safe='')}"


def links(entries: Links) -> None:
    """Draw (label, local address) pairs side by side; both are escaped."""
    st.html(_anchors(entries))


def menu(parts: Sequence[tuple[str, Links]]) -> None:
    """Draw lines of text, each above its links, as one element; all is escaped."""
    said = "".join(f"<p>{escape(text)}</p>{_anchors(entries)}" for text, entries in parts)
    st.html(f'<div class="waterline-menu">{said}</div>')


def colour_key(colours: Sequence[str], limits: Sequence[str], alt: str) -> None:
    """A strip of ``colours`` with the limits between neighbours (one fewer) below it."""
    st.html(key_markup(colours, limits, alt))


def key_markup(colours: Sequence[str], limits: Sequence[str], alt: str) -> str:
    """HTML of :func:`colour_key`; all is escaped."""
    steps = "".join(
        f'<span><i style="background:{escape(colour)}"></i><b>{escape(limit)}</b></span>'
        for colour, limit in zip(colours, [*limits, ""], strict=True)
    )
    return f'<div class="waterline-key" role="img" aria-label="{escape(alt)}">{steps}</div>'


def _anchors(entries: Links) -> str:
    anchors = "".join(f'<a href="{escape(target)}">{escape(label)}</a>' for label, target in entries)
    return f'<div class="waterline-links">{anchors}</div>'
