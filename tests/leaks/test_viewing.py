"""Whoever looks at the app as somebody else changes nothing: every call there is, found by reflection."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from analytics.core.access import ROOT, Role
from analytics.core.errors import AccessDenied, DomainError
from dashboard.composition import Services, services_for, sign_in_of
from dashboard.services.desk import Desk
from dashboard.services.sign_in import Credentials, LocalAccounts
from dashboard.services.use_case import UseCase, is_reading
from data.store.entities import metadata
from data.store.identity import Identity
from tests.leaks.answers import CALLS, parts
from tests.worlds import NOW, TABLES, World, make_world

pytestmark = pytest.mark.slow

PASSWORD = "long enough password"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = make_world(Path(tmp_path_factory.mktemp("viewed")), TABLES)
    identity = Identity(world.store)
    every = {role for role in Role if role is not Role.SERVICE}
    for name, roles in (("viewer", {Role.ADMINISTRATOR}), ("viewed", every)):
        identity.create_user(name=name, display_name=name, password=PASSWORD, roles=roles, grants={ROOT}, now=NOW)
    return world


@pytest.fixture
def tab(built: World) -> Iterator[Services]:
    """Services of an administrator who looks as somebody with every role: what is refused is refused to the view."""
    identity = Identity(built.store)
    door, proof = sign_in_of(built.store), Credentials("viewer", PASSWORD)
    token = door.sign_in(LocalAccounts(identity), proof, address="10.0.0.1", now=NOW).token
    opened = services_for(built.settings, built.store, token, clock=lambda: NOW + timedelta(minutes=1))
    viewed = identity.find(name="viewed")
    assert viewed is not None
    opened.viewing.begin(viewed.id)
    yield services_for(built.settings, built.store, token, clock=lambda: NOW + timedelta(minutes=2))
    door.sign_out(token, now=NOW)


def rows(world: World) -> dict[str, list[tuple[object, ...]]]:
    """Everything that the store holds, but for when sessions were used last and what the trail tells."""
    untold = {"audit_event"}
    with world.store.reading() as connection:
        return {
            table.name: sorted(
                (tuple(row) for row in connection.execute(select(*[c for c in table.c if c.name != "last_seen_at"]))),
                key=repr,
            )
            for table in metadata.sorted_tables
            if table.name not in untold
        }


def refusals(world: World) -> list[str]:
    events = metadata.tables["audit_event"]
    asked = select(events.c.subject_id, events.c.user_name).where(events.c.action == "view_as.refused")
    with world.store.reading() as connection:
        return [row.subject_id for row in connection.execute(asked) if row.user_name == "viewer"]


def outcome(name: str, tab: Services) -> list[object]:
    try:
        return list(CALLS[name](tab))
    except DomainError as error:
        return [error]


def commands(tab: Services) -> list[str]:
    found = {
        f"{field}.{name}": getattr(part, name) for field, part in parts(tab) for name in dir(part) if name[0] != "_"
    }
    return sorted(name for name in CALLS if not is_reading(found[name]))


def nothing_is_changed(built: World, tab: Services) -> None:
    before, told = rows(built), len(refusals(built))
    for name in commands(tab):
        for answer in outcome(name, tab):
            refused = isinstance(answer, AccessDenied) and answer.code == "viewing_only"
            assert refused, f"{name} was carried out for somebody who only looks"
    assert len(refusals(built)) - told == len(commands(tab)), "every refusal is told under the viewer's own name"
    for name in sorted(set(CALLS) - set(commands(tab)) - {"viewing.end"}):
        told_by = [answer.code for answer in outcome(name, tab) if isinstance(answer, DomainError)]
        assert "viewing_only" not in told_by, f"{name} reads and is refused"
    assert rows(built) == before


def test_every_use_case_knows_commands_from_questions(tab: Services) -> None:
    assert [field for field, part in parts(tab) if not isinstance(part, UseCase)] == []
    assert {"access.change", "access.create", "sessions.end", "viewing.begin"} <= set(commands(tab))
    assert not {"overview.today", "sessions.mine", "access.accounts", "viewing.end"} & set(commands(tab))


def test_whoever_looks_changes_nothing(built: World, tab: Services) -> None:
    nothing_is_changed(built, tab)


def test_without_the_refusal_the_sweep_is_red(built: World, tab: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Desk, "in_person", lambda self, call: None)
    with pytest.raises(AssertionError):
        nothing_is_changed(built, tab)


def test_without_the_mark_of_the_viewer_the_sweep_is_red(built: World, tab: Services) -> None:
    """A view that forgot who really looks would act as the other person."""
    forgetful = dataclasses.replace(tab.desk, who=lambda: dataclasses.replace(tab.desk.who(), viewer=None))
    for _, part in parts(tab):
        part._desk = forgetful
    with pytest.raises(AssertionError):
        nothing_is_changed(built, tab)
