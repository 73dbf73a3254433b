"""Who saw what, in and out of one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select

from analytics.core.access import Actor, Scope
from data.store.entities import disclosure
from data.store.records import Disclosure
from data.store.repositories import require_brand


@dataclass(frozen=True, slots=True)
class Seen:
    """Which disclosures to read: of one person, of one page, between two instants (the first one included)."""

    user_id: str | None = None
    page: str | None = None
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
        newest = _matching(select(disclosure), wanted).order_by(disclosure.c.at.desc(), disclosure.c.id).limit(most)
        return [_disclosure(row) for row in self._connection.execute(newest)]

    def count(self, wanted: Seen) -> int:
        """How many match."""
        require_brand(self._scope, "disclosures.count")
        counted = _matching(select(func.count()).select_from(disclosure), wanted)
        return int(self._connection.execute(counted).scalar_one())

    def pages(self) -> Sequence[str]:
        """Pages that anything left from, by name."""
        require_brand(self._scope, "disclosures.pages")
        return list(
            self._connection.execute(select(disclosure.c.page).distinct().order_by(disclosure.c.page)).scalars()
        )


def _matching(asked: Select[Any], wanted: Seen) -> Select[Any]:
    if wanted.user_id is not None:
        asked = asked.where(disclosure.c.user_id == wanted.user_id)
    if wanted.page is not None:
        asked = asked.where(disclosure.c.page == wanted.page)
    if wanted.first is not None:
        asked = asked.where(disclosure.c.at >= wanted.first)
    return asked if wanted.before is None else asked.where(disclosure.c.at < wanted.before)


def _disclosure(row: Row[Any]) -> Disclosure:
    return Disclosure(**{**row._mapping, "columns": tuple(row.columns)})
