"""Policies that the services themselves keep: how long sessions last, how many guesses are borne."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from analytics.core.calendar import day_of
from analytics.policies.table import PolicyTable
from data.store.records import LiveSession


@dataclass(frozen=True, slots=True)
class SessionPolicy:
    """How long a session lasts and how many wrong attempts are borne."""

    idle: timedelta
    absolute: timedelta
    failures_per_account: int
    failures_per_address: int
    failure_window: timedelta
    touch_every: timedelta = timedelta(minutes=1)


Limits = Callable[[datetime, int | None], SessionPolicy]
"""What is in force at a moment. The number of approved policies, when it was read already, saves reading it again."""


def session_policy(table: PolicyTable, now: datetime) -> SessionPolicy:
    """What ``table`` says at ``now``."""
    day = day_of(now)
    return SessionPolicy(
        idle=timedelta(minutes=table.whole("session.idle_minutes", as_of=day)),
        absolute=timedelta(hours=table.whole("session.absolute_hours", as_of=day)),
        failures_per_account=table.whole("sign_in.account_failures", as_of=day),
        failures_per_address=table.whole("sign_in.address_failures", as_of=day),
        failure_window=timedelta(minutes=table.whole("sign_in.window_minutes", as_of=day)),
    )


def still_open(sessions: Sequence[LiveSession], policy: SessionPolicy, now: datetime) -> list[LiveSession]:
    """Those that the limits in force let in; the store knows only the limits of the day on which they were opened."""
    fresh = (one for one in sessions if now - one.last_seen_at < policy.idle)
    return [one for one in fresh if now - one.opened_at < policy.absolute]
