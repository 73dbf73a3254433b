"""The same rules once more, day by day and lot by lot, as slow and as plain as can be."""

from __future__ import annotations

from tests.analytics.replenishment.cases import One


def lost_on(one: One, path: int, quantity: float = 0.0) -> tuple[float, float]:
    """Units lost before and after the receipt on one path, when ``quantity`` arrives with it. No lateness.

    What is promised beyond the stock is lost after the receipt, as it has to be made up for.
    """
    lots = _promised(one)
    promised = max(one.reserved + one.outgoing - (one.on_hand - one.expired), 0.0)
    quantity -= promised
    before = after = 0.0
    if quantity < 0:
        after, quantity = -quantity, 0.0
    for day in range(1, one.following):
        lots = [lot for lot in lots if lot[0] > day]
        arriving = sum(units for on, units in (*one.inbound, *one.coming) if on == day)
        lots.append([10_000.0, arriving + (quantity if day == one.receipt else 0.0)])
        short = _sold(lots, float(one.demand[path, day - 1]))
        if day < one.receipt:
            before += short
        else:
            after += short
    return before, after


def _promised(one: One) -> list[list[float]]:
    """Lots by expiry, those that last longest first to go to what is promised."""
    lasting = one.on_hand - one.expired - sum(units for _, units in one.lots)
    lots = [*sorted([float(day), float(units)] for day, units in one.lots), [10_000.0, float(lasting)]]
    promised = one.reserved + one.outgoing
    for lot in reversed(lots):
        gone = min(lot[1], promised)
        lot[1] -= gone
        promised -= gone
    return lots


def _sold(lots: list[list[float]], demand: float) -> float:
    """Sells from the oldest lot on; what is left of the demand."""
    for lot in sorted(lots):
        sold = min(lot[1], demand)
        lot[1] -= sold
        demand -= sold
    return demand
