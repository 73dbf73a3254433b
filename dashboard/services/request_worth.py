"""What a place would lose without the stock that it asks for: the plan's own reckoning, for one node and SKU."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from analytics.core.errors import DomainError
from analytics.policies.table import PolicyTable
from analytics.replenishment.plan import Plan, Terms, planned
from analytics.replenishment.proposals import units_of, yuan_of
from dashboard.services.desk import Facts, Opened
from dashboard.services.forecasting import SEED
from dashboard.services.plan_frames import plan_frames
from dashboard.services.plan_positions import Around, Laid, laid_out
from data.store.records import ForecastRun

Forecast = Callable[[Opened], tuple[Facts, ForecastRun] | None]
"""The newest run as its asker may see it; None before the first one."""


@dataclass(frozen=True, slots=True)
class Worth:
    """``loss_per_day``: yuan lost each day without, None where nobody can know; ``needed``: units that a plan would
    order there today.
    """

    loss_per_day: Decimal | None
    needed: Decimal


NOTHING = Worth(Decimal(0), Decimal(0))
UNKNOWN = Worth(None, Decimal(0))


@dataclass(frozen=True, slots=True)
class _OneSeries:
    """A run's results cut to one series."""

    whole: Facts
    series: str

    def table(self, name: str) -> ir.Table:
        rows = self.whole.table(name)
        return rows.filter(rows.series == self.series) if "series" in rows.columns else rows

    def answer(self, expression: ir.Table, *, many: bool = False) -> pa.Table:
        return self.whole.answer(expression, many=many)

    def has(self, name: str) -> bool:
        return self.whole.has(name)


def worth_asking(
    opened: Opened, forecast: tuple[Facts, ForecastRun] | None, node: str, sku: str, table: PolicyTable
) -> Worth:  # fmt: skip
    """Unknown where nothing was forecast. What other proposals bring there is left aside: they may never come, and a
    request stands beside them in the queue.
    """
    if forecast is None:
        return UNKNOWN
    facts, run = forecast
    mine = _OneSeries(facts, f"{node}|{sku}")
    day = opened.covered.last
    frames = plan_frames(opened.facts, mine, day)
    if frames.series.empty or not frames.series["answered"].astype(bool).any():
        return UNKNOWN
    around = Around(
        forecast=mine, run=run, coming=(), answered={}, table=table, now=None,
        horizon_days=table.whole("replenishment.horizon_days", as_of=day),
    )  # fmt: skip
    try:
        laid = laid_out(frames, around)
    except DomainError:
        # The run says nothing about the days to come.
        return UNKNOWN
    return _worth(planned(laid.positions, laid.demands, _terms(laid)), laid, node, sku)


def _terms(laid: Laid) -> Terms:
    paths = laid.demands[0].load(np.arange(1)).shape[2] if laid.demands else 1
    return Terms(seed=SEED, paths=paths, giver_level=1.0, fairness_cap=0.0)


def _worth(plan: Plan, laid: Laid, node: str, sku: str) -> Worth:
    place = (laid.positions.node[plan.rows] == node) & (laid.positions.sku[plan.rows] == sku)
    found = np.flatnonzero(place)
    if not len(found):
        return NOTHING
    at = int(found[0])
    return Worth(yuan_of(float(plan.urgency[at])), units_of(int(plan.outlook.need[plan.rows[at]])))
