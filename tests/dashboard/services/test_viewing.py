"""An administrator looks at the app as somebody else: how it begins, what it shows, and everything that ends it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from analytics.core.access import ROOT, Actor, Role, Scope, Viewer
from analytics.core.errors import AccessDenied, DomainError, NotSignedIn
from dashboard.composition import work_of
from dashboard.services.use_case import UseCase, reads
from dashboard.services.viewing import LASTS
from data.store.identity import Identity
from data.store.records import User
from data.store.unit_of_work import UnitOfWork
from tests.dashboard.services.test_sessions import FRESH, NOW, PASSWORD, World

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def person(world: World, name: str, role: Role, *grants: str) -> User:
    return Identity(world.store).create_user(
        name=name, display_name=name, password=PASSWORD, roles={role}, grants=grants, now=NOW
    )


def events(world: World) -> list[tuple[str, str, dict[str, object]]]:
    """Who did what, with which facts, in order."""
    with UnitOfWork(world.store, Scope(frozenset({ROOT})), reading=True) as unit:
        return [(one.user_name, one.action, json.loads(one.facts)) for chunk in unit.audit.chunks() for one in chunk]


def viewing(world: World) -> str:
    """Token of a session in which root looks as the dealer wang."""
    token = world.enter("root")
    world.services(token).viewing.begin(world.dealer.id)
    return token


def test_one_sees_what_the_other_sees_and_is_named(world: World) -> None:
    token = world.enter("root")
    tab = world.services(token)
    tab.viewing.begin(world.dealer.id)
    seen = world.services(token).actor
    assert (seen.user_id, seen.name) == (world.dealer.id, "wang")
    assert seen.roles == {Role.DEALER}
    assert seen.grants == {"D01"}
    assert seen.viewer == Viewer(world.admin.id, "root", NOW + LASTS)
    assert world.services(world.enter("wang")).actor.viewer is None
    assert world.services(world.enter("root")).actor.viewer is None, "another session of the same administrator"
    with pytest.raises(AccessDenied, match="not_allowed"):
        tab.access.accounts()


def test_the_way_back(world: World) -> None:
    token = viewing(world)
    world.services(token).viewing.end()
    assert world.services(token).actor.name == "root"
    world.services(token).viewing.end()
    assert [(who, deed) for who, deed, _ in events(world)] == [("root", "view_as.began"), ("root", "view_as.ended")]


def test_every_event_names_who_really_sat_there(world: World) -> None:
    token = viewing(world)
    with pytest.raises(AccessDenied, match="viewing_only"):
        world.services(token).sessions.end_others()
    world.services(token).viewing.end()
    told = events(world)
    assert {who for who, _, _ in told} == {"root"}
    assert [deed for _, deed, _ in told] == ["view_as.began", "view_as.refused", "view_as.ended"]
    assert told[0][2]["name"] == "wang"
    assert told[1][2]["viewing_as"] == {"id": world.dealer.id, "name": "wang"}
    assert told[2][2]["why"] == "ended"


def _right_lost(world: World) -> None:
    boss = world.services(world.enter("boss"))
    boss.access.change(world.admin.id, frozenset({Role.EXECUTIVE}), frozenset({ROOT}))


def _grants_of_viewed_over(world: World) -> None:
    day = NOW.date() - timedelta(days=1)
    world.services(world.enter("boss")).access.limit(world.dealer.id, "D01", None, day)


def _viewed_disabled(world: World) -> None:
    world.services(world.enter("boss")).access.disable(world.dealer.id)


@pytest.mark.parametrize(
    ("end", "why"),
    [(_right_lost, "right_lost"), (_grants_of_viewed_over, "nothing_granted"), (_viewed_disabled, "disabled")],
)
def test_it_ends_at_once_and_for_good(world: World, end: Callable[[World], None], why: str) -> None:
    person(world, "boss", Role.ADMINISTRATOR, ROOT)
    token = viewing(world)
    tab = world.services(token)
    end(world)
    assert tab.desk.who().name == "root"
    assert world.services(token).actor.viewer is None
    assert [facts["why"] for _, deed, facts in events(world) if deed == "view_as.ended"] == [why]
    assert world.services(token).actor.viewer is None


def test_it_ends_when_the_viewed_gets_more_than_the_viewer_may_see(world: World) -> None:
    person(world, "boss", Role.ADMINISTRATOR, ROOT)
    person(world, "part", Role.ADMINISTRATOR, "D01")
    token = world.enter("part")
    world.services(token).viewing.begin(world.dealer.id)
    assert world.services(token).actor.name == "wang"
    boss = world.services(world.enter("boss"))
    boss.access.change(world.dealer.id, frozenset({Role.DEALER}), frozenset({"D01", "D07"}))
    assert world.services(token).actor.name == "part"
    assert events(world)[-1][2]["why"] == "out_of_scope"


def test_it_ends_by_itself(world: World) -> None:
    token = viewing(world)
    assert world.services(token, now=NOW + LASTS - timedelta(seconds=1)).actor.name == "wang"
    assert world.services(token, now=NOW + LASTS).actor.name == "root"
    assert events(world)[-1][1:] == (
        "view_as.ended",
        {"name": "wang", "why": "time", "began_at": "2026-11-22T08:30:00.000000Z"},
    )


def test_it_ends_with_the_session(world: World) -> None:
    person(world, "boss", Role.ADMINISTRATOR, ROOT)
    boss = world.services(world.enter("boss")).access
    signed_out, ended, locked = viewing(world), viewing(world), viewing(world)
    world.door.sign_out(signed_out, now=NOW)
    boss.end_session(world.admin.id, boss.sessions(world.admin.id)[0].id)
    boss.disable(world.admin.id)
    for token in (signed_out, ended, locked):
        with pytest.raises(NotSignedIn):
            world.services(token)
    boss.enable(world.admin.id)
    assert world.services(world.enter("root")).actor.viewer is None
    assert [facts["why"] for _, deed, facts in events(world) if deed == "view_as.ended"] == [
        "signed_out",
        "session_revoked",
        "session_revoked",
    ]


def test_a_view_is_not_begun_from_within_a_view(world: World) -> None:
    other = person(world, "boss", Role.ADMINISTRATOR, ROOT)
    token = world.enter("root")
    world.services(token).viewing.begin(other.id)
    with pytest.raises(AccessDenied, match="viewing_only"):
        world.services(token).viewing.begin(world.dealer.id)
    assert world.services(token).actor.name == "boss"


def test_whom_nobody_looks_as(world: World) -> None:
    root, wang = world.services(world.enter("root")), world.services(world.enter("wang"))
    nothing = person(world, "nothing", Role.DEALER)
    locked = person(world, "locked", Role.DEALER, "D01")
    root.access.disable(locked.id)
    for user_id, code in (
        (world.admin.id, "viewing_yourself"),
        ("nobody", "user_unknown"),
        (nothing.id, "viewing_nothing"),
        (locked.id, "viewing_disabled"),
    ):
        with pytest.raises(DomainError, match=code):
            root.viewing.begin(user_id)
    with pytest.raises(AccessDenied, match="not_allowed"):
        wang.viewing.begin(world.admin.id)
    person(world, "part", Role.ADMINISTRATOR, "D07")
    with pytest.raises(DomainError, match="user_unknown"):
        world.services(world.enter("part")).viewing.begin(world.dealer.id)
    assert root.desk.who().viewer is None


def test_the_password_of_the_other_is_out_of_reach(world: World) -> None:
    token = viewing(world)
    with pytest.raises(AccessDenied, match="viewing_only"):
        world.change(token, PASSWORD, FRESH)
    assert world.enter("wang")


def test_no_unit_of_work_is_opened_for_writing(world: World) -> None:
    """Behind every command's own refusal: the door itself."""
    viewer = Viewer(world.admin.id, "root", LATER)
    actor = Actor("x", "x", frozenset({Role.ADMINISTRATOR}), frozenset({ROOT}), viewer=viewer)
    with pytest.raises(AccessDenied, match="viewing_only"):
        work_of(world.store, actor)


def test_an_unmarked_method_is_a_command(world: World) -> None:
    class Careless(UseCase):
        def __init__(self) -> None:
            self._desk = tab.desk

        def look(self) -> str:
            return "seen"

        @reads
        def read(self) -> str:
            return "seen"

    tab = world.services(viewing(world))
    assert Careless().read() == "seen"
    with pytest.raises(AccessDenied, match="viewing_only"):
        Careless().look()


def test_a_grant_begins_and_ends_by_itself(world: World) -> None:
    access = world.services(world.enter("root")).access
    tab = world.services(world.enter("wang"))
    access.change(world.dealer.id, frozenset({Role.DEALER}), frozenset({"D01", "D02"}))
    access.limit(world.dealer.id, "D02", date(2026, 11, 23), date(2026, 11, 24))
    # Days are told apart in Shanghai: 16:00 UTC is the next day there.
    eves = {"2026-11-22 15:59": {"D01"}, "2026-11-22 16:00": {"D01", "D02"}, "2026-11-24 15:59": {"D01", "D02"},
            "2026-11-24 16:00": {"D01"}}  # fmt: skip
    for moment, held in eves.items():
        now = NOW.fromisoformat(f"{moment}:00+00:00")
        assert world.door.actor(world.enter("wang", now=now), now=now).grants == held
    assert tab.desk.who().grants == {"D01"}
    changed = next(user for user in access.accounts() if user.id == world.dealer.id)
    assert changed.partners == {"D01", "D02"}
    assert events(world)[-1][1:] == (
        "grant.validity_changed",
        {
            "name": "wang",
            "before": {"roles": ["dealer"], "grants": ["D01", "D02"], "disabled": False},
            "after": {"roles": ["dealer"], "grants": ["D01", "D02 2026-11-23..2026-11-24"], "disabled": False},
        },
    )
    access.change(world.dealer.id, frozenset({Role.STORE}), frozenset({"D02", "D03"}))
    kept = next(user for user in access.accounts() if user.id == world.dealer.id)
    assert {(one.partner, one.last) for one in kept.granted} == {("D02", date(2026, 11, 24)), ("D03", None)}


def test_a_grant_out_of_force_opens_nothing(world: World) -> None:
    access = world.services(world.enter("root")).access
    access.limit(world.dealer.id, "D01", date(2026, 12, 1), None)
    with pytest.raises(AccessDenied, match="no_scope"):
        world.services(world.enter("wang"))
    for first, last, partner, code in (
        (date(2026, 12, 2), date(2026, 12, 1), "D01", "grant_reversed"),
        (None, None, "D09", "grant_unknown"),
    ):
        with pytest.raises(DomainError, match=code):
            access.limit(world.dealer.id, partner, first, last)
    with pytest.raises(DomainError, match="cannot_demote_yourself"):
        access.limit(world.admin.id, ROOT, None, date(2026, 12, 1))
