"""Which proposals need no person: inside a tolerance, an amount and a daily budget, but for a random sample."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from statistics import median

from analytics.decisions.proposal import Origin, Proposal, State


class Left(StrEnum):
    """Why a line is left to a person, the first that holds."""

    OFF = "off"
    NOT_PLANNED = "not_planned"
    TOUCHED = "touched"
    FLAGGED = "flagged"
    NO_COST = "no_cost"
    AMOUNT = "amount"
    NO_HISTORY = "no_history"
    TOLERANCE = "tolerance"
    SAMPLE = "sample"
    LINES = "lines"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True)
class Envelope:
    """Limits of a day, in yuan: ``amount`` per line, ``budget`` and ``lines`` of all; ``on``: the stop switch.

    ``sample``: share of the lines inside that a person decides all the same.
    """

    on: bool
    amount: Decimal
    budget: Decimal
    lines: int
    sample: Decimal


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line, the quantities that people approved for the same need before, and by which share it may differ.

    ``touched``: whether anybody decided about it: what a person took back is not approved behind that person's back.
    """

    proposal: Proposal
    before: Sequence[Decimal]
    tolerance: Decimal
    touched: bool = False


@dataclass(frozen=True, slots=True)
class Sorted:
    """Lines inside, the most urgent first, and why the others are left."""

    inside: tuple[Proposal, ...]
    left: Mapping[str, Left]


def sort_out(candidates: Iterable[Candidate], envelope: Envelope, *, spent: Decimal, used: int) -> Sorted:
    """Fill the envelope by urgency; ``spent`` and ``used``: yuan and lines of the day so far."""
    inside: list[Proposal] = []
    left: dict[str, Left] = {}
    urgent = sorted(candidates, key=lambda one: (-one.proposal.loss_per_day, one.proposal.order_by, one.proposal.id))
    for one in urgent:
        amount = one.proposal.amount or Decimal(0)
        why = left_alone(one, envelope)
        if why is None and used + 1 > envelope.lines:
            why = Left.LINES
        if why is None and spent + amount > envelope.budget:
            why = Left.BUDGET
        if why is not None:
            left[one.proposal.id] = why
            continue
        inside.append(one.proposal)
        spent, used = spent + amount, used + 1
    return Sorted(tuple(inside), left)


def left_alone(one: Candidate, envelope: Envelope) -> Left | None:
    """Why a line is a person's whatever else was approved today; None where it is not.

    A line that carries a reason to look at it is never approved without anybody looking.
    """
    proposal, amount = one.proposal, one.proposal.amount
    rules = (
        (not envelope.on, Left.OFF),
        (proposal.origin is not Origin.PLAN or proposal.state is not State.PROPOSED, Left.NOT_PLANNED),
        (one.touched, Left.TOUCHED),
        (bool(proposal.reasons), Left.FLAGGED),
        (amount is None, Left.NO_COST),
        (amount is not None and amount > envelope.amount, Left.AMOUNT),
        (not one.before, Left.NO_HISTORY),
        (bool(one.before) and not _usual(one), Left.TOLERANCE),
        (drawn(proposal.id, envelope.sample), Left.SAMPLE),
    )
    return next((why for holds, why in rules if holds), None)


def drawn(id: str, share: Decimal) -> bool:
    """Whether a line is in the sample; it hangs on its id alone, so that nobody can draw again.

    >>> drawn("p1", Decimal(0)), drawn("p1", Decimal(1))
    (False, True)
    """
    return int.from_bytes(hashlib.sha256(id.encode()).digest()[:4]) < share * 2**32


def _usual(one: Candidate) -> bool:
    middle = median(one.before)
    return abs(one.proposal.quantity - middle) <= one.tolerance * middle
