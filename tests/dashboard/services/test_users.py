"""Accounts are made and changed by those who may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from analytics.core.access import ROOT, Action, Actor, Role
from analytics.core.errors import AccessDenied, DomainError, NotSignedIn
from dashboard.services import users
from dashboard.settings import Settings, settings_from
from data.sample.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from data.store.engine import Store, open_store
from data.store.identity import Identity
from data.store.unit_of_work import UnitOfWork

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_from({"WATERLINE_HOME": str(tmp_path)})


@pytest.fixture
def store(settings: Settings) -> Store:
    opened = open_store(settings.store_url)
    opened.migrate()
    return opened


def work_of(store: Store, actor: Actor) -> Callable[[], UnitOfWork]:
    return partial(UnitOfWork, store, actor.scope)


def an_admin(store: Store) -> Actor:
    users.create_admin(
        work_of(store, users.shell_actor()), name="root", display_name="", password="a long password", now=NOW
    )
    return users.actor_named(Identity(store), "root", now=NOW)


def test_the_first_administrator_manages_loads_and_sees_what_was_loaded(store: Store) -> None:
    admin = an_admin(store)
    assert admin.scope.anchors == {ROOT}
    assert admin.may(Action.MANAGE_USERS)
    assert admin.may(Action.LOAD_DATA)
    assert admin.may(Action.SEE_ROWS)


def test_demo_accounts_exist_in_a_demo_home_only(store: Store, settings: Settings) -> None:
    identity = Identity(store)
    assert users.demo_accounts(settings) == ()
    with pytest.raises(DomainError, match="demo_home_only"):
        users.create_demo_accounts(identity, settings, now=NOW)
    assert identity.find(name="executive") is None
    settings.demo_marker.touch()
    made = users.create_demo_accounts(identity, settings, now=NOW)
    assert users.create_demo_accounts(identity, settings, now=NOW) == made
    assert {user.name for user in made} == {account.login for account in DEMO_ACCOUNTS}
    assert identity.verify(name="dealer-a", password=DEMO_PASSWORD) is not None


def test_the_shell_acts_as_a_known_enabled_account(store: Store) -> None:
    admin = an_admin(store)
    with pytest.raises(DomainError, match="user_unknown"):
        users.actor_named(Identity(store), "nobody", now=NOW)
    other = users.create_user(
        admin, work_of(store, admin), name="li", display_name="李", password="a long password",
        roles=frozenset({Role.DEALER}), grants=frozenset({"D01"}), now=NOW,
    )  # fmt: skip
    users.set_disabled(admin, work_of(store, admin), other.id, disabled=True, now=NOW)
    with pytest.raises(NotSignedIn, match="account_disabled"):
        users.actor_named(Identity(store), "li", now=NOW)


def test_a_job_may_load_forecast_plan_and_reckon_and_decide_nothing() -> None:
    job = users.service_actor("build")
    may = {Action.LOAD_DATA, Action.FORECAST, Action.PLAN, Action.SEE_PROPOSALS, Action.TEND_PROPOSALS}
    may |= {Action.SEE_LEDGER}
    assert {action for action in Action if job.may(action)} == may


def test_an_administrator_changes_rights(store: Store) -> None:
    admin = an_admin(store)
    work = work_of(store, admin)
    made = users.create_user(
        admin, work, name="li", display_name="", password="a long password",
        roles=frozenset({Role.DEALER}), grants=frozenset({"D01"}), now=NOW,
    )  # fmt: skip
    changed = users.change_rights(
        admin, work, made.id, roles=frozenset({Role.EXECUTIVE}), grants=frozenset({ROOT}), now=NOW
    )
    assert changed.roles == {Role.EXECUTIVE}
    assert {user.name for user in users.list_users(admin, work)} == {"root", "li"}
    with pytest.raises(DomainError, match="cannot_disable_yourself"):
        users.set_disabled(admin, work, admin.user_id, disabled=True, now=NOW)


def test_nobody_gets_the_role_of_a_job(store: Store) -> None:
    admin = an_admin(store)
    work = work_of(store, admin)
    job = frozenset({Role.DEALER, Role.SERVICE})
    with pytest.raises(DomainError, match="role_not_for_people"):
        users.create_user(
            admin, work, name="li", display_name="", password="a long password",
            roles=job, grants=frozenset({"D01"}), now=NOW,
        )  # fmt: skip
    with pytest.raises(DomainError, match="role_not_for_people"):
        users.change_rights(admin, work, admin.user_id, roles=job, grants=frozenset({ROOT}), now=NOW)
    assert {user.name for user in users.list_users(admin, work)} == {"root"}


def test_every_call_asks_for_the_right_again(store: Store) -> None:
    admin = an_admin(store)
    work = work_of(store, admin)
    executive = Actor("x", "x", frozenset({Role.EXECUTIVE}), frozenset({ROOT}))
    nobody: frozenset[Role] = frozenset()
    calls: list[Callable[[], object]] = [
        lambda: users.list_users(executive, work),
        lambda: users.change_rights(executive, work, admin.user_id, roles=nobody, grants=frozenset(), now=NOW),
        lambda: users.set_disabled(executive, work, admin.user_id, disabled=True, now=NOW),
        lambda: users.create_user(
            executive, work, name="y", display_name="", password="a long password",
            roles=nobody, grants=frozenset(), now=NOW,
        ),
    ]  # fmt: skip
    for call in calls:
        with pytest.raises(AccessDenied, match="not_allowed"):
            call()
    assert users.actor_named(Identity(store), "root", now=NOW) == admin
