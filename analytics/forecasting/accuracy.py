"""How good forecasts were: WAPE, bias, pinball loss and coverage."""

from __future__ import annotations

import numpy as np

from analytics.forecasting.contract import Floats


def wape(came: Floats, said: Floats) -> float:
    """Σ|came − said| / Σ came over what is known; NaN without demand.

    >>> wape(np.array([10.0, 0.0]), np.array([8.0, 1.0]))
    0.3
    """
    known = np.isfinite(came) & np.isfinite(said)
    total = np.abs(came[known]).sum()
    return float(np.abs(came - said)[known].sum() / total) if total > 0 else float("nan")


def bias(came: Floats, said: Floats) -> float:
    """Σ(said − came) / Σ came: above zero says too much.

    >>> bias(np.array([10.0, 10.0]), np.array([12.0, 9.0]))
    0.05
    """
    known = np.isfinite(came) & np.isfinite(said)
    total = np.abs(came[known]).sum()
    return float((said - came)[known].sum() / total) if total > 0 else float("nan")


def pinball(came: Floats, said: Floats, level: float) -> float:
    """Σ pinball loss / Σ came; twice it is WAPE at the median.

    >>> round(pinball(np.array([10.0]), np.array([8.0]), 0.8), 3)
    0.16
    """
    known = np.isfinite(came) & np.isfinite(said)
    total = np.abs(came[known]).sum()
    short = (came - said)[known]
    return float(np.maximum(level * short, (level - 1) * short).sum() / total) if total > 0 else float("nan")


def coverage(came: Floats, low: Floats, high: Floats) -> float:
    """Share of what came that lay within the interval, ends included."""
    known = np.isfinite(came) & np.isfinite(low) & np.isfinite(high)
    return float(((came >= low) & (came <= high))[known].mean()) if known.any() else float("nan")
