"""How orders follow sales: the bullwhip effect, and units ordered per unit sold."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import variance

LEAST_WEEKS = 8
"""Complete weeks from which a variance says anything."""


def bullwhip(ordered: Sequence[float], sold: Sequence[float]) -> float | None:
    """Variance of orders / variance of sales, per week; above 1 orders swing more than what is sold.

    Chen, Drezner, Ryan, Simchi-Levi, "Quantifying the bullwhip effect in a simple supply chain", Management Science
    46 (2000); the effect is that of Lee, Padmanabhan, Whang, "Information distortion in a supply chain" (1997). Sample
    variances; None where there are fewer than LEAST_WEEKS weeks, or sales that never vary.

    >>> round(bullwhip([0, 20, 0, 20, 0, 20, 0, 20], [9, 11, 9, 11, 9, 11, 9, 11]), 6)
    100.0
    """
    if len(sold) != len(ordered) or len(sold) < LEAST_WEEKS:
        return None
    spread = variance(sold)
    return variance(ordered) / spread if spread > 0 else None


def ordered_to_sold(ordered: Sequence[float], sold: Sequence[float]) -> float | None:
    """Units ordered per unit sold over the same weeks, pooled; None where nothing was sold.

    >>> ordered_to_sold([30, 0], [10, 10])
    1.5
    """
    total = sum(sold)
    return sum(ordered) / total if total > 0 else None
