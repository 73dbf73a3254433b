"""Approvals without a person, as far as the policies of the day allow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from analytics.core.access import Actor
from analytics.core.calendar import HOME_ZONE, day_of
from analytics.decisions.envelope import Candidate, Envelope, sort_out
from analytics.decisions.proposal import Proposal, State
from analytics.decisions.workflow import Command, Decided, Move, Moved, Terms, decide
from analytics.policies.table import PolicyTable
from dashboard.services.decision_work import Work
from data.store.proposal_search import SoughtMoves, SoughtProposals

MOST = 100_000
BY_PLAN = frozenset({Move.REVISE, Move.SUPERSEDE})


@dataclass(frozen=True, slots=True)
class Automatic:
    """What was approved without a person, and why how many lines were left to one."""

    moved: tuple[Moved, ...]
    left: Mapping[str, int]


def envelope_of(policies: PolicyTable, day: date) -> Envelope:
    """The limits in force on a day."""
    return Envelope(
        on=policies.switch("decision.auto_approve", as_of=day),
        amount=policies.number_of("decision.auto_amount", as_of=day),
        budget=policies.number_of("decision.auto_daily_budget", as_of=day),
        lines=policies.whole("decision.auto_lines_per_day", as_of=day),
        sample=policies.number_of("decision.auto_audit_share", as_of=day),
    )


def judged(
    unit: Work, actor: Actor, policies: PolicyTable, categories: Mapping[str, str], command_id: str, at: datetime
) -> tuple[list[Decided], Mapping[str, int]]:
    """Every line that is inside, approved but not saved, and why the others are left; ``categories``: by product."""
    day = day_of(at)
    ids = [one.id for one in unit.proposals.find(SoughtProposals(day, states=(State.PROPOSED,)), MOST)]
    held = unit.proposals.hold(ids)
    before = unit.proposals.approved_before({(one.node, one.sku) for one in held.values()})
    pasts, tolerance = unit.proposals.pasts(held), "decision.auto_tolerance"
    candidates = [
        Candidate(
            one,
            before.get((one.node, one.sku), ()),
            policies.number_of(tolerance, categories.get(one.sku), as_of=day),
            touched=any(moved.move not in BY_PLAN for moved in pasts.get(one.id, ())),
        )
        for one in held.values()
    ]
    spent, used = _today(unit, day)
    found = sort_out(candidates, envelope_of(policies, day), spent=spent, used=used)
    done = [_approved(one, actor, pasts.get(one.id, ()), command_id, at) for one in found.inside]
    return done, Counter(why.value for why in found.left.values())


def _approved(one: Proposal, actor: Actor, past: tuple[Moved, ...], command_id: str, at: datetime) -> Decided:
    terms = Terms(limit=Decimal(0), past=past, inside=True)
    return decide(one, Command(command_id, Move.AUTO_APPROVE, one.version), actor, terms, at=at)


def _today(unit: Work, day: date) -> tuple[Decimal, int]:
    """Yuan and lines that were approved without a person on a day, undone ones included."""
    sought = SoughtMoves(moves=[Move.AUTO_APPROVE.value], first=datetime.combine(day, time(), HOME_ZONE))
    ids = {one.proposal for one in unit.proposals.moves(sought, None)}
    lines = unit.proposals.find(SoughtProposals(day, ids=ids), len(ids))
    return sum((one.amount or Decimal(0) for one in lines), Decimal(0)), len(ids)
