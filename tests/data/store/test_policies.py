"""Changes of policies are asked once, decided once, and stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql import Executable

from analytics.core.calendar import day_of
from analytics.core.errors import AccessDenied, DomainError
from analytics.policies.change import Change, State, Wanted
from data.store.engine import Store
from data.store.entities import policy_changes
from data.store.unit_of_work import UnitOfWork
from tests.data.store.samples import BRAND, DEALER, NOW

TODAY = day_of(NOW)
GOLD = "members.tier_gold"


def a_change(number: int = 1, value: Decimal | None = Decimal("1500.50"), key: str | None = None) -> Change:
    wanted = Wanted(GOLD, key, value, TODAY, "because")
    return Change(f"change-{number}", wanted, "u1", "root", NOW + timedelta(minutes=number))


def approved(change: Change) -> Change:
    return replace(
        change, state=State.APPROVED, version=2, decided_by="u2", decided_name="second", decided_at=NOW, since=TODAY
    )


def keep(store: Store, *changes: Change) -> None:
    with UnitOfWork(store, BRAND) as unit:
        unit.policies.hold()
        for change in changes:
            unit.policies.add(change, command_id=f"ask {change.id}")
        unit.commit()


def decide(store: Store, change: Change) -> Change:
    with UnitOfWork(store, BRAND) as unit:
        unit.policies.hold()
        kept = unit.policies.decide(change, command_id=f"decide {change.id} {change.version}")
        unit.commit()
    return kept


def test_a_change_comes_back_as_it_was(store: Store) -> None:
    keep(store, a_change(1), a_change(2, None))
    with UnitOfWork(store, BRAND, reading=True) as unit:
        assert unit.policies.all() == [a_change(2, None), a_change(1)]
        assert unit.policies.get("change-1") == a_change(1)
        assert unit.policies.commanded("ask change-2") == a_change(2, None)
        assert unit.policies.commanded("never sent") is None
        with pytest.raises(DomainError, match="policy_change_unknown"):
            unit.policies.get("change-7")


def test_approvals_are_counted_and_only_they_are_in_force(store: Store) -> None:
    keep(store, a_change(1), a_change(2, Decimal(2000)), a_change(3))
    assert decide(store, approved(a_change(2, Decimal(2000)))).rank == 1
    decide(store, replace(a_change(3), state=State.REJECTED, version=2, decided_by="u2", decided_at=NOW))
    with UnitOfWork(store, DEALER, reading=True) as unit:
        assert unit.policies.number() == 1
        assert unit.policies.table(1).value(GOLD, as_of=TODAY) == Decimal(2000)
        assert unit.policies.table(0).value(GOLD, as_of=TODAY) == Decimal(1500)


def test_a_table_is_that_of_its_number_whatever_was_approved_since(store: Store) -> None:
    keep(store, a_change(1, Decimal(2000)), a_change(2, Decimal(2500)))
    decide(store, approved(a_change(1, Decimal(2000))))
    decide(store, approved(a_change(2, Decimal(2500))))
    with UnitOfWork(store, BRAND, reading=True) as unit:
        tables = {number: unit.policies.table(number).value(GOLD, as_of=TODAY) for number in (0, 1, 2)}
    assert tables == {0: Decimal(1500), 1: Decimal(2000), 2: Decimal(2500)}


def test_a_version_that_is_no_longer_there_is_not_decided(store: Store) -> None:
    keep(store, a_change())
    stale = replace(approved(a_change()), version=3)
    with pytest.raises(DomainError, match="policy_stale"):
        decide(store, stale)


EDITS: dict[str, Executable] = {
    "another value": update(policy_changes).where(policy_changes.c.id == "change-1").values(value="9"),
    "another day": update(policy_changes).where(policy_changes.c.id == "change-1").values(valid_from=TODAY),
    "another author": update(policy_changes).where(policy_changes.c.id == "change-1").values(proposed_by="u9"),
    "decided anew": update(policy_changes).where(policy_changes.c.id == "change-2").values(state="proposed"),
    "a note of its decision": update(policy_changes).where(policy_changes.c.id == "change-2").values(decision_note="x"),
    "gone": delete(policy_changes).where(policy_changes.c.id == "change-1"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_nothing_is_edited_or_deleted(store: Store, edit: str) -> None:
    keep(
        store, replace(a_change(), wanted=replace(a_change().wanted, valid_from=TODAY + timedelta(days=9))), a_change(2)
    )
    decide(store, approved(a_change(2)))
    with pytest.raises(IntegrityError), store.writing() as connection:
        connection.execute(EDITS[edit])


def test_a_dealer_reads_what_holds_and_nothing_else(store: Store) -> None:
    keep(store, a_change())
    with UnitOfWork(store, DEALER) as unit:
        for attempt in (
            unit.policies.all,
            unit.policies.hold,
            lambda: unit.policies.get("change-1"),
            lambda: unit.policies.commanded("ask change-1"),
            lambda: unit.policies.add(a_change(2), command_id="c"),
            lambda: unit.policies.decide(approved(a_change()), command_id="c"),
        ):
            with pytest.raises(AccessDenied, match="brand_only"):
                attempt()


def test_rows_of_a_policy_that_is_gone_decide_nothing(store: Store) -> None:
    keep(store, a_change())
    row = {"policy": "stock.of_old", "id": "old", "command_id": "old", "value": "nonsense", "state": "approved"}
    with store.writing() as connection:
        kept = connection.execute(policy_changes.select()).mappings().one()
        connection.execute(insert(policy_changes).values({**kept, **row, "since": TODAY, "rank": 1}))
    with UnitOfWork(store, BRAND, reading=True) as unit:
        assert [change.id for change in unit.policies.all()] == ["change-1"]
        assert unit.policies.table(1).changes == {}
