"""Changes of policies in and out of one transaction."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update
from sqlalchemy.sql import ColumnElement

from analytics.core.access import Scope
from analytics.core.errors import DomainError
from analytics.policies.change import Change, State, Wanted
from analytics.policies.reading import read_value, written
from analytics.policies.registry import BY_NAME
from analytics.policies.table import PolicyTable, policy_table
from data.store.engine import take_turns
from data.store.entities import policy_changes
from data.store.repositories import require_brand

APPROVALS = select(func.coalesce(func.max(policy_changes.c.rank), 0))
"""How many changes were approved so far."""


class PolicyChanges:
    """Every change that was asked for. What is in force is everybody's to know; who asked and why is head office's."""

    def __init__(self, connection: Connection, scope: Scope) -> None:
        self._connection = connection
        self._scope = scope

    def number(self) -> int:
        """How many changes were approved so far; tables of the same number are equal."""
        return int(self._connection.execute(APPROVALS).scalar_one())

    def table(self, number: int) -> PolicyTable:
        """What is in force, on every day, after ``number`` approvals."""
        approved = self._read(policy_changes.c.rank <= number)
        return policy_table((one.in_force for one in approved if one.in_force), number=number)

    def all(self) -> list[Change]:
        """Every change of policies that this release knows, newest first."""
        require_brand(self._scope, "policies.all")
        return self._read(policy_changes.c.policy.in_(BY_NAME))

    def get(self, id: str) -> Change:
        """The change of that id; raises DomainError ``policy_change_unknown``."""
        require_brand(self._scope, "policies.get")
        found = self._read(policy_changes.c.id == id)
        if not found:
            raise DomainError("policy_change_unknown", change=id)
        return found[0]

    def commanded(self, command_id: str) -> Change | None:
        """What this very command has brought about before."""
        require_brand(self._scope, "policies.commanded")
        asked = policy_changes.c.command_id == command_id
        found = self._read(asked | (policy_changes.c.decision_command_id == command_id))
        return found[0] if found else None

    def hold(self) -> None:
        """Let changes of policies pass one after the other, until this transaction ends."""
        require_brand(self._scope, "policies.hold")
        take_turns(self._connection, "policies")

    def add(self, change: Change, *, command_id: str) -> None:
        """Keep a proposed change; hold first."""
        require_brand(self._scope, "policies.add")
        wanted = change.wanted
        self._connection.execute(insert(policy_changes).values(
            id=change.id, policy=wanted.policy, key=wanted.key,
            value=None if wanted.value is None else written(wanted.value), valid_from=wanted.valid_from,
            note=wanted.note, proposed_by=change.proposed_by, proposed_name=change.proposed_name,
            proposed_at=change.proposed_at, command_id=command_id, state=change.state.value, version=change.version,
        ))  # fmt: skip

    def decide(self, change: Change, *, command_id: str) -> Change:
        """Keep what was decided about a change, if it is still at the version before; hold first.

        Returns it with its rank; raises DomainError ``policy_stale``.
        """
        require_brand(self._scope, "policies.decide")
        kept = replace(change, rank=self.number() + 1) if change.state is State.APPROVED else change
        seen = (policy_changes.c.id == change.id) & (policy_changes.c.version == change.version - 1)
        saved = self._connection.execute(update(policy_changes).where(seen).values(
            state=kept.state.value, version=kept.version, decided_by=kept.decided_by, decided_name=kept.decided_name,
            decided_at=kept.decided_at, decision_note=kept.decision_note, decision_command_id=command_id,
            since=kept.since, rank=kept.rank,
        ))  # fmt: skip
        if saved.rowcount != 1:
            raise DomainError("policy_stale", name=change.wanted.policy)
        return kept

    def _read(self, where: ColumnElement[bool]) -> list[Change]:
        newest = policy_changes.c.proposed_at.desc()
        rows = self._connection.execute(select(policy_changes).where(where).order_by(newest, policy_changes.c.id))
        # A policy that this release no longer knows decides nothing any more; its rows stay.
        return [_change(row) for row in rows if row.policy in BY_NAME]


def _change(row: Row[Any]) -> Change:
    value = None if row.value is None else read_value(BY_NAME[row.policy], row.value)
    wanted = Wanted(row.policy, row.key, value, row.valid_from, row.note)
    return Change(
        row.id, wanted, row.proposed_by, row.proposed_name, row.proposed_at, State(row.state), row.version,
        row.decided_by, row.decided_name, row.decided_at, row.decision_note or "", row.since, row.rank,
    )  # fmt: skip
