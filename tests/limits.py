"""Limits of sessions and sign-in for tests: the product's own, or tighter ones that are reached sooner."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from analytics.policies.table import policy_table
from dashboard.services.standing import Limits, SessionPolicy, session_policy

SHIPPED = session_policy(policy_table((), number=0), datetime(2026, 11, 22, tzinfo=UTC))


def limits(**tighter: Any) -> Limits:
    """The same limits at every moment."""
    fixed: SessionPolicy = replace(SHIPPED, **tighter)
    return lambda now, number: fixed
