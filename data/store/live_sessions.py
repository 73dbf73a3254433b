"""Sessions that are open now, known to people by an id that opens nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, update
from sqlalchemy.sql import ColumnElement

from analytics.core.errors import DomainError
from data.store.entities import sessions
from data.store.records import LiveSession

ID_LENGTH = 16


def public_id(token_digest: str) -> str:
    """What a page may know a session by: the beginning of its digest, from which neither digest nor token follow."""
    return token_digest[:ID_LENGTH]


def live_sessions(connection: Connection, user_id: str | None, *, now: datetime) -> list[LiveSession]:
    """Sessions of an account (None: of everybody) that would be let in at ``now``, last used first."""
    mine = sessions.c.revoked_at.is_(None) if user_id is None else _open(user_id)
    asked = select(sessions).where(mine & (sessions.c.expires_at > now))
    rows = connection.execute(asked.order_by(sessions.c.last_seen_at.desc(), sessions.c.token_digest))
    return [
        LiveSession(public_id(row.token_digest), row.created_at, row.last_seen_at, row.expires_at)
        for row in rows
        if now - row.last_seen_at < timedelta(seconds=row.idle_seconds)
    ]


def end_session(connection: Connection, user_id: str, session: str, *, now: datetime) -> None:
    """End one session of the account; raises DomainError ``session_unknown`` for one ended before or of others."""
    same = func.substr(sessions.c.token_digest, 1, ID_LENGTH) == session
    ended = connection.execute(update(sessions).where(_open(user_id) & same).values(revoked_at=now))
    if ended.rowcount == 0:
        raise DomainError("session_unknown", session=session)


def end_sessions(connection: Connection, user_id: str, *, now: datetime, keep: str | None = None) -> None:
    """End every session of the account, except the one whose digest is ``keep``."""
    ending = _open(user_id)
    if keep is not None:
        ending &= sessions.c.token_digest != keep
    connection.execute(update(sessions).where(ending).values(revoked_at=now))


def end_every_session(connection: Connection, *, now: datetime) -> int:
    """End every session of everybody; returns how many were open."""
    ended = update(sessions).where(sessions.c.revoked_at.is_(None)).values(revoked_at=now)
    return connection.execute(ended).rowcount


def _open(user_id: str) -> ColumnElement[bool]:
    return (sessions.c.user_id == user_id) & sessions.c.revoked_at.is_(None)
