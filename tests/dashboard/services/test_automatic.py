"""Approvals by policy: nothing while the switch is off, inside the limits while it is on, never twice."""

from __future__ import annotations

from decimal import Decimal

import pytest

from analytics.core.access import Role
from analytics.core.errors import AccessDenied
from analytics.decisions.proposal import State
from analytics.decisions.workflow import Move
from analytics.policies.change import Change, Wanted
from analytics.policies.change import State as Stage
from dashboard.services.approval_views import HistoryAsked, QueueAsked, Wish
from data.store.audit import Deed
from data.store.unit_of_work import UnitOfWork
from tests.dashboard.services.deciding import as_, do, get, keep, li, told, unbuilt
from tests.proposals import AT, TODAY, a_proposal
from tests.worlds import BRAND, World

UNDO = Wish(Move.UNDO)
__all__ = ["unbuilt"]


def policy(world: World, name: str, value: bool | Decimal | int) -> None:
    change = Change(name, Wanted(name, None, value, TODAY, "so"), "u1", "root", AT)
    done = Change(name, change.wanted, "u1", "root", AT, Stage.APPROVED, 2, "u2", "two", AT, since=TODAY)
    with UnitOfWork(world.store, BRAND) as unit:
        unit.policies.hold()
        unit.policies.add(change, command_id=name)
        unit.policies.decide(done, command_id=f"{name}+")
        unit.commit()


def propose(world: World) -> None:
    """Two lines as usual, one of them in the sample or not, one flagged; what was usual was approved before."""
    usual = {"quantity": Decimal(10), "proposed": Decimal(10), "reasons": ()}
    keep(
        world.store,
        a_proposal("old", **usual, state=State.RELEASED, decided_at=AT),
        a_proposal("p1", **usual),
        a_proposal("p2", **{**usual, "reasons": ("capacity",)}),
        a_proposal("p3", **{**usual, "sku": "O1"}),
    )


def test_policies_decide_what_needs_no_person(unbuilt: World) -> None:
    propose(unbuilt)
    policy(unbuilt, "decision.auto_audit_share", Decimal(0))
    job = as_(unbuilt, Role.SERVICE, "service:decide").approvals
    off = job.approve_automatically(command_id="c1")
    assert (off.moved, off.left) == ((), {"off": 3})
    policy(unbuilt, "decision.auto_approve", value=True)
    job = as_(unbuilt, Role.SERVICE, "service:decide").approvals
    done = job.approve_automatically(command_id="c2")
    assert [(one.proposal, one.move, one.after) for one in done.moved] == [("p1", Move.AUTO_APPROVE, State.APPROVED)]
    assert done.left == {"flagged": 1, "no_history": 1}
    assert [deed for deed, _, _ in told(unbuilt.store, "p1")] == [Deed.PROPOSAL_AUTO_APPROVED]
    again = job.approve_automatically(command_id="c3")
    assert (again.moved, again.left) == ((), {"flagged": 1, "no_history": 1})
    # A person may take it back, until the release.
    do(li(unbuilt), "p1", 2, UNDO)
    assert get(unbuilt.store, "p1").state is State.PROPOSED


def test_what_a_person_took_back_stays_with_people(unbuilt: World) -> None:
    propose(unbuilt)
    policy(unbuilt, "decision.auto_audit_share", Decimal(0))
    policy(unbuilt, "decision.auto_approve", value=True)
    policy(unbuilt, "decision.auto_daily_budget", Decimal(2_000))
    policy(unbuilt, "decision.auto_amount", Decimal(500))
    job = as_(unbuilt, Role.SERVICE, "service:decide").approvals
    assert len(job.approve_automatically(command_id="c1").moved) == 1
    do(li(unbuilt), "p1", 2, UNDO)
    keep(unbuilt.store, a_proposal("p4", quantity=Decimal(10), proposed=Decimal(10), reasons=()))
    policy(unbuilt, "decision.auto_lines_per_day", 1)
    # The line that was taken back still counts for the day.
    job = as_(unbuilt, Role.SERVICE, "service:decide").approvals
    assert job.approve_automatically(command_id="c2").left == {
        "flagged": 1, "no_history": 1, "touched": 1, "lines": 1,
    }  # fmt: skip


def test_what_was_drawn_for_review_says_so(unbuilt: World) -> None:
    """Lines inside the envelope that a person looks at all the same; a flagged one is looked at anyway."""
    propose(unbuilt)
    policy(unbuilt, "decision.auto_audit_share", Decimal(1))

    def drawn_lines() -> set[str]:
        asked = QueueAsked(states=(State.PROPOSED,))
        return {one.id for one in li(unbuilt).approvals.queue(asked).lines if one.sampled}

    assert drawn_lines() == set(), "nothing is approved without a person"
    policy(unbuilt, "decision.auto_approve", value=True)
    assert drawn_lines() == {"p1", "p3"}
    job = as_(unbuilt, Role.SERVICE, "service:decide").approvals
    assert job.approve_automatically(command_id="c").left == {"flagged": 1, "no_history": 1, "sample": 1}
    assert li(unbuilt).approvals.one("p1").line.sampled
    do(li(unbuilt), "p1", 1, Wish(Move.APPROVE))
    [told_of] = li(unbuilt).approvals.history(HistoryAsked(proposal="p1")).moves
    assert told_of.line.sampled


def test_only_the_service_account_approves_by_policy(unbuilt: World) -> None:
    with pytest.raises(AccessDenied):
        li(unbuilt).approvals.approve_automatically(command_id="c")
