"""What is in force on a day: the registry's values under the changes that were approved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from analytics.core.errors import DomainError
from analytics.policies.policy import Value
from analytics.policies.registry import policy_named


@dataclass(frozen=True, slots=True)
class InForce:
    """An approved change: ``value`` holds from the day ``since``; None returns to what the product brings.

    ``rank`` counts approvals: of two changes for one day the later approved wins.
    """

    policy: str
    key: str | None
    value: Value | None
    since: date
    rank: int


@dataclass(frozen=True, slots=True)
class PolicyTable:
    """Every policy on every day. ``number``: how many changes were approved when it was made; part of cache keys."""

    number: int
    changes: Mapping[tuple[str, str | None], tuple[InForce, ...]]
    """By policy and key, the one that wins last."""

    def value(self, name: str, key: str | None = None, *, as_of: date) -> Value:
        """The value in force on the day ``as_of``; what was set for ``key`` beats what was set for all.

        Raises DomainError ``policy_unknown``, ``policy_not_keyed`` or ``policy_key_unknown``.
        """
        policy = policy_named(name)
        own = policy.checked_key(key)
        if own is not None:
            changed = self.changed(name, own, as_of=as_of)
            if changed is not None and changed.value is not None:
                return changed.value
            if own in policy.by_key:
                return policy.by_key[own]
        changed = self.changed(name, None, as_of=as_of)
        return policy.default if changed is None or changed.value is None else changed.value

    def changed(self, name: str, key: str | None, *, as_of: date) -> InForce | None:
        """The approved change of exactly this policy and key that holds on that day, if there is one."""
        past = (one for one in reversed(self.changes.get((name, key), ())) if one.since <= as_of)
        return next(past, None)

    def keys_of(self, name: str) -> tuple[str, ...]:
        """Keys that the policy ``name`` may differ for, by the product or by a change of any day."""
        changed = {key for policy, key in self.changes if policy == name and key is not None}
        return tuple(sorted({*changed, *policy_named(name).by_key}))

    def number_of(self, name: str, key: str | None = None, *, as_of: date) -> Decimal:
        """The value of a policy that is a number; raises TypeError for a switch or a choice."""
        found = self.value(name, key, as_of=as_of)
        if isinstance(found, bool) or not isinstance(found, int | Decimal):
            raise TypeError(f"{name} is no number")
        return Decimal(found)

    def whole(self, name: str, key: str | None = None, *, as_of: date) -> int:
        """The value of a policy that is a whole number; raises TypeError for any other."""
        found = self.value(name, key, as_of=as_of)
        if isinstance(found, bool) or not isinstance(found, int):
            raise TypeError(f"{name} is no whole number")
        return found

    def switch(self, name: str, key: str | None = None, *, as_of: date) -> bool:
        """Whether a switch is on; raises TypeError for a policy that is none."""
        found = self.value(name, key, as_of=as_of)
        if not isinstance(found, bool):
            raise TypeError(f"{name} is no switch")
        return found

    def highest(self, name: str, keys: Iterable[str], *, as_of: date) -> Decimal:
        """The highest number among ``keys``: the limit of somebody with several roles.

        Raises DomainError ``policy_key_unknown`` when there is no key at all.
        """
        found = [self.number_of(name, key, as_of=as_of) for key in keys]
        if not found:
            raise DomainError("policy_key_unknown", name=name, key="", known=policy_named(name).keyed_by.value)
        return max(found)


def policy_table(changes: Iterable[InForce], *, number: int) -> PolicyTable:
    """The table under ``changes``, which may come in any order."""
    grouped: dict[tuple[str, str | None], list[InForce]] = {}
    for change in sorted(changes, key=lambda one: (one.since, one.rank)):
        grouped.setdefault((change.policy, change.key), []).append(change)
    return PolicyTable(number, {about: tuple(ordered) for about, ordered in grouped.items()})
