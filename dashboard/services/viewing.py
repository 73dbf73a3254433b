"""An administrator looks at the app as somebody else: as that person sees it, and without changing anything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from analytics.core.access import ROOT, Action, Actor
from analytics.core.calendar import day_of
from analytics.core.errors import DomainError
from dashboard.services.access import Units
from dashboard.services.desk import Desk
from dashboard.services.use_case import UseCase, reads
from data.store.audit import Deed, Subject, instant
from data.store.records import User, Viewing

LASTS = timedelta(minutes=30)
"""A view ends by itself: whoever forgets it must not take somebody else's figures for the own ones tomorrow."""


def why_over(own: Actor, viewing: Viewing, *, now: datetime) -> str | None:
    """Why ``own`` may look as ``viewing.user`` no longer: time, right_lost, or what :func:`why_not` says."""
    if now >= viewing.ends_at:
        return "time"
    return "right_lost" if not own.may(Action.VIEW_AS) else why_not(own, viewing.user, now=now)


def why_not(own: Actor, user: User, *, now: datetime) -> str | None:
    """Why nobody with the grants of ``own`` looks as ``user``: disabled, out_of_scope or nothing_granted."""
    if user.disabled:
        return "disabled"
    if ROOT not in own.grants and not user.partners <= own.grants:
        return "out_of_scope"
    return None if user.grants_on(day_of(now)) else "nothing_granted"


class ViewAs(UseCase):
    """Use case of "view as". Roles and rows are the other person's; who really looks stands in every event."""

    def __init__(
        self, desk: Desk, units: Units, end: Callable[[str, datetime], None], clock: Callable[[], datetime]
    ) -> None:
        """``end`` ends the view of the session of that digest."""
        self._desk = desk
        self._units = units
        self._end = end
        self._clock = clock

    def begin(self, user_id: str) -> None:
        """From the next request on, this session sees what that account sees.

        Raises DomainError user_unknown (also outside the own scope), viewing_yourself, viewing_needs_session,
        viewing_disabled or viewing_nothing.
        """
        actor, now = self._desk.actor(Action.VIEW_AS), self._clock()
        if actor.session_id is None:
            raise DomainError("viewing_needs_session")
        if user_id == actor.user_id:
            raise DomainError("viewing_yourself")
        with self._units.writing(actor) as unit:
            user = unit.users.hold(user_id)
            obstacle = why_not(actor, user, now=now)
            if obstacle is not None:
                raise DomainError("viewing_disabled" if obstacle == "disabled" else "viewing_nothing", name=user.name)
            unit.users.begin_viewing(actor.session_id, user_id, now=now, until=now + LASTS)
            facts = {"name": user.name, "until": instant(now + LASTS)}
            unit.audit.append(actor, Deed.VIEW_BEGAN, Subject("user", user_id), facts, at=now)
            unit.commit()

    @reads
    def end(self) -> None:
        """Be oneself again; nothing happens to somebody who is. The one command that a view allows."""
        actor = self._desk.who()
        if actor.viewer is not None and actor.session_id is not None:
            self._end(actor.session_id, self._clock())
