"""From a number to a colour: fixed steps, so that one colour means one thing whatever is filtered."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from analytics.metrics.metric import Unit
from dashboard.ui.charts.template import tidy
from dashboard.ui.formatting import Format, is_number
from dashboard.ui.tokens import Palette

GROWTH_STEPS = (-0.5, -0.2, -0.05, 0.05, 0.2, 0.5)
"""Within ±5 % is "about the same"; beyond ±50 % a cell is extreme whatever the number."""

IN_STOCK_STEPS = (0.8, 0.85, 0.9, 0.93, 0.95, 0.98)
"""A shelf that is full on 95 of 100 days is what is aimed at; what matters lies close around it."""

BEND = 2.5
"""Sales per cell are heavy-tailed: even steps would leave one dark cell in a pale country."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Colours, and the limits between neighbours (one fewer)."""

    colours: tuple[str, ...]
    limits: tuple[float, ...]
    unit: Unit
    relative: bool = False

    def colour(self, value: object) -> str | None:
        """The colour of ``value``; None when there is no number."""
        if not is_number(value):
            return None
        return self.colours[bisect_right(self.limits, float(value))]  # type: ignore[arg-type]

    def labels(self, fmt: Format) -> list[str]:
        return [tidy(fmt.change(limit) if self.relative else fmt.value(limit, self.unit)) for limit in self.limits]


def value_scale(palette: Palette, low: float, high: float, unit: Unit) -> Scale:
    """Sequential steps between ``low`` and ``high``, narrow at the low end; limits are round numbers."""
    steps = len(palette.sequential)
    low, high = max(low, 0.0), max(high, low, 1e-9)
    raw = [low + (high - low) * (index / steps) ** BEND for index in range(1, steps)]
    return Scale(palette.sequential, tuple(ascending([round_to(limit) for limit in raw])), unit)


def in_stock_scale(palette: Palette) -> Scale:
    """Sequential steps around the rate that is aimed at, whatever is shown."""
    return Scale(palette.sequential, IN_STOCK_STEPS, Unit.RATE)


def growth_scale(palette: Palette, *, rises_red: bool) -> Scale:
    """Diverging steps around "no change"; red is the rise or the fall, as the user has it."""
    colours = palette.diverging if rises_red else tuple(reversed(palette.diverging))
    return Scale(colours, GROWTH_STEPS, Unit.RATE, relative=True)


def round_to(value: float) -> float:
    """``value`` with two digits that matter.

    >>> round_to(12_345), round_to(0.0)
    (12000.0, 0.0)
    """
    return float(f"{value:.1e}")


def ascending(limits: Sequence[float]) -> list[float]:
    """``limits`` made non-decreasing, which rounding may have spoiled."""
    kept: list[float] = []
    for limit in limits:
        kept.append(max(limit, kept[-1]) if kept else limit)
    return kept
