"""Who did what, and who saw what: the audit trail and the log of what left, for whoever must answer for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Protocol

from analytics.core.access import Action, Actor
from analytics.core.calendar import HOME_ZONE
from dashboard.services.audit import AuditTrail, Verdict
from dashboard.services.desk import Desk
from dashboard.services.use_case import UseCase, reads
from dashboard.services.views import Option
from data.store.audit import AuditEvent, Head
from data.store.audit_heads import read_heads
from data.store.audit_trail import Audit, Sought
from data.store.disclosures import Disclosures, Seen
from data.store.records import Disclosure

EVENTS_SHOWN = 500


class Work(Protocol):
    """The part of a unit of work that holds both logs."""

    @property
    def audit(self) -> Audit: ...

    @property
    def disclosures(self) -> Disclosures: ...


@dataclass(frozen=True, slots=True)
class AuditAsked:
    """Which events or disclosures: of somebody (id or name), a deed, a subject; a page (of disclosures alone); days."""

    user: str | None = None
    deed: str | None = None
    kind: str | None = None
    subject: str | None = None
    page: str | None = None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Events:
    """The newest events that match, newest first, and how many match."""

    newest: Sequence[AuditEvent]
    total: int


@dataclass(frozen=True, slots=True)
class Left:
    """The newest disclosures that match, newest first, and how many match."""

    newest: Sequence[Disclosure]
    total: int


@dataclass(frozen=True, slots=True)
class Chain:
    """How far the trail goes and how far a published head vouches for it.

    ``file`` names the newest published head, ``contradicted`` every one that the trail no longer bears out.
    """

    newest: Head
    published: Head | None
    file: str
    contradicted: tuple[str, ...]


class AuditLog(UseCase):
    """Use case of ``admin/audit``; each call demands the right to see the audit trail again."""

    def __init__(
        self,
        desk: Desk,
        work: Callable[[Actor], AbstractContextManager[Work]],
        folder: Path,
        clock: Callable[[], datetime],
    ) -> None:
        self._desk = desk
        self._work = work
        self._folder = folder
        self._clock = clock

    @reads
    def events(self, asked: AuditAsked, most: int = EVENTS_SHOWN) -> Events:
        """Events of the trail; raises AccessDenied without the right or without head office's grant."""
        first, before = _between(asked)
        sought = Sought(asked.user, asked.deed, asked.kind, asked.subject, first, before)
        with self._open() as unit:
            return Events(tuple(unit.audit.find(sought, most)), unit.audit.count(sought))

    @reads
    def left(self, asked: AuditAsked, most: int = EVENTS_SHOWN) -> Left:
        """What left; raises AccessDenied without the right or without head office's grant."""
        first, before = _between(asked)
        wanted = Seen(asked.user, asked.page, asked.subject, first, before)
        with self._open() as unit:
            return Left(tuple(unit.disclosures.find(wanted, most)), unit.disclosures.count(wanted))

    @reads
    def people(self) -> tuple[Option, ...]:
        """Everybody of whom either log tells."""
        with self._open() as unit:
            known = dict([*unit.disclosures.people(), *unit.audit.people()])
        return tuple(Option(id, name) for id, name in sorted(known.items(), key=lambda one: one[1]))

    @reads
    def sources(self) -> Sequence[tuple[str, str]]:
        """Page and table of everything that ever left, by name."""
        with self._open() as unit:
            return unit.disclosures.sources()

    @reads
    def chain(self) -> Chain:
        """How far the trail goes, compared with the published heads alone: quick however long the trail is."""
        heads = read_heads(self._folder)
        with self._open() as unit:
            newest = unit.audit.head(now=self._clock())
            held = unit.audit.hashes({head.number for head in heads.values()})
        wrong = tuple(name for name, head in heads.items() if head.number and held.get(head.number) != head.hash)
        if not heads:
            return Chain(newest, None, "", ())
        file, published = max(heads.items(), key=lambda one: (one[1].number, one[0]))
        return Chain(newest, published, file, wrong)

    @reads
    def verify(self) -> Verdict:
        """Walk the whole chain and compare it with every published head."""
        actor = self._desk.actor(Action.SEE_AUDIT)
        return AuditTrail(actor, self._folder, lambda: self._work(actor)).verify()

    def _open(self) -> AbstractContextManager[Work]:
        return self._work(self._desk.actor(Action.SEE_AUDIT))


def _between(asked: AuditAsked) -> tuple[datetime | None, datetime | None]:
    """First instant of the first day, and of the day after the last."""
    first = datetime.combine(asked.first, time(), HOME_ZONE) if asked.first else None
    return first, datetime.combine(asked.last + timedelta(days=1), time(), HOME_ZONE) if asked.last else None
