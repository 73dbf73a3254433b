"""Policies are changed by those who may, seen before they are saved, approved by a second person where money hangs."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from analytics.core.access import MAY, ROOT, Action, Actor, Role
from analytics.core.errors import AccessDenied, DomainError
from analytics.policies.change import State, Wanted
from analytics.policies.policy import Value
from dashboard.composition import Services, services_as
from dashboard.services.policies import Policies
from dashboard.services.policy_views import Done
from dashboard.settings import settings_from
from data.store.engine import Store, open_store
from data.store.unit_of_work import UnitOfWork
from tests.data.store.samples import BRAND

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
TODAY = date(2026, 11, 22)
RESERVE, GOLD, ROWS = "stock.store_reserve", "members.tier_gold", "export.max_rows"


class House:
    """A store, and people who come to it at a time of their own."""

    def __init__(self, store: Store, home: Path) -> None:
        self.store = store
        self.settings = settings_from({"WATERLINE_HOME": str(home)})
        self.now = NOW
        self.commands = 0

    def services(self, name: str, *roles: Role, grant: str = ROOT) -> Services:
        who = Actor(f"u-{name}", name, frozenset(roles), frozenset({grant}))
        return services_as(self.settings, self.store, lambda: who, clock=lambda: self.now)

    @property
    def admin(self) -> Policies:
        return self.services("root", Role.ADMINISTRATOR).policies

    @property
    def other(self) -> Policies:
        return self.services("second", Role.APPROVER).policies

    def command(self) -> str:
        self.commands += 1
        self.now += timedelta(seconds=1)
        return f"command-{self.commands}"

    def ask(self, name: str, value: Value | None, *, by: Policies | None = None, **more: Any) -> Done:
        who = by or self.admin
        wanted = Wanted(name, more.pop("key", None), value, more.pop("day", TODAY), more.pop("note", "because"))
        return who.propose(wanted, seen=self.seen(name), command_id=more.pop("command", self.command()))

    def seen(self, name: str) -> int:
        standing = self.admin.all().of(name)
        assert standing is not None
        return standing.seen

    def approve(self, done: Done, by: Policies | None = None) -> Done:
        seen = self.seen(done.change.wanted.policy)
        return (by or self.other).approve(done.change.id, seen=seen, command_id=self.command())

    def events(self) -> list[tuple[str, str, dict[str, Any]]]:
        with UnitOfWork(self.store, BRAND, reading=True) as unit:
            told = [event for chunk in unit.audit.chunks() for event in chunk]
        return [(event.user_name, event.action, json.loads(event.facts)) for event in told]


@pytest.fixture
def house(tmp_path: Path) -> House:
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    store.migrate()
    return House(store, tmp_path)


def refusal(call: Callable[[], object]) -> DomainError:
    with pytest.raises(DomainError) as refused:
        call()
    return refused.value


def test_a_change_without_money_holds_when_it_is_saved(house: House) -> None:
    done = house.ask(RESERVE, Decimal(20), note="  fewer\nfor the shop ")
    assert (done.change.state, done.change.since) == (State.APPROVED, TODAY)
    assert house.admin.value(RESERVE) == Decimal(20)
    assert house.admin.value(RESERVE, as_of=TODAY - timedelta(days=1)) == Decimal(30)
    ((who, deed, facts),) = house.events()
    assert (who, deed) == ("root", "policy.set")
    assert (facts["before"], facts["value"], facts["since"]) == ("30", "20", "2026-11-22")
    assert facts["note"] == "fewer for the shop"


def test_a_change_for_one_key_touches_no_other(house: House) -> None:
    house.ask(RESERVE, Decimal(50), key="rice")
    assert house.admin.value(RESERVE, "rice") == Decimal(50)
    assert house.admin.value(RESERVE, "oil") == house.admin.value(RESERVE) == Decimal(30)
    house.ask(RESERVE, None, key="rice")
    assert house.admin.value(RESERVE, "rice") == Decimal(30)


def test_a_change_holds_from_its_day_on(house: House) -> None:
    soon = TODAY + timedelta(days=3)
    house.ask(RESERVE, Decimal(20), day=soon)
    assert house.admin.value(RESERVE) == Decimal(30)
    assert house.admin.value(RESERVE, as_of=soon) == Decimal(20)
    standing = house.admin.all().of(RESERVE)
    assert standing is not None
    assert [change.since for change in standing.coming] == [soon]
    house.now = NOW + timedelta(days=3)
    assert house.admin.value(RESERVE) == Decimal(20)


def test_the_day_begins_where_the_business_is(house: House) -> None:
    """At 16:30 UTC it is half past midnight in Shanghai."""
    house.now = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
    error = refusal(lambda: house.ask(RESERVE, Decimal(20), day=TODAY))
    assert (error.code, error.facts["today"]) == ("policy_retroactive", date(2026, 11, 23))


def test_where_money_hangs_on_it_a_second_person_approves(house: House) -> None:
    asked = house.ask(GOLD, Decimal(2000))
    assert asked.change.state is State.PROPOSED
    assert house.admin.value(GOLD) == Decimal(1500)
    approved = house.approve(asked)
    assert approved.change.state is State.APPROVED
    assert house.admin.value(GOLD) == Decimal(2000)
    assert [(who, deed) for who, deed, _ in house.events()] == [
        ("root", "policy.proposed"),
        ("second", "policy.approved"),
    ]


def test_nobody_decides_about_an_own_change(house: House) -> None:
    asked = house.ask(GOLD, Decimal(2000))
    both = house.services("root", Role.ADMINISTRATOR, Role.APPROVER).policies
    for who in (house.admin, both):
        assert refusal(partial(house.approve, asked, who)).code == "policy_own_change"
    code = refusal(lambda: both.reject(asked.change.id, command_id=house.command(), note="no")).code
    assert code == "policy_own_change"
    assert house.admin.value(GOLD) == Decimal(1500)
    assert house.approve(asked, by=house.services("third", Role.ADMINISTRATOR).policies).change.rank == 1


def test_an_approval_that_comes_late_holds_from_its_own_day(house: House) -> None:
    asked = house.ask(GOLD, Decimal(2000))
    house.now = NOW + timedelta(days=5)
    assert house.approve(asked).change.since == TODAY + timedelta(days=5)
    assert house.admin.value(GOLD, as_of=TODAY + timedelta(days=4)) == Decimal(1500)
    assert house.admin.value(GOLD) == Decimal(2000)


def test_of_two_changes_for_a_day_the_later_approved_wins(house: House) -> None:
    first, second = house.ask(GOLD, Decimal(2000)), house.ask(GOLD, Decimal(2200))
    house.approve(second)
    house.approve(first)
    assert house.admin.value(GOLD) == Decimal(2000)


def test_a_rejection_says_why_and_a_change_is_withdrawn_by_its_author_alone(house: House) -> None:
    asked = house.ask(GOLD, Decimal(2000))
    id = asked.change.id
    assert refusal(lambda: house.other.reject(id, command_id="r0", note=" ")).code == "policy_reason_missing"
    stranger = house.services("third", Role.ADMINISTRATOR).policies
    assert refusal(lambda: stranger.withdraw(id, command_id="w0")).code == "policy_others_change"
    assert house.other.reject(id, command_id="r1", note="too dear").change.decision_note == "too dear"
    again = house.ask(GOLD, Decimal(2100))
    assert house.admin.withdraw(again.change.id, command_id="w1").change.state is State.WITHDRAWN
    assert house.admin.value(GOLD) == Decimal(1500)
    late = refusal(lambda: house.admin.withdraw(id, command_id="w2"))
    assert (late.code, late.facts["by"], late.facts["note"]) == ("policy_found_rejected", "second", "too dear")
    deeds = [deed for _, deed, _ in house.events()]
    assert deeds == ["policy.proposed", "policy.rejected", "policy.proposed", "policy.withdrawn"]


def test_a_repeated_command_is_answered_as_done(house: House) -> None:
    wanted = Wanted(RESERVE, None, Decimal(20), TODAY, "because")
    first = house.admin.propose(wanted, seen=0, command_id="same")
    second = house.admin.propose(wanted, seen=0, command_id="same")
    assert (first.again, second.again) == (False, True)
    assert second.change == first.change
    asked = house.ask(GOLD, Decimal(2000))
    approved = house.other.approve(asked.change.id, seen=1, command_id="yes")
    repeated = house.other.approve(asked.change.id, seen=1, command_id="yes")
    assert (repeated.again, repeated.change) == (True, approved.change)
    assert len(house.events()) == 3


def test_who_looked_before_somebody_else_changed_it_is_told_what_they_missed(house: House) -> None:
    wanted = Wanted(RESERVE, None, Decimal(10), TODAY, "because")
    house.ask(RESERVE, Decimal(20))
    late = refusal(lambda: house.admin.propose(wanted, seen=0, command_id="late"))
    assert (late.code, late.facts["value"], late.facts["by"]) == ("policy_found_approved", "20", "root")
    asked = house.ask(GOLD, Decimal(2000))
    seen = house.seen(GOLD)
    house.ask(GOLD, Decimal(1800))
    stale = refusal(lambda: house.other.approve(asked.change.id, seen=seen, command_id="stale"))
    assert (stale.code, stale.facts["value"]) == ("policy_found_proposed", "1,800")
    assert house.admin.value(GOLD) == Decimal(1500)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (Wanted("stock.reserve", None, Decimal(1), TODAY, "x"), "policy_unknown"),
        (Wanted(RESERVE, None, Decimal(-1), TODAY, "x"), "policy_value_outside"),
        (Wanted(RESERVE, None, 30, TODAY, "x"), "policy_value_invalid"),
        (Wanted(RESERVE, None, Decimal("NaN"), TODAY, "x"), "policy_value_invalid"),
        (Wanted(ROWS, "president", 1, TODAY, "x"), "policy_key_unknown"),
        (Wanted(ROWS, "dealer", True, TODAY, "x"), "policy_value_invalid"),
        (Wanted("partner.attribution", None, "last_bind", TODAY, "x"), "policy_value_invalid"),
        (Wanted(RESERVE, None, Decimal(1), TODAY - timedelta(days=1), "x"), "policy_retroactive"),
        (Wanted(RESERVE, None, Decimal(1), TODAY, " \n"), "policy_note_missing"),
        (Wanted("members.tier_silver", None, Decimal(1500), TODAY, "x"), "policy_order"),
    ],
)
def test_what_makes_no_sense_is_neither_previewed_nor_kept(house: House, wanted: Wanted, code: str) -> None:
    assert refusal(lambda: house.admin.preview(wanted)).code == code
    assert refusal(lambda: house.admin.propose(wanted, seen=0, command_id="c")).code == code
    assert house.events() == []


def test_two_changes_that_fit_alone_but_not_together_are_not_both_approved(house: House) -> None:
    silver, gold = house.ask("members.tier_silver", Decimal(1200)), house.ask(GOLD, Decimal(1000))
    house.approve(silver)
    error = refusal(lambda: house.approve(gold))
    assert (error.code, error.facts["low"], error.facts["high"]) == ("policy_order", "1,200", "1,000")


def test_a_value_that_a_later_change_contradicts_is_refused_for_that_day(house: House) -> None:
    later = TODAY + timedelta(days=30)
    house.approve(house.ask(GOLD, Decimal(1000), day=later))
    error = refusal(lambda: house.ask("members.tier_silver", Decimal(1200)))
    assert (error.code, error.facts["day"]) == ("policy_order", later)


def test_rights(house: House) -> None:
    """Head office sees, administrators change, administrators and approvers approve; partners do none of it."""
    wanted = Wanted(RESERVE, None, Decimal(20), TODAY, "because")

    def look(people: Policies) -> object:
        return people.all(), people.value(GOLD), people.preview(wanted)

    for role in Role:
        people = house.services("somebody", role).policies
        may = MAY[role]
        fresh = house.ask(GOLD, Decimal(2000))
        tries: dict[Action, Callable[[], object]] = {
            Action.SEE_POLICIES: partial(look, people),
            Action.CHANGE_POLICIES: partial(people.propose, wanted, seen=house.seen(RESERVE), command_id=f"p {role}"),
            Action.APPROVE_POLICIES: partial(people.reject, fresh.change.id, command_id=f"a {role}", note="no"),
        }
        for action, attempt in tries.items():
            if action in may:
                attempt()
            else:
                assert refusal(attempt).code == "not_allowed", (role, action)
    assert {role for role in Role if Action.APPROVE_POLICIES in MAY[role]} == {Role.APPROVER, Role.ADMINISTRATOR}
    assert {role for role in Role if Action.CHANGE_POLICIES in MAY[role]} == {Role.ADMINISTRATOR}
    assert not {Role.DEALER, Role.STORE, Role.GROUP_LEADER} & {r for r in Role if Action.SEE_POLICIES in MAY[r]}


def test_without_the_head_office_grant_values_are_seen_and_nothing_else(house: House) -> None:
    house.ask(RESERVE, Decimal(20), note="a reason of head office")
    local = house.services("local", Role.ADMINISTRATOR, grant="D01").policies
    standing = local.all().of(RESERVE)
    assert standing is not None
    assert (standing.common.value, standing.history, standing.common.change) == (Decimal(20), (), None)
    wanted = Wanted(RESERVE, None, Decimal(5), TODAY, "because")
    for attempt in (lambda: local.propose(wanted, seen=1, command_id="c"), lambda: local.preview(wanted)):
        with pytest.raises(AccessDenied, match="brand_only"):
            attempt()


def test_a_preview_says_what_would_change_and_changes_nothing(house: House) -> None:
    later = TODAY + timedelta(days=10)
    house.ask(ROWS, 70_000, day=later)
    shown = house.admin.preview(Wanted(ROWS, None, 50_000, TODAY, "because"))
    assert (shown.before, shown.after, shown.until, shown.second) == (100_000, 50_000, later, False)
    assert shown.untouched == ("dealer", "group_leader", "store")
    assert house.admin.value(ROWS) == 100_000
    own = house.admin.preview(Wanted(ROWS, "dealer", 50_000, TODAY, "because"))
    assert (own.before, own.after, own.until, own.untouched) == (20_000, 50_000, None, ())
    assert house.admin.preview(Wanted(GOLD, None, Decimal(2000), TODAY, "because")).second


def test_the_table_is_read_again_only_after_an_approval(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from data.store.policies import PolicyChanges

    reads = 0
    kept = PolicyChanges.table

    def counted(self: PolicyChanges, number: int) -> Any:
        nonlocal reads
        reads += 1
        return kept(self, number)

    house.ask(RESERVE, Decimal(20))
    monkeypatch.setattr(PolicyChanges, "table", counted)
    for _ in range(3):
        assert house.services("root", Role.ADMINISTRATOR).policies.value(RESERVE) == Decimal(20)
    assert reads == 1


def test_two_approvers_at_once(address: str, tmp_path: Path) -> None:
    """One wins; the other is told who; the trail tells of one approval."""
    store = open_store(address)
    store.migrate()
    house = House(store, tmp_path)
    asked = house.ask(GOLD, Decimal(2000))
    start = threading.Barrier(4)
    outcomes: list[Done | DomainError] = []

    def decide(name: str) -> None:
        people = house.services(name, Role.APPROVER).policies
        start.wait()
        try:
            outcomes.append(people.approve(asked.change.id, seen=1, command_id=f"by {name}"))
        except DomainError as error:
            outcomes.append(error)

    threads = [threading.Thread(target=decide, args=(f"approver {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won = [one for one in outcomes if isinstance(one, Done)]
    lost = [one for one in outcomes if isinstance(one, DomainError)]
    assert (len(won), len(lost)) == (1, 3)
    assert {(one.code, one.facts["by"]) for one in lost} == {("policy_found_approved", won[0].change.decided_name)}
    assert [deed for _, deed, _ in house.events()] == ["policy.proposed", "policy.approved"]
    store.close()


def test_the_same_click_twice_at_once(address: str, tmp_path: Path) -> None:
    store = open_store(address)
    store.migrate()
    house = House(store, tmp_path)
    start = threading.Barrier(3)
    done: list[Done] = []

    def send() -> None:
        people = house.admin
        start.wait()
        done.append(people.propose(Wanted(RESERVE, None, Decimal(9), TODAY, "x"), seen=0, command_id="click"))

    threads = [threading.Thread(target=send) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.again for one in done) == [False, True, True]
    assert len({one.change.id for one in done}) == len(house.events()) == 1
    store.close()
