"""Whatever anybody does in whatever order, no proposal comes into a place where it must not be."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from analytics.core.access import ROOT, Actor, Role
from analytics.core.calendar import day_of
from analytics.core.errors import DomainError
from analytics.decisions.proposal import Origin, Proposal, State
from analytics.decisions.reasons import REASONS
from analytics.decisions.workflow import Command, Decided, Move, Moved, Terms, decide
from tests.proposals import AT, TODAY, a_proposal

LIMITS = {"mei": Decimal(3_000), "wu": Decimal(3_000), "an": Decimal(6_000), "bo": Decimal(6_000)}
PEOPLE = {
    name: Actor(name, name, frozenset({role}), frozenset({ROOT}))
    for name, role in {
        "mei": Role.MERCHANDISER, "wu": Role.MERCHANDISER, "an": Role.APPROVER, "bo": Role.APPROVER,
        "dai": Role.DEALER, "job": Role.SERVICE,
    }.items()
}  # fmt: skip
FINAL = {State.CLOSED, State.EXPIRED, State.SUPERSEDED}
SHIPPED = {State.RELEASED, State.RECEIVED, State.CLOSED}


class Ladder(RuleBasedStateMachine):
    """One proposal among people who click what they like, with old and repeated commands, as the days pass."""

    def __init__(self) -> None:
        super().__init__()
        self.past: list[Moved] = []
        self.at = AT

    @initialize(
        origin=st.sampled_from(Origin),
        author=st.sampled_from(["mei", "an", "dai"]),
        cost=st.sampled_from([None, Decimal("1.50"), Decimal(45), Decimal(70)]),
    )
    def asked(self, origin: Origin, author: str, cost: Decimal | None) -> None:
        who = None if origin is Origin.PLAN else author
        self.kept: Proposal = a_proposal(origin=origin, author=who, unit_cost=cost)

    @rule(
        move=st.sampled_from(Move),
        who=st.sampled_from(sorted(PEOPLE)),
        behind=st.sampled_from([0, 0, 0, 0, 1]),
        quantity=st.sampled_from([Decimal(value) for value in (0, 40, 60, 100)]),
        reason=st.sampled_from([None, *REASONS]),
        days=st.integers(0, 9),
    )
    def does(self, move: Move, who: str, behind: int, quantity: Decimal, reason: str | None, days: int) -> None:
        version = self.kept.version - behind
        asked = Command(f"c{len(self.past)}", move, version, quantity, TODAY + timedelta(days), reason, "note")
        before = self.kept
        done = self.attempted(asked, who)
        if isinstance(done, DomainError):
            assert (done.code == "proposal_stale") == (behind > 0)
            return
        assert behind == 0
        self.judge(before, done, who)
        self.past.append(done.moved)
        self.kept = done.proposal

    @rule(which=st.integers(0, 30), who=st.sampled_from(sorted(PEOPLE)))
    def repeats(self, which: int, who: str) -> None:
        if self.past:
            told = self.past[which % len(self.past)]
            again = self.carried_out(Command(told.command_id, told.move, told.version - 1), who)
            assert (again.again, again.moved, again.proposal) == (True, told, self.kept)

    @rule()
    def sleeps(self) -> None:
        self.at += timedelta(days=1)

    def attempted(self, asked: Command, who: str) -> Decided | DomainError:
        try:
            return self.carried_out(asked, who)
        except DomainError as refused:
            return refused

    def carried_out(self, asked: Command, who: str) -> Decided:
        terms = Terms(LIMITS.get(who, Decimal(0)), tuple(self.past))
        return decide(self.kept, asked, PEOPLE[who], terms, at=self.at)

    def judge(self, before: Proposal, done: Decided, who: str) -> None:
        after, moved = done.proposal, done.moved
        assert after.version == before.version + 1 == moved.version
        assert before.state not in FINAL
        assert (moved.before, moved.after) == (before.state, after.state)
        assert not (before.state in SHIPPED and after.state not in SHIPPED)
        rest = done.rest.quantity if done.rest else Decimal(0)
        assert after.quantity + rest == before.quantity or moved.move is Move.EDIT
        assert (done.rest is None) == (moved.move is not Move.SPLIT)
        if moved.move not in {Move.RECEIVE, Move.SETTLE, Move.CLOSE, Move.SUPERSEDE, Move.RELEASE, Move.UNDO}:
            assert (moved.move is Move.EXPIRE) == (day_of(self.at) > before.expires_on)
        assert who != "dai"

    @invariant()
    def approved_by_the_right_people(self) -> None:
        if not hasattr(self, "kept") or self.kept.state not in {State.APPROVED, State.SECOND, *SHIPPED}:
            return
        kept, names = self.kept, self.kept.approved_by
        assert len(set(names)) == len(names) > 0
        assert kept.origin is Origin.PLAN or kept.author not in names
        alone = kept.amount is not None and kept.amount <= LIMITS[names[0]]
        assert len(names) == (1 if alone or kept.state is State.SECOND else 2)
        assert not (alone and kept.state is State.SECOND)
        if len(names) == 2:
            assert names[1] in {"an", "bo"}
            assert kept.amount is None or kept.amount <= LIMITS[names[1]]

    @invariant()
    def told_without_a_gap(self) -> None:
        if hasattr(self, "kept"):
            assert [moved.version for moved in self.past] == list(range(2, self.kept.version + 1))
            assert all(one.after is two.before for one, two in zip(self.past, self.past[1:], strict=False))
            assert self.kept.quantity > 0


Ladder.TestCase.settings = settings(
    max_examples=120, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
TestLadder = Ladder.TestCase
