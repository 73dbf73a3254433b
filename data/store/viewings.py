"""Sessions that look at the app as somebody else, in one transaction; the two doors decide who may call what."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert

from data.store.entities import viewings


def begin_viewing(connection: Connection, session: str, viewed_id: str, *, now: datetime, until: datetime) -> None:
    """From now on the session of that digest looks at the app as ``viewed_id``; it replaces a view before."""
    end_viewing(connection, session)
    values = {"token_digest": session, "viewed_id": viewed_id, "began_at": now, "ends_at": until}
    connection.execute(insert(viewings).values(values))


def end_viewing(connection: Connection, session: str) -> bool:
    """End the view of a session; whether there was one: of two that end it at once, one did."""
    return connection.execute(delete(viewings).where(viewings.c.token_digest == session)).rowcount == 1
