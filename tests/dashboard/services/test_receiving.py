"""Receipts close the loop: what another system tells is counted once, written down once, and shown."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from analytics.core.access import Role
from analytics.core.errors import AccessDenied
from analytics.decisions.proposal import Proposal, State
from analytics.decisions.workflow import Move
from dashboard.composition import receiving_for, services_as
from dashboard.services.approval_views import Wish
from dashboard.services.receiving import Received
from dashboard.services.users import job_actor
from data.lake.lake import Lake
from data.marts.build import build
from data.store.audit_trail import Sought
from data.store.unit_of_work import UnitOfWork
from tests.dashboard.services.planning_world import AS_OF, NOW, fork, plan, planning_world, publish
from tests.worlds import BRAND, JOB, World, line, load_rows

pytestmark = pytest.mark.slow
PLANNED = AS_OF - timedelta(days=1)


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Everything approved and released that the plan wants for the empty shelf: 30 units of R5 from W1 to N1."""
    world = planning_world(Path(tmp_path_factory.mktemp("receive")) / "home")
    publish(world, as_of=PLANNED, at=NOW - timedelta(days=1))
    plan(world, as_of=PLANNED)
    li = services_as(world.settings, world.store, lambda: world.actor("brand", roles=frozenset({Role.MERCHANDISER})),
                     clock=lambda: NOW)  # fmt: skip
    wanted = the_line(world)
    li.approvals.decide(wanted.id, wanted.version, Wish(Move.APPROVE), command_id="approve")
    li.orders.release(command_id="release")
    return world


@pytest.fixture
def world(planned: World, tmp_path: Path) -> Iterator[World]:
    mine = fork(planned, tmp_path / "home")
    yield mine
    mine.store.close()
    shutil.rmtree(tmp_path / "home")


def the_line(world: World) -> Proposal:
    with UnitOfWork(world.store, BRAND, reading=True) as unit:
        [id] = [
            one.id
            for one in unit.proposals.supply(PLANNED - timedelta(days=1), PLANNED)
            if (one.node, one.sku) == ("N1", "R5")
        ]
        return unit.proposals.get(id)


def delivered(world: World, *deliveries: dict[str, Any], until: date = AS_OF, at: datetime = NOW) -> World:
    """Another system tells of deliveries, newest extract last; data reach to a day."""
    told = [{"line_no": "1", "node": "N1", "sku": "R5", "origin": "W1", "ordered_at": "2026-02-28T02:00:00",
             "promised_at": "2026-03-04T02:00:00", **one} for one in deliveries]  # fmt: skip
    if told:
        load_rows(world.settings, world.store, "inbound", told, load_id=f"in-{at:%d%H%M}", extract_at=at)
    if until > AS_OF:
        sale = line(f"Z{until}", "1", until.isoformat(), "shop", "R5", "1", "69", node="N1")
        load_rows(world.settings, world.store, "order_line", [sale], load_id=f"so-{until}", extract_at=at)
    made, _ = build(lake=Lake(world.settings.lake), store=world.store, actor=JOB, folder=world.settings.marts, now=at)
    return replace(world, build=made)


def receive(world: World, at: datetime = NOW) -> Received:
    return receiving_for(world.settings, world.store, job_actor("build", "test")).run(now=at)


def wanted(world: World) -> Decimal:
    """What a plan of the next day still proposes for the shelf."""
    made = plan(world, now=NOW + timedelta(hours=1))
    return sum((one.quantity for one in made.proposals if (one.node, one.sku) == ("N1", "R5")), Decimal(0))


def test_an_order_that_the_other_system_opened_counts_once(world: World) -> None:
    """Twenty a day are wanted from the 4th to the 6th: sixty, of which thirty are ordered, whoever tells of them."""
    publish(world, units=20.0, at=NOW + timedelta(minutes=1))
    assert wanted(world) == Decimal(30), "the released line is supply"
    world = delivered(world, {"inbound_id": "E1", "quantity": "30"})
    assert wanted(world) == Decimal(30)
    # A part of it was opened over there: the rest is still ours.
    world = delivered(world, {"inbound_id": "E1", "quantity": "12"}, at=NOW + timedelta(minutes=1))
    assert wanted(world) == Decimal(30)
    assert receive(world) == Received()


def test_several_receipts_are_written_down_one_by_one(world: World) -> None:
    first = {"inbound_id": "E1", "quantity": "30", "received": "18", "received_at": "2026-03-03T02:00:00"}
    world = delivered(world, first, until=date(2026, 3, 3), at=datetime(2026, 3, 4, tzinfo=UTC))
    awaited = the_line(world)
    assert receive(world) == Received(received=(awaited.id,))
    assert receive(world) == Received(), "told again, nothing moves"
    kept = the_line(world)
    assert (kept.state, kept.received, kept.received_on) == (State.RECEIVED, Decimal(18), date(2026, 3, 3))
    second = {**first, "received": "30", "received_at": "2026-03-05T02:00:00"}
    world = delivered(world, second, until=date(2026, 3, 5), at=datetime(2026, 3, 6, tzinfo=UTC))
    assert receive(world) == Received(received=(awaited.id,), closed=(awaited.id,))
    card = world.services("brand").approvals.one(awaited.id)
    assert (card.line.state, card.line.proposal.received) == (State.CLOSED, Decimal(30))
    assert [(one.move, one.received) for one in card.past[-3:]] == [
        (Move.RECEIVE, Decimal(18)), (Move.RECEIVE, Decimal(30)), (Move.SETTLE, None),
    ]  # fmt: skip
    assert [(one.document, one.received) for one in card.receipts] == [("E1", Decimal(30))]
    with UnitOfWork(world.store, BRAND, reading=True) as unit:
        told = [one.action for one in unit.audit.find(Sought(kind="proposal", subject=awaited.id), 9)]
    assert told[:3] == ["proposal.settle", "proposal.receive", "proposal.receive"]
    assert [one.by_name for one in card.past[-3:]] == ["service:build for test"] * 3


def test_what_nobody_decided_expires_as_a_move(world: World) -> None:
    late = datetime(2026, 3, 30, 4, tzinfo=UTC)
    done = receive(world, at=late)
    assert done.expired
    assert receive(world, at=late) == Received()
    past = world.services("brand").approvals.one(done.expired[0]).past
    assert (past[-1].move, past[-1].after) == (Move.EXPIRE, State.EXPIRED)


def test_receiving_is_for_jobs_alone(world: World) -> None:
    somebody = world.actor("brand", roles=frozenset({Role.MERCHANDISER}))
    with pytest.raises(AccessDenied):
        receiving_for(world.settings, world.store, somebody).run(now=NOW)
