"""What was approved, as orders that others carry out: grouped by kind, source and node, adding up to the cent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from analytics.decisions.proposal import Kind


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One released proposal. ``quantity`` in sales units, ``unit_cost`` and ``amount`` in yuan, None where unknown."""

    proposal: str
    version: int
    kind: Kind
    source: str
    node: str
    sku: str
    quantity: Decimal
    unit_cost: Decimal | None
    order_by: date
    expected_receipt: date

    @property
    def amount(self) -> Decimal | None:
        return None if self.unit_cost is None else (self.quantity * self.unit_cost).quantize(Decimal("0.01"))


@dataclass(frozen=True, slots=True)
class Order:
    """A purchase order or a transfer: everything that goes from one source to one node. ``number`` begins at 1."""

    number: int
    kind: Kind
    source: str
    node: str
    lines: tuple[OrderLine, ...]

    @property
    def units(self) -> Decimal:
        return sum((line.quantity for line in self.lines), Decimal(0))

    @property
    def amount(self) -> Decimal:
        return sum((line.amount for line in self.lines if line.amount is not None), Decimal(0))

    @property
    def unpriced(self) -> int:
        """Lines that no amount is known of: the order costs more than :attr:`amount`."""
        return sum(line.amount is None for line in self.lines)


def orders_of(lines: Iterable[OrderLine]) -> Sequence[Order]:
    """Orders in the order of kind, source and node, their lines by product; the same lines make the same orders."""
    ordered = sorted(lines, key=lambda line: (*_order_key(line), line.sku, line.proposal))
    grouped = groupby(ordered, key=_order_key)
    return [
        Order(number, Kind(kind), source, node, tuple(own))
        for number, ((kind, source, node), own) in enumerate(grouped, 1)
    ]


def _order_key(line: OrderLine) -> tuple[str, str, str]:
    return line.kind.value, line.source, line.node
