"""What people are shown of policies: frozen answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from analytics.policies.change import Change, Wanted
from analytics.policies.policy import Policy, Value


@dataclass(frozen=True, slots=True)
class Held:
    """A value in force, for ``key`` or for all; ``change`` brought it, None when the product did."""

    key: str | None
    value: Value
    change: Change | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How one policy stands on a day.

    ``own``: keys with a value of their own. ``coming``: approved changes that hold later, soonest first. ``waiting``:
    changes that somebody has to decide about. ``seen``: what a command about this policy must name.
    """

    policy: Policy
    common: Held
    own: tuple[Held, ...]
    coming: tuple[Change, ...]
    waiting: tuple[Change, ...]
    history: tuple[Change, ...]
    seen: int


@dataclass(frozen=True, slots=True)
class PolicyList:
    """Every policy as of ``day``, in the registry's order, and what the asker may do."""

    day: date
    today: date
    number: int
    standings: tuple[Standing, ...]
    asker: str
    may_change: bool
    may_approve: bool

    def of(self, name: str | None) -> Standing | None:
        return next((one for one in self.standings if one.policy.name == name), None)


@dataclass(frozen=True, slots=True)
class Effect:
    """Something counted that a change would do; ``facts`` fill the blanks of ``policy.effect.<code>``."""

    code: str
    facts: Mapping[str, int | str]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do: the value ``before`` and ``after`` from the day wanted, and what could be counted.

    ``until``: the day from which a change approved earlier overrides it. ``untouched``: keys that keep a value of their
    own. ``second``: whether somebody else has to approve. ``effects`` is empty where nothing can be counted.
    """

    wanted: Wanted
    before: Value
    after: Value
    until: date | None
    untouched: tuple[str, ...]
    second: bool
    used_by: tuple[str, ...]
    effects: tuple[Effect, ...]
    seen: int


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a command; ``again``: it had been carried out before and nothing was done now."""

    change: Change
    again: bool = False
