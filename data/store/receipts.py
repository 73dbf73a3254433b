"""Deliveries that answer released lines, cut to the proposals of one scope."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from analytics.core.access import Scope
from analytics.decisions.receipts import Delivery, Key
from data.store.proposal_search import visible
from data.store.proposal_tables import proposal_receipts, proposals


class Receipts:
    """Receipts of proposals within the scope, see :class:`Proposals`."""

    def __init__(self, connection: Connection, scope: Scope, below: frozenset[str] = frozenset()) -> None:
        self._connection = connection
        self._visible = visible(scope, below)

    def kept(self) -> dict[Key, str]:
        """Which delivery answers which proposal, as it was found earlier."""
        told, line = proposal_receipts.c, proposals.c
        asked = select(line.node, line.sku, told.document, told.line, told.proposal)
        rows = self._connection.execute(asked.join(proposals, line.id == told.proposal).where(self._visible))
        return {(node, sku, document, number): proposal for node, sku, document, number, proposal in rows}

    def of(self, ids: Collection[str]) -> dict[str, tuple[Delivery, ...]]:
        """Deliveries by proposal, oldest first."""
        told, line = proposal_receipts.c, proposals.c
        asked = select(proposal_receipts, line.node, line.sku, line.source)
        asked = asked.join(proposals, line.id == told.proposal).where(self._visible, told.proposal.in_(sorted(ids)))
        found: dict[str, tuple[Delivery, ...]] = {}
        for row in self._connection.execute(asked.order_by(told.ordered, told.document, told.line)):
            found[row.proposal] = (*found.get(row.proposal, ()), _delivery(row))
        return found

    def keep(self, news: Mapping[str, Sequence[Delivery]]) -> None:
        """What answers these proposals now; what was kept of them gives way."""
        for proposal, deliveries in sorted(news.items()):
            self._connection.execute(delete(proposal_receipts).where(proposal_receipts.c.proposal == proposal))
            if deliveries:
                rows = [{"proposal": proposal, **{name: getattr(one, name) for name in _TOLD}} for one in deliveries]
                self._connection.execute(insert(proposal_receipts), rows)


_TOLD = ("document", "line", "ordered", "quantity", "received", "received_on", "closed")


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        node=row.node, sku=row.sku, origin=row.source, **{name: getattr(row, name) for name in _TOLD}
    )  # fmt: skip
