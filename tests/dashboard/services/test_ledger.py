"""From a decision to its worth: planned, changed, released, received, and judged by the demand that came."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from analytics.core.access import Role
from analytics.core.errors import AccessDenied
from analytics.decisions.ledger import Score
from analytics.decisions.proposal import Proposal, State
from analytics.decisions.workflow import Move
from dashboard.composition import receiving_for, scoring_for, services_as
from dashboard.services.approval_views import Wish
from dashboard.services.ledger import LedgerAsked, LedgerView
from dashboard.services.users import job_actor
from data.store.proposal_search import SoughtProposals
from data.store.unit_of_work import UnitOfWork
from tests.dashboard.services.planning_world import NOW, TABLES, counted, plan, publish
from tests.worlds import BRAND, World, line, make_world

pytestmark = pytest.mark.slow
PLANNED = date(2026, 2, 14)
MONDAY = datetime(2026, 2, 16, 1, tzinfo=UTC)
SOLD = [line(f"Q{day}", "1", f"2026-02-{day}", "shop", "R5", "5", "345", node="N1") for day in (18, 19, 20)]
CAME = {
    "inbound_id": "E1", "line_no": "1", "node": "N1", "sku": "R5", "origin": "W1", "quantity": "20",
    "ordered_at": "2026-02-16T03:00:00", "received": "20", "received_at": "2026-02-18T03:00:00", "closed": True,
}  # fmt: skip
DOUBTED = ("HELP", "SHARE", "BELOW")
PLENTY = counted(PLANNED.isoformat(), {("W1", sku): "5000" for sku in DOUBTED})


def lines_of(world: World) -> dict[tuple[str, str], Proposal]:
    with UnitOfWork(world.store, BRAND, reading=True) as unit:
        return {(one.node, one.sku): one for one in unit.proposals.find(SoughtProposals(NOW.date()), 999)}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """An empty shelf that sells five a day where ten were forecast; li orders 20 instead of 30."""
    tables = {**TABLES, "order_line": [*TABLES["order_line"], *SOLD], "inbound": [*TABLES["inbound"], CAME],
              "stock_lot": [*TABLES["stock_lot"], *PLENTY]}  # fmt: skip
    made = make_world(Path(tmp_path_factory.mktemp("ledger")) / "home", tables)
    publish(made, as_of=PLANNED, at=MONDAY)
    plan(made, as_of=PLANNED, now=MONDAY)
    li = services_as(made.settings, made.store, lambda: made.actor("brand", roles=frozenset({Role.MERCHANDISER})),
                     clock=lambda: MONDAY)  # fmt: skip
    own = lines_of(made)
    shelf = own["N1", "R5"]
    fewer = Wish(Move.EDIT, quantity=Decimal(20), reason="demand_lower")
    li.approvals.decide(shelf.id, shelf.version, fewer, command_id="edit")
    li.approvals.decide(shelf.id, shelf.version + 1, Wish(Move.APPROVE), command_id="approve")
    li.orders.release(command_id="release")
    for sku in DOUBTED:
        other = own["N1", sku]
        li.approvals.decide(other.id, other.version, Wish(Move.REJECT, reason="lead_time"), command_id="reject")
    job = job_actor("build", "test")
    assert receiving_for(made.settings, made.store, job).run(now=NOW).closed == (shelf.id,)
    assert scoring_for(made.settings, made.store, job).run(now=NOW) > 3
    return made


def seen(world: World, *grants: str, role: Role = Role.EXECUTIVE) -> LedgerView:
    actor = world.actor(*(grants or ("brand",)), roles=frozenset({role}))
    return services_as(world.settings, world.store, lambda: actor, clock=lambda: NOW).ledger.ledger(LedgerAsked())


def score(view: LedgerView, node: str, sku: str) -> Score:
    [found] = [one.score for one in view.rows if (one.score.node, one.score.sku) == (node, sku)]
    return found


def test_a_smaller_order_was_the_better_one(world: World) -> None:
    """Fifteen were wanted from the 18th to the 20th: 20 leave 5 to be sold later, 30 leave 15."""
    found = score(seen(world), "N1", "R5")
    assert (found.first, found.last) == (date(2026, 2, 15), date(2026, 2, 20))
    units = [found.decided, found.system, found.demand, found.estimated]
    assert units == [Decimal(20), Decimal(30), Decimal(15), Decimal(0)]
    assert (found.by_name, found.reason, found.state) == ("user", "demand_lower", State.CLOSED)
    inputs = lines_of(world)["N1", "R5"].evidence.inputs
    holding, freight = float(inputs["holding_per_unit_day"]), float(inputs["freight_per_unit"])
    # Fifteen in the thirteen days with stock, up to the 27th. In the four weeks before, the shelf was empty: nothing
    # lay there when it was counted, and nothing had been sold since New Year's Day.
    pace = (15 + 28 * 15 / 13) / 34
    assert float(found.cost_decided or 0) == pytest.approx(holding * 5 * (3 + 5 / pace / 2) + freight * 15, rel=0.01)
    assert float(found.cost_system or 0) == pytest.approx(holding * 15 * (3 + 15 / pace / 2) + freight * 15, rel=0.01)
    assert found.cost_nothing == Decimal("360.00"), "15 units at a margin of 24"


def test_each_is_scored_once_and_rows_add_up(world: World) -> None:
    assert scoring_for(world.settings, world.store, job_actor("build", "test")).run(now=NOW) == 0
    view = seen(world)
    for part in (view.people, view.reasons):
        assert sum(one.decisions for one in part) == view.whole.decisions == len(view.rows)
        assert sum(one.against_system for one in part) == view.whole.against_system
        assert sum(one.against_nothing for one in part) == view.whole.against_nothing
    assert view.whole.against_system == sum(one.score.against_system or 0 for one in view.rows)
    assert {one.key for one in view.people} == {"user", None}, "time decided about the others"


def test_a_lane_whose_lead_time_was_doubted_three_times_is_told(world: World) -> None:
    [found] = seen(world).doubts
    assert (found.doubt.kind, found.names, found.doubt.times) == ("lane", ("Warehouse One", "Shelf of S1"), 3)
    assert (found.promised, found.taken) == (2.0, None), "too few receipts to tell"


def test_rows_are_cut_to_who_asks_and_partners_see_none(world: World) -> None:
    assert {one.score.owner for one in seen(world, "S1").rows} == {"S1"}
    assert asdict(seen(world, "S3").whole)["decisions"] == len(seen(world, "S3").rows)
    with pytest.raises(AccessDenied):
        seen(world, "D1", role=Role.DEALER)
    with pytest.raises(AccessDenied):
        scoring_for(world.settings, world.store, world.actor("brand")).run(now=NOW + timedelta(days=1))
