"""What a change would do is counted over literal rows, and nothing is said where it cannot be counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from analytics.core.access import ROOT, Actor, Role
from analytics.core.calendar import day_of
from analytics.policies.change import Wanted
from dashboard.composition import services_as
from dashboard.services.policy_effects import COUNTS
from dashboard.settings import settings_from
from data.store.engine import open_store
from data.store.identity import Identity
from tests.worlds import LINES, NOW, TABLES, World, line, make_world

TODAY = day_of(NOW)
ADMIN = Actor("u-root", "root", frozenset({Role.ADMINISTRATOR}), frozenset({ROOT}))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Loads of two hours ago, a day's worth of sessions, and five people."""
    long_ago = (
        line("B1", "1", "2025-11-01", "shop", "R5", "1", "70.00", account="m9", entry_partner="S4"),
        line("B2", "1", "2025-11-20", "shop", "R5", "1", "40.00", account="m8", entry_partner="S1"),
    )
    tables = {**TABLES, "order_line": [*LINES, *long_ago]}
    made = make_world(tmp_path_factory.mktemp("world"), tables)
    identity = Identity(made.store)
    people: Mapping[str, set[Role]] = {
        "one": {Role.DEALER}, "two": {Role.DEALER}, "three": {Role.DEALER, Role.STORE},
        "four": {Role.DEALER, Role.EXECUTIVE}, "five": {Role.STORE},
    }  # fmt: skip
    for hours, (name, roles) in enumerate(people.items()):
        user = identity.create_user(
            name=name, display_name="", password="a long password", roles=roles, grants={ROOT}, now=NOW
        )
        seen, week = NOW - timedelta(hours=hours), timedelta(days=7)
        identity.open_session(user.id, token_digest=name * 4, now=seen, lasts=week, idle=timedelta(hours=8))
    return made


def effect(world: World, name: str, value: Any, key: str | None = None, *, now: datetime = NOW) -> Any:
    policies = services_as(world.settings, world.store, lambda: ADMIN, clock=lambda: now).policies
    shown = policies.preview(Wanted(name, key, value, TODAY if now == NOW else day_of(now), "because"))
    return [(one.code, dict(one.facts)) for one in shown.effects]


def test_a_limit_is_counted_by_people_whose_own_it_is(world: World) -> None:
    """Two dealers and one who is a store, too; the one who is an executive keeps the higher limit."""
    assert effect(world, "export.max_rows", 8000, "dealer") == [("people_limited", {"lower": 3, "higher": 0})]
    assert effect(world, "export.max_rows", 6000, "store") == [("people_limited", {"lower": 0, "higher": 1})]
    assert effect(world, "export.max_rows", 50_000) == [("people_limited", {"lower": 1, "higher": 0})]


def test_sessions_that_a_tighter_limit_ends(world: World) -> None:
    assert effect(world, "session.idle_minutes", 120) == [("sessions_ended", {"ended": 3, "open": 5})]
    assert effect(world, "session.absolute_hours", 4) == [("sessions_ended", {"ended": 1, "open": 5})]


def test_sources_that_would_be_late(world: World) -> None:
    later = NOW + timedelta(hours=20)
    assert effect(world, "freshness.promise_hours", 10, now=later) == [
        ("sources_late", {"before": 0, "after": 1, "sources": 1})
    ]
    assert effect(world, "freshness.promise_hours", 10, "another", now=later) == [
        ("sources_late", {"before": 0, "after": 0, "sources": 1})
    ]


def test_members_are_counted_by_what_they_spent(world: World) -> None:
    """m1 spent 227.50, m2 75.54 and 21.00 in two sources, m3 nothing, m9 70.00, m8 40.00."""
    assert effect(world, "members.tier_silver", Decimal(50)) == [("members_above", {"before": 0, "after": 3, "all": 6})]
    assert effect(world, "members.tier_silver", Decimal("227.50"))[0][1]["after"] == 1
    assert effect(world, "members.tier_silver", Decimal("227.51"))[0][1]["after"] == 0


def test_members_and_partners_are_counted_by_their_last_order(world: World) -> None:
    """The data reach to February 21: m9 and S4 rest for 112 days, m8 for 93, S2 for 10, everybody else for less."""
    assert effect(world, "members.dormant_days", 93) == [("members_resting", {"before": 2, "after": 2, "all": 6})]
    assert effect(world, "members.dormant_days", 94)[0][1]["after"] == 1
    assert effect(world, "network.online_days", 92) == [("partners_online", {"before": 4, "after": 4, "all": 5})]
    assert effect(world, "network.online_days", 11)[0][1]["after"] == 4
    assert effect(world, "network.online_days", 10)[0][1]["after"] == 3


def test_builds_that_a_clean_up_keeps(world: World) -> None:
    assert effect(world, "build.kept_days", 1) == [("builds_kept", {"before": 1, "after": 1})]


def test_what_cannot_be_counted_is_not(world: World) -> None:
    assert effect(world, "price.scan_hours", 12) == []
    assert "price.scan_hours" not in COUNTS


def test_without_data_nothing_is_counted_of_them(tmp_path: Path) -> None:
    settings = settings_from({"WATERLINE_HOME": str(tmp_path)})
    store = open_store(settings.store_url)
    store.migrate()
    now = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
    policies = services_as(settings, store, lambda: ADMIN, clock=lambda: now).policies
    for name, value in (
        ("members.tier_gold", Decimal(1400)),
        ("freshness.promise_hours", 9),
        ("members.lost_days", 99),
    ):
        assert policies.preview(Wanted(name, None, value, date(2026, 11, 22), "x")).effects == ()
    assert policies.keys("stock.store_reserve") == policies.keys("freshness.promise_hours") == ()


def test_keys_are_those_of_the_data(world: World) -> None:
    policies = services_as(world.settings, world.store, lambda: ADMIN, clock=lambda: NOW).policies
    assert policies.keys("stock.store_reserve") == ("flour", "oil", "rice")
    assert policies.keys("freshness.promise_hours") == ("test",)
    assert "dealer" in policies.keys("export.max_rows")
    assert policies.keys("stock.near_node_km") == ()
