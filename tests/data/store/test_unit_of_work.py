"""The door to the store is cut to a scope and undoes what is not committed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from analytics.core.access import ROOT, Role, Scope
from analytics.core.errors import AccessDenied, DomainError
from data.store.accounts import new_user
from data.store.engine import Store
from data.store.records import User
from data.store.unit_of_work import UnitOfWork
from tests.data.store.samples import BRAND, DEALER, NOW, a_build, a_load


def add_user(store: Store, name: str, *grants: str) -> User:
    user = new_user(name, name.upper(), {Role.DEALER}, grants)
    with UnitOfWork(store, BRAND) as unit:
        unit.users.add(user, issuer="local", subject=name, password_hash=None, now=NOW)
        unit.commit()
    return user


def test_a_load_comes_back_as_it_was(store: Store) -> None:
    with UnitOfWork(store, BRAND) as unit:
        unit.loads.add(a_load(2))
        unit.loads.add(a_load(1))
        unit.commit()
    with UnitOfWork(store, BRAND, reading=True) as unit:
        assert unit.loads.all() == [a_load(1), a_load(2)]
        assert unit.loads.find(a_load(1).content_digest, "m" * 64) == a_load(1)
        assert unit.loads.find(a_load(1).content_digest, "n" * 64) is None


def test_leaving_without_commit_undoes(store: Store) -> None:
    with UnitOfWork(store, BRAND) as unit:
        unit.loads.add(a_load())
    with UnitOfWork(store, BRAND) as unit:
        assert unit.loads.all() == []


def test_the_same_content_is_loaded_once_per_mapping(store: Store) -> None:
    with UnitOfWork(store, BRAND) as unit:
        unit.loads.add(a_load())
        unit.commit()
    with pytest.raises(DomainError, match="load_exists"), UnitOfWork(store, BRAND) as unit:
        unit.loads.add(a_load())
    with UnitOfWork(store, BRAND) as unit:
        assert len(unit.loads.all()) == 1


def test_a_load_replaces_those_of_the_same_files_by_the_same_mapping(store: Store) -> None:
    others = replace(a_load(3), files_digest="g" * 64), replace(a_load(4), mapping_digest="n" * 64)
    alone = replace(a_load(5), files_digest=None)
    with UnitOfWork(store, BRAND) as unit:
        for load in (a_load(1), *others, alone, a_load(2)):
            unit.loads.add(load)
        assert unit.loads.replaced(alone) == []
        assert unit.loads.replaced(a_load(2)) == [a_load(1)]
        unit.commit()
    with UnitOfWork(store, BRAND, reading=True) as unit:
        assert sorted(load.id for load in unit.loads.all()) == ["load-2", "load-3", "load-4", "load-5"]


def test_the_latest_build_is_the_one_published_last(store: Store) -> None:
    with UnitOfWork(store, BRAND) as unit:
        assert unit.builds.latest() is None
        unit.builds.publish(a_build(1))
        unit.builds.publish(a_build(2))
        unit.commit()
    for scope in (BRAND, DEALER):
        with UnitOfWork(store, scope, reading=True) as unit:
            assert unit.builds.latest() == a_build(2)
            assert unit.builds.get("build-1") == a_build(1)


def test_a_build_is_published_once_and_an_unknown_one_is_named(store: Store) -> None:
    with UnitOfWork(store, BRAND) as unit:
        unit.builds.publish(a_build(1))
        unit.commit()
    with pytest.raises(DomainError, match="build_exists"), UnitOfWork(store, BRAND) as unit:
        unit.builds.publish(a_build(1))
    with pytest.raises(DomainError, match="build_unknown"), UnitOfWork(store, DEALER) as unit:
        unit.builds.get("build-7")


@pytest.mark.parametrize("scope", [None, ROOT, frozenset({ROOT})])
def test_without_a_scope_the_door_stays_shut(store: Store, scope: Scope) -> None:
    with pytest.raises(AccessDenied, match="no_scope"):
        UnitOfWork(store, scope)


def test_a_dealer_touches_nothing_of_the_brand(store: Store) -> None:
    user = add_user(store, "wang", "D01")
    attempts: dict[str, Callable[[UnitOfWork], object]] = {
        "loads.add": lambda unit: unit.loads.add(a_load()),
        "loads.all": lambda unit: unit.loads.all(),
        "loads.find": lambda unit: unit.loads.find("c", "m"),
        "loads.replaced": lambda unit: unit.loads.replaced(a_load()),
        "builds.publish": lambda unit: unit.builds.publish(a_build()),
        "users.add": lambda unit: unit.users.add(user, issuer="i", subject="s", password_hash=None, now=NOW),
        "users.assign": lambda unit: unit.users.assign(user.id, roles=frozenset(), grants=frozenset({ROOT})),
        "users.set_disabled": lambda unit: unit.users.set_disabled(user.id, disabled=True, now=NOW),
    }
    for operation, attempt in attempts.items():
        with pytest.raises(AccessDenied) as refused, UnitOfWork(store, DEALER) as unit:
            attempt(unit)
        assert refused.value.facts["operation"] == operation


def test_users_are_cut_to_the_scope(store: Store) -> None:
    add_user(store, "boss", ROOT)
    add_user(store, "inside", "D01")
    outside = add_user(store, "outside", "D07")
    add_user(store, "between", "D01", "D07")
    add_user(store, "nothing")
    with UnitOfWork(store, DEALER, reading=True) as unit:
        assert [user.name for user in unit.users.list()] == ["inside"]
        assert unit.users.find("outside") is None
        with pytest.raises(DomainError, match="user_unknown"):
            unit.users.get(outside.id)
    with UnitOfWork(store, Scope(frozenset({"D01", "D07"})), reading=True) as unit:
        assert [user.name for user in unit.users.list()] == ["between", "inside", "outside"]
    with UnitOfWork(store, BRAND, reading=True) as unit:
        assert len(unit.users.list()) == 5
        assert unit.users.find("OUTSIDE") == outside


def test_rights_are_replaced_not_added(store: Store) -> None:
    user = add_user(store, "wang", "D01")
    with UnitOfWork(store, BRAND) as unit:
        unit.users.assign(user.id, roles=frozenset({Role.STORE}), grants=frozenset({"S001"}))
        unit.commit()
    with UnitOfWork(store, BRAND, reading=True) as unit:
        changed = unit.users.get(user.id)
    assert (changed.roles, changed.partners) == (frozenset({Role.STORE}), frozenset({"S001"}))


def test_one_issuer_knows_a_subject_once(store: Store) -> None:
    add_user(store, "wang", "D01")
    with pytest.raises(DomainError, match="user_exists"):
        add_user(store, "wang", "D07")


def test_a_unit_is_committed_once_and_readers_have_nothing_to_commit(store: Store) -> None:
    with UnitOfWork(store, BRAND) as unit:
        unit.commit()
        with pytest.raises(RuntimeError):
            unit.commit()
    with UnitOfWork(store, BRAND, reading=True) as unit, pytest.raises(RuntimeError):
        unit.commit()
