"""Killed while it saves, a plan is there as a whole with its event, or not at all."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from data.store.audit import Deed, Inspection
from data.store.proposal_search import SoughtProposals
from data.store.unit_of_work import UnitOfWork
from tests.dashboard.services.planning_world import NOW, plan, planning_world, publish
from tests.worlds import BRAND, World
from tests.zygote import zygote

pytestmark = pytest.mark.slow
KILLS = 25
Numbers = dict[tuple[str, str], tuple[Decimal, Decimal]]


def standing(world: World) -> Numbers:
    """What is proposed, once it is sure that each version has its move and its evidence, and that the chain holds."""
    with UnitOfWork(world.store, BRAND, reading=True) as unit:
        lines = unit.proposals.find(SoughtProposals(NOW.date()), 999)
        assert len(lines) == unit.proposals.count(SoughtProposals(NOW.date())), "a line without its evidence"
        pasts = unit.proposals.pasts([one.id for one in lines])
        events = [event for chunk in unit.audit.chunks() for event in chunk]
    for one in lines:
        assert [moved.version for moved in pasts.get(one.id, ())] == list(range(2, one.version + 1))
    inspection = Inspection({})
    inspection.take(events)
    assert inspection.findings() == ()
    # Every line is of one and the same plan: a save is told by one event, and revises every line here.
    saved = [event for event in events if event.action == Deed.PLAN_SAVED.value]
    assert max(Counter(len(pasts.get(one.id, ())) for one in lines)) <= len(saved)
    return {(one.node, one.sku): (one.quantity, one.loss_per_day) for one in lines if one.state == "proposed"}


def test_a_killed_plan_leaves_nothing_half_done(tmp_path: Path) -> None:
    """Two forecasts in turn, so that every plan revises what stands there; killed at moments of its saving."""
    world = planning_world(tmp_path / "home")
    plan(world)
    first = standing(world)
    publish(world, units=7.0, at=NOW + timedelta(minutes=7))
    plan(world, now=NOW + timedelta(minutes=7))
    second = standing(world)
    assert first != second
    known, whole, killed = [first, second], 0, 0
    with zygote("tests.dashboard.services.killed", "tests.dashboard.services.planning_world") as parent:
        for turn in range(KILLS):
            units = (10, 7)[turn % 2]
            publish(world, units=float(units), at=NOW + timedelta(minutes=20 + turn))
            mark = tmp_path / f"mark{turn}"
            pid = parent.start(
                "tests.dashboard.services.killed:plans",
                home=str(world.settings.home),
                mark=str(mark),
                units=str(20 + turn),
            )
            limit = time.monotonic() + 120
            while not mark.exists() and time.monotonic() < limit:
                time.sleep(0.001)
            time.sleep(0.002 * turn)
            done = Path(f"{mark}.done").exists()
            os.kill(pid, signal.SIGKILL)
            parent.wait(pid)
            now = standing(world)
            assert now in known, "torn between two plans"
            whole, killed = whole + (now == known[turn % 2]), killed + (not done)
    assert killed > 0, "every plan was over before it was killed"
    made = plan(world, now=NOW + timedelta(hours=2))
    assert standing(world) == {(one.node, one.sku): (one.quantity, one.loss_per_day) for one in made.proposals}
    assert whole > 0
