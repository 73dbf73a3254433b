"""A window replayed over a small world: from rows to figures, cut to a scope, and everything that is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.core.access import ROOT, Role
from analytics.core.errors import AccessDenied, DomainError, MissingData, NotYet
from dashboard.composition import backtesting_for, office_for
from dashboard.services.backtesting import Backtested, facts_of, wanted_of
from dashboard.services.job_rows import make_jobs
from dashboard.services.job_run import run_job
from dashboard.services.requests import Asked
from dashboard.services.users import job_actor, shell_actor
from tests.dashboard.services.test_forecasting import TABLES as FORECAST_TABLES
from tests.dashboard.services.test_forecasting import days
from tests.worlds import NOW, World, make_world

pytestmark = pytest.mark.slow

FIRST, LAST = days()[-40], days()[-1]
BEFORE = (FIRST - timedelta(days=1)).isoformat()
ASKED: dict[str, Any] = {
    "first": FIRST.isoformat(),
    "last": LAST.isoformat(),
    "policies": ["ours", "min-max:2:4", "moving-average:9"],
    "shocks": [f"lead=5@{FIRST.isoformat()}..{days()[-25].isoformat()}", "demand=+60%,cost=+10%"],
}
TABLES: dict[str, Any] = {
    **FORECAST_TABLES,
    "product": [{**row, "shelf_life_days": 9} if row["sku"] == "O1" else row for row in FORECAST_TABLES["product"]],
    "product_cost": [{"sku": sku, "cost": "40", "valid_from": "2025-01-01"} for sku in ("R5", "O1")],
    "price_policy": [{"sku": sku, "base_price": "60", "valid_from": "2025-01-01"} for sku in ("R5", "O1")],
    "stock_lot": [
        {"as_of": f"{BEFORE}T15:00:00", "node": "N1", "sku": "R5", "lot": "-", "on_hand": "30"},
        {"as_of": f"{BEFORE}T15:00:00", "node": "N1", "sku": "O1", "lot": "old", "on_hand": "6",
         "expiry": FIRST.isoformat()},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(Path(tmp_path_factory.mktemp("backtest")), TABLES)


@pytest.fixture(scope="module")
def made(world: World) -> Backtested:
    """Replayed as a job, so that pages find it."""
    office = office_for(world.settings, world.store, lambda: NOW)
    job = make_jobs(office, shell_actor(), [("backtest", ASKED)])[0]
    found: Backtested = run_job(office, job.id)
    return found


def _figure(made: Backtested, scenario: str, policy: str, measure: str) -> float:
    rows = made.figures
    mine = (rows["scenario"] == scenario) & (rows["policy"] == policy) & (rows["measure"] == measure)
    return float(rows.loc[mine, "value"].iloc[0])


def test_every_policy_is_told_under_every_scenario(made: Backtested) -> None:
    told = facts_of(made)
    assert told["policies"] == ASKED["policies"]
    assert told["scenarios"] == ["", ASKED["shocks"][0].replace("lead=5", "lead=+5"), "demand=+60%,cost=+10%"]
    assert len(made.figures) == 3 * 3 * 8
    assert (told["series"], told["stock_counted"]) == (5, 2)
    for policy in ASKED["policies"]:
        assert 0 < _figure(made, "", policy, "fill_rate") <= 1
    assert _figure(made, "", "moving-average:9", "saved") == 0


def test_a_shock_shows_where_it_must(made: Backtested) -> None:
    """Late deliveries lose sales; more demand at a fixed cover, too; without a shock all policies meet the same."""
    late = str(facts_of(made)["scenarios"][1])
    for policy in ASKED["policies"]:
        assert _figure(made, late, policy, "lost") > _figure(made, "", policy, "lost")
    more = made.figures[made.figures["scenario"].str.startswith("demand")]
    assert set(more["policy"]) == set(ASKED["policies"])


def test_the_emergency_list_begins_with_who_runs_out_first(made: Backtested) -> None:
    late = made.urgent[made.urgent["scenario"].str.startswith("lead")]
    assert len(late)
    assert late["runs_out"].is_monotonic_increasing
    assert (late["loss_per_day"] > 0).all()
    assert late["runs_out"].min() >= pd.Timestamp(FIRST)


def test_the_same_window_gives_the_same_files(world: World, made: Backtested) -> None:
    job = backtesting_for(world.settings, world.store, job_actor("backtest", "test"))
    again = job.run(wanted_of(ASKED), now=NOW + timedelta(minutes=1))
    assert again.files == made.files
    assert again.id != made.id


def test_counted_lots_expire_and_what_has_a_shelf_life_is_thrown_away(world: World) -> None:
    """Six units that expire on the first morning are waste under whatever policy, also one that orders nothing."""
    job = backtesting_for(world.settings, world.store, job_actor("backtest", "test"))
    found = job.run(wanted_of({**ASKED, "policies": ["min-max:0:0"], "shocks": []}), now=NOW)
    assert _figure(found, "", "min-max:0:0", "waste") == pytest.approx(6.0)
    assert _figure(found, "", "min-max:0:0", "orders") == 0


def test_a_dealer_is_told_of_the_own_nodes_and_of_no_costs(world: World, made: Backtested) -> None:
    services = world.services("D1", role=Role.DEALER).simulation
    mine = services.compared(Asked(), services.newest())
    assert mine.series == 2
    assert not {"cost", "holding", "saved"} & set(mine.figures["measure"])
    assert "loss_per_day" not in mine.urgent.columns
    assert "Canary" not in str(mine.urgent.to_dict())
    nation = world.services(ROOT).simulation.compared(Asked(), made.id)
    assert nation.series == 5
    assert nation.value("", "ours", "lost") == pytest.approx(_figure(made, "", "ours", "lost"))
    assert mine.value("", "ours", "lost") < nation.value("", "ours", "lost")
    oil = services.compared(Asked(skus=("O1",)), made.id)
    assert oil.series == 1
    with pytest.raises(NotYet, match="backtest_nothing_here"):
        services.compared(Asked(skus=("NONE",)), made.id)


def test_only_whoever_may_plan_starts_a_replay(world: World) -> None:
    dealer, executive = world.services("D1", role=Role.DEALER), world.services(ROOT)
    for services in (dealer, executive):
        assert not services.simulation.may_start()
        with pytest.raises(AccessDenied):
            services.simulation.start(ASKED["first"], ASKED["last"], (), ())
    assert world.services(ROOT, role=Role.MERCHANDISER).simulation.may_start()


@pytest.mark.parametrize(
    ("changed", "code", "told"),
    [
        ({"first": "2026-02-20", "last": "2026-02-10"}, "backtest_reversed", {"first": "2026-02-20"}),
        ({"first": "2020-01-01", "last": "2020-02-01"}, "backtest_before", {"data_first": "2025-09-01"}),
        ({"last": "2026-05-01"}, "backtest_future", {"data_last": LAST.isoformat()}),
        ({"first": "2025-01-01", "last": "2026-02-01"}, "backtest_long", {"most": 184}),
        ({"first": "soon"}, "backtest_day", {"given": "soon"}),
        ({"policies": ["magic"]}, "backtest_policy", {"given": "magic"}),
        ({"policies": ["min-max:9:2"]}, "backtest_cover", {"given": "min-max:9:2"}),
        ({"policies": ["ours:3"]}, "backtest_cover", {"given": "ours:3"}),
        ({"shocks": ["rain"]}, "shock_form", {"given": "rain"}),
        ({"shocks": ["closed=Atlantis"]}, "shock_region", {"given": "Atlantis"}),
        ({"shocks": ["lead=3@2030-01-01..2030-02-01"]}, "shock_outside", {}),
        ({"first": "2025-09-02", "last": "2025-09-02", "shocks": []}, "", {}),
    ],
)
def test_what_cannot_be_is_refused_with_the_value(
    world: World, changed: dict[str, Any], code: str, told: dict[str, Any]
) -> None:
    job = backtesting_for(world.settings, world.store, job_actor("backtest", "test"))
    if not code:
        # One day of history is little, and enough for rules of thumb.
        found = job.run(wanted_of({**ASKED, **changed, "policies": ["moving-average"]}), now=NOW)
        assert found.series > 0
        return
    with pytest.raises(DomainError) as refused:
        job.run(wanted_of({**ASKED, **changed}), now=NOW)
    assert refused.value.code == code
    assert told.items() <= dict(refused.value.facts).items()


def test_without_data_nothing_is_replayed(tmp_path: Path) -> None:
    empty = make_world(tmp_path, {"channel": TABLES["channel"]})
    job = backtesting_for(empty.settings, empty.store, job_actor("backtest", "test"))
    with pytest.raises(MissingData):
        job.run(wanted_of(ASKED), now=NOW)
    with pytest.raises((MissingData, NotYet)):
        empty.services(ROOT).simulation.compared(Asked(), "")


def test_a_review_evening_is_the_one_before_an_order_day() -> None:
    """Orders on Mondays and Thursdays; the window begins on Wednesday the 4th of March 2026."""
    from dashboard.services.twin_world import gaps_of

    assert gaps_of(frozenset({1, 4}), date(2026, 3, 3), 6).tolist() == [4, 0, 0, 0, 3, 0]
    assert np.count_nonzero(gaps_of(frozenset(), date(2026, 3, 3), 21)) == 3


def test_wanted_is_what_was_said_once() -> None:
    same = wanted_of({**ASKED, "policies": ["ours", "ours"]})
    assert [str(one) for one in same.policies] == ["ours"]
    assert replace(same, policies=()) != same
