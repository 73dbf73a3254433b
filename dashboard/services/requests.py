"""What can be asked: plain frozen values, safe to put in a URL or a cache key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from analytics.core.calendar import Comparison, Preset


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of a page.

    ``modes``, ``nodes`` and ``reasons`` are of how orders were fulfilled; a page without them leaves them empty.
    ``first``/``last`` override ``preset`` when both are given. Empty tuples mean "everything in my scope".
    """

    preset: Preset = Preset.LAST_30_DAYS
    first: date | None = None
    last: date | None = None
    comparison: Comparison = Comparison.PREVIOUS
    channels: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


STEPS = ("day", "week", "month")
"""Pieces that a map's window can be cut into."""

PER = ("store", "household")
"""What a map's values can be divided by."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a map of the asked window shows: ``metric``, divided by ``per`` (of :data:`PER`, or nothing).

    ``step`` (of :data:`STEPS`, or nothing) cuts the window; ``at`` is the first day of the piece that is shown, the
    last one where it names none. ``past`` shows what that is compared with in its place.
    """

    metric: str
    per: str = ""
    step: str = ""
    at: date | None = None
    past: bool = False
