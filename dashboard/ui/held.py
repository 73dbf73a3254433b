"""Choices of a page that its address holds: a link restores them, and whatever is as at first is not in it."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st


def seeded(key: str, name: str, allowed: Collection[str], default: str) -> None:
    """Put what the address says of ``name`` into the widget ``key``, if it is news and one of ``allowed``; else leave
    the reader's own choice, as far as it is still offered.
    """
    state = st.session_state
    said = st.query_params.get(name)
    if said is not None and said != state.get(_written(key)) and said in allowed:
        state[key] = said
    if state.get(key) not in allowed:
        state[key] = default


def publish(key: str, name: str, chosen: str, default: str) -> None:
    """Write a choice into the address; the default leaves it."""
    text = None if chosen == default else chosen
    if st.query_params.get(name) != text:
        if text is None:
            del st.query_params[name]
        else:
            st.query_params[name] = text
    st.session_state[_written(key)] = text


def _written(key: str) -> str:
    return f"{key}.written"
