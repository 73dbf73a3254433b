"""Two parts are the whole: in units, in what the system proposed, and in the steps that led to it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.core.access import ROOT, Actor, Role
from analytics.core.errors import DomainError
from analytics.decisions.proposal import Proposal, State
from analytics.decisions.workflow import Command, Decided, Move, Terms, decide
from tests.proposals import AT, a_proposal

LI = Actor("u-li", "li", frozenset({Role.MERCHANDISER}), frozenset({ROOT}))
LATER = date(2026, 3, 9)


def split(line: Proposal, units: Any, on: date | None = LATER) -> Decided:
    quantity = None if units is None else Decimal(units)
    return decide(
        line, Command("c", Move.SPLIT, line.version, quantity=quantity, until=on), LI, Terms(Decimal(0)), at=AT
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 100_000), st.integers(1, 100_000), st.integers(1, 99_999))
def test_the_parts_add_up(quantity: int, proposed: int, kept: int) -> None:
    line = a_proposal(quantity=Decimal(quantity) / 1000, proposed=Decimal(proposed) / 1000)
    if kept >= quantity:
        with pytest.raises(DomainError, match="proposal_split_bad"):
            split(line, Decimal(kept) / 1000)
        return
    done = split(line, Decimal(kept) / 1000)
    first, rest = done.proposal, done.rest
    assert rest is not None
    assert first.quantity + rest.quantity == line.quantity
    assert first.proposed + rest.proposed == line.proposed
    steps = sum(step.units for step in line.evidence.steps)
    for part in (first, rest):
        # Whatever the whole's steps come to, its proposed quantity or not, a part differs from it by the same.
        assert sum(step.units for step in part.evidence.steps) - steps == part.proposed - line.proposed


def test_the_rest_is_a_line_of_its_own_on_its_own_day() -> None:
    done = split(a_proposal(author="u-wang"), 60)
    assert done.rest is not None
    assert (done.proposal.id, done.proposal.order_by, done.proposal.quantity) == ("p1", date(2026, 3, 2), Decimal(60))
    rest = done.rest
    assert (rest.id, rest.version, rest.state, rest.quantity) == ("p1-2", 1, State.PROPOSED, Decimal(40))
    # A week later, all of it: the order day, the receipt, and until when it can be decided.
    assert (rest.order_by, rest.expected_receipt, rest.expires_on) == (LATER, date(2026, 3, 12), date(2026, 3, 15))
    assert (rest.author, rest.reasons[-1], rest.evidence.inputs["split_from"]) == ("u-wang", "split", "p1")


@pytest.mark.parametrize(
    ("units", "on", "code"),
    [
        (100, LATER, "proposal_split_bad"),
        (120, LATER, "proposal_split_bad"),
        (60, None, "proposal_split_bad"),
        (60, date(2026, 3, 2), "proposal_split_bad"),
        (0, LATER, "proposal_quantity_bad"),
        (None, LATER, "proposal_quantity_bad"),
    ],
)
def test_what_is_no_split(units: int | None, on: date | None, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        split(a_proposal(), units, on)
    assert refused.value.code == code
    assert split(a_proposal(), 60, date(2026, 3, 2) + timedelta(days=1)).rest is not None
