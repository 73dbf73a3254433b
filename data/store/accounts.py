"""Rows of accounts in and out of one transaction; the two doors decide who may call what."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Column, Connection, Row, Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql import ColumnElement

from analytics.core.access import Role
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
    assign(connection, user.id, roles=user.roles, grants=user.grants)
    return user


def new_user(name: str, display_name: str, roles: Iterable[Role], grants: Iterable[str]) -> User:
    """An account that is not stored yet, with an id of its own."""
    trimmed = checked_name(name)
    return User(uuid4().hex, trimmed, display_name.strip() or trimmed, frozenset(roles), frozenset(grants))


def assign(connection: Connection, user_id: str, *, roles: Iterable[Role], grants: Iterable[str]) -> None:
    """Replace roles and grants of an account."""
    _replace(connection, user_roles, user_roles.c.role, user_id, sorted(role.value for role in roles))
    _replace(connection, user_grants, user_grants.c.partner, user_id, sorted(grants))


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
    roles = _by_user(connection, user_roles, user_roles.c.role, where)
    grants = _by_user(connection, user_grants, user_grants.c.partner, where)
    return [
        User(row.id, row.name, row.display_name, _known(roles[row.id]), frozenset(grants[row.id]), row.disabled)
        for row in rows
    ]


def user_of(rows: Sequence[Row[Any]]) -> User:
    """One account from the rows of its joined roles and grants."""
    first = rows[0]
    roles = _known({row.role for row in rows if row.role})
    grants = frozenset(row.partner for row in rows if row.partner)
    return User(first.id, first.name, first.display_name, roles, grants, first.disabled)


def read_user(connection: Connection, where: ColumnElement[bool]) -> User | None:
    return next(iter(read_users(connection, where)), None)


def _known(names: set[str]) -> frozenset[Role]:
    # A role that this release does not know gives no right at all.
    return frozenset(role for role in Role if role.value in names)


def _by_user(
    connection: Connection, table: Table, value: Column[str], where: ColumnElement[bool] | None
) -> defaultdict[str, set[str]]:
    asked = select(table.c.user_id, value)
    if where is not None:
        asked = asked.join(users, users.c.id == table.c.user_id).where(where)
    found: defaultdict[str, set[str]] = defaultdict(set)
    for user_id, text in connection.execute(asked):
        found[user_id].add(text)
    return found


def _replace(connection: Connection, table: Table, column: Column[str], user_id: str, values: list[str]) -> None:
    connection.execute(delete(table).where(table.c.user_id == user_id))
    if values:
        connection.execute(insert(table), [{"user_id": user_id, column.name: value} for value in values])


def _change(connection: Connection, user_id: str, **values: object) -> None:
    changed = connection.execute(update(users).where(users.c.id == user_id).values(**values))
    if changed.rowcount != 1:
        raise DomainError("user_unknown", name=user_id)
