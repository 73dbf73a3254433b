"""However many decide at once, one wins and the trail tells of one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

from analytics.core.access import ROOT, Actor, Role
from analytics.decisions.workflow import Move
from dashboard.composition import services_as
from dashboard.services.approval_views import Wish
from dashboard.settings import settings_from
from data.store.audit import Inspection
from data.store.engine import Store
from data.store.unit_of_work import UnitOfWork
from tests.dashboard.services.deciding import (
    APPROVE,
    keep,
)
from tests.proposals import AT, a_proposal
from tests.worlds import BRAND

THREADS, LINES, TIMES = 12, 200, 6


def test_one_wins_and_one_event_tells_of_it(store: Store, tmp_path: Path) -> None:
    """Twelve threads decide two hundred proposals, each many times at once, alone and in bulk."""
    keep(store, *(a_proposal(f"p{number:03}") for number in range(LINES)))
    people = {f"u-{number}": Actor(f"u-{number}", f"u-{number}", frozenset({Role.MERCHANDISER}), frozenset({ROOT}))
              for number in range(THREADS)}  # fmt: skip
    settings = settings_from({"WATERLINE_HOME": str(tmp_path)})
    wishes = [APPROVE, Wish(Move.REJECT, reason="budget"), Wish(Move.EDIT, quantity=Decimal(60), reason="budget")]

    def works(number: int) -> tuple[int, set[str]]:
        actor = people[f"u-{number}"]
        mine = services_as(settings, store, lambda: actor, clock=lambda: AT).approvals
        won, codes = 0, set()
        for turn in range(TIMES):
            # Everybody goes over all lines, in pieces that begin elsewhere: the pieces of two people overlap.
            ids = [f"p{(one * LINES // TIMES + turn * 7 + number) % LINES:03}" for one in range(TIMES)]
            whole = [f"p{one:03}" for one in range(turn, LINES, TIMES)]
            for part in (ids[:1], ids, whole):
                done = mine.decide_many([(id, 1) for id in part], wishes[(number + turn) % 3], command_id=uuid4().hex)
                won += len(done.moved)
                codes |= {one.error.code for one in done.refused}
        return won, codes

    with ThreadPoolExecutor(THREADS) as pool:
        results = list(pool.map(works, range(THREADS)))
    assert sum(won for won, _ in results) == LINES
    assert set().union(*(codes for _, codes in results)) == {"proposal_stale"}
    with UnitOfWork(store, BRAND, reading=True) as unit:
        events = [event for chunk in unit.audit.chunks() for event in chunk]
        pasts = unit.proposals.pasts([f"p{number:03}" for number in range(LINES)])
    about = [event.subject_id for event in events if event.subject_kind == "proposal"]
    assert sorted(about) == sorted(pasts) == [f"p{number:03}" for number in range(LINES)]
    assert {len(past) for past in pasts.values()} == {1}
    inspection = Inspection({})
    inspection.take(events)
    assert inspection.findings() == ()
