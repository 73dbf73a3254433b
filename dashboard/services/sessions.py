"""One's own account: open sessions, and the password."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from analytics.core.access import Action, Actor
from analytics.core.errors import DomainError
from dashboard.services.desk import Desk
from dashboard.services.sign_in import Credentials, LocalAccounts, SignIn, SignInRefused
from dashboard.services.standing import session_policy, still_open
from dashboard.services.use_case import UseCase, reads
from data.store.identity import Identity
from data.store.live_sessions import public_id
from data.store.records import LiveSession


@dataclass(frozen=True, slots=True)
class OwnSessions:
    """Open sessions, last used first; ``this`` is the id of the one that asks, None without one."""

    sessions: Sequence[LiveSession]
    this: str | None


class Sessions(UseCase):
    """Use case of ``account/sessions``: nobody but the asker is looked at or touched."""

    def __init__(self, desk: Desk, identity: Identity, clock: Callable[[], datetime]) -> None:
        self._desk = desk
        self._identity = identity
        self._clock = clock

    @reads
    def mine(self) -> OwnSessions:
        """The asker's open sessions; raises NotSignedIn or AccessDenied."""
        actor = self._actor()
        now = self._clock()
        found = self._identity.live_sessions(actor.user_id, now=now)
        open_now = tuple(still_open(found, session_policy(self._desk.policies(), now), now))
        return OwnSessions(open_now, public_id(actor.session_id) if actor.session_id else None)

    def end(self, session: str) -> None:
        """End one of the asker's sessions; raises DomainError ``session_unknown``."""
        actor = self._actor()
        # Again, on the very actor whose sessions are touched: a view may begin between two looks at the session.
        actor.require_person()
        self._identity.end_session(actor.user_id, session, now=self._clock())

    def end_others(self) -> None:
        """End all of the asker's sessions but the one that asks."""
        actor = self._actor()
        actor.require_person()
        self._identity.end_sessions(actor.user_id, now=self._clock(), keep=actor.session_id)

    def _actor(self) -> Actor:
        return self._desk.actor(Action.KEEP_OWN_ACCOUNT)


@dataclass(frozen=True, slots=True)
class PasswordChange:
    """What was typed into the form."""

    current: str = field(repr=False)
    new: str = field(repr=False)
    repeated: str = field(repr=False)


def change_password(
    sign_in: SignIn, local: LocalAccounts, token: str | None, typed: PasswordChange, *, address: str, now: datetime
) -> None:
    """Replace the password of whoever stands behind ``token`` and end all their other sessions.

    A wrong current password counts as a failed sign-in: a session left open must not become a place to guess at.
    Raises NotSignedIn, AccessDenied (also to whoever looks as somebody else), SignInThrottled, SignInRefused
    ``password_wrong``, and DomainError ``password_not_repeated`` or ``password_weak``.
    """
    actor = sign_in.actor(token, now=now)
    actor.require(Action.KEEP_OWN_ACCOUNT)
    actor.require_person()
    if typed.new != typed.repeated:
        raise DomainError("password_not_repeated")
    try:
        user = sign_in.prove(local, Credentials(actor.name, typed.current), address=address, now=now)
    except SignInRefused as error:
        raise SignInRefused("password_wrong") from error
    # Another issuer's person may bear the name of a local account.
    if user.id != actor.user_id:
        raise SignInRefused("password_wrong")
    local.change(Credentials(actor.name, typed.new), keep=actor.session_id, now=now)
