"""Who runs out first: the order in which help is needed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.forecasting.contract import Floats, Ints
from analytics.simulation.twin import Ledger


@dataclass(frozen=True, slots=True)
class Priority:
    """Series in the order of need. ``runs_out``: period of the window in which demand first meets too little;
    ``out``: periods in which it does; ``lost``: units; ``per_period``: yuan lost in each of those.
    """

    rows: Ints
    runs_out: Ints
    out: Ints
    lost: Floats
    per_period: Floats


def priority(ledger: Ledger) -> Priority:
    """Those that lose anything: the first to run out first, of those of one period the dearest."""
    short = ledger.lost > 0
    rows = np.flatnonzero(short.any(axis=1))
    first, out = np.argmax(short[rows], axis=1), short[rows].sum(axis=1)
    lost = ledger.lost[rows].sum(axis=1)
    each = np.nan_to_num(ledger.world.terms.shortage[rows]) * lost / np.maximum(out, 1)
    order = np.lexsort((rows, -each, first))
    return Priority(rows[order], first[order], out[order], lost[order], each[order])
