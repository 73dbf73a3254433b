"""The field of the race."""

from __future__ import annotations

from analytics.forecasting.boosted import Memory, boosted
from analytics.forecasting.candidate import Candidate, Planned, unfitted
from analytics.forecasting.pooled import pooling
from analytics.forecasting.responsive import responding
from analytics.forecasting.simple import moving_average, naive, sba, seasonal_naive, tsb
from analytics.forecasting.smoothing import auto_ets, optimised_theta

BASELINE = "seasonal_naive"
"""Accuracy is always shown beside it."""


def candidates() -> tuple[Candidate, ...]:
    """Fresh candidates for one panel; the global models keep what they saw of it for the length of a run."""
    memory = Memory()
    return (
        Candidate("naive", unfitted(naive)),
        Candidate("seasonal_naive", unfitted(seasonal_naive)),
        Candidate("moving_average", unfitted(moving_average)),
        Candidate("auto_ets", unfitted(auto_ets), slow=True),
        Candidate("theta", unfitted(optimised_theta), slow=True),
        Candidate("sba", unfitted(sba)),
        Candidate("tsb", unfitted(tsb)),
        Candidate("pooled", unfitted(Planned(pooling))),
        Candidate("responsive", unfitted(Planned(responding))),
        boosted("boosted_median", "log", memory),
        boosted("boosted_mean", "tweedie", memory),
    )
