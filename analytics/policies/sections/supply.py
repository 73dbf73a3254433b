"""Forecast, replenishment and decisions: horizons, costs, limits, and the envelope of approval without a person."""

from __future__ import annotations

from decimal import Decimal

from analytics.policies.policy import Keys, Measure, Policy
from analytics.policies.sections.shorthand import count, days, decimal, money, share

_PLAN = ("plan",)
_AUTO = ("approvals",)

POLICIES: tuple[Policy, ...] = (
    decimal("forecast.search_surge", Measure.FACTOR, "1.5", "1.05", "20", owner="sales", used_by=("forecast",)),
    days("replenishment.horizon_days", 14, 7, 365, used_by=_PLAN),
    Policy("replenishment.member_day", Measure.DAY_OF_MONTH, 18, 1, 28, owner="members"),
    Policy(
        "replenishment.order_up_to",
        Measure.CHOICE,
        "critical_ratio",
        choices=("critical_ratio", "service_level"),
        keyed_by=Keys.CATEGORY,
        money=True,
        used_by=_PLAN,
    ),
    share("replenishment.service_level", "0.95", "0.5", "0.999", keyed_by=Keys.CATEGORY, money=True, used_by=_PLAN),
    decimal(
        "replenishment.shortage_cost", Measure.FACTOR, "1", "0", "20", owner="finance", keyed_by=Keys.CATEGORY,
        money=True, used_by=_PLAN,
    ),
    share(
        "replenishment.holding_cost", "0.20", "0", "2", owner="finance", keyed_by=Keys.CATEGORY, money=True,
        used_by=_PLAN,
    ),
    money("replenishment.freight_per_kg", "0.60", "0", "1000", owner="finance", money=True, used_by=_PLAN),
    money("replenishment.freight_fixed", "80", "0", "100000", owner="finance", money=True, used_by=_PLAN),
    share("replenishment.fairness_cap", "0.20", "0", "1", money=True, used_by=_PLAN),
    money(
        "decision.amount_limit", "0", "0", "100000000", owner="finance", keyed_by=Keys.ROLE, money=True,
        by_key={"merchandiser": Decimal(50_000), "approver": Decimal(500_000)}, used_by=("approvals",),
    ),
    days("decision.request_days", 14, 1, 90, used_by=("approvals",)),
    days("decision.usual_lead_days", 3, 0, 90, used_by=("approvals",)),
    days("decision.repeat_days", 90, 7, 730, used_by=("ledger",)),
    count("decision.repeat_reasons", 3, 2, 1000, owner="supply", used_by=("ledger",)),
    days("decision.receipt_wait_days", 7, 0, 180, used_by=("receiving",)),
    Policy("decision.auto_approve", Measure.SWITCH, False, owner="finance", money=True, used_by=_AUTO),
    share(
        "decision.auto_tolerance", "0.10", "0", "1", owner="finance", keyed_by=Keys.CATEGORY, money=True,
        used_by=_AUTO,
    ),
    money("decision.auto_amount", "2000", "0", "1000000", owner="finance", money=True, used_by=_AUTO),
    money("decision.auto_daily_budget", "50000", "0", "100000000", owner="finance", money=True, used_by=_AUTO),
    share("decision.auto_audit_share", "0.05", "0", "1", owner="finance", money=True, used_by=_AUTO),
    count("decision.auto_lines_per_day", 500, 0, 1_000_000, owner="finance", money=True, used_by=_AUTO),
)  # fmt: skip
