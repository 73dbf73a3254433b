"""Sessions open, end and change hands only as they should."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from analytics.core.access import ROOT, Action, Role, Scope
from analytics.core.errors import AccessDenied, NotSignedIn
from dashboard.services.sign_in import (
    Credentials,
    LocalAccounts,
    Opened,
    SignIn,
    SignInRefused,
    SignInThrottled,
    digest,
    session_cookie_name,
)
from dashboard.settings import settings_from
from data.store.engine import Store, open_store
from data.store.entities import sessions, sign_in_failures
from data.store.identity import Identity
from data.store.records import User
from data.store.unit_of_work import UnitOfWork
from tests.limits import SHIPPED, limits

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
PASSWORD = "long enough password"
LIMITS = limits(failures_per_account=3, failures_per_address=5)

BRAND = Scope(frozenset({ROOT}))


class World:
    """A store with one dealer, and short hands for what tests do with it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.identity = Identity(store)
        self.door = SignIn(self.identity, LIMITS)
        self.user = self.identity.create_user(
            name="wang", display_name="王", password=PASSWORD, roles={Role.DEALER}, grants={"D01"}, now=NOW
        )

    def enter(
        self,
        name: str = "wang",
        password: str = PASSWORD,
        *,
        address: str = "10.0.0.1",
        now: datetime = NOW,
        previous: str | None = None,
    ) -> Opened:
        proof = Credentials(name, password)
        method = LocalAccounts(self.identity)
        return self.door.sign_in(method, proof, address=address, now=now, previous=previous)

    def change(self, *, roles: set[Role], grants: set[str]) -> None:
        with UnitOfWork(self.store, BRAND) as unit:
            unit.users.assign(self.user.id, roles=frozenset(roles), grants=frozenset(grants))
            unit.commit()


@pytest.fixture
def world(tmp_path: Path) -> World:
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    store.migrate()
    return World(store)


def reason(world: World, token: str | None, now: datetime) -> str:
    with pytest.raises(NotSignedIn) as refused:
        world.door.actor(token, now=now)
    return refused.value.code


def test_a_session_is_its_user(world: World) -> None:
    opened = world.enter()
    actor = world.door.actor(opened.token, now=NOW)
    assert (actor.user_id, actor.name) == (world.user.id, "wang")
    assert actor.may(Action.SEE_OVERVIEW)
    assert actor.scope.anchors == {"D01"}
    assert opened.expires_at == NOW + SHIPPED.absolute


def test_the_store_never_holds_the_token(world: World) -> None:
    opened = world.enter()
    with world.store.reading() as connection:
        row = connection.execute(select(sessions)).one()
    assert opened.token not in str(row)
    assert row.token_digest == digest(opened.token)
    assert len(opened.token) >= 43


def test_nobody_is_told_what_was_wrong(world: World) -> None:
    told = []
    for name, password in (("wang", "wrong"), ("nobody", PASSWORD), ("", ""), ("wang\x00", PASSWORD)):
        with pytest.raises(SignInRefused) as refused:
            world.enter(name, password, address=name)
        told.append((refused.value.code, dict(refused.value.facts)))
    with UnitOfWork(world.store, BRAND) as unit:
        unit.users.set_disabled(world.user.id, disabled=True, now=NOW)
        unit.commit()
    with pytest.raises(SignInRefused) as refused:
        world.enter(now=NOW + timedelta(hours=1))
    told.append((refused.value.code, dict(refused.value.facts)))
    assert told == [("sign_in_refused", {})] * 5


@pytest.mark.parametrize("name", ["wang", "nobody"])
def test_an_account_is_throttled_whether_it_exists_or_not(world: World, name: str) -> None:
    for attempt in range(3):
        with pytest.raises(SignInRefused):
            world.enter(name, "wrong", address=f"10.0.0.{attempt}")
    with pytest.raises(SignInThrottled) as refused:
        world.enter(name, PASSWORD, address="10.0.0.9")
    assert refused.value.facts == {"minutes": 15}


def test_an_address_is_throttled_over_many_names(world: World) -> None:
    for attempt in range(5):
        with pytest.raises(SignInRefused):
            world.enter(f"guess-{attempt}", "wrong")
    with pytest.raises(SignInThrottled):
        world.enter()
    assert world.enter(address="10.0.0.2").user == world.user


def test_the_throttle_opens_again(world: World) -> None:
    for _ in range(3):
        with pytest.raises(SignInRefused):
            world.enter(password="wrong")
    with pytest.raises(SignInThrottled):
        world.enter()
    assert world.enter(now=NOW + SHIPPED.failure_window).user == world.user


def test_success_forgives_earlier_slips(world: World) -> None:
    for _ in range(4):
        with pytest.raises(SignInRefused):
            world.enter(password="wrong", address="a")
        world.enter(address="b")


def test_typed_names_and_addresses_are_kept_as_digests(world: World) -> None:
    with pytest.raises(SignInRefused):
        world.enter("my secret password by mistake", "", address="10.9.8.7")
    with world.store.reading() as connection:
        kept = str(connection.execute(select(sign_in_failures)).all())
    assert "secret" not in kept
    assert "10.9.8.7" not in kept


def test_signing_out_ends_the_session(world: World) -> None:
    opened = world.enter()
    world.door.sign_out(opened.token, now=NOW)
    assert reason(world, opened.token, NOW) == "session_revoked"
    world.door.sign_out("never issued", now=NOW)
    world.door.sign_out(None, now=NOW)


def test_a_token_that_nobody_issued_opens_nothing(world: World) -> None:
    token = world.enter().token
    for wrong in (None, "", "x" * 43, digest(token), token[:-1], token + "x"):
        assert reason(world, wrong, NOW) == "not_signed_in"


def test_every_sign_in_has_a_token_of_its_own_and_ends_the_one_before(world: World) -> None:
    first = world.enter()
    second = world.enter(previous=first.token)
    assert first.token != second.token
    assert reason(world, first.token, NOW) == "session_revoked"
    assert world.door.actor(second.token, now=NOW).user_id == world.user.id


def test_a_token_planted_before_sign_in_is_worth_nothing(world: World) -> None:
    planted = "a-token-that-somebody-else-knows-and-planted"
    opened = world.enter(previous=planted)
    assert opened.token != planted
    assert reason(world, planted, NOW) == "not_signed_in"


def test_an_idle_session_ends_and_a_used_one_does_not(world: World) -> None:
    idle = world.enter().token
    almost = SHIPPED.idle - timedelta(seconds=1)
    assert world.door.actor(idle, now=NOW + almost).name == "wang"
    assert world.door.actor(idle, now=NOW + 2 * almost).name == "wang"
    assert reason(world, idle, NOW + 2 * almost + SHIPPED.idle) == "session_idle"


def test_no_use_carries_a_session_past_its_last_day(world: World) -> None:
    token, now = world.enter().token, NOW
    while now < NOW + SHIPPED.absolute - timedelta(hours=6):
        now += timedelta(hours=6)
        world.door.actor(token, now=now)
    assert reason(world, token, NOW + SHIPPED.absolute) == "session_expired"


def test_a_disabled_account_is_out_at_once_and_stays_out(world: World) -> None:
    token = world.enter().token
    for disabled in (True, False):
        with UnitOfWork(world.store, BRAND) as unit:
            unit.users.set_disabled(world.user.id, disabled=disabled, now=NOW)
            unit.commit()
        assert reason(world, token, NOW) == "session_revoked"


def test_a_changed_role_holds_from_the_next_question(world: World) -> None:
    token = world.enter().token
    assert not world.door.actor(token, now=NOW).may(Action.MANAGE_USERS)
    world.change(roles={Role.ADMINISTRATOR}, grants={ROOT})
    actor = world.door.actor(token, now=NOW)
    assert actor.may(Action.MANAGE_USERS)
    assert not actor.may(Action.SEE_OVERVIEW)
    world.change(roles=set(), grants=set())
    actor = world.door.actor(token, now=NOW)
    with pytest.raises(AccessDenied):
        actor.require(Action.SEE_GLOSSARY)
    with pytest.raises(AccessDenied):
        _ = actor.scope


def test_long_work_can_ask_again_who_started_it(world: World) -> None:
    token = world.enter().token
    actor = world.door.actor(token, now=NOW)
    assert world.door.again(actor, now=NOW) == actor
    world.door.sign_out(token, now=NOW)
    with pytest.raises(NotSignedIn, match="session_revoked"):
        world.door.again(actor, now=NOW)


def test_secrets_do_not_show_in_logs(world: World) -> None:
    opened = world.enter()
    assert opened.token not in repr(opened)
    assert PASSWORD not in repr(Credentials("wang", PASSWORD))


class KnownElsewhere:
    """Another way in, as an OpenID provider would be: it vouches for a subject, not for a password."""

    issuer = "https://id.example"

    def __init__(self, users: dict[str, User]) -> None:
        self.users = users

    def subject(self, proof: str) -> str:
        return proof

    def identify(self, proof: str) -> User | None:
        return self.users.get(proof)


def test_another_way_in_joins_without_a_change(world: World) -> None:
    method = KnownElsewhere({"sub-1": world.user})
    opened = world.door.sign_in(method, "sub-1", address="a", now=NOW)
    assert world.door.actor(opened.token, now=NOW).user_id == world.user.id
    with pytest.raises(SignInRefused):
        world.door.sign_in(method, "sub-2", address="a", now=NOW)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("http://localhost:8501", "waterline"),
        ("http://127.0.0.1:9000", "waterline"),
        ("http://[::1]:9000", "waterline"),
        ("https://localhost", "__Host-waterline"),
        ("https://dash.example.cn", "__Host-waterline"),
        ("http://dash.example.cn", "__Host-waterline"),
        ("http://localhost.evil.example", "__Host-waterline"),
    ],
)
def test_cookies_are_secure_except_on_this_machine(address: str, name: str) -> None:
    assert session_cookie_name(settings_from({"WATERLINE_BASE_URL": address})) == name
