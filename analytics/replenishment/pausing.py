"""The fourth answer to a shortage: no order, and the promotion that drives it is paused."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analytics.replenishment.costs import Priced, priced
from analytics.replenishment.demand import Demand, Floats, Ints, until
from analytics.replenishment.positions import Positions
from analytics.replenishment.projection import Delays, Projection, projected


def paused(positions: Positions, demands: Sequence[Demand], late: Delays, rows: Ints, mean: Floats) -> Priced:
    """Of pausing, per line of ``rows``; NaN where no promotion is planned before the following receipt.

    Units that the promotion would have brought count as lost, at what any lost unit costs. What is still sold on
    promoted days brings the markdown more: losses are taken to fall on all days alike. ``mean``: units that each line
    is expected to be asked for until the following receipt, as planned.
    """
    cost, lost = np.full(positions.size, np.nan), np.full(positions.size, np.nan)
    for demand in demands:
        if demand.pause is None:
            continue
        calm, markdown = demand.paused(np.intersect1d(rows, demand.rows[_planned(positions, demand)]))
        for found, one in projected(positions, calm, late):
            price = _priced(positions, found, one)
            places = np.searchsorted(rows, found)
            given_up = np.maximum(mean[places] - one.mean, 0.0)
            kept = np.maximum(one.mean - price.lost, 0.0) * _per_unit(positions, found, calm, markdown)
            cost[found] = price.cost + positions.money.shortage[found] * given_up - kept
            lost[found] = price.lost + given_up
    return Priced(cost[rows], lost[rows])


def _planned(positions: Positions, demand: Demand) -> Ints:
    """Places of rows with a promotion in a period that begins before the day of the following receipt."""
    if demand.pause is None:
        return np.array([], dtype=np.int64)
    begins = np.concatenate([[0.0], demand.ends[:-1]])
    inside = begins[None, :] < positions.window.following[demand.rows][:, None] - 1
    return np.flatnonzero((inside & (demand.pause.share < 1.0)).any(axis=1))


def _priced(positions: Positions, rows: Ints, one: Projection) -> Priced:
    nothing = np.zeros(len(rows))
    return priced(positions, rows, one.needs, nothing, before=one.lost_before, freight=nothing)


def _per_unit(positions: Positions, rows: Ints, calm: Demand, markdown: Floats) -> Floats:
    """Yuan more that a unit of the calm demand until the following receipt brings, on the mean."""
    places = np.searchsorted(calm.rows, rows)
    units = calm.load(places).mean(axis=2, keepdims=True)
    end: Floats = positions.window.following[rows].astype(np.float64) - 1.0
    worth = until((units * markdown[places][:, :, None]).astype(np.float32), calm.ends).at(end)
    asked = until(units, calm.ends).at(end)
    return np.asarray((worth / np.maximum(asked, 1e-9)).mean(axis=1), dtype=np.float64)
