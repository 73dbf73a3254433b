"""How a policy reads in a language: its value with the unit, its key, its bounds."""

from __future__ import annotations

from analytics.policies.policy import Keys, Measure, Policy, Value
from analytics.policies.reading import written
from dashboard.words import Words


def told_value(words: Words, policy: Policy, value: Value) -> str:
    """``value`` with its unit."""
    if isinstance(value, bool):
        return words.t(f"policy.switch.{written(value)}")
    if isinstance(value, str):
        return words.t(f"policy.choice.{value}")
    return words.t(f"policy.measure.{policy.measure}", value=policy.shown(value))


def told_key(words: Words, policy: Policy, key: str | None) -> str:
    """Whom a value is for."""
    if key is None:
        return words.t("policy.key.everybody")
    known = {Keys.ROLE: f"role.{key}", Keys.CRITERION: f"policy.criterion.{key}"}.get(policy.keyed_by)
    return words.t(known) if known else key


def told_name(words: Words, policy: Policy, key: str | None) -> str:
    """The policy, and whom it is looked at for."""
    label = words.t(f"policy.{policy.name}.label")
    return label if key is None else words.t("policy.named", label=label, key=told_key(words, policy, key))


def told_bounds(words: Words, policy: Policy) -> str:
    """What may be set."""
    if policy.measure is Measure.SWITCH:
        return words.t("list.comma").join(words.t(f"policy.switch.{one}") for one in ("on", "off"))
    if policy.lower is None or policy.upper is None:
        return words.t("list.comma").join(words.t(f"policy.choice.{one}") for one in policy.choices)
    lower, upper = (told_value(words, policy, bound) for bound in (policy.lower, policy.upper))
    return words.t("policy.bounds", lower=lower, upper=upper)
