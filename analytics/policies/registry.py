"""The list of all policies; each section has a file of its own."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from analytics.core.errors import DomainError
from analytics.policies.policy import Policy
from analytics.policies.sections import management, members, operations, partners, prices, stock, supply

POLICIES: tuple[Policy, ...] = (
    *stock.POLICIES,
    *supply.POLICIES,
    *prices.POLICIES,
    *members.POLICIES,
    *partners.POLICIES,
    *management.POLICIES,
    *operations.POLICIES,
)
BY_NAME: Mapping[str, Policy] = {policy.name: policy for policy in POLICIES}
SECTIONS: tuple[str, ...] = tuple(dict.fromkeys(policy.section for policy in POLICIES))


def policy_named(name: str) -> Policy:
    """The policy of that name; raises DomainError ``policy_unknown`` with the names that come close."""
    found = BY_NAME.get(name)
    if found is None:
        near = get_close_matches(name, BY_NAME, n=3, cutoff=0.4)
        raise DomainError("policy_unknown", name=name, near=", ".join(near) or ", ".join(SECTIONS))
    return found
