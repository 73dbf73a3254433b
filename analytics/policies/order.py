"""Policies that only make sense in a certain order: silver below gold, dormant before lost."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from analytics.core.errors import DomainError
from analytics.policies.registry import policy_named
from analytics.policies.table import PolicyTable

RISING: tuple[tuple[str, ...], ...] = (
    ("members.tier_silver", "members.tier_gold", "members.tier_diamond"),
    ("members.dormant_days", "members.lost_days"),
    ("members.new_days", "members.dormant_days"),
    ("members.returned_recent_days", "members.dormant_days"),
    ("members.retention_short_days", "members.retention_middle_days", "members.retention_long_days"),
    ("members.repurchase_month_days", "members.repurchase_half_year_days", "members.repurchase_year_days"),
    ("star.lowest", "star.highest"),
    ("star.hysteresis", "star.step"),
)
"""Each lies strictly below the next."""

NOT_ABOVE: tuple[tuple[str, str], ...] = (
    ("members.identity_loose", "members.identity_strict"),
    ("stock.transfer_days_before_low", "stock.transfer_days_before_high"),
    ("decision.auto_amount", "decision.auto_daily_budget"),
)
"""The first may equal the second."""


def require_order(table: PolicyTable, name: str, *, since: date) -> None:
    """Raise DomainError ``policy_order`` when ``name`` contradicts a neighbour on some day from ``since`` on."""
    strict = [(one, two, True) for group in RISING for one, two in pairwise(group)]
    pairs = [*strict, *((one, two, False) for one, two in NOT_ABOVE)]
    for lower, upper, apart in pairs:
        if name in (lower, upper):
            _require_pair(table, lower, upper, apart=apart, since=since)


def _require_pair(table: PolicyTable, lower: str, upper: str, *, apart: bool, since: date) -> None:
    turns = (one.since for name in (lower, upper) for one in table.changes.get((name, None), ()))
    for day in sorted({since, *(turn for turn in turns if turn > since)}):
        small, large = (table.number_of(name, as_of=day) for name in (lower, upper))
        shown = policy_named(lower).shown
        if small > large or (apart and small == large):
            raise DomainError("policy_order", lower=lower, upper=upper, low=shown(small), high=shown(large), day=day)
