"""The fourth answer to a shortage: no order, and the promotion that drives it is paused."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analytics.replenishment.costs import Priced, priced
from analytics.replenishment.demand import Demand, Floats, Ints, Pause, Singles, until
from analytics.replenishment.positions import Positions
from analytics.replenishment.projection import Delays, projected


def paused(positions: Positions, demands: Sequence[Demand], late: Delays, rows: Ints, mean: Floats) -> Priced:
    """Of pausing, per line of ``rows``, which rise; NaN where no promotion is planned before the following receipt, and
    where it is not known what a unit would bring more.

    Units that the promotion would have brought count as lost, at what any lost unit costs. What is still sold on
    promoted days brings the markdown more: losses are taken to fall on all days alike. ``mean``: units that each line
    is expected to be asked for until the following receipt, as planned.
    """
    cost, lost = np.full(positions.size, np.nan), np.full(positions.size, np.nan)
    for demand in demands:
        if demand.pause is None:
            continue
        calm, markdown = _calm(demand, demand.pause, _planned(positions, demand, demand.pause, rows))
        for found, one in projected(positions, calm, late):
            nothing = np.zeros(len(found))
            price = priced(positions, found, one.needs, nothing, before=one.lost_before, freight=nothing)
            given_up = np.maximum(mean[np.searchsorted(rows, found)] - one.mean, 0.0)
            kept = np.maximum(one.mean - price.lost, 0.0) * _per_unit(positions, found, calm, markdown)
            cost[found] = price.cost + positions.money.shortage[found] * given_up - kept
            lost[found] = price.lost + given_up
    return Priced(cost[rows], lost[rows])


def _planned(positions: Positions, demand: Demand, pause: Pause, rows: Ints) -> Ints:
    """Places of ``rows`` with a promotion in a period that begins before the day of the following receipt, in the
    order of their numbers."""
    begins = np.concatenate([[0.0], demand.ends[:-1]])
    inside = begins[None, :] < positions.window.following[demand.rows][:, None] - 1
    places = np.flatnonzero((inside & (pause.share < 1.0)).any(axis=1) & np.isin(demand.rows, rows))
    return places[np.argsort(demand.rows[places], kind="stable")]


def _calm(demand: Demand, pause: Pause, places: Ints) -> tuple[Demand, Floats]:
    """The demand at ``places`` without promotions, and the markdowns."""
    share = pause.share[places]

    def load(chosen: Ints) -> Singles:
        return np.asarray(demand.load(places[chosen]) * share[chosen][:, :, None], dtype=np.float32)

    return Demand(demand.rows[places], demand.ends, load), pause.markdown[places]


def _per_unit(positions: Positions, rows: Ints, calm: Demand, markdown: Floats) -> Floats:
    """Yuan more that a unit of the calm demand until the following receipt brings, on the mean."""
    places = np.searchsorted(calm.rows, rows)
    units = calm.load(places).mean(axis=2, keepdims=True)
    end: Floats = positions.window.following[rows].astype(np.float64) - 1.0
    worth = until((units * markdown[places][:, :, None]).astype(np.float32), calm.ends).at(end)
    asked = until(units, calm.ends).at(end)
    return np.asarray((worth / np.maximum(asked, 1e-9)).mean(axis=1), dtype=np.float64)
