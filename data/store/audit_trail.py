"""Events of the audit trail in and out of one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.sql import ColumnElement

from analytics.core.access import Actor, Scope
from data.store.audit import GENESIS, AuditEvent, Deed, Head, Subject, instant, sealed
from data.store.engine import take_turns
from data.store.entities import audit_event
from data.store.repositories import require_brand

CHUNK = 1_000
"""Events read at a time: a trail of years fits no memory."""


@dataclass(frozen=True, slots=True)
class Sought:
    """Which events to read: of somebody (by id or name), of a deed, about a kind of subject or one of them, between
    two instants (the first one included). None leaves a condition out.
    """

    user: str | None = None
    deed: str | None = None
    kind: str | None = None
    subject: str | None = None
    first: datetime | None = None
    before: datetime | None = None


class Audit:
    """The trail. Everybody's changes are told in it; only head office reads it."""

    def __init__(self, connection: Connection, scope: Scope) -> None:
        self._connection = connection
        self._scope = scope

    def append(
        self, actor: Actor, deed: Deed, subject: Subject, facts: Mapping[str, object], *, at: datetime
    ) -> AuditEvent:
        """Add an event about a change of this very transaction: both last, or neither does.

        Do it after the change: writers of events wait for each other from here until they commit, and one that
        waited here for somebody who waits for its rows would wait forever.
        """
        take_turns(self._connection, "audit trail")
        event = sealed(actor, deed, subject, facts, at=at, after=self._newest(""))
        self._connection.execute(insert(audit_event).values(asdict(event)))
        return event

    def head(self, *, now: datetime) -> Head:
        """The newest event's number and hash, as of ``now``."""
        require_brand(self._scope, "audit.head")
        return self._newest(instant(now))

    def chunks(self) -> Iterator[list[AuditEvent]]:
        """Every event by number, :data:`CHUNK` at a time."""
        require_brand(self._scope, "audit.chunks")
        asked = select(audit_event).order_by(audit_event.c.number).limit(CHUNK)
        rows = self._connection.execute(asked).all()
        while rows:
            yield [AuditEvent(**row._mapping) for row in rows]
            rows = self._connection.execute(asked.where(audit_event.c.number > rows[-1].number)).all()

    def find(self, sought: Sought, most: int) -> list[AuditEvent]:
        """The newest ``most`` that match, newest first."""
        require_brand(self._scope, "audit.find")
        newest = select(audit_event).where(*_conditions(sought)).order_by(audit_event.c.number.desc()).limit(most)
        return [AuditEvent(**row._mapping) for row in self._connection.execute(newest)]

    def count(self, sought: Sought) -> int:
        """How many match."""
        require_brand(self._scope, "audit.count")
        counted = select(func.count()).select_from(audit_event).where(*_conditions(sought))
        return int(self._connection.execute(counted).scalar_one())

    def people(self) -> list[tuple[str, str]]:
        """Id and newest name of everybody of whom the trail tells, by name."""
        require_brand(self._scope, "audit.people")
        last = select(func.max(audit_event.c.number)).group_by(audit_event.c.user_id)
        told = select(audit_event.c.user_id, audit_event.c.user_name).where(audit_event.c.number.in_(last))
        rows = self._connection.execute(told.order_by(audit_event.c.user_name))
        return [(row.user_id, row.user_name) for row in rows]

    def hashes(self, numbers: Collection[int]) -> dict[int, str]:
        """Number → hash of those events that exist."""
        require_brand(self._scope, "audit.hashes")
        asked = select(audit_event.c.number, audit_event.c.hash).where(audit_event.c.number.in_(numbers))
        return {row.number: row.hash for row in self._connection.execute(asked)}

    def _newest(self, at: str) -> Head:
        asked = select(audit_event.c.number, audit_event.c.hash).order_by(audit_event.c.number.desc()).limit(1)
        row = self._connection.execute(asked).one_or_none()
        return Head(0, GENESIS, at) if row is None else Head(row.number, row.hash, at)


def _conditions(sought: Sought) -> list[ColumnElement[bool]]:
    told = audit_event.c
    equal = [(told.action, sought.deed), (told.subject_kind, sought.kind), (told.subject_id, sought.subject)]
    found = [column == value for column, value in equal if value is not None]
    if sought.user is not None:
        found.append((told.user_id == sought.user) | (told.user_name == sought.user))
    # Times are text of one length in one zone: their order is that of the instants.
    if sought.first is not None:
        found.append(told.at >= instant(sought.first))
    return found if sought.before is None else [*found, told.at < instant(sought.before)]
