"""Deliveries and scores of decisions are kept as they are, on both databases, and cut to one scope."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from analytics.core.access import Scope
from analytics.decisions.proposal import State
from data.store.engine import Store
from data.store.unit_of_work import UnitOfWork
from tests.analytics.decisions.test_ledger import a_score
from tests.analytics.decisions.test_receipts import a_delivery
from tests.proposals import a_proposal
from tests.worlds import BRAND

S3 = Scope(frozenset({"S3"}))


def kept(store: Store) -> None:
    with UnitOfWork(store, BRAND) as unit:
        for one in (
            a_proposal("p1", state=State.CLOSED),
            a_proposal("p2", owner="S3", node="N3", state=State.REJECTED),
        ):
            unit.proposals.add(one)
        unit.commit()


def test_deliveries_give_way_to_what_is_told_of_them_now(store: Store) -> None:
    kept(store)
    half, whole = a_delivery("E1", 100, 60), a_delivery("E1", 100, 100, closed=True)
    for told in ({"p1": [half], "p2": [a_delivery("E2", 5, node="N3")]}, {"p1": [whole]}):
        with UnitOfWork(store, BRAND) as unit:
            unit.receipts.keep(told)
            unit.commit()
    with UnitOfWork(store, BRAND, reading=True) as unit:
        [found] = unit.receipts.of(["p1"])["p1"]
        assert found == replace(whole, origin="PLANT")
        assert unit.receipts.kept() == {("N1", "R5", "E1", "1"): "p1", ("N3", "R5", "E2", "1"): "p2"}
    with UnitOfWork(store, S3, reading=True) as unit:
        assert unit.receipts.of(["p1"]) == {}
        assert list(unit.receipts.kept().values()) == ["p2"]


def test_scores_come_back_to_the_cent_and_once(store: Store) -> None:
    kept(store)
    whole = a_score(cost_system=None, cost_decided=Decimal("-10.01"), estimated=Decimal("0.125"))
    with UnitOfWork(store, BRAND) as unit:
        assert unit.scores.due(date(2026, 3, 5)) == ["p1", "p2"]
        assert unit.scores.due(date(2026, 3, 4)) == []
        unit.scores.add([whole])
        unit.commit()
    with UnitOfWork(store, BRAND, reading=True) as unit:
        assert unit.scores.due(date(2026, 3, 5)) == ["p2"]
        [found] = unit.scores.find(None, None)
        assert found == replace(whole, source="PLANT")
        assert unit.scores.find(date(2026, 3, 7), None) == unit.scores.find(None, date(2026, 3, 5)) == []
        assert unit.scores.find(date(2026, 3, 6), date(2026, 3, 6)) == [found]
    with UnitOfWork(store, S3, reading=True) as unit:
        assert unit.scores.find(None, None) == []


def test_what_nobody_decided_in_time_is_found(store: Store) -> None:
    with UnitOfWork(store, BRAND) as unit:
        late = a_proposal("late", expires_on=date(2026, 3, 8))
        for one in (late, replace(late, id="done", state=State.APPROVED), replace(late, id="theirs", owner="S3")):
            unit.proposals.add(one)
        unit.commit()
    with UnitOfWork(store, BRAND, reading=True) as unit:
        assert unit.proposals.overdue(date(2026, 3, 9)) == ["late", "theirs"]
        assert unit.proposals.overdue(date(2026, 3, 8)) == []
    with UnitOfWork(store, S3, reading=True) as unit:
        assert unit.proposals.overdue(date(2026, 3, 9)) == ["theirs"]
