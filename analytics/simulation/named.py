"""Policies by the names under which people ask for them. Covers are in days, so that weeks and days compare."""

from __future__ import annotations

import math
from dataclasses import dataclass

from analytics.core.errors import DomainError
from analytics.forecasting.contract import Bucket
from analytics.simulation.ours import Foresight, OrderUpTo
from analytics.simulation.policy import Policy
from analytics.simulation.simple import RECENT, MinMax, MovingAverage, Newsvendor

OURS = "ours"
COVERS: dict[str, tuple[float, ...]] = {
    OURS: (),
    "moving-average": (28.0,),
    "min-max": (14.0, 28.0),
    "newsvendor": (),
}
"""Every policy there is, and its covers in days where none are said."""
LONGEST = 365.0


@dataclass(frozen=True, slots=True)
class Named:
    """``kind`` of COVERS, and its covers in days."""

    kind: str
    covers: tuple[float, ...]

    def __str__(self) -> str:
        return ":".join([self.kind, *(f"{days:g}" for days in self.covers)])

    def policy(self, bucket: Bucket, foresight: Foresight | None, seed: int) -> Policy:
        """The policy on periods of ``bucket``; ``foresight`` is needed by ours alone."""
        covers = [days / bucket.days for days in self.covers]
        weeks = RECENT * 7 // bucket.days
        if self.kind == "moving-average":
            return MovingAverage(covers[0], weeks)
        if self.kind == "min-max":
            return MinMax(covers[0], covers[1], weeks)
        if self.kind == "newsvendor":
            return Newsvendor(bucket.season)
        if foresight is None:
            raise ValueError("ours orders by forecasts: there are none")
        return OrderUpTo(foresight, seed)


def policy_named(text: str) -> Named:
    """Read ``ours``, ``moving-average:28``, ``min-max:14:28`` or ``newsvendor``.

    Raises DomainError ``backtest_policy`` for one that is unknown, ``backtest_cover`` for covers that cannot be.

    >>> str(policy_named("moving-average")), str(policy_named("min-max:7:21"))
    ('moving-average:28', 'min-max:7:21')
    """
    kind, *said = text.strip().split(":")
    if kind not in COVERS:
        raise DomainError("backtest_policy", given=text, known=", ".join(COVERS))
    if not said:
        return Named(kind, COVERS[kind])
    covers = tuple(_days(one) for one in said)
    wrong = len(covers) != len(COVERS[kind]) or not all(0 <= days <= LONGEST for days in covers)
    if wrong or list(covers) != sorted(covers):
        raise DomainError("backtest_cover", given=text, most=f"{LONGEST:g}")
    return Named(kind, covers)


def _days(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
