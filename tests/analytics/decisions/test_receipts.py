"""Every unit that was ordered is counted once: as ours, as another system's, or as received."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.decisions.receipts import Awaited, Delivery, answered, came, outstanding

PLANNED, WANTED = date(2026, 2, 28), date(2026, 3, 4)
WAIT = timedelta(days=7)


def a_line(id: str = "p1", units: int = 100, **more: Any) -> Awaited:
    told = {"node": "N1", "sku": "R5", "source": "W1", "as_of": PLANNED, "expected": WANTED, **more}
    return Awaited(id=id, quantity=Decimal(units), **told)


def a_delivery(document: str = "D1", units: int = 100, got: int = 0, **more: Any) -> Delivery:
    told = {
        "line": "1", "node": "N1", "sku": "R5", "origin": "W1", "ordered": date(2026, 3, 2),
        "received_on": date(2026, 3, 4) if got else None, "closed": False, **more,
    }  # fmt: skip
    return Delivery(document=document, quantity=Decimal(units), received=Decimal(got), **told)


def matched(lines: list[Awaited], *deliveries: Delivery, kept: Any = None) -> dict[str, list[str]]:
    found = answered(lines, deliveries, kept or {})
    return {id: [one.document for one in told] for id, told in found.items()}


def test_whose_delivery_it_is() -> None:
    old, new = a_line("p1"), a_line("p2", 60, as_of=date(2026, 3, 1), expected=date(2026, 3, 6))
    # The very quantity first, then the oldest line that is not ordered in full.
    assert matched([new, old], a_delivery("A", 60), a_delivery("B", 40), a_delivery("C", 60)) == {
        "p2": ["A"], "p1": ["B", "C"],
    }  # fmt: skip
    assert matched([old], a_delivery("A"), a_delivery("B")) == {"p1": ["A"]}, "the second is somebody else's order"
    # A named line is answered whatever day and quantity, and what was found once stays.
    assert matched([old, new], a_delivery("p2", 5, ordered=date(2026, 5, 1))) == {"p2": ["p2"]}
    assert matched([old, new], a_delivery("X", line="p2")) == {"p2": ["X"]}
    assert matched([new], a_delivery("A", 60), kept={("N1", "R5", "A", "1"): "p1"}) == {"p1": ["A"]}


@pytest.mark.parametrize(
    "more",
    [{"node": "N2"}, {"sku": "O1"}, {"origin": "W2"}, {"ordered": PLANNED}, {"ordered": WANTED + timedelta(days=1)}],
)
def test_what_is_not_ours_is_left_alone(more: dict[str, Any]) -> None:
    """The plan of a day has counted what was ordered on it; what is ordered after the receipt is another order."""
    assert matched([a_line()], a_delivery(**more)) == {}


def test_another_product_under_our_number_is_not_ours() -> None:
    assert matched([a_line()], a_delivery("p1", sku="O1")) == {}


@pytest.mark.parametrize(
    ("deliveries", "day", "units", "left", "over"),
    [
        ([], WANTED, 0, 100, False),
        ([], WANTED + WAIT, 0, 100, False),
        ([], WANTED + WAIT + timedelta(days=1), 0, 100, True),  # never
        ([a_delivery()], WANTED + 9 * WAIT, 0, 0, False),  # late, but still open over there
        ([a_delivery(got=60)], WANTED, 60, 0, False),  # in part
        ([a_delivery(got=60, closed=True)], WANTED, 60, 0, True),  # under
        ([a_delivery(got=100)], WANTED, 100, 0, True),
        ([a_delivery(got=130)], WANTED, 130, 0, True),  # over
        ([a_delivery("A", 60, 60), a_delivery("B", 40)], WANTED, 60, 0, False),
        ([a_delivery("A", 60, 60), a_delivery("B", 40, 40)], WANTED, 100, 0, True),
        ([a_delivery("A", 60, 60)], WANTED, 60, 40, False),  # the rest may still be ordered
        ([a_delivery("A", 60, 60)], WANTED + 2 * WAIT, 60, 40, True),
        ([a_delivery(got=0, closed=True)], WANTED, 0, 0, True),  # cancelled
    ],
)
def test_what_came_and_when_it_is_over(
    deliveries: list[Delivery], day: date, units: int, left: int, over: bool
) -> None:
    what = came(a_line(), deliveries, known_until=day, wait=WAIT)
    assert (what.units, outstanding(Decimal(100), deliveries)) == (Decimal(units), Decimal(left))
    assert what.over is over
    assert what.last == (date(2026, 3, 4) if units else None)


DELIVERIES = st.builds(
    a_delivery,
    document=st.sampled_from("ABCDEFGH"),
    units=st.integers(0, 150),
    got=st.integers(0, 150),
    line=st.sampled_from(["1", "2", "p1"]),
    origin=st.sampled_from([None, "W1", "W2"]),
    ordered=st.dates(PLANNED - timedelta(days=2), WANTED + timedelta(days=2)),
    closed=st.booleans(),
)
LINES = st.builds(
    a_line, id=st.sampled_from(["p1", "p2", "p3"]), units=st.integers(1, 150),
    as_of=st.dates(PLANNED - timedelta(days=1), PLANNED + timedelta(days=2)),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.lists(LINES, unique_by=lambda one: one.id),
    st.lists(DELIVERIES, unique_by=lambda one: one.key),
    st.randoms(use_true_random=False),
)
def test_a_unit_counts_once(lines: list[Awaited], deliveries: list[Delivery], chance: Any) -> None:
    found = answered(lines, deliveries, {})
    used = [one.key for told in found.values() for one in told]
    assert len(used) == len(set(used)), "a delivery answers one line"
    for line in lines:
        told = found.get(line.id, ())
        spoken_for = sum((one.told for one in told), Decimal(0))
        # Ours and theirs are the order, or what they say where that is more: never the one on top of the other.
        assert outstanding(line.quantity, told) + spoken_for == max(line.quantity, spoken_for)
        coming = outstanding(line.quantity, told) + sum((one.open for one in told), Decimal(0))
        assert coming + sum((one.received for one in told), Decimal(0)) <= max(line.quantity, spoken_for)
    kept = {one.key: id for id, told in found.items() for one in told}
    shuffled = chance.sample(deliveries, len(deliveries))
    assert answered(chance.sample(lines, len(lines)), shuffled, kept) == found, "told again, nothing moves"
