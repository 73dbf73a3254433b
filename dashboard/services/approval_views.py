"""Proposals as people see and ask for them: frozen questions and answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from analytics.core.errors import DomainError
from analytics.decisions.proposal import Proposal, State
from analytics.decisions.receipts import Delivery
from analytics.decisions.workflow import Command, Move, Moved


@dataclass(frozen=True, slots=True)
class QueueAsked:
    """Filters of the queue; empty ones leave nothing out. ``least`` and ``most`` are yuan, both included."""

    states: tuple[State, ...] = (State.PROPOSED, State.SECOND)
    regions: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()
    reason: str | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One proposal with its names. ``state``: where it stands today, whatever was kept.

    Money is None where it is unknown or not for the asker's eyes.
    """

    proposal: Proposal
    state: State
    node_name: str
    sku_name: str
    category: str | None
    source_name: str
    own: bool
    """Whether the asker asked for it, and can therefore not approve it."""
    sampled: bool = False
    """Whether it was drawn for review by a person where policy approves its like without one."""

    @property
    def id(self) -> str:
        return self.proposal.id

    @property
    def amount(self) -> Decimal | None:
        return self.proposal.amount


@dataclass(frozen=True, slots=True)
class Queue:
    """The most urgent lines that match, of ``total``; ``waiting`` counts all by state, whatever the filters say."""

    today: date
    lines: tuple[Line, ...]
    total: int
    waiting: Mapping[State, int]
    may_decide: bool
    may_release: bool
    sees_cost: bool
    limit: Decimal
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """What filters and requests may name: code → label."""

    regions: Mapping[str, str]
    categories: tuple[str, ...]
    skus: Mapping[str, str]
    nodes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Card:
    """One line with everything it rests on, and what happened to it, oldest first. ``moves``: what the asker may do;
    ``receipts``: deliveries that answer it; ``sources``: names of the nodes that other answers come from, by code.
    """

    line: Line
    past: tuple[Moved, ...]
    moves: tuple[Move, ...]
    sees_cost: bool
    receipts: tuple[Delivery, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)


Seen = tuple[str, int]
"""A proposal's id and the version that the person saw."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants done with some proposals: as a command, without who and which.

    ``quantities``: units wanted of single lines, by proposal; they come before ``quantity``.
    """

    move: Move
    quantity: Decimal | None = None
    until: date | None = None
    reason: str | None = None
    note: str | None = None
    quantities: Mapping[str, Decimal] = field(default_factory=dict)

    def command(self, id: str, seen: Seen) -> Command:
        """The command of that id for one line."""
        proposal, version = seen
        quantity = self.quantities.get(proposal, self.quantity)
        return Command(id, self.move, version, quantity, self.until, self.reason, self.note)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one line of many was left as it was."""

    id: str
    error: DomainError


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many lines end in a state, and what they come to; ``unpriced`` have no known amount."""

    state: State
    lines: int
    units: Decimal
    amount: Decimal
    unpriced: int


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a wish would do to each of many lines, if it were sent now."""

    outcomes: tuple[Outcome, ...]
    refused: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a command: lines moved, those that had been moved by this very command before, and refusals."""

    moved: tuple[Moved, ...]
    again: tuple[Moved, ...] = ()
    refused: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """Stock that somebody asks for (一键补货)."""

    node: str
    sku: str
    quantity: Decimal
    note: str | None = None


@dataclass(frozen=True, slots=True)
class HistoryAsked:
    """Which moves: by a user's id, of one proposal, of some kinds, from the first day to the last, both included."""

    by: str | None = None
    proposal: str | None = None
    moves: tuple[Move, ...] = ()
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """One move with the proposal that it changed, as that stands now."""

    moved: Moved
    line: Line


@dataclass(frozen=True, slots=True)
class History:
    """The newest moves that match; ``cut``: there are more."""

    moves: tuple[Told, ...]
    cut: bool
