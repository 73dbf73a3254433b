"""Limits of sessions and sign-in follow the policies, at once and without a restart."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from analytics.core.access import ROOT, Actor, Role
from analytics.core.errors import NotSignedIn
from analytics.policies.change import Wanted
from dashboard.composition import services_as, services_for, sign_in_of
from dashboard.services.sign_in import Credentials, LocalAccounts, SignInRefused, SignInThrottled
from dashboard.settings import settings_from
from data.store.engine import open_store
from data.store.identity import Identity

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
PASSWORD = "a long password"


class House:
    def __init__(self, home: Path) -> None:
        self.settings = settings_from({"WATERLINE_HOME": str(home)})
        self.store = open_store(self.settings.store_url)
        self.store.migrate()
        self.identity = Identity(self.store)
        self.door = sign_in_of(self.store)
        self.user = self.identity.create_user(
            name="li", display_name="", password=PASSWORD, roles={Role.ADMINISTRATOR}, grants={ROOT}, now=NOW
        )

    def enter(self, password: str = PASSWORD, now: datetime = NOW) -> str:
        local = LocalAccounts(self.identity)
        return self.door.sign_in(local, Credentials("li", password), address="10.0.0.1", now=now).token

    def set(self, name: str, value: int) -> None:
        admin = Actor("u-root", "root", frozenset({Role.ADMINISTRATOR}), frozenset({ROOT}))
        policies = services_as(self.settings, self.store, lambda: admin, clock=lambda: NOW).policies
        standing = policies.all().of(name)
        assert standing is not None
        wanted = Wanted(name, None, value, date(2026, 11, 22), "test")
        policies.propose(wanted, seen=standing.seen, command_id=f"{name} {value}")

    def refusal(self, token: str, now: datetime) -> str:
        with pytest.raises(NotSignedIn) as refused:
            self.door.actor(token, now=now)
        return refused.value.code


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_a_tighter_idle_limit_ends_sessions_that_are_open(house: House) -> None:
    token, later = house.enter(), NOW + timedelta(minutes=31)
    assert house.door.actor(token, now=later - timedelta(seconds=2)).name == "li"
    later += timedelta(minutes=31)
    house.set("session.idle_minutes", 30)
    assert house.refusal(token, later) == "session_idle"


def test_a_tighter_absolute_limit_does_so_too(house: House) -> None:
    token = house.enter()
    house.set("session.absolute_hours", 2)
    assert house.door.actor(token, now=NOW + timedelta(minutes=119)).name == "li"
    assert house.refusal(token, NOW + timedelta(hours=2)) == "session_expired"


def test_a_wider_limit_holds_for_sessions_opened_from_then_on(house: House) -> None:
    old = house.enter()
    house.set("session.idle_minutes", 600)
    new = house.enter()
    assert house.refusal(old, NOW + timedelta(hours=8)) == "session_idle"
    assert house.door.actor(new, now=NOW + timedelta(hours=9)).name == "li"


def test_lists_of_sessions_show_what_the_limits_let_in(house: House) -> None:
    kept = house.enter()
    house.set("session.absolute_hours", 2)
    newer = house.enter(now=NOW + timedelta(hours=1))
    later = NOW + timedelta(hours=2)
    services = services_for(house.settings, house.store, newer, clock=lambda: later)
    assert house.refusal(kept, later) == "session_expired"
    assert len(services.sessions.mine().sessions) == 1
    assert len(services.access.sessions(house.user.id)) == 1


def test_the_throttle_follows_its_policy(house: House) -> None:
    house.set("sign_in.account_failures", 3)
    house.set("sign_in.window_minutes", 60)
    for _ in range(3):
        with pytest.raises(SignInRefused):
            house.enter("a wrong password")
    with pytest.raises(SignInThrottled) as refused:
        house.enter()
    assert refused.value.facts["minutes"] == 60
    with pytest.raises(SignInThrottled):
        house.enter(now=NOW + timedelta(minutes=59))
    assert house.enter(now=NOW + timedelta(minutes=61))


def test_reading_a_session_costs_one_statement(house: House) -> None:
    """The number of policies comes with the session: a page is as fast as it was without policies."""
    token = house.enter()
    house.set("session.idle_minutes", 60)
    house.door.actor(token, now=NOW)
    told: list[str] = []
    event.listen(house.store.engine, "before_cursor_execute", lambda *call: told.append(call[2]))
    house.door.actor(token, now=NOW + timedelta(seconds=1))
    assert len([sentence for sentence in told if sentence.lstrip().upper().startswith("SELECT")]) == 1
