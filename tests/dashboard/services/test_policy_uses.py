"""The page says which policies are read today: it must be neither more nor fewer than the code reads."""

from __future__ import annotations

from analytics.policies.order import NOT_ABOVE, RISING
from analytics.policies.registry import BY_NAME
from tests.architecture.source import PRODUCTION, python_files, string_literals

LISTS = ("analytics/policies", "dashboard/services/policy_effects.py")
"""Where policies are named without being read."""


def read_somewhere() -> set[str]:
    files = (file for file in python_files() if file.within(*PRODUCTION) and not file.within(*LISTS))
    return {text for file in files for _, text in string_literals(file.tree) if text in BY_NAME}


def test_a_policy_is_used_where_it_says_so() -> None:
    assert {policy.name for policy in BY_NAME.values() if policy.used_by} == read_somewhere()


def test_ordered_policies_exist_and_are_the_same_for_all() -> None:
    """Order is checked on the values for everybody; a policy that differs by key would slip through."""
    for name in {name for group in (*RISING, *NOT_ABOVE) for name in group}:
        assert BY_NAME[name].keyed_by == "nothing"
