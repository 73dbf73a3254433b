"""One proposal in two parts that add up to it: the first as soon as before, the rest on another day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from analytics.core.errors import DomainError
from analytics.decisions.proposal import Evidence, Proposal, State, Step
from analytics.decisions.units import require_units, spelled

REASON = "split"
"""Marks the rest, so that a person looks at it."""


def kept_part(before: Proposal, changed: Proposal, wanted: Decimal | None, on: date | None, today: date) -> Proposal:
    """The first part: ``wanted`` units, and that share of the system's own quantity. Raises DomainError
    ``proposal_quantity_bad``, or ``proposal_split_bad`` unless something is left for a later order day ``on``.
    """
    units = require_units(before.id, wanted)
    if on is None or on <= max(before.order_by, today) or units >= before.quantity:
        raise DomainError(
            "proposal_split_bad", id=before.id, quantity=spelled(units), whole=spelled(before.quantity), day=on or "",
            first=max(before.order_by, today),
        )  # fmt: skip
    share = round(before.proposed * units / before.quantity, 3)
    evidence = _part(before.evidence, share - before.proposed)
    return replace(changed, quantity=units, proposed=share, evidence=evidence, approved_by=())


def rest_id(id: str, version: int) -> str:
    """The second part of a proposal that the split left at ``version``."""
    return f"{id}-{version}"


def rest_of(before: Proposal, kept: Proposal, on: date, at: datetime) -> Proposal:
    """The second part, to be ordered ``on`` that day: whatever is not in the first one."""
    later = on - before.order_by
    evidence = _part(before.evidence, -kept.proposed)
    return replace(
        before, id=rest_id(before.id, kept.version), version=1, state=State.PROPOSED,
        quantity=before.quantity - kept.quantity, proposed=before.proposed - kept.proposed, order_by=on,
        expected_receipt=before.expected_receipt + later, expires_on=before.expires_on + later,
        reasons=(*(one for one in before.reasons if one != REASON), REASON), made_at=at, approved_by=(), reason=None,
        note=None, snoozed_until=None, decided_at=None,
        evidence=replace(evidence, inputs={**evidence.inputs, "split_from": before.id}),
    )  # fmt: skip


def _part(whole: Evidence, more: Decimal) -> Evidence:
    """The same evidence with one step more, so that its steps still add up to the part."""
    return replace(whole, steps=(*whole.steps, Step("split", more)))
