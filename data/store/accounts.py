"""Rows of accounts in and out of one transaction; the two doors decide who may call what."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql import ColumnElement

from analytics.core.access import Grant, Role
from analytics.core.errors import DomainError
from data.store.entities import user_grants, user_roles, users
from data.store.live_sessions import end_sessions
from data.store.records import User

LOCAL = "local"
"""Issuer of the accounts that this installation keeps itself."""

NAME_LENGTH = 100


def subject_of(name: str) -> str:
    """The one spelling that a local account is known by.

    >>> subject_of("  Ｗang.Li ")
    'wang.li'
    """
    # PostgreSQL's text cannot hold a NUL; no stored name has one.
    return unicodedata.normalize("NFKC", name).strip().casefold().replace("\x00", "\ufffd")


def checked_name(name: str) -> str:
    """``name`` without surrounding blanks; raises DomainError ``user_name_invalid`` for one nobody could type back."""
    trimmed = unicodedata.normalize("NFKC", name).strip()
    if not trimmed or len(trimmed) > NAME_LENGTH or any(not c.isprintable() or c.isspace() for c in trimmed):
        raise DomainError("user_name_invalid", name=name[:NAME_LENGTH], longest=NAME_LENGTH)
    return trimmed


def insert_user(
    connection: Connection, user: User, *, issuer: str, subject: str, password_hash: str | None, now: datetime
) -> User:
    """Add an account; raises DomainError ``user_exists`` when the issuer already knows the subject."""
    row = {"id": user.id, "issuer": issuer, "subject": subject, "name": user.name, "display_name": user.display_name,
           "password_hash": password_hash, "disabled": user.disabled, "created_at": now}  # fmt: skip
    try:
        connection.execute(insert(users).values(row))
    except IntegrityError as error:
        raise DomainError("user_exists", name=user.name) from error
    _replace_roles(connection, user.id, user.roles)
    _grant(connection, user.id, user.granted)
    return user


def new_user(name: str, display_name: str, roles: Iterable[Role], grants: Iterable[str]) -> User:
    """An account that is not stored yet, with an id of its own."""
    trimmed = checked_name(name)
    granted = frozenset(Grant(partner) for partner in grants)
    return User(uuid4().hex, trimmed, display_name.strip() or trimmed, frozenset(roles), granted)


def assign(connection: Connection, user_id: str, *, roles: Iterable[Role], grants: Iterable[str]) -> None:
    """Replace roles and granted partners of an account; a grant that stays keeps its days, a new one has no end."""
    _replace_roles(connection, user_id, roles)
    mine, wanted = user_grants.c.user_id == user_id, frozenset(grants)
    connection.execute(delete(user_grants).where(mine & user_grants.c.partner.not_in(wanted)))
    kept = set(connection.scalars(select(user_grants.c.partner).where(mine)))
    _grant(connection, user_id, (Grant(partner) for partner in wanted - kept))


def set_validity(connection: Connection, user_id: str, partner: str, *, first: date | None, last: date | None) -> None:
    """Change the days on which a grant holds; raises DomainError ``grant_unknown`` for one that is not there."""
    same = (user_grants.c.user_id == user_id) & (user_grants.c.partner == partner)
    changed = connection.execute(update(user_grants).where(same).values(valid_from=first, valid_to=last))
    if changed.rowcount != 1:
        raise DomainError("grant_unknown", partner=partner)


def set_disabled(connection: Connection, user_id: str, *, disabled: bool, now: datetime) -> None:
    """Lock an account out, or let it in again; locking out ends its sessions."""
    _change(connection, user_id, disabled=disabled)
    if disabled:
        end_sessions(connection, user_id, now=now)


def set_password_hash(
    connection: Connection, user_id: str, password_hash: str, *, now: datetime, keep: str | None = None
) -> None:
    """Replace the secret and end every session that the old one opened, except ``keep`` (a token's digest)."""
    _change(connection, user_id, password_hash=password_hash)
    end_sessions(connection, user_id, now=now, keep=keep)


def read_users(connection: Connection, where: ColumnElement[bool] | None = None) -> list[User]:
    """Accounts by name, with roles and grants; three queries however many there are."""
    asked = select(users).order_by(users.c.name, users.c.id)
    rows = connection.execute(asked if where is None else asked.where(where)).all()
    roles: defaultdict[str, set[str]] = defaultdict(set)
    for row in _of_users(connection, user_roles, where):
        roles[row.user_id].add(row.role)
    granted: defaultdict[str, set[Grant]] = defaultdict(set)
    for row in _of_users(connection, user_grants, where):
        granted[row.user_id].add(Grant(row.partner, row.valid_from, row.valid_to))
    return [
        User(row.id, row.name, row.display_name, _known(roles[row.id]), frozenset(granted[row.id]), row.disabled)
        for row in rows
    ]


def user_of(rows: Sequence[Row[Any]]) -> User:
    """One account from the rows of its joined roles and grants."""
    first = rows[0]
    roles = _known({row.role for row in rows if row.role})
    granted = frozenset(Grant(row.partner, row.valid_from, row.valid_to) for row in rows if row.partner)
    return User(first.id, first.name, first.display_name, roles, granted, first.disabled)


def read_user(connection: Connection, where: ColumnElement[bool]) -> User | None:
    return next(iter(read_users(connection, where)), None)


def _known(names: set[str]) -> frozenset[Role]:
    # A role that this release does not know gives no right at all.
    return frozenset(role for role in Role if role.value in names)


def _of_users(connection: Connection, table: Table, where: ColumnElement[bool] | None) -> Iterable[Row[Any]]:
    asked = select(table)
    if where is not None:
        asked = asked.join(users, users.c.id == table.c.user_id).where(where)
    return connection.execute(asked)


def _replace_roles(connection: Connection, user_id: str, roles: Iterable[Role]) -> None:
    connection.execute(delete(user_roles).where(user_roles.c.user_id == user_id))
    rows = [{"user_id": user_id, "role": name} for name in sorted(role.value for role in roles)]
    if rows:
        connection.execute(insert(user_roles), rows)


def _grant(connection: Connection, user_id: str, grants: Iterable[Grant]) -> None:
    rows = [
        {"user_id": user_id, "partner": one.partner, "valid_from": one.first, "valid_to": one.last}
        for one in sorted(grants, key=lambda one: one.partner)
    ]
    if rows:
        connection.execute(insert(user_grants), rows)


def _change(connection: Connection, user_id: str, **values: object) -> None:
    changed = connection.execute(update(users).where(users.c.id == user_id).values(**values))
    if changed.rowcount != 1:
        raise DomainError("user_unknown", name=user_id)
