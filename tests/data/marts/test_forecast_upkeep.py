"""Results of forecasts go when nobody can need them, and whoever asks for them then is told so."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from analytics.core.access import ROOT, Scope
from analytics.core.errors import MissingData
from analytics.decisions.proposal import Proposal, State
from dashboard.composition import doors, loading_for
from dashboard.services.users import service_actor
from dashboard.settings import Settings, settings_from
from data.forecasts import write_results
from data.store.engine import Store, open_store
from data.store.records import Build, ForecastRun
from data.store.unit_of_work import UnitOfWork
from tests.proposals import a_proposal

BRAND = Scope(frozenset({ROOT}))
NOW = datetime.now(UTC)
LONG_AGO = 100


@pytest.fixture
def home(tmp_path: Path) -> tuple[Settings, Store]:
    settings = settings_from({"WATERLINE_HOME": str(tmp_path)})
    store = open_store(settings.store_url)
    store.migrate()
    return settings, store


def run(home: tuple[Settings, Store], *, days_ago: int, as_of: date, value: int | None = None) -> ForecastRun:
    """A published run whose files were written ``days_ago``; runs of one ``value`` share them."""
    settings, store = home
    told = days_ago if value is None else value
    files = write_results({"forecast_series": pa.table({"owner": ["S1"], "said": [told]})}, settings.forecasts)
    made = ForecastRun(
        id=f"run-{days_ago}", published_at=NOW - timedelta(days=days_ago), build="b", as_of=as_of, horizon_days=28,
        seed=1, series=1, parameters={}, versions={}, accuracy={}, flags={}, files=files, asked_by="li", seconds=1.0,
    )  # fmt: skip
    old = (NOW - timedelta(days=days_ago)).timestamp()
    os.utime(settings.forecasts / files["forecast_series"], (old, old))
    with UnitOfWork(store, BRAND) as unit:
        unit.forecast_runs.publish(made)
        unit.commit()
    return made


def propose(store: Store, made: ForecastRun, id: str, state: State) -> None:
    one: Proposal = a_proposal(id=id)
    with UnitOfWork(store, BRAND) as unit:
        unit.proposals.add(replace(one, state=state, evidence=replace(one.evidence, run=made.id)))
        unit.commit()


def swept(home: tuple[Settings, Store]) -> set[str]:
    """Names of files that are left after a sweep."""
    settings, store = home
    loading_for(settings, store, service_actor("vacuum")).vacuum(now=NOW)
    return {path.name for path in settings.forecasts.iterdir()}


def files(*runs: ForecastRun) -> set[str]:
    return {file for one in runs for file in one.files.values()}


def test_runs_go_that_were_not_the_latest_for_as_long_as_builds_are_kept(home: tuple[Settings, Store]) -> None:
    old = run(home, days_ago=LONG_AGO, as_of=date(2026, 1, 1))
    replaced_lately = run(home, days_ago=60, as_of=date(2026, 2, 1))
    latest = run(home, days_ago=20, as_of=date(2026, 3, 1))
    assert swept(home) == files(replaced_lately, latest)
    settings, _ = home
    build = Build("b", NOW, {}, (), {"partner_closure": "none"}, "CNY", None, None, {}, 0.0)
    with pytest.raises(MissingData, match="forecast_swept"):
        doors.run_facts(settings, BRAND, build, old)


def test_the_newest_day_stays_for_the_next_plan_whenever_it_was_forecast(home: tuple[Settings, Store]) -> None:
    newest_day = run(home, days_ago=LONG_AGO, as_of=date(2026, 3, 1))
    run(home, days_ago=90, as_of=date(2025, 1, 1))
    latest = run(home, days_ago=80, as_of=date(2025, 2, 1))
    assert swept(home) == files(newest_day, latest)


def test_what_explains_an_open_proposal_stays_and_what_explains_a_decided_one_goes(
    home: tuple[Settings, Store],
) -> None:
    waiting = run(home, days_ago=LONG_AGO, as_of=date(2026, 1, 1))
    decided = run(home, days_ago=90, as_of=date(2026, 1, 2))
    run(home, days_ago=80, as_of=date(2026, 1, 3))
    latest = run(home, days_ago=20, as_of=date(2026, 3, 1))
    propose(home[1], waiting, "open", State.PROPOSED)
    propose(home[1], decided, "decided", State.REJECTED)
    left = swept(home)
    assert files(latest, waiting) <= left
    assert not files(decided) & left


def test_a_file_that_a_new_run_wrote_again_is_as_new_as_the_run(home: tuple[Settings, Store]) -> None:
    old = run(home, days_ago=LONG_AGO, as_of=date(2026, 1, 1), value=7)
    run(home, days_ago=20, as_of=date(2026, 3, 1))
    run(home, days_ago=10, as_of=date(2026, 3, 2))
    # Written, and not yet named by a run that is being made.
    write_results({"forecast_series": pa.table({"owner": ["S1"], "said": [7]})}, home[0].forecasts)
    assert files(old) <= swept(home)
