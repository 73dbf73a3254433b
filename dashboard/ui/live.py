"""Parts of a page that are redrawn by themselves.

Such a part runs without the frame, which asks who is there and what they may see. So it asks by itself, first thing:
whose session ended, or who lost or gained a right, gets the whole page drawn anew by the frame. And a part that a
clock redraws is no sign of life: a tab left open must not keep its session from growing idle.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from analytics.core.access import Action
from analytics.core.errors import DomainError
from dashboard.ui.safely import safely
from dashboard.words import Words

_mine = threading.local()


def attended() -> bool:
    """Whether somebody did something, as opposed to a clock."""
    return not getattr(_mine, "unattended", False)


@contextmanager
def unattended() -> Iterator[None]:
    """What is asked within is asked by a clock."""
    _mine.unattended = True
    try:
        yield
    finally:
        _mine.unattended = False


def live(
    words: Words, services: Any, action: Action, key: str, draw: Callable[[], None], *, every: float | None = None
) -> None:
    """Draw a part that reruns alone when one of its widgets is used, and every so many seconds."""
    began = services.actor

    @st.fragment(run_every=every)
    def part() -> None:
        with unattended():
            try:
                same = services.desk.actor(action) == began
            except DomainError:
                same = False
            if not same:
                st.rerun()
            safely(words, key, began, draw)

    part()
