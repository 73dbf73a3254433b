"""Units as people write them, and as they can be ordered."""

from __future__ import annotations

from decimal import Decimal

from analytics.core.errors import DomainError


def spelled(units: Decimal) -> str:
    """Units as people write them.

    >>> spelled(Decimal("120.500")), spelled(Decimal("1E+2"))
    ('120.5', '100')
    """
    return f"{units.normalize():f}"


def require_units(id: str, wanted: Decimal | None) -> Decimal:
    """Units that can be ordered: positive, finite, to a thousandth; raises DomainError ``proposal_quantity_bad``."""
    if wanted is None or not wanted.is_finite() or not 0 < wanted < 1_000_000_000:
        raise DomainError("proposal_quantity_bad", id=id, quantity="" if wanted is None else wanted)
    if wanted != round(wanted, 3):
        raise DomainError("proposal_quantity_bad", id=id, quantity=wanted)
    return wanted
