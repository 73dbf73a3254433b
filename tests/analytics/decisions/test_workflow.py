"""Every state, move and role, and every rule that refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from analytics.core.access import ROOT, Actor, Role
from analytics.core.errors import AccessDenied, DomainError
from analytics.decisions.proposal import OPEN, Kind, Origin, Proposal, State, standing
from analytics.decisions.reasons import LONGEST_NOTE, REASONS
from analytics.decisions.workflow import Command, Decided, Move, Moved, Terms, decide, spelled
from tests.proposals import AT, TODAY, a_proposal

ENOUGH = Terms(limit=Decimal(50_000), inside=True)
NOTHING = Terms(limit=Decimal(0))

LADDER = """
proposed  edit      proposed    merchandiser approver
proposed  approve   approved    merchandiser approver
proposed  reject    rejected    merchandiser approver
proposed  snooze    snoozed     merchandiser approver
proposed  auto_approve approved service
proposed  supersede superseded  service
proposed  split     proposed    merchandiser approver
snoozed   split     proposed    merchandiser approver
snoozed   edit      proposed    merchandiser approver
snoozed   approve   approved    merchandiser approver
snoozed   reject    rejected    merchandiser approver
snoozed   snooze    snoozed     merchandiser approver
snoozed   wake      proposed    merchandiser approver
second    approve   approved    approver
second    edit      proposed    merchandiser approver
second    reject    rejected    merchandiser approver
second    undo      proposed    merchandiser approver
approved  undo      proposed    merchandiser approver
approved  release   released    merchandiser approver
rejected  undo      proposed    merchandiser approver
released  receive   received    service
released  close     closed      merchandiser approver
released  settle    closed      service
received  receive   received    service
received  settle    closed      service
received  close     closed      merchandiser approver
"""
"""What SPEC says, written out once more: from, move, to, and who may. Expiry has tests of its own."""
STEPS = {
    (State(before), Move(move)): (State(after), {Role(role) for role in roles})
    for before, move, after, *roles in (line.split() for line in LADDER.split("\n") if line)
}


def somebody(role: Role = Role.MERCHANDISER, name: str = "li") -> Actor:
    return Actor(f"u-{name}", name, frozenset({role}), frozenset({ROOT}))


def command(move: Move, version: int = 1, **more: Any) -> Command:
    """A command with all that its move needs."""
    all_needed: dict[Move, dict[str, Any]] = {
        Move.EDIT: {"quantity": Decimal(60), "reason": "budget"},
        Move.SPLIT: {"quantity": Decimal(60), "until": TODAY + timedelta(days=4)},
        Move.REJECT: {"reason": "delisting"},
        Move.SNOOZE: {"until": TODAY + timedelta(days=2)},
        Move.RECEIVE: {"quantity": Decimal(98), "until": TODAY},
        Move.CLOSE: {"reason": "supplier"},
    }
    return Command(f"c-{move}", move, version, **{**all_needed.get(move, {}), **more})


def standing_in(state: State) -> Proposal:
    snoozed = TODAY + timedelta(days=1) if state is State.SNOOZED else None
    return a_proposal(state=state, snoozed_until=snoozed, approved_by=("u-first",) if state is State.SECOND else ())


def code(call: Any, kind: type[DomainError] = DomainError) -> str:
    with pytest.raises(kind) as refused:
        call()
    return refused.value.code


def approve(proposal: Proposal, actor: Actor, terms: Terms = ENOUGH, version: int | None = None) -> Decided:
    seen = proposal.version if version is None else version
    return decide(proposal, Command(f"ok {actor.user_id}", Move.APPROVE, seen), actor, terms, at=AT)


@pytest.mark.parametrize("state", State)
def test_every_state_move_and_role(state: State) -> None:
    proposal = standing_in(state)
    for move, role in product(Move, Role):
        told = STEPS.get((state, move))

        def asked(move: Move = move, role: Role = role) -> Decided:
            return decide(proposal, command(move), somebody(role), ENOUGH, at=AT)

        if told is None:
            refused = "proposal_expired" if state is State.EXPIRED else "proposal_move_impossible"
            assert code(asked) == refused, (move, role)
        elif role not in told[1]:
            assert code(asked, AccessDenied) == "not_allowed", (move, role)
        else:
            done = asked()
            assert (done.proposal.state, done.proposal.version, done.again) == (told[0], 2, False)
            assert (done.moved.before, done.moved.after, done.moved.move) == (state, told[0], move)
            assert (done.moved.by, done.moved.by_name, done.moved.at) == ("u-li", "li", AT)


@pytest.mark.parametrize("state", sorted(OPEN))
def test_what_nobody_decided_expires_and_only_then(state: State) -> None:
    kept, service = standing_in(state), somebody(Role.SERVICE)
    last = datetime.fromisoformat("2026-03-08T23:59:59+08:00")
    late = last + timedelta(seconds=1)
    assert (standing(kept, date(2026, 3, 8)) in OPEN, standing(kept, date(2026, 3, 9))) == (True, State.EXPIRED)
    assert code(lambda: decide(kept, command(Move.EXPIRE), service, ENOUGH, at=last)) == "proposal_move_impossible"
    assert decide(kept, command(Move.EXPIRE), service, ENOUGH, at=late).proposal.state is State.EXPIRED
    for move in (Move.APPROVE, Move.EDIT, Move.REJECT):
        assert code(lambda move=move: decide(kept, command(move), somebody(), ENOUGH, at=late)) == "proposal_expired"
    assert code(lambda: decide(kept, command(Move.EXPIRE), somebody(), ENOUGH, at=late), AccessDenied) == "not_allowed"


@pytest.mark.parametrize("state", sorted(set(State) - OPEN))
def test_what_was_decided_never_expires(state: State) -> None:
    assert standing(standing_in(state), date(2027, 1, 1)) is state


def test_what_was_put_off_comes_back_on_its_day() -> None:
    kept = standing_in(State.SNOOZED)
    assert standing(kept, TODAY) is State.SNOOZED
    assert standing(kept, TODAY + timedelta(days=1)) is State.PROPOSED
    woken = decide(kept, command(Move.WAKE), somebody(), ENOUGH, at=AT).proposal
    assert (woken.state, woken.snoozed_until) == (State.PROPOSED, None)


@pytest.mark.parametrize("until", [None, TODAY, TODAY - timedelta(days=1), date(2026, 3, 9)])
def test_a_proposal_is_put_off_to_a_day_before_it_expires(until: date | None) -> None:
    asked = command(Move.SNOOZE, until=until)
    assert code(lambda: decide(a_proposal(), asked, somebody(), ENOUGH, at=AT)) == "proposal_snooze_bad"
    last = decide(a_proposal(), command(Move.SNOOZE, until=date(2026, 3, 8)), somebody(), ENOUGH, at=AT)
    assert last.proposal.snoozed_until == date(2026, 3, 8)


@pytest.mark.parametrize("origin", [Origin.REQUEST, Origin.MANUAL])
def test_nobody_approves_an_own_line(origin: Origin) -> None:
    own = a_proposal(origin=origin, author="u-li")
    assert code(lambda: approve(own, somebody()), AccessDenied) == "proposal_own"
    assert approve(own, somebody(name="wang")).proposal.state is State.APPROVED
    second = replace(own, state=State.SECOND, approved_by=("u-wang",))
    assert code(lambda: approve(second, somebody(Role.APPROVER)), AccessDenied) == "proposal_own"


def test_the_limit_is_reached_at_the_very_cent_and_passed_above() -> None:
    li = somebody()
    assert a_proposal().amount == Decimal("4525.00")
    assert approve(a_proposal(), li, Terms(Decimal("4525.00"))).proposal.state is State.APPROVED
    short = approve(a_proposal(), li, Terms(Decimal("4524.99"))).proposal
    assert (short.state, short.approved_by) == (State.SECOND, ("u-li",))


def test_the_second_is_another_person_within_the_own_limit() -> None:
    first = approve(a_proposal(), somebody(Role.APPROVER, "li"), NOTHING).proposal
    same = somebody(Role.APPROVER, "li")
    assert code(lambda: approve(first, same), AccessDenied) == "proposal_second_same"
    other = somebody(Role.APPROVER, "chen")
    assert code(lambda: approve(first, other, NOTHING)) == "proposal_above_limit"
    agreed = approve(first, other)
    assert (agreed.proposal.state, agreed.proposal.approved_by) == (State.APPROVED, ("u-li", "u-chen"))
    assert agreed.moved.before is State.SECOND


def test_an_unknown_amount_is_above_every_limit_of_one_person_alone() -> None:
    unknown = a_proposal(unit_cost=None)
    first = approve(unknown, somebody(), Terms(Decimal("1e12"))).proposal
    assert first.state is State.SECOND
    assert approve(first, somebody(Role.APPROVER, "chen")).proposal.state is State.APPROVED


def test_the_limit_looks_at_the_edited_quantity() -> None:
    terms = Terms(Decimal(3_000))
    edited = decide(a_proposal(), command(Move.EDIT), somebody(), terms, at=AT).proposal
    assert (edited.quantity, edited.proposed, edited.amount) == (Decimal(60), Decimal(100), Decimal("2715.00"))
    assert approve(edited, somebody(), terms).proposal.state is State.APPROVED
    assert approve(a_proposal(), somebody(), terms).proposal.state is State.SECOND


def test_an_edit_takes_a_first_approval_back() -> None:
    first = approve(a_proposal(), somebody(), NOTHING).proposal
    edited = decide(first, command(Move.EDIT, 2), somebody(Role.APPROVER, "chen"), ENOUGH, at=AT).proposal
    assert (edited.state, edited.approved_by) == (State.PROPOSED, ())


@pytest.mark.parametrize("wanted", [None, "0", "-1", "NaN", "Infinity", "1e9", "0.0005"])
def test_a_quantity_that_cannot_be_ordered_is_refused(wanted: str | None) -> None:
    asked = command(Move.EDIT, quantity=None if wanted is None else Decimal(wanted))
    assert code(lambda: decide(a_proposal(), asked, somebody(), ENOUGH, at=AT)) == "proposal_quantity_bad"


def test_an_edit_that_changes_nothing_is_refused_and_the_own_quantity_of_the_system_needs_no_reason() -> None:
    same = command(Move.EDIT, quantity=Decimal("100.000"), reason=None)
    assert code(lambda: decide(a_proposal(), same, somebody(), ENOUGH, at=AT)) == "proposal_quantity_same"
    edited = a_proposal(quantity=Decimal(60))
    assert decide(edited, same, somebody(), ENOUGH, at=AT).proposal.quantity == 100


@pytest.mark.parametrize(
    ("state", "move"),
    [(State.PROPOSED, Move.EDIT), (State.PROPOSED, Move.REJECT), (State.SECOND, Move.REJECT),
     (State.RELEASED, Move.CLOSE), (State.RECEIVED, Move.CLOSE)],
)  # fmt: skip
def test_overrides_rejections_and_write_offs_say_why(state: State, move: Move) -> None:
    def told(**more: Any) -> str:
        return code(lambda: decide(standing_in(state), command(move, **more), somebody(), ENOUGH, at=AT))

    assert told(reason=None) == "proposal_reason_missing"
    assert told(reason="because") == "proposal_reason_unknown"
    assert told(reason="other") == told(reason="other", note="  ") == "proposal_note_missing"
    assert told(note="x" * (LONGEST_NOTE + 1)) == "proposal_note_long"
    for reason in REASONS:
        done = decide(standing_in(state), command(move, reason=reason, note="so"), somebody(), ENOUGH, at=AT)
        assert (done.proposal.reason, done.moved.reason, done.moved.note) == (reason, reason, "so")


def test_an_approval_needs_no_reason_and_a_receipt_ends_without_one() -> None:
    assert approve(a_proposal(), somebody()).proposal.reason is None
    ended = decide(
        a_proposal(state=State.RECEIVED), command(Move.SETTLE, reason=None), somebody(Role.SERVICE), ENOUGH, at=AT
    )
    assert ended.proposal.state is State.CLOSED


def a_move(version: int, before: Decimal, after: Decimal, **more: Any) -> Moved:
    told = {"reason": "budget", **more}
    return Moved(
        "p1", version, Move.EDIT, State.PROPOSED, State.PROPOSED, before, after, "u-wang", f"wang-{version}",
        AT + timedelta(minutes=version), f"c-{version}", **told,
    )  # fmt: skip


def test_a_stale_decision_is_refused_with_what_changed() -> None:
    past = (a_move(2, Decimal(100), Decimal(80)), a_move(3, Decimal(80), Decimal("72.500")))
    now = a_proposal(version=3, quantity=Decimal("72.500"), state=State.REJECTED)
    with pytest.raises(DomainError) as refused:
        approve(now, somebody(), Terms(Decimal(9_999), past), version=2)
    assert refused.value.code == "proposal_stale"
    assert refused.value.facts == {
        "id": "p1", "seen": 2, "version": 3, "state_before": State.PROPOSED, "state": State.REJECTED,
        "quantity_before": "80", "quantity": "72.5", "by": "wang-3", "at": "2026-03-01 12:03",
    }  # fmt: skip
    # A version that does not exist yet is no better.
    assert code(lambda: approve(now, somebody(), Terms(Decimal(9_999), past), version=4)) == "proposal_stale"


def test_a_stale_decision_is_told_before_the_right_is_asked_for() -> None:
    """Whoever comes late learns that first: what they may do now depends on what stands now."""
    assert code(lambda: approve(a_proposal(version=2), somebody(Role.DEALER), version=1)) == "proposal_stale"


def test_a_repeated_command_is_answered_as_already_done() -> None:
    done = approve(a_proposal(), somebody())
    terms = Terms(Decimal(0), (done.moved,))
    again = decide(done.proposal, Command(done.moved.command_id, Move.APPROVE, 1), somebody(), terms, at=AT)
    assert (again.again, again.moved, again.proposal) == (True, done.moved, done.proposal)


def test_undo_opens_again_until_the_release() -> None:
    for state in (State.APPROVED, State.REJECTED, State.SECOND):
        kept = a_proposal(state=state, approved_by=("u-li",), reason="budget")
        undone = decide(kept, command(Move.UNDO), somebody(), ENOUGH, at=AT).proposal
        assert (undone.state, undone.approved_by, undone.reason) == (State.PROPOSED, (), None)
    late = AT + timedelta(days=9)
    gone = a_proposal(state=State.APPROVED)
    assert code(lambda: decide(gone, command(Move.UNDO), somebody(), ENOUGH, at=late)) == "proposal_expired"


def test_nothing_outside_the_envelope_is_approved_without_a_person() -> None:
    asked, service = command(Move.AUTO_APPROVE), somebody(Role.SERVICE)
    assert code(lambda: decide(a_proposal(), asked, service, NOTHING, at=AT)) == "proposal_outside_envelope"
    assert decide(a_proposal(), asked, service, ENOUGH, at=AT).proposal.approved_by == ("u-li",)


def test_a_rejection_is_not_undone_where_another_proposal_took_the_need_over() -> None:
    replaced = Terms(Decimal(9_999), replaced_by="q1")
    rejected, approved = a_proposal(state=State.REJECTED), a_proposal(state=State.APPROVED)
    assert code(lambda: decide(rejected, command(Move.UNDO), somebody(), replaced, at=AT)) == "proposal_replaced"
    assert decide(approved, command(Move.UNDO), somebody(), replaced, at=AT).proposal.state is State.PROPOSED


def test_a_receipt_keeps_what_came_beside_what_was_ordered() -> None:
    released, service = a_proposal(state=State.RELEASED), somebody(Role.SERVICE)
    done = decide(released, command(Move.RECEIVE), service, ENOUGH, at=AT)
    assert (done.moved.received, done.proposal.quantity) == (Decimal(98), Decimal(100))
    assert (done.proposal.received, done.proposal.received_on) == (Decimal(98), TODAY)
    assert decide(released, command(Move.RECEIVE, quantity=Decimal(0)), service, ENOUGH, at=AT).moved.received == 0
    for bad in (None, Decimal(-1), Decimal("NaN")):
        asked = command(Move.RECEIVE, quantity=bad)
        assert code(lambda asked=asked: decide(released, asked, service, ENOUGH, at=AT)) == "proposal_quantity_bad"


def test_a_decision_leaves_the_evidence_and_the_systems_quantity_alone() -> None:
    kept = a_proposal(kind=Kind.TRANSFER)
    for move in (Move.EDIT, Move.APPROVE, Move.REJECT, Move.SNOOZE):
        done = decide(kept, command(move), somebody(), ENOUGH, at=AT).proposal
        assert (done.evidence, done.proposed, done.kind, done.source) == (
            kept.evidence, kept.proposed, kept.kind, kept.source,
        )  # fmt: skip


def test_units_are_spelled_as_people_write_them() -> None:
    assert [spelled(Decimal(one)) for one in ("0.500", "1E+3", "12")] == ["0.5", "1000", "12"]
