"""The door used before a scope exists: who somebody is, the sessions they opened, the attempts that failed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, func, insert, select, update

from analytics.core.access import ROOT, Actor, Role, Scope
from analytics.core.errors import DomainError
from data.store.accounts import (
    LOCAL,
    checked_name,
    insert_user,
    new_user,
    read_user,
    set_password_hash,
    subject_of,
    user_of,
)
from data.store.audit import Deed, Subject, instant
from data.store.audit_trail import Audit
from data.store.engine import Store, take_turns
from data.store.entities import sessions, sign_in_failures, user_grants, user_roles, users, viewings
from data.store.live_sessions import end_session, end_sessions, live_sessions
from data.store.passwords import hash_password, is_dated, password_fits
from data.store.policies import APPROVALS
from data.store.records import LiveSession, User, Viewing
from data.store.viewings import end_viewing

# One statement, because it runs before every answer: the session with each pair of its user's roles and grants.
_SESSION = (
    select(
        sessions,
        users.c.id,
        users.c.name,
        users.c.display_name,
        users.c.disabled,
        user_roles.c.role,
        user_grants.c.partner,
        user_grants.c.valid_from,
        user_grants.c.valid_to,
        viewings.c.viewed_id,
        viewings.c.began_at,
        viewings.c.ends_at,
        APPROVALS.scalar_subquery().label("policies"),
    )
    .join(users, users.c.id == sessions.c.user_id)
    .outerjoin(user_roles, user_roles.c.user_id == users.c.id)
    .outerjoin(user_grants, user_grants.c.user_id == users.c.id)
    .outerjoin(viewings, viewings.c.token_digest == sessions.c.token_digest)
    .where(sessions.c.token_digest == bindparam("token_digest"))
)


@dataclass(frozen=True, slots=True)
class Session:
    """A session as it is kept: the digest of its token, never the token. ``viewing``: as whom its user looks."""

    token_digest: str
    user: User
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    idle: timedelta
    revoked_at: datetime | None
    policies: int
    """How many changes of policies are approved, read in the same breath."""
    viewing: Viewing | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` failures of ``who`` (a digest) within the window; ``kind`` is account or address."""

    kind: str
    who: str
    most: int


@dataclass(frozen=True, slots=True)
class Identity:
    """Accounts, sessions and the throttle. Shows no business row."""

    store: Store

    def create_user(
        self,
        *,
        name: str,
        display_name: str,
        password: str,
        roles: Iterable[Role],
        grants: Iterable[str],
        now: datetime,
    ) -> User:
        """Add a local account; raises DomainError user_exists, user_name_invalid or password_weak."""
        user = new_user(name, display_name, roles, grants)
        secret = hash_password(password, name=user.name)
        with self.store.writing() as connection:
            return insert_user(
                connection, user, issuer=LOCAL, subject=subject_of(user.name), password_hash=secret, now=now
            )

    def set_password(self, *, name: str, password: str, now: datetime, keep: str | None = None) -> User:
        """Replace a local account's password and end its sessions, except the one whose digest is ``keep``.

        Raises user_unknown or password_weak.
        """
        user = self.find(name=checked_name(name))
        if user is None:
            raise DomainError("user_unknown", name=name)
        secret = hash_password(password, name=user.name)
        with self.store.writing() as connection:
            set_password_hash(connection, user.id, secret, now=now, keep=keep)
        return user

    def find(self, *, name: str, issuer: str = LOCAL) -> User | None:
        """The account that ``issuer`` knows as ``name``; a local name in any spelling."""
        subject = subject_of(name) if issuer == LOCAL else name
        with self.store.reading() as connection:
            return read_user(connection, (users.c.issuer == issuer) & (users.c.subject == subject))

    def verify(self, *, name: str, password: str) -> User | None:
        """The enabled local account behind name and password, or None; unknown names cost the same work."""
        known = (users.c.issuer == LOCAL) & (users.c.subject == subject_of(name))
        with self.store.reading() as connection:
            secret = connection.scalar(select(users.c.password_hash).where(known))
            user = read_user(connection, known)
        if not password_fits(secret, password) or user is None or user.disabled or secret is None:
            return None
        if is_dated(secret):
            self._renew(user, secret, password)
        return user

    def open_session(
        self, user_id: str, *, token_digest: str, now: datetime, lasts: timedelta, idle: timedelta
    ) -> None:
        with self.store.writing() as connection:
            connection.execute(delete(sessions).where(sessions.c.expires_at < now - lasts))
            connection.execute(insert(sessions).values(
                token_digest=token_digest, user_id=user_id, created_at=now, last_seen_at=now,
                expires_at=now + lasts, idle_seconds=int(idle.total_seconds()), revoked_at=None,
            ))  # fmt: skip

    def session(self, token_digest: str) -> Session | None:
        """The session with its user, roles and grants as they are now."""
        with self.store.reading() as connection:
            rows = connection.execute(_SESSION, {"token_digest": token_digest}).all()
            if not rows:
                return None
            row, user = rows[0], user_of(rows)
            viewed = read_user(connection, users.c.id == row.viewed_id) if row.viewed_id else None
        viewing = Viewing(viewed, row.began_at, row.ends_at) if viewed else None
        idle = timedelta(seconds=row.idle_seconds)
        return Session(
            token_digest=row.token_digest, user=user, created_at=row.created_at, last_seen_at=row.last_seen_at,
            expires_at=row.expires_at, idle=idle, revoked_at=row.revoked_at, policies=row.policies, viewing=viewing,
        )  # fmt: skip

    def touch(self, token_digest: str, *, now: datetime) -> None:
        """Note that the session was used; never moves back in time."""
        stale = (sessions.c.token_digest == token_digest) & (sessions.c.last_seen_at < now)
        with self.store.writing() as connection:
            connection.execute(update(sessions).where(stale).values(last_seen_at=now))

    def revoke(self, token_digest: str, *, now: datetime) -> None:
        live = (sessions.c.token_digest == token_digest) & sessions.c.revoked_at.is_(None)
        with self.store.writing() as connection:
            connection.execute(update(sessions).where(live).values(revoked_at=now))

    def end_viewing(self, session: Session, *, why: str, now: datetime) -> None:
        """End that the session looks at the app as somebody else, and tell the trail why; once, whoever comes first."""
        if session.viewing is None:
            return
        viewed, viewer = session.viewing.user, session.user
        actor = Actor(viewer.id, viewer.name, viewer.roles, viewer.partners)
        with self.store.writing() as connection:
            if end_viewing(connection, session.token_digest):
                trail = Audit(connection, Scope(frozenset({ROOT})))
                facts = {"name": viewed.name, "why": why, "began_at": instant(session.viewing.began_at)}
                trail.append(actor, Deed.VIEW_ENDED, Subject("user", viewed.id), facts, at=now)

    def live_sessions(self, user_id: str, *, now: datetime) -> list[LiveSession]:
        """Sessions of an account that are open at ``now``, last used first."""
        with self.store.reading() as connection:
            return live_sessions(connection, user_id, now=now)

    def end_session(self, user_id: str, session: str, *, now: datetime) -> None:
        """End one session of the account by its public id; raises DomainError ``session_unknown``."""
        with self.store.writing() as connection:
            end_session(connection, user_id, session, now=now)

    def end_sessions(self, user_id: str, *, now: datetime, keep: str | None) -> None:
        """End all sessions of the account, except the one whose digest is ``keep``."""
        with self.store.writing() as connection:
            end_sessions(connection, user_id, now=now, keep=keep)

    def admit(self, limits: Iterable[Limit], *, now: datetime, window: timedelta) -> bool:
        """Count an attempt against every limit and say whether all of them allow it.

        The attempt is counted as failed before it is tried, so that many at once cannot all slip through;
        after a success :meth:`forgive` clears the account and :meth:`take_back` the address of that one attempt.
        A refused attempt is not counted.
        """
        asked = sorted(limits, key=lambda limit: (limit.kind, limit.who))
        with self.store.writing() as connection:
            connection.execute(delete(sign_in_failures).where(sign_in_failures.c.at <= now - window))
            for limit in asked:
                take_turns(connection, f"sign-in {limit.kind} {limit.who}")
            for limit in asked:
                same = (sign_in_failures.c.kind == limit.kind) & (sign_in_failures.c.who == limit.who)
                count = select(func.count()).select_from(sign_in_failures).where(same)
                if connection.scalars(count).one() >= limit.most:
                    return False
            rows = [{"kind": limit.kind, "who": limit.who, "at": now} for limit in asked]
            connection.execute(insert(sign_in_failures), rows)
            return True

    def forgive(self, kind: str, who: str) -> None:
        """Forget the failures of somebody who got in."""
        same = (sign_in_failures.c.kind == kind) & (sign_in_failures.c.who == who)
        with self.store.writing() as connection:
            connection.execute(delete(sign_in_failures).where(same))

    def take_back(self, kind: str, who: str, *, at: datetime) -> None:
        """Uncount one attempt that turned out right: an office behind one address must not lock itself out."""
        same = (sign_in_failures.c.kind == kind) & (sign_in_failures.c.who == who) & (sign_in_failures.c.at == at)
        with self.store.writing() as connection:
            one = select(func.min(sign_in_failures.c.id)).where(same).scalar_subquery()
            connection.execute(delete(sign_in_failures).where(sign_in_failures.c.id == one))

    def _renew(self, user: User, old: str, password: str) -> None:
        # Compared with the hash that was read: a password changed in between must win.
        fresh = hash_password(password, name=user.name)
        mine = (users.c.id == user.id) & (users.c.password_hash == old)
        with self.store.writing() as connection:
            connection.execute(update(users).where(mine).values(password_hash=fresh))
