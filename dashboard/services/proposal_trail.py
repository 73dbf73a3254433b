"""What the audit trail tells of a proposal's moves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from analytics.decisions.workflow import Decided, Move, spelled
from data.store.audit import Deed

DEEDS: Mapping[Move, Deed] = {
    Move.EDIT: Deed.PROPOSAL_EDITED,
    Move.SPLIT: Deed.PROPOSAL_SPLIT,
    Move.APPROVE: Deed.PROPOSAL_APPROVED,
    Move.AUTO_APPROVE: Deed.PROPOSAL_AUTO_APPROVED,
    Move.REJECT: Deed.PROPOSAL_REJECTED,
    Move.SNOOZE: Deed.PROPOSAL_SNOOZED,
    Move.WAKE: Deed.PROPOSAL_WOKEN,
    Move.UNDO: Deed.PROPOSAL_UNDONE,
    Move.RELEASE: Deed.PROPOSAL_RELEASED,
    Move.RECEIVE: Deed.PROPOSAL_RECEIVED,
    Move.CLOSE: Deed.PROPOSAL_CLOSED,
    Move.SETTLE: Deed.PROPOSAL_SETTLED,
    Move.EXPIRE: Deed.PROPOSAL_EXPIRED,
    Move.SUPERSEDE: Deed.PROPOSAL_SUPERSEDED,
}


def facts_of(decided: Decided) -> dict[str, object]:
    """What the trail keeps of a move: both states, both quantities, the money and why."""
    moved, proposal, rest = decided.moved, decided.proposal, decided.rest
    split = {} if rest is None else {"rest": rest.id, "rest_quantity": spelled(rest.quantity)}
    return {
        **split,
        "version": moved.version,
        "before": moved.before.value,
        "after": moved.after.value,
        "quantity_before": spelled(moved.quantity_before),
        "quantity": spelled(moved.quantity_after),
        "amount": None if proposal.amount is None else str(proposal.amount),
        "node": proposal.node,
        "sku": proposal.sku,
        "reason": moved.reason,
        "note": moved.note,
        "received": None if moved.received is None else spelled(moved.received),
        "until": _day(proposal.snoozed_until if rest is None else rest.order_by),
        "command": moved.command_id,
    }


def _day(told: date | None) -> str | None:
    return None if told is None else told.isoformat()
