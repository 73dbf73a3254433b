"""Policies as people see and change them; rules ask :attr:`Desk.policies` instead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from analytics.core.access import Action
from analytics.policies.policy import Value
from dashboard.services.desk import Desk
from dashboard.services.use_case import UseCase, reads

POLICY_ZONE = ZoneInfo("Asia/Shanghai")
"""Where a policy's day begins."""


def policy_day(now: datetime) -> date:
    """The day that decides which policy is in force at ``now``."""
    return now.astimezone(POLICY_ZONE).date()


class Policies(UseCase):
    """Use case of ``admin/policies``."""

    def __init__(self, desk: Desk, clock: Callable[[], datetime]) -> None:
        self._desk = desk
        self._clock = clock

    @reads
    def value(self, name: str, key: str | None = None, as_of: date | None = None) -> Value:
        """The value in force on a day, today by default.

        Raises AccessDenied, and DomainError ``policy_unknown``, ``policy_not_keyed`` or ``policy_key_unknown``.
        """
        self._desk.actor(Action.SEE_POLICIES)
        return self._desk.policies().value(name, key, as_of=as_of or policy_day(self._clock()))
