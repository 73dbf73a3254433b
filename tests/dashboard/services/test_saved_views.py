"""A view is an address under a name: its owner's alone, until head office shares it with a role."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analytics.core.access import ROOT, Actor, Grant, Role, Viewer
from analytics.core.errors import AccessDenied, DomainError
from dashboard.composition import services_as
from dashboard.services.saved_views import LONGEST_QUERY, MOST, SavedViews
from dashboard.settings import settings_from
from data.store.audit import Deed
from data.store.engine import Store
from data.store.records import User
from data.store.unit_of_work import UnitOfWork
from tests.worlds import BRAND

NOW = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
PEOPLE = {
    "boss": (Role.EXECUTIVE, ROOT), "planner": (Role.MERCHANDISER, ROOT),
    "dealer-a": (Role.DEALER, "D1"), "dealer-b": (Role.DEALER, "D2"),
}  # fmt: skip


@pytest.fixture
def people(store: Store) -> dict[str, Actor]:
    made = {}
    with UnitOfWork(store, BRAND) as unit:
        for name, (role, grant) in PEOPLE.items():
            user = User(f"id of {name}", name, name.upper(), frozenset({role}), frozenset({Grant(grant)}))
            unit.users.add(user, issuer="test", subject=name, password_hash=None, now=NOW)
            made[name] = Actor(user.id, name, frozenset({role}), frozenset({grant}))
        unit.commit()
    return made


def views(store: Store, actor: Actor, tmp_path: Path) -> SavedViews:
    settings = settings_from({"WATERLINE_HOME": str(tmp_path)})
    return services_as(settings, store, lambda: actor, clock=lambda: NOW).saved_views


def deeds(store: Store) -> list[tuple[str, dict[str, object]]]:
    with UnitOfWork(store, BRAND, reading=True) as unit:
        events = [event for chunk in unit.audit.chunks() for event in chunk if event.action.startswith("saved")]
    return [(event.action, json.loads(event.facts)) for event in events]


def test_a_view_is_its_owners_until_it_is_shared(store: Store, people: dict[str, Actor], tmp_path: Path) -> None:
    boss, dealer = (views(store, people[name], tmp_path) for name in ("boss", "dealer-a"))
    view = boss.save(" 华北 ", "territory.heatmap", "per=store&partner=S1")
    [own] = boss.seen().own
    assert (own.name, own.page, own.query) == ("华北", "territory.heatmap", "per=store&partner=S1")
    assert dealer.seen().shared == ()
    boss.share(view.id, frozenset({Role.DEALER}))
    [shared] = dealer.seen().shared
    assert (shared.name, shared.owner_name, shared.query) == ("华北", "BOSS", "per=store&partner=S1")
    assert views(store, people["planner"], tmp_path).seen().shared == ()
    boss.rename(view.id, "华北门店")
    boss.share(view.id, frozenset())
    assert dealer.seen().shared == ()
    told = [(deed, facts["name"], facts["roles"]) for deed, facts in deeds(store)]
    assert told == [
        (Deed.SAVED_VIEW_SHARED, "华北", ["dealer"]),
        (Deed.SAVED_VIEW_SHARED, "华北门店", ["dealer"]),
        (Deed.SAVED_VIEW_UNSHARED, "华北门店", []),
    ]


def test_what_is_kept_for_oneself_is_not_told(store: Store, people: dict[str, Actor], tmp_path: Path) -> None:
    dealer = views(store, people["dealer-a"], tmp_path)
    view = dealer.save("mine", "overview.today", "")
    dealer.rename(view.id, "still mine")
    dealer.remove(view.id)
    assert dealer.seen().own == ()
    assert deeds(store) == []


def test_removing_what_was_shared_is_told(store: Store, people: dict[str, Actor], tmp_path: Path) -> None:
    boss = views(store, people["boss"], tmp_path)
    view = boss.save("a", "overview.today", "")
    boss.share(view.id, frozenset({Role.DEALER, Role.STORE}))
    boss.remove(view.id)
    assert [deed for deed, _ in deeds(store)] == [Deed.SAVED_VIEW_SHARED, Deed.SAVED_VIEW_UNSHARED]
    assert views(store, people["dealer-b"], tmp_path).seen().shared == ()


def test_nobody_changes_what_is_somebody_elses(store: Store, people: dict[str, Actor], tmp_path: Path) -> None:
    boss, planner = (views(store, people[name], tmp_path) for name in ("boss", "planner"))
    view = boss.save("a", "overview.today", "")
    boss.share(view.id, frozenset({Role.MERCHANDISER}))
    with pytest.raises(DomainError, match="saved_view_unknown"):
        planner.rename(view.id, "b")
    with pytest.raises(DomainError, match="saved_view_unknown"):
        planner.share(view.id, frozenset())
    with pytest.raises(DomainError, match="saved_view_unknown"):
        planner.remove(view.id)
    assert [one.name for one in boss.seen().own] == ["a"]


def test_only_head_office_shares(store: Store, people: dict[str, Actor], tmp_path: Path) -> None:
    dealer = views(store, people["dealer-a"], tmp_path)
    view = dealer.save("a", "overview.today", "")
    assert not dealer.seen().may_share
    with pytest.raises(AccessDenied, match="not_allowed"):
        dealer.share(view.id, frozenset({Role.DEALER}))


def test_who_looks_as_somebody_else_keeps_nothing(store: Store, people: dict[str, Actor], tmp_path: Path) -> None:
    looking = replace(people["dealer-a"], viewer=Viewer(people["boss"].user_id, "boss", NOW))
    with pytest.raises(AccessDenied, match="viewing_only"):
        views(store, looking, tmp_path).save("a", "overview.today", "")


@pytest.mark.parametrize(
    ("name", "page", "query", "code"),
    [
        ("  ", "overview.today", "", "saved_view_name"),
        ("x" * 61, "overview.today", "", "saved_view_name"),
        ("a\nb", "overview.today", "", "saved_view_name"),
        ("a", "https://x.example", "", "saved_view_page"),
        ("a", "overview.today", "sku=" + "9" * LONGEST_QUERY, "saved_view_too_long"),
    ],
)
def test_what_cannot_be_kept_is_refused(
    name: str, page: str, query: str, code: str, store: Store, people: dict[str, Actor], tmp_path: Path
) -> None:
    boss = views(store, people["boss"], tmp_path)
    with pytest.raises(DomainError, match=code):
        boss.save(name, page, query)
    assert boss.seen().own == ()


def test_only_pairs_are_kept_of_a_query(store: Store, people: dict[str, Actor], tmp_path: Path) -> None:
    boss = views(store, people["boss"], tmp_path)
    boss.save("a", "overview.today", 'region=130000&x="><script>&broken')
    [kept] = boss.seen().own
    assert kept.query == "region=130000&x=%22%3E%3Cscript%3E&broken="


def test_names_are_ones_own_and_so_is_the_limit(store: Store, people: dict[str, Actor], tmp_path: Path) -> None:
    boss, planner = (views(store, people[name], tmp_path) for name in ("boss", "planner"))
    kept = [boss.save(f"{number:02}", "overview.today", "") for number in range(MOST)]
    planner.save("00", "overview.today", "")
    with pytest.raises(DomainError, match="saved_views_full"):
        boss.save("one more", "overview.today", "")
    with pytest.raises(DomainError, match="saved_view_exists"):
        boss.rename(kept[1].id, "00")
    boss.remove(kept[0].id)
    with pytest.raises(DomainError, match="saved_view_exists"):
        boss.save("01", "overview.today", "")
    boss.save("00", "overview.today", "")
    assert len(boss.seen().own) == MOST
