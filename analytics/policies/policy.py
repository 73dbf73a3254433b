"""What a policy is: a number, a switch or a choice that rules hang on, with its unit, its bounds and its owner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from analytics.core.access import Role
from analytics.core.errors import DomainError

Value = int | Decimal | bool | str
"""Whole numbers are int, all other numbers Decimal, switches bool, choices str."""


class Measure(StrEnum):
    """Unit of a policy; it decides what kind of value the policy has."""

    UNITS = "units"
    DAYS = "days"
    HOURS = "hours"
    MINUTES = "minutes"
    MONTHS = "months"
    DAY_OF_MONTH = "day_of_month"
    COUNT = "count"
    ROWS = "rows"
    MONEY = "money"
    SHARE = "share"
    FACTOR = "factor"
    KILOMETRES = "kilometres"
    STARS = "stars"
    EMISSION = "emission"
    SWITCH = "switch"
    CHOICE = "choice"


WHOLE = frozenset({
    Measure.DAYS, Measure.HOURS, Measure.MINUTES, Measure.MONTHS, Measure.DAY_OF_MONTH, Measure.COUNT, Measure.ROWS,
})  # fmt: skip


class Keys(StrEnum):
    """What a policy may differ by. Roles and criteria are known; the others are whatever the data name."""

    NOTHING = "nothing"
    CATEGORY = "category"
    SOURCE = "source"
    ROLE = "role"
    CRITERION = "criterion"


CRITERIA = ("satisfaction", "repurchase", "sell_through", "fulfilment", "compliance", "activity", "growth")
"""What stars are given for."""

KNOWN_KEYS: Mapping[Keys, tuple[str, ...]] = {
    Keys.ROLE: tuple(role.value for role in Role if role is not Role.SERVICE),
    Keys.CRITERION: CRITERIA,
}
LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy as the product brings it. ``name`` is ``section.rest``; ``by_key``: keys that differ from the start.

    ``money``: what it decides is paid or released, so that a change needs a second person.
    ``used_by``: the parts of the product that read it today; none while its rule is not built yet.
    """

    name: str
    measure: Measure
    default: Value
    lower: int | Decimal | None = None
    upper: int | Decimal | None = None
    owner: str = "supply"
    keyed_by: Keys = Keys.NOTHING
    by_key: Mapping[str, Value] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    money: bool = False
    used_by: tuple[str, ...] = ()

    @property
    def section(self) -> str:
        return self.name.split(".", 1)[0]

    def checked(self, value: Value) -> Value:
        """``value`` as this policy holds it; raises DomainError ``policy_value_invalid`` or ``policy_value_outside``.

        >>> Policy("stock.out_risk", Measure.SHARE, Decimal("0.05"), Decimal(0), Decimal("0.5")).checked(Decimal("0.1"))
        Decimal('0.1')
        """
        if not self._fits(value):
            raise DomainError("policy_value_invalid", name=self.name, value=value, choices=self.allowed)
        if self.lower is not None and self.upper is not None:
            if not self.lower <= Decimal(str(value)) <= self.upper:
                lower, upper = self.shown(self.lower), self.shown(self.upper)
                raise DomainError(
                    "policy_value_outside", name=self.name, value=self.shown(value), lower=lower, upper=upper
                )
        return value

    def shown(self, value: Value) -> str:
        """``value`` in no language: every digit, thousands apart, shares in percent.

        >>> Policy("stock.out_risk", Measure.SHARE, Decimal("0.05")).shown(Decimal("0.050"))
        '5%'
        """
        if isinstance(value, bool):
            return "on" if value else "off"
        if isinstance(value, str):
            return value
        if self.measure is Measure.SHARE:
            return f"{(Decimal(value) * 100).normalize():,f}%"
        return f"{Decimal(value).normalize():,f}"

    def checked_key(self, key: str | None) -> str | None:
        """``key`` without blanks around it; raises DomainError ``policy_not_keyed`` or ``policy_key_unknown``."""
        if key is None:
            return None
        if self.keyed_by is Keys.NOTHING:
            raise DomainError("policy_not_keyed", name=self.name, key=key)
        clean = key.strip()
        known = KNOWN_KEYS.get(self.keyed_by, (clean,))
        if not clean or len(clean) > LONGEST_KEY or not clean.isprintable() or clean not in known:
            allowed = ", ".join(KNOWN_KEYS.get(self.keyed_by, ()))
            raise DomainError("policy_key_unknown", name=self.name, key=key, known=allowed or self.keyed_by.value)
        return clean

    @property
    def allowed(self) -> str:
        """What may be set, in short and in no language: bounds, choices, or on | off."""
        if self.measure is Measure.SWITCH:
            return "on | off"
        return " | ".join(self.choices) if self.choices else self._range

    @property
    def _range(self) -> str:
        bounds = (bound for bound in (self.lower, self.upper) if bound is not None)
        return " … ".join(self.shown(bound) for bound in bounds)

    def _fits(self, value: Value) -> bool:
        if self.measure is Measure.SWITCH:
            return isinstance(value, bool)
        if self.measure is Measure.CHOICE:
            return isinstance(value, str) and value in self.choices
        if self.measure in WHOLE:
            return isinstance(value, int) and not isinstance(value, bool)
        return isinstance(value, Decimal) and value.is_finite()
