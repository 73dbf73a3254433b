"""Views and days of grants in the store, on both databases."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from analytics.core.access import Grant, Role, Scope
from analytics.core.errors import AccessDenied, DomainError
from data.store.engine import Store
from data.store.entities import audit_event, viewings
from data.store.identity import Identity, Session
from data.store.records import User
from data.store.unit_of_work import UnitOfWork
from tests.data.store.samples import BRAND, DEALER, NOW

TOKEN = "t" * 64
LATER = NOW + timedelta(minutes=30)


@dataclass(frozen=True)
class People:
    identity: Identity
    viewer: User
    viewed: User


@pytest.fixture
def people(store: Store) -> People:
    identity = Identity(store)
    viewer, viewed = (
        identity.create_user(
            name=name, display_name="", password="long enough, 水位线", roles={role}, grants={grant}, now=NOW
        )
        for name, role, grant in (("root", Role.ADMINISTRATOR, "brand"), ("wang", Role.DEALER, "D01"))
    )
    lasts, idle = timedelta(days=7), timedelta(hours=8)
    identity.open_session(viewer.id, token_digest=TOKEN, now=NOW, lasts=lasts, idle=idle)
    return People(identity, viewer, viewed)


def begin(store: Store, people: People, scope: Scope = BRAND) -> Session:
    with UnitOfWork(store, scope) as unit:
        unit.users.begin_viewing(TOKEN, people.viewed.id, now=NOW, until=LATER)
        unit.commit()
    session = people.identity.session(TOKEN)
    assert session is not None
    return session


def test_a_session_comes_back_with_whom_it_looks_as(store: Store, people: People) -> None:
    session = begin(store, people)
    assert session.user == people.viewer
    assert session.viewing is not None
    assert session.viewing.user == people.viewed
    assert (session.viewing.began_at, session.viewing.ends_at) == (NOW, LATER)
    begin(store, people)
    people.identity.end_viewing(session, why="ended", now=LATER)
    again = people.identity.session(TOKEN)
    assert again is not None
    assert again.viewing is None


def test_of_many_that_end_a_view_at_once_one_tells_of_it(store: Store, people: People) -> None:
    session = begin(store, people)
    ends = [
        threading.Thread(target=people.identity.end_viewing, args=(session,), kwargs={"why": "time", "now": LATER})
        for _ in range(6)
    ]
    for one in ends:
        one.start()
    for one in ends:
        one.join()
    with store.reading() as connection:
        told = select(func.count()).select_from(audit_event).where(audit_event.c.action == "view_as.ended")
        assert connection.scalars(told).one() == 1
        assert connection.scalars(select(func.count()).select_from(viewings)).one() == 0


def test_nobody_looks_as_an_account_outside_the_scope(store: Store, people: People) -> None:
    with pytest.raises(DomainError, match="user_unknown"):
        begin(store, people, Scope(frozenset({"D07"})))
    assert begin(store, people, DEALER).viewing is not None


def test_days_of_a_grant_stay_with_it(store: Store, people: People) -> None:
    first, last = date(2026, 11, 1), date(2026, 11, 30)
    with UnitOfWork(store, BRAND) as unit:
        unit.users.set_validity(people.viewed.id, "D01", first=first, last=last)
        unit.users.assign(people.viewed.id, roles=frozenset({Role.STORE}), grants=frozenset({"D01", "D02"}))
        unit.commit()
    with UnitOfWork(store, BRAND, reading=True) as unit:
        found = unit.users.get(people.viewed.id)
    assert found.granted == {Grant("D01", first, last), Grant("D02")}
    assert found.grants_on(date(2026, 12, 1)) == {"D02"}
    assert found.grants_on(last) == found.partners == {"D01", "D02"}
    with pytest.raises(DomainError, match="grant_unknown"), UnitOfWork(store, BRAND) as unit:
        unit.users.set_validity(people.viewed.id, "D09", first=None, last=None)
    with pytest.raises(AccessDenied, match="brand_only"), UnitOfWork(store, DEALER) as unit:
        unit.users.set_validity(people.viewed.id, "D01", first=None, last=None)
