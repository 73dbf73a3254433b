"""What may happen to a proposal, by whom and under which conditions: a table of moves and one function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from analytics.core.access import Action, Actor
from analytics.core.calendar import HOME_ZONE, day_of
from analytics.core.errors import AccessDenied, DomainError
from analytics.decisions.proposal import OPEN, Proposal, State, standing
from analytics.decisions.reasons import require_reason
from analytics.decisions.splitting import kept_part, rest_of
from analytics.decisions.units import require_units
from analytics.decisions.units import spelled as spelled  # noqa: PLC0414 - part of what workflow says


class Move(StrEnum):
    """What is done to a proposal. Approving one that waits for a second person is that second approval."""

    EDIT = "edit"
    SPLIT = "split"
    APPROVE = "approve"
    REJECT = "reject"
    SNOOZE = "snooze"
    WAKE = "wake"
    UNDO = "undo"
    RELEASE = "release"
    RECEIVE = "receive"
    CLOSE = "close"
    SETTLE = "settle"
    """Nothing more is waited for: all came, or its time is over. Told by the data, not by people."""
    AUTO_APPROVE = "auto_approve"
    """Approved by policy, without a person: see :mod:`analytics.decisions.envelope`."""
    EXPIRE = "expire"
    SUPERSEDE = "supersede"
    REVISE = "revise"
    """A later run of the same plan came to other numbers, and nobody had touched it. No command: plans alone do it."""


_WAITING = {
    Move.EDIT: (State.PROPOSED, Action.DECIDE),
    Move.SPLIT: (State.PROPOSED, Action.DECIDE),
    Move.APPROVE: (State.APPROVED, Action.DECIDE),
    Move.REJECT: (State.REJECTED, Action.DECIDE),
    Move.SNOOZE: (State.SNOOZED, Action.DECIDE),
    Move.EXPIRE: (State.EXPIRED, Action.TEND_PROPOSALS),
}
_SENT = {
    Move.RECEIVE: (State.RECEIVED, Action.TEND_PROPOSALS),
    Move.SETTLE: (State.CLOSED, Action.TEND_PROPOSALS),
    Move.CLOSE: (State.CLOSED, Action.RELEASE),
}
_MOVES: Mapping[State, Mapping[Move, tuple[State, Action]]] = {
    State.PROPOSED: {
        **_WAITING,
        Move.AUTO_APPROVE: (State.APPROVED, Action.TEND_PROPOSALS),
        Move.SUPERSEDE: (State.SUPERSEDED, Action.TEND_PROPOSALS),
    },
    State.SNOOZED: {**_WAITING, Move.WAKE: (State.PROPOSED, Action.DECIDE)},
    State.SECOND: {
        Move.APPROVE: (State.APPROVED, Action.APPROVE_SECOND),
        Move.EDIT: (State.PROPOSED, Action.DECIDE),
        Move.REJECT: (State.REJECTED, Action.DECIDE),
        Move.UNDO: (State.PROPOSED, Action.DECIDE),
        Move.EXPIRE: (State.EXPIRED, Action.TEND_PROPOSALS),
    },
    State.APPROVED: {
        Move.UNDO: (State.PROPOSED, Action.DECIDE),
        Move.RELEASE: (State.RELEASED, Action.RELEASE),
    },
    State.REJECTED: {Move.UNDO: (State.PROPOSED, Action.DECIDE)},
    State.RELEASED: _SENT,
    State.RECEIVED: _SENT,
}
TABLE: Mapping[tuple[State, Move], tuple[State, Action]] = {
    (state, move): outcome for state, moves in _MOVES.items() for move, outcome in moves.items()
}
"""From which state which move leads where, and the right that it demands; anything else is refused."""


@dataclass(frozen=True, slots=True)
class Command:
    """What somebody wants done. ``id`` is minted once per intention: a repeated one is answered as already done.

    ``version``: the one that the person saw. ``quantity``: units wanted (edit), kept (split), or all that came so far
    (receive), the last of it on ``until``. ``until``: the day on which a snoozed proposal comes back, or the order day
    of what is split off. ``reason``: one of
    :data:`REASONS`; ``note``: free words.
    """

    id: str
    move: Move
    version: int
    quantity: Decimal | None = None
    until: date | None = None
    reason: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """One move that happened: history and facts of the audit trail. ``version`` is the one that it made.

    Quantities are units before and after; ``received`` is a receipt's. ``at`` is UTC.
    """

    proposal: str
    version: int
    move: Move
    before: State
    after: State
    quantity_before: Decimal
    quantity_after: Decimal
    by: str
    by_name: str
    at: datetime
    command_id: str
    reason: str | None = None
    note: str | None = None
    received: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """Under what is decided: the actor's amount limit (yuan), what happened to the proposal so far, oldest first, and
    the id of another proposal that took the same need over meanwhile.
    ``inside``: whether it lies inside the envelope of what needs no person.
    """

    limit: Decimal
    past: tuple[Moved, ...] = ()
    replaced_by: str | None = None
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """The proposal after a command, and what happened; ``again``: this very command had been carried out before;
    ``rest``: the new proposal that was split off.
    """

    proposal: Proposal
    moved: Moved
    again: bool = False
    rest: Proposal | None = None


def decide(proposal: Proposal, command: Command, actor: Actor, terms: Terms, *, at: datetime) -> Decided:
    """Carry ``command`` out, at the moment ``at``; nothing is changed in place.

    Raises AccessDenied ``not_allowed``, ``proposal_own`` or ``proposal_second_same``, and DomainError
    ``proposal_stale``, ``proposal_expired``, ``proposal_move_impossible``, ``proposal_above_limit``,
    ``proposal_replaced``, ``proposal_outside_envelope``, ``proposal_quantity_bad``, ``proposal_snooze_bad``,
    ``proposal_split_bad`` or what a bad reason raises.
    """
    done = next((moved for moved in terms.past if moved.command_id == command.id), None)
    if done is not None:
        return Decided(proposal, done, again=True)
    today = day_of(at)
    _require_seen(proposal, command, terms)
    found = standing(proposal, today)
    after, action = _outcome(proposal, found, command.move)
    actor.require(action)
    require_reason(proposal, command.move.value, command.quantity, command.reason, command.note, found=found)
    changed = replace(
        proposal, state=after, version=proposal.version + 1, reason=command.reason, note=command.note, decided_at=at,
        snoozed_until=None,
    )  # fmt: skip
    special = _SPECIAL.get(command.move)
    if special is not None:
        changed = special(_Case(proposal, changed, command, actor, terms, found, today))
    received = command.quantity if command.move is Move.RECEIVE else None
    moved = Moved(
        proposal.id, changed.version, command.move, proposal.state, changed.state, proposal.quantity, changed.quantity,
        actor.user_id, actor.name, at, command.id, command.reason, command.note, received,
    )  # fmt: skip
    until = command.until if command.move is Move.SPLIT else None
    return Decided(changed, moved, rest=None if until is None else rest_of(proposal, changed, until, at))


@dataclass(frozen=True, slots=True)
class _Case:
    """One command on its way; ``changed`` is the proposal as the table has it after the move."""

    proposal: Proposal
    changed: Proposal
    command: Command
    actor: Actor
    terms: Terms
    found: State
    today: date


def _require_seen(proposal: Proposal, command: Command, terms: Terms) -> None:
    if command.version == proposal.version:
        return
    since = [moved for moved in terms.past if moved.version > command.version]
    raise DomainError(
        "proposal_stale",
        id=proposal.id,
        seen=command.version,
        version=proposal.version,
        state_before=since[0].before if since else proposal.state,
        state=proposal.state,
        quantity_before=spelled(since[0].quantity_before if since else proposal.quantity),
        quantity=spelled(proposal.quantity),
        by=since[-1].by_name if since else "",
        at=f"{(since[-1].at if since else proposal.made_at).astimezone(HOME_ZONE):%Y-%m-%d %H:%M}",
    )


def _outcome(proposal: Proposal, found: State, move: Move) -> tuple[State, Action]:
    if move is Move.EXPIRE and found is State.EXPIRED and proposal.state in OPEN:
        return TABLE[proposal.state, move]
    if move is not Move.EXPIRE and (found, move) in TABLE:
        return TABLE[found, move]
    if found is State.EXPIRED:
        raise DomainError("proposal_expired", id=proposal.id, day=proposal.expires_on)
    raise DomainError("proposal_move_impossible", id=proposal.id, state=found, move=move)


def _edited(case: _Case) -> Proposal:
    wanted = require_units(case.proposal.id, case.command.quantity)
    if wanted == case.proposal.quantity:
        raise DomainError("proposal_quantity_same", id=case.proposal.id, quantity=spelled(wanted))
    return replace(case.changed, quantity=wanted, approved_by=())


def _split(case: _Case) -> Proposal:
    return kept_part(case.proposal, case.changed, case.command.quantity, case.command.until, case.today)


def _approved(case: _Case) -> Proposal:
    """Approved, or one step short of it where the amount is above the person's limit.

    An amount that nobody knows is above every limit of one person alone; a second one may still agree, for else a
    firm that knows no costs could order nothing.
    """
    before, actor, amount = case.proposal, case.actor, case.proposal.amount
    if before.author == actor.user_id:
        raise AccessDenied("proposal_own", id=before.id, user=actor.name)
    if actor.user_id in before.approved_by:
        raise AccessDenied("proposal_second_same", id=before.id, user=actor.name)
    within = amount is not None and amount <= case.terms.limit
    by = (*before.approved_by, actor.user_id)
    if case.found is State.SECOND:
        if amount is not None and not within:
            raise DomainError("proposal_above_limit", id=before.id, amount=amount, limit=case.terms.limit)
        return replace(case.changed, approved_by=by)
    return replace(case.changed, state=State.APPROVED if within else State.SECOND, approved_by=by)


def _approved_by_policy(case: _Case) -> Proposal:
    if not case.terms.inside:
        raise DomainError("proposal_outside_envelope", id=case.proposal.id)
    return replace(case.changed, approved_by=(case.actor.user_id,))


def _snoozed(case: _Case) -> Proposal:
    until = case.command.until
    if until is None or not case.today < until <= case.proposal.expires_on:
        raise DomainError(
            "proposal_snooze_bad", id=case.proposal.id, day=until or "", today=case.today, last=case.proposal.expires_on
        )
    return replace(case.changed, snoozed_until=until)


def _undone(case: _Case) -> Proposal:
    """Open again, unless its time is over or a later proposal took the need over."""
    if case.proposal.expires_on < case.today:
        raise DomainError("proposal_expired", id=case.proposal.id, day=case.proposal.expires_on)
    if case.proposal.state is State.REJECTED and case.terms.replaced_by is not None:
        raise DomainError("proposal_replaced", id=case.proposal.id, other=case.terms.replaced_by)
    return replace(case.changed, approved_by=())


def _received(case: _Case) -> Proposal:
    if case.command.quantity is None or not case.command.quantity.is_finite() or case.command.quantity < 0:
        raise DomainError("proposal_quantity_bad", id=case.proposal.id, quantity=case.command.quantity)
    return replace(case.changed, received=case.command.quantity, received_on=case.command.until)


_SPECIAL: Mapping[Move, Callable[[_Case], Proposal]] = {
    Move.EDIT: _edited,
    Move.SPLIT: _split,
    Move.APPROVE: _approved,
    Move.AUTO_APPROVE: _approved_by_policy,
    Move.SNOOZE: _snoozed,
    Move.UNDO: _undone,
    Move.RECEIVE: _received,
}
