"""Who saw what, in and out of one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select
from sqlalchemy.sql import ColumnElement

from analytics.core.access import Actor, Scope
from data.store.entities import disclosure
from data.store.records import Disclosure
from data.store.repositories import require_brand


@dataclass(frozen=True, slots=True)
class Seen:
    """Which disclosures to read: to somebody (by id or name), from a page, of what it shows there, between two instants
    (the first one included). None leaves a condition out.
    """

    user: str | None = None
    page: str | None = None
    subject: str | None = None
    first: datetime | None = None
    before: datetime | None = None


class Disclosures:
    """The log of what left. Everybody's own takings are told in it; only head office reads it."""

    def __init__(self, connection: Connection, scope: Scope) -> None:
        self._connection = connection
        self._scope = scope

    def add(self, told: Disclosure) -> None:
        """Record what is about to be handed over."""
        self._connection.execute(insert(disclosure).values(asdict(told) | {"columns": list(told.columns)}))

    def released(self, actor: Actor, checksum: str) -> bool:
        """Whether bytes of this checksum were recorded as handed to this very person."""
        own = (disclosure.c.user_id == actor.user_id) & (disclosure.c.checksum == checksum)
        return self._connection.execute(select(disclosure.c.id).where(own).limit(1)).first() is not None

    def find(self, wanted: Seen, most: int) -> Sequence[Disclosure]:
        """The newest ``most`` that match, newest first."""
        require_brand(self._scope, "disclosures.find")
        newest = select(disclosure).where(*_conditions(wanted)).order_by(disclosure.c.at.desc(), disclosure.c.id)
        return [_disclosure(row) for row in self._connection.execute(newest.limit(most))]

    def people(self) -> Sequence[tuple[str, str]]:
        """Id and name of everybody who was given something, by name."""
        require_brand(self._scope, "disclosures.people")
        told = select(disclosure.c.user_id, func.max(disclosure.c.user_name).label("name"))
        rows = self._connection.execute(told.group_by(disclosure.c.user_id).order_by("name"))
        return [(row.user_id, row.name) for row in rows]

    def count(self, wanted: Seen) -> int:
        """How many match."""
        require_brand(self._scope, "disclosures.count")
        counted = select(func.count()).select_from(disclosure).where(*_conditions(wanted))
        return int(self._connection.execute(counted).scalar_one())

    def sources(self) -> Sequence[tuple[str, str]]:
        """Page and subject of everything that ever left, by name."""
        require_brand(self._scope, "disclosures.sources")
        told = select(disclosure.c.page, disclosure.c.subject).distinct()
        rows = self._connection.execute(told.order_by(disclosure.c.page, disclosure.c.subject))
        return [(row.page, row.subject) for row in rows]


def _conditions(wanted: Seen) -> list[ColumnElement[bool]]:
    told = disclosure.c
    equal = [(told.page, wanted.page), (told.subject, wanted.subject)]
    found = [column == value for column, value in equal if value is not None]
    if wanted.user is not None:
        found.append((told.user_id == wanted.user) | (told.user_name == wanted.user))
    if wanted.first is not None:
        found.append(told.at >= wanted.first)
    return found if wanted.before is None else [*found, told.at < wanted.before]


def _disclosure(row: Row[Any]) -> Disclosure:
    return Disclosure(**{**row._mapping, "columns": tuple(row.columns)})
