"""What plants have to make is, to the thousandth of a unit, what the nodes behind them want."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from analytics.core.access import Role
from analytics.core.errors import AccessDenied, NotYet
from analytics.decisions.proposal import State
from analytics.decisions.workflow import Move
from dashboard.composition import services_as
from dashboard.services.approval_views import Wish
from dashboard.services.plant_signal import Need, PlantView, added
from data.store.proposal_search import SoughtProposals
from data.store.unit_of_work import UnitOfWork
from tests.dashboard.services.planning_world import DAYS, NOW, SERIES, TABLES, plan, planning_world
from tests.worlds import BRAND, World, make_world

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Everything of the plan approved that one person may approve."""
    made = planning_world(Path(tmp_path_factory.mktemp("plants")) / "home")
    plan(made)
    li = services_as(made.settings, made.store, lambda: made.actor("brand", roles=frozenset({Role.MERCHANDISER})),
                     clock=lambda: NOW)  # fmt: skip
    with UnitOfWork(made.store, BRAND, reading=True) as unit:
        seen = [(one.id, one.version) for one in unit.proposals.find(SoughtProposals(NOW.date()), 99)]
    li.approvals.decide_many(seen, Wish(Move.APPROVE), command_id="all")
    return made


def signal(world: World, role: Role = Role.MERCHANDISER, at: datetime = NOW) -> PlantView:
    actor = world.actor("brand", roles=frozenset({role}))
    return services_as(world.settings, world.store, lambda: actor, clock=lambda: at).plants.signal()


def test_a_plant_and_a_week_are_the_sum_of_their_nodes(world: World) -> None:
    view = signal(world)
    sums: dict[tuple[str, date], list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for one in view.needs:
        sums[one.plant, one.week][0] += one.forecast
        sums[one.plant, one.week][1] += one.approved
    assert {(one.plant, one.week): [one.forecast, one.approved] for one in view.plants} == dict(sums)
    # And of everything that was forecast or approved, nothing is left out and nothing counts twice.
    answered = [one for one in SERIES if "no_look_alike" not in one[2]]
    assert sum(one.forecast for one in view.plants) == len(answered) * DAYS * 10
    assert view.unknown == len(SERIES) - len(answered) > 0, "what nobody could forecast is no need of nothing"
    with UnitOfWork(world.store, BRAND, reading=True) as unit:
        approved = unit.proposals.find(SoughtProposals(NOW.date(), states=[State.APPROVED]), 99)
    direct = [one.quantity for one in approved if one.source not in {"W1", "N1", "N2"}]
    assert direct
    assert len(direct) < len(approved), "what a warehouse ships on is no order at a plant"
    assert sum(one.approved for one in view.plants) == sum(direct)


def test_lanes_lead_back_to_the_plant(world: World) -> None:
    view = signal(world)
    sources = {one.node: one.plant for one in view.needs if one.forecast}
    assert sources == {"N1": "P1", "N2": "P1", "N3": "", "N4": "SUPPLIER"}
    first = [one for one in view.needs if (one.node, one.plant) == ("N2", "P1")]
    # 28 days from Sunday the 1st of March: one of its week, then three whole ones, then six.
    assert [(one.week, one.forecast) for one in first] == [
        (date(2026, 2, 23) + timedelta(days=7 * week), Decimal(10 * 3 * days))
        for week, days in enumerate((1, 7, 7, 7, 6))
    ]  # fmt: skip
    assert view.names["P1"] == "Plant"


def test_what_is_overdue_is_wanted_this_week(world: World) -> None:
    late = signal(world, at=datetime(2026, 4, 2, 4, tzinfo=UTC))
    assert {one.week for one in late.needs if one.approved} == {date(2026, 3, 30)}


def test_who_may_not_and_what_is_not_there(world: World, tmp_path: Path) -> None:
    with pytest.raises(AccessDenied):
        signal(world, role=Role.DEALER)
    with pytest.raises(NotYet, match="plant_no_forecast"):
        signal(make_world(tmp_path / "home", {name: TABLES[name] for name in ("channel", "node", "order_line")}))


def test_rows_of_one_place_and_week_are_one() -> None:
    week = date(2026, 3, 2)
    rows = [Need("P1", week, "N1", Decimal("0.001"), Decimal(0)), Need("P1", week, "N1", Decimal("0.002"), Decimal(5)),
            Need("P1", week, "N2", Decimal(0), Decimal(0))]  # fmt: skip
    assert added(rows, by_node=True) == (Need("P1", week, "N1", Decimal("0.003"), Decimal(5)),)


def test_orders_are_what_came_into_a_branch_from_outside(world: World) -> None:
    """Twelve units from the brand's warehouse in seven complete weeks; nothing sold in them, so no ratio."""
    [found] = signal(world).partners
    assert (found.partner, found.name, found.weeks) == ("D1", "Canary Dealer One", 7)
    assert (found.ordered, found.sold, found.ratio, found.bullwhip) == (12.0, 0.0, None, None)
