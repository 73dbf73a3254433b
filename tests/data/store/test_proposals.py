"""Proposals come back as they were kept, cut to the scope, and change once per version."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from analytics.core.access import ROOT, Actor, Role, Scope
from analytics.core.errors import AccessDenied, DomainError
from analytics.decisions.proposal import COMING, Origin, Proposal, State, standing
from analytics.decisions.workflow import Command, Decided, Move, Terms, decide
from data.store.engine import Store
from data.store.plans import Plan, Saved
from data.store.proposal_search import SoughtMoves, SoughtProposals
from data.store.unit_of_work import UnitOfWork
from tests.proposals import AT, TODAY, a_proposal

BRAND = Scope(frozenset({ROOT}))
LI = Actor("u-li", "li", frozenset({Role.MERCHANDISER}), frozenset({ROOT}))
JOB = Actor("service:plan", "service:plan", frozenset({Role.SERVICE}), frozenset({ROOT}))
TERMS = Terms(limit=Decimal(50_000))


def keep(store: Store, *news: Proposal) -> None:
    with UnitOfWork(store, BRAND) as unit:
        for one in news:
            unit.proposals.add(one)
        unit.commit()


def plan(store: Store, *news: Proposal, batch: str = "plan-1", as_of: date | None = None, counted: Any = None) -> Saved:
    """Keep a plan whose supply was counted just before, or earlier when ``counted`` says so."""
    day = as_of or max((one.as_of for one in news), default=date(2026, 2, 28))
    with UnitOfWork(store, BRAND) as unit:
        seen = supply(store, day) if counted is None else counted
        saved = unit.plans.save(Plan(batch, day, news, seen, JOB, AT))
        unit.commit()
    return saved


def supply(store: Store, as_of: date) -> dict[str, int]:
    with UnitOfWork(store, BRAND, reading=True) as unit:
        return {one.id: one.version for one in unit.proposals.supply(as_of, TODAY)}


def do(store: Store, id: str, move: Move, **command: Any) -> Decided:
    with UnitOfWork(store, BRAND) as unit:
        found = unit.proposals.hold([id])[id]
        asked = Command(f"{move} {id} {found.version}", move, found.version, **command)
        decided = decide(found, asked, LI, TERMS, at=AT)
        unit.proposals.save(decided)
        unit.commit()
    return decided


def get(store: Store, id: str) -> Proposal:
    with UnitOfWork(store, BRAND, reading=True) as unit:
        return unit.proposals.get(id)


def test_a_proposal_comes_back_as_it_was(store: Store) -> None:
    bare = a_proposal("p2", unit_cost=None, reasons=(), author="u-dealer", origin=Origin.REQUEST)
    keep(store, a_proposal(), bare)
    assert get(store, "p1") == a_proposal()
    assert get(store, "p2") == bare


def test_a_scope_sees_its_own_and_what_lies_below_and_nothing_else(store: Store) -> None:
    keep(store, a_proposal("p1", owner="S1"), a_proposal("p2", owner="S3"), a_proposal("p3", owner=ROOT))
    sought = SoughtProposals(TODAY)
    with UnitOfWork(store, Scope(frozenset({"D1"})), reading=True, below=frozenset({"S1"})) as unit:
        assert [one.id for one in unit.proposals.find(sought, 9)] == ["p1"]
        assert unit.proposals.count(sought) == 1
        assert [one.id for one in unit.proposals.supply(date(2026, 1, 1), TODAY)] == ["p1"]
        with pytest.raises(DomainError, match="proposal_unknown"):
            unit.proposals.get("p2")
    with UnitOfWork(store, Scope(frozenset({"D1"})), below=frozenset({"S1"})) as unit:
        assert list(unit.proposals.hold(["p1", "p2"])) == ["p1"]
    with UnitOfWork(store, Scope(frozenset({"D1"})), reading=True) as unit:
        assert unit.proposals.find(sought, 9) == []
    with UnitOfWork(store, BRAND, reading=True) as unit:
        assert unit.proposals.count(sought) == 3


def test_nothing_is_written_outside_the_scope(store: Store) -> None:
    keep(store, a_proposal("p1", owner="S3"))
    moved = decide(a_proposal("p1"), Command("c", Move.APPROVE, 1), LI, TERMS, at=AT)
    with UnitOfWork(store, Scope(frozenset({"D1"})), below=frozenset({"S1"})) as unit:
        with pytest.raises(AccessDenied, match="outside_scope"):
            unit.proposals.add(a_proposal("p9", owner="S3"))
        with pytest.raises(AccessDenied, match="outside_scope"):
            unit.plans.save(Plan("b", TODAY, [a_proposal("p9", owner="S3")], {}, JOB, AT))
        with pytest.raises(DomainError, match="proposal_raced"):
            unit.proposals.save(moved)
    assert get(store, "p1").state is State.PROPOSED


def test_a_version_changes_once(store: Store) -> None:
    keep(store, a_proposal())
    first = decide(a_proposal(), Command("a", Move.APPROVE, 1), LI, TERMS, at=AT)
    second = decide(a_proposal(), Command("b", Move.REJECT, 1, reason="budget"), LI, TERMS, at=AT)
    with UnitOfWork(store, BRAND) as unit:
        unit.proposals.save(first)
        with pytest.raises(DomainError, match="proposal_raced"):
            unit.proposals.save(second)
        unit.commit()
    assert get(store, "p1") == first.proposal
    with UnitOfWork(store, BRAND, reading=True) as unit:
        assert unit.proposals.past("p1") == (first.moved,)


def test_a_request_is_kept_once(store: Store) -> None:
    keep(store, a_proposal())
    with UnitOfWork(store, BRAND) as unit, pytest.raises(DomainError, match="proposal_exists"):
        unit.proposals.add(a_proposal())


def test_the_same_plan_again_adds_nothing(store: Store) -> None:
    news = [a_proposal(f"p{number}", sku=f"K{number}") for number in range(1_200)]
    assert len(plan(store, *news).added) == 1_200
    again = plan(store, *news, batch="plan-2")
    assert (again.added, again.revised, again.superseded, again.left_out) == ((), (), (), ())
    assert len(again.same) == 1_200
    assert get(store, "p7") == a_proposal("p7", sku="K7")


def test_a_newer_plan_replaces_what_nobody_touched_also_where_it_wants_nothing(store: Store) -> None:
    plan(store, a_proposal("p1"), a_proposal("p2", sku="O1"))
    newer = a_proposal("q1", as_of=date(2026, 3, 1), quantity=Decimal(80), proposed=Decimal(80))
    saved = plan(store, newer, batch="plan-2")
    assert (saved.added, saved.superseded) == (("q1",), ("p1", "p2"))
    assert {get(store, id).state for id in ("p1", "p2")} == {State.SUPERSEDED}
    with UnitOfWork(store, BRAND, reading=True) as unit:
        moved = unit.proposals.past("p1")[0]
    assert (moved.move, moved.before, moved.after) == (Move.SUPERSEDE, State.PROPOSED, State.SUPERSEDED)
    assert moved.by == "service:plan"


def test_an_older_plan_does_not_replace_a_newer_one(store: Store) -> None:
    plan(store, a_proposal("q1", as_of=date(2026, 3, 1)))
    saved = plan(store, a_proposal("p1", as_of=date(2026, 2, 20)), counted={})
    assert (saved.added, saved.superseded, saved.left_out) == ((), (), ("p1",))


@pytest.mark.parametrize(
    ("move", "command"),
    [
        (Move.EDIT, {"quantity": Decimal(60), "reason": "budget"}),
        (Move.APPROVE, {}),
        (Move.SNOOZE, {"until": date(2026, 3, 4)}),
    ],
)
def test_a_plan_leaves_alone_what_a_person_touched(store: Store, move: Move, command: dict[str, Any]) -> None:
    plan(store, a_proposal("p1"))
    touched = do(store, "p1", move, **command).proposal
    assert supply(store, date(2026, 3, 1)) == {"p1": 2}
    saved = plan(store, a_proposal("q1", as_of=date(2026, 3, 1)), batch="plan-2")
    assert (saved.added, saved.superseded, saved.left_out) == (("q1",), (), ())
    assert get(store, "p1") == touched


def test_a_need_that_somebody_decides_meanwhile_is_not_ordered_twice(store: Store) -> None:
    plan(store, a_proposal("p1"))
    counted = supply(store, date(2026, 3, 1))
    assert counted == {}
    approved = do(store, "p1", Move.APPROVE).proposal
    saved = plan(store, a_proposal("q1", as_of=date(2026, 3, 1)), batch="plan-2", counted=counted)
    assert (saved.added, saved.left_out) == ((), ("q1",))
    assert get(store, "p1") == approved


def test_a_run_of_the_same_day_brings_its_own_untouched_lines_up_to_date(store: Store) -> None:
    plan(store, a_proposal("p1"), a_proposal("p2", sku="O1"))
    do(store, "p2", Move.APPROVE)
    other = replace(a_proposal().evidence, build="build-2")
    news = [a_proposal(id, quantity=Decimal(90), proposed=Decimal(90), evidence=other) for id in ("p1", "p2")]
    saved = plan(store, news[0], replace(news[1], sku="O1"), batch="plan-2")
    assert (saved.revised, saved.same) == (("p1",), ("p2",))
    assert get(store, "p1") == replace(news[0], version=2)
    assert get(store, "p2").quantity == 100
    # What a run took back comes again with a later one.
    assert plan(store, batch="plan-3").superseded == ("p1",)
    assert plan(store, news[0], batch="plan-4").revised == ("p1",)
    assert (get(store, "p1").state, get(store, "p1").version) == (State.PROPOSED, 4)


def test_supply_is_what_is_coming_and_will_not_be_replaced(store: Store) -> None:
    ids = {state: f"p-{state}" for state in State}
    keep(store, *(a_proposal(id, state=state, origin=Origin.REQUEST) for state, id in ids.items()))
    keep(store, a_proposal("late", origin=Origin.REQUEST, expires_on=TODAY - timedelta(days=1)))
    plan(store, a_proposal("p-plan", sku="O1"))
    assert set(supply(store, date(2026, 2, 28))) == {ids[state] for state in COMING}
    assert set(supply(store, date(2026, 2, 27))) == {*(ids[state] for state in COMING), "p-plan"}


def test_the_database_and_the_rule_agree_where_a_proposal_stands(store: Store) -> None:
    days = [None, TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=1)]
    news = [
        a_proposal(f"{state}-{number}-{ends}", state=state, snoozed_until=until, expires_on=ends)
        for state in State
        for number, until in enumerate(days)
        for ends in (TODAY - timedelta(days=1), TODAY)
    ]
    keep(store, *news)
    with UnitOfWork(store, BRAND, reading=True) as unit:
        for state in State:
            found = {one.id for one in unit.proposals.find(SoughtProposals(TODAY, states=[state]), 999)}
            assert found == {one.id for one in news if standing(one, TODAY) is state}


def test_proposals_are_found_by_what_people_filter_and_the_most_urgent_stands_first(store: Store) -> None:
    keep(
        store,
        a_proposal("p1", loss_per_day=Decimal(5)),
        a_proposal("p2", node="N2", sku="O1", loss_per_day=Decimal(9), reasons=("low_level",), quantity=Decimal(2)),
        a_proposal("p3", unit_cost=None, loss_per_day=Decimal(9), order_by=date(2026, 3, 1), author="u-li"),
    )
    do(store, "p1", Move.EDIT, quantity=Decimal(60), reason="budget")

    def found(**sought: Any) -> list[str]:
        with UnitOfWork(store, BRAND, reading=True) as unit:
            return [one.id for one in unit.proposals.find(SoughtProposals(TODAY, **sought), 9)]

    assert found() == ["p3", "p2", "p1"]
    assert found(nodes=["N2"]) == found(skus=["O1"]) == found(most=Decimal("90.50")) == ["p2"]
    assert found(nodes=[]) == []
    assert found(reason="low") == ["p3", "p1"]
    assert found(least=Decimal("90.51")) == ["p3", "p1"]
    assert found(mine="u-li") == ["p3", "p1"]
    assert found(ids=["p2", "p9"]) == ["p2"]


def test_history_is_found_newest_first_and_within_the_scope(store: Store) -> None:
    keep(store, a_proposal("p1"), a_proposal("p2", owner="S3", node="N3"))
    do(store, "p1", Move.APPROVE)
    do(store, "p1", Move.UNDO)
    do(store, "p2", Move.REJECT, reason="budget")

    def found(scope: Scope = BRAND, **sought: Any) -> list[tuple[str, Move]]:
        with UnitOfWork(store, scope, reading=True) as unit:
            return [(one.proposal, one.move) for one in unit.proposals.moves(SoughtMoves(**sought), 9)]

    assert found() == [("p1", Move.UNDO), ("p1", Move.APPROVE), ("p2", Move.REJECT)]
    assert found(Scope(frozenset({"S3"}))) == found(nodes=["N3"]) == found(moves=["reject"]) == [("p2", Move.REJECT)]
    assert found(by="u-wang") == found(before=AT) == found(skus=["O1"]) == []
    assert len(found(by="u-li", first=AT, proposals=["p1"])) == 2


def test_another_proposal_for_the_same_need_is_told(store: Store) -> None:
    keep(store, a_proposal("p1", state=State.REJECTED), a_proposal("p2", sku="O1"))
    with UnitOfWork(store, BRAND, reading=True) as unit:
        assert unit.proposals.rival(a_proposal("p1"), TODAY) is None
    keep(store, a_proposal("p3", made_at=AT + timedelta(days=1)))
    with UnitOfWork(store, BRAND, reading=True) as unit:
        assert unit.proposals.rival(a_proposal("p1"), TODAY) == "p3"


def test_an_edit_is_left_alone_by_a_run_of_the_same_day_and_by_one_that_counted_before_it(store: Store) -> None:
    plan(store, a_proposal("p1"))
    do(store, "p1", Move.EDIT, quantity=Decimal(60), reason="budget")
    edited = get(store, "p1")
    assert plan(store, a_proposal("p1", quantity=Decimal(90), proposed=Decimal(90)), batch="plan-2").same == ("p1",)
    assert get(store, "p1") == edited
    counted = supply(store, date(2026, 3, 1))
    do(store, "p1", Move.EDIT, quantity=Decimal(20), reason="budget")
    late = plan(store, a_proposal("q1", as_of=date(2026, 3, 1)), batch="plan-3", counted=counted)
    assert (late.added, late.left_out) == ((), ("q1",))


def test_a_split_keeps_both_parts_and_no_plan_takes_the_second_for_its_own(store: Store) -> None:
    plan(store, a_proposal("p1"))
    later = TODAY + timedelta(days=8)
    done = do(store, "p1", Move.SPLIT, quantity=Decimal(60), until=later)
    assert done.rest is not None
    assert (get(store, "p1"), get(store, "p1-2")) == (done.proposal, done.rest)
    assert get(store, "p1").quantity + get(store, "p1-2").quantity == 100
    assert supply(store, date(2026, 2, 28)) == {"p1": 2, "p1-2": 1}, "both are coming"
    assert plan(store, batch="plan-2", counted={"p1": 2, "p1-2": 1}).superseded == ()
    # Each part goes on by itself, and may be split once more.
    do(store, "p1", Move.APPROVE)
    assert do(store, "p1-2", Move.SPLIT, quantity=Decimal(10), until=later + timedelta(days=7)).rest is not None
    assert {one: get(store, one).quantity for one in ("p1", "p1-2", "p1-2-2")} == {
        "p1": Decimal(60), "p1-2": Decimal(10), "p1-2-2": Decimal(30),
    }  # fmt: skip
