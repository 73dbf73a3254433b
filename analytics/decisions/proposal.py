"""A proposal to bring stock to a node (补货建议): what, from where, until when, and everything it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    """How the stock gets there."""

    PURCHASE = "purchase"
    TRANSFER = "transfer"


class Origin(StrEnum):
    """Who proposes: a plan, a partner who asks for stock (一键补货), or a person at head office."""

    PLAN = "plan"
    REQUEST = "request"
    MANUAL = "manual"


class State(StrEnum):
    """Where a proposal stands. Edited is no state: an edited proposal is still proposed, in a newer version."""

    PROPOSED = "proposed"
    SNOOZED = "snoozed"
    SECOND = "second"
    """Approved by one person, above that person's limit: a second one has to agree."""
    APPROVED = "approved"
    RELEASED = "released"
    RECEIVED = "received"
    """Something came; more may come until it is closed."""
    CLOSED = "closed"
    REJECTED = "rejected"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


OPEN = frozenset({State.PROPOSED, State.SNOOZED, State.SECOND})
"""Nobody has decided yet."""
WAITED_FOR = frozenset({State.RELEASED, State.RECEIVED})
"""Ordered, and perhaps not all here yet."""
COMING = OPEN | WAITED_FOR | {State.APPROVED}
"""Counts as supply of its node, but for the part for which a delivery stands in the data, so that one need is proposed
once."""


@dataclass(frozen=True, slots=True)
class Step:
    """One bar of the waterfall from stock on hand to the proposed quantity; ``units`` is what it adds (or takes)."""

    name: str
    units: Decimal


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit that bit: units before it and after it. ``name`` is a code, as ``case_multiple`` or ``capacity``."""

    name: str
    before: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another answer to the same shortage, priced: yuan over the same window, with what is lost by then."""

    kind: str
    source: str | None
    units: Decimal
    receipt: date | None
    cost: Decimal
    lost: Decimal


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything a proposal was made from; frozen with it.

    ``steps`` add up to the proposed quantity. ``fan``: quantile level → units of demand over lead time and review.
    ``inputs``: further numbers by name. ``policies``: policy → value and version it had on that day.
    """

    steps: tuple[Step, ...]
    bounds: tuple[Bound, ...]
    alternatives: tuple[Alternative, ...]
    fan: Mapping[str, Decimal]
    inputs: Mapping[str, str]
    policies: Mapping[str, str]
    build: str
    run: str | None


LOSS_UNKNOWN = "loss_unknown"
"""Among a proposal's reasons: its loss per day is not known, and the 0 that is kept says nothing."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One line that a person decides.

    Quantities are sales units, money is yuan. ``owner``: the partner who owns the node, or ``brand``; rows are cut by
    it. ``proposed``: the system's own quantity, which an edit leaves alone. ``received``: units that came of it, None
    while nothing did, the last of them on ``received_on``. ``version`` grows with every change; who
    decides names the version seen. ``batch``: the plan or request that made it. ``author``: the user who asked, if any.
    """

    id: str
    version: int
    kind: Kind
    origin: Origin
    state: State
    node: str
    sku: str
    source: str
    owner: str
    proposed: Decimal
    quantity: Decimal
    unit_cost: Decimal | None
    order_by: date
    expected_receipt: date
    expires_on: date
    loss_per_day: Decimal
    reasons: tuple[str, ...]
    evidence: Evidence
    as_of: date
    batch: str
    made_at: datetime
    author: str | None = None
    approved_by: tuple[str, ...] = ()
    reason: str | None = None
    note: str | None = None
    snoozed_until: date | None = None
    decided_at: datetime | None = None
    received: Decimal | None = None
    received_on: date | None = None

    @property
    def known_loss(self) -> Decimal | None:
        """Yuan lost each day without it; None where nobody knows."""
        return None if LOSS_UNKNOWN in self.reasons else self.loss_per_day

    @property
    def amount(self) -> Decimal | None:
        """Yuan at stake: quantity × unit cost; None where the cost is unknown."""
        return None if self.unit_cost is None else (self.quantity * self.unit_cost).quantize(Decimal("0.01"))


def standing(proposal: Proposal, today: date) -> State:
    """Where a proposal stands on a day: time expires what nobody decided, and wakes what was put off."""
    if proposal.state not in OPEN:
        return proposal.state
    if proposal.expires_on < today:
        return State.EXPIRED
    if proposal.state is State.SNOOZED and proposal.snoozed_until is not None and proposal.snoozed_until <= today:
        return State.PROPOSED
    return proposal.state
