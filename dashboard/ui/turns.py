"""Whose turn it is to draw.

One interpreter draws one view at a time whatever one does: twenty views drawn in slices all end when the last one
ends, drawn one after the other most of them end long before. A turn is a courtesy, never a lock: who waits for an
answer from the data gives it back, and who waited long enough for one draws without.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

AT_ONCE = 2
PATIENCE_SECONDS = 0.5

_slots = threading.BoundedSemaphore(AT_ONCE)
_mine = threading.local()


@contextmanager
def turn() -> Iterator[None]:
    """Draw within; waits for a turn, at most ``PATIENCE_SECONDS``."""
    _mine.drawing = True
    take()
    try:
        yield
    finally:
        _mine.drawing = False
        give_back()


def take() -> None:
    """Take a turn again that was given back; nothing to do outside of :func:`turn`, where nobody would return it."""
    if getattr(_mine, "drawing", False) and not getattr(_mine, "held", False):
        _mine.held = _slots.acquire(timeout=PATIENCE_SECONDS)


def give_back() -> None:
    """Let somebody else draw; nothing to do for a thread without a turn."""
    if getattr(_mine, "held", False):
        _mine.held = False
        _slots.release()
