"""What needs no person lies inside every limit; the first limit that is passed leaves it to one."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from analytics.decisions.envelope import Candidate, Envelope, Left, drawn, sort_out
from analytics.decisions.proposal import Origin, State
from tests.proposals import a_proposal

OPEN = Envelope(on=True, amount=Decimal(5_000), budget=Decimal(20_000), lines=3, sample=Decimal(0))


def candidate(id: str = "p1", before: tuple[int, ...] = (100, 90, 300), **changes: Any) -> Candidate:
    """4,525 yuan for 100 units, where 100 were usual."""
    quantities = tuple(Decimal(one) for one in before)
    return Candidate(a_proposal(id, **{"reasons": (), **changes}), quantities, Decimal("0.10"))


def why(one: Candidate, envelope: Envelope = OPEN) -> Left | None:
    return sort_out([one], envelope, spent=Decimal(0), used=0).left.get(one.proposal.id)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"origin": Origin.REQUEST}, Left.NOT_PLANNED),
        ({"state": State.SECOND}, Left.NOT_PLANNED),
        ({"reasons": ("capacity",)}, Left.FLAGGED),
        ({"unit_cost": None}, Left.NO_COST),
        ({"unit_cost": Decimal("50.00")}, None),
        ({"unit_cost": Decimal("50.01")}, Left.AMOUNT),
        ({"before": ()}, Left.NO_HISTORY),
        ({"quantity": Decimal(110)}, None),
        ({"quantity": Decimal("110.001")}, Left.TOLERANCE),
        ({"quantity": Decimal(90)}, None),
        ({"quantity": Decimal("89.999")}, Left.TOLERANCE),
    ],
)
def test_each_limit_leaves_a_line_to_a_person(changes: dict[str, Any], expected: Left | None) -> None:
    assert why(candidate(**changes)) is expected


def test_the_switch_stops_all_of_it() -> None:
    assert why(candidate(), replace(OPEN, on=False)) is Left.OFF


def test_the_most_urgent_fill_the_day_and_what_was_spent_counts() -> None:
    lines = [candidate(f"p{one}", loss_per_day=Decimal(one)) for one in range(6)]
    found = sort_out(lines, OPEN, spent=Decimal(0), used=0)
    assert [one.id for one in found.inside] == ["p5", "p4", "p3"]
    assert set(found.left.values()) == {Left.LINES}
    later = sort_out(lines, replace(OPEN, lines=99), spent=Decimal("10950.00"), used=7)
    assert [one.id for one in later.inside] == ["p5", "p4"]
    assert set(later.left.values()) == {Left.BUDGET}


def test_the_sample_is_drawn_by_id_and_has_its_share() -> None:
    ids = [f"p{one}" for one in range(4_000)]
    sample = [id for id in ids if drawn(id, Decimal("0.05"))]
    assert 150 < len(sample) < 250
    assert sample == [id for id in ids if drawn(id, Decimal("0.05"))]
    assert why(candidate(sample[0]), replace(OPEN, sample=Decimal("0.05"))) is Left.SAMPLE
