"""Stock that a partner asks for (一键补货), as a proposal that waits in the same queue as those of the plan."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from analytics.core.access import ROOT, Actor
from analytics.core.calendar import day_of
from analytics.core.errors import DomainError
from analytics.decisions.proposal import LOSS_UNKNOWN, Evidence, Kind, Origin, Proposal, State, Step
from analytics.decisions.reasons import LONGEST_NOTE
from analytics.decisions.units import require_units, spelled
from analytics.policies.table import PolicyTable
from dashboard.services.approval_views import Request
from dashboard.services.desk import Opened
from dashboard.services.request_worth import Worth

MAKERS = frozenset({"plant", "supplier"})
"""Kinds of places from which stock is bought, not transferred."""


@dataclass(frozen=True, slots=True)
class Usual:
    """Policies of requests: how long one waits for an answer, and the lead time where no lane tells one."""

    waits: timedelta
    lead: timedelta


def usual(policies: PolicyTable, day: date) -> Usual:
    """What holds on a day."""
    waits = policies.whole("decision.request_days", as_of=day)
    return Usual(timedelta(days=waits), timedelta(days=policies.whole("decision.usual_lead_days", as_of=day)))


def requested(
    opened: Opened, actor: Actor, wanted: Request, command_id: str, usual: Usual, worth: Worth, *, at: datetime
) -> Proposal:
    """The proposal that a request becomes; its id follows from person and command, so a repeated one is the same.

    Raises DomainError ``request_node_unknown`` for a node outside the asker's scope, ``request_sku_unknown``,
    ``proposal_quantity_bad`` or ``proposal_note_long``.
    """
    node = _row(opened, "stock_node", "node", wanted.node)
    if node is None:
        raise DomainError("request_node_unknown", node=wanted.node)
    if _row(opened, "product", "sku", wanted.sku) is None:
        raise DomainError("request_sku_unknown", sku=wanted.sku)
    id = _id(actor, command_id)
    units = require_units(id, wanted.quantity)
    note = " ".join((wanted.note or "").split()) or None
    if note is not None and len(note) > LONGEST_NOTE:
        raise DomainError("proposal_note_long", length=len(note), most=LONGEST_NOTE)
    source, lead = _lane(opened, wanted, usual.lead)
    today, origin = day_of(at), _origin(actor)
    unknown = worth.loss_per_day is None
    return Proposal(
        id=id, version=1, kind=_kind(opened, source, origin), origin=origin, state=State.PROPOSED,
        node=wanted.node, sku=wanted.sku, source=source, owner=str(node["owner"]), proposed=units, quantity=units,
        unit_cost=_unit_cost(opened, wanted.sku), order_by=today, expected_receipt=today + lead,
        expires_on=today + usual.waits, loss_per_day=worth.loss_per_day or Decimal(0),
        reasons=("requested", LOSS_UNKNOWN) if unknown else ("requested",),
        evidence=Evidence((Step("requested", units),), (), (), {}, _told(worth), {}, opened.build.id, None),
        as_of=opened.covered.last, batch=id, made_at=at, author=actor.user_id, note=note,
    )  # fmt: skip


def _told(worth: Worth) -> dict[str, str]:
    """What a plan would order there itself, where it can be known."""
    return {"needed": spelled(worth.needed)} if worth.needed else {}


def _id(actor: Actor, command_id: str) -> str:
    return "r" + hashlib.sha256(f"{actor.user_id}\x1f{command_id}".encode()).hexdigest()[:15]


def _origin(actor: Actor) -> Origin:
    return Origin.MANUAL if ROOT in actor.grants else Origin.REQUEST


def _row(opened: Opened, mart: str, key: str, value: str) -> dict[str, Any] | None:
    if not opened.facts.has(mart):
        return None
    rows = opened.facts.table(mart)
    found = opened.facts.answer(rows.filter(rows[key] == value).limit(1)).to_pylist()
    return found[0] if found else None


def _lane(opened: Opened, wanted: Request, usual: timedelta) -> tuple[str, timedelta]:
    """The quickest lane into the node, one for this product first; the brand itself where there is none."""
    if opened.facts.has("supply_lane"):
        lanes = opened.facts.table("supply_lane")
        fit = lanes.filter(lanes.node == wanted.node, lanes.sku.isnull() | (lanes.sku == wanted.sku))
        first = fit.order_by([fit.sku.isnull(), fit.lead_days, fit.origin]).limit(1)
        for row in opened.facts.answer(first.select("origin", "lead_days")).to_pylist():
            days = row["lead_days"]
            return str(row["origin"]), usual if days is None else timedelta(days=float(days))
    return ROOT, usual


def _kind(opened: Opened, source: str, origin: Origin) -> Kind:
    """Bought from makers and from those that are no place of ours; partners see no place of the brand's, and what
    they ask for comes from there.
    """
    place = _row(opened, "stock_node", "node", source)
    if place is None:
        return Kind.TRANSFER if origin is Origin.REQUEST else Kind.PURCHASE
    return Kind.PURCHASE if place["kind"] in MAKERS else Kind.TRANSFER


def _unit_cost(opened: Opened, sku: str) -> Decimal | None:
    """What a unit cost on the last day on which it was sold at a known cost; None where nobody knows."""
    rows = opened.facts.table("sales_line")
    known = rows.filter(rows.sku == sku, rows.cost.notnull(), rows.units > 0)
    by_day = known.group_by("day").aggregate(cost=known.cost.sum(), units=known.units.sum())
    last = opened.facts.answer(by_day.order_by(by_day.day.desc()).limit(1)).to_pylist()
    if not last:
        return None
    return (Decimal(str(last[0]["cost"])) / Decimal(str(last[0]["units"]))).quantize(Decimal("0.0001"))
