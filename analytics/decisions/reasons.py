"""Why a person overrides or turns down what the system proposes: a closed list of codes."""

from __future__ import annotations

from decimal import Decimal

from analytics.core.errors import DomainError
from analytics.decisions.proposal import WAITED_FOR, Proposal, State

REASONS: tuple[str, ...] = (
    "demand_higher",
    "demand_lower",
    "event",
    "stock_wrong",
    "ordered_elsewhere",
    "supplier",
    "lead_time",
    "pack",
    "capacity",
    "delisting",
    "budget",
    "quality",
    "promotion_paused",
    "other",
)
"""In the order in which people are offered them. ``other`` wants a note."""

LONGEST_NOTE = 1000
"""Characters of a note."""


def require_reason(
    proposal: Proposal, move: str, quantity: Decimal | None, reason: str | None, note: str | None, *, found: State
) -> None:
    """Raise DomainError ``proposal_reason_missing``, ``_unknown``, ``proposal_note_missing`` or ``_long``.

    An edit away from the system's own quantity, a rejection, and closing what did not come need a reason.
    """
    override = move == "edit" and quantity != proposal.proposed
    written_off = move == "close" and found in WAITED_FOR
    if reason is None and (override or written_off or move == "reject"):
        raise DomainError("proposal_reason_missing", id=proposal.id)
    if reason is not None and reason not in REASONS:
        raise DomainError("proposal_reason_unknown", reason=reason, known=", ".join(REASONS))
    if reason == "other" and not (note or "").strip():
        raise DomainError("proposal_note_missing", id=proposal.id)
    if note is not None and len(note) > LONGEST_NOTE:
        raise DomainError("proposal_note_long", length=len(note), most=LONGEST_NOTE)
