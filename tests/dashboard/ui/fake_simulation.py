"""A replay that never was: figures of six shelves under two policies and one shock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from analytics.core.errors import DomainError
from analytics.simulation.results import COSTS
from dashboard.services.backtest_results import UNITS, compared, urgent
from dashboard.services.requests import Asked
from dashboard.services.simulation import Compared
from dashboard.services.views import Freshness

POLICIES, SCENARIOS = ("ours", "moving-average:28"), ("", "lead=+7")


def rows() -> pd.DataFrame:
    generator, found = np.random.default_rng(4), []
    for scenario in SCENARIOS:
        for policy in POLICIES:
            for shelf in range(6):
                units = {name: float(value) for name, value in zip(UNITS, generator.poisson(60, 7), strict=True)}
                units["sold"], units["lost"] = units["demand"] - 6.0, 6.0
                costs = {f"{name}_cost": float(generator.poisson(40)) for name in COSTS}
                out = {"runs_out": pd.Timestamp(2026, 10, 1 + shelf), "days_out": 2.0, "loss_per_day": 12.5}
                names = {"node": f"N{shelf}", "node_name": f"门店 {shelf}", "sku": "R5", "name": "五常大米"}
                found.append({"scenario": scenario, "policy": policy, **names, **units, **costs, **out})
    return pd.DataFrame(found)


@dataclass
class FakeSimulation:
    """Keeps what was started in ``started``."""

    fresh: Freshness
    starts: bool = False
    started: list[Any] = field(default_factory=list)

    def newest(self) -> str:
        return "b1"

    def may_start(self) -> bool:
        return self.starts

    def start(self, first: str, last: str, policies: list[str], shocks: list[str]) -> None:
        if first > last:
            raise DomainError("backtest_reversed", first=first, last=last)
        self.started.append((first, last, policies, shocks))

    def compared(self, asked: Asked, newest: str) -> Compared:
        made = rows()
        return Compared(
            freshness=self.fresh,
            id=newest,
            first=date(2026, 10, 1),
            last=date(2026, 10, 28),
            policies=POLICIES,
            scenarios=SCENARIOS,
            series=6,
            costs=True,
            figures=compared(made, 1),
            urgent=urgent(made),
        )
