"""Checking the audit trail, and publishing its head."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from analytics.core.access import Action, Actor
from data.store.audit import Finding, Head, Inspection
from data.store.audit_heads import publish_head, read_heads
from data.store.audit_trail import Audit


class Work(Protocol):
    """The part of a unit of work that reads the trail."""

    @property
    def audit(self) -> Audit: ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many events were checked against how many published heads, and what is wrong."""

    events: int
    heads: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class AuditTrail:
    """The trail in the actor's scope. ``folder`` holds the published heads, ``work`` opens a unit that reads."""

    actor: Actor
    folder: Path
    work: Callable[[], AbstractContextManager[Work]]

    def verify(self) -> Verdict:
        """Walk the whole chain and compare it with every published head."""
        self.actor.require(Action.SEE_AUDIT)
        # Before the trail: a head published meanwhile would tell of events that this view of the trail lacks.
        heads = read_heads(self.folder)
        inspection = Inspection(heads)
        with self.work() as unit:
            for events in unit.audit.chunks():
                inspection.take(events)
        return Verdict(inspection.events, len(heads), inspection.findings())

    def publish(self, *, now: datetime) -> tuple[Path, Head]:
        """Write the head to today's file; raises DomainError ``audit_head_contradicted`` over a tampered trail."""
        self.actor.require(Action.SEE_AUDIT)
        heads = read_heads(self.folder)
        with self.work() as unit:
            return publish_head(unit.audit, self.folder, heads, now=now)
