"""Killed at any moment, a decision or an export is there as a whole with its trail, or not at all."""

from __future__ import annotations

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from analytics.core.access import ROOT, Role
from analytics.decisions.proposal import State
from dashboard.services.order_files import OrderFormat
from data.store.audit import Inspection
from data.store.identity import Identity
from data.store.proposal_search import SoughtProposals
from data.store.unit_of_work import UnitOfWork
from tests.dashboard.services.deciding import keep, li, unbuilt
from tests.proposals import AT, TODAY, a_proposal
from tests.worlds import BRAND, World
from tests.zygote import Zygote, zygote

pytestmark = pytest.mark.slow
__all__ = ["unbuilt"]
KILLS, LINES = 25, 200
SPREAD = [0.1 + 1.2 * turn / KILLS for turn in range(KILLS)]
"""Moments of the kills, in units of what the first thing that gets done takes on this machine."""


@pytest.fixture(scope="module")
def parent() -> Iterator[Zygote]:
    with zygote("tests.dashboard.services.killed") as made:
        yield made


def whole(world: World) -> dict[State, int]:
    """Lines by state, once it is sure that each version has its move, each move its event, and the chain holds."""
    with UnitOfWork(world.store, BRAND, reading=True) as unit:
        lines = unit.proposals.find(SoughtProposals(TODAY), LINES)
        pasts = unit.proposals.pasts([one.id for one in lines])
        events = [event for chunk in unit.audit.chunks() for event in chunk]
        batches = unit.proposals.releases(LINES)
    for one in lines:
        past = pasts.get(one.id, ())
        assert [moved.version for moved in past] == list(range(2, one.version + 1))
        assert not past or past[-1].after is one.state
    told = Counter(event.subject_id for event in events if event.subject_kind == "proposal")
    assert told == Counter({id: len(past) for id, past in pasts.items()})
    inspection = Inspection({})
    inspection.take(events)
    assert inspection.findings() == ()
    released = sum(one.state is State.RELEASED for one in lines)
    assert sum(lines for *_, lines in batches) == released
    return Counter(one.state for one in lines)


def killed(parent: Zygote, function: str, world: World, pause: float, **arguments: str) -> None:
    home = str(world.settings.home)
    pid = parent.start(f"tests.dashboard.services.killed:{function}", home=home, **arguments)
    time.sleep(pause)
    os.kill(pid, signal.SIGKILL)
    parent.wait(pid)


def until_done(parent: Zygote, function: str, world: World, state: State, **arguments: str) -> float:
    """Seconds from the start of a process to its first line in ``state``; the process is killed then."""
    began = time.monotonic()
    pid = parent.start(f"tests.dashboard.services.killed:{function}", home=str(world.settings.home), **arguments)
    reached = 0
    while not reached:
        with UnitOfWork(world.store, BRAND, reading=True) as unit:
            reached = unit.proposals.count(SoughtProposals(TODAY, states=(state,)))
    seconds = time.monotonic() - began
    os.kill(pid, signal.SIGKILL)
    parent.wait(pid)
    return seconds


def test_a_killed_decision_leaves_nothing_half_done(parent: Zygote, unbuilt: World) -> None:
    keep(unbuilt.store, *(a_proposal(f"p{one:03}") for one in range(LINES)))
    seconds = until_done(parent, "decides", unbuilt, State.APPROVED)
    for moment in SPREAD:
        killed(parent, "decides", unbuilt, seconds * moment)
        # Twenty lines or none: a bulk decision is one transaction.
        assert whole(unbuilt)[State.APPROVED] % 20 == 0
    with UnitOfWork(unbuilt.store, BRAND, reading=True) as unit:
        assert unit.audit.head(now=AT).number > 0


def test_a_killed_export_is_released_once_or_not(parent: Zygote, unbuilt: World, tmp_path: Path) -> None:
    """Killed while it releases, tells and writes: a line leaves in one batch, a file is all there or not at all."""
    Identity(unbuilt.store).create_user(
        name="li", display_name="", password="a long password", roles={Role.MERCHANDISER}, grants={ROOT}, now=AT
    )
    keep(unbuilt.store, *(a_proposal(f"p{one:03}", expires_on=date(2999, 1, 1)) for one in range(LINES)))
    folder = tmp_path / "out"
    folder.mkdir()
    seconds = until_done(parent, "exports", unbuilt, State.RELEASED, file=str(folder / "orders"))
    for moment in SPREAD:
        killed(parent, "exports", unbuilt, seconds * moment, file=str(folder / "orders"))
        whole(unbuilt)
    orders, left = li(unbuilt).orders, Counter[str]()
    files = {}
    for file in folder.iterdir():
        if file.suffix != ".part":
            files[json.loads(file.read_bytes())["batch"]] = file.read_bytes()
    batches = [one.batch for one in orders.batches()]
    assert batches
    assert set(files) <= set(batches), "a file of a release that is not there"
    for batch in batches:
        data = orders.take(batch, OrderFormat.JSON, "en")
        assert files.get(batch, data) == data, "the same release, another file"
        assert orders.take(batch, OrderFormat.JSON, "en") == data
        told = json.loads(data)
        left.update(line["proposal"] for order in told["orders"] for line in order["lines"])
    assert set(left.values()) == {1}, "a line that left twice"
    assert len(left) == whole(unbuilt)[State.RELEASED]
