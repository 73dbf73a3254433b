"""A forecast from rows to a published run and its answers, over a small world."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.core.access import ROOT, Action, Role
from analytics.core.errors import AccessDenied, DomainError, NotYet
from analytics.forecasting.drivers import DRIVERS
from dashboard.composition import forecasting_for
from dashboard.services.desk import Facts
from dashboard.services.forecast_drivers import drivers_of
from dashboard.services.forecasting import Forecasting
from dashboard.services.frames import frame_of
from dashboard.services.requests import Asked
from dashboard.services.users import job_actor
from data.store.audit import Deed
from data.store.unit_of_work import UnitOfWork
from tests.worlds import BRAND, CHANNELS, NOW, PARTNERS, PRODUCTS, REGIONS, World, line, make_world

pytestmark = pytest.mark.slow

FIRST, DAYS = date(2025, 9, 1), 180
NODES = (
    {"node": "W1", "name": "Warehouse One", "kind": "central", "region": "130100"},
    {"node": "N1", "name": "Shelf of S1", "kind": "store", "partner": "S1"},
    {"node": "N3", "name": "Canary Shelf Three", "kind": "store", "partner": "S3"},
)
LANES = (
    {"lane": "L1", "origin": "PLANT", "node": "W1", "lead_days": 5.0, "review_weekdays": "1"},
    {"lane": "L2", "origin": "W1", "node": "N1", "lead_days": 1.0, "review_weekdays": "1,3,5"},
)


def days() -> list[date]:
    return [FIRST + timedelta(days=number) for number in range(DAYS)]


def orders() -> list[dict[str, Any]]:
    """Poisson units a day at the warehouse and at S1, through the shop."""
    generator, found = np.random.default_rng(2), []
    for node, partner, mean in (("W1", None, 9), ("N1", "S1", 4)):
        for sku in ("R5", "O1"):
            for number, units in enumerate(generator.poisson(mean, DAYS)):
                if units:
                    day = days()[number].isoformat()
                    order = f"{node}{sku}{number}"
                    found.append(line(order, "1", day, "shop", sku, int(units), "1", node=node, entry_partner=partner))
    return found


def reported() -> list[dict[str, Any]]:
    """What S3's supermarket reports by the week."""
    generator = np.random.default_rng(3)
    mondays = [day for day in days() if day.weekday() == 0][:-1]
    return [
        {"node": "N3", "sku": "R5", "day": day.isoformat(), "period": "week", "quantity": int(units), "partner": "S3"}
        for day, units in zip(mondays, generator.poisson(30, len(mondays)), strict=True)
    ]


def empty_shelves() -> Sequence[dict[str, Any]]:
    return [
        {"node": "N1", "sku": "O1", "day": day.isoformat(), "period": "day", "in_stock": False, "partner": "S1"}
        for day in days()[100:110]
    ]


def without(orders: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Nothing can be sold from an empty shelf."""
    empty = {f"N1O1{number}" for number in range(100, 110)}
    return [row for row in orders if row["order_id"] not in empty]


TABLES: dict[str, Any] = {
    "channel": CHANNELS,
    "partner": PARTNERS,
    "region": REGIONS,
    "product": PRODUCTS,
    "node": NODES,
    "lane": LANES,
    "order_line": without(orders()),
    "sell_out_agg": reported(),
    "availability": empty_shelves(),
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = make_world(Path(tmp_path_factory.mktemp("forecast")), TABLES)
    job(made).run(as_of=None, horizon_days=14, now=NOW)
    return made


def job(world: World) -> Forecasting:
    return forecasting_for(world.settings, world.store, job_actor("forecast", "test"))


def test_the_run_is_told_of_and_repeatable(world: World) -> None:
    with UnitOfWork(world.store, BRAND, reading=True) as unit:
        run = unit.forecast_runs.latest()
        told = [event.action for chunk in unit.audit.chunks() for event in chunk]
    assert run is not None
    assert (run.build, run.horizon_days, run.series) == (world.build.id, 14, 5)
    assert run.as_of == days()[-1]
    assert set(run.accuracy) == {"day", "week"}
    assert Deed.FORECAST_PUBLISHED.value in told
    again = job(world).run(as_of=None, horizon_days=14, now=NOW + timedelta(minutes=1))
    assert again.files == run.files
    assert again.id != run.id


def test_buckets_follow_lane_and_source(world: World) -> None:
    facts = _series(world, ROOT)
    assert facts == {"W1|R5": "week", "W1|O1": "week", "N1|R5": "day", "N1|O1": "day", "N3|R5": "week"}


def test_a_partner_sees_the_own_nodes_and_no_others(world: World) -> None:
    assert set(_series(world, "D1")) == {"N1|R5", "N1|O1"}
    mine = world.services("D1", role=Role.DEALER).forecast.outlook(Asked())
    assert mine.series == 2
    assert "Canary" not in str(mine.worst.to_dict())
    nation = world.services(ROOT).forecast.outlook(Asked())
    assert (nation.series, nation.other_series) == (3, 2)


def test_an_empty_shelf_is_not_read_as_no_demand(world: World) -> None:
    told = world.services("D1", role=Role.DEALER).forecast.outlook(Asked(skus=("O1",)))
    empty = told.history[told.history["out"] > 0]
    assert len(empty) == 10
    assert empty["sold"].sum() == 0
    assert empty["demand"].mean() == pytest.approx(4, rel=0.25)
    assert told.bias_removed > 0.03


def test_after_an_empty_shelf_as_much_is_expected_as_before(world: World) -> None:
    told = world.services("D1", role=Role.DEALER).forecast.outlook(Asked(skus=("O1",)))
    assert told.ahead["mean"].mean() == pytest.approx(4, rel=0.15)


def test_means_add_up_and_upper_quantiles_do_not(world: World) -> None:
    both = world.services(ROOT).forecast.outlook(Asked(skus=("R5",), partners=()))
    weekly = world.services(ROOT).forecast.outlook(Asked())
    oil = world.services(ROOT).forecast.outlook(Asked(skus=("O1",), partners=()))
    assert both.bucket == oil.bucket == weekly.bucket == "week"
    assert weekly.ahead["mean"].to_numpy() == pytest.approx((both.ahead["mean"] + oil.ahead["mean"]).to_numpy())
    assert (weekly.ahead["high"] <= both.ahead["high"] + oil.ahead["high"]).all()
    assert weekly.total[0] < weekly.ahead["mean"].sum() < weekly.total[1]
    assert weekly.total[1] < weekly.ahead["high"].sum()


def test_accuracy_by_level_is_that_of_the_sums(world: World) -> None:
    facts, said = _facts(world, ROOT), []
    for row in facts.answer(facts.table("forecast_said")).to_pylist():
        node, sku = row["series"].split("|")
        if row["step"] == 1 and (node, sku) in {("W1", "R5"), ("W1", "O1"), ("N3", "R5")}:
            said.append({**row, "node": node, "sku": sku, "province": "130000" if node == "W1" else "none"})
    rows = pd.DataFrame(said)
    told = world.services(ROOT).forecast.outlook(Asked()).levels
    by = {"series": "series", "node": "node", "sku": "sku", "region": "province", "category": "sku", "all": "step"}
    assert told["level"].tolist() == list(by)
    assert told["groups"].tolist() == [3, 2, 2, 2, 2, 1]
    for row, column in zip(told.itertuples(), by.values(), strict=True):
        sums = rows.groupby([column, "origin"])[["said", "baseline", "came"]].sum()
        for value, error in (
            (row.wape, (sums["said"] - sums["came"]).abs()),
            (row.baseline, (sums["baseline"] - sums["came"]).abs()),
            (row.bias, sums["said"] - sums["came"]),
        ):
            assert value == pytest.approx(error.sum() / sums["came"].sum())
    finest, coarsest = told["wape"].iloc[0], told["wape"].iloc[-1]
    assert coarsest < finest == world.services(ROOT).forecast.outlook(Asked()).steps["wape"].iloc[0]


def test_drivers_add_up_over_whatever_is_chosen_and_older_runs_tell_of_none(world: World) -> None:
    facts = _facts(world, ROOT)
    rows = pd.DataFrame(facts.answer(facts.table("forecast_ahead").drop("paths")).to_pylist())
    assert rows["without_promotion"].isna().all()
    weekly = rows[rows["series"].isin(["W1|R5", "W1|O1", "N3|R5"])]
    told = world.services(ROOT).forecast.outlook(Asked()).drivers
    assert told["driver"].tolist() == ["event"]
    units = (weekly["mean"] * (1 - weekly["without_event"])).sum()
    assert told["units"].item() == pytest.approx(units)
    assert told["share"].item() == pytest.approx(units / weekly["mean"].sum())
    columns = [name for name in rows.columns if name.startswith("without_")]
    assert len(columns) == len(DRIVERS)
    older = facts.table("forecast_ahead").drop(*columns)
    assert drivers_of(older, lambda rows: frame_of(facts.answer(rows))).empty


def test_a_day_before_or_after_the_data_is_refused(world: World) -> None:
    for day, code in ((date(2026, 3, 2), "forecast_as_of_future"), (date(2025, 8, 1), "forecast_as_of_before")):
        with pytest.raises(DomainError, match=code):
            job(world).run(as_of=day, horizon_days=None, now=NOW)
    with pytest.raises(DomainError, match="forecast_horizon"):
        job(world).run(as_of=None, horizon_days=0, now=NOW)


def test_a_past_day_sees_nothing_later(world: World) -> None:
    run = job(world).run(as_of=date(2026, 1, 18), horizon_days=14, now=NOW - timedelta(days=1))
    door = world.services(ROOT).forecast._door(BRAND, world.build, run)
    rows = door.answer(door.table("forecast_history").aggregate(last=lambda t: t.period.max())).to_pylist()
    assert rows[0]["last"] == date(2026, 1, 18)


def test_who_cancels_leaves_the_run_before_it_current(world: World) -> None:
    class Stop(Exception):
        pass

    def stop(stage: str, done: int, total: int | None) -> None:
        if stage == "publish":
            raise Stop

    before = world.services(ROOT).forecast.outlook(Asked()).run
    with pytest.raises(Stop):
        job(world).run(as_of=None, horizon_days=7, now=datetime(2026, 3, 2, tzinfo=UTC), progress=stop)
    assert world.services(ROOT).forecast.outlook(Asked()).run == before


def test_rights_and_missing_runs(world: World, tmp_path: Path) -> None:
    with pytest.raises(AccessDenied):
        forecasting_for(world.settings, world.store, world.actor("D1", roles=frozenset({Role.DEALER}))).run(
            as_of=None, horizon_days=7, now=NOW
        )
    empty = make_world(tmp_path, {name: rows for name, rows in TABLES.items() if name != "availability"})
    with pytest.raises(NotYet, match="no_forecast"):
        empty.services(ROOT).forecast.outlook(Asked())


def _facts(world: World, grant: str) -> Facts:
    services = world.services(grant)
    opened = services.desk.open(Action.SEE_FORECAST)
    run = services.forecast._latest()
    assert run is not None
    return services.forecast._door(opened.actor.scope, opened.build, run)


def _series(world: World, grant: str) -> dict[str, str]:
    facts = _facts(world, grant)
    rows = facts.answer(facts.table("forecast_series").select("series", "bucket")).to_pylist()
    return {row["series"]: row["bucket"] for row in rows}
