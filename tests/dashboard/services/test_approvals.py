"""People decide about proposals: each within the own scope, once, with its trail, and nothing is ordered twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from analytics.core.access import ROOT, Role
from analytics.core.errors import AccessDenied
from analytics.decisions.proposal import Kind, Origin, State
from analytics.decisions.workflow import Move
from dashboard.composition import Services
from dashboard.services.approval_views import HistoryAsked, QueueAsked, Request, Wish
from data.store.audit import Deed
from tests.dashboard.services.deciding import (
    APPROVE,
    EVERYTHING,
    as_,
    built,
    chen,
    dealer,
    do,
    get,
    keep,
    li,
    refusal,
    told,
    world,
)
from tests.proposals import AT, EVIDENCE, TODAY, a_proposal
from tests.worlds import World

__all__ = ["built", "world"]


def test_the_queue_names_things_and_puts_the_most_urgent_first(world: World) -> None:
    keep(
        world.store,
        a_proposal("p1", loss_per_day=Decimal(3)),
        a_proposal("p2", sku="O1", loss_per_day=Decimal(9), source="W1", kind=Kind.TRANSFER),
        a_proposal("p3", state=State.APPROVED),
        a_proposal("p4", expires_on=TODAY - timedelta(days=1)),
    )
    found = li(world).approvals.queue(QueueAsked())
    assert [(one.id, one.node_name, one.sku_name, one.category, one.source_name) for one in found.lines] == [
        ("p2", "Shelf of S1", "Oil 1 l", "oil", "Warehouse One"),
        ("p1", "Shelf of S1", "Rice 5 kg", "rice", "The Plant"),
    ]
    assert (found.total, found.may_decide, found.may_release, found.limit) == (2, True, True, Decimal(50_000))
    assert found.waiting == {State.PROPOSED: 2, State.SECOND: 0, State.SNOOZED: 0, State.APPROVED: 1}
    everything = {one.id: one.state for one in li(world).approvals.queue(EVERYTHING).lines}
    assert everything == {
        "p1": State.PROPOSED, "p2": State.PROPOSED, "p3": State.APPROVED, "p4": State.EXPIRED,
    }  # fmt: skip


def test_the_queue_is_filtered_by_what_people_look_for(world: World) -> None:
    keep(
        world.store,
        a_proposal("p1"),
        a_proposal("p2", sku="O1", node="N3", owner="S3", reasons=("scarce",)),
        a_proposal("p3", sku="F1", node="N3", owner="S3", unit_cost=Decimal("0.10"), author="u-li"),
    )

    def found(**asked: Any) -> list[str]:
        return [one.id for one in li(world).approvals.queue(QueueAsked(**asked)).lines]

    assert found() == ["p1", "p2", "p3"]
    assert found(regions=("130000",)) == found(regions=("130100",)) == found(categories=("rice",)) == ["p1"]
    assert found(skus=("O1",)) == found(reason="scarce") == ["p2"]
    assert found(categories=("rice",), skus=("O1",)) == []
    assert found(most=Decimal(10)) == found(mine=True) == ["p3"]
    assert found(least=Decimal(11)) == ["p1", "p2"]


def test_a_dealer_sees_own_nodes_in_units_and_no_money(world: World) -> None:
    keep(world.store, a_proposal("p1"), a_proposal("p2", node="N3", owner="S3"), a_proposal("p3", owner=ROOT))
    found = dealer(world).approvals.queue(QueueAsked())
    assert [one.id for one in found.lines] == ["p1"]
    shown = found.lines[0].proposal
    assert (shown.amount, shown.unit_cost, shown.loss_per_day) == (None, None, Decimal(0))
    card = dealer(world).approvals.one("p1")
    evidence = card.line.proposal.evidence
    assert (evidence.alternatives, evidence.inputs, evidence.policies) == ((), {}, {})
    assert evidence.steps == a_proposal().evidence.steps
    # Amounts cannot be felt out with ranges, either.
    assert len(dealer(world).approvals.queue(QueueAsked(least=Decimal(9_999_999))).lines) == 1
    assert refusal(lambda: dealer(world).approvals.one("p2")) == "proposal_unknown"
    assert dealer(world).approvals.choices().nodes.items() >= {("N1", "Shelf of S1")}
    assert not {"N3", "W1"} & set(dealer(world).approvals.choices().nodes)


def test_a_store_is_told_who_supplies_it_by_name(world: World) -> None:
    """The warehouse is the brand's; its name stands on the store's own lane, and the plant behind it stays unnamed."""
    keep(world.store, a_proposal("p1", source="W1"), a_proposal("p2", source="PLANT"))
    told = {line.proposal.id: line.source_name for line in dealer(world).approvals.queue(QueueAsked()).lines}
    assert told == {"p1": "Warehouse One", "p2": "PLANT"}


def test_other_answers_name_their_source_as_people_know_it(world: World) -> None:
    from_three = replace(EVIDENCE.alternatives[0], source="N3")
    keep(world.store, a_proposal("p1", evidence=replace(EVIDENCE, alternatives=(from_three,))), a_proposal("p2"))
    assert li(world).approvals.one("p1").sources == {"N3": "Canary Shelf Three"}
    # Nobody declared N2: its code stands.
    assert li(world).approvals.one("p2").sources == {}
    assert dealer(world).approvals.one("p1").sources == {}


def test_a_decision_and_its_trail_are_one(world: World) -> None:
    keep(world.store, a_proposal("p1"))
    before = len(told(world.store, "p1"))
    moved = do(li(world), "p1", 1, Wish(Move.EDIT, quantity=Decimal(60), reason="budget", note="less"), "c1")
    assert get(world.store, "p1").quantity == 60
    [(deed, name, facts)] = told(world.store, "p1")[before:]
    assert (deed, name) == (Deed.PROPOSAL_EDITED, "li")
    assert facts == {
        "version": 2, "before": "proposed", "after": "proposed", "quantity_before": "100", "quantity": "60",
        "amount": "2715.00", "node": "N1", "sku": "R5", "reason": "budget", "note": "less", "received": None,
        "until": None, "command": "c1",
    }  # fmt: skip
    again = do(li(world), "p1", 1, Wish(Move.EDIT, quantity=Decimal(60), reason="budget"), "c1")
    assert (again, len(told(world.store, "p1"))) == (moved, before + 1)
    assert refusal(lambda: do(li(world), "p1", 1, APPROVE)) == "proposal_stale"
    assert len(told(world.store, "p1")) == before + 1
    card = li(world).approvals.one("p1")
    assert (card.past, card.line.proposal.version) == ((moved,), 2)
    assert set(card.moves) == {Move.EDIT, Move.SPLIT, Move.APPROVE, Move.REJECT, Move.SNOOZE}


def test_limits_follow_the_roles_and_the_policies_of_the_day(world: World) -> None:
    keep(world.store, a_proposal("p1", quantity=Decimal(1_200)), a_proposal("p2", quantity=Decimal(12_000)))
    assert get(world.store, "p1").amount == Decimal("54300.00")
    assert do(li(world), "p1", 1, APPROVE).after is State.SECOND
    assert refusal(lambda: do(as_(world, Role.MERCHANDISER, "zhao"), "p1", 2, APPROVE)) == "not_allowed"
    assert do(chen(world), "p1", 2, APPROVE).after is State.APPROVED
    do(li(world), "p2", 1, APPROVE)
    assert refusal(lambda: do(chen(world), "p2", 2, APPROVE)) == "proposal_above_limit"


@pytest.mark.parametrize("role", [Role.EXECUTIVE, Role.DEALER, Role.STORE])
def test_who_may_look_may_not_decide(world: World, role: Role) -> None:
    keep(world.store, a_proposal("p1"))
    looker = as_(world, role, grant="D1")
    assert looker.approvals.one("p1").moves == ()
    assert refusal(lambda: do(looker, "p1", 1, APPROVE)) == "not_allowed"
    assert get(world.store, "p1") == a_proposal("p1")
    with pytest.raises(AccessDenied):
        looker.orders.release(command_id="r")
    with pytest.raises(AccessDenied):
        as_(world, Role.MARKETER).approvals.queue(QueueAsked())


def test_nobody_decides_outside_the_own_rows(world: World) -> None:
    keep(world.store, a_proposal("p1", owner="S3", node="N3"))
    local = as_(world, Role.MERCHANDISER, grant="D1")
    assert refusal(lambda: do(local, "p1", 1, APPROVE)) == "proposal_unknown"
    assert local.approvals.history(HistoryAsked()).moves == ()
    assert get(world.store, "p1").state is State.PROPOSED


def test_many_are_decided_at_once_and_the_refused_are_told(world: World) -> None:
    keep(
        world.store,
        a_proposal("p1"),
        a_proposal("p2", unit_cost=None, quantity=Decimal(7)),
        a_proposal("p3", state=State.REJECTED),
        a_proposal("p4", author="u-li", origin=Origin.MANUAL),
    )
    seen = [("p1", 1), ("p2", 1), ("p3", 1), ("p4", 1), ("p5", 1), ("p1", 1)]
    foreseen = li(world).approvals.foresee(seen, APPROVE)
    assert [(one.state, one.lines, one.units, one.amount, one.unpriced) for one in foreseen.outcomes] == [
        (State.SECOND, 1, Decimal(7), Decimal(0), 1),
        (State.APPROVED, 1, Decimal(100), Decimal("4525.00"), 0),
    ]
    refused = [("p3", "proposal_move_impossible"), ("p4", "proposal_own"), ("p5", "proposal_unknown")]
    assert [(one.id, one.error.code) for one in foreseen.refused] == refused
    assert get(world.store, "p1").version == 1
    done = li(world).approvals.decide_many(seen, APPROVE, command_id="c")
    assert [(one.proposal, one.after) for one in done.moved] == [("p1", State.APPROVED), ("p2", State.SECOND)]
    assert [(one.id, one.error.code) for one in done.refused] == refused
    again = li(world).approvals.decide_many(seen, APPROVE, command_id="c")
    assert (again.moved, again.again) == ((), done.moved)


def test_a_rejection_is_not_undone_once_another_line_serves_the_need(world: World) -> None:
    keep(world.store, a_proposal("p1"))
    do(li(world), "p1", 1, Wish(Move.REJECT, reason="budget"))
    keep(world.store, a_proposal("p2", made_at=AT + timedelta(hours=1)))
    assert refusal(lambda: do(li(world), "p1", 2, Wish(Move.UNDO))) == "proposal_replaced"
    do(li(world), "p2", 1, Wish(Move.REJECT, reason="budget"))
    assert do(li(world), "p1", 2, Wish(Move.UNDO)).after is State.PROPOSED


def test_a_dealer_asks_for_stock_and_somebody_else_decides(world: World) -> None:
    wanted = Request("N1", "R5", Decimal(24), "  weekend \n fair ")
    id = dealer(world).approvals.request(wanted, command_id="c")
    assert dealer(world).approvals.request(wanted, command_id="c") == id
    kept = get(world.store, id)
    assert (kept.origin, kept.kind, kept.source, kept.owner, kept.author, kept.note) == (
        Origin.REQUEST, Kind.TRANSFER, "W1", "S1", "u-wang", "weekend fair",
    )  # fmt: skip
    assert (kept.order_by, kept.expected_receipt, kept.expires_on) == (TODAY, date(2026, 3, 3), date(2026, 3, 15))
    assert sum(step.units for step in kept.evidence.steps) == kept.quantity == 24
    assert [one[:2] for one in told(world.store, id)] == [(Deed.STOCK_REQUESTED, "wang")]
    assert [one.own for one in dealer(world).approvals.queue(QueueAsked(mine=True)).lines] == [True]
    for bad, code in (
        (replace(wanted, node="N3"), "request_node_unknown"),
        (replace(wanted, sku="R9"), "request_sku_unknown"),
        (replace(wanted, quantity=Decimal(0)), "proposal_quantity_bad"),
        (replace(wanted, note="x" * 1001), "proposal_note_long"),
    ):
        assert refusal(lambda bad=bad: dealer(world).approvals.request(bad, command_id="d")) == code
    assert do(li(world), id, 1, APPROVE).after is not State.PROPOSED


def test_nobody_approves_what_they_asked_for(world: World) -> None:
    id = li(world).approvals.request(Request("W1", "R5", Decimal(10)), command_id="c")
    kept = get(world.store, id)
    assert (kept.origin, kept.kind, kept.source, kept.unit_cost) == (
        Origin.MANUAL, Kind.PURCHASE, "PLANT", Decimal("45"),
    )  # fmt: skip
    assert refusal(lambda: do(li(world), id, 1, APPROVE)) == "proposal_own"
    assert do(chen(world), id, 1, APPROVE).after is State.APPROVED


def test_history_tells_who_did_what(world: World) -> None:
    keep(world.store, a_proposal("p1"), a_proposal("p2", owner="S3", node="N3"))
    do(li(world), "p1", 1, APPROVE)
    do(as_(world, Role.APPROVER, "chen", at=AT + timedelta(days=1)), "p2", 1, Wish(Move.REJECT, reason="budget"))

    def found(services: Services, **asked: Any) -> list[tuple[str, str, Move]]:
        moves = services.approvals.history(HistoryAsked(**asked)).moves
        return [(one.line.id, one.moved.by_name, one.moved.move) for one in moves]

    assert found(li(world)) == [("p2", "chen", Move.REJECT), ("p1", "li", Move.APPROVE)]
    assert (
        found(dealer(world))
        == found(li(world), by="u-li")
        == found(li(world), last=TODAY)
        == [("p1", "li", Move.APPROVE)]
    )
    assert (
        found(li(world), proposal="p2")
        == found(li(world), moves=(Move.REJECT,))
        == found(li(world), first=TODAY + timedelta(days=1))
        == [("p2", "chen", Move.REJECT)]
    )
    cut = li(world).approvals.history(HistoryAsked(), 1)
    assert (len(cut.moves), cut.cut) == (1, True)


def test_a_line_is_split_in_two_with_one_event(world: World) -> None:
    keep(world.store, a_proposal("p1"), a_proposal("p2", sku="O1"))
    wish = Wish(Move.SPLIT, until=date(2026, 3, 9), quantities={"p1": Decimal(60), "p2": Decimal(100)})
    mine = li(world).approvals
    foreseen = mine.foresee([("p1", 1), ("p2", 1)], wish)
    assert [(one.lines, one.units) for one in foreseen.outcomes] == [(2, Decimal(100))]
    assert [one.error.code for one in foreseen.refused] == ["proposal_split_bad"]
    before = len(told(world.store))
    done = mine.decide_many([("p1", 1), ("p2", 1)], wish, command_id="c")
    assert [one.proposal for one in done.moved] == ["p1"]
    assert (get(world.store, "p1").quantity, get(world.store, "p1-2").quantity) == (Decimal(60), Decimal(40))
    assert len(told(world.store)) == before + 1
    deed, _, facts = told(world.store)[-1]
    assert (deed, facts["rest"], facts["rest_quantity"], facts["until"]) == (
        Deed.PROPOSAL_SPLIT, "p1-2", "40", "2026-03-09",
    )  # fmt: skip
    again = mine.decide_many([("p1", 1)], wish, command_id="c")
    assert [one.proposal for one in again.again] == ["p1"], "a repeated click makes no third part"
