"""Every command that changes who may do what, or which data count, leaves exactly one event that tells of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from analytics.core.access import ROOT, Actor, Role
from analytics.core.errors import AccessDenied, DomainError
from dashboard.composition import audit_for, loading_for, work_of
from dashboard.services import users
from dashboard.settings import Settings, settings_from
from data.store.audit import GENESIS
from data.store.engine import Store, open_store
from data.store.records import User
from data.store.unit_of_work import UnitOfWork
from tests.data.store.samples import BRAND, a_load

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
ADMIN = Actor("u-admin", "root", frozenset({Role.ADMINISTRATOR}), frozenset({ROOT}))
SECRET = "a long password"
DEALER = {"roles": ["dealer"], "grants": ["D01"], "disabled": False}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_from({"WATERLINE_HOME": str(tmp_path)})


@pytest.fixture
def store(settings: Settings) -> Store:
    opened = open_store(settings.store_url)
    opened.migrate()
    return opened


def told(store: Store) -> list[tuple[str, str, str, str, str]]:
    """Who, what and to what, by number."""
    with UnitOfWork(store, BRAND, reading=True) as unit:
        events = [event for chunk in unit.audit.chunks() for event in chunk]
    return [(event.at, event.user_name, event.action, event.subject_kind, event.subject_id) for event in events]


def facts(store: Store) -> dict[str, Any]:
    """Facts of the newest event."""
    with UnitOfWork(store, BRAND, reading=True) as unit:
        newest = [event for chunk in unit.audit.chunks() for event in chunk][-1]
    found: dict[str, Any] = json.loads(newest.facts)
    return found


def a_dealer(store: Store, name: str = "li") -> User:
    return users.create_user(
        ADMIN, work_of(store, ADMIN), name=name, display_name="", password=SECRET,
        roles=frozenset({Role.DEALER}), grants=frozenset({"D01"}), now=NOW,
    )  # fmt: skip


def test_a_new_account_leaves_one_event_without_its_secret(store: Store) -> None:
    made = a_dealer(store)
    assert told(store) == [("2026-11-22T08:30:00.000000Z", "root", "user.created", "user", made.id)]
    assert facts(store) == {"name": "li", "before": None, "after": DEALER}


def test_the_first_administrator_is_told_of_as_made_by_the_shell(store: Store) -> None:
    shell = users.shell_actor()
    made = users.create_admin(work_of(store, shell), name="root", display_name="", password=SECRET, now=NOW)
    assert [event[1:] for event in told(store)] == [("service:shell", "user.created", "user", made.id)]
    rights = {"roles": ["administrator", "executive"], "grants": ["brand"], "disabled": False}
    assert facts(store) == {"name": "root", "before": None, "after": rights}


def test_changed_rights_leave_one_event_with_both_states(store: Store) -> None:
    made = a_dealer(store)
    roles, grants = frozenset({Role.STORE, Role.MARKETER}), frozenset({"S1", "S0"})
    users.change_rights(ADMIN, work_of(store, ADMIN), made.id, roles=roles, grants=grants, now=NOW + timedelta(days=1))
    assert told(store)[1:] == [("2026-11-23T08:30:00.000000Z", "root", "user.rights_changed", "user", made.id)]
    after = {"roles": ["marketer", "store"], "grants": ["S0", "S1"], "disabled": False}
    assert facts(store) == {"name": "li", "before": DEALER, "after": after}


@pytest.mark.parametrize(("disabled", "deed"), [(True, "user.disabled"), (False, "user.enabled")])
def test_locking_out_and_letting_in_leave_one_event_each(store: Store, disabled: bool, deed: str) -> None:
    made = a_dealer(store)
    users.set_disabled(ADMIN, work_of(store, ADMIN), made.id, disabled=disabled, now=NOW)
    assert [event[1:] for event in told(store)[1:]] == [("root", deed, "user", made.id)]
    assert facts(store) == {"name": "li", "before": DEALER, "after": DEALER | {"disabled": disabled}}


def test_what_is_refused_leaves_no_event(store: Store, settings: Settings) -> None:
    work = work_of(store, ADMIN)
    made = a_dealer(store)
    attempts: list[Callable[[], object]] = [
        lambda: a_dealer(store, "LI"),
        lambda: users.change_rights(ADMIN, work, "nobody", roles=frozenset(), grants=frozenset(), now=NOW),
        lambda: users.set_disabled(ADMIN, work, "nobody", disabled=True, now=NOW),
        lambda: users.set_disabled(ADMIN, work, ADMIN.user_id, disabled=True, now=NOW),
        lambda: loading_for(settings, store, ADMIN).forget(("never-loaded",), now=NOW),
    ]
    for attempt in attempts:
        with pytest.raises(DomainError):
            attempt()
    assert [event[4] for event in told(store)] == [made.id]


def test_an_event_that_cannot_be_written_undoes_the_change(store: Store) -> None:
    """The other way round: no change without its event."""
    made = a_dealer(store)
    naive = NOW.replace(tzinfo=None)
    roles = frozenset({Role.STORE})
    with pytest.raises(ValueError, match="time zone"):
        users.change_rights(ADMIN, work_of(store, ADMIN), made.id, roles=roles, grants=frozenset(), now=naive)
    with UnitOfWork(store, BRAND, reading=True) as unit:
        assert unit.users.get(made.id) == made
    assert len(told(store)) == 1


def test_each_load_taken_back_leaves_one_event(store: Store, settings: Settings) -> None:
    with UnitOfWork(store, BRAND) as unit:
        for number in (1, 2):
            unit.loads.add(a_load(number))
        unit.commit()
    loading_for(settings, store, users.service_actor("forget")).forget(("load-2", "load-1"), now=NOW)
    assert [event[1:] for event in told(store)] == [
        ("service:forget", "load.forgotten", "load", "load-2"),
        ("service:forget", "load.forgotten", "load", "load-1"),
    ]
    assert facts(store) == {
        "source": "iowa", "mapping": "iowa_liquor", "file": "/data/1.csv", "content_digest": f"{1:064d}",
        "tables": {"order_line": 11, "partner": 2}, "rows_read": 13, "rows_rejected": 1, "rows_duplicate": 0,
        "warnings": {"zero_quantity": 2},
    }  # fmt: skip


def test_the_head_is_published_in_a_file_per_day(store: Store, settings: Settings) -> None:
    trail = audit_for(settings, store, ADMIN)
    assert trail.publish(now=NOW)[1].hash == GENESIS
    a_dealer(store)
    file, head = trail.publish(now=NOW + timedelta(hours=1))
    assert (file, head.number) == (settings.home / "audit" / "head-2026-11-22.json", 1)
    assert json.loads(file.read_text()) == {"number": 1, "hash": head.hash, "at": "2026-11-22T09:30:00.000000Z"}
    trail.publish(now=NOW + timedelta(days=1))
    assert sorted(path.name for path in settings.audit.iterdir()) == ["head-2026-11-22.json", "head-2026-11-23.json"]
    verdict = trail.verify()
    assert (verdict.events, verdict.heads, verdict.findings) == (1, 2, ())


def test_a_published_head_is_not_overwritten_by_one_that_contradicts_it(store: Store, settings: Settings) -> None:
    a_dealer(store)
    trail = audit_for(settings, store, ADMIN)
    file, head = trail.publish(now=NOW)
    for lie in (replace(head, hash="f" * 64), replace(head, number=2)):
        text = json.dumps({"number": lie.number, "hash": lie.hash, "at": lie.at})
        file.write_text(text)
        with pytest.raises(DomainError, match="audit_head_contradicted"):
            trail.publish(now=NOW)
        assert file.read_text() == text


@pytest.mark.parametrize("text", ["", "[]", '{"number": "x"}', "null"])
def test_a_file_that_is_no_head_is_refused(store: Store, settings: Settings, text: str) -> None:
    settings.audit.mkdir()
    (settings.audit / "head-2026-11-22.json").write_text(text)
    with pytest.raises(DomainError, match="audit_head_unreadable"):
        audit_for(settings, store, ADMIN).verify()


def test_the_trail_is_for_those_who_may_see_it(store: Store, settings: Settings) -> None:
    trail = audit_for(settings, store, replace(ADMIN, roles=frozenset({Role.EXECUTIVE})))
    for call in (trail.verify, lambda: trail.publish(now=NOW)):
        with pytest.raises(AccessDenied, match="not_allowed"):
            call()
    assert not settings.audit.exists()
