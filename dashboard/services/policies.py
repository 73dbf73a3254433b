"""Policies as people see and change them; rules ask :attr:`Desk.policies` instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import uuid4

from analytics.core.access import ROOT, Action, Actor
from analytics.core.calendar import day_of
from analytics.policies.change import (
    DECIDES,
    Change,
    Move,
    State,
    Wanted,
    checked,
    decided,
    found,
    needs_second,
    newest,
    version_of,
)
from analytics.policies.order import require_order
from analytics.policies.policy import KNOWN_KEYS, Keys, Policy, Value
from analytics.policies.reading import written
from analytics.policies.registry import POLICIES, policy_named
from analytics.policies.table import InForce, PolicyTable, policy_table
from dashboard.services.desk import Desk
from dashboard.services.policy_effects import Evidence, Question, categories, effects_of
from dashboard.services.policy_views import Done, Held, PolicyList, Preview, Standing
from dashboard.services.use_case import UseCase, reads
from data.store.audit import Deed, Subject
from data.store.audit_trail import Audit
from data.store.policies import PolicyChanges

_DEEDS: Mapping[Move, Deed] = {
    Move.APPROVE: Deed.POLICY_APPROVED,
    Move.REJECT: Deed.POLICY_REJECTED,
    Move.WITHDRAW: Deed.POLICY_WITHDRAWN,
}


class Work(Evidence, Protocol):
    """The part of a unit of work that policies need."""

    @property
    def policies(self) -> PolicyChanges: ...

    @property
    def audit(self) -> Audit: ...

    def commit(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Units:
    """Units of work in an actor's scope, opened by :mod:`dashboard.composition`."""

    reading: Callable[[Actor], AbstractContextManager[Work]]
    writing: Callable[[Actor], AbstractContextManager[Work]]


class Policies(UseCase):
    """Use case of ``admin/policies``; each call demands its right again."""

    def __init__(self, desk: Desk, units: Units, clock: Callable[[], datetime]) -> None:
        self._desk = desk
        self._units = units
        self._clock = clock

    @reads
    def value(self, name: str, key: str | None = None, as_of: date | None = None) -> Value:
        """The value in force on a day, today by default.

        Raises AccessDenied, and DomainError ``policy_unknown``, ``policy_not_keyed`` or ``policy_key_unknown``.
        """
        self._desk.actor(Action.SEE_POLICIES)
        return self._desk.policies().value(name, key, as_of=as_of or self._today())

    @reads
    def all(self, as_of: date | None = None) -> PolicyList:
        """Every policy as of a day, today by default, with its history: that is head office's and empty for others."""
        actor = self._desk.actor(Action.SEE_POLICIES)
        with self._units.reading(actor) as unit:
            table = unit.policies.table(unit.policies.number())
            changes = unit.policies.all() if ROOT in actor.scope.anchors else []
        today = self._today()
        day = as_of or today
        return PolicyList(
            day=day,
            today=today,
            number=table.number,
            standings=tuple(_standing(policy, table, changes, day) for policy in POLICIES),
            asker=actor.user_id,
            may_change=actor.may(Action.CHANGE_POLICIES),
            may_approve=actor.may(Action.APPROVE_POLICIES),
        )

    @reads
    def preview(self, wanted: Wanted) -> Preview:
        """What a change would do, before anybody asks for it; raises what :meth:`propose` raises."""
        actor = self._desk.actor(Action.SEE_POLICIES)
        right = checked(wanted, today=self._today())
        with self._units.reading(actor) as unit:
            changes = unit.policies.all()
            table = unit.policies.table(unit.policies.number())
            after = _with(table, right, since=right.valid_from)
            require_order(after, right.policy, since=right.valid_from)
            asked = Question(right, table, after, self._clock())
            effects = effects_of(asked, unit, self._desk)
        later = [one for one in table.changes.get((right.policy, right.key), ()) if one.since > right.valid_from]
        policy = policy_named(right.policy)
        return Preview(
            wanted=right,
            before=table.value(right.policy, right.key, as_of=right.valid_from),
            after=after.value(right.policy, right.key, as_of=right.valid_from),
            until=min((one.since for one in later), default=None),
            untouched=_own_keys(policy, table, right.valid_from) if right.key is None else (),
            second=needs_second(right),
            used_by=policy.used_by,
            effects=effects,
            seen=version_of(right.policy, changes),
        )

    @reads
    def keys(self, name: str) -> tuple[str, ...]:
        """Keys that the policy can differ by, as far as roles, criteria and the data name them."""
        actor = self._desk.actor(Action.SEE_POLICIES)
        policy = policy_named(name)
        if policy.keyed_by is Keys.SOURCE and ROOT in actor.scope.anchors:
            with self._units.reading(actor) as unit:
                return tuple(sorted({load.source for load in unit.loads.all()}))
        if policy.keyed_by is Keys.CATEGORY:
            return categories(self._desk)
        return KNOWN_KEYS.get(policy.keyed_by, ())

    def propose(self, wanted: Wanted, *, seen: int, command_id: str) -> Done:
        """Ask for a change; one on which no money hangs is in force with that.

        ``seen`` is what :class:`Standing` or :class:`Preview` gave. Raises AccessDenied, what a bad value, key, day or
        note raises, DomainError ``policy_order``, or ``policy_found_…`` when somebody changed the policy meanwhile.
        """
        actor = self._desk.actor(Action.CHANGE_POLICIES)
        now = self._clock()
        with self._units.writing(actor) as unit:
            unit.policies.hold()
            before = unit.policies.commanded(command_id)
            if before is not None:
                return Done(before, again=True)
            right = checked(wanted, today=day_of(now))
            _require_seen(right.policy, seen, unit.policies.all())
            table = unit.policies.table(unit.policies.number())
            require_order(_with(table, right, since=right.valid_from), right.policy, since=right.valid_from)
            change = Change(uuid4().hex, right, actor.user_id, actor.name, now)
            unit.policies.add(change, command_id=command_id)
            deed = Deed.POLICY_PROPOSED
            if not needs_second(right):
                alone = decided(change, Move.APPROVE, actor, note="", today=day_of(now), at=now)
                change, deed = unit.policies.decide(alone, command_id=f"{command_id}+"), Deed.POLICY_SET
            unit.audit.append(actor, deed, _subject(change), _facts(change, table), at=now)
            unit.commit()
        return Done(change)

    def approve(self, change: str, *, seen: int, command_id: str, note: str = "") -> Done:
        """Let a change take effect, on the day wanted or today if that is over.

        Raises AccessDenied ``policy_own_change`` for whoever asked for it, DomainError ``policy_found_…`` when the
        policy is no longer what the approver saw, and ``policy_order``.
        """
        return self._decide(change, Move.APPROVE, note, command_id, seen=seen)

    def reject(self, change: str, *, command_id: str, note: str) -> Done:
        """Refuse a change and say why; raises what :meth:`approve` raises and DomainError ``policy_reason_missing``."""
        return self._decide(change, Move.REJECT, note, command_id)

    def withdraw(self, change: str, *, command_id: str, note: str = "") -> Done:
        """Take an own change back that nobody decided about yet."""
        return self._decide(change, Move.WITHDRAW, note, command_id)

    def _decide(self, id: str, move: Move, note: str, command_id: str, *, seen: int | None = None) -> Done:
        actor = self._desk.actor(DECIDES[move][1])
        now = self._clock()
        with self._units.writing(actor) as unit:
            unit.policies.hold()
            before = unit.policies.commanded(command_id)
            if before is not None:
                return Done(before, again=True)
            table = unit.policies.table(unit.policies.number())
            change = decided(unit.policies.get(id), move, actor, note=note, today=day_of(now), at=now)
            if seen is not None:
                _require_seen(change.wanted.policy, seen, unit.policies.all())
            if change.since is not None:
                require_order(_with(table, change.wanted, since=change.since), change.wanted.policy, since=change.since)
            kept = unit.policies.decide(change, command_id=command_id)
            unit.audit.append(actor, _DEEDS[move], _subject(kept), _facts(kept, table), at=now)
            unit.commit()
        return Done(kept)

    def _today(self) -> date:
        return day_of(self._clock())


def _require_seen(policy: str, seen: int, changes: Sequence[Change]) -> None:
    last = newest(policy, changes)
    if last is not None and version_of(policy, changes) != seen:
        raise found(last)


def _with(table: PolicyTable, wanted: Wanted, *, since: date) -> PolicyTable:
    """``table`` as if ``wanted`` were approved now."""
    more = InForce(wanted.policy, wanted.key, wanted.value, since, table.number + 1)
    return policy_table((*(one for group in table.changes.values() for one in group), more), number=table.number + 1)


def _own_keys(policy: Policy, table: PolicyTable, day: date) -> tuple[str, ...]:
    changed = {key for name, key in table.changes if name == policy.name and key is not None}
    held = {key for key in changed if _value_of(table.changed(policy.name, key, as_of=day)) is not None}
    return tuple(sorted({*policy.by_key, *held}))


def _value_of(change: InForce | None) -> Value | None:
    return None if change is None else change.value


def _standing(policy: Policy, table: PolicyTable, changes: Iterable[Change], day: date) -> Standing:
    about = tuple(change for change in changes if change.wanted.policy == policy.name)
    by_rank = {change.rank: change for change in about if change.rank is not None}

    def held(key: str | None) -> Held:
        behind = table.changed(policy.name, key, as_of=day)
        brought = by_rank.get(behind.rank) if behind is not None else None
        return Held(key, table.value(policy.name, key, as_of=day), brought)

    coming = [change for change in about if change.since is not None and change.since > day]
    return Standing(
        policy=policy,
        common=held(None),
        own=tuple(held(key) for key in _own_keys(policy, table, day)),
        coming=tuple(sorted(coming, key=lambda one: (one.since or day, one.rank or 0))),
        waiting=tuple(change for change in about if change.state is State.PROPOSED),
        history=about,
        seen=version_of(policy.name, about),
    )


def _subject(change: Change) -> Subject:
    return Subject("policy", change.wanted.policy)


def _facts(change: Change, table: PolicyTable) -> dict[str, object]:
    """What the trail keeps: what was in force before, what is wanted, and what became of it."""
    wanted = change.wanted
    day = change.since or wanted.valid_from
    return {
        "change": change.id,
        "key": wanted.key,
        "before": written(table.value(wanted.policy, wanted.key, as_of=day)),
        "value": None if wanted.value is None else written(wanted.value),
        "valid_from": wanted.valid_from.isoformat(),
        "since": change.since.isoformat() if change.since else None,
        "state": change.state.value,
        "note": wanted.note,
        "decision_note": change.decision_note,
        "proposed_by": change.proposed_name,
    }
