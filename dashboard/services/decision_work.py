"""What decisions are made with: units of work that reach the proposals of everybody below the actor."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from analytics.core.access import Actor
from dashboard.services.desk import Facts
from data.store.audit_trail import Audit
from data.store.disclosures import Disclosures
from data.store.proposals import Proposals
from data.store.receipts import Receipts
from data.store.scores import Scores


class Work(Protocol):
    """The part of a unit of work that decisions and releases need."""

    @property
    def proposals(self) -> Proposals: ...

    @property
    def receipts(self) -> Receipts: ...

    @property
    def scores(self) -> Scores: ...

    @property
    def audit(self) -> Audit: ...

    @property
    def disclosures(self) -> Disclosures: ...

    def commit(self) -> None: ...


@dataclass(frozen=True, slots=True)
class DecisionUnits:
    """Opened by :mod:`dashboard.composition`, in an actor's scope with the partners below it."""

    reading: Callable[[Actor], AbstractContextManager[Work]]
    writing: Callable[[Actor], AbstractContextManager[Work]]


def below(facts: Facts) -> frozenset[str]:
    """Partners that stand below the anchors of the scope that ``facts`` are cut to, and the anchors themselves."""
    tree = facts.answer(facts.table("partner_closure").select("descendant").distinct())
    return frozenset(tree["descendant"].to_pylist())
