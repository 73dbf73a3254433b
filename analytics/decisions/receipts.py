"""Which deliveries in the data answer which released lines, and what is still to come of each line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

NOTHING = Decimal(0)
Key = tuple[str, str, str, str]
"""Node, SKU, document and line of a delivery."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """A line that was released: units of a SKU from ``source`` to ``node``, planned on ``as_of``, wanted on
    ``expected``.
    """

    id: str
    node: str
    sku: str
    source: str
    quantity: Decimal
    as_of: date
    expected: date


@dataclass(frozen=True, slots=True)
class Delivery:
    """A line of a delivery as another system tells it: units ordered and received so far, the last ``received_on``.

    ``origin``: None where that system does not say. ``closed``: nothing more of it will come.
    """

    document: str
    line: str
    node: str
    sku: str
    origin: str | None
    ordered: date
    quantity: Decimal
    received: Decimal
    received_on: date | None
    closed: bool

    @property
    def key(self) -> Key:
        return self.node, self.sku, self.document, self.line

    @property
    def open(self) -> Decimal:
        return NOTHING if self.closed else max(self.quantity - self.received, NOTHING)

    @property
    def told(self) -> Decimal:
        """Units that the other system speaks of: more may come than was ordered."""
        return max(self.quantity, self.received)


def answered(
    lines: Iterable[Awaited], deliveries: Iterable[Delivery], kept: Mapping[Key, str]
) -> Mapping[str, Sequence[Delivery]]:
    """Deliveries by the line that they answer; a delivery answers one line at most.

    ``kept``: what was found earlier, which stays. A delivery that carries the id of a line as its document or line
    number answers that one. Others answer a line of the same node, SKU and source, if they were ordered after the day
    of its plan, which counted those before, and not after the day on which it was wanted: lines of the very quantity
    first, then the oldest that is not ordered in full.
    """
    found: dict[str, list[Delivery]] = {}
    free: dict[tuple[str, str], list[Delivery]] = {}
    known = sorted(lines, key=lambda one: (one.as_of, one.id))
    named = {(one.node, one.sku, one.id): one.id for one in known}
    for one in sorted(deliveries, key=lambda one: (one.ordered, one.document, one.line)):
        ours = kept.get(one.key) or named.get((one.node, one.sku, one.document))
        ours = ours or named.get((one.node, one.sku, one.line))
        if ours is None:
            free.setdefault((one.node, one.sku), []).append(one)
        else:
            found.setdefault(ours, []).append(one)
    needs: dict[tuple[str, str], list[Awaited]] = {}
    for line in known:
        needs.setdefault((line.node, line.sku), []).append(line)
    for need in sorted(needs.keys() & free.keys()):
        _fill(needs[need], free[need], found)
    return {id: sorted(told, key=lambda one: (one.ordered, one.document, one.line)) for id, told in found.items()}


def _fill(lines: Sequence[Awaited], deliveries: Sequence[Delivery], found: dict[str, list[Delivery]]) -> None:
    rest = []
    for delivery in deliveries:
        exact = (one for one in _fitting(lines, delivery) if one.id not in found and one.quantity == delivery.quantity)
        line = next(exact, None)
        if line is None:
            rest.append(delivery)
        else:
            found[line.id] = [delivery]
    for delivery in rest:
        short = (one for one in _fitting(lines, delivery) if outstanding(one.quantity, found.get(one.id, ())) > 0)
        line = next(short, None)
        if line is not None:
            found.setdefault(line.id, []).append(delivery)


def _fitting(lines: Sequence[Awaited], delivery: Delivery) -> Iterator[Awaited]:
    for one in lines:
        same = delivery.origin is None or delivery.origin == one.source
        if same and one.as_of < delivery.ordered <= max(one.expected, one.as_of + timedelta(days=1)):
            yield one


def outstanding(quantity: Decimal, deliveries: Iterable[Delivery]) -> Decimal:
    """Units of a line of which no delivery tells: those that still count as supply beside the deliveries themselves.

    >>> outstanding(Decimal(100), [])
    Decimal('100')
    """
    return max(quantity - sum((one.told for one in deliveries), NOTHING), NOTHING)


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a line: all units so far, the last on a day; ``over``: nothing more is waited for."""

    units: Decimal
    last: date | None
    over: bool


def came(line: Awaited, deliveries: Sequence[Delivery], *, known_until: date, wait: timedelta) -> Came:
    """What the deliveries of a line say on the last day that data tell of.

    Over when nothing of them is open and all of it was ordered or came; or when ``wait`` after the day on which it was
    wanted nothing is open: whatever was not ordered by then never will be.
    """
    units = sum((one.received for one in deliveries), NOTHING)
    last = max((one.received_on for one in deliveries if one.received_on is not None), default=None)
    open_ = any(one.open > 0 for one in deliveries)
    all_told = outstanding(line.quantity, deliveries) == 0
    late = known_until > line.expected + wait
    return Came(units, last, over=not open_ and (all_told or late))
