"""Loads, builds and users as seen from one scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql import ColumnElement

from analytics.core.access import ROOT, Role, Scope
from analytics.core.errors import AccessDenied, DomainError
from data.store import accounts
from data.store.engine import take_turns
from data.store.entities import builds, loads, user_grants, users
from data.store.live_sessions import end_every_session, end_session, live_sessions
from data.store.records import Build, LiveSession, Load, User
from data.store.viewings import begin_viewing


class Loads:
    """What was loaded. The brand's own business: everything here demands the head-office grant."""

    def __init__(self, connection: Connection, scope: Scope) -> None:
        self._connection = connection
        self._scope = scope

    def add(self, load: Load) -> None:
        """Record a load; raises DomainError ``load_exists`` when this content was loaded by this mapping before."""
        require_brand(self._scope, "loads.add")
        try:
            self._connection.execute(insert(loads).values(_plain(load)))
        except IntegrityError as error:
            raise DomainError("load_exists", file=load.file) from error

    def all(self) -> list[Load]:
        """Every committed load, oldest first."""
        require_brand(self._scope, "loads.all")
        rows = self._connection.execute(select(loads).order_by(loads.c.loaded_at, loads.c.id))
        return [_load(row) for row in rows]

    def find(self, content_digest: str, mapping_digest: str) -> Load | None:
        """The load of this content by this mapping, if it was committed."""
        require_brand(self._scope, "loads.find")
        same = (loads.c.content_digest == content_digest) & (loads.c.mapping_digest == mapping_digest)
        row = self._connection.execute(select(loads).where(same)).one_or_none()
        return None if row is None else _load(row)

    def replaced(self, load: Load) -> list[Load]:
        """Forget the earlier loads of the same files by the same mapping, and return them: ``load`` knows codes that
        they set aside.
        """
        require_brand(self._scope, "loads.replaced")
        if load.files_digest is None:
            return []
        same = (loads.c.files_digest == load.files_digest) & (loads.c.mapping_digest == load.mapping_digest)
        removed = delete(loads).where(same & (loads.c.id != load.id)).returning(*loads.c)
        return [_load(row) for row in self._connection.execute(removed)]

    def remove(self, id: str) -> Load:
        """Forget a load: its rows in the lake count no more, and the same file can be loaded again.

        Returns what it was; raises DomainError ``load_unknown``.
        """
        require_brand(self._scope, "loads.remove")
        removed = delete(loads).where(loads.c.id == id).returning(*loads.c)
        row = self._connection.execute(removed).one_or_none()
        if row is None:
            raise DomainError("load_unknown", load=id)
        return _load(row)


class Builds:
    """What was published. Any scope may know which build is current; only the brand publishes."""

    def __init__(self, connection: Connection, scope: Scope) -> None:
        self._connection = connection
        self._scope = scope

    def publish(self, build: Build) -> None:
        """Make ``build`` the latest one; raises DomainError ``build_exists`` for an id used before."""
        require_brand(self._scope, "builds.publish")
        plain = {"table_versions": dict(build.table_versions), "loads": list(build.loads),
                 "marts": dict(build.marts), "totals": dict(build.totals)}  # fmt: skip
        try:
            self._connection.execute(insert(builds).values(asdict(build) | plain))
        except IntegrityError as error:
            raise DomainError("build_exists", id=build.id) from error

    def latest(self) -> Build | None:
        """The build published last; None before the first one."""
        row = self._connection.execute(select(builds).order_by(builds.c.sequence.desc()).limit(1)).one_or_none()
        return None if row is None else _build(row)

    def newest(self, limit: int) -> list[Build]:
        """The builds published last, newest first."""
        require_brand(self._scope, "builds.newest")
        rows = self._connection.execute(select(builds).order_by(builds.c.sequence.desc()).limit(limit))
        return [_build(row) for row in rows]

    def current_since(self, moment: datetime) -> list[Build]:
        """Builds that were the latest at some time from ``moment`` on, the latest of all included."""
        before = select(func.max(builds.c.sequence)).where(builds.c.published_at < moment).scalar_subquery()
        rows = self._connection.execute(select(builds).where(builds.c.sequence >= func.coalesce(before, 0)))
        return [_build(row) for row in rows]

    def get(self, id: str) -> Build:
        """The build of that id; raises DomainError ``build_unknown``."""
        row = self._connection.execute(select(builds).where(builds.c.id == id)).one_or_none()
        if row is None:
            raise DomainError("build_unknown", id=id)
        return _build(row)


class Users:
    """Accounts whose grants all lie inside the scope; the head-office grant sees every account."""

    def __init__(self, connection: Connection, scope: Scope) -> None:
        self._connection = connection
        self._scope = scope

    def list(self) -> list[User]:
        return accounts.read_users(self._connection, self._visible())

    def get(self, user_id: str) -> User:
        """The account of that id; raises DomainError ``user_unknown``, also for one outside the scope."""
        user = accounts.read_user(self._connection, self._visible() & (users.c.id == user_id))
        if user is None:
            raise DomainError("user_unknown", name=user_id)
        return user

    def hold(self, user_id: str) -> User:
        """The account of that id, which nobody else holds until this transaction ends: what it was *before*."""
        take_turns(self._connection, f"user {user_id}")
        return self.get(user_id)

    def find(self, name: str) -> User | None:
        """The local account of that name, in any spelling."""
        known = (users.c.issuer == accounts.LOCAL) & (users.c.subject == accounts.subject_of(name))
        return accounts.read_user(self._connection, self._visible() & known)

    def assign(self, user_id: str, *, roles: frozenset[Role], grants: frozenset[str]) -> None:
        """Replace roles and grants; they hold from the person's next request. A grant that stays keeps its days."""
        require_brand(self._scope, "users.assign")
        self.get(user_id)
        accounts.assign(self._connection, user_id, roles=roles, grants=grants)

    def set_validity(self, user_id: str, partner: str, *, first: date | None, last: date | None) -> None:
        """Change the days on which a grant holds; raises DomainError ``grant_unknown``."""
        require_brand(self._scope, "users.set_validity")
        self.get(user_id)
        accounts.set_validity(self._connection, user_id, partner, first=first, last=last)

    def begin_viewing(self, session: str, user_id: str, *, now: datetime, until: datetime) -> None:
        """The session of that digest looks at the app as a visible account; raises DomainError ``user_unknown``."""
        self.get(user_id)
        begin_viewing(self._connection, session, user_id, now=now, until=until)

    def set_disabled(self, user_id: str, *, disabled: bool, now: datetime) -> None:
        """Lock an account out at once, or let it in again."""
        require_brand(self._scope, "users.set_disabled")
        accounts.set_disabled(self._connection, user_id, disabled=disabled, now=now)

    def live_sessions(self, user_id: str, *, now: datetime) -> Sequence[LiveSession]:
        """Sessions of a visible account that are open at ``now``; raises DomainError ``user_unknown``."""
        self.get(user_id)
        return live_sessions(self._connection, user_id, now=now)

    def open_sessions(self, *, now: datetime) -> Sequence[LiveSession]:
        """Sessions of everybody that are open at ``now``."""
        require_brand(self._scope, "users.open_sessions")
        return live_sessions(self._connection, None, now=now)

    def end_session(self, user_id: str, session: str, *, now: datetime) -> None:
        """End one session by its public id; raises DomainError ``session_unknown``."""
        require_brand(self._scope, "users.end_session")
        end_session(self._connection, user_id, session, now=now)

    def end_every_session(self, *, now: datetime) -> int:
        """End every session of everybody; returns how many were open."""
        require_brand(self._scope, "users.end_every_session")
        return end_every_session(self._connection, now=now)

    def add(self, user: User, *, issuer: str, subject: str, password_hash: str | None, now: datetime) -> User:
        """Add an account; raises DomainError ``user_exists``."""
        require_brand(self._scope, "users.add")
        return accounts.insert_user(
            self._connection, user, issuer=issuer, subject=subject, password_hash=password_hash, now=now
        )

    def _visible(self) -> ColumnElement[bool]:
        if ROOT in self._scope.anchors:
            return true()
        holders = select(user_grants.c.user_id)
        outside = holders.where(user_grants.c.partner.not_in(self._scope.anchors))
        return users.c.id.in_(holders) & users.c.id.not_in(outside)


def require_brand(scope: Scope, operation: str) -> None:
    """Raise AccessDenied ``brand_only`` unless the scope holds the head-office grant."""
    if ROOT not in scope.anchors:
        raise AccessDenied("brand_only", operation=operation)


def _load(row: Row[Any]) -> Load:
    return Load(**{**row._mapping, "warnings": tuple(row.warnings)})


def _plain(load: Load) -> dict[str, Any]:
    return asdict(load) | {"tables": dict(load.tables), "warnings": [dict(one) for one in load.warnings]}


def _build(row: Row[Any]) -> Build:
    values = {name: value for name, value in row._mapping.items() if name != "sequence"}
    return Build(**values | {"loads": tuple(row.loads)})
