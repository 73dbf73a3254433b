"""The door before a scope exists: passwords, sessions, throttle."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import insert, select, update

from analytics.core.access import Role
from analytics.core.errors import DomainError
from data.store import passwords
from data.store.engine import Store
from data.store.entities import user_roles, users
from data.store.identity import Identity, Limit
from data.store.records import User
from tests.data.store.samples import NOW

PASSWORD = "long enough, 水位线"
WINDOW = timedelta(minutes=15)


@pytest.fixture
def identity(store: Store) -> Identity:
    return Identity(store)


def add(identity: Identity, name: str = "Wang.Li") -> User:
    return identity.create_user(
        name=name, display_name="王丽", password=PASSWORD, roles={Role.DEALER, Role.STORE}, grants={"D01"}, now=NOW
    )


def open_session(identity: Identity, user: User, token: str = "t" * 64) -> str:
    identity.open_session(user.id, token_digest=token, now=NOW, lasts=timedelta(days=7), idle=timedelta(hours=8))
    return token


def test_an_account_is_found_in_any_spelling(identity: Identity) -> None:
    made = add(identity)
    assert identity.find(name=" ＷＡＮＧ.li ") == made
    assert identity.find(name="wang") is None
    assert identity.find(name="wang.li\x00") is None
    assert identity.find(name="wang.li", issuer="https://id.example") is None


def test_the_password_is_kept_as_an_argon2id_hash(identity: Identity) -> None:
    add(identity)
    with identity.store.reading() as connection:
        kept = connection.scalars(select(users.c.password_hash)).one()
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept


def test_only_the_right_password_of_an_enabled_account_fits(identity: Identity) -> None:
    made = add(identity)
    assert identity.verify(name="wang.LI", password=PASSWORD) == made
    assert identity.verify(name="wang.li", password=PASSWORD + " ") is None
    assert identity.verify(name="nobody", password=PASSWORD) is None
    with identity.store.writing() as connection:
        connection.execute(update(users).values(disabled=True))
    assert identity.verify(name="wang.li", password=PASSWORD) is None


def test_the_tail_of_an_endless_password_counts(identity: Identity) -> None:
    longest = "x" * passwords.LONGEST
    identity.create_user(name="li", display_name="", password=longest, roles=(), grants=(), now=NOW)
    assert identity.verify(name="li", password=longest) is not None
    assert identity.verify(name="li", password=longest + "y") is None


def test_an_account_without_password_cannot_use_one(identity: Identity) -> None:
    add(identity)
    with identity.store.writing() as connection:
        connection.execute(update(users).values(password_hash=None))
    assert identity.verify(name="wang.li", password=PASSWORD) is None
    assert identity.verify(name="wang.li", password="nobody signs in with this") is None


def test_unknown_names_cost_the_same_hash(identity: Identity, monkeypatch: pytest.MonkeyPatch) -> None:
    add(identity)
    checked: list[str] = []
    real = PasswordHasher.verify

    def counted(self: PasswordHasher, hash: str, password: str) -> bool:  # noqa: A002
        checked.append(hash.rpartition("$")[0].rpartition("$")[0])
        return bool(real(self, hash, password))

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    identity.verify(name="wang.li", password="wrong password")
    identity.verify(name="nobody", password="wrong password")
    assert len(checked) == 2
    assert checked[0] == checked[1], "the decoy must be made with the settings of real hashes"


def test_a_hash_with_old_settings_is_renewed_at_sign_in(identity: Identity) -> None:
    add(identity)
    old = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(PASSWORD)
    with identity.store.writing() as connection:
        connection.execute(update(users).values(password_hash=old))
    assert identity.verify(name="wang.li", password=PASSWORD) is not None
    with identity.store.reading() as connection:
        kept = connection.scalars(select(users.c.password_hash)).one()
    assert kept != old
    assert passwords.password_fits(kept, PASSWORD)


@pytest.mark.parametrize("password", ["short", "x" * 257, "long-enough-name"])
def test_weak_passwords_are_refused(identity: Identity, password: str) -> None:
    with pytest.raises(DomainError, match="password_weak"):
        identity.create_user(name="Long-Enough-Name", display_name="", password=password, roles=(), grants=(), now=NOW)


@pytest.mark.parametrize("name", ["", "  ", "two words", "a\nb", "a\x00b", "x" * 101])
def test_names_that_nobody_can_type_back_are_refused(identity: Identity, name: str) -> None:
    with pytest.raises(DomainError, match="user_name_invalid"):
        add(identity, name)


def test_a_name_is_taken_in_any_spelling(identity: Identity) -> None:
    add(identity, "wang")
    with pytest.raises(DomainError, match="user_exists"):
        add(identity, "ＷANG")


def test_a_role_of_another_release_gives_no_right(identity: Identity) -> None:
    made = add(identity)
    with identity.store.writing() as connection:
        connection.execute(insert(user_roles).values(user_id=made.id, role="emperor"))
    found = identity.find(name="wang.li")
    assert found is not None
    assert found.roles == made.roles


def test_a_new_password_ends_every_session(identity: Identity) -> None:
    made = add(identity)
    token = open_session(identity, made)
    identity.set_password(name="WANG.LI", password="another long one", now=NOW)
    session = identity.session(token)
    assert session is not None
    assert session.revoked_at == NOW
    assert identity.verify(name="wang.li", password=PASSWORD) is None
    assert identity.verify(name="wang.li", password="another long one") == made
    with pytest.raises(DomainError, match="user_unknown"):
        identity.set_password(name="nobody", password="another long one", now=NOW)


def test_a_session_comes_back_with_its_user(identity: Identity) -> None:
    made = add(identity)
    token = open_session(identity, made)
    session = identity.session(token)
    assert session is not None
    assert (session.user, session.created_at, session.idle) == (made, NOW, timedelta(hours=8))
    assert session.expires_at == NOW + timedelta(days=7)
    assert identity.session("u" * 64) is None


def test_use_moves_a_session_forward_never_back(identity: Identity) -> None:
    token = open_session(identity, add(identity))
    for minutes in (5, 2):
        identity.touch(token, now=NOW + timedelta(minutes=minutes))
    session = identity.session(token)
    assert session is not None
    assert session.last_seen_at == NOW + timedelta(minutes=5)


def test_the_first_end_of_a_session_stands(identity: Identity) -> None:
    token = open_session(identity, add(identity))
    for minutes in (5, 9):
        identity.revoke(token, now=NOW + timedelta(minutes=minutes))
    session = identity.session(token)
    assert session is not None
    assert session.revoked_at == NOW + timedelta(minutes=5)


def test_attempts_are_admitted_up_to_the_limit_and_again_after_the_window(identity: Identity) -> None:
    limits = (Limit("account", "a", 3), Limit("address", "z", 5))
    admitted = [identity.admit(limits, now=NOW, window=WINDOW) for _ in range(4)]
    assert admitted == [True, True, True, False]
    other = (Limit("account", "b", 3), Limit("address", "z", 5))
    assert [identity.admit(other, now=NOW, window=WINDOW) for _ in range(3)] == [True, True, False]
    assert not identity.admit(limits, now=NOW + WINDOW - timedelta(seconds=1), window=WINDOW)
    assert identity.admit(limits, now=NOW + WINDOW, window=WINDOW)


def test_a_success_forgives_the_account_not_the_address(identity: Identity) -> None:
    limits = (Limit("account", "a", 1), Limit("address", "z", 2))
    assert identity.admit(limits, now=NOW, window=WINDOW)
    identity.forgive("account", "a")
    assert identity.admit(limits, now=NOW, window=WINDOW)
    identity.forgive("account", "a")
    assert not identity.admit(limits, now=NOW, window=WINDOW)


def test_attempts_at_the_same_moment_cannot_slip_through(identity: Identity) -> None:
    limits = (Limit("account", "a", 5), Limit("address", "z", 50))
    admitted: list[bool] = []
    start = threading.Barrier(12)

    def attempt() -> None:
        start.wait()
        admitted.append(identity.admit(limits, now=NOW, window=WINDOW))

    threads = [threading.Thread(target=attempt) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(admitted) == [False] * 7 + [True] * 5


def test_live_sessions_are_those_that_would_be_let_in(identity: Identity) -> None:
    user, other = add(identity), add(identity, "li")
    for token in ("a", "b", "c"):
        open_session(identity, user, token * 64)
    open_session(identity, other, "d" * 64)
    identity.touch("b" * 64, now=NOW + timedelta(hours=7))
    identity.revoke("c" * 64, now=NOW)
    assert [one.id for one in identity.live_sessions(user.id, now=NOW + timedelta(hours=7))] == ["b" * 16, "a" * 16]
    assert [one.id for one in identity.live_sessions(user.id, now=NOW + timedelta(hours=8))] == ["b" * 16]
    assert identity.live_sessions(user.id, now=NOW + timedelta(days=7)) == []


def test_a_session_is_ended_by_its_public_id_and_by_its_owner_only(identity: Identity) -> None:
    user, other = add(identity), add(identity, "li")
    open_session(identity, user, "a" * 64)
    for owner, session in ((other.id, "a" * 16), (user.id, ""), (user.id, "a"), (user.id, "%")):
        with pytest.raises(DomainError, match="session_unknown"):
            identity.end_session(owner, session, now=NOW)
    identity.end_session(user.id, "a" * 16, now=NOW)
    assert identity.live_sessions(user.id, now=NOW) == []


def test_one_session_can_outlive_a_new_password(identity: Identity) -> None:
    user = add(identity)
    for token in ("a", "b"):
        open_session(identity, user, token * 64)
    identity.set_password(name="wang.li", password="another long password", now=NOW, keep="a" * 64)
    assert [one.id for one in identity.live_sessions(user.id, now=NOW)] == ["a" * 16]
