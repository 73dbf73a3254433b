"""Accounts: the first administrator, demo accounts, and who may change whom."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from analytics.core.access import MAY, ROOT, Action, Actor, Grant, Role
from analytics.core.calendar import day_of
from analytics.core.errors import DomainError, NotSignedIn
from dashboard.settings import Settings
from data.sample.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD, DemoAccount
from data.store.accounts import LOCAL, new_user, subject_of
from data.store.audit import Deed, Subject
from data.store.audit_trail import Audit
from data.store.identity import Identity
from data.store.passwords import hash_password
from data.store.records import User
from data.store.repositories import Users


class Work(Protocol):
    """The part of a unit of work that accounts need; :mod:`dashboard.composition` opens it in the actor's scope."""

    @property
    def users(self) -> Users: ...

    @property
    def audit(self) -> Audit: ...

    def commit(self) -> None: ...


OpenWork = Callable[[], AbstractContextManager[Work]]


def create_admin(work: OpenWork, *, name: str, display_name: str, password: str, now: datetime) -> User:
    """The first account, made from the shell of the machine that holds the store, with the head-office grant.

    An administrator keeps things right and sees no figures; whoever sets the system up must see what was loaded, so
    this one is an executive, too. ``work`` opens in the scope of :func:`shell_actor`.
    """
    return create_user(
        shell_actor(),
        work,
        name=name,
        display_name=display_name,
        password=password,
        roles=frozenset({Role.ADMINISTRATOR, Role.EXECUTIVE}),
        grants=frozenset({ROOT}),
        now=now,
    )


def demo_accounts(settings: Settings) -> tuple[DemoAccount, ...]:
    """The accounts that a demo home offers; none anywhere else."""
    return DEMO_ACCOUNTS if settings.demo_marker.exists() else ()


def create_demo_accounts(identity: Identity, settings: Settings, *, now: datetime) -> tuple[User, ...]:
    """Make the demo accounts that are missing; raises DomainError ``demo_home_only`` outside a demo home."""
    if not demo_accounts(settings):
        raise DomainError("demo_home_only", home=str(settings.home))
    return tuple(_demo_user(identity, account, now) for account in DEMO_ACCOUNTS)


def actor_named(identity: Identity, name: str, *, now: datetime) -> Actor:
    """The actor behind a local account, for the shell's ``--as``; raises user_unknown or account_disabled."""
    user = identity.find(name=name)
    if user is None:
        raise DomainError("user_unknown", name=name)
    if user.disabled:
        raise NotSignedIn("account_disabled")
    return Actor(user.id, user.name, user.roles, user.grants_on(day_of(now)))


def service_actor(job: str) -> Actor:
    """The actor of a nightly job, with the head-office grant and the rights of jobs alone: they decide nothing."""
    return Actor(f"service:{job}", f"service:{job}", frozenset({Role.SERVICE}), frozenset({ROOT}))


def job_actor(kind: str, asked_name: str) -> Actor:
    """The service account that does a job; its name says on whose behalf."""
    actor = service_actor(kind)
    return replace(actor, name=f"{actor.name} for {asked_name}")


def shell_actor() -> Actor:
    """Who works in the shell of the machine that holds the store: an administrator of everything."""
    return Actor("service:shell", "service:shell", frozenset({Role.ADMINISTRATOR}), frozenset({ROOT}))


def list_users(actor: Actor, work: OpenWork) -> list[User]:
    """Accounts inside the actor's scope; demands the right to manage users."""
    actor.require(Action.MANAGE_USERS)
    with work() as unit:
        return unit.users.list()


def create_user(
    actor: Actor,
    work: OpenWork,
    *,
    name: str,
    display_name: str,
    password: str,
    roles: frozenset[Role],
    grants: frozenset[str],
    now: datetime,
) -> User:
    """Add a local account; demands the right to manage users and the head-office grant.

    Raises DomainError ``role_not_for_people`` for the role of jobs, besides what a bad name or password raises.
    """
    actor.require(Action.MANAGE_USERS)
    _for_people(roles)
    user = new_user(name, display_name, roles, grants)
    secret = hash_password(password, name=user.name)
    with work() as unit:
        unit.users.add(user, issuer=LOCAL, subject=subject_of(user.name), password_hash=secret, now=now)
        unit.audit.append(actor, Deed.USER_CREATED, Subject("user", user.id), _facts(None, user), at=now)
        unit.commit()
    return user


def change_rights(
    actor: Actor,
    work: OpenWork,
    user_id: str,
    *,
    roles: frozenset[Role],
    grants: frozenset[str],
    now: datetime,
) -> User:
    """Replace roles and grants; they hold from the person's next request.

    Raises DomainError ``cannot_demote_yourself`` for whoever would lose the right to undo it.
    """
    actor.require(Action.MANAGE_USERS)
    _for_people(roles)
    manages = any(Action.MANAGE_USERS in MAY[role] for role in roles)
    if user_id == actor.user_id and not (manages and actor.grants <= grants):
        raise DomainError("cannot_demote_yourself", name=actor.name)
    with work() as unit:
        before = unit.users.hold(user_id)
        unit.users.assign(user_id, roles=roles, grants=grants)
        changed = unit.users.get(user_id)
        subject = Subject("user", user_id)
        unit.audit.append(actor, Deed.USER_RIGHTS_CHANGED, subject, _facts(before, changed), at=now)
        unit.commit()
    return changed


def set_validity(actor: Actor, work: OpenWork, user_id: str, grant: Grant, *, now: datetime) -> User:
    """Change the days on which a grant holds; it ends or begins by itself, in open sessions, too.

    Raises DomainError ``grant_unknown``, and ``cannot_demote_yourself`` for one's own.
    """
    actor.require(Action.MANAGE_USERS)
    if user_id == actor.user_id:
        raise DomainError("cannot_demote_yourself", name=actor.name)
    with work() as unit:
        before = unit.users.hold(user_id)
        unit.users.set_validity(user_id, grant.partner, first=grant.first, last=grant.last)
        changed = unit.users.get(user_id)
        subject = Subject("user", user_id)
        unit.audit.append(actor, Deed.GRANT_VALIDITY_CHANGED, subject, _facts(before, changed), at=now)
        unit.commit()
    return changed


def set_disabled(actor: Actor, work: OpenWork, user_id: str, *, disabled: bool, now: datetime) -> None:
    """Lock somebody out at once, or let them in again; nobody locks themselves out."""
    actor.require(Action.MANAGE_USERS)
    if disabled and user_id == actor.user_id:
        raise DomainError("cannot_disable_yourself", name=actor.name)
    with work() as unit:
        before = unit.users.hold(user_id)
        unit.users.set_disabled(user_id, disabled=disabled, now=now)
        deed = Deed.USER_DISABLED if disabled else Deed.USER_ENABLED
        facts = _facts(before, replace(before, disabled=disabled))
        unit.audit.append(actor, deed, Subject("user", user_id), facts, at=now)
        unit.commit()


def _facts(before: User | None, after: User) -> dict[str, object]:
    """What the audit trail keeps of a change of an account: never a secret."""
    return {"name": after.name, "before": before and _rights(before), "after": _rights(after)}


def _rights(user: User) -> dict[str, object]:
    return {
        "roles": sorted(role.value for role in user.roles),
        "grants": sorted(_told(grant) for grant in user.granted),
        "disabled": user.disabled,
    }


def _told(grant: Grant) -> str:
    """A grant as the trail tells it: the partner, and the days where they are limited.

    >>> from datetime import date
    >>> _told(Grant("D1")), _told(Grant("D1", last=date(2026, 3, 31)))
    ('D1', 'D1 ..2026-03-31')
    """
    if grant.first is None and grant.last is None:
        return grant.partner
    return f"{grant.partner} {grant.first or ''}..{grant.last or ''}"


def _for_people(roles: frozenset[Role]) -> None:
    if Role.SERVICE in roles:
        raise DomainError("role_not_for_people", role=Role.SERVICE.value)


def _demo_user(identity: Identity, account: DemoAccount, now: datetime) -> User:
    existing = identity.find(name=account.login)
    if existing is not None:
        return existing
    return identity.create_user(
        name=account.login,
        display_name=f"{account.display_name_zh} {account.display_name_en}",
        password=DEMO_PASSWORD,
        roles=account.roles,
        grants=account.grants,
        now=now,
    )
