"""Numbers of the policy table that metrics hang on, as of one day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir

from analytics.policies.table import PolicyTable


@dataclass(frozen=True, slots=True)
class ByCategory:
    """A number for all categories, and those of the categories that differ."""

    default: float
    own: tuple[tuple[str, float], ...] = ()

    def of(self, category: ir.Value) -> ir.Value:
        """The number of each row's category; one that is not known has the number for all."""
        if not self.own:
            return ibis.literal(self.default)
        return ibis.cases(*((category == name, ibis.literal(value)) for name, value in self.own), else_=self.default)


@dataclass(frozen=True, slots=True)
class Terms:
    """Days and kilometres are those of the policies of the same name; ``reserve`` is units kept for the shop."""

    slow_days: int
    online_days: int
    cover_days: int
    near_km: float
    reserve: ByCategory
    expiry_days: ByCategory


def terms_of(policies: PolicyTable, as_of: date) -> Terms:
    """What is in force on the day ``as_of``."""
    return Terms(
        slow_days=policies.whole("stock.slow_days", as_of=as_of),
        online_days=policies.whole("network.online_days", as_of=as_of),
        cover_days=policies.whole("stock.coexistence_cover_days", as_of=as_of),
        near_km=float(policies.number_of("stock.near_node_km", as_of=as_of)),
        reserve=_by_category(policies, "stock.store_reserve", as_of),
        expiry_days=_by_category(policies, "stock.near_expiry_days", as_of),
    )


def _by_category(policies: PolicyTable, name: str, as_of: date) -> ByCategory:
    own = tuple((key, float(policies.number_of(name, key, as_of=as_of))) for key in policies.keys_of(name))
    return ByCategory(float(policies.number_of(name, as_of=as_of)), own)
