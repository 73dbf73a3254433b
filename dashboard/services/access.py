"""Accounts as an administrator sees and changes them; every change holds from the person's next request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime

from analytics.core.access import ROOT, Action, Actor, Grant, Role
from analytics.core.calendar import day_of
from analytics.core.errors import DomainError
from dashboard.services import users
from dashboard.services.desk import Desk
from dashboard.services.standing import session_policy, still_open
from dashboard.services.use_case import UseCase, reads
from dashboard.services.users import OpenWork, Work
from dashboard.services.views import Option
from data.store.records import LiveSession, User


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What is needed to make an account."""

    name: str
    display_name: str
    password: str = field(repr=False)
    roles: frozenset[Role]
    grants: frozenset[str]


@dataclass(frozen=True, slots=True)
class Units:
    """What :mod:`dashboard.composition` opens: units of work in an actor's scope, and the check of grants."""

    reading: Callable[[Actor], AbstractContextManager[Work]]
    writing: Callable[[Actor], AbstractContextManager[Work]]
    known_grants: Callable[[frozenset[str]], None]


class Access(UseCase):
    """Use case of ``admin/access``; each call demands the right to manage users again."""

    def __init__(self, desk: Desk, units: Units, clock: Callable[[], datetime]) -> None:
        self._desk = desk
        self._units = units
        self._clock = clock

    @reads
    def accounts(self) -> Sequence[User]:
        """Accounts inside the asker's scope, by name."""
        actor = self._actor()
        return users.list_users(actor, lambda: self._units.reading(actor))

    @reads
    def partners(self) -> tuple[Option, ...]:
        """Partners that can be granted, those above others first; none before anything was built."""
        self._actor()
        if self._desk.latest_build() is None:
            return ()
        facts = self._desk.open(Action.MANAGE_USERS).facts
        ordered = facts.table("partner").order_by([lambda rows: rows.parent.notnull(), "partner"])
        rows = facts.answer(ordered.select(code="partner", label="name")).to_pylist()
        return tuple(Option(row["code"], row["label"]) for row in rows if row["code"] != ROOT)

    @reads
    def today(self) -> date:
        """The day by which grants begin and end."""
        self._actor()
        return day_of(self._clock())

    def create(self, new: NewAccount) -> None:
        """Add a local account; raises what a bad name, password, role or grant raises."""
        actor = self._actor()
        self._check(new.roles, new.grants)
        users.create_user(
            actor, self._work(actor), name=new.name, display_name=new.display_name, password=new.password,
            roles=new.roles, grants=new.grants, now=self._clock(),
        )  # fmt: skip

    def change(self, user_id: str, roles: frozenset[Role], grants: frozenset[str]) -> None:
        """Replace roles and grants of an account."""
        actor = self._actor()
        self._check(roles, grants)
        users.change_rights(actor, self._work(actor), user_id, roles=roles, grants=grants, now=self._clock())

    def limit(self, user_id: str, partner: str, first: date | None, last: date | None) -> None:
        """Change the days on which a grant holds, both included; raises DomainError grant_unknown or grant_reversed."""
        actor = self._actor()
        users.set_validity(actor, self._work(actor), user_id, Grant(partner, first, last), now=self._clock())

    def disable(self, user_id: str) -> None:
        """Lock an account out at once and end its sessions."""
        actor = self._actor()
        users.set_disabled(actor, self._work(actor), user_id, disabled=True, now=self._clock())

    def enable(self, user_id: str) -> None:
        """Let an account in again."""
        actor = self._actor()
        users.set_disabled(actor, self._work(actor), user_id, disabled=False, now=self._clock())

    @reads
    def sessions(self, user_id: str) -> Sequence[LiveSession]:
        """Open sessions of an account, last used first; raises DomainError ``user_unknown``."""
        now = self._clock()
        with self._units.reading(self._actor()) as unit:
            found = unit.users.live_sessions(user_id, now=now)
        return still_open(found, session_policy(self._desk.policies(), now), now)

    def end_session(self, user_id: str, session: str) -> None:
        """End one session of an account; raises DomainError ``session_unknown``."""
        with self._units.writing(self._actor()) as unit:
            unit.users.end_session(user_id, session, now=self._clock())
            unit.commit()

    def _actor(self) -> Actor:
        return self._desk.actor(Action.MANAGE_USERS)

    def _work(self, actor: Actor) -> OpenWork:
        return lambda: self._units.writing(actor)

    def _check(self, roles: frozenset[Role], grants: frozenset[str]) -> None:
        if not roles:
            raise DomainError("roles_needed")
        if not grants:
            raise DomainError("grants_needed")
        self._units.known_grants(grants)
