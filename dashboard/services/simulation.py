"""What a replay said: figures of every policy and shock within the own scope, and where help is needed first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from analytics.core.access import Action, Scope
from analytics.core.errors import NotYet
from dashboard.services.asked import where_of
from dashboard.services.backtest_results import compared, urgent
from dashboard.services.backtesting import wanted_of, within
from dashboard.services.desk import Desk, Facts
from dashboard.services.forecasting import SEED
from dashboard.services.frames import frame_of
from dashboard.services.jobs import Jobs
from dashboard.services.requests import Asked
from dashboard.services.use_case import UseCase, reads
from dashboard.services.views import Freshness
from data.store.records import Build, Job

URGENT_SHOWN = 200
COSTLY = frozenset({"holding", "cost", "saved"})
"""Measures that tell what a unit costs."""


@dataclass(frozen=True, slots=True)
class Compared:
    """``figures``: scenario, policy, measure, value, low, high, of the series in scope; those in yuan only for whoever
    may see costs. ``urgent``: scenario, node_name, name, runs_out, days_out, lost, lost_per_day and, likewise,
    loss_per_day. ``first`` and ``last``: days that were played.
    """

    freshness: Freshness
    id: str
    first: date
    last: date
    policies: tuple[str, ...]
    scenarios: tuple[str, ...]
    series: int
    costs: bool
    figures: pd.DataFrame
    urgent: pd.DataFrame

    def value(self, scenario: str, policy: str, measure: str) -> float:
        """One figure; NaN where it is not told."""
        rows = self.figures
        found = rows[(rows["scenario"] == scenario) & (rows["policy"] == policy) & (rows["measure"] == measure)]
        return float(found["value"].iloc[0]) if len(found) else float("nan")


class Simulation(UseCase):
    """Use cases of everybody who may see forecasts, cut to the own nodes; whoever may plan starts a replay."""

    def __init__(
        self,
        desk: Desk,
        jobs: Jobs,
        latest: Callable[[], Mapping[str, Any] | None],
        door: Callable[[Scope, Build, str, Mapping[str, str]], Facts],
    ) -> None:
        self._desk = desk
        self._jobs = jobs
        self._latest = latest
        self._door = door

    @reads
    def newest(self) -> str:
        """Id of the replay that is told of; empty before there is one."""
        self._desk.actor(Action.SEE_FORECAST)
        told = self._latest()
        return str(told["backtest"]) if told else ""

    @reads
    def compared(self, asked: Asked, newest: str) -> Compared:
        """The newest replay (``newest``: its id, which remembered answers hang on) of the series that filters leave.

        Raises NotYet where there is none, or nothing of it here.
        """
        opened = self._desk.open(Action.SEE_FORECAST)
        told = self._latest()
        if told is None or not newest:
            raise NotYet("no_backtest")
        facts = self._door(opened.actor.scope, opened.build, str(told["backtest"]), told["tables"])
        rows = facts.table("backtest_series")
        for column, values in where_of(replace(asked, channels=(), cells=()), opened):
            rows = rows.filter(rows["owner" if column == "partner" else column].isin(list(values)))
        found = frame_of(facts.answer(rows))
        if found.empty:
            raise NotYet("backtest_nothing_here")
        found = _as_asked(found, told["scenarios"], told["policies"])
        costs = opened.actor.may(Action.SEE_COST)
        figures, first_out = compared(found, SEED), urgent(found).groupby("scenario", sort=False).head(URGENT_SHOWN)
        if not costs:
            figures = figures[~figures["measure"].isin(COSTLY)].reset_index(drop=True)
            first_out = first_out.drop(columns="loss_per_day").sort_values(
                ["runs_out", "lost_per_day", "node", "sku"], ascending=[True, False, True, True], ignore_index=True
            )
        return Compared(
            freshness=opened.freshness,
            id=str(told["backtest"]),
            first=date.fromisoformat(told["played"][0]),
            last=date.fromisoformat(told["played"][1]),
            policies=tuple(told["policies"]),
            scenarios=tuple(told["scenarios"]),
            series=len(found[["node", "sku"]].drop_duplicates()),
            costs=costs,
            figures=figures,
            urgent=first_out,
        )

    @reads
    def may_start(self) -> bool:
        """Whether the actor may start a replay."""
        return self._desk.actor(Action.SEE_FORECAST).may(Action.PLAN)

    def start(self, first: str, last: str, policies: Sequence[str], shocks: Sequence[str]) -> Job:
        """Start a replay as a job. ``first``, ``last``: ISO days; raises DomainError for what cannot be, before there
        is a job."""
        self._desk.actor(Action.PLAN)
        arguments = {"first": first, "last": last, "policies": list(policies), "shocks": list(shocks)}
        opened = self._desk.open(Action.SEE_FORECAST)
        within(wanted_of(arguments), opened.covered.first, opened.covered.last)
        return self._jobs.start(("backtest", arguments))[0]


def _as_asked(rows: pd.DataFrame, scenarios: Sequence[str], policies: Sequence[str]) -> pd.DataFrame:
    """In the order in which scenarios and policies were named."""
    place = {
        "scenario": {name: at for at, name in enumerate(scenarios)},
        "policy": {name: at for at, name in enumerate(policies)},
    }
    return rows.sort_values(
        ["scenario", "policy", "node", "sku"], key=lambda one: one.map(place[one.name]) if one.name in place else one,
        ignore_index=True,
    )  # fmt: skip
