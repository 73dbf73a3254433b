"""What decisions were worth, cut to the proposals of one scope."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from analytics.core.access import Scope
from analytics.decisions.ledger import JUDGED, Score
from analytics.decisions.proposal import Kind, Origin, State
from data.store.proposal_search import visible
from data.store.proposal_tables import decision_scores, proposals


class Scores:
    """Scores of proposals within the scope, see :class:`Proposals`."""

    def __init__(self, connection: Connection, scope: Scope, below: frozenset[str] = frozenset()) -> None:
        self._connection = connection
        self._visible = visible(scope, below)

    def due(self, last: date) -> list[str]:
        """Proposals about which nothing is open, wanted by ``last`` at the latest, that have no score yet."""
        told = proposals.c
        ended = told.state.in_(sorted(state.value for state in JUDGED)) & (told.expected_receipt <= last)
        unscored = told.id.not_in(select(decision_scores.c.proposal))
        asked = select(told.id).where(self._visible, ended, unscored).order_by(told.as_of, told.id)
        return list(self._connection.execute(asked).scalars())

    def add(self, scores: Sequence[Score]) -> None:
        if scores:
            rows = [{name: getattr(one, name) for name in _TOLD} for one in scores]
            self._connection.execute(insert(decision_scores), rows)

    def find(self, first: date | None, last: date | None) -> list[Score]:
        """Those whose days ended from ``first`` to ``last``, both included, newest first."""
        told, line = decision_scores.c, proposals.c
        asked = select(decision_scores, *(line[name] for name in _OF_LINE)).join(proposals, line.id == told.proposal)
        asked = asked.where(self._visible)
        asked = asked if first is None else asked.where(told.last >= first)
        asked = asked if last is None else asked.where(told.last <= last)
        rows = self._connection.execute(asked.order_by(told.last.desc(), told.proposal))
        return [_score(row) for row in rows]


_TOLD = tuple(column.name for column in decision_scores.c)
_OF_LINE = ("kind", "origin", "state", "node", "sku", "source", "owner")


def _score(row: Row[Any]) -> Score:
    enums = {"kind": Kind(row.kind), "origin": Origin(row.origin), "state": State(row.state)}
    return Score(**{**row._mapping, **enums})
