"""The mark of stale data: beside the line that says how fresh the figures are, on every page that uses them."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.services.freshness import Late
from dashboard.ui.headline import escaped
from dashboard.words import Words

TOLD = 3
"""Sources named one by one."""
DAY = 48
"""Hours from which lateness is told in days."""


def lateness(words: Words, late: Sequence[Late]) -> str:
    """Which sources are late and by how much, with a sign that needs no colour; nothing when all are in time."""
    if not late:
        return ""
    named = [words.t("late.source", source=escaped(one.source), late=behind(words, one.hours)) for one in late[:TOLD]]
    rest = len(late) - len(named)
    more = [words.t("late.more", count=rest)] if rest else []
    return words.t("late.mark", sources=words.t("list.comma").join([*named, *more]))


def behind(words: Words, hours: float) -> str:
    """Hours beyond the promise, in days where they are many."""
    if hours >= DAY:
        return words.t("late.days", days=f"{hours / 24:,.0f}")
    return words.t("late.hours", hours=f"{max(hours, 1):,.0f}")
