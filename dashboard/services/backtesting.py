"""Replaying a window under several policies: worlds, forecasts as they were, results per series."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from analytics.core.access import Action, Actor
from analytics.core.errors import DomainError, MissingData
from analytics.forecasting.contract import Bucket
from analytics.policies.table import PolicyTable
from analytics.simulation.foresight import Rolled, Rolling, rolled
from analytics.simulation.named import OURS, Named, policy_named
from analytics.simulation.shocks import Shock, known_regions, shock_of, shocked, touches_demand
from analytics.simulation.twin import replay
from analytics.simulation.world import World
from dashboard.services.backtest_results import compared, plain_rows, rows_of, table_of, urgent
from dashboard.services.desk import Facts
from dashboard.services.forecast_inputs import frames_of
from dashboard.services.forecasting import SEED
from dashboard.services.twin_world import Source, Staged, staged
from data.forecasts import write_results
from data.sources.report import Progress
from data.store.records import Build

LONGEST = 184
"""Days of a window: half a year."""
USUAL = (OURS, "moving-average")
NO_SHOCK = ""
SHOWN = 50
"""Lines of the emergency list that the outcome keeps."""
ROLLING: Mapping[Bucket, Mapping[str, int]] = {
    Bucket.DAY: {"learnt": 10, "step": 3, "every": 7, "refit_every": 7, "choose_every": 4},
    Bucket.WEEK: {"learnt": 16, "step": 1, "every": 1, "refit_every": 8, "choose_every": 4},
}
RACED, PATHS = 400, 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked: a window, policies, and scenarios, each some shocks that come together, beside the one without."""

    first: date
    last: date
    policies: tuple[Named, ...]
    scenarios: tuple[tuple[Shock, ...], ...]


def wanted_of(arguments: Any) -> Wanted:
    """Read plain values: ``first``, ``last``, ``policies``, ``shocks``; raises DomainError for what cannot be."""
    policies = tuple(policy_named(text) for text in arguments.get("policies") or USUAL)
    shocks = tuple(tuple(shock_of(one) for one in text.split(",")) for text in arguments.get("shocks") or ())
    first, last = (_day(str(arguments[name])) for name in ("first", "last"))
    if first > last:
        raise DomainError("backtest_reversed", first=first.isoformat(), last=last.isoformat())
    if (last - first).days >= LONGEST:
        raise DomainError("backtest_long", first=first.isoformat(), last=last.isoformat(), most=LONGEST)
    return Wanted(first, last, tuple(dict.fromkeys(policies)), tuple(dict.fromkeys(shocks)))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DomainError("backtest_day", given=text) from None


@dataclass(frozen=True, slots=True)
class Backtested:
    """``figures``: scenario, policy, measure, value, low, high; ``urgent``: who runs out first, by scenario."""

    id: str
    build: str
    wanted: Wanted
    days: tuple[date, date]
    series: int
    counted: int
    figures: pd.DataFrame
    urgent: pd.DataFrame
    files: dict[str, str]
    seconds: float


@dataclass(frozen=True, slots=True)
class Backtesting:
    """Use case of the job that replays; facts are in the actor's scope. ``build``: the published one."""

    actor: Actor
    folder: Path
    build: Callable[[], Build | None]
    facts: Callable[[Build], Facts]
    policies: Callable[[], PolicyTable]

    def run(self, wanted: Wanted, *, now: datetime, progress: Progress | None = None) -> Backtested:
        """Replay and keep the results of every series; they are seen once the job's row names them.

        Raises MissingData without data, DomainError for a window outside the data or without history before it.
        """
        self.actor.require(Action.PLAN)
        started = time.perf_counter()
        build = self.build()
        if build is None or build.first_day is None or build.last_day is None:
            raise MissingData("no_build", tables="order_line")
        within(wanted, build.first_day, build.last_day)
        facts = self.facts(build)
        source = Source(facts, frames_of(facts), self.policies())
        stages = list(staged(source, wanted.first, wanted.last, seed=SEED))
        if not stages:
            raise DomainError(
                "backtest_no_past", first=wanted.first.isoformat(), last=wanted.last.isoformat(),
                begin=source.frames.first.isoformat(),
            )  # fmt: skip
        _known(wanted, stages)
        steps = _Steps(progress, len(stages) * (1 + len(wanted.scenarios)) * len(wanted.policies))
        rows = pd.concat([part for stage in stages for part in _played(stage, wanted, steps)], ignore_index=True)
        steps.say("write")
        days = [stage.setting.days for stage in stages]
        ends = [stage.setting.days[-1] + stage.bucket.days - 1 for stage in stages]
        return Backtested(
            id=f"{now:%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:6]}",
            build=build.id,
            wanted=wanted,
            days=(pd.Timestamp(min(one[0] for one in days)).date(), pd.Timestamp(max(ends)).date()),
            series=sum(len(stage.rows) for stage in stages),
            counted=int(sum(stage.counted.sum() for stage in stages)),
            figures=compared(rows, SEED),
            urgent=urgent(rows).groupby("scenario", sort=False).head(SHOWN),
            files=write_results({"backtest_series": table_of(rows)}, self.folder),
            seconds=round(time.perf_counter() - started, 3),
        )


def within(wanted: Wanted, first: date, last: date) -> None:
    """Raise DomainError for a window that data from ``first`` to ``last`` cannot fill."""
    if wanted.last > last:
        raise DomainError("backtest_future", last=wanted.last.isoformat(), data_last=last.isoformat())
    if wanted.first <= first:
        raise DomainError("backtest_before", first=wanted.first.isoformat(), data_first=first.isoformat())


def _known(wanted: Wanted, stages: Sequence[Staged]) -> None:
    """Raise for a region that nobody knows, or a shock outside the window, before anything is worked out."""
    shocks = [shock for scenario in wanted.scenarios for shock in scenario]
    known_regions(shocks, sorted({name for stage in stages for name in stage.setting.regions}))
    for stage in stages:
        shocked(stage.world, shocks, stage.setting)


@dataclass(slots=True)
class _Steps:
    progress: Progress | None
    total: int
    done: int = 0

    def say(self, stage: str) -> None:
        if self.progress:
            self.progress(stage, self.done, self.total)

    def of(self, stage: str) -> Callable[[str, int, int], None] | None:
        """Progress of a part, which must be able to end the work, too."""
        return (lambda _name, _done, _total: self.say(stage)) if self.progress else None


def _played(stage: Staged, wanted: Wanted, steps: _Steps) -> Iterator[pd.DataFrame]:
    """Results of every scenario and policy; forecasts are made anew where a shock changes what is asked for."""
    usual: Rolled | None = None
    for shocks in ((), *wanted.scenarios):
        world = shocked(stage.world, shocks, stage.setting)
        told = ",".join(str(shock) for shock in shocks) or NO_SHOCK
        for named in wanted.policies:
            steps.say(f"{stage.bucket.value} {named}")
            foresight = None
            if named.kind == OURS:
                foresight = usual if usual and not touches_demand(shocks) else _foresight(stage, world, steps)
                usual = usual or (None if shocks else foresight)
            ledger = replay(world, named.policy(stage.bucket, foresight, SEED))
            yield rows_of(stage, ledger, scenario=told, policy=str(named))
            steps.done += 1


def _foresight(stage: Staged, world: World, steps: _Steps) -> Rolled:
    how = ROLLING[stage.bucket]
    rolling = Rolling(horizon=stage.reach + how["every"] - 1, seed=SEED, paths=PATHS, race_series=RACED, **how)
    panel = replace(stage.panel, demand=world.demand)
    return rolled(panel, stage.origins, rolling, progress=steps.of(f"{stage.bucket.value} forecast"))


def facts_of(made: Backtested) -> dict[str, Any]:
    """What a job's row and the shell are told of a backtest."""
    return {
        "backtest": made.id,
        "build": made.build,
        "first": made.wanted.first.isoformat(),
        "last": made.wanted.last.isoformat(),
        "played": [day.isoformat() for day in made.days],
        "policies": [str(one) for one in made.wanted.policies],
        "scenarios": [NO_SHOCK, *(",".join(map(str, shocks)) for shocks in made.wanted.scenarios)],
        "series": made.series,
        "stock_counted": made.counted,
        "seed": SEED,
        "figures": plain_rows(made.figures),
        "urgent": plain_rows(made.urgent),
        "tables": made.files,
        "seconds": made.seconds,
    }
