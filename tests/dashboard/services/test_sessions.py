"""One's own sessions and password, and the sessions and accounts that an administrator manages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analytics.core.access import ROOT, Role
from analytics.core.errors import AccessDenied, DomainError, NotSignedIn
from dashboard.composition import Services, services_for
from dashboard.services.access import NewAccount
from dashboard.services.sessions import PasswordChange, change_password
from dashboard.services.sign_in import Credentials, LocalAccounts, SignIn, SignInThrottled
from dashboard.settings import settings_from
from data.store.engine import Store, open_store
from data.store.identity import Identity
from tests.limits import limits

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
PASSWORD = "long enough password"
FRESH = "another long password"


class World:
    """A store with an administrator and a dealer."""

    def __init__(self, home: Path) -> None:
        self.settings = settings_from({"WATERLINE_HOME": str(home)})
        self.store: Store = open_store(self.settings.store_url)
        self.store.migrate()
        identity = Identity(self.store)
        self.local = LocalAccounts(identity)
        self.door = SignIn(identity, limits(failures_per_account=3))
        self.admin, self.dealer = (
            identity.create_user(name=name, display_name=name, password=PASSWORD, roles={role}, grants={grant}, now=NOW)
            for name, role, grant in (("root", Role.ADMINISTRATOR, ROOT), ("wang", Role.DEALER, "D01"))
        )

    def enter(self, name: str, password: str = PASSWORD, *, now: datetime = NOW) -> str:
        return self.door.sign_in(self.local, Credentials(name, password), address="10.0.0.1", now=now).token

    def services(self, token: str, *, now: datetime = NOW) -> Services:
        return services_for(self.settings, self.store, token, clock=lambda: now)

    def change(self, token: str, current: str, new: str, repeated: str | None = None) -> None:
        typed = PasswordChange(current, new, new if repeated is None else repeated)
        change_password(self.door, self.local, token, typed, address="10.0.0.1", now=NOW)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_one_sees_the_own_open_sessions_and_which_is_this(world: World) -> None:
    first, second = world.enter("wang"), world.enter("wang", now=NOW + timedelta(minutes=5))
    world.enter("root")
    found = world.services(first).sessions.mine()
    assert [one.opened_at for one in found.sessions] == [NOW + timedelta(minutes=5), NOW]
    assert found.this == found.sessions[1].id
    assert world.services(second).sessions.mine().this == found.sessions[0].id


def test_neither_token_nor_its_digest_is_told(world: World) -> None:
    token = world.enter("wang")
    actor = world.services(token).actor
    told = repr(world.services(token).sessions.mine())
    assert token not in told
    assert actor.session_id is not None
    assert actor.session_id not in told
    with pytest.raises(NotSignedIn):
        world.services(world.services(token).sessions.mine().sessions[0].id)


def test_ending_one_session_ends_it_at_once(world: World) -> None:
    here, there = world.enter("wang"), world.enter("wang")
    open_there = world.services(there)
    mine = world.services(here).sessions
    other = next(one.id for one in mine.mine().sessions if one.id != mine.mine().this)
    mine.end(other)
    with pytest.raises(NotSignedIn, match="session_revoked"):
        open_there.sessions.mine()
    with pytest.raises(DomainError, match="session_unknown"):
        mine.end(other)
    assert len(mine.mine().sessions) == 1


def test_nobody_ends_a_session_of_somebody_else(world: World) -> None:
    mine, theirs = world.services(world.enter("wang")), world.services(world.enter("root"))
    for session in (str(theirs.sessions.mine().this), "", "%"):
        with pytest.raises(DomainError, match="session_unknown"):
            mine.sessions.end(session)
    mine.sessions.end_others()
    assert len(theirs.sessions.mine().sessions) == 1


def test_ending_all_others_keeps_this_one(world: World) -> None:
    tokens = [world.enter("wang") for _ in range(3)]
    world.services(tokens[1]).sessions.end_others()
    assert len(world.services(tokens[1]).sessions.mine().sessions) == 1
    for token in (tokens[0], tokens[2]):
        with pytest.raises(NotSignedIn, match="session_revoked"):
            world.services(token)


def test_the_password_changes_and_other_sessions_end(world: World) -> None:
    here, there = world.enter("wang"), world.enter("wang")
    world.change(here, PASSWORD, FRESH)
    assert world.services(here).actor.name == "wang"
    with pytest.raises(NotSignedIn, match="session_revoked"):
        world.services(there)
    with pytest.raises(DomainError, match="sign_in_refused"):
        world.enter("wang")
    assert world.enter("wang", FRESH)


@pytest.mark.parametrize(
    ("current", "new", "repeated", "code"),
    [
        ("wrong", FRESH, FRESH, "password_wrong"),
        ("", FRESH, FRESH, "password_wrong"),
        (PASSWORD, FRESH, FRESH + "x", "password_not_repeated"),
        (PASSWORD, "short", "short", "password_weak"),
    ],
)
def test_a_refused_change_changes_nothing(world: World, current: str, new: str, repeated: str, code: str) -> None:
    here, there = world.enter("wang"), world.enter("wang")
    with pytest.raises(DomainError, match=code):
        world.change(here, current, new, repeated)
    assert world.services(there).actor.name == "wang"
    assert world.enter("wang")


def test_guessing_the_current_password_is_stopped_as_at_sign_in(world: World) -> None:
    here = world.enter("wang")
    for _ in range(3):
        with pytest.raises(DomainError, match="password_wrong"):
            world.change(here, "wrong", FRESH)
    with pytest.raises(SignInThrottled):
        world.change(here, PASSWORD, FRESH)
    with pytest.raises(SignInThrottled):
        world.enter("wang")


def test_an_account_of_another_issuer_never_changes_a_local_one(world: World) -> None:
    """Somebody known elsewhere by a name that a local account bears, and who knows its password."""
    here = world.enter("wang")
    with world.store.writing() as connection:
        connection.exec_driver_sql("UPDATE users SET name = 'root' WHERE name = 'wang'")
    with pytest.raises(DomainError, match="password_wrong"):
        world.change(here, PASSWORD, FRESH)
    assert world.enter("root")


def test_an_administrator_sees_and_ends_anybodys_sessions(world: World) -> None:
    access = world.services(world.enter("root")).access
    open_there = world.services(world.enter("wang"))
    (found,) = access.sessions(world.dealer.id)
    access.end_session(world.dealer.id, found.id)
    assert access.sessions(world.dealer.id) == []
    with pytest.raises(NotSignedIn, match="session_revoked"):
        open_there.sessions.mine()
    with pytest.raises(DomainError, match="user_unknown"):
        access.sessions("nobody")


def test_changed_rights_and_disabling_hold_for_what_is_open(world: World) -> None:
    access = world.services(world.enter("root")).access
    open_there = world.services(world.enter("wang"))
    access.change(world.dealer.id, frozenset({Role.ADMINISTRATOR}), frozenset({ROOT}))
    assert {user.name for user in open_there.access.accounts()} == {"root", "wang"}
    access.change(world.dealer.id, frozenset({Role.DEALER}), frozenset({"D01"}))
    with pytest.raises(AccessDenied):
        open_there.access.accounts()
    access.disable(world.dealer.id)
    with pytest.raises(NotSignedIn, match="session_revoked"):
        open_there.sessions.mine()
    access.enable(world.dealer.id)
    assert world.enter("wang")


def test_an_administrator_makes_accounts_that_can_be_used(world: World) -> None:
    access = world.services(world.enter("root")).access
    access.create(NewAccount("li", "", PASSWORD, frozenset({Role.STORE}), frozenset({"S001"})))
    assert world.services(world.enter("li")).actor.grants == {"S001"}
    for roles, grants, code in ((set(), {"S001"}, "roles_needed"), ({Role.STORE}, set(), "grants_needed")):
        with pytest.raises(DomainError, match=code):
            access.create(NewAccount("zhao", "", PASSWORD, frozenset(roles), frozenset(grants)))
        with pytest.raises(DomainError, match=code):
            access.change(world.dealer.id, frozenset(roles), frozenset(grants))


def test_nobody_takes_the_key_from_themselves(world: World) -> None:
    access = world.services(world.enter("root")).access
    for roles, grants in (({Role.EXECUTIVE}, {ROOT}), ({Role.ADMINISTRATOR}, {"D01"})):
        with pytest.raises(DomainError, match="cannot_demote_yourself"):
            access.change(world.admin.id, frozenset(roles), frozenset(grants))
    with pytest.raises(DomainError, match="cannot_disable_yourself"):
        access.disable(world.admin.id)
    access.change(world.admin.id, frozenset({Role.ADMINISTRATOR, Role.EXECUTIVE}), frozenset({ROOT}))


def test_every_call_on_accounts_demands_the_right(world: World) -> None:
    access = world.services(world.enter("wang")).access
    new = NewAccount("li", "", PASSWORD, frozenset({Role.STORE}), frozenset({"S001"}))
    calls = (
        access.accounts,
        access.partners,
        lambda: access.create(new),
        lambda: access.change(world.dealer.id, new.roles, new.grants),
        lambda: access.disable(world.admin.id),
        lambda: access.enable(world.dealer.id),
        lambda: access.sessions(world.dealer.id),
        lambda: access.end_session(world.dealer.id, "0" * 16),
    )
    for call in calls:
        with pytest.raises(AccessDenied, match="not_allowed"):
            call()


def test_an_administrator_of_one_partner_looks_at_no_others(world: World) -> None:
    Identity(world.store).create_user(
        name="part", display_name="", password=PASSWORD, roles={Role.ADMINISTRATOR}, grants={"D07"}, now=NOW
    )
    access = world.services(world.enter("part")).access
    with pytest.raises(DomainError, match="user_unknown"):
        access.sessions(world.dealer.id)
    with pytest.raises(AccessDenied, match="brand_only"):
        access.end_session(world.dealer.id, "0" * 16)
