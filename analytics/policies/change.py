"""A change of a policy: who asks for what from when, and who may decide about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from analytics.core.access import Action, Actor
from analytics.core.errors import AccessDenied, DomainError
from analytics.policies.policy import Value
from analytics.policies.registry import policy_named
from analytics.policies.table import InForce


class State(StrEnum):
    """Where a change stands; all but ``PROPOSED`` are final."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Move(StrEnum):
    """What can be decided about a proposed change."""

    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"


DECIDES: Mapping[Move, tuple[State, Action]] = {
    Move.APPROVE: (State.APPROVED, Action.APPROVE_POLICIES),
    Move.REJECT: (State.REJECTED, Action.APPROVE_POLICIES),
    Move.WITHDRAW: (State.WITHDRAWN, Action.CHANGE_POLICIES),
}

FOUND: Mapping[State, str] = {state: f"policy_found_{state.value}" for state in State}
"""What somebody is told who comes too late, by what they find."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants changed: ``value`` for ``key`` from ``valid_from`` on; None: back to the default."""

    policy: str
    key: str | None
    value: Value | None
    valid_from: date
    note: str


@dataclass(frozen=True, slots=True)
class Change:
    """A change as it is kept. Times are UTC; ``since`` and ``rank`` are an approved change's alone.

    ``since``: the day wanted, or the day of approval when that was later, so that no past day is decided anew.
    """

    id: str
    wanted: Wanted
    proposed_by: str
    proposed_name: str
    proposed_at: datetime
    state: State = State.PROPOSED
    version: int = 1
    decided_by: str | None = None
    decided_name: str | None = None
    decided_at: datetime | None = None
    decision_note: str = ""
    since: date | None = None
    rank: int | None = None

    @property
    def in_force(self) -> InForce | None:
        """What it does to the table of policies once it is approved."""
        if self.state is not State.APPROVED or self.since is None or self.rank is None:
            return None
        return InForce(self.wanted.policy, self.wanted.key, self.wanted.value, self.since, self.rank)


def checked(wanted: Wanted, *, today: date) -> Wanted:
    """``wanted`` with everything checked.

    Raises what a bad value or key raises, and DomainError ``policy_retroactive`` or ``policy_note_missing``.
    """
    policy = policy_named(wanted.policy)
    key = policy.checked_key(wanted.key)
    if wanted.value is not None:
        policy.checked(wanted.value)
    if wanted.valid_from < today:
        raise DomainError("policy_retroactive", name=policy.name, day=wanted.valid_from, today=today)
    note = " ".join(wanted.note.split())
    if not note:
        raise DomainError("policy_note_missing", name=policy.name)
    return replace(wanted, key=key, note=note)


def needs_second(wanted: Wanted) -> bool:
    """Whether somebody else has to approve: money hangs on the policy."""
    return policy_named(wanted.policy).money


def decided(change: Change, move: Move, actor: Actor, *, note: str, today: date, at: datetime) -> Change:
    """``change`` after ``actor`` decided; ``rank`` is given by whoever keeps it.

    Raises AccessDenied ``not_allowed``, ``policy_own_change`` or ``policy_others_change``, and DomainError
    ``policy_reason_missing`` or what :func:`found` makes of a change that was decided before.
    """
    state, action = DECIDES[move]
    actor.require(action)
    own = change.proposed_by == actor.user_id
    if move is Move.WITHDRAW and not own:
        raise AccessDenied("policy_others_change", name=change.wanted.policy, by=change.proposed_name)
    if move is not Move.WITHDRAW and own and needs_second(change.wanted):
        raise AccessDenied("policy_own_change", name=change.wanted.policy, user=actor.name)
    if change.state is not State.PROPOSED:
        raise found(change)
    reason = " ".join(note.split())
    if move is Move.REJECT and not reason:
        raise DomainError("policy_reason_missing", name=change.wanted.policy)
    since = max(change.wanted.valid_from, today) if move is Move.APPROVE else None
    return replace(
        change, state=state, version=change.version + 1, decided_by=actor.user_id, decided_name=actor.name,
        decided_at=at, decision_note=reason, since=since,
    )  # fmt: skip


def found(change: Change) -> DomainError:
    """What somebody comes too late for: ``change`` was made or decided after they looked."""
    wanted = change.wanted
    policy = policy_named(wanted.policy)
    value = policy.shown(policy.default if wanted.value is None else wanted.value)
    facts = {
        "name": wanted.policy,
        "whom": f" ({wanted.key})" if wanted.key else "",
        "value": value,
        "note": change.decision_note,
    }
    by = change.decided_name or change.proposed_name
    return DomainError(FOUND[change.state], **facts, by=by, day=change.since or wanted.valid_from)


def version_of(policy: str, changes: Iterable[Change]) -> int:
    """Rises with everything that is asked for or decided about ``policy``: what a person saw has one such number."""
    return sum(change.version for change in changes if change.wanted.policy == policy)


def newest(policy: str, changes: Iterable[Change]) -> Change | None:
    """The change of ``policy`` that was made or decided last."""
    about = (change for change in changes if change.wanted.policy == policy)
    return max(about, key=lambda one: one.decided_at or one.proposed_at, default=None)
