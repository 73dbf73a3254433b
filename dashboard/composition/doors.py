"""What stands behind the two doors: the published build, a run's results, policies in force, and units of work.

Opened here and handed out by the composition alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from analytics.core.access import ROOT, Actor, Scope
from analytics.core.errors import MissingData
from analytics.policies.table import PolicyTable
from dashboard.services.decision_work import DecisionUnits, below
from dashboard.services.desk import Opened
from dashboard.settings import Settings
from data.engines.duckdb import DuckDBEngine
from data.facts import ScopedFacts
from data.store.engine import Store
from data.store.records import Build, ForecastRun
from data.store.unit_of_work import UnitOfWork

ENGINES_KEPT = 3
"""Builds whose files stay open: the published one, and those that a page may still be reading."""

DOORS_KEPT = 64
"""Scopes per build whose expressions are kept."""

POLICIES_KEPT = 8
"""Tables of policies that are kept: the one in force, and those that a page may still be reading."""


def latest_build(store: Store) -> Build | None:
    """The published build. Which build is newest is nobody's secret, so the root's scope may read it for all."""
    with UnitOfWork(store, Scope(frozenset({ROOT})), reading=True) as unit:
        return unit.builds.latest()


def standing(store: Store) -> tuple[Build | None, int]:
    """The published build and how many changes of policies were approved, as of one moment."""
    with UnitOfWork(store, Scope(frozenset({ROOT})), reading=True) as unit:
        return unit.builds.latest(), unit.policies.number()


@lru_cache(maxsize=POLICIES_KEPT)
def policies(store: Store, number: int) -> PolicyTable:
    """What is in force after that many approvals; read once, for it never changes."""
    with UnitOfWork(store, Scope(frozenset({ROOT})), reading=True) as unit:
        return unit.policies.table(number)


def facts(scope: Scope, folder: Path, build_id: str, marts: tuple[tuple[str, str], ...]) -> ScopedFacts:
    """One door per scope and build; it holds expressions, never rows."""
    return engine_doors(folder, build_id, marts)(scope)


@lru_cache(maxsize=ENGINES_KEPT)
def engine_doors(folder: Path, build_id: str, marts: tuple[tuple[str, str], ...]) -> Callable[[Scope], ScopedFacts]:
    """The doors of one build over one engine; mart files never change, so neither goes stale.

    They are forgotten together: a door that outlived its build would keep the build's files open.
    """
    del build_id
    engine = DuckDBEngine({name: folder / file for name, file in marts})
    return lru_cache(maxsize=DOORS_KEPT)(lambda scope: ScopedFacts(scope, engine))


def work_of(store: Store, actor: Actor) -> Callable[[], UnitOfWork]:
    """Units of work in the actor's scope; AccessDenied to whoever looks at the app as somebody else."""
    actor.require_person()
    return lambda: UnitOfWork(store, actor.scope)


def latest_run(store: Store) -> ForecastRun | None:
    """The forecast that was published last; like the build, nobody's secret."""
    with UnitOfWork(store, Scope(frozenset({ROOT})), reading=True) as unit:
        return unit.forecast_runs.latest()


def newest_run(settings: Settings, store: Store, opened: Opened) -> tuple[ScopedFacts, ForecastRun] | None:
    """The run that was published last, cut to the rows of whoever asks."""
    run = latest_run(store)
    return None if run is None else (run_facts(settings, opened.actor.scope, opened.build, run), run)


def run_facts(settings: Settings, scope: Scope, build: Build, run: ForecastRun) -> ScopedFacts:
    """The door to a run's results, cut by the partner tree of ``build``; raises MissingData where they were swept."""
    if not all((settings.forecasts / file).exists() for file in run.files.values()):
        raise MissingData("forecast_swept", run=run.id, as_of=run.as_of.isoformat(), tables="forecast")
    tree = str(settings.marts / build.marts["partner_closure"])
    return facts(scope, settings.forecasts, run.id, (("partner_closure", tree), *run.files.items()))


def latest_backtest(settings: Settings, store: Store) -> Mapping[str, Any] | None:
    """What the newest replay left in its job's row; only its sums are anybody's secret, and they are cut when read.

    None, too, where its files are gone, as in a home that was restored.
    """
    with UnitOfWork(store, Scope(frozenset({ROOT})), reading=True) as unit:
        found = unit.jobs.succeeded("backtest")
    if found is None or not all((settings.backtests / file).exists() for file in found.outcome["tables"].values()):
        return None
    return found.outcome


def backtest_facts(settings: Settings, scope: Scope, build: Build, id: str, files: Mapping[str, str]) -> ScopedFacts:
    """The door to a replay's results, cut by the partner tree of ``build``."""
    tree = str(settings.marts / build.marts["partner_closure"])
    return facts(scope, settings.backtests, id, (("partner_closure", tree), *files.items()))


def reading(store: Store) -> Callable[[Actor], UnitOfWork]:
    return lambda actor: UnitOfWork(store, actor.scope, reading=True)


def writing(store: Store) -> Callable[[Actor], UnitOfWork]:
    return lambda actor: work_of(store, actor)()


def decision_units(settings: Settings, store: Store, build: Build | None) -> DecisionUnits:
    """Units of work over the proposals of everybody below an actor in the tree of ``build``; head office needs none."""

    def opened(actor: Actor, *, reading: bool) -> UnitOfWork:
        if not reading:
            actor.require_person()
        under = frozenset[str]()
        if build is not None and ROOT not in actor.scope.anchors:
            under = below(facts(actor.scope, settings.marts, build.id, tuple(build.marts.items())))
        return UnitOfWork(store, actor.scope, reading=reading, below=under)

    return DecisionUnits(partial(opened, reading=True), partial(opened, reading=False))
