"""Partners: whose member it is, what is paid, stars, diversion, and the network."""

from __future__ import annotations

from decimal import Decimal

from analytics.policies.policy import CRITERIA, Keys, Measure, Policy
from analytics.policies.sections.shorthand import count, days, decimal, share

_OWNER = "partners"
_WEIGHTS = ("0.15", "0.15", "0.20", "0.15", "0.15", "0.10", "0.10")

POLICIES: tuple[Policy, ...] = (
    Policy("partner.binding_months", Measure.MONTHS, 12, 1, 60, owner=_OWNER, money=True),
    Policy(
        "partner.attribution",
        Measure.CHOICE,
        "first_bind",
        choices=("first_bind", "fulfilling_store", "split"),
        owner=_OWNER,
        money=True,
    ),
    share("partner.attribution_split", "0.50", owner=_OWNER, money=True),
    days("partner.commission_due_days", 1, 0, 90, owner="finance", money=True),
    days("partner.retention_bonus_days", 30, owner="finance", money=True),
    decimal("star.lowest", Measure.STARS, "1", "0", "5", owner=_OWNER),
    decimal("star.highest", Measure.STARS, "5", "1", "10", owner=_OWNER),
    decimal("star.step", Measure.STARS, "0.5", "0.1", "1", owner=_OWNER),
    decimal("star.hysteresis", Measure.STARS, "0.25", "0", "2", owner=_OWNER),
    count("star.shrink_orders", 30, 0, 10000, owner=_OWNER),
    share(
        "star.weight",
        "0",
        owner=_OWNER,
        keyed_by=Keys.CRITERION,
        by_key={name: Decimal(weight) for name, weight in zip(CRITERIA, _WEIGHTS, strict=True)},
        money=True,
    ),
    count("star.top_list", 100, 10, 1000, owner=_OWNER),
    share("diversion.limit", "0.05", "0", "1", owner=_OWNER),
    share("diversion.traveller_allowance", "0.02", "0", "0.5", owner=_OWNER),
    days("network.online_days", 30, 1, 92, owner=_OWNER, used_by=("metrics",)),
    share("network.online_target", "0.90", owner=_OWNER),
)
