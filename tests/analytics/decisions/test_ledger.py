"""The ledger adds up to the cent, and reasons that come up again and again point at master data."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.decisions.ledger import Score, by_person, by_reason, doubts, summed, who_decided, whole, why
from analytics.decisions.proposal import Kind, Origin, State
from analytics.decisions.reasons import REASONS
from analytics.decisions.workflow import Move, Moved
from tests.proposals import AT, a_proposal

CENTS = st.none() | st.decimals(-1_000_000, 1_000_000, places=2)


def a_score(**more: Any) -> Score:
    told = {
        "proposal": "p1", "kind": Kind.PURCHASE, "origin": Origin.PLAN, "state": State.CLOSED, "node": "N1",
        "sku": "R5", "source": "W1", "owner": "S1", "first": date(2026, 3, 1), "last": date(2026, 3, 6),
        "decided": Decimal(20),
        "system": Decimal(30), "demand": Decimal(15), "estimated": Decimal(0), "cost_decided": Decimal("10.01"),
        "cost_system": Decimal("30.03"), "cost_nothing": Decimal("360.00"), "by": "u-li", "by_name": "li",
        "reason": None, "scored_at": AT, "build": "b", **more,
    }  # fmt: skip
    return Score(**told)


def test_a_decision_is_worth_what_it_saved() -> None:
    assert (a_score().against_system, a_score().against_nothing) == (Decimal("20.02"), Decimal("349.99"))
    assert a_score(cost_system=None, system=None).against_system is None
    unknown = a_score(cost_decided=None)
    assert (unknown.against_system, unknown.against_nothing) == (None, None)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.builds(
    a_score, by=st.sampled_from([None, "u-li", "u-an"]), reason=st.sampled_from([None, "budget", "lead_time"]),
    cost_decided=CENTS, cost_system=CENTS, cost_nothing=CENTS, decided=st.sampled_from([Decimal(20), Decimal(30)]),
)))  # fmt: skip
def test_rows_people_and_reasons_come_to_the_same(scores: list[Score]) -> None:
    total = whole(scores)
    for key in (by_person, by_reason):
        parts = summed(scores, key)
        for name in ("decisions", "changed", "unpriced", "against_system", "against_nothing"):
            assert sum(getattr(one, name) for one in parts) == getattr(total, name)
    assert total.against_system == sum(one.against_system or 0 for one in scores)
    assert total.against_nothing == sum(one.against_nothing or 0 for one in scores)


def a_move(line: str, reason: str | None, move: Move = Move.EDIT, version: int = 2, **more: Any) -> Moved:
    told = {"by": "u-li", "by_name": "li", "at": AT, **more}
    return Moved(
        proposal=line, version=version, move=move, before=State.PROPOSED, after=State.PROPOSED,
        quantity_before=Decimal(1), quantity_after=Decimal(2), command_id=f"c{version}", reason=reason, **told,
    )  # fmt: skip


def test_who_decided_and_why() -> None:
    past = [
        a_move("p1", "budget", version=2, by_name="wu"),
        a_move("p1", None, Move.APPROVE, 3),
        a_move("p1", None, Move.APPROVE, 4, by_name="an"),
        a_move("p1", None, Move.RELEASE, 5, by_name="bo"),
    ]
    decided = who_decided(past)
    assert decided is not None
    assert decided.by_name == "an"
    assert why(past) == "budget"
    assert (who_decided([]), why([])) == (None, None)


def test_three_times_the_same_reason_on_one_lane_doubts_its_lead_time() -> None:
    lines = [a_proposal(f"p{number}", source="W1", sku=f"S{number}") for number in range(3)]
    said = [(line, a_move(line.id, "lead_time", at=AT + timedelta(hours=n))) for n, line in enumerate(lines)]
    [found] = doubts(said, 3)
    assert (found.kind, found.about, found.times, found.lines) == ("lane", ("W1", "N1"), 3, ("p0", "p1", "p2"))
    assert found.last == AT + timedelta(hours=2)
    assert doubts(said[:2], 3) == ()
    # Who changes one line three times has said it once.
    assert doubts([(lines[0], a_move("p0", "lead_time", version=n)) for n in (2, 3, 4)], 3) == ()
    elsewhere = a_proposal("p9", source="W1", node="N2")
    assert doubts([*said[:2], (elsewhere, a_move("p9", "lead_time"))], 3) == ()


def test_reasons_that_doubt_no_data_ask_for_none() -> None:
    line = a_proposal()
    kinds = {reason: doubts([(line, a_move("p1", reason))], 1) for reason in REASONS}
    assert {reason for reason, found in kinds.items() if not found} == {
        "event",
        "budget",
        "quality",
        "promotion_paused",
        "other",
    }
