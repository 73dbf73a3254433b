"""Saved views: each belongs to one person, who alone changes it; roles that it is shared with may open it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql import ColumnElement

from analytics.core.access import Actor, Role
from analytics.core.errors import DomainError
from data.store.engine import take_turns
from data.store.entities import users
from data.store.saved_view_tables import saved_view_roles, saved_views


@dataclass(frozen=True, slots=True)
class SavedView:
    """A page and what its address asked, under a name; ``roles`` are those that it is shared with."""

    id: str
    owner_id: str
    owner_name: str
    name: str
    page: str
    query: str
    saved_at: datetime
    roles: frozenset[Role] = frozenset()


class SavedViews:
    """Views as one person may see them. No scope cuts them: they hold no rows, and whoever opens one asks anew."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def seen_by(self, actor: Actor) -> Sequence[SavedView]:
        """The actor's own by name, then those of others that are shared with one of the actor's roles."""
        roles = [role.value for role in actor.roles]
        shared = select(saved_view_roles.c.view_id).where(saved_view_roles.c.role.in_(roles))
        own = saved_views.c.owner_id == actor.user_id
        found = self._read(own | saved_views.c.id.in_(shared))
        return sorted(found, key=lambda one: (one.owner_id != actor.user_id, one.name, one.owner_name))

    def own(self, actor: Actor, view_id: str) -> SavedView:
        """One of the actor's own; raises DomainError ``saved_view_unknown``."""
        for found in self._read((saved_views.c.id == view_id) & (saved_views.c.owner_id == actor.user_id)):
            return found
        raise DomainError("saved_view_unknown", view=view_id)

    def add(self, view: SavedView, *, most: int) -> None:
        """Keep a new view; raises DomainError ``saved_views_full`` or ``saved_view_exists``."""
        take_turns(self._connection, f"saved views {view.owner_id}")
        counted = select(func.count()).select_from(saved_views).where(saved_views.c.owner_id == view.owner_id)
        if self._connection.execute(counted).scalar_one() >= most:
            raise DomainError("saved_views_full", most=most)
        values = {"id": view.id, "owner_id": view.owner_id, "name": view.name, "page": view.page,
                  "query": view.query, "saved_at": view.saved_at}  # fmt: skip
        try:
            self._connection.execute(insert(saved_views).values(values))
        except IntegrityError as error:
            raise DomainError("saved_view_exists", name=view.name) from error

    def rename(self, actor: Actor, view_id: str, name: str) -> None:
        """Give one of the actor's own another name; raises DomainError ``saved_view_exists``."""
        try:
            self._connection.execute(update(saved_views).where(_own(actor, view_id)).values(name=name))
        except IntegrityError as error:
            raise DomainError("saved_view_exists", name=name) from error

    def share(self, actor: Actor, view_id: str, roles: frozenset[Role]) -> None:
        """Replace the roles that one of the actor's own is shared with."""
        self.own(actor, view_id)
        self._connection.execute(delete(saved_view_roles).where(saved_view_roles.c.view_id == view_id))
        if roles:
            rows = [{"view_id": view_id, "role": role.value} for role in sorted(roles)]
            self._connection.execute(insert(saved_view_roles), rows)

    def remove(self, actor: Actor, view_id: str) -> None:
        """Forget one of the actor's own."""
        self._connection.execute(delete(saved_views).where(_own(actor, view_id)))

    def _read(self, which: ColumnElement[bool]) -> list[SavedView]:
        named = select(saved_views, users.c.display_name.label("owner_name")).join(
            users, users.c.id == saved_views.c.owner_id
        )
        rows = self._connection.execute(named.where(which)).all()
        held = select(saved_view_roles).where(saved_view_roles.c.view_id.in_([row.id for row in rows]))
        roles: dict[str, set[Role]] = {}
        for row in self._connection.execute(held):
            roles.setdefault(row.view_id, set()).add(Role(row.role))
        return [SavedView(**row._mapping, roles=frozenset(roles.get(row.id, ()))) for row in rows]


def _own(actor: Actor, view_id: str) -> ColumnElement[bool]:
    return (saved_views.c.id == view_id) & (saved_views.c.owner_id == actor.user_id)
